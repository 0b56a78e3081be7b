"""Integrated gradients: the gradient summed along the straight line from a baseline to the picture.

Sundararajan, Taly, Yan 2017, Axiomatic attribution for deep networks, arXiv:1703.01365.

The score is the logit. 64 steps mean 65 points, both ends included, with trapezoid weights that sum to 1; the baseline
is zero in the network's numbers. Completeness: computed exactly, the values of all pixels add up to the score of the
picture minus that of the baseline; ``completeness`` measures how far they are from it. Where a point lies close to the
switch of a ReLU or a pooling, float32 gives another gradient than float64: median difference 1e-6 of the largest value,
at worst 2e-3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.events import ProgressCounter, Report, no_report
from nets.explain.affine_front import affine_front
from nets.explain.partial import Partial
from nets.explain.query import Target, query_of
from nets.explain.scores import compiled, parts, per_call, scores

if TYPE_CHECKING:
    from nets.compute.lens import Lens


@dataclass(frozen=True)
class Completeness:
    """Whether the attributions add up.

    total: the sum of the attributions. difference: the score of the picture minus that of the baseline.
    """

    total: float
    difference: float

    @property
    def gap(self) -> float:
        """|total - difference| relative to the difference: 0 is exact; infinity if the difference is zero and the total
        is not.
        """
        missing = abs(self.total - self.difference)
        return missing / abs(self.difference) if self.difference else (0.0 if not missing else float("inf"))


def integrated_gradients(
    lens: Lens,
    image: np.ndarray,
    *,
    target: Target | Sequence[Target] | None = None,
    layer: str = "",
    report: Report = no_report,
    steps: int = 64,
    baseline: float | np.ndarray = 0.0,
) -> np.ndarray:
    """(picture - baseline) times the mean gradient on the straight line between them.

    Args:
        lens: The model.
        image: (H, W, C) or (N, H, W, C) float32.
        target: As for ``Explainer.run``.
        layer: Not used.
        report: Receives the number of points done; where a way takes several calls, of partial results,
            (N, H, W, C): each call's points lie all along the way, so that the first ones give a coarser sum.
        steps: From the baseline to the picture; ``steps`` + 1 points are computed.
        baseline: What counts as nothing, in the network's numbers: a number, or an array (H, W, C).

    Returns:
        float32 of the shape of ``image``.
    """
    query = query_of(lens, image, target)
    away = np.broadcast_to(np.asarray(baseline, np.float32), query.images.shape[1:])
    shares = np.linspace(0, 1, steps + 1, dtype=np.float32)
    weights = np.full(steps + 1, 1 / steps, np.float32)
    weights[[0, -1]] /= 2
    size = per_call(lens.model, backward=True)
    told = ProgressCounter(report, "points", len(query) * (steps + 1), "")
    together = max(1, size // (steps + 1))  # pictures whose whole ways go into one call
    found = np.zeros_like(query.images)
    order = _interleaved(steps + 1, size)
    for some in parts(len(query), together):
        counted = 0.0
        for part in parts(steps + 1, size):
            told(some.start * (steps + 1) + part.start)
            points = order[part]
            by = query.weights[some]
            found[some] += _way(lens, query.images[some], away, by, shares[points], weights[points])
            counted += float(weights[points].sum())
            if part.stop <= steps:
                so_far = found.copy()
                so_far[some] /= counted
                done = some.start * (steps + 1) + part.stop
                report(Partial("points", done, len(query) * (steps + 1), so_far * (query.images - away)))
    told(len(query) * (steps + 1))
    return query.answer(found * (query.images - away))


def completeness(
    lens: Lens,
    image: np.ndarray,
    attribution: np.ndarray,
    *,
    target: Target | None = None,
    baseline: float | np.ndarray = 0.0,
) -> Completeness:
    """How far the attributions of one picture are from their required sum.

    Args:
        lens: The model.
        image: (H, W, C) float32.
        attribution: (H, W, C), from ``integrated_gradients`` with the same target and baseline.
        target: As for ``Explainer.run``.
        baseline: As for ``integrated_gradients``.

    Returns:
        The sum of the attributions and the difference of the scores, in logits.
    """
    query = query_of(lens, image, target)
    away = np.broadcast_to(np.asarray(baseline, np.float32), query.images.shape[1:])
    there, nothing = scores(lens, np.stack([query.images[0], away])) @ query.weights[0]
    return Completeness(float(np.sum(attribution, dtype=np.float64)), float(there - nothing))


def completeness_gap(
    lens: Lens, image: np.ndarray, result: np.ndarray, target: Target | None, options: dict[str, Any]
) -> float:
    """``Completeness.gap``, with the signature that ``Explainer.gap`` has.

    Args:
        lens: The model.
        image: (H, W, C) float32.
        result: (H, W, C), from ``integrated_gradients``.
        target: As for ``Explainer.run``.
        options: All options of the method; ``baseline`` is read.
    """
    return completeness(lens, image, result, target=target, baseline=options["baseline"]).gap


def _interleaved(count: int, size: int) -> np.ndarray:
    """The numbers of the points in the order of computing: each call of ``size`` takes points spread over the whole
    line.
    """
    calls = -(-count // size)
    return np.concatenate([np.arange(first, count, calls) for first in range(calls)])


def _way(
    lens: Lens, images: np.ndarray, away: np.ndarray, by: np.ndarray, shares: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """The gradients at some points of the lines of (n, H, W, C) ``images``, summed with ``weights``: (n, H, W, C)."""
    from nets import backend

    count, points = len(images), len(shares)
    function = compiled(lens, ("way", points), count * points, lambda xla: _compiled(lens, count, points, xla))
    return backend.to_array(function(images, away[None], by, shares, weights))


def _compiled(lens: Lens, count: int, points: int, xla: bool) -> Callable[..., Any]:
    from keras import ops

    from nets import backend

    front = affine_front(lens.model)

    def way(images: Any, away: Any, by: Any, shares: Any, weights: Any) -> Any:
        ends = front.values(ops.concatenate([images, away], axis=0))  # (n + 1, ...)
        shape = tuple(ends.shape[1:])
        spread = (1, points, *(1 for _ in shape))
        here, nothing = ops.expand_dims(ends[:count], 1), ops.expand_dims(ends[count:], 1)
        between = nothing + ops.reshape(shares, spread) * (here - nothing)  # (n, points, ...)
        flat = ops.reshape(between, (count * points, *shape))

        def score(values: Any) -> Any:
            logits = front.logits(values, images)
            return ops.sum(logits * ops.repeat(by, points, axis=0))

        _, gradient = backend.value_and_gradient(score, flat)
        summed = ops.sum(ops.reshape(gradient, (count, points, *shape)) * ops.reshape(weights, spread), axis=1)
        return front.taken_back(images, summed)

    return backend.compile(way, xla=xla)
