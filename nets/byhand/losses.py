"""Losses: the cost of a network's outputs, and the gradient with which the backward pass begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np


class Loss(Protocol):
    """``forward(outputs (N, K), labels (N,)) -> the batch's mean``; ``backward() -> dL/d outputs (N, K)``."""

    def forward(self, outputs: np.ndarray, labels: np.ndarray) -> float: ...

    def backward(self) -> np.ndarray: ...


@dataclass
class SoftmaxCrossEntropy:
    """L = -sum_k t_k log p_k with p = softmax(logits), the mean over the batch; dL/dlogits = (p - t) / N.

    Takes logits: the softmax and the logarithm undo each other, and the gradient is a subtraction. ``smoothing`` gives
    every class that share of the target (Szegedy et al. 2015, arXiv:1512.00567, section 7). ``shares`` (N,), which sum
    to 1, take the place of 1 / N where some images count more than others.
    """

    smoothing: float = 0.0
    shares: np.ndarray | None = None

    def forward(self, logits: np.ndarray, labels: np.ndarray) -> float:
        shifted = logits - logits.max(1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        self._targets = one_hot(labels, logits.shape[1], logits.dtype)
        if self.smoothing:
            self._targets = self._targets * (1 - self.smoothing) + self.smoothing / logits.shape[1]
        self._p = np.exp(log_p)
        if self.shares is not None:
            return float(-(self._targets * log_p).sum(1) @ self.shares)
        return float(-(self._targets * log_p).sum() / max(len(logits), 1))

    def backward(self) -> np.ndarray:
        if self.shares is not None:
            return ((self._p - self._targets) * self.shares[:, None]).astype(self._p.dtype)
        return ((self._p - self._targets) / max(len(self._p), 1)).astype(self._p.dtype)


@dataclass
class SquaredError:
    """L = the mean over batch and classes of (y - t)², t one-hot; dL/dy = 2 (y - t) / (N K).

    ``shares`` (N,), which sum to 1, take the place of 1 / N where some images count more than others.
    """

    shares: np.ndarray | None = None

    def forward(self, outputs: np.ndarray, labels: np.ndarray) -> float:
        self._difference = outputs - one_hot(labels, outputs.shape[1], outputs.dtype)
        if self.shares is not None:
            return float((self._difference**2).mean(1) @ self.shares)
        return float((self._difference**2).mean()) if outputs.size else 0.0

    def backward(self) -> np.ndarray:
        if self.shares is not None:
            factors = 2 * self.shares[:, None] / self._difference.shape[1]
            return (self._difference * factors).astype(self._difference.dtype)
        return 2 * self._difference / max(self._difference.size, 1)


def one_hot(labels: np.ndarray, classes: int, dtype: np.dtype | type = np.float32) -> np.ndarray:
    """1 at the label, 0 elsewhere.

    Args:
        labels: (N,) integers from 0.
        classes: How many there are.
        dtype: Of the result.

    Returns:
        (N, classes).
    """
    return np.eye(classes, dtype=dtype)[np.asarray(labels, np.intp)]
