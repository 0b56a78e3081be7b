"""What a network gets right and wrong on labelled images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.data.specs import InputSpec
from nets.events import Progress, Report, ignore

if TYPE_CHECKING:
    import keras

Compute = Callable[[np.ndarray], np.ndarray]  # (N, H, W, C) float32 to (N, classes) float32

# Images in one forward pass: large enough to be quick, small enough that Stop is answered at once.
CHUNK = 512


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The answers to N labelled images.

    labels: (N,) int64. probabilities: (N, C) float32, rows that sum to 1. loss: the mean over the images.
    """

    labels: np.ndarray
    probabilities: np.ndarray
    loss: float

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def predicted(self) -> np.ndarray:
        """(N,) int64, the most probable class of each image."""
        return np.argmax(self.probabilities, axis=1)

    @property
    def accuracy(self) -> float:
        return float(np.mean(self.predicted == self.labels)) if len(self) else float("nan")

    @cached_property
    def confusion(self) -> np.ndarray:
        """(C, C) int64: how many images of class [row] were taken for class [column]."""
        classes = self.probabilities.shape[1]
        return np.bincount(self.labels * classes + self.predicted, minlength=classes**2).reshape(classes, classes)

    @property
    def per_class(self) -> np.ndarray:
        """(C,) float64, the share of each class that was recognised; NaN where there is no image of it."""
        totals = self.confusion.sum(axis=1)
        return np.where(totals > 0, np.diag(self.confusion) / np.maximum(totals, 1), np.nan)

    def hardest(self, n: int) -> np.ndarray:
        """(at most n,) positions of the images whose own class got the least probability, worst first."""
        right = self.probabilities[np.arange(len(self)), self.labels]
        return np.argsort(right, kind="stable")[:n]

    def cell(self, true: int, predicted: int) -> np.ndarray:
        """Positions of the images of one cell of ``confusion``, the surest answers first."""
        (found,) = np.nonzero((self.labels == true) & (self.predicted == predicted))
        return found[np.argsort(-self.probabilities[found, predicted], kind="stable")]


def as_probabilities(outputs: np.ndarray) -> np.ndarray:
    """(N, C) float32 rows that sum to 1, whatever the last layer is.

    Rows that are probabilities already come back as they are. Others (``lenet5`` ends in tanh and learns targets of
    0 and 1) are cut off at zero and divided by their sum; a row without anything positive is spread evenly.
    """
    outputs = np.asarray(outputs, dtype=np.float32)
    if np.all(outputs >= 0) and np.allclose(outputs.sum(axis=-1), 1, atol=1e-3):
        return outputs
    positive = np.maximum(outputs, 0)
    totals = positive.sum(axis=-1, keepdims=True)
    return np.where(totals > 0, positive / np.where(totals > 0, totals, 1), 1 / outputs.shape[-1]).astype(np.float32)


def loss_of(outputs: np.ndarray, labels: np.ndarray, loss: str = "crossentropy") -> float:
    """The mean loss without label smoothing. ``loss`` is a key of ``LOSSES``."""
    if not len(labels):
        return float("nan")
    if loss == "squared_error":
        targets = np.eye(outputs.shape[1], dtype=np.float32)[labels]
        return float(np.mean(np.square(outputs - targets)))
    right = as_probabilities(outputs)[np.arange(len(labels)), labels]
    return float(-np.mean(np.log(np.clip(right, 1e-7, 1.0))))


def compiled(network: keras.Model) -> Compute:
    """The network's forward pass for any number of images, compiled once. It sees later changes of the weights."""
    import tensorflow as tf

    shape = (None, *network.inputs[0].shape[1:])

    @tf.function(input_signature=[tf.TensorSpec(shape, tf.float32)], autograph=False)
    def forward(x: Any) -> Any:
        return tf.cast(network(x, training=False), tf.float32)

    return lambda images: forward(images).numpy()


def evaluate(
    network: keras.Model,
    images: np.ndarray,
    labels: np.ndarray,
    input: InputSpec,
    report: Report = ignore,
    *,
    loss: str = "crossentropy",
    compute: Compute | None = None,
) -> Evaluation:
    """The network's answers to ``images`` (N, H, W, C) uint8, already of ``input``'s size, and how good they are.

    ``compute`` is ``compiled(network)``, for whoever evaluates the same network again and again.
    """
    from nets.data.prepare import to_values

    compute = compute or compiled(network)
    outputs = []
    for start in range(0, len(labels), CHUNK):
        part = images[start : start + CHUNK]
        outputs.append(compute(to_values(part, input)))
        report(Progress("evaluation", min(start + CHUNK, len(labels)), len(labels), "images"))
    classes = network.outputs[0].shape[-1]
    raw = np.concatenate(outputs) if outputs else np.zeros((0, classes), np.float32)
    return Evaluation(np.asarray(labels, np.int64), as_probabilities(raw), loss_of(raw, labels, loss))
