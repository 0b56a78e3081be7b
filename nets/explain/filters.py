"""The filters of the first layer as pictures.

A filter of the first layer multiplies the picture itself, so it can be looked at as one: an edge, a blob, a colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nets.data.value_ranges import order_of
from nets.errors import LensletError
from nets.network.layers import kernels_of

if TYPE_CHECKING:
    from nets.network.model import Model

WHY_NOT_DEEPER = (
    "A filter of a deeper layer multiplies the maps of the layer before, dozens at once, and not the picture: its "
    "numbers say how to mix those maps and look like nothing. What it looks for is shown by the patches that excite it "
    "most and by activation maximisation."
)


@dataclass(frozen=True, eq=False)
class Filters:
    """The kernels of the first convolution.

    layer: its path. kernels: (maps, h, w, C) float32, colours in the order red, green, blue. note: why deeper ones
    cannot be read so.
    """

    layer: str
    kernels: np.ndarray
    note: str = WHY_NOT_DEEPER

    def pictures(self) -> np.ndarray:
        """(maps, h, w, C) float32, 0 to 1: zero is the middle grey, each filter's largest number an end."""
        largest = np.abs(self.kernels).max(axis=(1, 2, 3), keepdims=True)
        return 0.5 + 0.5 * self.kernels / np.where(largest > 0, largest, 1)


def first_filters(model: Model) -> Filters:
    """The kernels of the first convolution, which must see the picture and no maps.

    Raises:
        LensletError: The network has no such layer.
    """
    row = next((row for row in model.layers if row.kernel_shape), None)
    channels = model.card.input.channels
    if row is None:
        raise LensletError("{title} has no convolution, so there are no filters to look at", title=model.card.title)
    found = kernels_of(model.graph, row.path)
    if found is None or row.kernel_shape is None or row.kernel_shape[2] != channels:
        raise LensletError(
            "{path}, the first convolution, does not see the picture's own {channels} channels",
            path=row.path,
            channels=channels,
        )
    kernels = np.moveaxis(found[0], -1, 0)
    reverse = channels == 3 and order_of(model.card.input) == "bgr"
    return Filters(row.path, np.ascontiguousarray(kernels[..., ::-1] if reverse else kernels))
