"""Which layers every answer must carry: only what is in view, or all of a small network, so that the diagram lives."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nets.network.layers import LayerInfo

SMALL = 1_000_000  # values in all layers together


def paths_to_watch(
    layers: tuple[LayerInfo, ...], chosen: LayerInfo | None, *, whole_network: bool, also: str = ""
) -> tuple[str, ...]:
    """``whole_network``: the range needs every layer, whatever it costs. ``also``: one more path, what a unit reads."""
    shown = [row for row in layers if row.shows != "nothing"]
    values = sum(math.prod(size or 1 for size in row.output_shape) for row in shown)
    if whole_network or values < SMALL:
        return tuple(row.path for row in shown)
    wanted = {chosen.path if chosen else "", also}
    return tuple(row.path for row in shown if row.path in wanted)
