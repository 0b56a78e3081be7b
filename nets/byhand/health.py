"""The first number of a pass that is not finite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from nets.network.graph import Graph


@dataclass(frozen=True)
class NonFiniteNumber:
    """A number that is not finite: the layer, the array ("output" or a weight's name), the index and the value.

    For a number of the input itself the layer is "" and ``what`` is "input".
    """

    layer: str
    what: str
    index: tuple[int, ...]
    value: float

    def __str__(self) -> str:
        return f"{self.layer} {self.what}{list(self.index)} is {self.value}".strip()


def first_in_graph(
    graph: Graph, image: np.ndarray, values: Mapping[str, np.ndarray], *, weights_too: bool = False
) -> NonFiniteNumber | None:
    """The first NaN or infinity of a pass that was computed already, in any network; None if there is none.

    Args:
        graph: The network's graph; the weights are read from its layers.
        image: (H, W, C), what the network received.
        values: Layers' outputs by path, without batch axis; layers that are left out are not looked at.
        weights_too: Whether the weights are looked at although every value is finite: a compiled ``max(x, 0)`` may
            hide their NaN.

    Returns:
        The place in the input, a weight or an output; its index has no batch axis.
    """
    if not weights_too and all(np.isfinite(array).all() for array in (image, *values.values())):
        return None
    found = _not_finite("", "input", image)
    for step in graph.steps:
        if found is None and step.path in values:
            for variable in getattr(step.operation, "weights", ()):
                found = found or _not_finite(step.path, variable.name, np.asarray(variable))
            found = found or _not_finite(step.path, "output", values[step.path])
    return found


def _not_finite(layer: str, what: str, array: np.ndarray) -> NonFiniteNumber | None:
    finite = np.isfinite(array)
    if finite.all():
        return None
    index = np.unravel_index(np.argmin(finite), array.shape)
    return NonFiniteNumber(layer, what, tuple(int(i) for i in index), float(array[index]))
