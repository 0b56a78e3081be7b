"""From what a method gives to pixels: one value for each pixel, one range for two pictures, the drawing under it."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gui.explain.sanity_strip import SanityStrip, Shown
from gui.explain.shown import Layered, layered, overlaid, range_of, tinted
from nets.explain import EXPLAINERS
from nets.pictures.ranges import Range

PIXELS, MAP = EXPLAINERS["gradient"], EXPLAINERS["grad_cam"]


def test_of_several_channels_the_largest_size_counts_with_its_sign() -> None:
    values = np.array([[[0.5, -2.0, 1.0], [0.0, 0.1, 0.0]]], np.float32)
    assert layered(PIXELS, values, 1, 2).values == pytest.approx(np.array([[-2.0, 0.1]]))


def test_a_map_is_brought_to_the_size_of_the_input() -> None:
    part = layered(MAP, np.array([[0.0, 1.0]], np.float32), 2, 4)
    assert part.values.shape == (2, 4)
    assert part.values[0] == pytest.approx([0, 0.25, 0.75, 1])
    assert layered(MAP, np.zeros((2, 2), np.float32), 4, 4).empty


def test_of_rise_only_the_differences_between_pixels_are_coloured() -> None:
    """RISE gives scores; for a certain answer all are above zero, and earlier every pixel was equally red."""
    values = np.array([[[4.0], [4.5]], [[4.1], [4.2]]], np.float32)
    part = layered(EXPLAINERS["rise"], values, 2, 2)
    assert part.values == pytest.approx(np.array([[-0.2, 0.3], [-0.1, 0.0]]), abs=1e-6)
    span = range_of([part])
    assert span.low == -span.high
    assert 0.1 < span.high < 0.4


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


def test_a_sanity_check_in_little_room_leaves_steps_out_and_keeps_both_ends(qtbot: QtBot) -> None:
    strip = SanityStrip()
    qtbot.addWidget(strip)
    pixels = np.zeros((28, 28), np.uint32)
    strip.set_pictures([Shown(pixels, str(n), n / 12) for n in range(12)])
    strip.resize(1000, 200)
    assert len(strip.shown()) == 12
    strip.resize(480, 100)
    titles = [shown.title for shown in strip.shown()]
    assert (titles[0], titles[-1]) == ("0", "11")
    assert 4 <= len(titles) <= 6
    places = strip.places(len(titles))
    assert all(place.right() <= 480 for place in places)
    assert max(place.bottom() for place in places) + 2 * strip.fontMetrics().height() <= 100


def test_over_the_pad_small_values_let_the_drawing_through() -> None:
    part = Layered(np.array([[0.0, 0.5, 1.0]], np.float32), False)
    clear, half, full = tinted(part, Range(0, 1, False), jet=True, opacity=0.8)[0] >> 24
    assert (clear, half, full) == (0, 102, 204)
