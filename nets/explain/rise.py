"""RISE: the mean of many random masks, weighted by the score of what each of them leaves.

Petsiuk, Das, Saenko 2018, RISE: Randomized input sampling for explanation of black-box models, arXiv:1806.07421.

The score is the logit. 1,000 masks of 7 x 7 cells, each cell kept with probability 0.5, enlarged bilinearly to one cell
more than the picture has and cut out at a random place, an own one for each mask. The sum of score times mask is
divided by the sum of the masks, so that every pixel has the mean score of the masks that leave it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.events import ProgressCounter, Report, no_report
from nets.explain.enlarge import enlarge
from nets.explain.partial import Partial
from nets.explain.query import Target, query_of
from nets.explain.scores import parts, per_call, scores

if TYPE_CHECKING:
    from nets.compute.lens import Lens
    from nets.network.model import Model

BLOCK = 256
"""Masks that are drawn together: they depend on their number and the seed alone, not on how many fit into a call."""

KEPT = 64 * 64
"""Pixels of pictures whose masks are kept for the next time: 4 MB a block at most."""


def rise(
    lens: Lens,
    image: np.ndarray,
    *,
    target: Target | Sequence[Target] | None = None,
    layer: str = "",
    report: Report = no_report,
    masks: int = 1000,
    cells: int = 7,
    keep: float = 0.5,
    seed: int = 0,
) -> np.ndarray:
    """For each pixel the mean score of the masked pictures in which it is left.

    Args:
        lens: The model.
        image: (H, W, C) or (N, H, W, C) float32.
        target: As for ``Explainer.run``.
        layer: Not used.
        report: Receives the number of masks done; a partial result, (N, H, W, C), after every ``BLOCK`` of them.
        masks: How many.
        cells: Of a mask along each side, before it is enlarged.
        keep: The probability that a cell is left.
        seed: Decides the masks.

    Returns:
        float32 of the shape of ``image``: the same for all channels of a pixel.
    """
    query = query_of(lens, image, target)
    _, height, width, _ = query.images.shape
    size = per_call(lens.model)
    weighted = np.zeros((len(query), height * width), np.float32)
    left = np.zeros(height * width, np.float32)
    told = ProgressCounter(report, "masks", len(query) * masks, "")
    for block, start in enumerate(range(0, masks, BLOCK)):
        draw = drawn if height * width <= KEPT else drawn.__wrapped__
        some = draw(block, height, width, cells, keep, seed)[: masks - start]
        flat = some.reshape(len(some), -1)
        left += flat.sum(axis=0)
        for number, (one, by) in enumerate(zip(query.images, query.weights, strict=True)):
            for part in parts(len(some), size):
                told(start * len(query) + number * len(some) + part.start)
                reached = scores(lens, one * some[part, ..., None]) @ by
                weighted[number] += reached @ flat[part]
        if (done := start + len(some)) < masks:
            report(Partial("masks", done, masks, _means(weighted, left, query.images.shape)))
    told(len(query) * masks)
    return query.answer(_means(weighted, left, query.images.shape))


def _means(weighted: np.ndarray, left: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """(N, pixels) sums of scores, (pixels,) sums of masks -> (N, H, W, C) of ``shape``."""
    return np.repeat((weighted / np.where(left > 0, left, 1)).reshape(*shape[:3], 1), shape[3], axis=-1)


def numbers_held(model: Model, options: Mapping[str, Any], target: object) -> int:
    """How many numbers ``rise`` holds: the masks that are drawn together.

    Args:
        model: The network.
        options: Of the method; ``masks`` is read.
        target: Not used.

    Returns:
        A count of float32 numbers.
    """
    height, width, _ = model.card.input.shape
    return min(BLOCK, options["masks"]) * height * width


@lru_cache(maxsize=8)
def drawn(block: int, height: int, width: int, cells: int, keep: float, seed: int) -> np.ndarray:
    """The masks from number ``block`` * BLOCK on, cached.

    Args:
        block: The number of the block.
        height: Of a mask in pixels.
        width: Of a mask in pixels.
        cells: Along each side of a mask, before it is enlarged.
        keep: The probability that a cell is kept, 0 to 1.
        seed: Decides the masks together with ``block``.

    Returns:
        (BLOCK, height, width) float32 from 0 to 1, read-only.
    """
    generator = np.random.default_rng([seed, block])
    grid = (generator.random((BLOCK, cells, cells)) < keep).astype(np.float32)
    tall, wide = -(-height // cells), -(-width // cells)  # pixels of one cell
    down, right = generator.integers(tall, size=BLOCK), generator.integers(wide, size=BLOCK)
    found = np.empty((BLOCK, height, width), np.float32)
    for number in range(BLOCK):
        whole = enlarge(grid[number], (cells + 1) * tall, (cells + 1) * wide)
        found[number] = whole[down[number] : down[number] + height, right[number] : right[number] + width]
    found.setflags(write=False)
    return found
