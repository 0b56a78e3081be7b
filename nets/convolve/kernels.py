"""Kernels of classical image processing, as rows: these were designed, while a network's are learned.

A kernel is (k, k) float64, in the orientation in which networks apply it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nets.errors import UsageError


@dataclass(frozen=True)
class KernelPreset:
    """A row of ``KERNELS``.

    sizes: in which it is defined, the usual one first. effect: on an image, in a sentence. source: where it was
    published.
    """

    name: str
    title: str
    sizes: tuple[int, ...]
    make: Callable[[int], np.ndarray]
    effect: str
    source: str

    def of(self, size: int | None = None) -> np.ndarray:
        """(size, size) float64, the first of ``sizes`` where none is named. UsageError for a size it has not."""
        size = self.sizes[0] if size is None else size
        if size not in self.sizes:
            known = ", ".join(f"{one}x{one}" for one in self.sizes)
            raise UsageError(
                "expected {title} of {known}, found {size}x{size}", title=self.title, known=known, size=size
            )
        return self.make(size)


def _identity(size: int) -> np.ndarray:
    kernel = np.zeros((size, size))
    kernel[size // 2, size // 2] = 1
    return kernel


def _binomial(size: int, ends: tuple[float, ...]) -> np.ndarray:
    """``ends`` convolved with (1, 1) until it is ``size`` long."""
    row = np.array(ends)
    while len(row) < size:
        row = np.convolve(row, [1.0, 1.0])
    return row


def _gauss(size: int) -> np.ndarray:
    """Pascal's triangle: the binomial approach to a Gaussian, of variance (size - 1) / 4."""
    row = _binomial(size, (1.0,))
    return np.outer(row, row) / row.sum() ** 2


def _sobel_x(size: int) -> np.ndarray:
    """A derivative across and a binomial blur along: dark to light, left to right, is positive."""
    return np.outer(_binomial(size, (1.0,)), _binomial(size, (-1.0, 1.0)))


def _scharr_x(size: int) -> np.ndarray:
    return np.outer([3.0, 10.0, 3.0], [-1.0, 0.0, 1.0])


def _sharpen(size: int) -> np.ndarray:
    """Twice the image less its blur."""
    if size == 3:
        return np.array([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]])
    return 2 * _identity(size) - _gauss(size)


def _laplace(size: int) -> np.ndarray:
    """The second derivatives' sum; from 5x5 on of a Gaussian, which noise disturbs less."""
    if size == 3:
        return np.array([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])
    steps = np.arange(size) - (size - 1) / 2
    square = (steps[:, None] ** 2 + steps[None] ** 2) / (2 * (size / 6) ** 2)
    kernel = (square - 1) * np.exp(-square)
    return (kernel - kernel.mean()) / np.abs(kernel).max()


def _emboss(size: int) -> np.ndarray:
    """A derivative along the diagonal, and the image itself."""
    steps = np.arange(size) - size // 2
    kernel = np.sign(steps[:, None] + steps[None]).astype(float) * (np.abs(steps[:, None] + steps[None]) / (size // 2))
    kernel[size // 2, size // 2] = 1
    return kernel


def _gabor(size: int) -> np.ndarray:
    """A wave under a Gaussian: cells in V1 and filters of AlexNet's first layer respond to it."""
    steps = np.arange(size) - (size - 1) / 2
    wave = np.cos(2 * np.pi * steps / (size / 2))[None]
    kernel = wave * np.exp(-(steps[:, None] ** 2 + steps[None] ** 2) / (2 * (size / 4.5) ** 2))
    return np.asarray(kernel - kernel.mean())


SIZES = (3, 5, 7, 9, 11)

KERNELS: dict[str, KernelPreset] = {
    row.name: row
    for row in (
        KernelPreset(
            "identity", "Identity", (3, 1, 5, 7, 9, 11), _identity, "Leaves the image as it is.", "the unit impulse"
        ),
        KernelPreset(
            "box",
            "Box blur",
            (3, 2, 4, 5, 7, 9, 11),
            lambda size: np.full((size, size), 1 / size**2),
            "The mean of the window: every pixel counts the same.",
            "Gonzalez and Woods 2018, Digital Image Processing, 3.5",
        ),
        KernelPreset(
            "gauss",
            "Gaussian blur",
            (3, 2, 4, 5, 7, 9, 11),
            _gauss,
            "A mean that counts near pixels more: rounder than the box.",
            "binomial: Burt and Adelson 1983, The Laplacian pyramid",
        ),
        KernelPreset(
            "sharpen",
            "Sharpen",
            (3, 5, 7),
            _sharpen,
            "The image plus what differs from its surroundings.",
            "unsharp masking: Gonzalez and Woods 2018, 3.6",
        ),
        KernelPreset(
            "sobel_x",
            "Sobel x",
            (3, 5, 7),
            _sobel_x,
            "Vertical edges: positive where it gets lighter to the right.",
            "Sobel and Feldman 1968",
        ),
        KernelPreset(
            "sobel_y",
            "Sobel y",
            (3, 5, 7),
            lambda size: _sobel_x(size).T,
            "Horizontal edges: positive where it gets lighter downwards.",
            "Sobel and Feldman 1968",
        ),
        KernelPreset(
            "scharr_x",
            "Scharr x",
            (3,),
            _scharr_x,
            "Vertical edges, with less error for slanted ones than Sobel's.",
            "Scharr 2000, Optimale Operatoren in der digitalen Bildverarbeitung",
        ),
        KernelPreset(
            "scharr_y",
            "Scharr y",
            (3,),
            lambda size: _scharr_x(size).T,
            "Horizontal edges, with less error for slanted ones than Sobel's.",
            "Scharr 2000, Optimale Operatoren in der digitalen Bildverarbeitung",
        ),
        KernelPreset(
            "laplace",
            "Laplacian",
            (3, 5, 7, 9, 11),
            _laplace,
            "Edges of every direction: zero on even ground, a change of sign at an edge.",
            "Marr and Hildreth 1980, Theory of edge detection",
        ),
        KernelPreset(
            "emboss",
            "Emboss",
            (3, 5),
            _emboss,
            "A relief, as if lit from one corner.",
            "a diagonal derivative plus the image",
        ),
        KernelPreset(
            "gabor",
            "Gabor",
            (7, 5, 9, 11),
            _gabor,
            "Stripes of one width and direction.",
            "Gabor 1946; Daugman 1985, of cells in the visual cortex",
        ),
    )
}


def resized(kernel: np.ndarray, size: int) -> np.ndarray:
    """The kernel cut or filled with zeros about its middle: (k, k) -> (size, size)."""
    old = len(kernel)
    made = np.zeros((size, size))
    first = (size - old) // 2  # where the old one begins in the new; negative where it is cut
    here, there = (
        slice(max(first, 0), max(first, 0) + min(old, size)),
        slice(max(-first, 0), max(-first, 0) + min(old, size)),
    )
    made[here, here] = kernel[there, there]
    return made
