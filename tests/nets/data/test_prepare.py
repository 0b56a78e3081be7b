"""From a picture to a network's input: what must not matter does not, and MNIST comes out as MNIST."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from nets.data import datasets
from nets.data.prepare import FITS, NothingDrawn, fit, prepare
from nets.data.specs import ImageInput
from nets.data.thicken import stroke_width, thickened
from nets.data.value_ranges import to_values
from nets.errors import LensletError, UsageError
from nets.places import Places

DIGIT = ImageInput()
SEVEN = ((60.0, 50.0), (190.0, 50.0), (110.0, 230.0))


def drawn(
    pen: float = 16,
    *,
    points: tuple[tuple[float, float], ...] = SEVEN,
    zoom: float = 1,
    at: tuple[float, float] = (0, 0),
) -> np.ndarray:
    """A 7 on a pad of 280, antialiased: (280, 280) uint8, ink 255 on 0."""
    fine = 4
    sheet = Image.new("L", (280 * fine, 280 * fine), 0)
    brush = ImageDraw.Draw(sheet)
    placed = [((x * zoom + at[0]) * fine, (y * zoom + at[1]) * fine) for x, y in points]
    half = pen * fine / 2
    brush.line(placed, fill=255, width=round(2 * half))
    for x, y in placed:
        brush.ellipse((x - half, y - half, x + half, y + half), fill=255)
    return np.asarray(sheet.resize((280, 280), Image.Resampling.BOX))


def digit(picture: np.ndarray) -> np.ndarray:
    return prepare(picture, DIGIT).input[..., 0]


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """The share of ink that differs."""
    return float(np.abs(one - other).sum() / one.sum())


@pytest.mark.parametrize("pen", [10, 16, 24])
def test_place_does_not_matter(pen: int) -> None:
    assert apart(digit(drawn(pen)), digit(drawn(pen, at=(37, 13)))) < 1e-6
    assert apart(digit(drawn(pen)), digit(drawn(pen, at=(-20.3, 31.6)))) < 0.08


@pytest.mark.parametrize("zoom", [0.5, 0.75, 1.1])
def test_size_does_not_matter(zoom: float) -> None:
    assert apart(digit(drawn(20)), digit(drawn(20 * zoom, zoom=zoom, at=(8, 5)))) < 0.08


@pytest.mark.parametrize("pen", [3, 10, 24])
def test_polarity_does_not_matter(pen: int) -> None:
    light, dark = prepare(drawn(pen), DIGIT), prepare(255 - drawn(pen), DIGIT)
    assert (light.inverted, dark.inverted) == (False, True)
    assert apart(light.input, dark.input) < 1e-3


def test_grey_colour_and_transparency_say_the_same() -> None:
    grey = drawn()
    share = grey[..., None].astype(np.float32) / 255
    red_on_blue = share * (0.9, 0.1, 0.1) + (1 - share) * (0.1, 0.1, 0.9)  # nearly the same luminance
    black_on_nothing = np.dstack([np.zeros_like(grey)] * 3 + [grey])
    white_on_nothing = np.dstack([np.full_like(grey, 255)] * 3 + [grey])
    for picture in (share, red_on_blue.astype(np.float32), black_on_nothing, white_on_nothing, grey[..., None]):
        assert apart(digit(grey), digit(picture)) < 0.01
    assert prepare(black_on_nothing, DIGIT).inverted
    assert not prepare(white_on_nothing, DIGIT).inverted


def test_thin_strokes_come_out_as_bright_as_mnist() -> None:
    for pen in (1, 2, 4, 10, 16):
        image = digit(drawn(pen))
        assert image.max() == 1.0, pen
        assert image.sum() > 45, pen  # MNIST's sevens: 5 % have less
        assert 1.5 < stroke_width(image) < 2.8, pen


def test_the_ink_is_fitted_into_twenty_with_its_mass_in_the_middle() -> None:
    for picture in (drawn(16), drawn(30, zoom=0.6), drawn(6, at=(40, 20))):
        image = digit(picture)
        rows, columns = (np.flatnonzero(image.max(axis=axis) > 0.02) for axis in (1, 0))
        assert 20 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 21  # a fraction of a pixel may touch one more
        places = np.arange(28)
        assert image.sum(axis=1) @ places / image.sum() == pytest.approx(14.0, abs=0.15)
        assert image.sum(axis=0) @ places / image.sum() == pytest.approx(14.0, abs=0.15)


def test_a_rectangle_is_exact() -> None:
    picture = np.zeros((300, 200), np.uint8)
    picture[40:240, 90:130] = 200  # 200 x 40 pixels of ink: 20 x 4 in the frame, the middle of it at 14.5
    expected = np.zeros((28, 28), np.float32)
    expected[4:25, 12:17] = 1
    expected[[4, 24], :] *= 0.5
    expected[:, [12, 16]] *= 0.5
    np.testing.assert_allclose(digit(picture), expected, atol=1 / 255)


def test_mnist_comes_out_as_it_went_in(data_dir: Path) -> None:
    images = datasets.load("mnist", Places.default(data=data_dir)).test.pixels()[:300]
    for image in images:
        for picture in (image, 255 - image):
            assert np.abs(prepare(picture, ImageInput(range="byte")).input - image).max() <= 16


def test_a_small_picture_is_enlarged_without_overshoot() -> None:
    picture = np.zeros((8, 8), np.float32)
    picture[1:7, 3:5] = 1
    image = digit(picture)
    assert image.min() >= 0
    assert image.max() == 1
    assert np.flatnonzero(image.max(axis=1) > 0.3).size in (19, 20, 21)


def test_a_huge_picture_with_a_hairline() -> None:
    picture = np.full((3000, 2000), 255, np.uint8)
    picture[500:2500, 1000:1004] = 0
    picture[500:504, 600:1004] = 0
    image = digit(picture)
    assert image.max() == 1
    assert 30 < image.sum() < 80


def test_a_noisy_photograph() -> None:
    random = np.random.default_rng(3)
    paper = 0.8 - 0.6 * drawn(16).astype(np.float32) / 255
    noisy = np.clip(paper + random.normal(0, 0.03, paper.shape), 0, 1)
    assert apart(digit(drawn(16)), digit(noisy)) < 0.25


def test_faint_ink_of_a_tight_crop_is_not_taken_for_noise() -> None:
    picture = np.zeros((64, 48), np.uint8)
    picture[2:62, 2:46] = 90  # more than half of the picture is faint ink
    picture[2:62, 20:28] = 255
    image = digit(picture)
    assert image[14, 8] == pytest.approx(90 / 255, abs=0.02)


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((280, 280), np.uint8),
        np.full((280, 280), 255, np.uint8),
        np.full((40, 30, 3), (200, 10, 40), np.uint8),
        np.zeros((1, 1), np.float32),
        np.zeros((50, 50, 4), np.uint8),
        np.zeros((0, 5), np.uint8),
    ],
    ids=["blank", "full", "colour", "1x1", "transparent", "empty"],
)
@pytest.mark.parametrize("fit", FITS)
def test_nothing_drawn_is_said(picture: np.ndarray, fit: str) -> None:
    with pytest.raises(NothingDrawn, match=r"blank|no pixels"):
        prepare(picture, ImageInput(fit=fit))


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("size", [28, 32])
@pytest.mark.parametrize("width", [16, 3])
def test_the_window_says_where_the_input_lies_in_the_picture(fit: str, size: int, width: int) -> None:
    """The picture, read at the middle of each of the input's pixels, is the input: 16 and 3 units wide, wide or not."""
    picture = np.zeros((240, 280), np.uint8)
    picture[40 : 40 + width, 60:200] = 255
    picture[40:200, 184 : 184 + width] = 255
    found = prepare(picture[..., None], ImageInput(size, size, 1, fit))
    window = found.window
    rows = np.floor(window.top + (np.arange(size) + 0.5) * window.height / size).astype(int)
    columns = np.floor(window.left + (np.arange(size) + 0.5) * window.width / size).astype(int)
    reach = np.pad(picture, 200)
    seen = np.asarray(Image.fromarray(reach).filter(ImageFilter.BoxBlur(window.height / size / 2)))
    read = seen[np.ix_(rows + 200, columns + 200)].astype(float)
    assert np.corrcoef(read.ravel(), found.input.ravel())[0, 1] > 0.9


