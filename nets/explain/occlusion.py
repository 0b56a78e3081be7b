"""Occlusion: how far the score falls when a patch of the picture is covered.

Zeiler, Fergus 2013, Visualizing and understanding convolutional networks, arXiv:1311.2901.

The score is the logit. Each pixel gets the mean fall over all patches that cover it; a plain sum would favour pixels in
the middle, which lie under 49 patches of 7 x 7, over those in a corner, which lie under one. Only values that a patch
can change are computed again (``patched``), and patches that change nothing are not computed at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.events import ProgressCounter, Report, no_report
from nets.explain.partial import Partial
from nets.explain.patched import PatchedFront, patched_front
from nets.explain.query import Target, query_of
from nets.explain.scores import parts, per_call, scores
from nets.text import Text

if TYPE_CHECKING:
    from nets.compute.lens import Lens
    from nets.network.model import Model


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
        report: Receives the number of patches done, and partial results (N, H, W, C), zero where none has been yet.
        patch: The side of the square in pixels; cut to the picture where it is larger.
        stride: Pixels from one position to the next, at most ``patch`` (``refusal_of_stride``). A last position at the
            border is added, so that every pixel is covered.
        value: What the patch is filled with, in the network's numbers: a number, or an array (H, W, C).

    Returns:
        float32 of the shape of ``image``: the same for all channels of a pixel. Positive where the picture speaks for
        the class.
    """
    query = query_of(lens, image, target)
    _, height, width, _ = query.images.shape
    size = min(patch, height), min(patch, width)
    tops, lefts = (
        each.ravel()
        for each in np.meshgrid(starts(height, size[0], stride), starts(width, size[1], stride), indexing="ij")
    )
    filled = np.ascontiguousarray(np.broadcast_to(np.asarray(value, np.float32), query.images.shape[1:]))
    front = lens.kept(("patched front", size), lambda: patched_front(lens.model, size))
    told = ProgressCounter(report, "patches", len(tops) * len(query), "")
    results = np.zeros_like(query.images)
    for number, (one, weights) in enumerate(zip(query.images, query.weights, strict=True)):
        # A patch that covers only what equals its filling changes nothing: its fall is exactly zero.
        differs = covers((one != filled).any(axis=-1), tops, lefts, size)
        falls = np.zeros(len(tops), np.float32)
        some = np.flatnonzero(differs)
        before = number * len(tops) + len(tops) - len(some)
        if front is None:
            begin, under = _by_pictures(lens, one, filled, size)
        else:
            begin, under = _by_squares(lens, front, one, filled)
        whole = begin @ weights
        for part in parts(len(some), int(per_call(lens.model) / (front.share if front is not None else 1))):
            told(before + part.start)
            chosen = some[part]
            falls[chosen] = whole - under(tops[chosen], lefts[chosen]) @ weights
            if part.stop < len(some):
                results[number] = spread(falls, tops, lefts, size, (height, width))[..., None]
                report(Partial("patches", before + part.stop, len(tops) * len(query), results.copy()))
        results[number] = spread(falls, tops, lefts, size, (height, width))[..., None]
    told(len(tops) * len(query))
    return query.answer(results)


def refusal_of_stride(model: Model, layer: str, options: Mapping[str, Any]) -> str:
    """Why pixels would lie between the patches, where nothing is measured; "" if every pixel is covered.

    Args:
        model: Gives the size of the picture.
        layer: Not used.
        options: ``patch`` and ``stride``, as ``occlusion`` takes them.
    """
    patch, stride = options["patch"], options["stride"]
    if stride <= patch or patch >= max(model.card.input.shape[:2]):
        return ""
    return Text(
        "stride: expected at most the side of the patch, {patch}, so that every pixel is covered, found {stride}",
        patch=patch,
        stride=stride,
    )


Logits = Callable[[np.ndarray, np.ndarray], np.ndarray]


def _by_squares(lens: Lens, front: PatchedFront, image: np.ndarray, filled: np.ndarray) -> tuple[np.ndarray, Logits]:
    """The picture's logits, and a function from tops and lefts (P,) to the logits under the patches, (P, outputs)."""
    levels, whole = front.base(lens)(image[None])
    patched = front.patched(lens, image, filled)
    return whole, lambda tops, lefts: patched(levels, tops, lefts)


def _by_pictures(lens: Lens, image: np.ndarray, filled: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, Logits]:
    """As ``_by_squares``, but by running whole pictures through the network."""

    def logits(tops: np.ndarray, lefts: np.ndarray) -> np.ndarray:
        covered = np.repeat(image[None], len(tops), axis=0)
        for row, top, left in zip(covered, tops, lefts, strict=True):
            hidden = slice(top, top + size[0]), slice(left, left + size[1])
            row[hidden] = filled[hidden]
        return scores(lens, covered)

    return scores(lens, image[None])[0], logits


def starts(side: int, patch: int, stride: int) -> list[int]:
    """The first pixels of the patches along one side; the last patch ends at the border.

    Args:
        side: The side of the picture in pixels.
        patch: The side of the patch in pixels, at most ``side``.
        stride: Pixels from one patch to the next.
    """
    found = list(range(0, side - patch + 1, stride))
    return found if found[-1] == side - patch else [*found, side - patch]


def covers(marked: np.ndarray, tops: np.ndarray, lefts: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Whether each patch covers any marked pixel.

    Args:
        marked: (H, W) bool.
        tops: (P,) int, the patches' first rows.
        lefts: (P,) int, the patches' first columns.
        size: (height, width) of a patch in pixels.

    Returns:
        (P,) bool.
    """
    sums = np.zeros((marked.shape[0] + 1, marked.shape[1] + 1), np.int64)
    np.cumsum(np.cumsum(marked, axis=0), axis=1, out=sums[1:, 1:])
    bottoms, rights = tops + size[0], lefts + size[1]
    return np.asarray(sums[bottoms, rights] - sums[tops, rights] - sums[bottoms, lefts] + sums[tops, lefts] > 0)


def spread(
    falls: np.ndarray, tops: np.ndarray, lefts: np.ndarray, size: tuple[int, int], shape: tuple[int, int]
) -> np.ndarray:
    """Each pixel's mean over the patches that cover it.

    Args:
        falls: (P,) float, a value for each patch.
        tops: (P,) int, the patches' first rows.
        lefts: (P,) int, the patches' first columns.
        size: (height, width) of a patch in pixels.
        shape: (height, width) of the picture.

    Returns:
        (H, W) float32. Every pixel must lie under at least one patch.
    """

    def covered(values: np.ndarray) -> np.ndarray:
        # Adding a value at a corner of a table, and then summing over rows and columns, adds it to the whole patch.
        corners = np.zeros((shape[0] + 1, shape[1] + 1))
        for rows, columns, sign in (
            (tops, lefts, 1),
            (tops + size[0], lefts, -1),
            (tops, lefts + size[1], -1),
            (tops + size[0], lefts + size[1], 1),
        ):
            np.add.at(corners, (rows, columns), sign * values)
        return corners.cumsum(axis=0).cumsum(axis=1)[:-1, :-1]

    return (covered(falls.astype(np.float64)) / np.round(covered(np.ones(len(falls))))).astype(np.float32)
