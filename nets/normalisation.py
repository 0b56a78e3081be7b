"""What batch normalisation does to one map: the four numbers that it has learned for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.errors import UsageError
from nets.network.layers import find

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Normalisation:
    """y = scale * (x - mean) / sqrt(variance + epsilon) + shift (Ioffe and Szegedy 2015, gamma and beta)."""

    scale: float
    shift: float
    mean: float
    variance: float
    epsilon: float


def normalisation_of(network: keras.Model, path: str, map_index: int) -> Normalisation | None:
    """The numbers of one map or unit of a batch normalisation; None for a layer of another kind.

    A layer without scale or shift has 1 and 0. UsageError for an unknown layer or map.
    """
    from keras import layers

    operation = find(network, path).operation
    if not isinstance(operation, layers.BatchNormalization):
        return None
    count = int(operation.moving_mean.shape[0])
    if not 0 <= map_index < count:
        raise UsageError(f"{path} has maps 0 to {count - 1}, not {map_index}")

    def number(variable: Any, otherwise: float = 0.0) -> float:
        return otherwise if variable is None else float(np.asarray(variable)[map_index])

    return Normalisation(
        scale=number(operation.gamma if operation.scale else None, 1.0),
        shift=number(operation.beta if operation.center else None),
        mean=number(operation.moving_mean),
        variance=number(operation.moving_variance),
        epsilon=float(operation.epsilon),
    )