def test_a_dot_is_no_digit() -> None:
    picture = np.zeros((280, 280), np.uint8)
    picture[100:112, 60:72] = 255
    with pytest.raises(NothingDrawn, match="only a dot"):
        prepare(picture, DIGIT)


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (np.zeros((4, 4, 2), np.uint8), "1, 3 or 4 channels"),
        (np.zeros((2, 3, 4, 5), np.uint8), "1, 3 or 4 channels"),
        (np.full((5, 5), np.nan), "not finite"),
        (np.array([["a", "b"]]), "numbers"),
    ],
)
def test_what_is_no_picture_is_refused(picture: np.ndarray, words: str) -> None:
    with pytest.raises(LensletError, match=words):
        prepare(picture, DIGIT)


def test_unknown_rows_list_the_known() -> None:
    with pytest.raises(UsageError, match="digit, picture"):
        prepare(drawn(), ImageInput(fit="sound"))
    with pytest.raises(UsageError, match="unit, byte, signed"):
        prepare(drawn(), ImageInput(range="percent"))


@pytest.mark.parametrize(("range_", "low", "high"), [("unit", 0, 1), ("byte", 0, 255), ("signed", -1, 1)])
@pytest.mark.parametrize(("side", "channels", "fit"), [(28, 1, "digit"), (32, 1, "digit"), (96, 3, "picture")])
def test_shape_range_and_stages(range_: str, low: float, high: float, side: int, channels: int, fit: str) -> None:
    spec = ImageInput(side, side, channels, fit, range_)
    prepared = prepare(drawn(), spec)
    assert prepared.input.shape == spec.shape
    assert prepared.input.dtype == np.float32
    assert (prepared.input.min(), prepared.input.max()) == (low, high)
    for stage in prepared.stages:
        assert stage.picture.dtype == np.float32, stage.name
        assert 0 <= stage.picture.min() <= stage.picture.max() <= 1, stage.name
        assert stage.picture.ndim == 2 or stage.picture.shape[2] == 3
        assert stage.note
    names = [stage.name for stage in prepared.stages]
    assert names == (["ink", "crop"] if fit == "digit" else ["ink"]) + ["scale", "centre", "values"]


