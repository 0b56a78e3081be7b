"""Pen curves as dense points: smooth curves through given points, straight lines, arcs of ellipses."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

Corners = list[tuple[float, float]]
Points = Sequence[tuple[float, float]] | np.ndarray
"""(n, 2): x to the right, y down."""
Skeleton = list[np.ndarray]
"""One to three strokes of (n, 2) points, in a box of width and height 1."""
Random = np.random.Generator


def spline(points: Points, per_piece: int = 12) -> np.ndarray:
    """The centripetal Catmull-Rom curve through ``points``: (m, 2) float64, no loops or overshoot at near points.

    Source: Yuksel, Schaefer and Keyser 2011, Parameterization and applications of Catmull-Rom curves.
    """
    given = np.asarray(points, dtype=float)
    if len(given) == 2:
        return line(given, per_piece)
    padded = np.vstack([2 * given[0] - given[1], given, 2 * given[-1] - given[-2]])
    steps = np.sqrt(np.maximum(np.linalg.norm(np.diff(padded, axis=0), axis=1), 1e-6))
    # All pieces at once: axes are piece, place along it, coordinate.
    p0, p1, p2, p3 = (padded[k : len(padded) - 3 + k, None] for k in range(4))
    t1 = steps[:-2, None, None]
    t2 = t1 + steps[1:-1, None, None]
    t3 = t2 + steps[2:, None, None]
    t = t1 + (t2 - t1) * (np.arange(per_piece) / per_piece)[None, :, None]
    a1 = _between(p0, p1, 0.0, t1, t)
    a2 = _between(p1, p2, t1, t2, t)
    a3 = _between(p2, p3, t2, t3, t)
    curve = _between(_between(a1, a2, 0.0, t2, t), _between(a2, a3, t1, t3, t), t1, t2, t)
    return np.vstack([curve.reshape(-1, 2), given[-1:]])


def line(points: Points, per_piece: int = 12) -> np.ndarray:
    """Straight lines from point to point: (m, 2) float64."""
    given = np.asarray(points, dtype=float)
    t = np.linspace(0, 1, per_piece)[:, None]
    return np.vstack([start * (1 - t) + end * t for start, end in pairwise(given)])


def arc(
    center: tuple[float, float], radii: tuple[float, float], start: float, sweep: float, *, square: float = 1.0
) -> np.ndarray:
    """A part of an ellipse, or of a superellipse.

    Args:
        center: (x, y).
        radii: along x and along y.
        start: degrees; 0 is right, 90 is down.
        sweep: degrees from there on; negative ones turn the other way.
        square: 1.0 is an ellipse; below 1 it is fuller, towards a box, above 1 more pointed.

    Returns:
        (m, 2) float64, the points.
    """
    angles = np.radians(np.linspace(start, start + sweep, max(8, int(abs(sweep) / 7))))
    cosine, sine = np.cos(angles), np.sin(angles)
    x = center[0] + radii[0] * np.sign(cosine) * np.abs(cosine) ** square
    y = center[1] + radii[1] * np.sign(sine) * np.abs(sine) ** square
    return np.stack([x, y], axis=1)


def drifting(points: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """The same curve with its end moved by ``shift`` and all points between in proportion: a ring that does not quite
    close.
    """
    return points + np.linspace(0, 1, len(points))[:, None] * shift


def shaken(random: Random, points: Corners, by: float = 0.035) -> Corners:
    """Every point moved a little: no two people, and no two digits of one person, are alike.

    Args:
        random: where the numbers come from.
        points: the corners of a curve.
        by: standard deviation, in heights of the digit.
    """
    return [(x + random.normal(0, by), y + random.normal(0, by)) for x, y in points]


def _between(a: np.ndarray, b: np.ndarray, ta: np.ndarray | float, tb: np.ndarray | float, t: np.ndarray) -> np.ndarray:
    return (tb - t) / (tb - ta) * a + (t - ta) / (tb - ta) * b
