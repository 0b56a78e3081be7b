"""A data set's images in the size that a network takes: resized when they are read, never all at once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

from nets.data.images import Images
from nets.data.pictures import read_picture
from nets.data.prepare import fit, prepare
from nets.data.specs import ImageInput
from nets.errors import LensletError

CACHED_BYTES = 256 * 1024 * 1024
"""Files whose images together take no more memory than this are decoded once and kept."""


class FileImages:
    """Picture files, decoded and prepared as ``input`` says when they are read.

    Reading raises LensletError, which names the file, where one has vanished or was damaged meanwhile.
    """

    def __init__(self, paths: Sequence[Path], input: ImageInput, decoded: np.ndarray | None = None) -> None:
        """``decoded``: the images, (N, H, W, C) uint8, if they have been read already and take little memory."""
        self.paths = tuple(paths)
        self.input = replace(input, range="byte")  # data sets hold bytes, whatever range a network takes
        size = (len(self.paths), *input.shape)
        small = int(np.prod(size)) <= CACHED_BYTES
        self._is_kept = np.full(len(self.paths), decoded is not None)
        # The system provides the memory of zeros only when it is first used.
        self._kept = decoded if decoded is not None else np.zeros(size if small else (0, *input.shape), np.uint8)

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.input.shape

    @property
    def is_kept(self) -> bool:
        """Whether images stay in memory once they were read; too many or too large ones do not."""
        return len(self._kept) > 0

    def __len__(self) -> int:
        return len(self.paths)

    def read(self, indices: np.ndarray) -> np.ndarray:
        if not self.is_kept:
            return self._decoded(indices)
        missing = np.unique(np.asarray(indices)[~self._is_kept[indices]])
        if len(missing):
            self._kept[missing] = self._decoded(missing)
            self._is_kept[missing] = True
        return self._kept[indices]

    def in_size_of(self, target: ImageInput) -> FileImages:
        """The same pictures, decoded at the height, width and channels of ``target`` and fitted in as it says."""
        size = replace(self.input, height=target.height, width=target.width, channels=target.channels, fit=target.fit)
        return FileImages(self.paths, size)

    def _decoded(self, indices: np.ndarray) -> np.ndarray:
        paths = [self.paths[index] for index in indices]
        images = np.empty((len(paths), *self.shape), np.uint8)
        # Pillow decodes outside of Python's lock, so that two files are decoded at a time on two cores.
        with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="decoding") as pool:
            for number, image in enumerate(pool.map(self._read, paths)):
                images[number] = image
        return images

    def _read(self, path: Path) -> np.ndarray:
        try:
            return decoded(path, self.input)
        except LensletError as problem:  # files that cannot be read are left out beforehand
            raise LensletError(
                "{problem}; it could be read before: put the picture back as it was, or take it out of the folder",
                problem=problem,
            ) from problem


def decoded(path: Path, input: ImageInput) -> np.ndarray:
    """The picture in ``path`` as ``input``, whose range is "byte", takes it: (H, W, C) uint8.

    Raises:
        LensletError: it is not a picture, or nothing is drawn in it.
    """
    return prepare(read_picture(path), input).input.astype(np.uint8)


class FittedImages:
    """``images``, which have the form of ``source``, in the size and channels of ``target``."""

    def __init__(self, images: Images, source: ImageInput, target: ImageInput) -> None:
        self._images, self._source, self._target = images, source, target
        fit(images.read(np.arange(0)), source, target)  # an impossible fit raises here, not later

    @property
    def shape(self) -> tuple[int, int, int]:
        return self._target.shape

    def __len__(self) -> int:
        return len(self._images)

    def read(self, indices: np.ndarray) -> np.ndarray:
        return fit(self._images.read(indices), self._source, self._target)


def fitted(images: Images, source: ImageInput, target: ImageInput) -> Images:
    """A data set's images as a network takes them; nothing is read or resized before it is needed.

    Args:
        images: in the form of ``source``.
        source: the input of the data set.
        target: the input of the network.

    Returns:
        ``images`` themselves where nothing is to be done. Pictures in files are decoded at the network's own size
        rather than enlarged from the data set's, and kept in memory where all of them take little.

    Raises:
        UsageError: the channels cannot be changed into each other.
    """
    from_files = isinstance(images, FileImages) and "digit" not in (source.fit, target.fit)
    if images.shape == target.shape == source.shape and not (from_files and source.fit != target.fit):
        return images
    if isinstance(images, FileImages) and from_files:
        return images.in_size_of(target)
    return FittedImages(images, source, target)
