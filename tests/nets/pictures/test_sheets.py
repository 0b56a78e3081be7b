"""Exported pictures: the pixels of maps are crisp squares of the right colours, and nothing is missing."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from nets import zoo
from nets.compute.lens import Lens
from nets.errors import UsageError
from nets.network.layers import LayerInfo
from nets.network.wrap import wrap
from nets.pictures.colour import VIRIDIS, colourise
from nets.pictures.explained import explained_picture
from nets.pictures.ranges import Range, file_name, value_range
from nets.pictures.sheets import MARGIN, Caption, font, layer_picture, montage, save_all, save_map


def row(shape, shows="maps", path="block/conv1") -> LayerInfo:
    return LayerInfo("conv1", path, "Conv2D", "Convolution 3 × 3, same", shape, 320, 1000, shows)


def squares(picture: np.ndarray, colours: np.ndarray, scale: int) -> bool:
    """Whether the (h, w, 3) colours stand somewhere in the picture as squares of scale x scale pixels."""
    wanted = colours.repeat(scale, axis=0).repeat(scale, axis=1)
    height, width = wanted.shape[:2]
    starts = np.argwhere((picture[: -height + 1, : -width + 1] == wanted[0, 0]).all(axis=-1))
    return any((picture[y : y + height, x : x + width] == wanted).all() for y, x in starts)


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    found = np.random.default_rng(5).uniform(0, 1, (8, 8, 5)).astype(np.float32)
    found[..., 2] = 0
    return found


def test_every_map_is_there_in_crisp_squares(values):
    span = value_range(values)
    picture = np.asarray(layer_picture("pen", row(values.shape), values))
    for number in range(5):
        assert squares(picture, colourise(values[..., number], span.low, span.high, VIRIDIS), 12)


def test_the_range_of_the_network_is_given(values):
    span = Range(0, 5, signed=False)
    picture = np.asarray(layer_picture("pen", row(values.shape), values, mode="network", span=span))
    assert squares(picture, colourise(values[..., 0], 0, 5, VIRIDIS), 12)
    with pytest.raises(UsageError, match="whole network must be given"):
        layer_picture("pen", row(values.shape), values, mode="network")


def test_a_montage_lays_maps_out_row_by_row():
    values = np.arange(12, dtype=np.float32).reshape(1, 1, 12).repeat(2, 0).repeat(2, 1)
    found = montage(values, [Range(0, 11, signed=False)] * 12, scale=2, gap=1)
    assert found.shape == (3 * 5 - 1, 4 * 5 - 1, 3)
    assert found[0, 0].tolist() == VIRIDIS[0].tolist()
    assert found[-1, -1].tolist() == VIRIDIS[-1].tolist()
    assert found[4, 0].tolist() == [255, 255, 255]


@pytest.mark.parametrize("count", [1, 7, 40, 4096])
@pytest.mark.parametrize("signed", [False, True])
def test_units_of_any_count(count, signed):
    values = np.random.default_rng(6).normal(0, 1, count).astype(np.float32)
    picture = layer_picture("pen", row((count,), "units"), values if signed else np.abs(values))
    assert 300 < picture.width < 1300
    assert picture.height < 1800


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 300, 4), (112, 112, 1), (7, 7, 512), (1, 1, 2048)])
@pytest.mark.parametrize("fill", [0.0, np.nan])
def test_odd_sizes_and_values(shape, fill):
    picture = layer_picture("pen", row(shape), np.full(shape, fill, np.float32), mode="map")
    assert picture.width <= max(1300, shape[1] * 2 + 48)


def test_the_answer_has_its_labels_in_any_script():
    probabilities = np.array([0.1, 0.7, 0.2], np.float32)
    labels = ("a very long name of a class indeed, longer than the space", "外套", "T-shirt")
    picture = layer_picture("fashion", row((3,), "probabilities", "answer"), probabilities, labels)
    assert picture.width < 700


def test_names_and_files(tmp_path, values):
    assert file_name("pen", "block/conv1", ".png", shape=values.shape) == "pen_block-conv1_8x8x5.png"
    span = value_range(values)
    one = save_map(tmp_path, "pen", row(values.shape), values, 3, span)
    assert one.name == "pen_block-conv1_map-03_8x8.png"
    picture = np.asarray(Image.open(one))
    assert squares(picture, colourise(values[..., 3], span.low, span.high, VIRIDIS), 70)


def test_everything_of_a_network(tmp_path):
    lens = Lens(wrap(zoo.get("lenet").build()))
    inputs = np.random.default_rng(7).uniform(0, 1, (28, 28, 1)).astype(np.float32)
    files, left_out = save_all(tmp_path, lens, inputs)
    assert [file.name for file in files] == [
        "01_lenet_conv1_28x28x6.png",
        "02_lenet_pool1_14x14x6.png",
        "03_lenet_conv2_10x10x16.png",
        "04_lenet_pool2_5x5x16.png",
        "05_lenet_flatten_400.png",
        "06_lenet_fc1_120.png",
        "07_lenet_fc2_84.png",
        "08_lenet_answer_10.png",
        "maps.npz",
    ]
    assert left_out == ()
    with np.load(tmp_path / "maps.npz") as found:
        np.testing.assert_array_equal(found["input"], inputs)
        np.testing.assert_array_equal(found["conv2"], lens.read(inputs).maps["conv2"])
        np.testing.assert_array_equal(found["probabilities"], lens.read(inputs).probabilities)


def test_a_sheet_for_a_slide_has_twice_the_pixels_and_the_drawing(values):
    drawing = np.zeros((4, 4), np.float32)
    drawing[1, 2] = 1
    small = layer_picture("pen", row(values.shape), values)
    large = np.asarray(layer_picture("pen", row(values.shape), values, drawing=drawing, zoom=2))
    assert large.shape[0] == 2 * small.height
    assert large.shape[1] >= 2 * small.width
    span = value_range(values)
    assert squares(large, colourise(values[..., 3], span.low, span.high, VIRIDIS), 24)
    grey = np.repeat((drawing * 255).astype(np.uint8)[..., None], 3, axis=2)
    assert squares(large, grey, 26)
    for shape, labels in (((40,), ()), ((3,), ("a", "b", "c"))):
        units = np.linspace(-1, 1, shape[0], dtype=np.float32) if not labels else np.full(3, 1 / 3, np.float32)
        made = np.asarray(layer_picture("pen", row(shape, "units"), units, labels, drawing=drawing, zoom=2))
        assert squares(made, grey, 26)


def test_an_explanation_with_a_long_note_is_wide_enough_for_it() -> None:
    """Earlier, the note about clipped values extended beyond the right border."""
    values = np.linspace(-1, 1, 400, dtype=np.float32).reshape(20, 20)
    values[0, 0] = 50
    note = "red: brighter raises the score, blue: lowers it"
    picture = explained_picture(Caption("t", "d", note), np.zeros((20, 20, 1), np.float32), values, signed=True)
    span = value_range(values, signed=True)
    assert span.note
    wide = font(12).getlength(f"{note}; {span.note}")
    assert picture.width >= wide + 2 * MARGIN
