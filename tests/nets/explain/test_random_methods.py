"""Methods with random numbers: judged by their spread, and by what must hold whatever the numbers are."""

from __future__ import annotations

import numpy as np
import pytest

from nets.explain import EXPLAINERS
from nets.explain.integrated_gradients import completeness
from nets.explain.rise import drawn
from tests.nets.explain.oracle import ByHand

SEEDS = 16


def test_smoothgrad_lies_where_its_spread_says(lens, lenet, image):
    """The mean of 16 seeds against 200 samples by hand, in units of the standard error that the seeds show."""
    runs = np.stack([EXPLAINERS["smoothgrad"].run(lens, image, target=7, seed=seed) for seed in range(SEEDS)])
    noisy = image + 0.2 * np.random.default_rng(99).standard_normal((200, *image.shape))
    by = np.repeat(np.eye(10)[[7]], 200, axis=0)
    by_hand = ByHand(lenet)
    truth = by_hand.gradient(noisy, by).mean(axis=0)
    deviation = runs.std(axis=0, ddof=1)
    error = deviation * np.sqrt(1 / SEEDS + 50 / 200)
    z = (runs.mean(axis=0) - truth) / error
    assert np.sqrt(np.mean(z**2)) < 1.5
    assert np.abs(runs[0] - runs[1]).max() > 0, "another seed is another sample"


def test_rise_runs_agree_with_each_other(lens, image):
    first, second = (EXPLAINERS["rise"].run(lens, image, target=7, seed=seed) for seed in (1, 2))
    assert np.corrcoef(first.ravel(), second.ravel())[0, 1] > 0.9


def test_the_masks_of_rise():
    masks = np.concatenate([drawn(block, 28, 30, 7, 0.3, 5) for block in range(4)])
    assert masks.shape == (1024, 28, 30)
    assert masks.min() >= 0
    assert masks.max() <= 1
    np.testing.assert_allclose(masks.mean(), 0.3, atol=0.02)
    assert len(np.unique(masks.reshape(len(masks), -1), axis=0)) == len(masks), "no mask occurs twice"


def test_integrated_gradients_are_complete(lens, image):
    row = EXPLAINERS["integrated_gradients"]
    gaps = [
        completeness(lens, image, row.run(lens, image, target=7, steps=steps), target=7).gap for steps in (4, 64, 512)
    ]
    assert gaps[1] < 0.02
    assert gaps[2] < gaps[0]
    found = completeness(lens, image, row.run(lens, image, target=7), target=7)
    by_hand = ByHand(lens.model).logits(np.stack([image, np.zeros_like(image)]))[:, 7]
    assert found.difference == pytest.approx(by_hand[0] - by_hand[1], rel=1e-5)
