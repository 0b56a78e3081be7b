"""Ranges, dead and strong maps, colours, file names and what stands in the files."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nets.errors import UsageError
from nets.pictures.colour import DIVERGING, NON_FINITE, VIRIDIS, colourise, table_of
from nets.pictures.ranges import RANGES, Range, dead_maps, file_name, order, ranges, save_npz, strengths, value_range


def layer(count: int = 4, side: int = 6) -> np.ndarray:
    values = np.random.default_rng(1).uniform(0, 1, (side, side, count)).astype(np.float32)
    return values * np.arange(count, dtype=np.float32)  # map 0 is dead, the last one strongest


# --- ranges -----------------------------------------------------------------------------------------------------


def test_values_of_one_sign_start_at_zero():
    found = value_range(np.array([[0.25, 0.5], [1.0, 0.75]]))
    assert found == Range(0.0, 1.0, signed=False, largest=1.0)
    assert found.note == ""


def test_signed_values_have_zero_in_the_middle():
    assert value_range(np.array([-0.5, 0.0, 2.0]), clip=False) == Range(-2.0, 2.0, signed=True, largest=2.0)
    assert value_range(np.array([-3.0, -2.0]), clip=False).high == 3.0


def test_an_outlier_is_clipped_and_said():
    values = np.linspace(0, 1, 1000)
    values[10] = 50
    found = value_range(values)
    assert found.clipped
    assert found.high == pytest.approx(1, abs=0.02)
    assert found.beyond >= 1
    assert "clipped, the largest 50" in found.note
    assert value_range(values, clip=False).high == 50


def test_a_few_bright_values_among_zeros_are_no_outliers():
    values = np.zeros(1000)
    values[:4] = (0.9, 1.0, 0.95, 0.97)
    assert not value_range(values).clipped
    assert value_range(values).high == 1.0


@pytest.mark.parametrize("values", [np.zeros((3, 3)), np.array([np.nan, np.inf]), np.zeros(0)])
def test_nothing_to_see_is_an_empty_range(values):
    assert (value_range(values).low, value_range(values).high) == (0.0, 0.0)


def test_what_is_not_finite_is_left_out():
    assert value_range(np.array([1.0, np.nan, np.inf])).high == 1.0


@settings(max_examples=60, deadline=None)
@given(arrays.arrays(np.float32, st.integers(1, 40), elements=st.floats(-100, 100, width=32)))
def test_a_range_holds_every_value_that_is_not_clipped(values):
    found = value_range(values)
    assert found.low <= 0 <= found.high
    outside = np.count_nonzero((values < found.low) | (values > found.high))
    assert outside == found.beyond
    assert found.clipped == (found.beyond > 0)


def test_the_three_ranges():
    values = layer()
    of_maps = ranges(values, "map", clip=False)
    assert [found.high for found in of_maps] == pytest.approx(values.max(axis=(0, 1)).tolist())
    assert {found.high for found in ranges(values, "layer", clip=False)} == {float(values.max())}
    other = {"a": values, "b": values * 10}
    assert ranges(values, "network", other, clip=False)[0].high == pytest.approx(float(values.max()) * 10)
    assert set(RANGES) == {"map", "layer", "network"}
    with pytest.raises(UsageError, match="there are: map, layer, network"):
        ranges(values, "picture")
    with pytest.raises(UsageError, match="needs the arrays"):
        ranges(values, "network")


def test_what_is_clipped_is_counted_where_it_is_shown():
    quiet, loud = np.full(1000, 0.5), np.linspace(0, 1, 1000)
    loud[:2] = 50
    both = value_range([quiet, loud])
    assert both.clipped
    assert both.within(quiet).note == ""
    assert both.within(quiet).high == both.high
    beyond = int(np.count_nonzero(loud > both.high))
    assert both.within(loud).note == f"{beyond} values clipped, the largest 50"
    shown = ranges(quiet.reshape(10, 100, 1), "network", {"a": quiet, "b": loud})[0]
    assert (shown.note, shown.high) == ("", both.high)


def test_all_maps_of_a_layer_share_the_kind_of_colours():
    values = layer()
    values[0, 0, 1] = -1
    assert all(found.signed for found in ranges(values, "map"))


# --- dead, strong, in order -------------------------------------------------------------------------------------


def test_dead_maps_and_units():
    assert dead_maps(layer()).tolist() == [True, False, False, False]
    assert dead_maps(np.array([0.0, 1.0])).tolist() == [True, False]


def test_strength_and_order():
    assert strengths(np.full((2, 2, 1), -3.0)).tolist() == [3.0]
    assert order(layer(), by_strength=True).tolist() == [3, 2, 1, 0]
    assert order(layer(), by_strength=False).tolist() == [0, 1, 2, 3]
    assert order(np.array([0.1, -5.0, 0.3]), by_strength=True).tolist() == [1, 2, 0]


# --- colours ----------------------------------------------------------------------------------------------------


def lightness(table: np.ndarray) -> np.ndarray:
    """CIELAB lightness of (256, 3) sRGB."""
    value = table / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    y = linear @ (0.2126, 0.7152, 0.0722)
    return 116 * np.where(y > (6 / 29) ** 3, np.cbrt(y), y / (3 * (6 / 29) ** 2) + 4 / 29) - 16


def test_the_colour_tables_have_256_fixed_colours():
    for table in (VIRIDIS, DIVERGING):
        assert (table.shape, table.dtype, table.flags.writeable) == ((256, 3), np.uint8, False)
    assert VIRIDIS[0].tolist() == [68, 1, 84]
    assert VIRIDIS[-1].tolist() == [253, 231, 37]


def test_lightness_changes_evenly():
    steps = np.diff(lightness(VIRIDIS))
    assert steps.min() > -0.2
    assert steps.mean() == pytest.approx(0.3, abs=0.05)
    to_red = lightness(DIVERGING[128:])
    np.testing.assert_allclose(to_red, np.linspace(97, 31, 128), atol=1.0)
    np.testing.assert_allclose(to_red, lightness(DIVERGING[:128])[::-1], atol=1.0)


def test_blue_is_negative_red_positive_and_the_middle_white():
    assert DIVERGING[0, 2] > DIVERGING[0, 0] + 60
    assert DIVERGING[-1, 0] > DIVERGING[-1, 2] + 60
    assert DIVERGING[127:129].min() > 240
    assert table_of(True) is DIVERGING
    assert table_of(False) is VIRIDIS


def test_values_become_colours():
    found = colourise(np.array([[-1.0, 0.0], [1.0, 7.0]]), 0.0, 1.0, VIRIDIS)
    assert found.shape == (2, 2, 3)
    assert found[0, 0].tolist() == found[0, 1].tolist() == VIRIDIS[0].tolist()
    assert found[1, 0].tolist() == found[1, 1].tolist() == VIRIDIS[-1].tolist()
    assert colourise(np.array([0.0]), -2.0, 2.0, DIVERGING)[0].tolist() == DIVERGING[128].tolist()
    assert colourise(np.array([0.0]), 0.0, 0.0, VIRIDIS)[0].tolist() == VIRIDIS[0].tolist()
    assert colourise(np.array([np.nan]), 0.0, 1.0, VIRIDIS)[0].tolist() == NON_FINITE.tolist()


# --- files ------------------------------------------------------------------------------------------------------


def test_names_say_what_a_file_shows():
    assert file_name("pen", "block1/conv1", ".png", shape=(28, 28, 32)) == "pen_block1-conv1_28x28x32.png"
    assert file_name("pen", "conv1", ".png", map_index=3, shape=(28, 28)) == "pen_conv1_map-03_28x28.png"
    assert "/" not in file_name("../my model", "a/b:2", ".npz")
    assert file_name("数字", "conv", ".png") == "数字_conv.png"


def test_arrays_come_back_with_what_they_are(tmp_path):
    arrays_ = {"block/conv": layer(), "about": np.ones(2), "file": np.zeros(1)}
    save_npz(tmp_path / "maps.npz", arrays_, {"model": "pen"})
    with np.load(tmp_path / "maps.npz") as found:
        np.testing.assert_array_equal(found["block.conv"], layer())
        assert set(found.files) == {"about", "block.conv", "about_", "file_"}
        assert json.loads(str(found["about"])) == {"model": "pen"}
