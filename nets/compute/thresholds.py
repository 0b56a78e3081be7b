"""The probabilities from which a network's answers can be trusted, measured on images that it was not trained on.

Source: Zadrozny and Elkan 2002, Transforming classifier scores into accurate multiclass probability estimates,
doi:10.1145/775047.775151: isotonic regression of "right or wrong" on the probability.
"""

from __future__ import annotations

from typing import Any

import numpy as np

NEVER = 1.01
"""The threshold if no answer reaches the wanted share: no probability is this high."""


def thresholds(
    probabilities: np.ndarray, labels: np.ndarray, *, sure: float = 0.99, likely: float = 0.9
) -> dict[str, Any]:
    """The two probabilities from which an answer is called sure and likely, and how often each was right.

    A threshold is where answers of about that probability are right so often, not all answers above it together: those
    near to 1 would make up for worse ones near the threshold, and on harder images there are fewer of them.

    Args:
        probabilities: (N, classes) float, a row for each image; its largest entry is the answer's probability.
        labels: (N,) int, the true classes.
        sure: the share of right answers from the threshold "sure" on, 0 to 1.
        likely: the share of right answers from the threshold "likely" on, 0 to 1.

    Returns:
        "sure" and "likely": the lowest probabilities with these shares, to a thousandth; ``NEVER`` where
        none has the share. "images": N. "right": the share of right answers among the sure ones, the likely ones that
        are not sure, and the rest (None if there are none). "part": how many of all answers each of the three are.

    >>> found = thresholds(np.array([[0.9, 0.1], [0.8, 0.2], [0.6, 0.4]]), np.array([0, 0, 1]))
    >>> found["sure"], found["right"]["sure"], found["right"]["unsure"]
    (0.8, 1.0, 0.0)
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    # Answers with the same thousandth are grouped. A difference below a millionth is float32's rounding.
    rounded = np.floor(confidence * 1000 + 1e-3) / 1000
    steps, step = np.unique(rounded, return_inverse=True)
    counts = np.bincount(step)
    rising = _rising(np.bincount(step, weights=right) / counts, counts)
    high, low = (_first(steps, rising >= share) for share in (sure, likely))
    groups = {
        "sure": rounded >= high,
        "likely": (rounded < high) & (rounded >= low),
        "unsure": rounded < low,
    }
    return {
        "sure": high,
        "likely": low,
        "images": len(labels),
        "right": {name: round(float(right[some].mean()), 4) if some.any() else None for name, some in groups.items()},
        "part": {name: round(float(some.mean()), 4) for name, some in groups.items()},
    }


def _first(probabilities: np.ndarray, enough: np.ndarray) -> float:
    """The first of ``probabilities`` (N,) where ``enough`` (N,) holds."""
    return float(probabilities[enough.argmax()]) if enough.any() else NEVER


def _rising(values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The non-decreasing sequence (N,) nearest to ``values`` (N,): neighbours that fall are pooled into their mean.

    ``counts`` (N,): the weight of each value.
    """
    blocks: list[tuple[float, int, int]] = []  # mean, weight, length
    for value, count in zip(values, counts, strict=True):
        mean, weight, length = float(value), int(count), 1
        while blocks and blocks[-1][0] >= mean:
            before, more, places = blocks.pop()
            mean = (mean * weight + before * more) / (weight + more)
            weight, length = weight + more, length + places
        blocks.append((mean, weight, length))
    return np.concatenate([np.full(length, mean) for mean, _, length in blocks])
