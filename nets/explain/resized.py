"""Float pictures brought to another size or another number of channels; the sizes that can be optimised."""

from __future__ import annotations

import numpy as np
from PIL import Image

from nets.data.ink import LUMINANCE
from nets.errors import UsageError
from nets.text import Text

LARGEST_PIXELS = 1024 * 1024  # of a picture that is optimised
SMALLEST = 24  # pixels of its shorter side


def resized(values: np.ndarray, height: int, width: int) -> np.ndarray:
    """A picture in another size: each pixel a mean when it becomes smaller, bilinear when larger.

    Args:
        values: (h, w, C) float32.
        height: Rows of the result.
        width: Columns of the result.

    Returns:
        (height, width, C) float32; ``values`` itself if it has that size.
    """
    if values.shape[:2] == (height, width):
        return values
    planes = [Image.fromarray(np.ascontiguousarray(values[..., c], np.float32)) for c in range(values.shape[2])]
    way = Image.Resampling.BILINEAR
    return np.stack([np.asarray(plane.resize((width, height), way)) for plane in planes], axis=-1)


def refusal_of_size(height: int, width: int) -> str:
    """Why a picture of this size cannot be optimised, as one sentence; "" if it can."""
    if height * width > LARGEST_PIXELS:
        return Text(
            "the picture has {height} × {width} pixels; expected at most {largest_pixels:,}: make it smaller",
            height=height,
            width=width,
            largest_pixels=LARGEST_PIXELS,
        )
    if min(height, width) < SMALLEST:
        return Text(
            "the picture has {height} × {width} pixels; expected {smallest} or more on each side",
            height=height,
            width=width,
            smallest=SMALLEST,
        )
    return ""


def in_channels(picture: np.ndarray, channels: int) -> np.ndarray:
    """(h, w) or (h, w, 1|3|4) uint8, or float from 0 to 1 -> (h, w, channels) float32 from 0 to 1.

    Transparent pixels are laid over white.

    Raises:
        UsageError: The picture's channels cannot become ``channels``.
    """
    values = np.asarray(picture)
    values = values.astype(np.float32) / 255 if values.dtype == np.uint8 else values.astype(np.float32)
    values = values[..., None] if values.ndim == 2 else values
    if values.shape[2] == 4:
        values = values[..., :3] * values[..., 3:] + (1 - values[..., 3:])
    if values.shape[2] == channels:
        return values
    if (values.shape[2], channels) == (1, 3):
        return np.repeat(values, 3, axis=2)
    if (values.shape[2], channels) == (3, 1):
        return (values @ LUMINANCE)[..., None]
    raise UsageError(
        "a picture with {found} channels cannot become one with {channels}", found=values.shape[2], channels=channels
    )
