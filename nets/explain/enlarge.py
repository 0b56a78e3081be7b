"""Maps of a layer, enlarged to the size of the picture. Bilinear, because cubic interpolation goes below zero."""

from __future__ import annotations

from functools import lru_cache

import numpy as np


def enlarge(maps: np.ndarray, height: int, width: int) -> np.ndarray:
    """Bring maps to another size, bilinearly.

    Pixel centres are aligned as in ``tf.image.resize``: with a factor of 2, the first two of (0, 1) are 0 and 0.25.
    Beyond the outermost centres the last value is repeated.

    Args:
        maps: (h, w) or (..., h, w) numbers.
        height: Rows of the result.
        width: Columns of the result.

    Returns:
        (height, width) or (..., height, width) float32.
    """
    values = np.asarray(maps, np.float32)
    return _weights(values.shape[-2], height) @ values @ _weights(values.shape[-1], width).T


@lru_cache(maxsize=32)
def _weights(before: int, after: int) -> np.ndarray:
    """(after, before) float32: the weights of the old positions in each new one, at most two of them not zero."""
    centres = np.clip((np.arange(after) + 0.5) * before / after - 0.5, 0, before - 1)
    low = np.minimum(centres.astype(int), max(before - 2, 0))
    high = np.minimum(low + 1, before - 1)
    share = (centres - low).astype(np.float32)
    found = np.zeros((after, before), np.float32)
    np.add.at(found, (np.arange(after), low), 1 - share)
    np.add.at(found, (np.arange(after), high), share)
    found.setflags(write=False)
    return found
