"""Worked examples of the derivations, as a person would compute them on paper."""

from __future__ import annotations

import numpy as np
import pytest

from nets.byhand.convolution import Conv2D, Conv2DTranspose
from nets.byhand.methods import METHODS
from nets.errors import UsageError

FOUR = np.arange(1.0, 17).reshape(1, 4, 4, 1)  # 1 2 3 4 / 5 6 7 8 / ...
NINE = np.array([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])  # Sobel's
PLUS = np.array([[1.0, 2], [3, 4]])


def one(kernel: np.ndarray) -> np.ndarray:
    """(kh, kw) as one kernel for one channel."""
    return kernel[:, :, None, None].copy()


@pytest.mark.parametrize("method", METHODS)
def test_four_by_four_with_three_by_three(method: str) -> None:
    layer = Conv2D(one(NINE), np.array([0.5]), method=method)
    y = layer.forward(FOUR)
    np.testing.assert_allclose(y[0, :, :, 0], [[-7.5, -7.5], [-7.5, -7.5]])
    gradient = layer.backward(np.array([[1.0, 2], [3, 4]])[None, :, :, None])
    # Full convolution of 1 2 / 3 4 with the kernel turned: the corner pixel met its corner entry alone.
    expected = [[1, 2, -1, -2], [5, 8, -5, -8], [7, 10, -7, -10], [3, 4, -3, -4]]
    np.testing.assert_allclose(gradient[0, :, :, 0], expected, atol=1e-12)
    np.testing.assert_allclose(
        layer.gradients["kernel"][:, :, 0, 0], [[44, 54, 64], [84, 94, 104], [124, 134, 144]], atol=1e-12
    )
    np.testing.assert_allclose(layer.gradients["bias"], [10])


@pytest.mark.parametrize("method", METHODS)
def test_a_stride_of_two_gives_the_worked_example(method: str) -> None:
    layer = Conv2D(one(PLUS), strides=(2, 2), method=method)
    np.testing.assert_allclose(layer.forward(FOUR)[0, :, :, 0], [[44, 64], [124, 144]])
    gradient = layer.backward(np.array([[1.0, 2], [3, 4]])[None, :, :, None])
    np.testing.assert_allclose(
        gradient[0, :, :, 0], [[1, 2, 2, 4], [3, 4, 6, 8], [3, 6, 4, 8], [9, 12, 12, 16]], atol=1e-12
    )


@pytest.mark.parametrize("method", METHODS)
def test_two_channels_two_kernels(method: str) -> None:
    x = np.stack([[[1.0, 2, 3], [4, 5, 6], [7, 8, 9]], [[1.0, 0, 0], [0, 1, 0], [0, 0, 1]]], -1)[None]
    first = np.stack([PLUS, -PLUS], -1)  # (2, 2, C)
    second = np.stack([np.zeros((2, 2)), np.ones((2, 2))], -1)
    layer = Conv2D(np.stack([first, second], -1), np.array([0.0, 10]), method=method)
    y = layer.forward(x)[0]
    np.testing.assert_allclose(y[:, :, 0], [[37 - 5, 47 - 3], [67 - 2, 77 - 5]], atol=1e-12)
    np.testing.assert_allclose(y[:, :, 1], [[12, 11], [11, 12]])


def test_transposed_convolution_spreads_each_number_over_a_kernel() -> None:
    x = np.array([[1.0, 2], [3, 4]])[None, :, :, None]
    layer = Conv2DTranspose(one(PLUS))
    assert layer.forward(x)[0, :, :, 0].tolist() == [[1, 4, 4], [6, 20, 16], [9, 24, 16]]
    apart = Conv2DTranspose(one(PLUS), strides=(2, 2))
    assert apart.forward(x)[0, :, :, 0].tolist() == [[1, 2, 2, 4], [3, 4, 6, 8], [3, 6, 4, 8], [9, 12, 12, 16]]
    wide = Conv2DTranspose(one(PLUS), strides=(3, 3))
    assert wide.forward(x)[0, :, :, 0].tolist()[2] == [0] * 6


def test_checkerboard_of_a_stride_that_does_not_divide_the_kernel() -> None:
    layer = Conv2DTranspose(np.ones((3, 3, 1, 1)), strides=(2, 2))
    assert layer.forward(np.ones((1, 3, 3, 1)))[0, 1:3, 1:5, 0].tolist() == [[1, 2, 1, 2], [2, 4, 2, 4]]


def test_nothing_is_computed_for_an_input_that_nobody_asks_about() -> None:
    layer = Conv2D(one(NINE))
    layer.learns_from = False
    layer.forward(FOUR)
    assert not layer.backward(np.ones((1, 2, 2, 1))).any()
    assert layer.gradients["kernel"].any()


def test_wrong_inputs_are_refused() -> None:
    with pytest.raises(UsageError, match=r"conv1 expected images \(N, H, W, 1\), found the shape \(1, 4, 4, 3\)"):
        Conv2D(one(NINE), name="conv1").forward(np.zeros((1, 4, 4, 3)))
    with pytest.raises(UsageError, match=r"up expected images \(N, H, W, 1\), found the shape \(4, 4\)"):
        Conv2DTranspose(one(NINE), name="up").forward(np.zeros((4, 4)))
    with pytest.raises(UsageError, match=r"a kernel \(height, width, channels, kernels\), found the shape \(3, 3\)"):
        Conv2D(NINE)
    with pytest.raises(UsageError, match="covers 3x3 does not fit into an image of 2x9"):
        Conv2D(one(NINE)).forward(np.zeros((1, 2, 9, 1)))
