"""One digit of several strokes is one shape; two digits side by side are two."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from nets.data.handwriting.strokes import draw
from nets.data.ink import as_float, find_ink
from nets.data.prepare import prepare
from nets.data.shapes import shapes_apart, touching
from nets.data.specs import ImageInput


def cropped(picture: np.ndarray) -> np.ndarray:
    found = find_ink(as_float(picture))
    top, left, bottom, right = found.box
    return found.ink[top:bottom, left:right]


def beside(*pictures: np.ndarray, gap: int = 20) -> np.ndarray:
    """Drawings side by side, each cut to its ink, ``gap`` pixels apart."""
    parts = [cropped(picture) for picture in pictures]
    height = max(len(part) for part in parts)
    sheet = np.zeros((height + 20, sum(part.shape[1] + gap for part in parts) + gap), np.float32)
    column = gap
    for part in parts:
        sheet[10 : 10 + len(part), column : column + part.shape[1]] = part
        column += part.shape[1] + gap
    return sheet


@pytest.mark.parametrize("digit", range(10))
def test_a_drawn_digit_is_one_shape_and_two_are_two(digit: int) -> None:
    random = np.random.default_rng(digit)
    drawings = [draw(digit, random) for _ in range(20)]
    assert [shapes_apart(cropped(drawing)) for drawing in drawings].count(1) >= 19
    for one, other in pairwise(drawings[:4]):
        assert shapes_apart(cropped(beside(one, other))) >= 2


def test_pieces_of_one_digit_are_not_counted() -> None:
    five = np.zeros((100, 60), np.float32)
    five[20:100, 10:50] = 1
    five[0:8, 10:60] = 1  # its bar, drawn apart
    five[50:53, 57:60] = 1  # a speck
    assert shapes_apart(five) == 1


def test_the_hint_is_said_of_the_picture() -> None:
    random = np.random.default_rng(3)
    one, three = draw(1, random), draw(3, random)
    assert prepare(beside(one, three), ImageInput()).hint == "two shapes: one digit at a time"
    assert prepare(beside(one, three, one), ImageInput()).hint == "several shapes: one digit at a time"
    assert prepare(three, ImageInput()).hint == ""
    assert prepare(beside(one, three), ImageInput(fit="picture")).hint == ""


def test_touching_parts_agree_with_scipy() -> None:
    from scipy.ndimage import label

    random = np.random.default_rng(0)
    for density in (0.1, 0.3, 0.5):
        mask = random.random((23, 31)) < density
        marked, count = label(mask, np.ones((3, 3)))
        parts = touching(mask)
        assert len(parts) == count
        for part in parts:
            numbers = {int(marked[row, column]) for row, column in part}
            assert len(numbers) == 1
            assert len(part) == (marked == numbers.pop()).sum()
