"""From what a method gives to pixels: one value for each pixel, one range for two pictures, the drawing under it."""

import numpy as np
import pytest

from gui.explain.shown import Layered, layered, overlaid, range_of
from nets.explain import EXPLAINERS

PIXELS, MAP = EXPLAINERS["gradient"], EXPLAINERS["grad_cam"]


def test_of_several_channels_the_largest_size_counts_with_its_sign() -> None:
    values = np.array([[[0.5, -2.0, 1.0], [0.0, 0.1, 0.0]]], np.float32)
    assert layered(PIXELS, values, 1, 2).values == pytest.approx(np.array([[-2.0, 0.1]]))


def test_a_map_is_brought_to_the_size_of_the_input() -> None:
    part = layered(MAP, np.array([[0.0, 1.0]], np.float32), 2, 4)
    assert part.values.shape == (2, 4)
    assert part.values[0] == pytest.approx([0, 0.25, 0.75, 1])
    assert layered(MAP, np.zeros((2, 2), np.float32), 4, 4).empty


def test_two_pictures_share_one_range() -> None:
    weak, strong = (Layered(np.full((2, 2), value, np.float32), True) for value in (0.1, -4.0))
    span = range_of([weak, strong])
    assert (span.low, span.high) == (-4, 4)


def parts(pixel: int) -> tuple[int, int, int]:
    return pixel >> 16 & 255, pixel >> 8 & 255, pixel & 255


def test_under_a_signed_explanation_zero_is_white_and_the_drawing_grey() -> None:
    part = Layered(np.array([[0.0, 0.0, 1.0, -1.0]], np.float32), True)
    picture = np.array([[0.0, 1.0, 0.0, 0.0]], np.float32)
    pixels = overlaid(picture, part, range_of([part]), jet=False, opacity=1.0)
    nothing, stroke, positive, negative = (parts(int(pixel)) for pixel in pixels[0])
    assert min(nothing) > 235
    assert max(stroke) < 160
    assert positive[0] > positive[2]
    assert negative[2] > negative[0]


def test_opacity_lets_the_picture_through() -> None:
    part = Layered(np.array([[0.0, 1.0]], np.float32), False)
    picture = np.array([[1.0, 1.0]], np.float32)
    clear, full = (overlaid(picture, part, range_of([part]), jet=True, opacity=o)[0, 0] for o in (0.1, 1.0))
    assert min(parts(int(clear))) > 200
    assert min(parts(int(full))) == 0
