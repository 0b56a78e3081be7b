"""Rules for a pass that is computed step by step: TensorFlow's operations without the checks that Keras makes before
each.

A batch normalisation is one operation instead of five.
"""

from __future__ import annotations

import functools
from typing import Any

from nets import backend
from nets.network.graph import Graph, Rule

Tensor = Any


def quick_rules(graph: Graph) -> dict[str, Rule]:
    """The rules of ``graph``'s usual convolutions and normalisations in inference, by path; none on another library."""
    if backend.name() != "tensorflow" or graph.channels_first:
        return {}
    found = {step.path: _rule_of(step.operation) for step in graph.steps}
    return {path: rule for path, rule in found.items() if rule is not None}


def _rule_of(operation: Any) -> Rule | None:
    from keras import layers

    is_plain = getattr(operation, "compute_dtype", "") == "float32" and not getattr(
        operation, "quantization_mode", None
    )
    if not is_plain:
        return None
    if type(operation) is layers.BatchNormalization:
        is_usual = operation.axis in (-1, 3) and operation.input_spec.ndim == 4
        return _normalise if is_usual else None
    if type(operation) is layers.Conv2D:
        is_usual = operation.groups == 1 and operation.padding in ("same", "valid")
        return _convolve if is_usual else None
    return None


def _convolve(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Tensor:
    """(N, H, W, C) -> (N, H', W', filters), activation included."""
    import tensorflow as tf

    values = tf.raw_ops.Conv2D(
        input=args[0],
        filter=layer.kernel.value,
        strides=[1, *layer.strides, 1],
        padding=layer.padding.upper(),
        dilations=[1, *layer.dilation_rate, 1],
    )
    if layer.use_bias:
        values = tf.raw_ops.BiasAdd(value=values, bias=layer.bias.value)
    return values if layer.activation is None else layer.activation(values)


def _normalise(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Tensor:
    """(N, H, W, C) minus its stored mean, divided by its stored deviation, with factor and offset if the layer has
    them.
    """
    import tensorflow as tf

    count = int(layer.moving_mean.shape[0])
    ones, zeros = _constants(count)
    values, *_ = tf.raw_ops.FusedBatchNormV3(
        x=args[0],
        scale=layer.gamma.value if layer.scale else ones,
        offset=layer.beta.value if layer.center else zeros,
        mean=layer.moving_mean.value,
        variance=layer.moving_variance.value,
        epsilon=layer.epsilon,
        is_training=False,
    )
    return values


@functools.lru_cache(maxsize=32)
def _constants(count: int) -> tuple[Tensor, Tensor]:
    import tensorflow as tf

    return tf.ones([count]), tf.zeros([count])