def test_the_last_stage_is_the_step_of_the_datasets() -> None:
    prepared = prepare(drawn(), ImageInput(range="signed"))
    bytes_ = np.round(prepared.stages[-1].picture * 255).astype(np.uint8)[..., None]
    np.testing.assert_array_equal(prepared.input, to_values(bytes_[None], ImageInput(range="signed"))[0])


def test_fashion_images_pass_unchanged_through_the_picture_chain(data_dir: Path) -> None:
    spec = ImageInput(fit="picture", range="byte")
    for image in datasets.load("fashion-mnist", Places.default(data=data_dir)).test.pixels()[:200]:
        np.testing.assert_array_equal(prepare(image, spec).input, image)


@pytest.mark.parametrize(("side", "channels"), [(28, 1), (32, 1), (56, 3)])
def test_an_image_of_a_dataset_goes_the_way_of_the_dataset(side: int, channels: int) -> None:
    """A digit in a corner is neither centred nor brightened: the network gets the numbers that it was tested on."""
    image = np.zeros((28, 28, 1), np.uint8)
    image[2:12, 1:6, 0] = 90
    spec = ImageInput(side, side, channels, range="signed")
    found = prepare(image, spec, is_dataset_image=True)
    assert np.array_equal(found.input, to_values(fit(image[None], ImageInput(), spec), spec)[0])
    assert not np.array_equal(found.input, prepare(image, spec).input)
    assert [stage.name for stage in found.stages] == ["dataset", "values"]


def test_the_picture_chain_keeps_the_aspect_ratio() -> None:
    picture = np.full((100, 200, 3), 255, np.uint8)
    picture[20:80, 20:180] = (30, 60, 90)
    prepared = prepare(picture, ImageInput(fit="picture"))
    assert prepared.inverted
    there = prepared.input[..., 0] > 0.3
    rows, columns = np.flatnonzero(there.any(axis=1)), np.flatnonzero(there.any(axis=0))
    assert np.ptp(columns) + 1 == pytest.approx(160 / 200 * 28, abs=1.5)
    assert np.ptp(rows) + 1 == pytest.approx(60 / 200 * 28, abs=1.5)


