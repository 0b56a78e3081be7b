"""Pooling: the winners, the way back to them, and windows that overlap."""

from __future__ import annotations

import numpy as np

from nets.byhand.pooling import AveragePool2D, GlobalAveragePool2D, MaxPool2D


def image(*rows: list[float]) -> np.ndarray:
    return np.array(rows, np.float64)[None, :, :, None]


def test_switches_say_who_won_and_unpooling_goes_back_there() -> None:
    layer = MaxPool2D()
    y = layer.forward(image([1, 2, 5, 3], [4, 0, 1, 1], [7, 1, 0, 2], [3, 6, 9, 8]))
    assert y[0, :, :, 0].tolist() == [[4, 5], [7, 9]]
    assert layer.switches[0, :, :, 0].tolist() == [[2, 0], [0, 2]]
    assert layer.unpool(y)[0, :, :, 0].tolist() == [[0, 0, 5, 0], [4, 0, 0, 0], [7, 0, 0, 0], [0, 0, 9, 0]]


def test_a_pixel_that_wins_twice_gets_two_terms() -> None:
    layer = MaxPool2D((2, 2), strides=(1, 1))
    assert layer.forward(image([1, 2, 3], [4, 9, 5], [6, 7, 8]))[0, :, :, 0].tolist() == [[9, 9], [9, 9]]
    assert layer.switches[0, :, :, 0].tolist() == [[3, 2], [1, 0]]
    back = layer.backward(image([1, 2], [3, 4]))
    assert back[0, :, :, 0].tolist() == [[0, 0, 0], [0, 10, 0], [0, 0, 0]]


def test_of_equals_the_first_wins() -> None:
    layer = MaxPool2D()
    layer.forward(image([5, 5], [5, 5]))
    assert layer.backward(image([1]))[0, :, :, 0].tolist() == [[1, 0], [0, 0]]


def test_what_no_window_reads_gets_nothing() -> None:
    layer = MaxPool2D()
    layer.forward(image([1, 2, 99], [3, 4, 99], [99, 99, 99]))
    assert layer.backward(image([1]))[0, :, :, 0].tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]


def test_margins_never_win_and_are_not_averaged() -> None:
    x = image([-1, -2, -3], [-4, -5, -6], [-7, -8, -9])
    assert MaxPool2D(padding="same").forward(x)[0, :, :, 0].tolist() == [[-1, -3], [-7, -9]]
    assert AveragePool2D(padding="same").forward(x)[0, :, :, 0].tolist() == [[-3, -4.5], [-7.5, -9]]


def test_averages_share_their_gradient() -> None:
    layer = AveragePool2D((2, 2), strides=(1, 1))
    assert layer.forward(image([1, 2, 3], [4, 5, 6]))[0, :, :, 0].tolist() == [[3, 4]]
    assert layer.backward(image([4, 8]))[0, :, :, 0].tolist() == [[1, 3, 2], [1, 3, 2]]
    whole = GlobalAveragePool2D()
    assert whole.forward(image([1, 2], [3, 6])).tolist() == [[3]]
    assert whole.backward(np.array([[8.0]]))[0, :, :, 0].tolist() == [[2, 2], [2, 2]]


def test_many_entries_need_more_than_a_byte() -> None:
    layer = MaxPool2D((17, 17))
    x = np.zeros((1, 17, 17, 1), np.float32)
    x[0, 16, 16] = 1
    layer.forward(x)
    assert layer.switches.item() == 288
    np.testing.assert_array_equal(layer.unpool(np.ones((1, 1, 1, 1), np.float32)), x)
