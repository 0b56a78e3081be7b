"""The loss of every image of a batch, from a network's outputs."""

from __future__ import annotations

from typing import Any

from nets.runs.config import TrainConfig

Tensor = Any


def losses_of(config: TrainConfig, outputs: Tensor, labels: Tensor, *, logits: bool) -> Tensor:
    """What training makes small.

    Args:
        config: its loss and label smoothing are used.
        outputs: (N, classes) float32.
        labels: (N,) int32.
        logits: whether ``outputs`` are logits rather than probabilities.

    Returns:
        (N,) float32.
    """
    import tensorflow as tf

    classes = outputs.shape[1]
    targets = tf.one_hot(labels, classes)
    if config.loss == "squared_error":
        if logits:
            outputs = tf.nn.softmax(outputs)
        return tf.reduce_mean(tf.square(outputs - targets), 1)
    smoothing = config.label_smoothing
    if smoothing:
        targets = targets * (1 - smoothing) + smoothing / classes
    if logits:
        return tf.nn.softmax_cross_entropy_with_logits(labels=targets, logits=outputs)
    return -tf.reduce_sum(targets * tf.math.log(tf.clip_by_value(outputs, 1e-7, 1.0)), 1)


def accuracy_of(outputs: Tensor, labels: Tensor, shares: Tensor) -> Tensor:
    """The part of a batch whose largest output is the right class, a scalar; ``shares`` (N,) weigh the images."""
    import tensorflow as tf

    right = tf.cast(tf.equal(tf.argmax(outputs, 1, output_type=tf.int32), labels), tf.float32)
    return tf.reduce_sum(right * shares)
