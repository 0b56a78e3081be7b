"""The results of frozen layers for the training images: computed once, and then read in place of the images."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from nets import backend
from nets.data.images import Images
from nets.data.specs import ImageInput
from nets.data.value_ranges import to_values
from nets.events import Progress, Report
from nets.training.batches import Batches

if TYPE_CHECKING:
    import keras

COMPUTING = "features of the frozen layers"
"""The text of the progress while features are computed."""
PART_IMAGES = 64
"""Images in one pass: images of 224 x 224 and all their maps take 50 MB each in some networks."""
MOST_BYTES = 1 << 30
"""Bytes from which features are not kept, but computed again in every epoch."""


class Features:
    """Features of some of a data set's images, read like ``Images``: by the image's number."""

    def __init__(self, values: np.ndarray, numbers: np.ndarray, images: int) -> None:
        """
        Args:
            values: (n, ...) float32.
            numbers: (n,) which image each of them belongs to.
            images: how many the data set has; those without values are never read.
        """
        self._values = values
        self._rows = np.full(images, -1, np.int64)
        self._rows[numbers] = np.arange(len(numbers))

    @property
    def shape(self) -> tuple[int, ...]:
        return self._values.shape[1:]

    def __len__(self) -> int:
        return len(self._rows)

    def read(self, indices: np.ndarray) -> np.ndarray:
        rows = self._rows[np.asarray(indices)]
        assert rows.size == 0 or rows.min() >= 0, "an image without features"
        return self._values[rows]


class FeatureBatches(Batches):
    """Batches of ``Features``, which need no preparation."""

    def augment(self, name: str, images: Images) -> None:
        """Does nothing: the images are no longer read. A later phase that reads them begins with that augmentation."""
        super().augment("none", images if isinstance(images, Features) else self._images)

    def _prepared(self, pixels: np.ndarray, places: slice, form: tuple[int, int]) -> np.ndarray:
        rows, size = form
        found = np.zeros((rows * size, *pixels.shape[1:]), np.float32)
        found[: len(pixels)] = pixels
        return found.reshape(rows, size, *pixels.shape[1:])


def fit_in_memory(network: keras.Model, images: int) -> bool:
    """Whether the results of ``network`` for so many images fit in memory."""
    sizes = [size or 1 for size in network.outputs[0].shape[1:]]
    known = None not in network.outputs[0].shape[1:]
    return known and 4 * images * int(np.prod(sizes)) <= MOST_BYTES


def compute_features(
    network: keras.Model, images: Images, numbers: np.ndarray, input: ImageInput, report: Report
) -> Features:
    """The results of ``network``, in inference, for some of the images.

    Args:
        network: from the network's input to what is frozen.
        images: the whole data set, in the size of ``input``.
        numbers: (n,) which of them.
        input: what the network receives.
        report: receives a Progress after each part; it may raise Cancelled.
    """
    run = compiled_part(network)
    parts: list[np.ndarray] = []
    for start in range(0, len(numbers), PART_IMAGES):
        chosen = numbers[start : start + PART_IMAGES]
        report(Progress(COMPUTING, start, len(numbers), "images"))
        parts.append(run(to_values(images.read(chosen), input)))
    report(Progress(COMPUTING, len(numbers), len(numbers), "images"))
    empty = np.zeros((0, *[size or 1 for size in network.outputs[0].shape[1:]]), np.float32)
    return Features(np.concatenate(parts) if parts else empty, numbers, len(images))


def compiled_part(network: keras.Model) -> Callable[[np.ndarray], np.ndarray]:
    """A part of a network in inference, from (N, ...) to (N, ...) float32, compiled once for any N."""
    from keras import ops

    from nets.compute.compiled import batch_shape, needs_xla, to_layout
    from nets.network.graph import unroll

    graph = unroll(network)
    is_picture = len(graph.input_shape) == 4
    shape = batch_shape(graph) if is_picture else (None, *graph.input_shape[1:])

    def forward(values: Any) -> Any:
        return ops.cast(network(to_layout(values, graph) if is_picture else values, training=False), "float32")

    run = backend.compile(forward, xla=needs_xla(graph), signature=[(shape, "float32")])
    return lambda values: np.asarray(run(values))
