"""Gradients by central differences: the oracle of every backward pass."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nets.byhand.layer import Layer

STEP, BOUND = 1e-5, 1e-6
NOISE = 1e-8
"""What differences make of a gradient that is zero: a loss of about 10 is known to 1e-15; divided by the step, over
some dozen entries, that makes 1e-10 to 1e-9."""


def numeric(function: Callable[[], float], array: np.ndarray) -> np.ndarray:
    """d function / d array, entry by entry: (f(a + h) - f(a - h)) / 2 h. ``array`` is changed and put back."""
    found = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        here = array[index]
        array[index] = here + STEP
        above = function()
        array[index] = here - STEP
        found[index] = (above - function()) / (2 * STEP)
        array[index] = here
    return found


def close(found: np.ndarray, expected: np.ndarray, bound: float = BOUND, noise: float = 0.0) -> None:
    """The relative error of the whole array is under ``bound``, or the error itself under ``noise``."""
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    length = float(np.linalg.norm(found) + np.linalg.norm(expected))
    assert np.linalg.norm(found - expected) <= max(bound * length, noise)


def check(layer: Layer, x: np.ndarray, forward: Callable[[], np.ndarray]) -> None:
    """``layer.backward`` after ``forward`` (of x) against differences, for x and for every weight."""
    rows = np.random.default_rng(9).standard_normal(forward().shape)

    def loss() -> float:
        return float((forward() * rows).sum()) + layer.penalty()

    forward()
    found = {"x": layer.backward(rows), **{name: g.copy() for name, g in layer.gradients.items()}}
    assert found.keys() == {"x", *layer.weights}
    for name, array in {"x": x, **layer.weights}.items():
        close(found[name], numeric(loss, array), noise=NOISE)
