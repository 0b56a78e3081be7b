"""A network's graph at one input size, and what is computed from it once: shapes, layer table, receptive fields."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from nets.network.graph import Graph, unroll
from nets.network.layers import LayerInfo, row_of
from nets.network.receptive_field import ReceptiveFields

if TYPE_CHECKING:
    import keras

    from nets.data.specs import ImageInput

Shape = tuple[int | None, ...]


@dataclass(frozen=True, eq=False)
class Structure:
    """``input_shape``: without the batch axis, in the network's own layout, with open sizes decided.

    The tables are computed when they are first read and then kept, because the cursor reads them at every move.
    """

    graph: Graph
    input_shape: Shape

    @classmethod
    def of(cls, network: keras.Model, input: ImageInput | None = None) -> Structure:
        """The structure of a built network; ``input`` decides the sizes that it leaves open."""
        graph = unroll(network)
        return cls(graph, graph.input_shape[1:] if input is None else own_shape(graph, input))

    @cached_property
    def shapes(self) -> dict[int, Shape]:
        """The shape of every value by its number in the graph, with the batch axis."""
        return self.graph.shapes((1, *self.input_shape))

    @cached_property
    def layers(self) -> tuple[LayerInfo, ...]:
        """The table of layers, nested models opened, in the order of computing."""
        return tuple(row_of(self.graph, step, self.shapes) for step in self.graph.steps)

    @cached_property
    def fields(self) -> ReceptiveFields:
        return ReceptiveFields(self.graph, self.shapes)


def own_shape(graph: Graph, input: ImageInput) -> tuple[int, ...]:
    """The shape of one input (no batch axis) in the layout that the network takes: a picture, rows, or one row."""
    if len(graph.input_shape) == 4:
        return (input.channels, input.height, input.width) if graph.channels_first else input.shape
    return (input.height, input.width) if len(graph.input_shape) == 3 else (math.prod(input.shape),)
