"""How values become colours: scales of layers, weights and images; and the small faces of the diagram.

NumPy only, apart from the picture that ``scaled_picture`` makes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

from gui.paint.pixels import COLOURS, GREYS, coloured, image
from nets.pictures.ranges import Range, value_range

FACE = 64  # a face in the diagram has at most so many pixels on a side


@dataclass(frozen=True, eq=False)
class Scale:
    """A range of values and its colours.

    low, high: one number, or (n,) one for each map. signed: diverging, zero in the middle. found: the range of all
    values, including those that are clipped; None if each map has its own. grey: from black to white, as for an input
    image.
    """

    low: np.ndarray | float
    high: np.ndarray | float
    signed: bool
    found: Range | None = None
    grey: bool = False

    @property
    def note(self) -> str:
        """A sentence on the values that are clipped; "" if none are."""
        return self.found.note if self.found else ""

    @property
    def colours(self) -> np.ndarray:
        """(256,) uint32."""
        return GREYS if self.grey else COLOURS[self.signed]

    def of(self, number: int) -> tuple[float, float]:
        """The range of one map."""
        if isinstance(self.low, np.ndarray):
            return float(self.low[number]), float(np.asarray(self.high)[number])
        return float(self.low), float(self.high)

    def range_of(self, number: int) -> Range:
        low, high = self.of(number)
        return self.found or Range(low, high, self.signed, largest=high)

    @classmethod
    def from_range(cls, found: Range) -> Scale:
        # All values are zero: widen the range, so that zero gets the first colour, or the middle one if signed.
        high = found.high if found.high > 0 else 1.0
        return cls(-high if found.signed else 0.0, high, found.signed, found)

    @classmethod
    def of_values(cls, values: np.ndarray, *, signed: bool | None = None) -> Scale:
        """The full range of ``values``. ``signed`` None: signed if there are negative values."""
        if signed is None:  # negative values this small come from rounding
            signed = bool(np.fmin.reduce(values, axis=None, initial=0.0) < -1e-9)
        return cls.from_range(value_range(values, clip=False, signed=signed))

    @classmethod
    def of_weights(cls, weights: np.ndarray) -> Scale:
        """The scale of weights: always signed, zero in the middle."""
        return cls.of_values(weights, signed=True)


IMAGE = Scale(0.0, 1.0, False, grey=True)


def scaled_picture(values: np.ndarray, scale: Scale) -> QImage:
    """(h, w) values as one pixel each."""
    return image(coloured(values, scale.low, scale.high, scale.colours))


def scale_of(values: np.ndarray, mode: str, network: Iterable[np.ndarray], *, clip: bool) -> Scale:
    """The scale of a layer's maps (h, w, n), by a row of ``nets.pictures.ranges.RANGES``, or of its units (n,).

    ``network``: the arrays of all layers, read only for "network". In mode "map" nothing is clipped. Units have no
    ranges of their own; they share the layer's.
    """
    if mode == "network":
        return Scale.from_range(value_range([*network, values], clip=clip).within(values))
    if mode == "layer" or values.ndim == 1:
        return Scale.from_range(value_range(values, clip=clip))
    lows, highs = values.min(axis=(0, 1)), values.max(axis=(0, 1))
    signed = bool((lows < 0).any())
    high = np.maximum(highs, -lows) if signed else highs
    high = np.where(high > 0, high, np.float32(1))
    return Scale(-high if signed else np.zeros_like(high), high, signed)


def face(values: np.ndarray) -> np.ndarray:
    """A volume's front face, (h, w) uint32: the mean of the maps, or the units as a column, in their own range."""
    if values.ndim == 3:
        shown = values.mean(axis=2)
        step = max(1, -(-max(shown.shape) // FACE))
        shown = shown[::step, ::step]
    else:
        step = max(1, -(-len(values) // FACE))
        shown = np.maximum.reduceat(values, np.arange(0, len(values), step))[:, None]
    scale = Scale.from_range(value_range(shown, clip=False))
    return coloured(shown, scale.low, scale.high, scale.colours)


def faces(maps: Mapping[str, np.ndarray], paths: Iterable[str]) -> dict[str, np.ndarray]:
    return {path: face(maps[path]) for path in paths if path in maps}
