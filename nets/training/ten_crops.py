"""Ten views of each test image, whose answers are averaged: the corners, the centre, and their mirror images.

Source: Krizhevsky, Sutskever and Hinton 2012, ImageNet classification with deep convolutional neural networks,
section 4.1: windows of 224 out of 256 pixels.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nets.data.specs import ImageInput

ENLARGED = 256 / 224
VIEWS = 10


def reading_size(input: ImageInput) -> ImageInput:
    """The size in which images are read, so that windows of ``input``'s size can be cut out of them."""
    height, width = (round(side * ENLARGED) for side in (input.height, input.width))
    return replace(input, height=height, width=width)


def ten_crops(images: np.ndarray, input: ImageInput) -> np.ndarray:
    """The ten windows of each image.

    Args:
        images: (n, h, w, C), at least as high and wide as ``input``.
        input: what the network receives.

    Returns:
        (10 n, H, W, C) of the same type: all top left corners first, then top right, bottom left, bottom right,
        centres, and the mirror images of these five.
    """
    down, right = images.shape[1] - input.height, images.shape[2] - input.width
    places = [(0, 0), (0, right), (down, 0), (down, right), (down // 2, right // 2)]
    windows = [images[:, top : top + input.height, left : left + input.width] for top, left in places]
    return np.concatenate([*windows, *(window[:, :, ::-1] for window in windows)])


def averaged(outputs: np.ndarray) -> np.ndarray:
    """The mean of the ten answers to each image: (10 n, classes) as ``ten_crops`` orders them -> (n, classes)."""
    return outputs.reshape(VIEWS, -1, outputs.shape[1]).mean(axis=0)
