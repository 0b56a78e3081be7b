"""The layers by hand: convolution against its definition and against PyTorch, AlexNet's first layer, one image.

    python benchmarks/byhand.py [--runs 100] [--threads 2]

The loops are timed on one image and scaled to the batch. Needs PyTorch (benchmarks/requirements.txt).
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
from report import Row, show

from nets.byhand import stored
from nets.byhand.convolution import Conv2D
from nets.byhand.im2col import im2col
from nets.byhand.window import Window
from nets.places import MODELS

BATCH = 64
LOOPED = 1000.0
AGAINST_PYTORCH = 4.0


def milliseconds(*calls: Callable[[], object], runs: int) -> list[list[float]]:
    """Times each call ``runs`` times, alternating after ten, so that other load affects all of them alike.

    The first two of ten do not count: the other library's threads still spin for a while after its work is done.
    """
    found: list[list[float]] = [[] for _ in calls]
    while len(found[-1]) < runs:
        for call, times in zip(calls, found, strict=True):
            for number in range(10):
                started = time.perf_counter()
                call()
                if number >= 2:
                    times.append(1000 * (time.perf_counter() - started))
    return found


def there_and_back(method: str, x: np.ndarray, gradient: np.ndarray, kernel: np.ndarray) -> Callable[[], object]:
    """LeNet's first convolution, forward, and backward for the kernel, the bias and the input."""
    layer = Conv2D(kernel, np.zeros(kernel.shape[3], np.float32), padding="same", method=method)

    def call() -> np.ndarray:
        layer.forward(x)
        return layer.backward(gradient)

    return call


def in_pytorch(x: np.ndarray, gradient: np.ndarray, kernel: np.ndarray, threads: int) -> Callable[[], object]:
    import torch

    torch.set_num_threads(threads)
    layer = torch.nn.Conv2d(1, kernel.shape[3], kernel.shape[:2], padding=2)
    layer.weight.data = torch.tensor(kernel.transpose(3, 2, 0, 1).copy())
    images = torch.tensor(x.transpose(0, 3, 1, 2).copy(), requires_grad=True)
    arriving = torch.tensor(gradient.transpose(0, 3, 1, 2).copy())

    def call() -> None:
        layer.zero_grad()
        images.grad = None
        layer(images).backward(arriving)

    return call


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    random = np.random.default_rng(1)

    x, kernel = random.random((BATCH, 28, 28, 1), np.float32), random.random((5, 5, 1, 6), np.float32)
    gradient = random.random((BATCH, 28, 28, 6), np.float32)
    matrix = there_and_back("im2col", x, gradient, kernel)
    ours, theirs = milliseconds(matrix, in_pytorch(x, gradient, kernel, options.threads), runs=options.runs)
    loops = there_and_back("loops", x[:1], gradient[:1], kernel)
    (looped_once,) = milliseconds(loops, runs=1)
    looped = statistics.median(looped_once) * BATCH
    median, peer = statistics.median(ours), statistics.median(theirs)
    what = f"{BATCH} x 28x28x1, 6 kernels of 5x5, forward and backward"
    ratio = looped / median
    rows = [
        Row(f"{what}: im2col, median", median),
        Row(f"{what}: im2col, minimum", min(ours)),
        Row(f"{what}: loops, 1 image times {BATCH}", looped / 1000, unit="s"),
        # Promises are upper bounds, so a speed-up is written as its reciprocal.
        Row(f"{what}: im2col's share of the loops' time ({ratio:.0f} times faster)", 1 / ratio, 1 / LOOPED, ""),
        Row(f"{what}: PyTorch on {options.threads} threads, median", peer),
        Row(f"{what}: im2col against PyTorch", median / peer, AGAINST_PYTORCH, ""),
    ]

    x, kernels = random.random((1, 227, 227, 3), np.float32), random.random((363, 96), np.float32)
    window = Window((11, 11), (4, 4))
    (found,) = milliseconds(lambda: im2col(x, window) @ kernels, runs=options.runs)
    rows.append(Row("AlexNet's first convolution: matrix built and multiplied, median", statistics.median(found), 5.0))
    rows.append(Row("AlexNet's first convolution: matrix built and multiplied, minimum", min(found)))

    pen, image = stored.read(MODELS / "pen.keras").folded(), random.random((1, 28, 28, 1), np.float32)
    (found,) = milliseconds(lambda: pen.forward(image), runs=options.runs)
    rows.append(Row("pen, folded: one image, median", statistics.median(found), 5.0))
    rows.append(Row("pen, folded: one image, minimum", min(found)))
    show("byhand", rows)


if __name__ == "__main__":
    main()
