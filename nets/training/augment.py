"""Random changes to training images.

NumPy draws all random numbers of an epoch at once from (seed, epoch), so that they depend on nothing else: not on how
the epoch is cut into chunks, nor on what was computed before. Elastic fields after Simard et al. 2003, Best practices
for convolutional neural networks.
"""

from __future__ import annotations

import numpy as np

from nets.runs.options import Augmentation
from nets.training.split import AUGMENT, PIXELS

# The elastic field is drawn on this coarse grid and interpolated smoothly over the image.
KNOTS = 5


def draw(row: Augmentation, seed: int, epoch: int, images: int) -> dict[str, np.ndarray]:
    """The points at which ``engines.warp.warp`` reads the images of one epoch; empty for a row that moves no points.

    Args:
        row: of the table of augmentations.
        seed: of the training.
        epoch: from 1.
        images: how many.

    Returns:
        "affine": (images, 6) float32, the matrix from a point of the result to one of the source, in parts of the side
        from the middle: x' = a x + b y + c, y' = d x + e y + f. "elastic": (images, KNOTS, KNOTS, 2) float32.
    """
    if not row.is_warp:
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


def draw_pixels(row: Augmentation, seed: int, epoch: int, images: int) -> dict[str, np.ndarray]:
    """The changes that ``pixels.change`` makes to the images of one epoch; empty for a row that only moves points.

    A value is drawn only if the row uses it, and each from its own random stream: adding a change to a row does not
    alter its other random numbers.

    Args:
        row: of the table of augmentations.
        seed: of the training.
        epoch: from 1.
        images: how many.

    Returns:
        "window" and "box": (images, 2) and (images, 4) in [0, 1). "mirror": (images,) bool. "colour": (images, 4) in
        [-1, 1), for brightness, contrast, saturation, hue. "pca": (images, 3) normal. "hole": (images, 2). All float32
        but for "mirror".
    """

    def random(number: int) -> np.random.Generator:
        return np.random.default_rng([seed, PIXELS, epoch, number])

    draws: dict[str, np.ndarray] = {}
    if row.crop or row.enlarge > 1:
        draws["window"] = random(0).random((images, 2), dtype=np.float32)
    if row.area:
        draws["box"] = random(1).random((images, 4), dtype=np.float32)
    if row.flip and not row.is_warp:  # otherwise the warp mirrors
        draws["mirror"] = random(2).random(images) < 0.5
    if row.brightness or row.contrast or row.saturation or row.hue:
        draws["colour"] = random(3).uniform(-1, 1, (images, 4)).astype(np.float32)
    if row.pca:
        draws["pca"] = random(4).standard_normal((images, 3), dtype=np.float32)
    if row.cutout:
        draws["hole"] = random(5).random((images, 2), dtype=np.float32)
    return draws


def knot_weights(size: int) -> np.ndarray:
    """(size, KNOTS) float32: the weight of each knot at each pixel, a bell curve around the knot; rows sum to 1."""
    pixels = np.linspace(0, KNOTS - 1, size, dtype=np.float32)
    bells = np.exp(-((pixels[:, None] - np.arange(KNOTS, dtype=np.float32)) ** 2) / 0.9)
    return (bells / bells.sum(axis=1, keepdims=True)).astype(np.float32)


def outside_is_edge(row: Augmentation, channels: int) -> bool:
    """Whether a moved image is continued by its nearest edge, as pictures are, or by zero, the background of digits.

    Args:
        row: one that mirrors is for pictures, whatever their channels.
        channels: of the images; those in colour are pictures.
    """
    return row.flip or channels == 3
