"""The layers that blocks are made of, in plain NumPy: one picture (H, W, C) in float64."""

from __future__ import annotations

from typing import Any

import numpy as np


def weights(layer: Any) -> dict[str, np.ndarray]:
    return {variable.name: np.asarray(variable, np.float64) for variable in layer.weights}


def relu(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0)


def windows(x: np.ndarray, kernel: tuple[int, int], stride: int, padding: str, fill: float) -> np.ndarray:
    """(H', W', kh, kw, C): what the kernel sees at each position. "same" puts the odd row or column at the end."""
    height, width = kernel
    if padding == "same":
        pads = []
        for size, side in ((x.shape[0], height), (x.shape[1], width)):
            total = max((-(-size // stride) - 1) * stride + side - size, 0)
            pads.append((total // 2, total - total // 2))
        x = np.pad(x, (*pads, (0, 0)), constant_values=fill)
    rows, columns = (x.shape[0] - height) // stride + 1, (x.shape[1] - width) // stride + 1
    cut = [
        [x[i * stride : i * stride + height, j * stride : j * stride + width] for j in range(columns)]
        for i in range(rows)
    ]
    return np.array(cut)


def conv(x: np.ndarray, layer: Any) -> np.ndarray:
    """A convolution of a Keras layer's weights, strides and padding, without its activation."""
    own = weights(layer)
    seen = windows(x, layer.kernel_size, layer.strides[0], layer.padding, 0)
    return np.einsum("ijhwc,hwcf->ijf", seen, own["kernel"]) + own.get("bias", 0)


def norm(x: np.ndarray, layer: Any) -> np.ndarray:
    own = weights(layer)
    scaled = (x - own["moving_mean"]) / np.sqrt(own["moving_variance"] + layer.epsilon)
    return scaled * own.get("gamma", 1) + own["beta"]


def max_pool(x: np.ndarray, stride: int = 1, padding: str = "same") -> np.ndarray:
    return windows(x, (3, 3), stride, padding, -np.inf).max((2, 3))


def average_pool(x: np.ndarray) -> np.ndarray:
    """3x3 at stride 1; at the border the mean of what lies inside."""
    seen = windows(x, (3, 3), 1, "same", np.nan)
    return np.nanmean(seen, (2, 3))


def response_norm(x: np.ndarray, depth: int, k: float, alpha: float, beta: float) -> np.ndarray:
    """The formula of the paper's section 3.3, map by map."""
    maps = x.shape[-1]
    out = np.empty_like(x)
    for i in range(maps):
        near = x[..., max(0, i - depth // 2) : min(maps - 1, i + depth // 2) + 1]
        out[..., i] = x[..., i] / (k + alpha * (near**2).sum(-1)) ** beta
    return out
