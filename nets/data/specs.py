"""What a dataset is and what a network receives, as frozen rows; and the arrays of a loaded dataset."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from nets.data.images import Images, read_all
from nets.errors import UsageError


@dataclass(frozen=True)
class ImageInput:
    """What a network receives and how a picture becomes it; part of every model's card.

    fit: a key of ``nets.data.prepare.FITS``: "digit" (MNIST's own: crop to the ink, longer side into 20 of 28 pixels,
        centre of mass to the middle, light on dark), "picture" (the whole picture fitted in) or "crop" (its middle).
    range: a key of ``nets.data.value_ranges.RANGES``, e.g. "unit" for 0 to 1; "own" for ``scale`` and ``offset``.
    order: "rgb" or "bgr", the order of the channels; "" is the usual one of the range.
    polarity: a key of ``nets.data.prepare.POLARITIES``: whether grey pictures on a light ground are inverted; "" is the
        usual one, "light-on-dark". Digits always are.
    scale, offset: with the range "own": a byte ``b`` becomes ``b * scale + offset``; one number, or one each for red,
        green and blue.
    """

    height: int = 28
    width: int = 28
    channels: int = 1
    fit: str = "digit"
    range: str = "unit"
    order: str = ""
    polarity: str = ""
    scale: tuple[float, ...] = ()
    offset: tuple[float, ...] = ()

    @property
    def shape(self) -> tuple[int, int, int]:
        return (self.height, self.width, self.channels)


@dataclass(frozen=True)
class DatasetFile:
    """One file of a dataset in a data directory, with its expected md5."""

    name: str
    md5: str


@dataclass(frozen=True)
class DatasetSpec:
    """A row of the dataset table. ``classes`` is empty for datasets that learn theirs from folders.

    about: what the images are, in a sentence. source: who made it, as one cites it.
    train_counts, test_counts: images of each class, in the order of ``classes``; empty where that is known only once
        the dataset is loaded.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    input: ImageInput
    train_images: int
    test_images: int
    source: str
    licence: str
    files: tuple[DatasetFile, ...] = ()
    about: str = ""
    train_counts: tuple[int, ...] = ()
    test_counts: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Split:
    """Images and their labels.

    images: N images of (H, W, C) uint8, raw values 0 to 255; already in the form of the input's ``fit``, so that
        ``/ 255`` is all that is left to do for the range "unit".
    labels: (N,) int64, indices into the dataset's classes.
    """

    images: Images
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def pixels(self) -> np.ndarray:
        """All images as one array, (N, H, W, C) uint8: for data sets that are known to be small."""
        return read_all(self.images)


@dataclass(frozen=True, eq=False)
class Dataset:
    """A loaded dataset. ``where`` says where it was found; ``rejected`` names files left out and why.

    ``md5`` is one sum over all files (or, for generated data, over the arrays): what a card pins.
    """

    spec: DatasetSpec
    classes: tuple[str, ...]
    train: Split
    test: Split
    where: str
    md5: str
    rejected: tuple[str, ...] = ()


def without_test_images(title: str) -> UsageError:
    """That a dataset, which must be of the person's own pictures, has no test images, and what to do."""
    return UsageError(
        "{title} has no test images (pictures that are kept out of training, to test on): give every class two "
        "pictures or more",
        title=title,
    )


def sum_of(*splits: Split) -> str:
    """One md5 over images and labels, for a data set without fixed files."""
    digest = hashlib.md5(usedforsecurity=False)
    for split in splits:
        digest.update(np.ascontiguousarray(split.pixels()).data)
        digest.update(np.ascontiguousarray(split.labels).data)
    return digest.hexdigest()
