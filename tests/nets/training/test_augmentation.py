"""What each augmentation promises: images of the size and range they had, and the statistics of its changes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from nets.data.images import ArrayImages
from nets.data.specs import ImageInput
from nets.runs.config import TrainConfig
from nets.runs.options import AUGMENTATIONS, Augmentation
from nets.training.augment import draw, draw_pixels
from nets.training.batches import ArrayBatches
from nets.training.engines.tensor_batches import TensorBatches
from nets.training.engines.warp import warp
from nets.training.pixels import change, principal_colours, reading_input
from nets.training.warp_arrays import warp_arrays

SIDE = 32
INPUT = ImageInput(SIDE, SIDE, 3, "picture")
RANDOM = np.random.default_rng(4)
PHOTOGRAPHS = RANDOM.integers(0, 256, (64, SIDE, SIDE, 3), dtype=np.uint8)
ROWS = [row for row in AUGMENTATIONS.values() if row.name != "none"]
CONFIG = TrainConfig("lenet", "cifar10", batch_size=16, validation=0.0, seed=7)


def changed(images: np.ndarray, row: Augmentation, *, seed: int = 1, epoch: int = 1) -> np.ndarray:
    """``images``, in the size in which they are read for the row, as it changes their pixels."""
    shape = (SIDE, SIDE, images.shape[-1])
    principal = principal_colours(ArrayImages(images), np.arange(len(images))) if row.pca else None
    return change(images, row, draw_pixels(row, seed, epoch, len(images)), shape, principal)


def row_of(**changes: float) -> Augmentation:
    return dataclasses.replace(AUGMENTATIONS["none"], **changes)


def blocks(kind: type, name: str, epoch: int = 1, **changes: object) -> tuple[np.ndarray, np.ndarray]:
    """All images of an epoch as the network receives them, and their labels; labels are the images' numbers."""
    row = AUGMENTATIONS[name]
    shape = reading_input(row, INPUT).shape
    read = np.zeros((64, *shape), np.uint8)
    read[:] = np.arange(64, dtype=np.uint8)[:, None, None, None] * 4  # each image a grey of its own
    config = dataclasses.replace(CONFIG, augmentation=name, **changes)
    batches = kind(ArrayImages(read), np.arange(64), INPUT, config)
    batches.begin(epoch)
    taken = [batches.take(step, 1) for step in range(batches.steps)]
    return np.concatenate([np.asarray(t[0])[0] for t in taken]), np.concatenate([np.asarray(t[1])[0] for t in taken])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_keeps_size_range_and_labels_and_comes_from_the_seed(row: Augmentation) -> None:
    images, labels = blocks(ArrayBatches, row.name)
    assert images.shape == (64, SIDE, SIDE, 3)
    assert images.dtype == np.float32
    assert images.min() >= 0
    assert images.max() <= 1
    assert sorted(labels) == list(range(64))
    # The middle of an image, which no hole and no window takes away from most, is still about its own grey.
    own = labels * 4 / 255
    spread = 0.12 + 0.75 * (row.brightness + row.contrast) * own + 3 * row.pca
    assert np.mean(np.abs(np.median(images, axis=(1, 2, 3)) - own) < spread) > 0.9
    again, _ = blocks(ArrayBatches, row.name)
    assert np.array_equal(images, again)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_other_epochs_and_seeds_are_changed_otherwise(row: Augmentation) -> None:
    def drawn(seed: int, epoch: int) -> list[np.ndarray]:
        return list((draw(row, seed, epoch, 40) | draw_pixels(row, seed, epoch, 40)).values())

    first = drawn(1, 1)
    assert first
    for other in (drawn(1, 2), drawn(2, 1)):
        assert all(not np.array_equal(one, two) for one, two in zip(first, other, strict=True))
    assert all(np.array_equal(one, two) for one, two in zip(first, drawn(1, 1), strict=True))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_numpy_changes_as_the_graph_does(row: Augmentation) -> None:
    ours, _ = blocks(ArrayBatches, row.name)
    theirs, _ = blocks(TensorBatches, row.name)
    np.testing.assert_allclose(ours, theirs, atol=2e-3)


