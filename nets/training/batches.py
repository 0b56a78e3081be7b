"""From a dataset in memory to batches: chosen by an order, augmented, cast and scaled, a few batches at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from nets import backend
from nets.data.specs import ImageInput
from nets.data.value_ranges import NORM_AXES, order_of, range_of, scale_and_offset
from nets.runs.config import AUGMENTATIONS, TrainConfig
from nets.training.augment import draw, warp
from nets.training.split import order

Tensor = Any


class Plan:
    """Which images make up which batch, in every epoch: from the seed and the epoch's number alone.

    labels (n,) are the whole training set's; ``chosen`` are the positions trained on. ``block`` is how many batches are
    handed out at most at a time; ``fill``: exactly so many, the last ones filled up with images that count nothing.
    """

    def __init__(
        self, labels: np.ndarray, chosen: np.ndarray, input: ImageInput, config: TrainConfig, *, fill: bool
    ) -> None:
        self._labels = labels.astype(np.int32)
        self._chosen = chosen.astype(np.int32)
        self._config = config
        self._fill = fill
        self.block = int(np.clip(2048 // config.batch_size, 1, 64))
        self._input = input
        self._order = np.zeros(0, np.int32)

    @property
    def images(self) -> int:
        """How many are trained on in an epoch."""
        return len(self._chosen)

    @property
    def steps(self) -> int:
        """Batches in an epoch, the last one possibly smaller."""
        return -(-self.images // self._config.batch_size)

    def begin(self, epoch: int) -> None:
        """Shuffles for ``epoch``, from the seed and the epoch's number."""
        self._order = self._chosen[order(self._config.seed, epoch, self.images)]

    def size(self, step: int) -> int:
        """Images in the batch ``step`` (from 0)."""
        return min(self._config.batch_size, self.images - step * self._config.batch_size)

    def full(self, step: int, count: int) -> int:
        """How many of ``count`` batches from ``step`` on go together: a smaller last one only where it is filled up."""
        count = min(count, self.block, self.steps - step)
        whole = self.images // self._config.batch_size - step
        return count if self._fill or count <= whole else max(whole, 1)


class Batches(Plan):
    """The training images (n, H, W, C) uint8, and every epoch's batches of them as tensors, augmented."""

    def __init__(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        chosen: np.ndarray,
        input: ImageInput,
        config: TrainConfig,
        *,
        fill: bool,
    ) -> None:
        import tensorflow as tf

        super().__init__(labels, chosen, input, config, fill=fill)
        self._images = tf.constant(images)
        self._augmentation = AUGMENTATIONS[config.augmentation]
        draws = draw(self._augmentation, 0, 1, 1)
        changes = {name: ((None, *values.shape[1:]), "float32") for name, values in draws.items()}
        self._prepare = backend.compile(self._take, signature=[((None,), "int32"), changes, ((2,), "int32")])
        self._draws: dict[str, np.ndarray] = {}

    def begin(self, epoch: int) -> None:
        """Shuffles for ``epoch`` and draws its augmentation, all from the seed and the epoch's number."""
        super().begin(epoch)
        self._draws = draw(self._augmentation, self._config.seed, epoch, self.images)

    def take(self, step: int, count: int) -> tuple[Tensor, np.ndarray, np.ndarray]:
        """The ``count`` batches from ``step`` on, which ``full`` allowed.

        images (K, B, H, W, C) float32; labels (K, B) int32; shares (K, B) float32, each image's part in its batch's
        mean. K is ``count``, or the block where they are filled up.
        """
        import tensorflow as tf

        size = self._config.batch_size if self._fill else self.size(step)
        begin = step * self._config.batch_size
        end = min(begin + count * size, self.images)
        rows = self.block if self._fill else count
        chosen = self._order[begin:end]
        draws = {name: values[begin:end] for name, values in self._draws.items()}
        counted = _filled(np.ones(end - begin, np.float32), rows, size)
        shares = counted / np.maximum(counted.sum(axis=1, keepdims=True), 1)
        # Tensors, not arrays: a trace for each shape and none for each value.
        tensors = {name: tf.constant(values) for name, values in draws.items()}
        images = self._prepare(tf.constant(chosen), tensors, tf.constant((rows, size)))
        return images, _filled(self._labels[chosen], rows, size), shares

    def _take(self, chosen: Tensor, draws: dict[str, Tensor], form: Tensor) -> Tensor:
        """The images (N,) ``chosen`` as (rows, size, H, W, C) for ``form`` (rows, size), zeros behind the last."""
        import tensorflow as tf

        images = tf.gather(self._images, chosen)
        images = tf.cast(images, tf.float32)
        if draws:
            images = warp(images, self._augmentation, draws)
        images = self._to_values(images)
        missing = tf.reduce_prod(form) - tf.shape(chosen)[0]
        images = tf.pad(images, [[0, missing], [0, 0], [0, 0], [0, 0]])
        return tf.reshape(images, tf.concat([form, self._images.shape[1:]], 0))

    def _to_values(self, images: Tensor) -> Tensor:
        """``nets.data.value_ranges.to_values`` in TensorFlow: (N, H, W, C) float32 of 0 to 255 in the input's range."""
        import tensorflow as tf

        scale, offset = scale_and_offset(self._input)
        images = images * scale + offset
        if norm := range_of(self._input).norm:
            squares = tf.reduce_sum(tf.square(images), axis=NORM_AXES[norm], keepdims=True)
            images = tf.math.divide_no_nan(images, tf.sqrt(squares))
        return images[..., ::-1] if order_of(self._input) == "bgr" and self._input.channels == 3 else images


def _filled(values: np.ndarray, rows: int, size: int) -> np.ndarray:
    """``values`` (N,) and zeros behind them as (rows, size)."""
    filled = np.zeros(rows * size, values.dtype)
    filled[: len(values)] = values
    return filled.reshape(rows, size)
