"""Score-CAM: the maps of a layer, weighted by the score that each of them lets through as a mask.

Wang et al. 2019, Score-CAM, arXiv:1910.01279.

The score is the logit. Each map is enlarged bilinearly to the picture's size and scaled to 0..1 by its smallest and
largest value; the picture is multiplied by it. The weights are the softmax over the maps of how far the score rises
above that of a picture of zeros, which is black where the network's numbers go from 0 up. The result is the ReLU of the
weighted sum of the maps, not normalised, at the layer's own resolution.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.events import ProgressCounter, Report, no_report
from nets.explain.enlarge import enlarge
from nets.explain.partial import Partial
from nets.explain.query import Target, query_of
from nets.explain.scores import compiled, parts, per_call, scores, scores_of

if TYPE_CHECKING:
    from nets.compute.lens import Lens


def score_cam(
    lens: Lens,
    image: np.ndarray,
    *,
    target: Target | Sequence[Target] | None = None,
    layer: str,
    report: Report = no_report,
) -> np.ndarray:
    """The maps, weighted by the class's score when the picture is seen through each of them.

    Args:
        lens: The model.
        image: (H, W, C) or (N, H, W, C) float32.
        target: As for ``Explainer.run``.
        layer: The path of a layer with rows and columns.
        report: Receives the number of masks done; of partial results, (N, h, w), by the maps that were tried so far.

    Returns:
        (h, w) float32 of the layer's resolution, zero or more; (N, h, w) for several pictures.
    """
    query = query_of(lens, image, target)
    _, height, width, _ = query.images.shape
    size = per_call(lens.model)
    found: list[np.ndarray] = []
    told: ProgressCounter | None = None
    for number, (one, weights) in enumerate(zip(query.images, query.weights, strict=True)):
        maps = layer_maps(lens, one[None], layer)[0]  # (h, w, maps)
        count = maps.shape[-1]
        if told is None:
            told = ProgressCounter(report, "masks", len(query) * count, "")
        reached = np.empty(count + 1, np.float32)  # the first mask lets nothing through
        for part in parts(count + 1, size):
            told(number * count + part.start)
            masks = np.zeros((part.stop - part.start, height, width), np.float32)
            first = max(part.start, 1)
            masks[first - part.start :] = between_0_and_1(
                enlarge(np.moveaxis(maps[..., first - 1 : part.stop - 1], -1, 0), height, width)
            )
            reached[part] = scores(lens, one * masks[..., None]) @ weights
            if 1 < part.stop <= count:
                tried = part.stop - 1
                so_far = [*found, _weighted(maps[..., :tried], reached[1 : part.stop] - reached[0])]
                missing = [np.zeros_like(so_far[0])] * (len(query) - len(so_far))
                report(Partial("masks", number * count + tried, len(query) * count, np.stack(so_far + missing)))
        found.append(_weighted(maps, reached[1:] - reached[0]))
    if told is not None:
        told(len(query) * count)
    return query.answer(np.stack(found))


def _weighted(maps: np.ndarray, rise: np.ndarray) -> np.ndarray:
    """(h, w, maps) and (maps,), how far the score rises through each map -> (h, w) float32, zero or more."""
    # A map with the same value everywhere hides nothing or everything: it gets no weight.
    varies = maps.max(axis=(0, 1)) > maps.min(axis=(0, 1))
    powers = np.where(varies, np.exp(rise - rise.max()), 0).astype(np.float32)
    total = powers.sum()
    return np.asarray(np.maximum(maps @ (powers / total if total else powers), 0), np.float32)


def between_0_and_1(masks: np.ndarray) -> np.ndarray:
    """(N, H, W), each scaled to 0..1 by its own smallest and largest value; zeros if these are equal."""
    low, high = masks.min(axis=(1, 2), keepdims=True), masks.max(axis=(1, 2), keepdims=True)
    return (masks - low) / np.where(high > low, high - low, 1)


def layer_maps(lens: Lens, images: np.ndarray, path: str) -> np.ndarray:
    """The output of a layer for some pictures.

    Args:
        lens: The model.
        images: (N, H, W, C) float32, few enough for one call (``per_call``).
        path: Of the layer.

    Returns:
        (N, h, w, maps) float32, or (N, units).
    """
    from keras import ops

    from nets import backend

    def maps(values: Any) -> Any:
        return ops.cast(scores_of(lens.model, values)[0][path], "float32")

    def make(xla: bool) -> Callable[..., Any]:
        return backend.compile(maps, xla=xla)

    found = backend.to_array(compiled(lens, ("maps", path), len(images), make)(images))
    return np.moveaxis(found, 1, -1) if lens.model.graph.channels_first and found.ndim == 4 else found
