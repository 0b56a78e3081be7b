"""From values to pixels, against plain loops and the colour tables of ``nets``."""

from __future__ import annotations

import numpy as np
import pytest

from gui.paint.grid_layout import GridLayout
from gui.paint.pixels import levels, lookup, montage, picture_pixels, reduced
from gui.paint.scales import COLOURS, Scale, face, scale_of
from nets.pictures.colour import colourise, table_of


@pytest.mark.parametrize("signed", [False, True])
def test_colours_are_those_of_nets(signed):
    values = np.random.default_rng(0).normal(size=(9, 7, 3)).astype(np.float32)
    low, high = (-1.5, 1.5) if signed else (0.0, 1.5)
    ours = COLOURS[signed][levels(values, low, high)]
    theirs = colourise(values, low, high, table_of(signed)).astype(np.uint32)
    assert (ours == (0xFF000000 | theirs[..., 0] << 16 | theirs[..., 1] << 8 | theirs[..., 2])).all()


def test_every_map_may_have_its_own_range():
    values = np.stack([np.full((2, 2), 1.0), np.full((2, 2), 10.0)], axis=-1).astype(np.float32)
    found = levels(values, np.zeros(2), np.array([2.0, 20.0]))
    assert (found == 128).all()


def test_what_is_not_a_number_does_not_disturb():
    assert levels(np.array([[np.nan, np.inf, -np.inf]]), 0.0, 1.0).tolist() == [[0, 255, 0]]


@pytest.mark.parametrize("band", [0, 3])
def test_the_montage_is_what_a_loop_would_paint(band):
    pixels = np.random.default_rng(1).integers(1, 2**32, (5, 3, 2), dtype=np.uint32)
    layout = GridLayout(5, 3, 2, 3, 4, 1, 2, band)
    expected = np.zeros((2 * layout.step, 3 * (layout.cell_width + 2)), np.uint32)
    for number in range(5):
        x, y = layout.corner(number)
        for row in range(12):
            for column in range(8):
                expected[y - band + row, x + column] = pixels[number, row // 4, column // 4]
    assert (montage(pixels, layout, background=0) == expected).all()


def test_reduced_maps_are_means_of_blocks():
    maps = np.arange(5 * 4 * 2, dtype=np.float32).reshape(5, 4, 2)
    found = reduced(maps, 3)
    assert found.shape == (2, 2, 2)
    assert np.allclose(found[0, 0], maps[:3, :3].mean(axis=(0, 1)))
    assert np.allclose(found[1, 1], maps[3:, 3:].mean(axis=(0, 1)))
    assert reduced(maps, 1) is maps


def test_an_input_is_grey_or_coloured():
    assert picture_pixels(np.array([[0.0, 1.0]])).tolist() == [[0xFF000000, 0xFFFFFFFF]]
    assert picture_pixels(np.array([[[1.0, 0.0, 0.0]]])).tolist() == [[0xFFFF0000]]


def test_a_lookup_is_opaque():
    assert lookup(np.array([[1, 2, 3]], np.uint8)).tolist() == [0xFF010203]


def test_scales_by_mode():
    maps = np.zeros((4, 4, 2), np.float32)
    maps[0, 0] = (1, 4)
    other = np.full((8,), 9, np.float32)
    own = scale_of(maps, "map", [], clip=False)
    assert [own.of(0), own.of(1)] == [(0, 1), (0, 4)]
    assert scale_of(maps, "layer", [other], clip=False).of(0) == (0, 4)
    assert scale_of(maps, "network", [other], clip=False).of(0) == (0, 9)


def test_signed_values_have_zero_in_the_middle():
    maps = np.array([[[-3.0, 1.0]]], np.float32)
    for mode in ("map", "layer"):
        scale = scale_of(maps, mode, [], clip=False)
        assert scale.signed
        assert scale.of(0) == (-3, 3)


def test_all_zero_has_a_range_all_the_same():
    assert scale_of(np.zeros((2, 2, 1), np.float32), "layer", [], clip=True).of(0) == (0, 1)
    assert Scale.of_weights(np.zeros(3, np.float32)).of(0) == (-1, 1)


def test_clipped_outliers_are_said():
    maps = np.ones((40, 40, 1), np.float32)
    maps[0, 0] = 50
    assert "1 value clipped" in scale_of(maps, "layer", [], clip=True).note
    assert scale_of(np.ones((4, 4, 1), np.float32), "network", [maps], clip=True).note == ""
    assert scale_of(maps, "layer", [], clip=False).note == ""


def test_faces_of_volumes_stay_small():
    assert face(np.random.default_rng(0).normal(size=(300, 200, 3)).astype(np.float32)).shape == (60, 40)
    assert face(np.arange(4096, dtype=np.float32)).shape == (64, 1)
