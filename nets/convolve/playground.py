"""One image, one kernel, one result: the computation of the convolution playground, without a window.

An image is (H, W) float32, a kernel (k, k) float64 in the orientation in which networks apply it. The arithmetic is
that of ``nets.byhand``; here are only the setting, the result and one position of the window.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nets.byhand.methods import Im2col
from nets.byhand.pooling import AveragePool2D, MaxPool2D
from nets.byhand.window import Pair, Window, pad
from nets.errors import UsageError

LARGEST = 11
"""Largest side of an edited kernel."""

POOLINGS = {"none": "None", "max": "Max 2 × 2", "average": "Mean 2 × 2"}


@dataclass(frozen=True, eq=False)
class PlaygroundSetting:
    """``padding``: "valid", "same" or so many zeros on every side. ``pooling``: a key of ``POOLINGS``."""

    kernel: np.ndarray
    stride: int = 1
    padding: str | int = "valid"
    dilation: int = 1
    pooling: str = "none"

    @property
    def window(self) -> Window:
        """UsageError for a kernel of no or too many cells, and for a stride or dilation of 0."""
        rows, columns = self.kernel.shape
        if not 1 <= min(rows, columns) <= max(rows, columns) <= LARGEST:
            raise UsageError(
                "expected a kernel of 1x1 to {largest}x{largest}, found {rows}x{columns}",
                largest=LARGEST,
                rows=rows,
                columns=columns,
            )
        margin = self.padding
        around = margin if isinstance(margin, str) else ((margin, margin), (margin, margin))
        return Window((rows, columns), (self.stride,) * 2, (self.dilation,) * 2, around)


@dataclass(frozen=True, eq=False)
class Result:
    """``padded`` (H + P, W + P), ``values`` (OH, OW), ``pooled`` smaller or None. ``corner``: zeros above and left."""

    padded: np.ndarray
    corner: Pair
    values: np.ndarray
    pooled: np.ndarray | None
    window: Window

    @property
    def positions(self) -> int:
        return self.values.size

    def place(self, number: int) -> Pair:
        """Row and column of the result's ``number``-th value, counted row by row."""
        row, column = divmod(number % self.positions, self.values.shape[1])
        return row, column


@dataclass(frozen=True, eq=False)
class Position:
    """One position: ``patch`` * ``kernel`` = ``products``, all (k, k), and their ``total``: the result's value there.

    ``top`` and ``left``: where the window begins in the padded image.
    """

    row: int
    column: int
    top: int
    left: int
    patch: np.ndarray
    kernel: np.ndarray
    products: np.ndarray
    total: float


def convolve(image: np.ndarray, setting: PlaygroundSetting) -> Result:
    """The whole result.

    Raises:
        UsageError: The kernel does not fit; the message has the numbers.
    """
    if image.ndim != 2 or not image.size:
        raise UsageError("expected one image (H, W), found the shape {shape}", shape=image.shape)
    window = setting.window
    batch = image.astype(np.float64)[None, :, :, None]  # (1, H, W, 1)
    values = Im2col(window).forward(batch, setting.kernel.astype(np.float64)[..., None, None])  # (1, OH, OW, 1)
    pooled = None
    if setting.pooling != "none" and min(values.shape[1:3]) >= 2:
        layer = (MaxPool2D if setting.pooling == "max" else AveragePool2D)((2, 2))
        pooled = layer.forward(values)[0, :, :, 0]
    margins = window.margins(*image.shape)
    padded = pad(batch, margins)[0, :, :, 0]
    return Result(padded, (margins[0][0], margins[1][0]), values[0, :, :, 0], pooled, window)


def position_at(result: Result, kernel: np.ndarray, number: int) -> Position:
    """The calculation at one position of the window.

    Args:
        result: What ``convolve`` returned.
        kernel: (k, k), the kernel that it was computed with.
        number: The position, counted row by row; past the last it begins again.
    """
    row, column = result.place(number)
    (down, across), (dy, dx), (kh, kw) = result.window.strides, result.window.dilation, result.window.kernel
    top, left = row * down, column * across
    patch = result.padded[top : top + kh * dy : dy, left : left + kw * dx : dx][:kh, :kw]
    products = patch * kernel
    return Position(row, column, top, left, patch, kernel, products, float(products.sum()))


def formula(image: Pair, window: Window) -> str:
    """The output's size with the numbers filled in, once if both directions are equal."""
    margins = window.margins(*image)
    ways = []
    for size, span, stride, margin in zip(image, window.span, window.strides, margins, strict=True):
        pads = f"2·{margin[0]}" if margin[0] == margin[1] else f"{margin[0]} + {margin[1]}"
        whole = (size + sum(margin) - span) / stride + 1
        down = "" if whole == int(whole) else f" = {whole:.4g}, rounded down"
        ways.append(f"({size} − {span} + {pads}) / {stride} + 1{down} = {int(whole)}")
    return ways[0] if ways[0] == ways[1] else f"{ways[0]} rows, {ways[1]} columns"


def matrix(image: np.ndarray, window: Window) -> np.ndarray:
    """im2col's matrix of one image: (OH OW, k k), a row for every position."""
    from nets.byhand.im2col import im2col

    return im2col(image.astype(np.float32)[None, :, :, None], window)
