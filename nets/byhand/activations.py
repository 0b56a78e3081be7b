"""Activations: functions of each number alone, and softmax, a function of each row."""

from __future__ import annotations

import numpy as np

from nets.byhand.layer import Layer


class Linear(Layer):
    """y = x."""

    kind = "linear"
    formula = "x"

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        return x

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        return gradient


class ReLU(Layer):
    """y = max(x, 0); dy/dx = 1 where x > 0, else 0, at 0 too (Nair and Hinton 2010).

    largest: y stops there (6 in MobileNets); None: nowhere. slope: of what lies below ``threshold``, as Keras has it:
    y = slope (x - threshold).
    """

    kind = "relu"
    formula = "max(x, 0)"

    def __init__(
        self, *, largest: float | None = None, slope: float = 0.0, threshold: float = 0.0, name: str = ""
    ) -> None:
        super().__init__(name)
        self.largest, self.slope, self.threshold = largest, slope, threshold
        low = f"{slope:g} · (x − {threshold:g}) below {threshold:g}" if slope else f"0 up to {threshold:g}"
        formula = f"x, or {low}" if slope or threshold else self.formula
        self.formula = formula if largest is None else f"{formula}, at most {largest:g}"

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        if self.largest is None and not self.slope and not self.threshold:
            self._derivative = (x > 0).astype(x.dtype)
            return np.maximum(x, 0)
        passes = x > self.threshold if self.threshold >= 0 else x >= self.threshold
        self._derivative = np.where(passes, 1, self.slope).astype(x.dtype)
        y = np.where(passes, x, self.slope * (x - self.threshold))
        if self.largest is not None:
            self._derivative = self._derivative * (y < self.largest)
            y = np.minimum(y, self.largest)
        return y.astype(x.dtype)

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        return gradient * self._derivative


class ReLU6(ReLU):
    """y = min(max(x, 0), 6), by its name in Keras (Howard et al. 2017, MobileNets)."""

    kind = "relu6"

    def __init__(self, name: str = "") -> None:
        super().__init__(largest=6.0, name=name)


class LeakyReLU(Layer):
    """y = x where x > 0, else slope x (Maas, Hannun and Ng 2013)."""

    kind = "leaky_relu"
    formula = "x, or slope · x below 0"

    def __init__(self, slope: float = 0.2, name: str = "") -> None:
        super().__init__(name)
        self.slope = slope
        self.formula = f"x, or {slope:g} · x below 0"

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        self._positive = x > 0
        return np.where(self._positive, x, self.slope * x).astype(x.dtype)

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        return np.where(self._positive, gradient, self.slope * gradient).astype(gradient.dtype)


class Tanh(Layer):
    """y = tanh x; dy/dx = 1 - y²."""

    kind = "tanh"
    formula = "tanh(x)"

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        self._y = np.tanh(x)
        return self._y

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        return gradient * (1 - self._y * self._y)


class Sigmoid(Layer):
    """y = 1 / (1 + exp(-x)) = (1 + tanh(x / 2)) / 2, which never overflows; dy/dx = y (1 - y)."""

    kind = "sigmoid"
    formula = "1 / (1 + exp(−x))"

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        self._y = (1 + np.tanh(x / 2)) / 2
        return self._y

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        return gradient * self._y * (1 - self._y)


class SiLU(Layer):
    """y = x sigmoid(x), also called swish; dy/dx = s + y (1 - s) with s = sigmoid(x) (Ramachandran et al. 2017)."""

    kind = "silu"
    formula = "x / (1 + exp(−x))"

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        self._sigmoid = (1 + np.tanh(x / 2)) / 2
        self._y = x * self._sigmoid
        return self._y

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        return gradient * (self._sigmoid + self._y * (1 - self._sigmoid))


class ELU(Layer):
    """y = x where x > 0, else exp(x) - 1 (Clevert et al. 2015)."""

    kind = "elu"
    formula = "x, or exp(x) − 1 below 0"

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        self._y = np.where(x > 0, x, np.expm1(np.minimum(x, 0))).astype(x.dtype)
        return self._y

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        return np.where(self._y > 0, gradient, gradient * (self._y + 1)).astype(gradient.dtype)


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


ACTIVATIONS: dict[str, type[Layer]] = {
    row.kind: row for row in (Linear, ReLU, ReLU6, LeakyReLU, Tanh, Sigmoid, SiLU, ELU, Softmax)
}
