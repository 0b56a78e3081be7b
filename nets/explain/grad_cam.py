"""Grad-CAM and Grad-CAM++: the maps of a layer, weighted by how the score depends on them.

Selvaraju et al. 2016, Grad-CAM, arXiv:1610.02391; Chattopadhay et al. 2017, Grad-CAM++, arXiv:1710.11063.

The score is the logit. Results are not normalised and have the layer's own resolution; ``enlarge`` brings one to the
picture's size bilinearly, because cubic interpolation goes below zero after the ReLU. A result of zeros alone means
that there is no positive evidence for the class in this layer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nets.events import ProgressCounter, Report, no_report
from nets.explain.scores import layer_gradient, parts, per_call
from nets.explain.subject import Target, subject_of

if TYPE_CHECKING:
    from nets.compute.lens import Lens


def grad_cam(
    lens: Lens,
    image: np.ndarray,
    *,
    target: Target | Sequence[Target] | None = None,
    layer: str,
    report: Report = no_report,
) -> np.ndarray:
    """The sum of the layer's maps, each weighted by the mean of the score's gradient over it; then ReLU.

    Args:
        lens: The model.
        image: (H, W, C) or (N, H, W, C) float32.
        target: As for ``Explainer.run``.
        layer: The path of a layer with rows and columns.
        report: Told how many pictures are done.

    Returns:
        (h, w) float32 of the layer's resolution, zero or more; (N, h, w) for several pictures.
    """

    def weights(maps: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        return gradient.mean(axis=(1, 2))

    return _cam(lens, image, target, layer, report, weights)


def grad_cam_pp(
    lens: Lens,
    image: np.ndarray,
    *,
    target: Target | Sequence[Target] | None = None,
    layer: str,
    report: Report = no_report,
) -> np.ndarray:
    """As Grad-CAM, but a map's weight is the sum of its positive gradients g, each times alpha.

    alpha = g^2 / (2 g^2 + sum(A) g^3), the sum of the map A over its positions; zero where g is. The alphas are not
    normalised. Several places that speak for the class count each by itself here, where a mean favours the largest.

    Args:
        lens: The model.
        image: (H, W, C) or (N, H, W, C) float32.
        target: As for ``Explainer.run``.
        layer: The path of a layer with rows and columns.
        report: Told how many pictures are done.

    Returns:
        (h, w) float32 of the layer's resolution, zero or more; (N, h, w) for several pictures.
    """

    def weights(maps: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        total = maps.astype(np.float64).sum(axis=(1, 2), keepdims=True)
        g = gradient.astype(np.float64)
        # g^2 is cancelled: alpha = 1 / (2 + sum(A) g), which neither underflows nor divides zero by zero.
        below = 2 + total * g
        alpha = np.where((g != 0) & (below != 0), 1 / np.where(below != 0, below, 1), 0)
        return (alpha * np.maximum(g, 0)).sum(axis=(1, 2)).astype(np.float32)

    return _cam(lens, image, target, layer, report, weights)


def _cam(
    lens: Lens,
    image: np.ndarray,
    target: Target | Sequence[Target] | None,
    layer: str,
    report: Report,
    weights: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> np.ndarray:
    """``weights`` makes (N, maps) of the layer's maps and gradients, (N, h, w, maps) each."""
    subject = subject_of(lens, image, target)
    found = []
    told = ProgressCounter(report, "pictures", len(subject), "")
    for part in parts(len(subject), per_call(lens.model, backward=True)):
        told(part.start)
        maps, gradient = layer_gradient(lens, subject.images[part], subject.weights[part], layer)
        found.append(np.maximum(np.einsum("nhwc,nc->nhw", maps, weights(maps, gradient)), 0))
    told(len(subject))
    return subject.answer(np.concatenate(found))
