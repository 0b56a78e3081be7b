"""Maps of a layer brought to the size of the picture, bilinearly: cubic interpolation goes below zero."""

from __future__ import annotations

from functools import lru_cache

import numpy as np


def enlarge(maps: np.ndarray, height: int, width: int) -> np.ndarray:
    """(h, w) or (..., h, w) -> (height, width) or (..., height, width) float32.

    Pixel centres lie on pixel centres, as in ``tf.image.resize``: with a factor of 2, the first two of (0, 1) are 0 and
    0.25. At the border the last value stays.
    """
    values = np.asarray(maps, np.float32)
    return _weights(values.shape[-2], height) @ values @ _weights(values.shape[-1], width).T


@lru_cache(maxsize=32)
def _weights(before: int, after: int) -> np.ndarray:
    """(after, before) float32: each of the new positions as a mean of two old ones."""
    centres = np.clip((np.arange(after) + 0.5) * before / after - 0.5, 0, before - 1)
    low = np.minimum(centres.astype(int), max(before - 2, 0))
    high = np.minimum(low + 1, before - 1)
    share = (centres - low).astype(np.float32)
    found = np.zeros((after, before), np.float32)
    np.add.at(found, (np.arange(after), low), 1 - share)
    np.add.at(found, (np.arange(after), high), share)
    found.setflags(write=False)
    return found
