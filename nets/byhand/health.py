"""Problems with numbers: the first one that is not finite, and gradients that vanish or explode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nets.byhand.layer import Layer
from nets.byhand.network import Network

if TYPE_CHECKING:
    from nets.network.graph import Graph

VANISHED, EXPLODED = 1e-5, 1e5


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


def first_not_finite(network: Network, x: np.ndarray, *, training: bool = False) -> NonFiniteNumber | None:
    """The first NaN or infinity of a forward pass: in the input, then layer by layer in weights and output.

    Args:
        network: A chain of layers by hand.
        x: (N, H, W, C) or (N, units).
        training: As for ``Network.forward``.

    Returns:
        The first place, its index with the batch axis where it lies in an output; None if all is finite.
    """
    x = network.prepared(x)
    found = _not_finite("", "input", x)
    with np.errstate(all="ignore"):
        for layer in network.layers:
            for name, array in (*layer.weights.items(), *layer.state.items()):
                found = found or _not_finite(layer.name, name, array)
            if found:
                return found
            x = layer.forward(x, training=training)
            found = _not_finite(layer.name, "output", x)
    return found


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


@dataclass(frozen=True)
class Flow:
    """How much gradient a layer gets. ``arriving``: the length of dL/dy; ``weights``: that of dL/dw, all of them.

    ``verdict``: "vanishes" or "explodes" where ``arriving`` is 100,000 times smaller or larger than what left the
    loss, or is not finite; else "".
    """

    layer: str
    arriving: float
    weights: float
    verdict: str


def gradient_flow(network: Network) -> list[Flow]:
    """Runs backward for the batch of the last ``network.loss`` and gives each layer's flow, the last layer first."""
    met: list[tuple[Layer, float]] = []
    with np.errstate(all="ignore"):
        network.backward(lambda layer, gradient: met.append((layer, _length(gradient))))
        leaving = met[0][1] if met else 0.0
        return [
            Flow(layer.name, arriving, _length(*layer.gradients.values()), _verdict(arriving, leaving))
            for layer, arriving in met
        ]


def _length(*arrays: np.ndarray) -> float:
    """Computed in float64, where squares of float32 neither overflow nor vanish."""
    return float(np.sqrt(sum(np.square(array, dtype=np.float64).sum() for array in arrays)))


def _verdict(arriving: float, leaving: float) -> str:
    if not np.isfinite(arriving) or arriving > EXPLODED * leaving:
        return "explodes"
    # If the loss itself sends no gradient, everything is learned already: nothing vanishes on the way.
    return "vanishes" if arriving < VANISHED * leaving else ""
