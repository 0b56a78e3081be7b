"""Grad-CAM and Grad-CAM++: the maps of a layer, weighted by how the score depends on them.

Selvaraju et al. 2016, Grad-CAM, arXiv:1610.02391; Chattopadhay et al. 2017, Grad-CAM++, arXiv:1710.11063.

The score is the logit. Results are not normalised and have the layer's own resolution; ``enlarge`` brings one to the
picture's size bilinearly, because cubic interpolation goes below zero after the ReLU. A result of zeros alone means
that there is no positive evidence for the class in this layer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.events import ProgressCounter, Report, no_report
from nets.explain.query import Target, query_of
from nets.explain.scores import compiled, parts, per_call, scores_of
from nets.network.graph import infer
from nets.network.outputs import scores_rule

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
        report: Receives the number of pictures done.

    Returns:
        (h, w) float32 of the layer's resolution, zero or more; (N, h, w) for several pictures.
    """
    return _cam(lens, image, target, layer, report, mean_gradient)


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
        report: Receives the number of pictures done.

    Returns:
        (h, w) float32 of the layer's resolution, zero or more; (N, h, w) for several pictures.
    """
    return _cam(lens, image, target, layer, report, positive_gradient)


Weigh = Callable[[Any, Any], Any]
"""From a layer's maps and the score's gradient by them, (N, h, w, maps) each, to each map's weight, (N, maps)."""


def mean_gradient(maps: Any, gradient: Any) -> Any:
    """Grad-CAM's weights: (N, maps), the mean of the gradient over each map."""
    from keras import ops

    return ops.mean(gradient, axis=(1, 2))


def positive_gradient(maps: Any, gradient: Any) -> Any:
    """Grad-CAM++'s weights: (N, maps), each map's positive gradients times alpha, summed."""
    from keras import ops

    # g^2 is cancelled: alpha = 1 / (2 + sum(A) g), which neither underflows nor divides zero by zero.
    below = 2 + ops.sum(maps, axis=(1, 2), keepdims=True) * gradient
    alpha = ops.where(below != 0, 1 / ops.where(below != 0, below, 1), 0)
    return ops.sum(alpha * ops.relu(gradient), axis=(1, 2))


def _cam(
    lens: Lens,
    image: np.ndarray,
    target: Target | Sequence[Target] | None,
    layer: str,
    report: Report,
    weigh: Weigh,
) -> np.ndarray:
    from nets import backend

    query = query_of(lens, image, target)
    found = []
    told = ProgressCounter(report, "pictures", len(query), "")
    for part in parts(len(query), per_call(lens.model, backward=True)):
        told(part.start)
        make = partial(_compiled, lens, layer, weigh, part.stop - part.start)
        function = compiled(lens, ("cam", weigh.__name__, layer), part.stop - part.start, make, live=True)
        found.append(backend.to_array(function(query.images[part], query.weights[part])))
    told(len(query))
    return query.answer(np.concatenate(found))


def _compiled(lens: Lens, path: str, weigh: Weigh, count: int, xla: bool) -> Callable[..., Any]:
    """From pictures (N, H, W, C) and the weights of their scores (N, outputs) to the results (N, h, w), in one call."""
    from keras import ops

    from nets import backend

    model = lens.model
    shape = model.structure.shapes[model.graph.step(path).outputs[0]]
    own_rule = scores_rule(model.graph).get(path, infer)

    def cam(images: Any, by: Any) -> Any:
        def score(difference: Any) -> tuple[Any, Any]:
            kept = []

            def moved(operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
                own = own_rule(operation, args, kwargs)
                kept.append(own)
                return own + ops.cast(difference, own.dtype)

            _, logits = scores_of(model, images, {path: moved})
            return ops.sum(logits * by), ops.cast(kept[0], "float32")

        # The score is differentiated with respect to a zero that is added to the layer's maps: this works for every
        # layer.
        nothing = ops.zeros((count, *(size or 1 for size in shape[1:])), "float32")
        (_, maps), gradient = backend.value_and_gradient(score, nothing)
        if model.graph.channels_first:
            maps, gradient = (ops.transpose(each, (0, 2, 3, 1)) for each in (maps, gradient))
        weights = weigh(maps, gradient)
        return ops.relu(ops.sum(maps * weights[:, None, None, :], axis=-1))

    return backend.compile(cam, xla=xla)
