"""Normalisation: over a batch (2015), over neighbouring channels (2012), and the fixed rescaling of an input."""

from __future__ import annotations

import numpy as np

from nets.byhand.layer import Layer


class BatchNorm(Layer):
    """y = gamma (x - mean) / sqrt(variance + epsilon) + beta, per channel (Ioffe and Szegedy 2015, arXiv:1502.03167).

    In training, mean and variance are the batch's (over all axes but the last), and the moving averages follow them;
    otherwise the moving averages are used. gamma, beta, and both averages: (C,); gamma None is 1, beta None is 0.
    """

    kind = "BatchNormalization"

    def __init__(
        self,
        gamma: np.ndarray | None,
        beta: np.ndarray | None,
        mean: np.ndarray,
        variance: np.ndarray,
        *,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        name: str = "",
    ) -> None:
        super().__init__(name)
        self.weights = {name: array for name, array in (("gamma", gamma), ("beta", beta)) if array is not None}
        self.state = {"moving_mean": mean, "moving_variance": variance}
        self.momentum, self.epsilon = momentum, epsilon

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        # A batch of none has no mean: it is answered as outside of training.
        self._training, self._axes = training and len(x) > 0, tuple(range(x.ndim - 1))
        if self._training:
            mean = x.mean(self._axes)  # (C,)
            variance = ((x - mean) ** 2).mean(self._axes)  # (C,)
            for name, found in (("moving_mean", mean), ("moving_variance", variance)):
                self.state[name] = self.momentum * self.state[name] + (1 - self.momentum) * found
        else:
            mean, variance = self.state["moving_mean"], self.state["moving_variance"]
        self._inverse = 1 / np.sqrt(variance + np.asarray(self.epsilon, x.dtype))  # (C,)
        self._normal = (x - mean) * self._inverse
        return (self.weights.get("gamma", 1) * self._normal + self.weights.get("beta", 0)).astype(x.dtype, copy=False)

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """The paper's six equations put together. With z = (x - mean) / deviation and g = dL/dy, in training

        dL/dx = gamma / deviation (g - mean(g) - z mean(g z)): a batch's mean and its spread answer for two terms.
        """
        g, z = gradient, self._normal
        totals = {"gamma": (g * z).sum(self._axes), "beta": g.sum(self._axes)}
        self.gradients = {name: totals[name] for name in self.weights}
        if self._training:
            g = g - g.mean(self._axes) - z * (g * z).mean(self._axes)
        return (self.weights.get("gamma", 1) * self._inverse * g).astype(gradient.dtype, copy=False)


class LocalResponseNorm(Layer):
    """y_i = x_i / s_i^beta with s_i = k + alpha sum x_j² over the n channels around i (Krizhevsky et al. 2012, 3.3).

    dL/dx_j = g_j / s_j^beta - 2 alpha beta x_j sum g_i x_i / s_i^(beta + 1) over the channels i that see j.
    """

    kind = "LocalResponseNormalization"

    def __init__(self, n: int = 5, *, k: float = 2.0, alpha: float = 1e-4, beta: float = 0.75, name: str = "") -> None:
        super().__init__(name)
        self.n, self.k, self.alpha, self.beta = n, k, alpha, beta

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        self._x = x
        self._scale = (self.k + self.alpha * self._around(x * x)).astype(x.dtype)
        return x * self._scale**-self.beta

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        through = self._around(gradient * self._x * self._scale ** (-self.beta - 1))
        return gradient * self._scale**-self.beta - 2 * self.alpha * self.beta * self._x * through

    def _around(self, values: np.ndarray) -> np.ndarray:
        """For each channel the sum over the n // 2 before it, itself, and the n // 2 behind it."""
        half, channels = self.n // 2, values.shape[-1]
        total = np.zeros_like(values)
        for shift in range(-min(half, channels - 1), min(half, channels - 1) + 1):
            here, there = (
                slice(max(-shift, 0), channels - max(shift, 0)),
                slice(max(shift, 0), channels - max(-shift, 0)),
            )
            total[..., here] += values[..., there]
        return total


class Rescaling(Layer):
    """y = scale x + offset, both fixed: one number, or one for each channel (C,)."""

    kind = "Rescaling"

    def __init__(self, scale: float | np.ndarray, offset: float | np.ndarray = 0.0, name: str = "") -> None:
        super().__init__(name)
        self.scale, self.offset = np.asarray(scale), np.asarray(offset)

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        return x * self.scale.astype(x.dtype) + self.offset.astype(x.dtype)

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        return gradient * self.scale.astype(gradient.dtype)
