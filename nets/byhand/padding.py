"""Layers that change the size of an image and compute nothing: margins of zeros, cropping, repeated pixels."""

from __future__ import annotations

import numpy as np

from nets.byhand.layer import Layer
from nets.byhand.window import Margins, crop, pad


class ZeroPad2D(Layer):
    """(N, H, W, C) -> (N, H + top + bottom, W + left + right, C); the gradient of the zeros is dropped."""

    kind = "ZeroPadding2D"

    def __init__(self, margins: Margins, name: str = "") -> None:
        super().__init__(name)
        self.margins = margins

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        return pad(x, self.margins)

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        return crop(gradient, self.margins)


class Crop2D(Layer):
    """Takes the margins away: (N, H, W, C) -> (N, H - top - bottom, W - left - right, C)."""

    kind = "Cropping2D"

    def __init__(self, margins: Margins, name: str = "") -> None:
        super().__init__(name)
        self.margins = margins

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        return crop(x, self.margins)

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        return pad(gradient, self.margins)


class Repeat2D(Layer):
    """Every pixel ``rows`` x ``columns`` times (Keras's UpSampling2D, nearest); their gradients are added up."""

    kind = "UpSampling2D"

    def __init__(self, rows: int, columns: int, name: str = "") -> None:
        super().__init__(name)
        self.rows, self.columns = rows, columns

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        return x.repeat(self.rows, axis=1).repeat(self.columns, axis=2)

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        n, height, width, channels = gradient.shape
        blocks = gradient.reshape(n, height // self.rows, self.rows, width // self.columns, self.columns, channels)
        return np.asarray(blocks.sum((2, 4)))
