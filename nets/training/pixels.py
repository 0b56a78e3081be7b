"""Random changes that need no compiled graph: windows, mirroring, holes and colours of uint8 images, in NumPy.

``nets.training.augment.draw_pixels`` draws the random numbers. The changes are made on the thread that reads the
images, while the engine computes. Sources: Krizhevsky, Sutskever and Hinton 2012 (random crops, mirror images, PCA
colour jitter); Szegedy et al. 2014, arXiv:1409.4842 (random resized crops); DeVries and Taylor 2017, arXiv:1708.04552
(cutout).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from nets.data.images import Images
from nets.data.ink import LUMINANCE
from nets.data.specs import ImageInput
from nets.runs.options import Augmentation

MOST = 1000
"""Images from which the principal components of the colours are computed."""
PIXELS_EACH = 1024
"""Pixels of each of these images, at most."""
RATIO = 4 / 3
"""The largest ratio of a random window's sides."""
TO_YIQ = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]], np.float64)
FROM_YIQ = np.linalg.inv(TO_YIQ)
GREY = 128


@dataclass(frozen=True, eq=False)
class Principal:
    """The principal components of a data set's colours, for values from 0 to 1.

    values: (3,) float32, the variances along them, largest first. vectors: (3, 3) float32, one in each column.
    """

    values: np.ndarray
    vectors: np.ndarray


