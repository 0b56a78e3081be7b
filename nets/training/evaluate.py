"""What a network gets right and wrong on labelled images."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from nets import backend
from nets.data.specs import ImageInput, Split
from nets.errors import UsageError
from nets.events import ProgressCounter, Report, no_report
from nets.runs.evaluation import Evaluation, cross_entropy, squared_error

if TYPE_CHECKING:
    import keras

Compute = Callable[[np.ndarray], np.ndarray]  # (N, H, W, C) float32 to (N, classes) float32

PART_IMAGES = 512
PART_BYTES = 32 * 1024 * 1024
"""Images in one forward pass: enough to be fast, few enough to stop at once."""


def compiled(network: keras.Model) -> Compute:
    """A compiled function from any number of images to the network's (first) output. It follows later changes of the
    weights.
    """
    import keras

    from nets.compute.compiled import batch_shape, needs_xla, to_layout
    from nets.network.graph import unroll

    graph = unroll(network)

    def forward(images: Any) -> Any:
        # Not by calling the network itself: Keras would warn where its inputs are a list or have names.
        _, output = graph.run(to_layout(images, graph), record=lambda path, result: None)
        return keras.ops.cast(output, "float32")

    run = backend.compile(forward, xla=needs_xla(graph), signature=[(batch_shape(graph), "float32")])
    return lambda images: backend.to_array(run(images)).reshape(len(images), -1)


def evaluate(
    network: keras.Model,
    split: Split,
    input: ImageInput,
    report: Report = no_report,
    *,
    loss: str = "crossentropy",
    compute: Compute | None = None,
    ten_views: bool = False,
    are_numbers: bool = False,
    what: str = "evaluation",
) -> Evaluation:
    """The network's answers to labelled images, read and computed a part at a time, and how good they are.

    Args:
        network: a classifier.
        split: images in the size of ``input`` (of ``ten_crops.reading_size`` for ten views), and their labels.
        input: what the network receives.
        report: receives a Progress after each part; it may raise Cancelled.
        loss: a key of ``LOSSES``.
        compute: ``compiled(network)``, for whoever evaluates the same network again and again.
        ten_views: whether the answer to an image is the mean of those to its ten crops.
        are_numbers: ``split`` holds the numbers that ``compute`` takes, in place of images.
        what: is done, for the Progress.

    Raises:
        UsageError: there are labels of classes that the network does not have.
        LensletError: a picture cannot be read any more.
    """
    from nets.data.value_ranges import to_values
    from nets.network.graph import unroll
    from nets.network.outputs import meaning_of, to_probabilities
    from nets.training.ten_crops import VIEWS, averaged, ten_crops

    compute = compute or compiled(network)
    labels = split.labels
    # Large images go in smaller parts: 512 of 224 x 224 x 3 would take 300 MB, and their maps many times that.
    part = int(np.clip(PART_BYTES // (4 * int(np.prod(input.shape))), 1, PART_IMAGES))
    if ten_views:
        part = max(1, part // VIEWS)
    meaning = meaning_of(unroll(network))
    outputs = []
    tell = ProgressCounter(report, what, len(labels), "images")
    for start in range(0, len(labels), part):
        end = min(start + part, len(labels))
        pixels = split.images.read(np.arange(start, end))
        if ten_views:
            # Probabilities are averaged, not logits; other outputs (a tanh) are averaged as they are.
            found = compute(to_values(ten_crops(pixels, input), input))
            outputs.append(averaged(found if loss == "squared_error" else to_probabilities(found, meaning)))
        else:
            outputs.append(compute(pixels if are_numbers else to_values(pixels, input)))
        tell(end)
    raw = np.concatenate(outputs) if outputs else np.zeros((0, network.outputs[0].shape[-1]), np.float32)
    are_probabilities = ten_views and loss != "squared_error"
    probabilities = raw if are_probabilities else to_probabilities(raw, meaning)
    if len(labels) and np.max(labels) >= probabilities.shape[1]:
        raise UsageError(
            "expected labels of {classes} classes, found the class {label}",
            classes=probabilities.shape[1],
            label=np.max(labels),
        )
    measured = squared_error(raw, labels) if loss == "squared_error" else cross_entropy(probabilities, labels)
    return Evaluation(np.asarray(labels, np.int64), probabilities, measured)
