"""A kernel drawn by hand, put into a network's first convolution: on a copy, never in the original."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.errors import LensletError, UsageError
from nets.events import Message, Report, no_report
from nets.network.model import Model, ModelRef
from nets.text import Text

if TYPE_CHECKING:
    from nets.network.layers import LayerInfo


def first_convolution(model: Model) -> LayerInfo | None:
    """The row of the first layer that is a Conv2D; None if there is none. Imports no Keras."""
    return next((row for row in model.layers if row.kind == "Conv2D" and row.kernel_shape), None)


def why_not(model: Model, side: tuple[int, int]) -> str:
    """ "" if a kernel of that size fits the model's first convolution, otherwise the reason."""
    row = first_convolution(model)
    if row is None or row.kernel_shape is None:
        return Text("{title} has no convolution", title=model.card.title)
    if row.kernel_shape[:2] != side:
        height, width, _ = row.kernel_shape
        return Text(
            "{title}'s first convolution, {name}, has kernels of {height} × {width}; this one is {rows} × {columns}",
            title=model.card.title,
            name=row.name,
            height=height,
            width=width,
            rows=side[0],
            columns=side[1],
        )
    return ""


def count_of(model: Model) -> int:
    """How many kernels the first convolution has."""
    row = first_convolution(model)
    return int(row.output_shape[-1] or 0) if row is not None else 0


def put_kernel(model: Model, kernel: np.ndarray, number: int, *, report: Report = no_report) -> Model:
    """A copy of a model, called "<title>, edited", with another kernel in its first convolution.

    Args:
        model: Stays as it is.
        kernel: (kh, kw), of the size of the layer's own kernels. Each of C input channels gets a C-th of it, so that a
            grey picture gives what the kernel alone gives.
        number: Which of the layer's kernels it replaces. The bias and all other weights stay.
        report: Called once, before the copy is made.

    Raises:
        UsageError: The model has no convolution, the sizes differ, or there is no kernel of that number.
    """
    row, problem = first_convolution(model), why_not(model, kernel.shape)
    if problem or row is None:
        raise UsageError(problem)
    if not 0 <= number < count_of(model):
        raise UsageError("expected a kernel from 0 to {last}, found {number}", last=count_of(model) - 1, number=number)
    report(Message(Text("Copying {title}", title=model.card.title)))
    copy = model.copy()
    layer = _layer(copy.network, row.path)
    weights = layer.get_weights()
    weights[0][..., number] = np.asarray(kernel)[..., None] / weights[0].shape[2]
    layer.set_weights(weights)
    title = model.card.title.removesuffix(", edited") + ", edited"
    # Measurements of the original do not hold for the copy.
    card = replace(model.card, title=title, accuracy=None, test_images=0, checks={})
    return replace(copy, card=card, ref=ModelRef("edited", model.ref.name))


def _layer(network: Any, path: str) -> Any:
    """The layer at the path of names through nested models."""
    here = network
    for name in path.split("/"):
        found = [layer for layer in here.layers if layer.name == name]
        if not found:
            raise LensletError("there is no layer {path} in {name}", path=path, name=network.name)
        here = found[0]
    return here
