"""Reads images at moved points, on TensorFlow: the points that ``nets.training.augment`` drew for each image.

Elastic fields after Simard et al. 2003, Best practices for convolutional neural networks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nets.runs.options import Augmentation
from nets.training.augment import knot_weights, outside_is_edge

Tensor = Any


def warp(images: Tensor, row: Augmentation, draws: dict[str, Tensor]) -> Tensor:
    """Images read at the points that ``draws`` moved, between pixels bilinearly.

    Outside is the nearest edge for whole pictures and zero, the ground of digits, otherwise.

    Args:
        images: (N, H, W, C) float32.
        row: the augmentation that the draws are of.
        draws: what ``nets.training.augment.draw`` gave for these images.

    Returns:
        (N, H, W, C) float32.
    """
    return _warp_by_points(images, row, draws) if "elastic" in draws else _warp_by_matrix(images, row, draws["affine"])


def _warp_by_matrix(images: Tensor, row: Augmentation, affine: Tensor) -> Tensor:
    """``warp`` without an elastic field, by Keras; it takes a third of the processor time of ``_warp_by_points``."""
    import keras
    import tensorflow as tf

    height, width = images.shape[1:3]
    middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
    a, b, c, d, e, f = tf.unstack(affine, axis=1)
    b, d = b * (width / height), d * (height / width)  # from shares of the side to pixels
    x = middle_x + c * width - a * middle_x - b * middle_y
    y = middle_y + f * height - d * middle_x - e * middle_y
    zero = tf.zeros_like(a)
    matrix = tf.stack([a, b, x, d, e, y, zero, zero], axis=1)
    return keras.ops.image.affine_transform(
        images,
        matrix,
        interpolation="bilinear",
        fill_mode="nearest" if outside_is_edge(row, images.shape[-1]) else "constant",
        fill_value=0,
    )


def _warp_by_points(images: Tensor, row: Augmentation, draws: dict[str, Tensor]) -> Tensor:
    """``warp`` point by point, because Keras has no transform that bends an image."""
    import tensorflow as tf

    height, width, channels = images.shape[1:]
    y = (np.arange(height, dtype=np.float32) - (height - 1) / 2) / height
    x = (np.arange(width, dtype=np.float32) - (width - 1) / 2) / width
    points = np.stack([np.tile(x, height), np.repeat(y, width), np.ones(height * width, np.float32)])
    moved = tf.matmul(tf.reshape(draws["affine"], [-1, 2, 3]), tf.constant(points.astype(np.float32)))  # (N, 2, H W)
    if "elastic" in draws:
        rows, columns = knot_weights(height), knot_weights(width)
        field = tf.einsum("hk,nklc,wl->nchw", rows, draws["elastic"], columns)
        moved += tf.reshape(field, [-1, 2, height * width])
    column = moved[:, 0] * width + (width - 1) / 2
    line = moved[:, 1] * height + (height - 1) / 2
    frame = "SYMMETRIC" if outside_is_edge(row, channels) else "CONSTANT"
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