@pytest.mark.parametrize("name", ["affine", "elastic", "flip", "rotation", "shear", "zoom", "translation"])
@pytest.mark.parametrize("channels", [1, 3])
def test_points_are_read_as_tensorflow_reads_them(name: str, channels: int) -> None:
    row = AUGMENTATIONS[name]
    images = PHOTOGRAPHS[:12, :, :20, :channels]
    draws = draw(row, 1, 1, 12)
    theirs = warp(tf.constant(images, tf.float32), row, {key: tf.constant(value) for key, value in draws.items()})
    np.testing.assert_allclose(warp_arrays(images, row, draws), theirs, atol=0.3)  # of 255


def test_a_window_is_a_part_of_the_image_mirrored_at_its_edges() -> None:
    row = row_of(crop=4 / 32)
    padded = np.pad(PHOTOGRAPHS, ((0, 0), (4, 4), (4, 4), (0, 0)), "reflect")
    offsets = set()
    for image, whole in zip(changed(PHOTOGRAPHS, row), padded, strict=True):
        places = [
            (top, left)
            for top in range(9)
            for left in range(9)
            if np.array_equal(image, whole[top : top + SIDE, left : left + SIDE])
        ]
        assert len(places) == 1
        offsets.add(places[0])
    assert len(offsets) > 30  # of 81 places, 64 were drawn
    window = draw_pixels(row, 1, 1, 20_000)["window"]
    counts = np.bincount((window[:, 0] * 9).astype(int), minlength=9)
    assert counts.min() > 0.9 * 20_000 / 9


def test_half_of_the_images_are_mirrored_and_nothing_else() -> None:
    made = changed(PHOTOGRAPHS, AUGMENTATIONS["mirror"])
    same = (made == PHOTOGRAPHS).all(axis=(1, 2, 3))
    turned = (made == PHOTOGRAPHS[:, :, ::-1]).all(axis=(1, 2, 3))
    assert np.array_equal(same, ~turned)
    assert 0.45 < draw_pixels(AUGMENTATIONS["mirror"], 3, 1, 10_000)["mirror"].mean() < 0.55


def test_a_random_crop_of_224_is_cut_out_of_256() -> None:
    row = AUGMENTATIONS["random_crop"]
    assert reading_input(row, ImageInput(224, 224, 3, "picture")).shape == (256, 256, 3)
    assert reading_input(AUGMENTATIONS["crop_flip"], INPUT) == INPUT
    larger = reading_input(row, INPUT)
    images = RANDOM.integers(0, 256, (20, *larger.shape), dtype=np.uint8)
    for image, whole in zip(changed(images, row), images, strict=True):
        room = range(larger.height - SIDE + 1)
        assert any(np.array_equal(image, whole[y : y + SIDE, x : x + SIDE]) for y in room for x in room)


def test_a_resized_window_covers_from_a_quarter_to_the_whole() -> None:
    # On a ramp from left to right and from top to bottom, the corners say which window was taken.
    ramp = np.linspace(0, 255, SIDE).astype(np.uint8)
    image = np.stack(
        [np.tile(ramp, (SIDE, 1)), np.tile(ramp[:, None], (1, SIDE)), np.zeros((SIDE, SIDE), np.uint8)], -1
    )
    made = changed(np.repeat(image[None], 400, axis=0), AUGMENTATIONS["resized_crop"]).astype(float)
    wide = (made[:, 16, -1, 0] - made[:, 16, 0, 0]) / 255
    high = (made[:, -1, 16, 1] - made[:, 0, 16, 1]) / 255
    areas, ratios = wide * high, wide / high
    assert areas.min() > 0.18  # a quarter, less the half pixels at the edges
    assert 0.5 < areas.mean() < 0.72
    assert 0.7 < ratios.min() < 0.8
    assert 1.25 < ratios.max() < 1.45
    assert 0.9 < np.mean(ratios) < 1.1


def test_a_hole_is_a_grey_square() -> None:
    made = changed(np.full((400, SIDE, SIDE, 3), 7, np.uint8), row_of(cutout=0.25))
    assert set(np.unique(made)) == {7, 128}
    sizes = (made[..., 0] == 128).sum(axis=(1, 2))
    assert sizes.max() == 64
    assert sizes.min() >= 16  # a quarter of it where its middle is in a corner
    assert 40 < sizes.mean() < 64


