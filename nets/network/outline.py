"""The costs of a network of the zoo, computed from shapes alone: VGG-16 is described without its 550 MB of weights."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nets.network.structure import Structure
from nets.zoo import get

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Outline:
    """The costs of one network.

    parameters: all; trainable: without the moving averages of normalisations. multiply_adds: for one image. layers: how
    many, nested models opened. values: the numbers of all layers together for one image.
    """

    parameters: int
    trainable: int
    multiply_adds: int
    layers: int
    values: int


def outline(name: str, input_shape: tuple[int, int, int] | None = None, classes: int | None = None) -> Outline:
    """The costs of a network of the zoo; nothing is allocated.

    Args:
        name: of the network.
        input_shape: (height, width, channels); None: the row's own.
        classes: number of outputs; None: the row's own.

    Raises:
        UsageError: there is no such network, or the input is too small for it.
    """
    spec = get(name)
    return _outline(name, input_shape or spec.input.shape, classes or spec.classes)


@functools.cache
def _outline(name: str, input_shape: tuple[int, int, int], classes: int) -> Outline:
    network = without_values(lambda: get(name).build(input_shape=input_shape, classes=classes))
    layers = Structure.of(network).layers
    return Outline(
        parameters=network.count_params(),
        trainable=sum(math.prod(variable.shape) for variable in network.trainable_variables),
        multiply_adds=sum(layer.multiply_adds for layer in layers),
        layers=len(layers),
        values=sum(math.prod(size or 1 for size in layer.output_shape) for layer in layers),
    )


def without_values(build: Callable[[], keras.Model]) -> keras.Model:
    """The network that ``build`` makes, with shapes but without weights: it can be described, not computed."""
    # Keras keeps a list of variables that wait for values in each thread: in its own thread the list disappears with
    # it.
    with ThreadPoolExecutor(1, thread_name_prefix="outlining a network") as executor:
        return executor.submit(_without_values, build).result()


def _without_values(build: Callable[[], keras.Model]) -> keras.Model:
    import keras

    scope = keras.StatelessScope()  # inside, variables have a shape and take no memory
    with scope:
        try:
            return build()
        finally:
            scope.initialize_variables = False
