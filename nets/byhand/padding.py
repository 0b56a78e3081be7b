"""Zeros around an image, as a layer of its own (the margins of AlexNet's first convolution)."""

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