def principal_colours(images: Images, chosen: np.ndarray) -> Principal:
    """The principal components of red, green and blue over some of the images at ``chosen``, evenly spread."""
    some = chosen[:: max(1, len(chosen) // MOST)][:MOST]
    sums, products, count = np.zeros(3), np.zeros((3, 3)), 0
    for begin in range(0, len(some), 50):  # large images are read in small groups
        read = images.read(np.sort(some[begin : begin + 50]))
        pixels = read.reshape(len(read), -1, 3)
        part = pixels[:, :: max(1, pixels.shape[1] // PIXELS_EACH)].reshape(-1, 3) / 255.0
        sums, products, count = sums + part.sum(axis=0), products + part.T @ part, count + len(part)
    mean = sums / max(1, count)
    values, vectors = np.linalg.eigh(products / max(1, count) - np.outer(mean, mean))
    # The sign of an eigenvector is arbitrary; it is fixed here so that a run is the same on every machine.
    vectors = vectors * np.where(vectors.sum(axis=0) < 0, -1, 1)
    return Principal(np.maximum(values[::-1], 0).astype(np.float32), vectors[:, ::-1].astype(np.float32))


def reading_input(row: Augmentation, input: ImageInput) -> ImageInput:
    """The size in which images are read for a row of augmentation, from which ``change`` makes the size of
    ``input``.
    """
    height, width = (round(side * row.enlarge) for side in (input.height, input.width))
    return replace(input, height=height, width=width)


def change(
    images: np.ndarray,
    row: Augmentation,
    draws: dict[str, np.ndarray],
    shape: tuple[int, int, int],
    principal: Principal | None = None,
) -> np.ndarray:
    """Images changed as ``draws`` says.

    Args:
        images: (n, h, w, C) uint8 in the size of ``reading_input``; they are not written to.
        row: the augmentation that the draws are of.
        draws: what ``draw_pixels`` gave for these n images.
        shape: (H, W, C) of the network's input.
        principal: the components of the colours, for a row that uses them.

    Returns:
        (n, H, W, C) uint8.
    """
    if "box" in draws:
        images = _resized_windows(images, row.area, draws["box"], shape)
    elif "window" in draws:
        images = _windows(images, row.crop, draws["window"], shape)
    if "colour" in draws or "pca" in draws:
        images = _coloured(images, row, draws, principal)
    if "mirror" in draws or "hole" in draws:
        images = images.copy()
        if "mirror" in draws:
            mirrored = draws["mirror"]
            images[mirrored] = images[mirrored, :, ::-1]
        if "hole" in draws:
            _cut_holes(images, row.cutout, draws["hole"])
    return images


def _windows(images: np.ndarray, crop: float, draws: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """A window of ``shape`` from each image, after extending the image by mirroring ``crop`` pixels at its edges."""
    height, width, _ = shape
    by_height, by_width = (min(round(crop * side), side - 1) for side in images.shape[1:3])
    if by_height or by_width:
        margins = ((0, 0), (by_height, by_height), (by_width, by_width), (0, 0))
        images = np.pad(images, margins, "reflect")
    room = np.array([images.shape[1] - height + 1, images.shape[2] - width + 1])
    tops, lefts = (draws * room).astype(int).T
    found = np.empty((len(images), *shape), np.uint8)
    for number, (image, top, left) in enumerate(zip(images, tops.tolist(), lefts.tolist(), strict=True)):
        found[number] = image[top : top + height, left : left + width]
    return found


def _resized_windows(images: np.ndarray, area: float, draws: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """A window of random size, side ratio and place from each image, resized to ``shape``."""
    height, width = images.shape[1:3]
    part = area + (1 - area) * draws[:, 0]
    ratio = np.exp(np.log(RATIO) * (2 * draws[:, 1] - 1))
    wide = np.minimum(np.sqrt(part * ratio), 1) * width
    high = np.minimum(np.sqrt(part / ratio), 1) * height
    left, top = draws[:, 2] * (width - wide), draws[:, 3] * (height - high)
    boxes = np.stack([left, top, left + wide, top + high], axis=1)
    boxes = np.clip(boxes, 0, [width, height, width, height]).tolist()
    found = np.empty((len(images), *shape), np.uint8)
    size = (shape[1], shape[0])
    for number, (image, box) in enumerate(zip(images, boxes, strict=True)):
        planes = [image] if shape[2] == 3 else [image[..., channel] for channel in range(shape[2])]
        made = [
            np.asarray(Image.fromarray(np.ascontiguousarray(plane)).resize(size, Image.Resampling.BILINEAR, tuple(box)))
            for plane in planes
        ]
        found[number] = made[0] if shape[2] == 3 else np.stack(made, axis=-1)
    return found


def _coloured(
    images: np.ndarray, row: Augmentation, draws: dict[str, np.ndarray], principal: Principal | None
) -> np.ndarray:
    """Each image's colours through its own matrix and offset, rounded and clipped to 0..255."""
    count, channels = len(images), images.shape[-1]
    matrix, offset = np.tile(np.eye(channels), (count, 1, 1)), np.zeros((count, channels))
    if "colour" in draws:
        bright, contrast, saturation, hue = draws["colour"].T * np.array(
            [[row.brightness], [row.contrast], [row.saturation], [np.deg2rad(row.hue)]]
        )
        if channels == 3:
            matrix = _saturations(1 + saturation) @ _turns(hue)
        # around the image's mean grey, which the contrast does not change
        weights = LUMINANCE if channels == 3 else np.full(channels, 1 / channels)
        mean = images.mean(axis=(1, 2)) @ weights
        factor = (1 + contrast) * (1 + bright)
        matrix = matrix * factor[:, None, None]
        offset = offset + (-contrast * (1 + bright) * mean)[:, None]
    if "pca" in draws and principal is not None:
        offset = offset + 255 * (row.pca * draws["pca"] * principal.values) @ principal.vectors.T
    values = images.reshape(count, -1, channels).astype(np.float32) @ matrix.transpose(0, 2, 1).astype(np.float32)
    values += offset[:, None].astype(np.float32)
    np.clip(np.rint(values, out=values), 0, 255, out=values)
    return values.astype(np.uint8).reshape(images.shape)


def _saturations(factors: np.ndarray) -> np.ndarray:
    """(n, 3, 3): colours at ``factors`` times their distance from grey."""
    grey = np.tile(LUMINANCE.astype(np.float64), (3, 1))
    return grey + factors[:, None, None] * (np.eye(3) - grey)


def _turns(angles: np.ndarray) -> np.ndarray:
    """(n, 3, 3): colours turned around the axis of greys by ``angles`` in radians, in the YIQ space."""
    cosine, sine, one, zero = np.cos(angles), np.sin(angles), np.ones_like(angles), np.zeros_like(angles)
    turns = np.stack([one, zero, zero, zero, cosine, -sine, zero, sine, cosine], axis=1).reshape(-1, 3, 3)
    return FROM_YIQ @ turns @ TO_YIQ


def _cut_holes(images: np.ndarray, side: float, draws: np.ndarray) -> None:
    """Make a square of each image grey, in place. Its centre can be anywhere, so part of it may lie outside."""
    height, width = images.shape[1:3]
    rows, columns = max(1, round(side * height)), max(1, round(side * width))
    tops = (draws[:, 0] * height).astype(int) - rows // 2
    lefts = (draws[:, 1] * width).astype(int) - columns // 2
    for image, top, left in zip(images, tops.tolist(), lefts.tolist(), strict=True):
        image[max(0, top) : max(0, top + rows), max(0, left) : max(0, left + columns)] = GREY
