"""The shortcuts of looking for ink give what the plain formulas give."""

from __future__ import annotations

import numpy as np
import pytest

from nets.data.ink import _noise, _peak


def plain_noise(away: np.ndarray) -> float:
    ring = np.concatenate([away[0], away[-1], away[:, 0], away[:, -1]])
    return float(min(np.median(ring), np.median(away[::3, ::3])))


def plain_peak(away: np.ndarray) -> float:
    brightest, specks = float(away.max()), away.size // 50_000
    if specks == 0:
        return brightest
    bright = away[away > 0.5 * brightest]
    return float(np.partition(bright, -specks - 1)[-specks - 1]) if bright.size > specks else 0.5 * brightest


@pytest.mark.parametrize("size", [(30, 40), (280, 280), (301, 500)])
@pytest.mark.parametrize("share", [0.0, 0.2, 0.49, 0.5, 0.51, 0.9])
def test_noise_and_peak(size: tuple[int, int], share: float) -> None:
    random = np.random.default_rng(3)
    for levels in (2, 9, 100_000):
        away = np.round(random.uniform(0, 1, size) * levels) / levels
        away[random.uniform(0, 1, size) >= share] = 0
        away = away.astype(np.float32)
        assert _noise(away) == plain_noise(away)
        assert _peak(away) == plain_peak(away)


def test_the_peak_is_no_single_speck() -> None:
    away = np.zeros((280, 280), np.float32)
    away[100:120, 100:120] = 0.5
    away[5, 5] = 1
    assert _peak(away) == plain_peak(away) == 0.5
