"""The cost of the three ways of convolving: multiplications counted, and seconds measured."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from nets.byhand.methods import METHODS, ConvolutionMethod
from nets.byhand.window import Window
from nets.events import Progress, Report, no_report

PART = 10_000
"""The loops are timed on about this many products, a few hundredths of a second, and scaled to all."""
LEAST, MOST = 5, 200  # repetitions of the quick ones, of which the median counts
PATIENCE = 0.15  # seconds for each


@dataclass(frozen=True)
class Cost:
    """A row: ``seconds`` is None until measured; ``share``: of the positions that were computed; the time is scaled to
    all.
    """

    method: ConvolutionMethod
    multiplications: int
    seconds: float | None = None
    share: float = 1.0


def counted(image: tuple[int, int], window: Window) -> tuple[Cost, ...]:
    """One row for each of METHODS, for one image of one channel and one kernel."""
    return tuple(Cost(row, row.multiplications(window, (1, *image, 1), 1)) for row in METHODS.values())


def measured(image: np.ndarray, kernel: np.ndarray, window: Window, *, report: Report = no_report) -> tuple[Cost, ...]:
    """The rows of ``counted`` with the time of a forward pass.

    Args:
        image: (H, W), computed as float32.
        kernel: (k, k), computed as float32.
        window: How the kernel slides.
        report: Called before each method; may raise Cancelled.

    Returns:
        A row for each method. Quick ones are the median of several runs; the loops are timed on a part and scaled.
    """
    x = image.astype(np.float32)[None, :, :, None]
    weights = kernel.astype(np.float32)[..., None, None]
    rows = []
    for number, row in enumerate(counted(image.shape, window)):
        report(Progress("timing", number, len(METHODS), row.method.title))
        if row.method.name == "loops":
            rows.append(_loops(x, weights, window, row))
        else:
            rows.append(replace(row, seconds=_median(row.method, x, weights, window)))
    return tuple(rows)


def _median(method: ConvolutionMethod, x: np.ndarray, kernel: np.ndarray, window: Window) -> float:
    times: list[float] = []
    begun = time.perf_counter()
    while len(times) < LEAST or (len(times) < MOST and time.perf_counter() - begun < PATIENCE):
        started = time.perf_counter()
        method.make(window).forward(x, kernel)
        times.append(time.perf_counter() - started)
    return float(np.median(times))


def _loops(x: np.ndarray, kernel: np.ndarray, window: Window, row: Cost) -> Cost:
    """Number of whole rows of the result that take ``PART`` products, at least one."""
    (top, bottom), (left, right) = window.margins(*x.shape[1:3])
    padded = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)))
    bare = replace(window, padding="valid")
    rows, _ = bare.output_size(*padded.shape[1:3])
    taken = int(np.clip(PART * rows // max(row.multiplications, 1), 1, rows))
    part = padded[:, : (taken - 1) * window.strides[0] + window.span[0]]
    started = time.perf_counter()
    row.method.make(bare).forward(part, kernel)
    return replace(row, seconds=(time.perf_counter() - started) * rows / taken, share=taken / rows)
