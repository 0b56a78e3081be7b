"""Penalty and filter that keep an optimised picture smooth: total variation and blur of pictures (N, H, W, C)."""

from __future__ import annotations

from typing import Any

import numpy as np


def total_variation(images: Any) -> Any:
    """(N,) tensor: the mean absolute difference of neighbouring pixels, down and to the right."""
    from keras import ops

    down = ops.mean(ops.abs(images[:, 1:] - images[:, :-1]), axis=(1, 2, 3))
    right = ops.mean(ops.abs(images[:, :, 1:] - images[:, :, :-1]), axis=(1, 2, 3))
    return down + right


def blur_matrix(side: int, deviation: float) -> np.ndarray:
    """(side, side) float32: row i holds the Gaussian weights of the pixels around i; every row sums to 1."""
    distance = np.arange(side)[:, None] - np.arange(side)[None]
    if deviation <= 0:
        return np.eye(side, dtype=np.float32)
    found = np.exp(-(distance**2) / (2 * deviation**2))
    return (found / found.sum(axis=1, keepdims=True)).astype(np.float32)
