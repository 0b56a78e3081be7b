"""Two more things about kernels: one large or two small ones, and the checkerboard of a transposed convolution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nets.byhand.convolution import Conv2DTranspose
from nets.byhand.methods import Im2col
from nets.byhand.window import Window


@dataclass(frozen=True, eq=False)
class Stack:
    """Kernels of one size in sequence, each (k, k): their cost and their receptive field."""

    title: str
    kernels: tuple[np.ndarray, ...]

    @property
    def weights(self) -> int:
        """Number of weights for one channel; C channels in and out have C * C times as many."""
        return sum(kernel.size for kernel in self.kernels)

    @property
    def reach(self) -> int:
        """Side of the receptive field: 1 + sum of (k - 1), at stride 1."""
        return 1 + sum(len(kernel) - 1 for kernel in self.kernels)

    def maps(self, image: np.ndarray) -> tuple[np.ndarray, ...]:
        """The image (H, W) and what each kernel makes of the map before, without padding: (H - k + 1, W - k + 1)."""
        found = [image.astype(np.float64)]
        for kernel in self.kernels:
            batch = found[-1][None, :, :, None]
            found.append(Im2col(Window(kernel.shape)).forward(batch, kernel[..., None, None])[0, :, :, 0])
        return tuple(found)


def one_or_two() -> tuple[Stack, Stack]:
    """5x5 against two 3x3 (Simonyan and Zisserman 2014, arXiv:1409.1556, 2.3): the same pixels, 25 weights or 18.

    The kernels are binomial blurs, of which two 3x3 in a row are exactly the 5x5.
    """
    from nets.convolve.kernels import KERNELS

    small = KERNELS["gauss"].of(3)
    return Stack("One 5 × 5", (KERNELS["gauss"].of(5),)), Stack("Two 3 × 3", (small, small))


@dataclass(frozen=True, eq=False)
class Spread:
    """``values``: the result. ``cover``: how many input pixels contribute to each result pixel; uneven means
    checkerboard.

    Both (OH, OW). ``inner``: the part of ``cover`` away from the edges, where it should be constant.
    """

    values: np.ndarray
    cover: np.ndarray
    inner: np.ndarray

    @property
    def even(self) -> bool:
        return bool(self.inner.min() == self.inner.max())


def transposed(image: np.ndarray, size: int, stride: int, *, seed: int | None = None) -> Spread:
    """The image enlarged by a transposed convolution.

    Where ``size`` is no multiple of the stride, neighbours of the result get a different number of terms: Odena,
    Dumoulin and Olah 2016, Deconvolution and checkerboard artifacts, doi:10.23915/distill.00003.

    Args:
        image: (H, W), any range.
        size: The side of the kernel. All its entries are (stride / size)², so that brightness is kept.
        stride: How many pixels of the result lie between two of the image.
        seed: Of normal noise about these entries; None: no noise.
    """
    kernel = np.ones((size, size, 1, 1))
    if seed is not None:
        kernel = kernel + np.random.default_rng(seed).normal(0, 0.25, kernel.shape)
    layer = Conv2DTranspose(kernel * (stride / size) ** 2, strides=(stride, stride))
    values = layer.forward(image.astype(np.float64)[None, :, :, None])[0, :, :, 0]
    counting = Conv2DTranspose(np.ones((size, size, 1, 1)), strides=(stride, stride))
    cover = np.round(counting.forward(np.ones((1, *image.shape, 1)))[0, :, :, 0])
    edge = max(size, stride)
    inner = cover[edge:-edge, edge:-edge]
    return Spread(values, cover, inner if inner.size else cover)
