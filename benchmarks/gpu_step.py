"""Training steps of large networks on a GPU, in float32 and bfloat16, and the share of the card's peak they reach.

    python benchmarks/gpu_step.py [NETWORK ...] [--batch 128] [--size 224] [--steps 8] [--rounds 3] [--cpu]

googlenet and vgg11 by the program's own training, on the library that KERAS_BACKEND names. A step's arithmetic is three
times the forward pass's: the gradients of a layer's weights and of its input cost as much each. The peak is what a
product of two large square matrices of the same type reaches on the same card in the same run. The libraries may round
float32 to TensorFloat-32 in both.
Says when there is no GPU, and measures nothing; ``--cpu`` measures all the same. Prints a table, then one JSON object.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any

import numpy as np
from report import Row, show

from nets import backend
from nets.data.images import ArrayImages
from nets.data.specs import Dataset, DatasetSpec, Split
from nets.events import no_report
from nets.network.outline import outline
from nets.runs.config import TrainConfig
from nets.training.setup import set_up
from nets.training.training import Training
from nets.zoo.registry import picture

NETWORKS = ("googlenet", "vgg11")
PRECISIONS = {"float32": "float32", "mixed": "bfloat16"}
MATRIX = 8192  # rows and columns of the product whose speed is called the peak
CLASSES = 10


def noise(count: int, side: int) -> Dataset:
    """(count, side, side, 3) of noise, with labels."""
    pixels = np.random.default_rng(0).integers(0, 256, (count, side, side, 3), dtype=np.uint8)
    split = Split(ArrayImages(pixels), np.arange(count, dtype=np.int64) % CLASSES)
    names = tuple("abcdefghij")
    spec = DatasetSpec("noise", "Noise", names, picture(side), count, count, "made here", "none needed")
    return Dataset(spec, names, split, split, "memory", "0123")


def peak(dtype: str, side: int, rounds: int) -> float:
    """Operations a second of a product of random matrices: a multiplication and an addition count as two."""
    from keras import ops

    product = backend.compile(lambda a, b: ops.sum(ops.cast(ops.matmul(a, b)[0], "float32")))
    random = np.random.default_rng(0)
    a, b = (ops.cast(random.standard_normal((side, side), np.float32), dtype) for _ in range(2))
    times = []
    for _ in range(rounds + 2):
        began = time.perf_counter()
        for _ in range(8):
            found = product(a, b)
        float(backend.to_array(found))  # waits until it is computed
        times.append((time.perf_counter() - began) / 8)
    return 2 * side**3 / min(times[2:])


def step_seconds(config: TrainConfig, data: Dataset, rounds: int) -> float:
    """The median of ``rounds`` times of a step, on batches that lie ready: the arithmetic alone."""
    training = Training(config, data, no_report)
    setup = set_up(training)
    setup.batches.begin(1)
    count = setup.batches.block_length(0, setup.batches.block)
    images, labels, shares = setup.batches.take(0, count)
    if isinstance(images, np.ndarray):  # JAX's and PyTorch's batches are copied to the card when they are needed
        from keras import ops

        images = [ops.convert_to_tensor(each) for each in images]
    rates = np.full(count, 1e-4, np.float32)
    times = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        setup.engine.run(images, labels, shares, rates)
        times.append((time.perf_counter() - began) / count)
    return statistics.median(times[1:])


def measure(networks: list[str], batch: int, side: int, steps: int, rounds: int, matrix: int) -> list[Row]:
    """Rows of every network and precision."""
    data, rows = noise(batch * steps, side), []
    for precision, dtype in PRECISIONS.items():
        best = peak(dtype, matrix, rounds)
        rows.append(Row(f"{dtype}: product of {matrix} x {matrix} matrices", best / 1e12, unit="TFLOP/s"))
        for name in networks:
            config = TrainConfig(name, "noise", batch_size=batch, validation=0.0, precision=precision)
            seconds = step_seconds(config, data, rounds)
            work = 6 * batch * outline(name, (side, side, 3), CLASSES).multiply_adds
            words = f"{name} {side}, batch {batch}, {dtype}"
            rows.append(Row(f"{words}: a step", seconds * 1000))
            rows.append(Row(f"{words}: share of the peak", 100 * work / seconds / best, unit="%"))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", default=list(NETWORKS))
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--matrix", type=int, default=MATRIX)
    parser.add_argument("--cpu", action="store_true", help="measure without a GPU, too")
    options = parser.parse_args()
    backend.configure()
    device: Any = backend.device()
    if device.name != "GPU" and not options.cpu:
        print(
            f"there is no GPU that {backend.name()} can use here ({device.name}, {device.detail}): nothing was measured"
        )
        show("gpu_step", [])
        return
    print(f"{backend.name()} on {device.name}, {device.detail}")
    show(
        "gpu_step",
        measure(options.networks, options.batch, options.size, options.steps, options.rounds, options.matrix),
    )


if __name__ == "__main__":
    main()
