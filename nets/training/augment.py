"""Random changes to training images. What is random is drawn by NumPy from (seed, epoch) for a whole epoch at once, so
that it depends on nothing else: not on the chunks the epoch is cut into, nor on what was computed before.

Elastic fields after Simard et al. 2003, Best practices for convolutional neural networks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nets.runs.options import Augmentation
from nets.training.split import AUGMENT

Tensor = Any

# The elastic field is drawn on so coarse a grid and drawn out smoothly over the image.
KNOTS = 5


def draw(row: Augmentation, seed: int, epoch: int, images: int) -> dict[str, np.ndarray]:
    """What ``warp`` does to each of ``images`` images in ``epoch``; nothing for a row without changes.

    "affine": (images, 6) float32, the matrix from a point of the result to one of the source, in parts of the side
    from the middle: x' = a x + b y + c, y' = d x + e y + f. "elastic": (images, KNOTS, KNOTS, 2) float32.
    """
    if row == Augmentation(row.name, row.title, row.description):
        return {}
    random = np.random.default_rng([seed, AUGMENT, epoch])
    part = random.uniform(-1, 1, (6, images)).astype(np.float32)
    turn, slant = np.deg2rad(row.rotate) * part[0], np.tan(np.deg2rad(row.shear) * part[1])
    wide, high = 1 + row.zoom * part[2], 1 + row.zoom * part[3]
    sine, cosine = np.sin(turn), np.cos(turn)
    mirror = np.where(random.random(images) < 0.5, -1, 1) if row.flip else np.ones(images)
    matrix = [cosine * wide, (cosine * slant - sine) * wide, row.shift * part[4]]
    matrix += [sine * high, (sine * slant + cosine) * high, row.shift * part[5]]
    draws = {"affine": np.stack(matrix, axis=1).astype(np.float32)}
    draws["affine"][:, 0] *= mirror
    draws["affine"][:, 3] *= mirror
    if row.elastic:
        field = random.standard_normal((images, KNOTS, KNOTS, 2), dtype=np.float32)
        draws["elastic"] = field * np.float32(row.elastic)
    return draws


def warp(images: Tensor, row: Augmentation, draws: dict[str, Tensor]) -> Tensor:
    """Each of ``images`` (N, H, W, C) float32 read at the points that ``draws`` moved, between pixels bilinearly.

    Outside is the nearest edge for whole pictures (``flip``) and zero, the ground of digits, otherwise.
    """
    import tensorflow as tf

    height, width, channels = images.shape[1:]
    y = (np.arange(height, dtype=np.float32) - (height - 1) / 2) / height
    x = (np.arange(width, dtype=np.float32) - (width - 1) / 2) / width
    points = np.stack([np.tile(x, height), np.repeat(y, width), np.ones(height * width, np.float32)])
    moved = tf.matmul(tf.reshape(draws["affine"], [-1, 2, 3]), tf.constant(points.astype(np.float32)))  # (N, 2, H W)
    if "elastic" in draws:
        rows, columns = _smooth(height), _smooth(width)
        field = tf.einsum("hk,nklc,wl->nchw", rows, draws["elastic"], columns)
        moved += tf.reshape(field, [-1, 2, height * width])
    column = moved[:, 0] * width + (width - 1) / 2
    line = moved[:, 1] * height + (height - 1) / 2
    frame = "SYMMETRIC" if row.flip else "CONSTANT"
    padded = tf.pad(images, [[0, 0], [1, 1], [1, 1], [0, 0]], frame)
    column = tf.clip_by_value(column + 1, 0.0, width + 0.999)
    line = tf.clip_by_value(line + 1, 0.0, height + 0.999)
    return tf.reshape(_bilinear(padded, line, column), [-1, height, width, channels])


def _bilinear(images: Tensor, line: Tensor, column: Tensor) -> Tensor:
    """images (N, H, W, C) at the points line, column (N, P), all inside: (N, P, C)."""
    import tensorflow as tf

    height, width, channels = images.shape[1:]
    count = tf.shape(images)[0]
    pixels = tf.reshape(images, [-1, channels])
    top, left = tf.floor(line), tf.floor(column)
    down, right = (line - top)[..., None], (column - left)[..., None]
    first = tf.cast(top, tf.int32) * width + tf.cast(left, tf.int32) + tf.range(count)[:, None] * (height * width)
    upper = tf.gather(pixels, first) * (1 - right) + tf.gather(pixels, first + 1) * right
    lower = tf.gather(pixels, first + width) * (1 - right) + tf.gather(pixels, first + width + 1) * right
    return upper * (1 - down) + lower * down


def _smooth(size: int) -> np.ndarray:
    """(size, KNOTS) float32: how much each knot counts at each pixel, a bell around the knot; rows sum to 1."""
    pixels = np.linspace(0, KNOTS - 1, size, dtype=np.float32)
    bells = np.exp(-((pixels[:, None] - np.arange(KNOTS, dtype=np.float32)) ** 2) / 0.9)
    return (bells / bells.sum(axis=1, keepdims=True)).astype(np.float32)
