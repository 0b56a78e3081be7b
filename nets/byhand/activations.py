"""Activations: functions of each number alone, and softmax, a function of each row."""

from __future__ import annotations

import numpy as np

from nets.byhand.layer import Layer


class Linear(Layer):
    """y = x."""

    kind = "linear"

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        return x

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        return gradient


class ReLU(Layer):
    """y = max(x, 0); dy/dx = 1 where x > 0, else 0, at 0 too (Nair and Hinton 2010)."""

    kind = "relu"

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        self._y = np.maximum(x, 0)
        return self._y

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        return gradient * (self._y > 0)


class LeakyReLU(Layer):
    """y = x where x > 0, else slope x (Maas, Hannun and Ng 2013)."""

    kind = "leaky_relu"

    def __init__(self, slope: float = 0.2, name: str = "") -> None:
        super().__init__(name)
        self.slope = slope

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        self._positive = x > 0
        return np.where(self._positive, x, self.slope * x).astype(x.dtype)

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        return np.where(self._positive, gradient, self.slope * gradient).astype(gradient.dtype)


class Tanh(Layer):
    """y = tanh x; dy/dx = 1 - y²."""

    kind = "tanh"

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        self._y = np.tanh(x)
        return self._y

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        return gradient * (1 - self._y * self._y)


class Sigmoid(Layer):
    """y = 1 / (1 + exp(-x)) = (1 + tanh(x / 2)) / 2, which never overflows; dy/dx = y (1 - y)."""

    kind = "sigmoid"

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        self._y = (1 + np.tanh(x / 2)) / 2
        return self._y

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        return gradient * self._y * (1 - self._y)


class Softmax(Layer):
    """y_i = exp(x_i) / sum_j exp(x_j) over the last axis; dL/dx_i = y_i (g_i - sum_j g_j y_j).

    The largest x is taken away before the exponential: the result is the same and nothing overflows.
    """

    kind = "softmax"

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        exponentials = np.exp(x - x.max(-1, keepdims=True))
        self._y = exponentials / exponentials.sum(-1, keepdims=True)
        return self._y

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        return self._y * (gradient - (gradient * self._y).sum(-1, keepdims=True))


ACTIVATIONS: dict[str, type[Layer]] = {row.kind: row for row in (Linear, ReLU, LeakyReLU, Tanh, Sigmoid, Softmax)}
