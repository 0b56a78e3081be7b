"""Training steps of large networks on a GPU, in float32 and bfloat16, and the share of the card's peak they reach.

    python benchmarks/gpu_step.py [NETWORK ...] [--batch 128] [--size 224] [--steps 8] [--rounds 3] [--types T] [--cpu]

googlenet and vgg11 by the program's own training, on the library that KERAS_BACKEND names, and beside each the same
network in PyTorch (channels last, autocast, Adam), where PyTorch is installed. A step's arithmetic is three times the
forward pass's: the gradients of a layer's weights and of its input cost as much each. The peak is what a product of two
large square matrices of the same type reaches on the same card in the same run; where the card's maker publishes one
(``PUBLISHED``), the share of that stands beside it. The libraries may round float32 to TensorFloat-32 in all of them.
Says when there is no GPU, and measures nothing; ``--cpu`` measures all the same. Prints a table, then one JSON object.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import sys
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
PUBLISHED = {
    "H100 PCIe": {"float32": 378.0, "bfloat16": 756.0},
    "H100": {"float32": 494.7, "bfloat16": 989.4},
    "H200": {"float32": 494.7, "bfloat16": 989.4},
    "A100": {"float32": 156.0, "bfloat16": 312.0},
}
"""TFLOP/s without sparsity by a part of the card's name, the first that fits; float32 as TensorFloat-32."""


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

    product = backend.compile(ops.matmul)
    random = np.random.default_rng(0)
    a, b = (ops.cast(random.standard_normal((side, side), np.float32), dtype) for _ in range(2))
    times = []
    for _ in range(rounds + 2):
        began = time.perf_counter()
        for _ in range(8):
            found = product(a, b)
        # waits until it is computed; a compiled function that gave one row would compute one row
        np.asarray(backend.to_array(ops.cast(found[0, :1], "float32")))
        times.append((time.perf_counter() - began) / 8)
    return 2 * side**3 / min(times[2:])


def step_seconds(config: TrainConfig, data: Dataset, rounds: int, trained: int | None) -> float:
    """The median of ``rounds`` times of a step, on batches that lie ready: the arithmetic alone.

    Raises:
        ValueError: The network does not train ``trained`` numbers, as many as its peer.
    """
    training = Training(config, data, no_report)
    setup = set_up(training)
    own = sum(int(np.prod(v.shape)) for v in setup.network.trainable_variables)
    if trained not in (None, own):
        raise ValueError(f"{config.network} trains {own:,} numbers here and {trained:,} in PyTorch")
    setup.batches.begin(1)
    taken = [setup.batches.take(step, 1) for step in range(setup.batches.steps)]
    images, labels, shares = zip(*((x[0], y[0], share[0]) for x, y, share in taken), strict=True)
    rates = np.full(len(taken), 1e-4, np.float32)
    times = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        setup.engine.run(images, np.stack(labels), np.stack(shares), rates)
        times.append((time.perf_counter() - began) / len(taken))
    return statistics.median(times[1:])


def published(card: str, dtype: str) -> float | None:
    """The peak that the maker names for the card, TFLOP/s; None if it is not in the table."""
    return next((row[dtype] for part, row in PUBLISHED.items() if part in card), None)


def measure(options: argparse.Namespace, card: str) -> list[Row]:
    """Rows of every network and precision."""
    import gpu_peers  # after ``report``, which makes ``nets`` known

    batch, side, steps, rounds = options.batch, options.size, options.steps, options.rounds
    data, rows = noise(batch * steps, side), []
    has_peer = importlib.util.find_spec("torch") is not None
    pixels = data.train.pixels().reshape(steps, batch, side, side, 3)
    labels = data.train.labels.reshape(steps, batch)
    for precision, dtype in PRECISIONS.items():
        if dtype not in options.types:
            continue
        best = peak(dtype, options.matrix, rounds)
        words = f"{card}, {dtype}: product of {options.matrix} x {options.matrix} matrices"
        rows.append(Row(words, best / 1e12, unit="TFLOP/s"))
        for name in options.networks:
            trained = gpu_peers.parameters(name, side, CLASSES) if has_peer else None
            config = TrainConfig(name, "noise", batch_size=batch, validation=0.0, precision=precision)
            seconds = step_seconds(config, data, rounds, trained)
            work = 6 * batch * outline(name, (side, side, 3), CLASSES).multiply_adds
            words = f"{card}, {name} {side}, batch {batch}, {dtype}"
            rows.append(Row(f"{words}: a step", seconds * 1000))
            rows.append(Row(f"{words}: share of the peak", 100 * work / seconds / best, unit="%"))
            if known := published(card, dtype):
                rows.append(
                    Row(f"{words}: share of the published {known:g} TFLOP/s", work / seconds / known / 1e10, unit="%")
                )
            if has_peer:
                theirs = gpu_peers.step_seconds(name, pixels, labels, CLASSES, precision == "mixed", rounds)
                rows.append(Row(f"{words}: a step in PyTorch", theirs * 1000))
                rows.append(Row(f"{words}: step against PyTorch", round(seconds / theirs, 3), unit=""))
            print(*(f"{row.what}: {row.found:.4g} {row.unit}" for row in rows[-5:]), sep="\n", file=sys.stderr)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", default=list(NETWORKS))
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--matrix", type=int, default=MATRIX)
    parser.add_argument("--types", nargs="+", choices=PRECISIONS.values(), default=list(PRECISIONS.values()))
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
    show("gpu_step", measure(options, f"{backend.name()} on {device.detail}"))


if __name__ == "__main__":
    main()
