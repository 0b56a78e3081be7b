"""A model: a network with its card."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from nets.network.card import Card

if TYPE_CHECKING:
    import keras

    from nets.network.layers import LayerInfo


@dataclass(frozen=True, eq=False)
class Model:
    """A network with its card. ``source``: "shipped", "run", "file", "training"; ``origin``: its name, run id or path.

    ``notes`` are sentences for the person on what was assumed or adapted. Nothing in ``nets`` changes ``network``
    but ``set_weights`` of a Classifier or Probe made from this very object.
    """

    card: Card
    network: keras.Model
    source: str
    origin: str
    notes: tuple[str, ...] = ()

    @cached_property
    def own_shape(self) -> tuple[int, ...]:
        """The input's shape without the batch axis in the network's own layout, sizes it leaves open settled."""
        from nets.network.graph import unroll

        graph = unroll(self.network)
        height, width, channels = self.card.input.shape
        if len(graph.input_shape) == 4:
            return (channels, height, width) if graph.channels_first else (height, width, channels)
        return (height, width) if len(graph.input_shape) == 3 else (height * width * channels,)

    @cached_property
    def layers(self) -> tuple[LayerInfo, ...]:
        """The table of its layers. A Probe fills it in its own thread, so that the window need not wait for it."""
        from nets.network.layers import layers_of

        return layers_of(self.network, self.own_shape)

    def copy(self) -> Model:
        """The same model with a network of its own: what watches a training while the original is being fitted."""
        import keras

        network = keras.models.clone_model(self.network)
        network.set_weights(self.network.get_weights())
        return dataclasses.replace(self, network=network)
