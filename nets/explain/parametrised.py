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
MARGIN = 1e-3  # of 0..1: pictures are begun so far from the ends, where the sigmoid has no gradient


class Parametrised:
    """How numbers without bounds become a picture within those of ``input``, (N, H, W, C)."""

    def __init__(self, input: ImageInput, space: Space, height: int = 0, width: int = 0) -> None:
        self.space = space
        self._low, self._high = bounds(input)
        self._size = height or input.height, width or input.width
        self._mixes = input.channels == 3
        self._reversed = order_of(input) == "bgr"

    def picture(self, parameters: Any) -> Any:
        """(N, H, W, C) tensor of parameters -> the picture in the network's numbers. Differentiable."""
        from keras import ops

        if self.space == "pixels":
            return parameters
        rows, columns = (ops.convert_to_tensor(basis(side)) for side in self._size)
        scaled = parameters * ops.convert_to_tensor(scale(*self._size)[..., None])
        values = ops.einsum("yk,nklc,xl->nyxc", rows, scaled, columns)
        if self._mixes:
            values = ops.matmul(values, ops.convert_to_tensor(self._colours().T))
        return self._low + (self._high - self._low) * ops.sigmoid(values)

    def within(self, parameters: Any) -> Any:
        """The parameters after a step, so that the picture stays within the range."""
        from keras import ops

        return ops.clip(parameters, self._low, self._high) if self.space == "pixels" else parameters

    def of_picture(self, values: np.ndarray) -> np.ndarray:
        """The parameters of a picture in the network's numbers, (N, H, W, C)."""
        if self.space == "pixels":
            return np.clip(values, self._low, self._high).astype(np.float32)
        share = np.clip((values - self._low) / (self._high - self._low), MARGIN, 1 - MARGIN)
        flat = np.log(share / (1 - share)).astype(np.float64)
        if self._mixes:
            flat = flat @ np.linalg.inv(self._colours().T.astype(np.float64))
        found = np.einsum("yk,nyxc,xl->nklc", basis(self._size[0]), flat, basis(self._size[1]))
        return (found / scale(*self._size)[..., None]).astype(np.float32)

    def _colours(self) -> np.ndarray:
        return COLOURS[::-1] if self._reversed else COLOURS


@lru_cache(maxsize=16)
def basis(side: int) -> np.ndarray:
    """(side, side) float32: the orthonormal cosine transform (DCT-II), a column for each frequency."""
    place, frequency = np.arange(side)[:, None] + 0.5, np.arange(side)[None]
    found = np.cos(np.pi * place * frequency / side) * np.sqrt(2 / side)
    found[:, 0] /= np.sqrt(2)
    return found.astype(np.float32)


@lru_cache(maxsize=16)
def scale(height: int, width: int) -> np.ndarray:
    """(height, width) float32: one over each frequency, the lowest like its neighbours; of unit mean square in all."""
    rows, columns = np.arange(height)[:, None] / height, np.arange(width)[None] / width
    found = 1 / np.maximum(np.hypot(rows, columns), 1 / max(height, width))
    return (found / np.sqrt(np.mean(found**2))).astype(np.float32)
