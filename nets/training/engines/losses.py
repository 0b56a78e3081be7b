"""The loss of every image of a batch, from a network's outputs."""

from __future__ import annotations

from typing import Any

from nets.runs.config import TrainConfig

Tensor = Any


def losses_of(config: TrainConfig, outputs: Tensor, labels: Tensor, *, logits: bool) -> Tensor:
    """The loss of each image.

    Args:
        config: its loss and label smoothing are used.
        outputs: (N, classes) float32.
        labels: (N,) int32.
        logits: whether ``outputs`` are logits rather than probabilities.

    Returns:
        (N,) float32.
    """
    from keras import ops

    classes = outputs.shape[1]
    targets = ops.one_hot(labels, classes)
    if config.loss == "squared_error":
        if logits:
            outputs = ops.softmax(outputs)
        return ops.mean(ops.square(outputs - targets), 1)
    smoothing = config.label_smoothing
    if smoothing:
        targets = targets * (1 - smoothing) + smoothing / classes
    if logits:
        return ops.categorical_crossentropy(targets, outputs, from_logits=True)
    return -ops.sum(targets * ops.log(ops.clip(outputs, 1e-7, 1.0)), 1)


def accuracy_of(outputs: Tensor, labels: Tensor, shares: Tensor) -> Tensor:
    """The part of a batch whose largest output is the right class.

    Args:
        outputs: (N, classes).
        labels: (N,) whole numbers.
        shares: (N,) each image's part in the mean.

    Returns:
        A scalar from 0 to 1.
    """
    from keras import ops

    right = ops.cast(ops.equal(ops.argmax(outputs, 1), labels), "float32")
    return ops.sum(right * shares)
