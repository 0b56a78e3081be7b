"""``Layer``, the base class of layers written by hand: a function, its derivative, and its weights."""

from __future__ import annotations

from typing import ClassVar

import numpy as np


class Layer:
    """A function y = f(x) that knows how a loss L changes with its input and with its weights.

    ``forward`` keeps what ``backward`` will need; ``backward`` takes dL/dy, leaves dL/dw in ``gradients`` under the
    weight's name, and gives dL/dx. Arrays are NHWC or (N, units); float32 stays float32, float64 stays float64.

    weights: what is learned. state: what is only kept (the moving averages of a batch normalisation). formula: an
    activation in words, of x.
    """

    kind: ClassVar[str] = ""
    formula: str = ""

    def __init__(self, name: str = "") -> None:
        self.name = name or self.kind
        self.weights: dict[str, np.ndarray] = {}
        self.gradients: dict[str, np.ndarray] = {}
        self.state: dict[str, np.ndarray] = {}

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        """``training`` matters only to dropout and batch normalisation."""
        raise NotImplementedError

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """Backward pass of the last ``forward``. gradient: dL/dy, of y's shape. Returns dL/dx, of x's shape."""
        raise NotImplementedError

    def penalty(self) -> float:
        """The part of the loss that comes from the weights themselves (weight decay)."""
        return 0.0

    def __repr__(self) -> str:
        shapes = ", ".join(f"{name} {'x'.join(map(str, w.shape))}" for name, w in self.weights.items())
        return f"<{self.kind} {self.name!r}{': ' if shapes else ''}{shapes}>"
