"""From a data set to batches: which images make up which batch, read a few batches at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from nets import backend
from nets.data.images import Images
from nets.data.specs import ImageInput
from nets.data.value_ranges import to_values
from nets.runs.config import AUGMENTATIONS, TrainConfig
from nets.training.augment import draw, draw_pixels
from nets.training.pixels import change, principal_colours
from nets.training.split import order, training_indices
from nets.training.warp_arrays import warp_arrays

Tensor = Any
Block = tuple[Tensor, np.ndarray, np.ndarray]  # images, labels, shares as from ``take``

BLOCK_IMAGES = 2048
BLOCK_BYTES = 64 * 1024 * 1024
"""A block has at most this many images and bytes as float32. Two blocks are in memory at a time, because one is
prepared while the other is computed.
"""
BLOCK_BYTES_OF_A_CARD = 4 * BLOCK_BYTES
"""The same in a graphics card's memory, where a step takes milliseconds: the card rests between two blocks."""


class Batches:
    """Which images make up which batch in every epoch, decided only by the seed and the epoch's number.

    Subclasses prepare the images: ``ArrayBatches`` for NumPy, ``engines.tensor_batches`` for TensorFlow.

    are_on_device: whether they lie in the memory of the device that computes, perhaps a graphics card.
    """

    are_on_device = False

    def __init__(
        self, images: Images, labels: np.ndarray, input: ImageInput, config: TrainConfig, *, fill: bool = False
    ) -> None:
        """Nothing is read yet.

        Args:
            images: the whole training set, N images in the size of ``pixels.reading_input``: mostly the one that the
                network takes.
            labels: (N,) integers, the class of each image.
            input: what the network receives.
            config: its split, batch size, seed and augmentation are used.
            fill: whether every block has the same number of batches of the same size, the last ones filled up with
                images that count nothing, as XLA wants it.
        """
        self._config = config
        self._labels = labels.astype(np.int32)
        self._chosen = training_indices(config, self._labels).astype(np.int32)
        self._input = input
        self._fill = fill
        most = min(BLOCK_IMAGES, self._block_bytes() // (4 * int(np.prod(images.shape))))
        self.block = int(np.clip(most // config.batch_size, 1, 64))
        self._order = np.zeros(0, np.int32)
        self._weights = class_weights(config, self._labels[self._chosen])
        self._changes: dict[str, np.ndarray] = {}
        self.augment(config.augmentation, images)

    def _block_bytes(self) -> int:
        """How large a block may be at most."""
        on_card = self.are_on_device and backend.device().name == "GPU"
        return BLOCK_BYTES_OF_A_CARD if on_card else BLOCK_BYTES

    def augment(self, name: str, images: Images) -> None:
        """Use another augmentation from the next ``begin`` on.

        Args:
            name: a key of ``AUGMENTATIONS``.
            images: the whole training set in the size of ``pixels.reading_input`` for it.
        """
        self._augmentation = AUGMENTATIONS[name]
        self._images = images
        self._principal = principal_colours(images, self._chosen) if self._augmentation.pca else None

    @property
    def images(self) -> int:
        """How many images are trained on in an epoch."""
        return len(self._chosen)

    @property
    def steps(self) -> int:
        """Batches in an epoch, the last one possibly smaller."""
        return -(-self.images // self._config.batch_size)

    def begin(self, epoch: int) -> None:
        """Shuffles for ``epoch`` (from 1) and draws its changes of pixels, all from the seed and the epoch's number."""
        self._order = self._chosen[order(self._config.seed, epoch, self.images)]
        self._changes = draw_pixels(self._augmentation, self._config.seed, epoch, self.images)

    def size(self, step: int) -> int:
        """Images in the batch ``step`` (from 0)."""
        return min(self._config.batch_size, self.images - step * self._config.batch_size)

    def block_length(self, step: int, count: int) -> int:
        """Number of batches (at most ``count``) that stack into one (K, B, ...) block from ``step``.

        A smaller last batch goes alone, unless blocks are filled up.
        """
        count = min(count, self.block, self.steps - step)
        whole = self.images // self._config.batch_size - step
        return count if self._fill or count <= whole else max(whole, 1)

    def take(self, step: int, count: int) -> Block:
        """The ``count`` batches from ``step`` on.

        Args:
            step: the first batch, from 0.
            count: how many; ``block_length`` allows it.

        Returns:
            images (K, B, H, W, C) float32 in the range of the network's input; labels (K, B) int32; shares (K, B)
            float32, each image's part in its batch's mean. K is ``count``, or ``block`` where blocks are filled up.
        """
        size = self._config.batch_size if self._fill else self.size(step)
        begin = step * self._config.batch_size
        end = min(begin + count * size, self.images)
        rows = self.block if self._fill else count
        chosen = self._order[begin:end]
        weights = np.ones(end - begin, np.float32) if self._weights is None else self._weights[self._labels[chosen]]
        counted = _filled(weights, rows, size)
        shares = counted / _at_least(counted.sum(axis=1, keepdims=True))
        places = slice(begin, end)
        pixels = self._images.read(chosen)
        if self._changes:
            changes = {name: values[places] for name, values in self._changes.items()}
            pixels = change(pixels, self._augmentation, changes, self._input.shape, self._principal)
        images = self._prepared(pixels, places, (rows, size))
        return images, _filled(self._labels[chosen], rows, size), shares

    def _prepared(self, pixels: np.ndarray, places: slice, form: tuple[int, int]) -> Tensor:
        """``pixels`` (n, H, W, C) uint8, those at ``places`` of the epoch, as (K, B, H, W, C) float32; form: (K, B)."""
        raise NotImplementedError


class ArrayBatches(Batches):
    """Batches as NumPy's arrays, augmented in NumPy, too."""

    def __init__(
        self, images: Images, labels: np.ndarray, input: ImageInput, config: TrainConfig, *, fill: bool = False
    ) -> None:
        super().__init__(images, labels, input, config, fill=fill)
        self._points: dict[str, np.ndarray] = {}

    def begin(self, epoch: int) -> None:
        """Shuffles for ``epoch`` and draws its augmentation, all from the seed and the epoch's number."""
        super().begin(epoch)
        self._points = draw(self._augmentation, self._config.seed, epoch, self.images)

    def _prepared(self, pixels: np.ndarray, places: slice, form: tuple[int, int]) -> Tensor:
        draws = {name: values[places] for name, values in self._points.items()}
        images = warp_arrays(pixels, self._augmentation, draws) if draws else pixels
        return to_values(images, self._input).reshape(*form, *pixels.shape[1:])


def class_weights(config: TrainConfig, labels: np.ndarray) -> np.ndarray | None:
    """The weight of an image of each class, (classes,) float32 with mean 1; None if all have the same weight.

    Args:
        config: its ``class_weights`` decide.
        labels: (N,) of the images that are trained on. A class without an image among them counts nothing.
    """
    if config.class_weights == "none":
        return None
    counts = np.bincount(labels)
    there = np.count_nonzero(counts)
    return np.divide(len(labels), there * counts, out=np.zeros(len(counts)), where=counts > 0).astype(np.float32)


def _at_least(sums: np.ndarray) -> np.ndarray:
    """Sums of weights as divisors; 1 for rows that only fill up a block."""
    return np.where(sums > 0, sums, 1)


def _filled(values: np.ndarray, rows: int, size: int) -> np.ndarray:
    """``values`` (N,) and zeros behind them as (rows, size)."""
    filled = np.zeros(rows * size, values.dtype)
    filled[: len(values)] = values
    return filled.reshape(rows, size)
