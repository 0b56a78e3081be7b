"""The weights of one unit of a dense layer, and the layer whose values they multiply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nets.errors import UsageError
from nets.network.graph import Graph


@dataclass(frozen=True, eq=False)
class UnitWeights:
    """weights (inputs,) float32 in the order in which the unit reads them; bias None if the layer has none.

    ``sources``: the paths of the layers that give these values ("": the model's input), the nearest first: before
    Flatten and dropout, which pass values on, comes another. Flattened maps are read row by row, all maps of a pixel
    together: ``weights.reshape(height, width, maps)`` fits them.
    """

    weights: np.ndarray
    bias: float | None
    sources: tuple[str, ...]


def weights_of(graph: Graph, path: str, unit: int) -> UnitWeights | None:
    """The weights of one unit of a dense layer.

    Args:
        graph: the network's.
        path: of the layer.
        unit: which of its units, from 0.

    Returns:
        None for a layer of another kind.

    Raises:
        UsageError: there is no such layer or unit.
    """
    from keras import layers

    step = graph.step(path)
    if not isinstance(step.operation, layers.Dense):
        return None
    kernel = np.asarray(step.operation.kernel, dtype=np.float32)  # (inputs, units)
    if not 0 <= unit < kernel.shape[1]:
        raise UsageError("{path} has units 0 to {last}, not {unit}", path=path, last=kernel.shape[1] - 1, unit=unit)
    bias = None if step.operation.bias is None else float(np.asarray(step.operation.bias)[unit])
    writers = {number: writer for writer in graph.steps for number in writer.outputs}
    passing = (layers.Flatten, layers.Dropout, layers.SpatialDropout2D, layers.GaussianNoise, layers.GaussianDropout)
    value = step.inputs[0]
    sources = [writers[value].path if value in writers else ""]
    while value in writers and isinstance(writers[value].operation, passing):
        value = writers[value].inputs[0]
        sources.append(writers[value].path if value in writers else "")
    return UnitWeights(kernel[:, unit].copy(), bias, tuple(sources))


@dataclass(frozen=True)
class Normalisation:
    """y = scale * (x - mean) / sqrt(variance + epsilon) + shift (Ioffe and Szegedy 2015, gamma and beta)."""

    scale: float
    shift: float
    mean: float
    variance: float
    epsilon: float


def normalisation_of(graph: Graph, path: str, map_index: int) -> Normalisation | None:
    """The numbers of one map or unit of a batch normalisation; one without scale or shift has 1 and 0.

    Args:
        graph: the network's.
        path: of the layer.
        map_index: which map or unit, from 0.

    Returns:
        None for a layer of another kind.

    Raises:
        UsageError: there is no such layer, map or unit.
    """
    from keras import layers

    operation = graph.step(path).operation
    if not isinstance(operation, layers.BatchNormalization):
        return None
    count = int(operation.moving_mean.shape[0])
    if not 0 <= map_index < count:
        raise UsageError("{path} has maps 0 to {last}, not {map_index}", path=path, last=count - 1, map_index=map_index)

    def number(variable: Any, otherwise: float = 0.0) -> float:
        return otherwise if variable is None else float(np.asarray(variable)[map_index])

    return Normalisation(
        scale=number(operation.gamma if operation.scale else None, 1.0),
        shift=number(operation.beta if operation.center else None),
        mean=number(operation.moving_mean),
        variance=number(operation.moving_variance),
        epsilon=float(operation.epsilon),
    )
