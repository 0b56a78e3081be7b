"""Schedules, orders and augmentation: pure functions of the seed and of where in the run they are asked."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from nets.runs.config import AUGMENTATIONS, SCHEDULES, TrainConfig
from nets.training.augment import draw
from nets.training.engines.warp import _warp_by_points, warp
from nets.training.schedules import plateaus, rates
from nets.training.split import order, training_indices, validation_indices

CONFIG = TrainConfig("lenet", "mnist", epochs=10, learning_rate=0.1)


def run_of(schedule: str) -> np.ndarray:
    config = dataclasses.replace(CONFIG, schedule=schedule)
    return np.concatenate([rates(config, 20, epoch, [1.0] * 9) for epoch in range(1, 11)])


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_rates_stay_between_zero_and_the_highest(schedule: str) -> None:
    found = run_of(schedule)
    assert found.shape == (200,)
    assert found.dtype == np.float32
    assert np.all(found > 0)
    assert found.max() <= np.float32(0.1)
    assert found.max() > 0.09


def test_courses_of_the_rate() -> None:
    assert set(run_of("constant")) == {np.float32(0.1)}
    np.testing.assert_allclose(run_of("step")[[0, 99, 100, 149, 150, 199]], [0.1, 0.1, 0.01, 0.01, 1e-3, 1e-3])
    assert run_of("exponential")[-1] == pytest.approx(1e-3, rel=0.02)
    assert int(np.argmax(run_of("cosine"))) in (9, 10)
    assert int(np.argmax(run_of("onecycle"))) in (59, 60)
    assert run_of("cosine")[-1] < 1e-4


def test_plateau_halves_after_two_epochs_without_improvement() -> None:
    assert plateaus([3, 2, 1]) == 0
    assert plateaus([3, 2, 2.5]) == 0
    assert plateaus([3, 2, 2.5, 2.1]) == 1
    assert plateaus([3, 2, 2.5, 2.1, 2.2, 2.3]) == 2
    assert plateaus([3, 2, float("nan"), 2.5]) == 1
    config = dataclasses.replace(CONFIG, schedule="plateau")
    assert rates(config, 1, 5, [3, 2, 2.5, 2.1, 0.1]) == pytest.approx(0.05)


def test_split_and_order_depend_on_the_seed_alone() -> None:
    labels = np.arange(100) % 4
    config = dataclasses.replace(CONFIG, validation=0.2, limit=70)
    held_out, trained = validation_indices(config, labels), training_indices(config, labels)
    assert (len(held_out), len(trained)) == (20, 70)
    assert not set(held_out) & set(trained)
    assert np.array_equal(held_out, validation_indices(dataclasses.replace(config, epochs=3, limit=None), labels))
    assert not np.array_equal(held_out, validation_indices(dataclasses.replace(config, seed=2), labels))
    assert sorted(order(1, 1, 50)) == list(range(50))
    assert np.array_equal(order(1, 2, 50), order(1, 2, 50))
    assert not np.array_equal(order(1, 1, 50), order(1, 2, 50))


@pytest.mark.parametrize("seed", range(20))
def test_no_class_is_held_out_whole_and_each_is_measured(seed: int) -> None:
    """With a plain split, two images of a class among forty were both held out for some seeds, and neither for most."""
    labels = np.array([0] * 20 + [1] * 18 + [2] * 2)
    config = dataclasses.replace(CONFIG, validation=0.1, seed=seed)
    held_out, trained = validation_indices(config, labels), training_indices(config, labels)
    assert np.bincount(labels[held_out], minlength=3).tolist() == [2, 1, 1]
    assert sorted([*held_out, *trained]) == list(range(40))


def test_classes_are_held_out_in_proportion() -> None:
    labels = np.repeat(np.arange(3), (600, 300, 100))
    held_out = validation_indices(dataclasses.replace(CONFIG, validation=0.25), labels)
    assert np.bincount(labels[held_out]).tolist() == [150, 75, 25]


def test_single_images_are_trained_on() -> None:
    config = dataclasses.replace(CONFIG, validation=0.5)
    assert len(validation_indices(config, np.arange(4))) == 0
    assert sorted(training_indices(config, np.arange(4))) == [0, 1, 2, 3]
    labels = np.array([0, 1, 2, 2, 2, 2])
    assert len(validation_indices(config, labels)) == 3
    assert set(labels[validation_indices(config, labels)]) == {2}


def test_runs_of_earlier_versions_are_split_as_they_were() -> None:
    config = dataclasses.replace(CONFIG, validation=0.2, stratified=False)
    shuffled = np.random.default_rng([config.seed, 0]).permutation(50)
    assert np.array_equal(validation_indices(config, np.zeros(50, int)), np.sort(shuffled[:10]))
    assert np.array_equal(training_indices(config, np.zeros(50, int)), shuffled[10:])
    stored = {key: value for key, value in CONFIG.to_dict().items() if key != "stratified"}
    assert not TrainConfig.from_dict(stored).stratified


@pytest.mark.parametrize("name", [row.name for row in AUGMENTATIONS.values() if row.is_warp])
def test_augmented_images_are_the_same_for_the_same_seed_and_epoch(name: str) -> None:
    row = AUGMENTATIONS[name]
    images = np.zeros((6, 28, 28, 1), np.float32)
    images[:, 8:20, 12:15] = 255
    first, again, later = (
        warp(tf.constant(images), row, {k: tf.constant(v) for k, v in draw(row, 1, epoch, 6).items()}).numpy()
        for epoch in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, later)
    assert first.shape == images.shape
    assert first.min() >= 0
    assert first.max() <= 255.001
    # The ink stays in the picture: changes are small.
    assert np.all(first.sum((1, 2, 3)) > 0.6 * images.sum((1, 2, 3)))


def test_no_change_reads_every_pixel_where_it_was() -> None:
    images = np.random.default_rng(0).integers(0, 255, (3, 9, 7, 2)).astype(np.float32)
    still = {"affine": np.tile(np.array([1, 0, 0, 0, 1, 0], np.float32), (3, 1))}
    mirrored = {"affine": np.tile(np.array([-1, 0, 0, 0, 1, 0], np.float32), (3, 1))}
    row = AUGMENTATIONS["flip"]
    np.testing.assert_allclose(warp(tf.constant(images), row, still), images, atol=1e-3)
    np.testing.assert_allclose(warp(tf.constant(images), row, mirrored), images[:, :, ::-1], atol=1e-3)
    moved = {"affine": np.tile(np.array([1, 0, 1 / 7, 0, 1, 0], np.float32), (3, 1))}
    np.testing.assert_allclose(warp(tf.constant(images), row, moved)[:, :, :-1], images[:, :, 1:], atol=1e-3)


@pytest.mark.parametrize("name", ["affine", "flip"])
def test_by_keras_as_point_by_point(name: str) -> None:
    row = AUGMENTATIONS[name]
    images = tf.random.stateless_uniform((40, 20, 28, 2), (1, 2))
    draws = {key: tf.constant(values) for key, values in draw(row, 1, 1, 40).items()}
    # Outside, the points are cut at 0.999 of a pixel, which leaves a thousandth of the last row.
    np.testing.assert_allclose(warp(images, row, draws), _warp_by_points(images, row, draws), atol=1.1e-3)


@pytest.mark.parametrize("name", ["affine", "elastic", "flip"])
def test_parts_of_an_epoch_are_augmented_as_the_whole(name: str) -> None:
    row = AUGMENTATIONS[name]
    images = tf.random.stateless_uniform((8, 28, 28, 1), (1, 2))
    draws = {k: tf.constant(v) for k, v in draw(row, 1, 1, 8).items()}
    whole = warp(images, row, draws).numpy()
    part = warp(images[3:6], row, {k: v[3:6] for k, v in draws.items()}).numpy()
    assert part.tobytes() == whole[3:6].tobytes()
