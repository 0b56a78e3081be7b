"""Which layers' maps an answer contains: all for a small network, those in view for a large one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from nets.compute.lens import LARGE, values_of

if TYPE_CHECKING:
    from nets.network.layers import LayerInfo


def paths_to_watch(
    layers: tuple[LayerInfo, ...], chosen: LayerInfo | None, *, whole_network: bool, also: Iterable[str] = ()
) -> tuple[str, ...]:
    """The layers whose maps every answer contains.

    Args:
        layers: All layers of the network.
        chosen: The layer that is looked at.
        whole_network: Every layer is needed, whatever it costs: for one range of colours, or to find a number.
        also: More paths: what a unit or an equation reads.

    Returns:
        The paths in the order of ``layers``; of a small network all that can be shown.
    """
    shown = [row for row in layers if row.shows != "nothing"]
    if whole_network or values_of(layers) <= LARGE:
        return tuple(row.path for row in shown)
    wanted = {chosen.path if chosen else "", *also}
    return tuple(row.path for row in shown if row.path in wanted)
