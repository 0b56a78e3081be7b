"""The gradient of a class's score by the pixels, and the same times the pixels.

Simonyan, Vedaldi, Zisserman 2013, Deep inside convolutional networks, arXiv:1312.6034; the product with the input:
Shrikumar et al. 2016, Not just a black box, arXiv:1605.01713.

The score is the logit. The result is signed; the papers' saliency is its absolute value, the largest over the channels.
A maximum pooling passes the gradient on to the first of equal maxima, row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nets.events import ProgressCounter, Report, no_report
from nets.explain.query import Query, Target, query_of
from nets.explain.scores import input_gradient, parts, per_call

if TYPE_CHECKING:
    from nets.compute.lens import Lens


def gradient(
    lens: Lens,
    image: np.ndarray,
    *,
    target: Target | Sequence[Target] | None = None,
    layer: str = "",
    report: Report = no_report,
) -> np.ndarray:
    """The gradient of the score with respect to each pixel.

    Args:
        lens: The model.
        image: (H, W, C) or (N, H, W, C) float32.
        target: As for ``Explainer.run``.
        layer: Not used.
        report: Receives the number of pictures done.

    Returns:
        float32 of the shape of ``image``.
    """
    query = query_of(lens, image, target)
    return query.answer(gradients(lens, query, report))


def gradient_x_input(
    lens: Lens,
    image: np.ndarray,
    *,
    target: Target | Sequence[Target] | None = None,
    layer: str = "",
    report: Report = no_report,
) -> np.ndarray:
    """The gradient times the pixel: the pixel's part in the score of the network's linear approximation at this
    picture.

    Args:
        lens: The model.
        image: (H, W, C) or (N, H, W, C) float32. Where it is zero (the ground of a digit), so is the result.
        target: As for ``Explainer.run``.
        layer: Not used.
        report: Receives the number of pictures done.

    Returns:
        float32 of the shape of ``image``.
    """
    query = query_of(lens, image, target)
    return query.answer(gradients(lens, query, report) * query.images)


def gradients(lens: Lens, query: Query, report: Report) -> np.ndarray:
    """The gradient of each picture's score with respect to its pixels.

    Args:
        lens: The model.
        query: The pictures and their targets.
        report: Receives a Progress before each group of pictures; it may raise Cancelled.

    Returns:
        (N, H, W, C) float32.
    """
    found = np.empty_like(query.images)
    told = ProgressCounter(report, "pictures", len(query), "")
    for part in parts(len(query), per_call(lens.model, backward=True)):
        told(part.start)
        found[part] = input_gradient(lens, query.images[part], query.weights[part])[1]
    told(len(query))
    return found
