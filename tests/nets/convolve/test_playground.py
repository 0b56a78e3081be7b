"""The playground's arithmetic against the slow definition, its counts, and a kernel put into a real network's copy."""

from __future__ import annotations

import numpy as np
import pytest

from nets.byhand.methods import Loops
from nets.convolve.comparisons import one_or_two, transposed
from nets.convolve.cost import counted, measured
from nets.convolve.first_layer import first_convolution, put_kernel, why_not
from nets.convolve.kernels import KERNELS, resized
from nets.convolve.playground import PlaygroundSetting, convolve, formula, matrix, position_at
from nets.errors import UsageError
from nets.network.model import ModelRef

IMAGE = np.random.default_rng(3).random((13, 11))


@pytest.mark.parametrize(("name", "size"), [(row.name, size) for row in KERNELS.values() for size in row.sizes])
def test_hand_set_kernels_have_their_size_and_sum(name: str, size: int) -> None:
    kernel = KERNELS[name].of(size)
    assert kernel.shape == (size, size)
    assert np.isfinite(kernel).all()
    sums = {"identity": 1, "box": 1, "gauss": 1, "sharpen": 1, "emboss": 1}
    assert kernel.sum() == pytest.approx(sums.get(name, 0), abs=1e-9)


def test_sobel_is_the_one_of_the_books_and_other_sizes_are_refused() -> None:
    assert KERNELS["sobel_x"].of(3).tolist() == [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    assert (KERNELS["sobel_y"].of(3) == KERNELS["sobel_x"].of(3).T).all()
    with pytest.raises(UsageError, match="expected Scharr x of 3x3, found 5x5"):
        KERNELS["scharr_x"].of(5)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 8])
def test_resizing_keeps_the_middle(size: int) -> None:
    kernel = np.arange(9.0).reshape(3, 3)
    made = resized(kernel, size)
    assert made.shape == (size, size)
    assert made.sum() == (kernel.sum() if size >= 3 else made.sum())
    assert 4 in made


@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize(
    ("stride", "padding", "dilation"), [(1, "valid", 1), (2, "same", 1), (3, 2, 2), (1, "same", 2)]
)
def test_result_and_every_step_are_the_definition(size: int, stride: int, padding: str | int, dilation: int) -> None:
    kernel = np.random.default_rng(size).normal(size=(size, size))
    setting = PlaygroundSetting(kernel, stride, padding, dilation)
    result = convolve(IMAGE, setting)
    expected = Loops(setting.window).forward(IMAGE[None, :, :, None], kernel[..., None, None])[0, :, :, 0]
    np.testing.assert_allclose(result.values, expected, atol=1e-12)
    for number in range(result.positions):
        here = position_at(result, kernel, number)
        assert here.total == pytest.approx(expected[here.row, here.column], abs=1e-12)
        assert here.patch.shape == kernel.shape
    rows = matrix(IMAGE, setting.window)
    assert rows.shape == (result.positions, size * size)
    np.testing.assert_allclose(rows[1], position_at(result, kernel, 1).patch.ravel(), atol=1e-6)


def test_formula_has_the_numbers_and_rounds_down() -> None:
    assert formula((28, 28), PlaygroundSetting(np.ones((5, 5))).window) == "(28 − 5 + 2·0) / 1 + 1 = 24"
    assert formula((28, 28), PlaygroundSetting(np.ones((5, 5)), stride=2).window).endswith("= 12.5, rounded down = 12")
    assert "rows" in formula((28, 30), PlaygroundSetting(np.ones((5, 5))).window)


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"stride": 0}, "strides of 1 or more"), ({"dilation": 0}, "dilation of 1 or more"), ({"padding": -1}, "margins")],
)
def test_impossible_settings_are_said(changes: dict, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        convolve(IMAGE, PlaygroundSetting(np.ones((3, 3)), **changes))


def test_a_kernel_larger_than_the_image_is_said_with_the_numbers() -> None:
    with pytest.raises(UsageError, match="11x11 does not fit into an image of 4x4"):
        convolve(np.ones((4, 4)), PlaygroundSetting(np.ones((11, 11))))
    with pytest.raises(UsageError, match="1x1 to 11x11, found 12x12"):
        convolve(np.ones((20, 20)), PlaygroundSetting(np.ones((12, 12))))


def test_pooling_follows_the_convolution() -> None:
    result = convolve(IMAGE, PlaygroundSetting(np.ones((1, 1)), pooling="max"))
    assert result.pooled is not None
    assert result.pooled[0, 0] == IMAGE[:2, :2].max()
    result = convolve(IMAGE, PlaygroundSetting(np.ones((1, 1)), pooling="average"))
    assert result.pooled is not None
    assert result.pooled[0, 0] == pytest.approx(IMAGE[:2, :2].mean())


def test_counts_and_times_come_for_every_method_and_long_loops_are_scaled() -> None:
    window = PlaygroundSetting(np.ones((5, 5))).window
    loops, columns, fourier = counted((28, 28), window)
    assert loops.multiplications == columns.multiplications == 24 * 24 * 25
    assert fourier.multiplications > 0
    rows = measured(np.random.default_rng(0).random((28, 28)), np.ones((5, 5)), window)
    assert all(row.seconds and row.seconds > 0 for row in rows)
    assert 0 < rows[0].share < 1
    assert rows[1].share == 1


def test_two_small_kernels_see_as_far_as_a_large_one_with_fewer_weights() -> None:
    large, small = one_or_two()
    assert (large.weights, small.weights) == (25, 18)
    assert large.reach == small.reach == 5
    np.testing.assert_allclose(large.maps(IMAGE)[-1], small.maps(IMAGE)[-1], atol=1e-12)


@pytest.mark.parametrize(
    ("size", "stride", "even"), [(4, 2, True), (3, 2, False), (3, 3, True), (5, 2, False), (3, 1, True)]
)
def test_the_checkerboard_is_where_the_stride_does_not_divide_the_kernel(size: int, stride: int, even: bool) -> None:
    found = transposed(np.ones((6, 6)), size, stride)
    assert found.even == even == (size % stride == 0)
    assert found.values.shape == ((6 - 1) * stride + size,) * 2


def test_a_kernel_goes_into_a_copy_and_never_into_the_original() -> None:
    from nets.network.wrap import wrap
    from nets.zoo import get

    model = wrap(get("lenet").build(), title="LeNet")
    row = first_convolution(model)
    assert row is not None
    assert row.kernel_shape is not None
    before = [weight.copy() for weight in model.network.get_weights()]
    kernel = resized(KERNELS["sobel_x"].of(3), row.kernel_shape[0])
    edited = put_kernel(model, kernel, 2)
    assert edited.card.title == "LeNet, edited"
    assert edited.ref == ModelRef("edited", model.ref.name)
    weights = edited.network.get_weights()
    np.testing.assert_allclose(weights[0][:, :, 0, 2], kernel)
    np.testing.assert_array_equal(np.delete(weights[0], 2, axis=3), np.delete(before[0], 2, axis=3))
    for now, then in zip(model.network.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
    assert put_kernel(edited, kernel, 3).card.title == "LeNet, edited"
    assert "this one is 2 × 2" in why_not(model, (2, 2))
    with pytest.raises(UsageError, match="expected a kernel from 0 to"):
        put_kernel(model, kernel, 99)
    with pytest.raises(UsageError, match="has kernels of"):
        put_kernel(model, np.ones((2, 2)), 0)
