"""The effect of an augmentation on one picture, before anything is trained."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nets.data.images import ArrayImages
from nets.data.prepare import prepare
from nets.data.specs import ImageInput
from nets.data.value_ranges import to_values
from nets.runs.options import Augmentation
from nets.training.augment import draw, draw_pixels
from nets.training.pixels import change, principal_colours, reading_input
from nets.training.warp_arrays import warp_arrays

SAMPLES = 8


@dataclass(frozen=True, eq=False)
class Preview:
    """images: (1 + n, H, W, C) uint8, the picture as the network receives it and n changed ones.

    values: the same in the range of the network's input, (1 + n, H, W, C) float32.
    """

    images: np.ndarray
    values: np.ndarray


def preview(
    picture: np.ndarray,
    row: Augmentation,
    input: ImageInput,
    *,
    seed: int = 1,
    count: int = SAMPLES,
    is_dataset_image: bool = False,
) -> Preview:
    """``count`` changed versions of a picture, as the first ``count`` images of an epoch would be changed.

    Args:
        picture: (h, w) or (h, w, 1|3|4) uint8.
        row: the augmentation.
        input: what the network receives.
        seed: decides what is random, as the training's own does.
        count: how many.
        is_dataset_image: whether the picture has its dataset's own form.

    Raises:
        NothingDrawn: the picture is blank.
        LensletError: it is no picture.
    """
    as_bytes = replace(input, range="byte", order="rgb", scale=(), offset=())
    plain = prepare(picture, as_bytes, is_dataset_image=is_dataset_image).input.astype(np.uint8)
    reading = reading_input(row, as_bytes)
    read = plain
    if reading.shape != plain.shape:
        read = prepare(picture, reading, is_dataset_image=is_dataset_image).input.astype(np.uint8)
    images = np.repeat(read[None], count, axis=0)
    colour = input.channels == 3
    # In a training the components come from its images; here from the single picture.
    principal = principal_colours(ArrayImages(read[None]), np.zeros(1, int)) if row.pca and colour else None
    images = change(images, row, draw_pixels(row, seed, 1, count), input.shape, principal)
    moved = warp_arrays(images, row, draw(row, seed, 1, count))
    values = to_values(np.concatenate([plain[None].astype(np.float32), moved]), input)
    shown = np.clip(np.rint(moved), 0, 255).astype(np.uint8)
    return Preview(np.concatenate([plain[None], shown]), values)
