"""Random changes to training images. What is random is drawn by NumPy from (seed, epoch) for a whole epoch at once, so
that it depends on nothing else: not on the chunks the epoch is cut into, nor on what was computed before.

Elastic fields after Simard et al. 2003, Best practices for convolutional neural networks.
"""

from __future__ import annotations

import numpy as np

from nets.runs.options import Augmentation
from nets.training.split import AUGMENT

# The elastic field is drawn on so coarse a grid and drawn out smoothly over the image.
KNOTS = 5


def draw(row: Augmentation, seed: int, epoch: int, images: int) -> dict[str, np.ndarray]:
    """What ``engines.warp.warp`` does to each of ``images`` images in ``epoch``; nothing for a row without changes.

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
