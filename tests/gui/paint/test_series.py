"""Smoothing, thinning, ranges and ticks against what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gui.paint import series


@given(
    st.floats(-1e6, 1e6),
    st.integers(1, 200),
    st.integers(0, 90),
)
@settings(max_examples=60, deadline=None)
def test_smoothing_leaves_a_constant_constant(value: float, count: int, window: int) -> None:
    assert np.array_equal(series.smooth(np.full(count, value), window), np.full(count, value))


def test_smoothing_is_the_mean_of_the_neighbours() -> None:
    values = np.random.default_rng(1).random(50)
    smoothed = series.smooth(values, 6)
    for place in range(50):
        assert smoothed[place] == pytest.approx(values[max(place - 3, 0) : place + 4].mean())


@given(st.integers(1, 3000), st.integers(1, 300), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_thinning_keeps_every_peak_and_the_ends(count: int, columns: int, seed: int) -> None:
    y = np.random.default_rng(seed).normal(size=count)
    x = np.arange(count, dtype=float)
    thin_x, thin_y = series.envelope(x, y, columns)
    assert (thin_y.min(), thin_y.max()) == (y.min(), y.max())
    assert np.all(np.diff(thin_x) > 0)
    assert np.array_equal(y[thin_x.astype(int)], thin_y)
    assert len(thin_x) <= max(2 * columns + 3, min(count, 2 * columns + 3))


def test_a_log_range_is_round_and_holds_the_values() -> None:
    low, high = series.log_range(np.array([0.013, 0.4, 2.31, np.nan, 0.0]))
    assert (10**low, 10**high) == pytest.approx((0.01, 5.0))


def test_a_log_range_holds_every_epoch_and_five_decades_of_batches() -> None:
    low, high = series.log_range(np.array([14.9, 13.5, np.nan]), np.array([1e-7, 1e17]))
    assert (10**low, 10**high) == pytest.approx((10.0, 1e17))
    low, high = series.log_range(np.array([1.0]), np.array([1e-7, 1.0]))
    assert (10**low, 10**high) == pytest.approx((1e-5, 1.0))


def test_ranges_of_nothing_are_usable() -> None:
    for low, high in (
        series.log_range(np.empty(0)),
        series.linear_range(np.empty(0)),
        series.accuracy_range(np.empty(0), np.empty(0)),
    ):
        assert np.isfinite([low, high]).all()
        assert low < high


def test_the_accuracy_range_follows_what_is_learned() -> None:
    climb = np.concatenate((np.linspace(0.1, 0.9, 10), np.full(990, 0.985)))
    assert series.accuracy_range(climb, np.array([0.97, 0.98])) == (0.95, 1.0)
    assert series.accuracy_range(np.linspace(0.1, 0.4, 20), np.empty(0)) == (0.0, 1.0)


def test_the_accuracy_of_few_images_is_not_drawn_finer_than_they_are() -> None:
    perfect = np.ones(20)
    assert series.accuracy_range(perfect, perfect, 2) == (0.0, 1.0)
    assert series.accuracy_range(perfect, perfect, 144) == (0.98, 1.0)
    assert series.accuracy_range(perfect, perfect, 6000) == (0.99, 1.0)


@pytest.mark.parametrize("epochs", [1, 2, 5, 7, 10, 50, 200, 10_000])
def test_there_are_few_ticks_for_any_number_of_epochs(epochs: int) -> None:
    ticks = series.epoch_ticks(epochs)
    assert 2 <= len(ticks) <= 8
    assert all(value == round(value) for value, _ in ticks)


@pytest.mark.parametrize(
    ("epochs", "shown"),
    [
        (1, [0, 1]),
        (2, [0, 1, 2]),
        (6, [0, 1, 2, 3, 4, 5, 6]),
        (7, [0, 2, 4, 6, 7]),
        (12, [0, 2, 4, 6, 8, 10, 12]),
        (50, [0, 10, 20, 30, 40, 50]),
        (51, [0, 10, 20, 30, 40, 51]),
        (70, [0, 20, 40, 60, 70]),
    ],
)
def test_the_last_epoch_has_its_tick(epochs: int, shown: list[int]) -> None:
    assert series.epoch_ticks(epochs) == [(float(epoch), str(epoch)) for epoch in shown]


@pytest.mark.parametrize("bounds", [(-3.0, 0.7), (-2.0, 0.3), (-0.3, 0.4), (-5.0, 1.0), (1.0, 17.0)])
def test_there_are_few_ticks_on_a_log_scale(bounds: tuple[float, float]) -> None:
    ticks = series.log_ticks(*bounds)
    assert 2 <= len(ticks) <= 8
    assert all(bounds[0] - 1e-9 <= value <= bounds[1] + 1e-9 for value, _ in ticks)


def test_linear_ticks_have_one_count_of_decimals() -> None:
    assert [words for _, words in series.linear_ticks(0.9, 1.0)] == ["0.90", "0.95", "1.00"]


@pytest.mark.parametrize(("value", "words"), [(1000.0, "1000"), (0.001, "0.001"), (1e-5, "1e-5"), (1e10, "1e10")])
def test_ticks_are_short(value: float, words: str) -> None:
    assert series.plain(value) == words
