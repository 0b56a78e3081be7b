"""Occlusion: how far the score falls when a patch of the picture is covered.

Zeiler, Fergus 2013, Visualizing and understanding convolutional networks, arXiv:1311.2901.

The score is the logit. Each pixel gets the mean fall over all patches that cover it; the plain sum would give a pixel
in the middle 49 patches of 7 x 7 and one in the corner a single patch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nets.events import ProgressCounter, Report, no_report
from nets.explain.scores import parts, per_call, scores
from nets.explain.subject import Target, subject_of

if TYPE_CHECKING:
    from nets.compute.lens import Lens


def occlusion(
    lens: Lens,
    image: np.ndarray,
    *,
    target: Target | Sequence[Target] | None = None,
    layer: str = "",
    report: Report = no_report,
    patch: int = 7,
    stride: int = 1,
    value: float | np.ndarray = 0.0,
) -> np.ndarray:
    """The fall of the score under a square patch, averaged over the patches that cover each pixel.

    Args:
        lens: The model.
        image: (H, W, C) or (N, H, W, C) float32.
        target: As for ``Explainer.run``.
        layer: Not used.
        report: Told how many patches are done.
        patch: The side of the square in pixels; cut to the picture where it is larger.
        stride: Pixels from one position to the next. A last position at the border is added, so that every pixel is
            covered.
        value: What the patch is filled with, in the network's numbers: a number, or an array (H, W, C).

    Returns:
        float32 of the shape of ``image``: the same for all channels of a pixel. Positive where the picture speaks for
        the class.
    """
    subject = subject_of(lens, image, target)
    _, height, width, _ = subject.images.shape
    tall, wide = min(patch, height), min(patch, width)
    places = [(top, left) for top in starts(height, tall, stride) for left in starts(width, wide, stride)]
    filled = np.broadcast_to(np.asarray(value, np.float32), subject.images.shape[1:])
    told = ProgressCounter(report, "patches", len(places) * len(subject), "")
    results = np.empty_like(subject.images)
    for number, (one, weights) in enumerate(zip(subject.images, subject.weights, strict=True)):
        falls = np.empty(len(places), np.float32)
        whole = scores(lens, one[None]) @ weights
        for part in parts(len(places), per_call(lens.model)):
            told(number * len(places) + part.start)
            covered = np.repeat(one[None], part.stop - part.start, axis=0)
            for row, (top, left) in zip(covered, places[part], strict=True):
                row[top : top + tall, left : left + wide] = filled[top : top + tall, left : left + wide]
            falls[part] = whole - scores(lens, covered) @ weights
        results[number] = spread(falls, places, (tall, wide), (height, width))[..., None]
    told(len(places) * len(subject))
    return subject.answer(results)


def starts(side: int, patch: int, stride: int) -> list[int]:
    """Where patches begin along one side; the last one ends at the border."""
    found = list(range(0, side - patch + 1, stride))
    return found if found[-1] == side - patch else [*found, side - patch]


def spread(
    falls: np.ndarray, places: list[tuple[int, int]], patch: tuple[int, int], size: tuple[int, int]
) -> np.ndarray:
    """(patches,) -> (H, W) float32: each pixel's mean over the patches that cover it."""
    total, count = np.zeros(size), np.zeros(size)
    for fall, (top, left) in zip(falls, places, strict=True):
        covered = slice(top, top + patch[0]), slice(left, left + patch[1])
        total[covered] += fall
        count[covered] += 1
    return (total / count).astype(np.float32)
