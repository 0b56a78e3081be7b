"""One temperature, fitted by likelihood; the calibration error over bins."""

import numpy as np
import pytest

from nets.trust.calibration import Reliability, at_temperature, fit_temperature, reliability


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def sample(probabilities: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A label for each row, drawn with its probabilities: the rows are calibrated by construction."""
    return np.array([random.choice(len(row), p=row) for row in probabilities])


def test_the_temperature_is_found_again() -> None:
    random = np.random.default_rng(0)
    logits = random.normal(0, 2, (4000, 5))
    labels = sample(softmax(logits), random)
    for temperature in (0.5, 1.0, 3.0):
        assert fit_temperature(softmax(temperature * logits), labels) == pytest.approx(temperature, rel=0.1)


def test_a_temperature_divides_the_logits_and_keeps_the_order() -> None:
    logits = np.array([[2.0, 0.0, -1.0]])
    warm = at_temperature(softmax(logits), 2.0)
    assert warm == pytest.approx(softmax(logits / 2), abs=1e-9)
    assert list(np.argsort(warm[0])) == [2, 1, 0]
    assert at_temperature(np.array([1.0, 0.0]), 0.5).sum() == pytest.approx(1)


def test_what_is_calibrated_has_no_error_and_what_is_sure_and_wrong_has_all() -> None:
    random = np.random.default_rng(1)
    probabilities = softmax(random.normal(0, 2, (6000, 5)))
    assert reliability(probabilities, sample(probabilities, random)).error < 0.02
    sure = np.eye(3)[np.zeros(10, int)]
    found = reliability(sure, np.ones(10, int))
    assert found.error == pytest.approx(1)
    assert found.images == 10


def test_error_by_hand() -> None:
    """Two answers at 0.9, one of them right, and two at 0.6, both right: (0.4 + 0.4) / 2."""
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.6, 0.4]])
    found = reliability(probabilities, np.array([0, 1, 0, 0]))
    assert found.error == pytest.approx(0.4)
    assert Reliability.from_values(found.to_values()).error == pytest.approx(0.4)


def test_nothing_held_out_leaves_the_probabilities() -> None:
    assert fit_temperature(np.zeros((0, 3)), np.zeros(0, int)) == 1.0
    assert reliability(np.zeros((0, 3)), np.zeros(0, int)).error == 0.0


def test_a_few_right_answers_make_none_certain() -> None:
    """Without a prior, four validation images that were all right made every answer "calibrated 100.0 %"."""
    probabilities = np.array([[0.99, 0.006, 0.004], [0.01, 0.97, 0.02], [0.001, 0.001, 0.998], [0.9, 0.05, 0.05]])
    calibrated = at_temperature(probabilities, fit_temperature(probabilities, np.array([0, 1, 2, 0]))).max(axis=1)
    assert calibrated.max() < 0.97
    assert calibrated.mean() == pytest.approx(5 / 6, abs=0.05), "as the rule of succession has it"


def test_of_many_images_the_two_that_stand_beside_them_change_little() -> None:
    random = np.random.default_rng(3)
    logits = 3 * random.normal(size=(4000, 10))
    labels = np.array([random.choice(10, p=row) for row in softmax(logits)])
    probabilities = softmax(2 * logits)
    likelihoods = [
        np.log(at_temperature(probabilities, temperature)[np.arange(4000), labels]).mean()
        for temperature in np.arange(1.8, 2.2, 0.01)
    ]
    likeliest = 1.8 + 0.01 * int(np.argmax(likelihoods))
    assert fit_temperature(probabilities, labels) == pytest.approx(likeliest, rel=0.01)
