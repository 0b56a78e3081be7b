"""Patches as rows of a matrix, and the way back."""

from __future__ import annotations

import numpy as np
import pytest

from nets.byhand.im2col import col2im, im2col, patches
from nets.byhand.window import Window

WINDOWS = [
    Window((3, 3)),
    Window((2, 3), (2, 1), padding="same"),
    Window((3, 2), (1, 2), (2, 2), ((1, 2), (0, 1))),
    Window((2, 2), (3, 3)),  # pixels between the windows that nobody reads
]


def test_four_by_four_with_two_by_two() -> None:
    x = np.arange(16.0).reshape(1, 4, 4, 1)
    columns = im2col(x, Window((2, 2), (2, 2)))
    assert columns.tolist() == [[0, 1, 4, 5], [2, 3, 6, 7], [8, 9, 12, 13], [10, 11, 14, 15]]


def test_channels_are_innermost() -> None:
    x = np.stack([np.arange(4.0).reshape(2, 2), 10 + np.arange(4.0).reshape(2, 2)], -1)[None]
    assert im2col(x, Window((2, 2))).tolist() == [[0, 10, 1, 11, 2, 12, 3, 13]]


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_col2im_is_the_transpose_of_im2col(window: Window, dtype: type) -> None:
    random = np.random.default_rng(0)
    x = random.standard_normal((2, 7, 6, 3)).astype(dtype)
    columns = im2col(x, window)
    other = random.standard_normal(columns.shape).astype(dtype)
    back = col2im(other, x.shape, window)
    assert (columns.dtype, back.dtype, back.shape) == (dtype, dtype, x.shape)
    np.testing.assert_allclose((columns * other).sum(), (x * back).sum(), rtol=1e-4 if dtype is np.float32 else 1e-12)


def test_overlapping_windows_add_up() -> None:
    ones = col2im(np.ones((4, 9)), (1, 4, 4, 1), Window((3, 3)))
    assert ones[0, :, :, 0].tolist() == [[1, 2, 2, 1], [2, 4, 4, 2], [2, 4, 4, 2], [1, 2, 2, 1]]


def test_alexnets_first_layer() -> None:
    x, window = np.zeros((1, 227, 227, 3), np.float32), Window((11, 11), (4, 4))
    assert patches(x, window).shape == (1, 55, 55, 11, 11, 3)
    assert np.shares_memory(patches(x, window), x)
    columns, kernels = im2col(x, window), np.zeros((363, 96), np.float32)
    assert columns.shape == (3025, 363)  # the derivations' 363 x 3025, turned: NHWC has the positions first
    assert (columns @ kernels).shape == (3025, 96)
