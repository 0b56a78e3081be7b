"""Two ways to write a picture that is optimised: its pixels, or its frequencies and decorrelated colours.

Olah, Mordvintsev, Schubert 2017, Feature visualization, doi:10.23915/distill.00007.

A step along the gradient of the pixels changes the highest frequencies most: a noisy picture that means nothing to the
eye. With the coefficients of a cosine transform, each scaled by one over its frequency, all of them move alike; and
with the colours of photographs decorrelated, a step is not mostly a step in brightness.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal, get_args

import numpy as np

from nets.data.specs import ImageInput
from nets.data.value_ranges import order_of
from nets.explain.values import bounds

Space = Literal["pixels", "frequencies"]
SPACES: tuple[str, ...] = get_args(Space)

# The square root of the covariance of red, green and blue in ImageNet's photographs, divided by its largest column norm
# (published with Lucid by the authors of the paper above, Apache 2.0).
COLOURS = np.array([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]], np.float32)
COLOURS /= np.linalg.norm(COLOURS, axis=0).max()
MARGIN = 1e-3  # of 0..1: pictures start at this distance from both ends, where the sigmoid has no gradient


class Parametrised:
    """How unbounded numbers become a picture (N, H, W, C) within the range of ``input``."""

    def __init__(self, input: ImageInput, space: Space) -> None:
        self.space = space
        self._low, self._high = bounds(input)
        self._size = input.height, input.width
        colours = COLOURS[::-1] if order_of(input) == "bgr" else COLOURS
        self._colours = colours if input.channels == 3 else np.ones((1, 1), np.float32)
        self._mixes = input.channels in (1, 3)

    def picture(self, parameters: Any, xp: Any = np) -> Any:
        """The picture in the network's numbers, (N, H, W, C) float32.

        Args:
            parameters: (N, H, W, C) numbers without bounds.
            xp: What computes it: NumPy of arrays, ``keras.ops`` of tensors.
        """
        if self.space == "pixels":
            return parameters
        scaled = parameters * scale(*self._size)[..., None]
        values = _transformed(scaled, basis(self._size[0]), basis(self._size[1]), xp)
        values = xp.matmul(values, self._colours.T) if self._mixes else values
        # The logistic function, written with tanh: exp would overflow for large numbers.
        return self._low + (self._high - self._low) * (0.5 + 0.5 * xp.tanh(0.5 * values))

    def within(self, parameters: Any, xp: Any = np) -> Any:
        """The parameters after a step, limited so that the picture stays in its range; ``xp`` as for ``picture``."""
        if self.space == "frequencies":
            return parameters
        return xp.minimum(xp.maximum(parameters, self._low), self._high)

    def of_picture(self, values: np.ndarray) -> np.ndarray:
        """The parameters of a picture in the network's numbers, (N, H, W, C)."""
        if self.space == "pixels":
            return np.clip(values, self._low, self._high).astype(np.float32)
        share = np.clip((values - self._low) / (self._high - self._low), MARGIN, 1 - MARGIN)
        flat = np.log(share / (1 - share)).astype(np.float64)
        if self._mixes:
            flat = flat @ np.linalg.inv(self._colours.T.astype(np.float64))
        found = _transformed(flat, basis(self._size[0]).T, basis(self._size[1]).T)
        return (found / scale(*self._size)[..., None]).astype(np.float32)


def _transformed(values: Any, rows: np.ndarray, columns: np.ndarray, xp: Any = np) -> Any:
    """(N, H, W, C) with ``rows`` applied along the height and ``columns`` along the width."""
    planes = xp.matmul(xp.matmul(rows, xp.moveaxis(values, -1, 1)), columns.T)  # (N, C, H, W)
    return xp.moveaxis(planes, 1, -1)


@lru_cache(maxsize=16)
def basis(side: int) -> np.ndarray:
    """(side, side) float32: the orthonormal cosine transform (DCT-II), a column for each frequency."""
    place, frequency = np.arange(side)[:, None] + 0.5, np.arange(side)[None]
    found = np.cos(np.pi * place * frequency / side) * np.sqrt(2 / side)
    found[:, 0] /= np.sqrt(2)
    return found.astype(np.float32)


@lru_cache(maxsize=16)
def scale(height: int, width: int) -> np.ndarray:
    """(height, width) float32: one over each frequency (the lowest as its neighbours), scaled to a mean square of 1."""
    rows, columns = np.arange(height)[:, None] / height, np.arange(width)[None] / width
    found = 1 / np.maximum(np.hypot(rows, columns), 1 / max(height, width))
    return (found / np.sqrt(np.mean(found**2))).astype(np.float32)
