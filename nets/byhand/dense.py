"""Dense layers, and those that only pass values on: reshaping and dropout."""

from __future__ import annotations

import numpy as np

from nets.byhand.layer import Layer
from nets.errors import UsageError


class Dense(Layer):
    """y = x W + b; dL/dW = x^T g + decay W, dL/db = the sum of g over the batch, dL/dx = g W^T.

    kernel (inputs, units), bias (units,) or None. weight_decay: the loss gets decay / 2 times the sum of W²
    (Krogh and Hertz 1991).
    """

    kind = "Dense"

    def __init__(
        self, kernel: np.ndarray, bias: np.ndarray | None = None, *, weight_decay: float = 0.0, name: str = ""
    ) -> None:
        super().__init__(name)
        self.weights = {"kernel": kernel} if bias is None else {"kernel": kernel, "bias": bias}
        self.weight_decay = weight_decay

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        inputs = self.weights["kernel"].shape[0]
        if x.ndim != 2 or x.shape[1] != inputs:
            raise UsageError(
                "{name} expected rows of {inputs} numbers, found the shape {shape}",
                name=self.name,
                inputs=inputs,
                shape=x.shape,
            )
        self._x = x
        y = x @ self.weights["kernel"]  # (N, units)
        if "bias" in self.weights:
            y += self.weights["bias"]
        return y

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        kernel = self.weights["kernel"]
        self.gradients["kernel"] = self._x.T @ gradient  # (inputs, units)
        if self.weight_decay:
            self.gradients["kernel"] += self.weight_decay * kernel
        if "bias" in self.weights:
            self.gradients["bias"] = gradient.sum(0)  # (units,)
        return gradient @ kernel.T  # (N, inputs)

    def penalty(self) -> float:
        return 0.5 * self.weight_decay * float((self.weights["kernel"] ** 2).sum())


class Flatten(Layer):
    """(N, H, W, C) -> (N, H W C), row by row, channels innermost."""

    kind = "Flatten"

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        self._shape = x.shape
        return x.reshape(len(x), int(np.prod(x.shape[1:])))

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        return gradient.reshape(self._shape)


class Reshape(Flatten):
    """(N, ...) -> (N, *shape): the values in the same order."""

    kind = "Reshape"

    def __init__(self, shape: tuple[int, ...], name: str = "") -> None:
        super().__init__(name)
        self.shape = tuple(shape)

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        self._shape = x.shape
        return x.reshape(len(x), *self.shape)


class Dropout(Layer):
    """In training each number is zero with probability ``rate``, and the others grow by 1 / (1 - rate).

    The mask is kept: its zeros get no gradient. Srivastava et al. 2014, Dropout.
    """

    kind = "Dropout"

    def __init__(self, rate: float, *, seed: int = 0, name: str = "") -> None:
        super().__init__(name)
        if not 0 <= rate < 1:
            raise UsageError("expected a dropout rate from 0 to below 1, found {rate}", rate=rate)
        self.rate = rate
        self.random = np.random.default_rng(seed)
        self.mask: np.ndarray | None = None

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        self.mask = None
        if not training or not self.rate:
            return x
        kept = self.random.random(x.shape, np.float32) >= self.rate
        self.mask = kept.astype(x.dtype) / np.asarray(1 - self.rate, x.dtype)
        return x * self.mask

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        return gradient if self.mask is None else gradient * self.mask
