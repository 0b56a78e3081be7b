"""Pooling: one number for each window, and the way of the gradient back."""

from __future__ import annotations

import numpy as np

from nets.byhand.layer import Layer
from nets.byhand.window import Pair, Window, crop, pad


class MaxPool2D(Layer):
    """y = the largest of each window; its gradient goes to the pixel that was the largest, the first of several.

    ``switches`` (N, OH, OW, C) remember which of the window's entries won, counted row by row. Windows may overlap:
    a pixel that won twice gets two terms.
    """

    kind = "MaxPooling2D"

    def __init__(
        self, pool: Pair = (2, 2), *, strides: Pair | None = None, padding: str = "valid", name: str = ""
    ) -> None:
        super().__init__(name)
        self.window = Window(pool, strides or pool, padding=padding)
        self.switches = np.zeros((0, 0, 0, 0), np.uint8)

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        self._shape = x.shape
        size = self.window.output_size(*x.shape[1:3])
        padded = pad(x, self.window.margins(*x.shape[1:3]), -np.inf)
        self._padded = padded.shape
        # Seen from each entry of the window, all positions are one array: k * k comparisons of whole arrays.
        best: np.ndarray | None = None
        for number, (_, _, row, column) in enumerate(self.window.offsets()):
            vertical, horizontal = self.window.reach(row, column, size)
            value = padded[:, vertical, horizontal]  # (N, OH, OW, C)
            if best is None:
                best = value.copy()
                self.switches = np.zeros(value.shape, np.uint8 if np.prod(self.window.kernel) < 256 else np.uint16)
            else:
                larger = value > best
                np.maximum(best, value, out=best)
                self.switches[larger] = number
        assert best is not None
        return best

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        return self.unpool(gradient)

    def unpool(self, values: np.ndarray) -> np.ndarray:
        """Puts each of (N, OH, OW, C) where the last ``forward`` found its maximum, zeros elsewhere: (N, H, W, C).

        The gradient's way back, and the unpooling of Zeiler and Fergus 2013 (arXiv:1311.2901).
        """
        spread = np.zeros(self._padded, values.dtype)
        for number, (_, _, row, column) in enumerate(self.window.offsets()):
            vertical, horizontal = self.window.reach(row, column, values.shape[1:3])
            spread[:, vertical, horizontal] += values * (self.switches == number)
        return crop(spread, self.window.margins(*self._shape[1:3]))


class AveragePool2D(Layer):
    """y = the mean of each window, over the pixels that are part of the image; the gradient is shared by them."""

    kind = "AveragePooling2D"

    def __init__(
        self, pool: Pair = (2, 2), *, strides: Pair | None = None, padding: str = "valid", name: str = ""
    ) -> None:
        super().__init__(name)
        self.window = Window(pool, strides or pool, padding=padding)

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        self._shape = x.shape
        size = self.window.output_size(*x.shape[1:3])
        margins = self.window.margins(*x.shape[1:3])
        padded, inside = pad(x, margins), pad(np.ones((1, *x.shape[1:3], 1), x.dtype), margins)
        self._padded = padded.shape
        total = np.zeros((len(x), *size, x.shape[3]), x.dtype)
        self._counted = np.zeros((1, *size, 1), x.dtype)
        for _, _, row, column in self.window.offsets():
            vertical, horizontal = self.window.reach(row, column, size)
            total += padded[:, vertical, horizontal]
            self._counted += inside[:, vertical, horizontal]
        return total / self._counted

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        shared = gradient / self._counted
        spread = np.zeros(self._padded, gradient.dtype)
        for _, _, row, column in self.window.offsets():
            vertical, horizontal = self.window.reach(row, column, gradient.shape[1:3])
            spread[:, vertical, horizontal] += shared
        return crop(spread, self.window.margins(*self._shape[1:3]))


class GlobalAveragePool2D(Layer):
    """The mean of every map: (N, H, W, C) -> (N, C) (Lin, Chen and Yan 2013, arXiv:1312.4400).

    keeps_axes: the result is (N, 1, 1, C).
    """

    kind = "GlobalAveragePooling2D"

    def __init__(self, *, keeps_axes: bool = False, name: str = "") -> None:
        super().__init__(name)
        self.keeps_axes = keeps_axes

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        self._shape = x.shape
        return np.asarray(x.mean((1, 2), keepdims=self.keeps_axes))

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        n, height, width, channels = self._shape
        shared = gradient.reshape(n, 1, 1, channels) / (height * width)
        return np.broadcast_to(shared, (n, height, width, channels)).copy()


class GlobalMaxPool2D(Layer):
    """The largest of every map: (N, H, W, C) -> (N, C); the gradient goes to the first of the largest.

    keeps_axes: the result is (N, 1, 1, C).
    """

    kind = "GlobalMaxPooling2D"

    def __init__(self, *, keeps_axes: bool = False, name: str = "") -> None:
        super().__init__(name)
        self.keeps_axes = keeps_axes

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        self._shape = x.shape
        flat = x.reshape(len(x), -1, x.shape[3])
        self._winners = flat.argmax(1)  # (N, C)
        y = np.take_along_axis(flat, self._winners[:, None], 1)  # (N, 1, C)
        return y[:, :, None] if self.keeps_axes else y[:, 0]

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        n, height, width, channels = self._shape
        spread = np.zeros((n, height * width, channels), gradient.dtype)
        np.put_along_axis(spread, self._winners[:, None], gradient.reshape(n, 1, channels), 1)
        return spread.reshape(self._shape)
