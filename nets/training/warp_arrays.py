"""``engines.warp`` in NumPy: for the engine in NumPy, and for a preview without waiting for TensorFlow."""

from __future__ import annotations

import numpy as np

from nets.data.parts import in_parts
from nets.runs.options import Augmentation
from nets.training.augment import knot_weights, outside_is_edge

WORK = 10  # a number of the result costs as much as so many that are merely enlarged


def warp_arrays(images: np.ndarray, row: Augmentation, draws: dict[str, np.ndarray]) -> np.ndarray:
    """Images read at the points that ``draws`` moved, between pixels bilinearly.

    Args:
        images: (N, H, W, C) of 0 to 255.
        row: the augmentation that the draws are of.
        draws: what ``nets.training.augment.draw`` gave for these images; without any the images come back.

    Returns:
        (N, H, W, C) float32.
    """
    if not draws:
        return images.astype(np.float32)
    warped = np.empty(images.shape, np.float32)

    def warp(part: slice) -> None:
        warped[part] = _warped(images[part], row, {name: values[part] for name, values in draws.items()})

    in_parts(warp, len(images), WORK * images.size)
    return warped


def _warped(images: np.ndarray, row: Augmentation, draws: dict[str, np.ndarray]) -> np.ndarray:
    images = images.astype(np.float32)
    height, width, channels = images.shape[1:]
    y = (np.arange(height, dtype=np.float32) - (height - 1) / 2) / height
    x = (np.arange(width, dtype=np.float32) - (width - 1) / 2) / width
    points = np.stack([np.tile(x, height), np.repeat(y, width), np.ones(height * width, np.float32)])
    moved = draws["affine"].reshape(-1, 2, 3) @ points.astype(np.float32)  # (N, 2, H W)
    if "elastic" in draws:
        rows, columns = knot_weights(height), knot_weights(width)
        field = np.einsum("hk,nklc,wl->nchw", rows, draws["elastic"], columns, optimize=True)
        moved = moved + field.reshape(len(images), 2, -1)
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)), "edge" if outside_is_edge(row, channels) else "constant")
    column = np.clip(moved[:, 0] * width + (width - 1) / 2 + 1, 0, width + 0.999)
    line = np.clip(moved[:, 1] * height + (height - 1) / 2 + 1, 0, height + 0.999)
    return _bilinear(padded, line, column).reshape(images.shape)


def _bilinear(images: np.ndarray, line: np.ndarray, column: np.ndarray) -> np.ndarray:
    """images (N, H, W, C) at the points line, column (N, P), all inside: (N, P, C)."""
    height, width, channels = images.shape[1:]
    pixels = images.reshape(-1, channels)
    top, left = np.floor(line).astype(int), np.floor(column).astype(int)
    down, right = (line - top).astype(np.float32)[..., None], (column - left).astype(np.float32)[..., None]
    first = top * width + left + np.arange(len(images))[:, None] * (height * width)
    upper = pixels[first] * (1 - right) + pixels[first + 1] * right
    lower = pixels[first + width] * (1 - right) + pixels[first + width + 1] * right
    return upper * (1 - down) + lower * down
