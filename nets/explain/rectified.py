"""Guided backpropagation and the deconvolutional network: other rules than the gradient's for passing back through
ReLU.

Springenberg et al. 2014, Striving for simplicity, arXiv:1412.6806; Zeiler, Fergus 2013, Visualizing and understanding
convolutional networks, arXiv:1311.2901.

With z the value before a ReLU (dense layers' too) and g the gradient that arrives behind it, guided backpropagation
passes on g (z > 0) (g > 0) and the deconvolutional network g (g > 0). Poolings pass to the position of the largest
value (the switches of the paper), the first of equal ones row by row. The score is the logit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.events import ProgressCounter, Report, no_report
from nets.explain.layers import default_layer, is_relu
from nets.explain.query import Target, query_of
from nets.explain.scores import compiled, input_gradient, parts, per_call, scores_of
from nets.network.graph import Rule, infer
from nets.network.outputs import before_activation
from nets.network.unknown_layer import unknown_layer
from nets.text import Text

if TYPE_CHECKING:
    from nets.compute.lens import Lens
    from nets.network.model import Model


def guided_backprop(
    lens: Lens,
    image: np.ndarray,
    *,
    target: Target | Sequence[Target] | None = None,
    layer: str = "",
    report: Report = no_report,
) -> np.ndarray:
    """The gradient of the score, dropping negative values on the way back and stopping at ReLUs that are off.

    Args:
        lens: The model, which has ReLUs.
        image: (H, W, C) or (N, H, W, C) float32.
        target: As for ``Explainer.run``.
        layer: Not used.
        report: Receives the number of pictures done.

    Returns:
        float32 of the shape of ``image``.
    """
    return _of_score(lens, image, target, report, "guided", guided_rules)


def deconvnet(
    lens: Lens,
    image: np.ndarray,
    *,
    target: Target | Sequence[Target] | None = None,
    layer: str = "",
    report: Report = no_report,
    map: int | None = None,
    row: int | None = None,
    column: int | None = None,
) -> np.ndarray:
    """The score, or a layer's response, projected back to the pixels by the deconvolutional network.

    Args:
        lens: The model, which has ReLUs.
        image: (H, W, C) or (N, H, W, C) float32.
        target: As for ``Explainer.run``; not used where ``map`` is given.
        layer: The layer of ``map``.
        report: Receives the number of pictures done.
        map: A map (or unit) of ``layer`` whose values are projected in place of the score.
        row: With ``column``, of the one position in the map whose value is projected; None: the whole map.
        column: See ``row``.

    Returns:
        float32 of the shape of ``image``.
    """
    if map is None:
        return _of_score(lens, image, target, report, "deconvnet", deconvnet_rules)
    images = np.ascontiguousarray(image, np.float32)
    one = images.ndim == 3
    images = images[None] if one else images
    chosen = position_mask(lens.model, layer, map, row, column)
    found = np.empty_like(images)
    told = ProgressCounter(report, "pictures", len(images), "")
    for part in parts(len(images), per_call(lens.model, backward=True)):
        told(part.start)
        found[part] = _projected(lens, images[part], layer, chosen)
    told(len(images))
    return found[0] if one else found


def guided_rules(model: Model) -> dict[str, Rule]:
    """A rule for every ReLU: the gradient's own way back, without negative values."""

    def rule(operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return _positive_back(lambda value: value)(infer(operation, args, kwargs))

    return {step.path: rule for step in model.graph.steps if is_relu(step.operation)}


def deconvnet_rules(model: Model) -> dict[str, Rule]:
    """A rule for every ReLU: positive values pass back, whether the ReLU itself was on or off."""

    def rule(operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        before, activation = before_activation(operation, args, kwargs)
        return _positive_back(activation)(before)

    return {step.path: rule for step in model.graph.steps if is_relu(step.operation)}


def refusal_of_map(model: Model, layer: str, options: Mapping[str, Any]) -> str:
    """Why ``map``, ``row`` and ``column`` do not fit ``layer``, as one sentence; "" if they do, or are not given.

    Args:
        model: The network.
        layer: The path of a layer.
        options: Of the method; ``map``, ``row`` and ``column`` are read, each a number or None.
    """
    number, position = options["map"], [options["row"], options["column"]]
    if number is None:
        return "" if position == [None, None] else "row and column need a map of a layer; give its number as map"
    found = next((row for row in model.layers if row.path == layer), None)
    if not layer:
        usual = default_layer(model) or model.layers[0].path
        return Text("a map is one of a layer's; name the layer too, {usual} for one", usual=usual)
    if found is None:
        return unknown_layer(layer, (row.path for row in model.layers), place="to project a map of")
    if not 0 <= number < found.maps:
        return Text("{layer} has maps 0 to {maps}, not {number}", layer=layer, maps=found.maps - 1, number=number)
    if position == [None, None]:
        return ""
    if None in position:
        return Text("a position has a row and a column; give both, or neither for the whole map")
    if found.shows != "maps":
        return Text("{layer} has no rows and columns; leave row and column out", layer=layer)
    height, width = (int(size or 1) for size in found.output_shape[:2])
    if not (0 <= position[0] < height and 0 <= position[1] < width):
        return Text(
            "{layer} has rows 0 to {last_row} and columns 0 to {last_column}, not {position}",
            layer=layer,
            last_row=height - 1,
            last_column=width - 1,
            position=tuple(position),
        )
    return ""


def _positive_back(forward: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """``forward`` with another way back: positive values pass as they are, negative ones become zero."""
    from keras import ops

    @ops.custom_gradient
    def function(value: Any) -> Any:
        def back(*arguments: Any, upstream: Any = None) -> Any:
            arriving = arguments[0] if upstream is None else upstream
            return ops.maximum(arriving, 0)

        return forward(value), back

    return function


def _of_score(
    lens: Lens,
    image: np.ndarray,
    target: Target | Sequence[Target] | None,
    report: Report,
    kind: str,
    rules: Callable[[Model], Mapping[str, Rule]],
) -> np.ndarray:
    query = query_of(lens, image, target)
    found = np.empty_like(query.images)
    told = ProgressCounter(report, "pictures", len(query), "")
    for part in parts(len(query), per_call(lens.model, backward=True)):
        told(part.start)
        found[part] = input_gradient(lens, query.images[part], query.weights[part], kind=kind, rules=rules)[1]
    told(len(query))
    return query.answer(found)


def position_mask(model: Model, layer: str, number: int, row: int | None, column: int | None) -> np.ndarray:
    """Which of a layer's values are projected.

    Args:
        model: The network.
        layer: The path of the layer.
        number: The map or unit.
        row: Of one position in the map; None: the whole map.
        column: Of one position in the map; None: the whole map.

    Returns:
        float32 in the shape and layout of the layer's output for one picture, (1, ...): 1 for projected values, else 0.
    """
    shape = [size or 1 for size in model.structure.shapes[model.graph.step(layer).outputs[0]]]
    first = model.graph.channels_first and len(shape) == 4
    mask = np.zeros([1, *shape[2:], shape[1]] if first else [1, *shape[1:]], np.float32)
    if row is None or column is None:
        mask[..., number] = 1
    else:
        mask[0, row, column, number] = 1
    return np.moveaxis(mask, -1, 1) if first else mask


def _projected(lens: Lens, images: np.ndarray, path: str, chosen: np.ndarray) -> np.ndarray:
    from keras import ops

    from nets import backend

    def value(pictures: Any, mask: Any) -> Any:
        results, _ = scores_of(lens.model, pictures, deconvnet_rules(lens.model))
        layer = ops.cast(results[path], "float32")
        return ops.sum(ops.stop_gradient(layer * mask) * layer)  # its gradient is the layer's own values

    function = compiled(lens, ("projected", path), len(images), lambda xla: backend.gradient(value, xla=xla))
    return np.asarray(backend.to_array(function(images, chosen)[1]))
