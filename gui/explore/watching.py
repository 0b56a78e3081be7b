"""Which layers every answer must carry: only what is in view, or all of a small network, so that the diagram lives."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nets.network.layers import LayerInfo

SMALL = 1_000_000  # values in all layers together


def paths_to_watch(
    layers: tuple[LayerInfo, ...], chosen: LayerInfo | None, *, whole_network: bool, also: Iterable[str] = ()
) -> tuple[str, ...]:
    """The layers whose maps every answer carries.

    Args:
        layers: All layers of the network.
        chosen: The layer that is looked at.
        whole_network: Every layer is needed, whatever it costs: for one range of colours, or to find a number.
        also: More paths: what a unit or an equation reads.

    Returns:
        The paths in the order of ``layers``; of a small network all that can be shown.
    """
    shown = [row for row in layers if row.shows != "nothing"]
    values = sum(math.prod(size or 1 for size in row.output_shape) for row in shown)
    if whole_network or values < SMALL:
        return tuple(row.path for row in shown)
    wanted = {chosen.path if chosen else "", *also}
    return tuple(row.path for row in shown if row.path in wanted)
