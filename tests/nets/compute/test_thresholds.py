"""The verdict's thresholds: the lowest probability from which on answers are right as often as wanted."""

from __future__ import annotations

import numpy as np
import pytest

from nets.compute.thresholds import NEVER, _rising, thresholds


def answers(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Answers of two classes that are right as often as they say."""
    random = np.random.default_rng(seed)
    confidence = random.uniform(0.5, 1, count)
    labels = (random.random(count) > confidence).astype(int)
    return np.stack([confidence, 1 - confidence], axis=1), labels


def test_answers_of_about_the_threshold_are_right_as_often_as_wanted() -> None:
    probabilities, labels = answers(100_000, 1)
    found = thresholds(probabilities, labels)
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    # These answers are right as often as they say.
    assert found["sure"] == pytest.approx(0.99, abs=0.01)
    assert found["likely"] == pytest.approx(0.9, abs=0.02)
    sure, likely = confidence >= found["sure"], (confidence < found["sure"]) & (confidence >= found["likely"])
    assert found["right"]["sure"] == pytest.approx(right[sure].mean(), abs=1e-4)
    assert found["right"]["likely"] == pytest.approx(right[likely].mean(), abs=1e-4)
    assert found["right"]["sure"] >= 0.99
    assert 0.9 <= found["right"]["likely"] < 0.99
    assert found["part"]["sure"] == pytest.approx(sure.mean(), abs=1e-4)
    assert sum(found["part"].values()) == pytest.approx(1, abs=1e-3)
    assert found["images"] == 100_000


def test_the_best_answers_do_not_make_up_for_worse_ones() -> None:
    """A thousand certain answers, and a hundred of 0.7 of which a tenth is wrong: 99 % together."""
    confidence = np.repeat([1.0, 0.7], [1000, 100])
    labels = np.zeros(1100, int)
    labels[1000:1010] = 1
    found = thresholds(np.stack([confidence, 1 - confidence], axis=1), labels)
    assert (found["sure"], found["likely"]) == (1.0, 0.7)


@pytest.mark.parametrize("seed", range(5))
def test_the_rising_sequence_is_the_one_of_scikit_learn(seed: int) -> None:
    from sklearn.isotonic import IsotonicRegression

    random = np.random.default_rng(seed)
    values, counts = random.random(60).round(1), random.integers(1, 9, 60)
    expected = IsotonicRegression().fit_transform(np.arange(60), values, sample_weight=counts)
    np.testing.assert_allclose(_rising(values, counts), expected, atol=1e-12)


def test_a_network_that_guesses_is_never_sure() -> None:
    confidence = np.random.default_rng(2).uniform(0.5, 1, 2000)
    labels = np.random.default_rng(3).integers(0, 2, 2000)
    labels[confidence.argsort()[-3:]] = 1  # its most certain answers are wrong
    found = thresholds(np.stack([confidence, 1 - confidence], axis=1), labels)
    assert found["sure"] == found["likely"] == NEVER
    assert found["part"]["sure"] == 0
    assert found["right"]["sure"] is None


def test_a_network_that_is_always_right_is_sure_of_its_least_certain_answer() -> None:
    found = thresholds(np.array([[0.7, 0.3], [0.1, 0.9]]), np.array([0, 1]))
    assert found["sure"] == found["likely"] == pytest.approx(0.7)
    assert found["right"] == {"sure": 1.0, "likely": None, "unsure": None}
