"""Keras's own gradients of a whole model: the oracle of the twins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from nets import backend


def gradients_of(model: keras.Model, weighed: Callable[[Any], tuple[Any, Any]], image: Any) -> tuple[Any, list[Any]]:
    """What ``weighed(image)`` returns, (scalar, outputs), and the scalar's gradients for the image and every
    trainable weight of ``model``, compiled. Moving averages move, as they do when a model is called in training."""

    def of_parts(parts: list[Any]) -> tuple[Any, Any, list[Any]]:
        image, *weights = parts
        mapping = list(zip(model.trainable_variables, weights, strict=True))
        with keras.StatelessScope(state_mapping=mapping) as scope:
            scalar, outputs = weighed(image)
        return scalar, outputs, [scope.get_current_value(v) for v in model.non_trainable_variables]

    parts = [image, *(keras.ops.convert_to_tensor(v) for v in model.trainable_variables)]
    (scalar, outputs, moved), gradients = backend.gradient(of_parts)(parts)
    for variable, value in zip(model.non_trainable_variables, moved, strict=True):
        if value is not None:
            variable.assign(value)
    return (scalar, outputs), gradients
