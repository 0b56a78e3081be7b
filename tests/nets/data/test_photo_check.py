"""Photographs, in colour and grey, are told from ink on a ground, drawn by a program or on paper."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFilter

from nets.data.handwriting.strokes import draw
from nets.data.ink import LUMINANCE
from nets.data.photo_check import is_photograph
from nets.data.photographs import photograph, photographs
from nets.data.prepare import prepare
from nets.data.specs import ImageInput

COLOUR = photographs(60, 80, 3)[0]


def paper(digit: int, shade: float, noise: float = 0.03) -> np.ndarray:
    """A photographed digit in blurred dark ink, with light that falls off to one side."""
    random = np.random.default_rng(digit)
    drawn = Image.fromarray(draw(digit, random)).resize((280, 280), Image.Resampling.BILINEAR)
    ink = np.asarray(drawn.filter(ImageFilter.GaussianBlur(2))).astype(np.float64) / 255
    light = 1 - shade * np.linspace(0, 1, 280)
    return np.clip(255 * ((0.85 - 0.65 * ink) * light + random.normal(0, noise, ink.shape)), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        pytest.param(COLOUR, True, id="photograph"),
        pytest.param(COLOUR.astype(np.float32) / 255, True, id="photograph as floats"),
        pytest.param(np.rint(photograph("china.jpg") @ LUMINANCE).astype(np.uint8), True, id="grey photograph"),
        pytest.param(np.full((9, 9, 3), (245, 240, 215), np.uint8), False, id="yellowish paper"),
        pytest.param(np.full((1, 1, 4), 200, np.uint8), False, id="one pixel"),
        pytest.param(np.full((200, 200), 200, np.uint8), False, id="one grey"),
    ],
)
def test_photographs_have_several_hues_or_many_greys(picture: np.ndarray, expected: bool) -> None:
    assert is_photograph(picture) is expected


def test_grey_photographs_with_large_even_areas_are_found() -> None:
    """Without examining the ground under the ink, only seven of ten parts were found."""
    random = np.random.default_rng(0)
    found = []
    for name in ("china.jpg", "flower.jpg"):
        grey = np.rint(photograph(name) @ LUMINANCE).astype(np.uint8)
        for _ in range(60):
            side = int(random.integers(80, min(grey.shape)))
            top, left = (int(random.integers(0, size - side)) for size in grey.shape)
            found.append(is_photograph(grey[top : top + side, left : left + side]))
    assert np.mean(found) > 0.85


@pytest.mark.parametrize("digit", range(10))
def test_a_shadow_over_the_paper_makes_no_photograph_of_it(digit: int) -> None:
    shadowed = paper(digit, shade=0.2).astype(np.float64)
    y, x = np.mgrid[:280, :280]
    shadowed[x + 0.3 * digit * y > 200] *= 0.6
    assert not is_photograph(shadowed.astype(np.uint8))
    assert not is_photograph(255 - shadowed.astype(np.uint8))


def test_blue_ink_on_yellowish_paper_is_no_photograph() -> None:
    sheet = np.random.default_rng(0).normal((240, 232, 205), 4, (80, 80, 3)).clip(0, 255).astype(np.uint8)
    sheet[20:60, 38:42] = (20, 40, 190)
    assert not is_photograph(sheet)


@pytest.mark.parametrize("digit", range(10))
def test_digits_are_no_photographs(digit: int) -> None:
    random = np.random.default_rng(digit)
    assert not is_photograph(draw(digit, random))
    assert not is_photograph(paper(digit, shade=0.0))
    assert not is_photograph(paper(digit, shade=0.3))


def test_a_network_of_digits_is_told_of_a_photograph_and_another_is_not() -> None:
    """The ink of the pagoda stands apart in two shapes, which says nothing of a photograph."""
    picture = photograph("china.jpg")
    found = prepare(picture, ImageInput())
    assert found.photograph
    assert found.hint == "this is a photograph: the network reads drawn digits"
    assert prepare(picture, ImageInput(32, 32, 3, fit="picture")).hint == ""
    assert (
        prepare(np.asarray(Image.fromarray(picture).resize((28, 28))), ImageInput(), is_dataset_image=True).hint == ""
    )
