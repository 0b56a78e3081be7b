"""Batches as TensorFlow's tensors: augmented, cast and scaled by a compiled function."""

from __future__ import annotations

from typing import Any

import numpy as np

from nets import backend
from nets.data.images import Images
from nets.data.specs import ImageInput
from nets.runs.config import TrainConfig
from nets.training.augment import draw
from nets.training.batches import Batches
from nets.training.engines.values import values_of
from nets.training.engines.warp import warp

Tensor = Any


class TensorBatches(Batches):
    """Batches as TensorFlow's tensors, augmented and scaled by a compiled function."""

    are_on_device = True

    def __init__(
        self, images: Images, labels: np.ndarray, input: ImageInput, config: TrainConfig, *, fill: bool = False
    ) -> None:
        super().__init__(images, labels, input, config, fill=fill)
        self._draws: dict[str, np.ndarray] = {}

    def augment(self, name: str, images: Images) -> None:
        """Begin as the base class does, and compile the function that prepares the images."""
        super().augment(name, images)
        changes = draw(self._augmentation, 0, 1, 1)
        forms = {name: ((None, *values.shape[1:]), "float32") for name, values in changes.items()}
        pixels = ((None, *self._input.shape), "uint8")
        self._prepare = backend.compile(self._in_graph, signature=[pixels, forms, ((2,), "int32")])

    def begin(self, epoch: int) -> None:
        """Shuffles for ``epoch`` and draws its augmentation, all from the seed and the epoch's number."""
        super().begin(epoch)
        self._draws = draw(self._augmentation, self._config.seed, epoch, self.images)

    def _prepared(self, pixels: np.ndarray, places: slice, form: tuple[int, int]) -> Tensor:
        import tensorflow as tf

        # Passed as tensors, not arrays, so that there is one trace for each shape and not one for each value.
        draws = {name: tf.constant(values[places]) for name, values in self._draws.items()}
        return self._prepare(tf.constant(pixels), draws, tf.constant(form))

    def _in_graph(self, pixels: Tensor, draws: dict[str, Tensor], form: Tensor) -> Tensor:
        """Prepare the images (N, H, W, C) as (rows, size, H, W, C) for ``form`` (rows, size), with zeros after the
        last.
        """
        import tensorflow as tf

        images = tf.cast(pixels, tf.float32)
        if draws:
            images = warp(images, self._augmentation, draws)
        images = values_of(images, self._input)
        missing = tf.reduce_prod(form) - tf.shape(pixels)[0]
        images = tf.pad(images, [[0, missing], [0, 0], [0, 0], [0, 0]])
        return tf.reshape(images, tf.concat([form, self._input.shape], 0))