@pytest.mark.parametrize(("height", "width"), [(100, 160), (160, 100), (40, 64), (64, 64)])
def test_a_crop_is_the_middle_as_large_as_the_shape_fits(height: int, width: int) -> None:
    """Independently: the middle square cut out by hand, then resized by Pillow as 8-bit pixels."""
    random = np.random.default_rng(4)
    picture = np.asarray(Image.fromarray(random.integers(0, 255, (9, 13, 3), np.uint8)).resize((width, height)))
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = Image.fromarray(picture[top : top + side, left : left + side])
    method = Image.Resampling.BOX if side >= 64 else Image.Resampling.BILINEAR
    expected = np.asarray(square.resize((64, 64), method), np.float32)
    prepared = prepare(picture, ImageInput(64, 64, 3, "crop", "byte"))
    assert not prepared.inverted
    assert np.abs(prepared.input - expected).max() <= 1
    assert [stage.name for stage in prepared.stages] == ["ink", "middle", "scale", "values"]


def test_a_crop_has_the_shape_of_the_network() -> None:
    picture = np.zeros((90, 200), np.uint8)
    picture[:, 55:145] = 200  # a square in the middle of the 180 x 90 that are cut out
    prepared = prepare(picture, ImageInput(20, 40, 1, "crop", "byte", polarity="as-it-is"))
    assert (prepared.input[:, 10:30] == 200).all()
    assert not prepared.input[:, :10].any()
    assert not prepared.input[:, 30:].any()


def test_a_grey_photograph_is_inverted_only_where_the_network_wants_light_on_dark() -> None:
    face = np.full((60, 40), 230, np.uint8)
    face[15:45, 12:28] = 90
    usual = prepare(face, ImageInput(fit="picture"))
    assert usual.inverted
    assert usual.input[0, 0, 0] < 0.2  # beside a narrow picture lies its ground
    kept = prepare(face, ImageInput(fit="picture", polarity="as-it-is"))
    assert not kept.inverted
    assert kept.input[0, 0, 0] == pytest.approx(230 / 255)
    assert kept.input[14, 14, 0] == pytest.approx(90 / 255)
    with pytest.raises(UsageError, match="there are: light-on-dark, as-it-is"):
        prepare(face, ImageInput(fit="picture", polarity="odd"))


def test_fit_pads_digits_for_lenet5_and_refuses_what_is_unclear() -> None:
    images = np.arange(28 * 28, dtype=np.uint8).reshape(1, 28, 28, 1)
    padded = fit(images, DIGIT, ImageInput(32, 32))
    np.testing.assert_array_equal(padded[:, 2:30, 2:30], images)
    assert padded.sum() == images.sum(), "zeros around it"
    assert fit(images, DIGIT, ImageInput(56, 56, 3, "picture")).shape == (1, 56, 56, 3)
    np.testing.assert_array_equal(fit(images, DIGIT, DIGIT), images)
    with pytest.raises(UsageError, match="channels"):
        fit(np.zeros((1, 8, 8, 2), np.uint8), ImageInput(8, 8, 2), ImageInput(8, 8, 1))
    with pytest.raises(UsageError, match="shape"):
        fit(images, ImageInput(20, 20), DIGIT)


def test_thickening_adds_the_radius_on_every_side() -> None:
    bar = np.ones((400, 2), np.float32)
    assert stroke_width(bar) == pytest.approx(2, abs=0.1)
    wide = thickened(bar, 3)
    assert wide.shape == (406, 8)
    assert stroke_width(wide) == pytest.approx(7, rel=0.03)  # the rim is half ink
    soft = thickened(bar, 2.5)
    assert bar.sum() < soft.sum() < wide.sum()


def test_it_is_quick_and_leaves_the_picture_alone() -> None:
    picture = drawn(10)
    before = picture.copy()
    times = []
    for _ in range(30):
        start = time.thread_time()
        prepare(picture, DIGIT)
        times.append(time.thread_time() - start)
    np.testing.assert_array_equal(picture, before)
    assert np.median(times) < 0.004


@pytest.mark.parametrize("fit", [name for name in FITS if name != "digit"])
def test_sizes_say_the_height_first_as_arrays_and_layers_do(fit: str) -> None:
    picture = np.zeros((60, 90, 3), np.uint8)
    picture[10:40, 20:50] = 200
    notes = [stage.note for stage in prepare(picture, ImageInput(40, 20, 3, fit=fit)).stages]
    sizes = " ".join(notes)
    assert "60 x 90" in sizes
    assert "40 x 20" in sizes
    assert "90 x 60" not in sizes
    assert "20 x 40" not in sizes
