"""Images that are read when they are needed: an array, a memory map, files, or a part or another size of these.

A data set resized to 224 x 224 does not fit into memory (7.5 GB for CIFAR-10), so nothing requests all images at once.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np


class Images(Protocol):
    """N images of one size."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """(H, W, C) of each image."""

    def __len__(self) -> int: ...

    def read(self, indices: np.ndarray) -> np.ndarray:
        """The images at the positions ``indices`` (n,), in their order: (n, H, W, C) uint8, 0 to 255."""


class ArrayImages:
    """Images in an array or a memory map, (N, H, W, C) uint8. Of a memory map only what is read comes into memory."""

    def __init__(self, array: np.ndarray) -> None:
        if array.ndim != 4 or array.dtype != np.uint8:
            raise ValueError(f"expected images as (N, H, W, C) uint8, found {array.shape} {array.dtype}")
        self.array = array

    @property
    def shape(self) -> tuple[int, int, int]:
        height, width, channels = self.array.shape[1:]
        return height, width, channels

    def __len__(self) -> int:
        return len(self.array)

    def read(self, indices: np.ndarray) -> np.ndarray:
        return np.asarray(self.array[indices])


class ChosenImages:
    """The images at ``indices`` (n,) of ``images``, in that order."""

    def __init__(self, images: Images, indices: np.ndarray) -> None:
        self._images, self._indices = images, np.asarray(indices)

    @property
    def shape(self) -> tuple[int, int, int]:
        return self._images.shape

    def __len__(self) -> int:
        return len(self._indices)

    def read(self, indices: np.ndarray) -> np.ndarray:
        return self._images.read(self._indices[indices])


def read_all(images: Images) -> np.ndarray:
    """All images as one array, (N, H, W, C) uint8; for data sets that are known to be small."""
    return images.array if isinstance(images, ArrayImages) else images.read(np.arange(len(images)))