def test_brightness_and_contrast_keep_to_their_share() -> None:
    grey = np.full((500, 4, 4, 3), 100, np.uint8)
    factors = change(grey, row_of(brightness=0.3), draw_pixels(row_of(brightness=0.3), 1, 1, 500), (4, 4, 3))[
        :, 0, 0, 0
    ]
    assert factors.min() >= 70
    assert factors.max() <= 130
    assert 97 < factors.mean() < 103
    assert 15 < factors.std() < 20  # uniform over 60: 17.3
    halves = np.repeat(np.array([80, 120], np.uint8), 8).reshape(1, 4, 4, 1).repeat(500, axis=0)
    made = change(halves, row_of(contrast=0.5), draw_pixels(row_of(contrast=0.5), 1, 1, 500), (4, 4, 1)).astype(float)
    np.testing.assert_allclose(made.mean(axis=(1, 2, 3)), 100, atol=0.6)  # the mean stays
    spans = made.max(axis=(1, 2, 3)) - made.min(axis=(1, 2, 3))
    assert spans.min() >= 19
    assert spans.max() <= 61


def test_saturation_and_hue_leave_grey_and_brightness() -> None:
    row = row_of(saturation=0.5, hue=30.0)
    grey = np.full((50, 4, 4, 3), 90, np.uint8)
    np.testing.assert_allclose(change(grey, row, draw_pixels(row, 1, 1, 50), (4, 4, 3)).astype(int), 90, atol=1)
    tinted = np.tile(np.array([140, 100, 80], np.uint8), (50, 4, 4, 1))
    made = change(tinted, row, draw_pixels(row, 1, 1, 50), (4, 4, 3)).astype(float)
    weights = np.array([0.299, 0.587, 0.114])
    np.testing.assert_allclose(made @ weights, tinted[0, 0, 0] @ weights, atol=1.2)
    assert made[:, 0, 0].std(axis=0).max() > 5


def test_colours_move_along_the_principal_components_by_their_eigenvalues() -> None:
    # Colours with a known covariance: far along (1, 1, 1), little along (1, -1, 0), nothing along the third.
    random = np.random.default_rng(0)
    along, across = random.normal(0, 40, 40_000), random.normal(0, 10, 40_000)
    colours = 128 + along[:, None] * np.full(3, 3**-0.5) + across[:, None] * np.array([1, -1, 0]) * 2**-0.5
    images = np.clip(np.rint(colours), 0, 255).astype(np.uint8).reshape(40, 25, 40, 3)
    found = principal_colours(ArrayImages(images), np.arange(40))
    np.testing.assert_allclose(found.values[:2], [(40 / 255) ** 2, (10 / 255) ** 2], rtol=0.05)
    np.testing.assert_allclose(np.abs(found.vectors[:, 0]), 3**-0.5, atol=0.02)
    row = row_of(pca=4.0)  # more than usual, so that rounding hides nothing
    flat = np.full((3000, 1, 1, 3), 128, np.uint8)
    moved = change(flat, row, draw_pixels(row, 1, 1, 3000), (1, 1, 3), found)[:, 0, 0].astype(float) - 128
    deviations = (moved @ found.vectors).std(axis=0)
    np.testing.assert_allclose(deviations, 255 * 4.0 * found.values, atol=0.5)
    assert np.abs(moved.mean(axis=0)).max() < 1
    # Every pixel of an image moves alike.
    many = change(PHOTOGRAPHS // 4 + 96, row_of(pca=0.1), draw_pixels(row_of(pca=0.1), 1, 1, 64), INPUT.shape, found)
    difference = many.astype(int) - (PHOTOGRAPHS // 4 + 96)
    assert np.ptp(difference, axis=(1, 2)).max() == 0


def test_one_change_more_leaves_the_others_as_they_were() -> None:
    alone, together = draw_pixels(AUGMENTATIONS["mirror"], 1, 1, 9), draw_pixels(AUGMENTATIONS["photographs"], 1, 1, 9)
    assert np.array_equal(alone["mirror"], together["mirror"])


def test_images_are_not_written_to() -> None:
    before = PHOTOGRAPHS.copy()
    PHOTOGRAPHS.flags.writeable = False
    for row in ROWS:
        if row.enlarge == 1:
            changed(PHOTOGRAPHS, row)
    assert np.array_equal(before, PHOTOGRAPHS)
