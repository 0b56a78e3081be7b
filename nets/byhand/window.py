"""How a kernel slides over an image: which pixels meet it, and how large the result is.

Output size (W - F + 2P) / S + 1, rounded down, where F = (k - 1) d + 1 is what a kernel of k covers at dilation d
(Dumoulin and Visin 2016, A guide to convolution arithmetic for deep learning, arXiv:1603.07285).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nets.errors import UsageError

Pair = tuple[int, int]
Margins = tuple[Pair, Pair]  # (top, bottom), (left, right)


@dataclass(frozen=True)
class Window:
    """kernel, strides and dilation are (vertical, horizontal).

    padding: "valid" (none), "same" (as TensorFlow: ceil(W / S) results, the odd pixel behind), or the four margins.
    """

    kernel: Pair
    strides: Pair = (1, 1)
    dilation: Pair = (1, 1)
    padding: str | Margins = "valid"

    def __post_init__(self) -> None:
        for name in ("kernel", "strides", "dilation"):
            if min(getattr(self, name)) < 1:
                raise UsageError("expected {name} of 1 or more, found {value}", name=name, value=getattr(self, name))
        if isinstance(self.padding, str):
            if self.padding not in ("valid", "same"):
                raise UsageError(
                    'expected padding "valid", "same" or four margins, found {padding!r}', padding=self.padding
                )
        elif min(min(pair) for pair in self.padding) < 0:
            raise UsageError("expected margins of 0 or more, found {padding}", padding=self.padding)

    @property
    def span(self) -> Pair:
        """F: the rows and columns that the kernel covers, gaps included."""
        (kh, kw), (dh, dw) = self.kernel, self.dilation
        return (kh - 1) * dh + 1, (kw - 1) * dw + 1

    def margins(self, height: int, width: int) -> Margins:
        """The zeros laid around an image of that size."""
        if self.padding == "valid":
            return (0, 0), (0, 0)
        if self.padding == "same":
            return _same(height, self.span[0], self.strides[0]), _same(width, self.span[1], self.strides[1])
        assert not isinstance(self.padding, str)
        return self.padding

    def output_size(self, height: int, width: int) -> Pair:
        """UsageError, with the numbers, when the kernel is larger than the image with its margins."""
        padded = self._padded(height, width)
        if padded[0] < self.span[0] or padded[1] < self.span[1]:
            raise UsageError(
                "a kernel that covers {span} does not fit into an image of {shape}{margins}; take a smaller kernel or "
                "dilation, or more padding",
                span=_x(self.span),
                shape=_x(padded),
                margins="" if padded == (height, width) else f" ({height}x{width} with its margins)",
            )
        rows, columns = (
            (size - span) // stride + 1 for size, span, stride in zip(padded, self.span, self.strides, strict=True)
        )
        return rows, columns

    def left_over(self, height: int, width: int) -> Pair:
        """Rows and columns at the end that no position of the kernel reaches; (0, 0) where the division is whole."""
        padded = self._padded(height, width)
        rows, columns = (
            (size - span) % stride for size, span, stride in zip(padded, self.span, self.strides, strict=True)
        )
        return rows, columns

    def misfit(self, height: int, width: int) -> str:
        """ "" if (W - F + 2P) / S + 1 is whole both ways, else what does not fit, and what each framework does."""
        padded, left = self._padded(height, width), self.left_over(height, width)
        if left == (0, 0):
            return ""
        sums = " and ".join(
            f"({size} - {span}) / {stride} + 1 = {(size - span) / stride + 1:.4g} {what}"
            for size, span, stride, rest, what in zip(
                padded, self.span, self.strides, left, ("rows", "columns"), strict=True
            )
            if rest
        )
        lost = " and ".join(
            f"{rest} {what if rest > 1 else what[:-1]}"
            for rest, what in zip(left, ("rows", "columns"), strict=True)
            if rest
        )
        return (
            f"{sums}: not whole. Keras, TensorFlow and PyTorch round down and never read the last {lost}; Caffe's "
            "pooling and PyTorch's ceil_mode=True round up; the textbook's formula calls it an error"
        )

    def offsets(self) -> list[tuple[int, int, int, int]]:
        """(i, j, row, column) of every kernel entry: its index, and its place in the window."""
        (kh, kw), (dh, dw) = self.kernel, self.dilation
        return [(i, j, i * dh, j * dw) for i in range(kh) for j in range(kw)]

    def reach(self, row: int, column: int, size: Pair) -> tuple[slice, slice]:
        """The pixels of the padded image that one entry of the kernel meets, over all positions of the window.

        Args:
            row: The entry's row in the window, dilation included.
            column: Its column.
            size: The result's (rows, columns): how many positions there are.

        Returns:
            Slices of the padded image's rows and columns.
        """
        (sh, sw), (rows, columns) = self.strides, size
        return slice(row, row + (rows - 1) * sh + 1, sh), slice(column, column + (columns - 1) * sw + 1, sw)

    def _padded(self, height: int, width: int) -> Pair:
        (top, bottom), (left, right) = self.margins(height, width)
        return height + top + bottom, width + left + right


def pad(x: np.ndarray, margins: Margins, value: float = 0.0) -> np.ndarray:
    """Adds a margin around each image.

    Args:
        x: (N, H, W, C).
        margins: ((top, bottom), (left, right)) pixels.
        value: What stands in the margin.

    Returns:
        (N, H + top + bottom, W + left + right, C); x itself where there is nothing to add.
    """
    if margins == ((0, 0), (0, 0)):
        return x
    return np.pad(x, ((0, 0), *margins, (0, 0)), constant_values=value)


def crop(x: np.ndarray, margins: Margins) -> np.ndarray:
    """Takes away what ``pad`` added."""
    (top, bottom), (left, right) = margins
    return x[:, top : x.shape[1] - bottom, left : x.shape[2] - right]


def _same(size: int, span: int, stride: int) -> Pair:
    total = max((-(-size // stride) - 1) * stride + span - size, 0)
    return total // 2, total - total // 2


def _x(size: Pair) -> str:
    return f"{size[0]}x{size[1]}"
