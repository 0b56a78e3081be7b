"""The backward pass through one number as rows of an equation. Builds the rows; ``gui.paint.equation`` paints."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gui.explore.arithmetic.equation_words import TERMS, full, layer_words, line, tr
from gui.paint.equation import Matrix, Row, Words
from gui.paint.numbers import value_words as say
from nets.byhand.calculations import (
    ConvolutionCalculation,
    CopyCalculation,
    DenseCalculation,
    FunctionCalculation,
    LayerGradient,
    MergeCalculation,
    NormCalculation,
    PoolCalculation,
    RescalingCalculation,
    SoftmaxCalculation,
)

LOSSES = {
    "crossentropy": "L = −log p",
    "binary_crossentropy": "L = −log p",
    "squared_error": "L = mean of (y − t)²",
}


def backward_rows(
    gradients: Sequence[LayerGradient], channel: int, labels: Sequence[str] = (), *, loss: str = "", label: int = 0
) -> tuple[Row, ...]:
    """The gradient that arrives at one number, the gradients of its weights, and those passed to the layer before.

    Args:
        gradients: As ``LayerArithmetic.backward`` returns them: the last calculation first.
        channel: Which input channel of a convolution is written out, by its place in ``strongest``.
        labels: The names of the classes.
        loss: The kind of loss, where the layer is the network's last one; "" elsewhere.
        label: The true class.
    """
    rows: list[Row] = []
    if loss:
        name = labels[label] if label < len(labels) else str(label)
        rows.append((line(tr("{0}, and the true class is {1}").format(tr(LOSSES[loss]), name), "quiet"),))
    for number, gradient in enumerate(gradients):
        softmax = isinstance(gradient.calculation, SoftmaxCalculation)
        name = ("dL/dp" if softmax else "dL/dy") if number == 0 else "dL/dz"
        told = number > 0 and isinstance(gradients[number - 1].calculation, FunctionCalculation | SoftmaxCalculation)
        rows += _back(gradient, channel, name, labels, label)[1 if told else 0 :]
    return tuple(rows)


def _back(gradient: LayerGradient, channel: int, name: str, labels: Sequence[str], label: int) -> list[Row]:
    """The rows of one gradient; the first row shows the gradient that arrives."""
    one, g = gradient.calculation, gradient.arriving
    rows: list[Row] = [(line(tr("arrives: {0} = {1}").format(name, say(g)), exact=full(gradient=g), strong=True),)]
    if isinstance(one, ConvolutionCalculation):
        rows += _convolution(gradient, one, channel, name)
    elif isinstance(one, PoolCalculation):
        rows.append((Matrix(tr("goes on to the window"), gradient.onward, mark=one.winner, outside=~one.inside),))
        words = tr("all of it to the largest, nothing to the others") if one.winner else tr("shared equally")
        rows.append((line(words, "quiet"),))
    elif isinstance(one, DenseCalculation):
        rows.append((line(tr("to the weights: {0} × input; on: {0} × weight").format(name), "quiet"),))
        for number in one.largest(TERMS):
            dw, dx = float(gradient.shares["kernel"][number]), float(gradient.onward[number])
            rows.append((line(f"[{number}]   dL/dw = {say(dw)}     dL/dx = {say(dx)}", exact=full(dw=dw, dx=dx)),))
        if one.bias is not None:
            rows.append((line(tr("to the bias: {0}").format(say(float(gradient.shares["bias"])))),))
    elif isinstance(one, NormCalculation):
        names = {"gamma": "γ", "beta": "β"}
        trained = [f"dL/d{names[weight]} = {say(float(total))}" for weight, total in gradient.totals.items()]
        if trained:
            rows.append((line(tr("{0}, from all positions").format(", ".join(trained))),))
        rows.append((line(tr("goes on: {1} · γ / √(variance + ε) = {0}").format(say(float(gradient.onward)), name)),))
    elif isinstance(one, RescalingCalculation):
        rows.append((line(tr("goes on: {0} · scale = {1}").format(name, say(float(gradient.onward)))),))
    elif isinstance(one, SoftmaxCalculation):
        rows += _softmax(gradient, one, labels, label)
    elif isinstance(one, FunctionCalculation):
        words = tr("through {0}: × {1}, so dL/dz = {2}").format(one.kind, say(one.slope), say(float(gradient.onward)))
        rows.append((line(words if g else tr("through {0}: nothing arrives, nothing goes on").format(one.kind)),))
    elif isinstance(one, MergeCalculation):
        rows.append((line(tr("goes on to each of the layers that are joined:"), "quiet"),))
        for value, path in zip(gradient.onward.tolist(), one.sources, strict=True):
            rows.append((line(f"{say(value)}   {layer_words(path)}", exact=full(gradient=value)),))
    elif isinstance(one, CopyCalculation):
        words = tr("goes on as it is")
        if one.kind == "Concatenate":
            words = tr("goes on as it is, to {0}").format(layer_words(one.from_layer))
        rows.append((line(words if one.source is not None else tr("ends here: a zero of the margin learns nothing")),))
    return rows


def _softmax(gradient: LayerGradient, one: SoftmaxCalculation, labels: Sequence[str], label: int) -> list[Row]:
    """Through the softmax: dL/dp of all classes becomes dL/dz = p − t of each."""
    own, p = one.index[-1], one.probabilities
    target = int(own == label)
    words = tr("through softmax: dL/dz = p − t = {0} − {1} = {2}")
    rows: list[Row] = []
    if not gradient.arriving:
        rows.append((line(tr("0, since only the true class's p is in the loss; but all p share one sum:"), "quiet"),))
    dz = float(gradient.onward[own])
    rows.append(
        (line(words.format(say(float(p[own])), target, say(dz)), strong=True, exact=full(p=float(p[own]), dz=dz)),)
    )
    others = np.argsort(-np.abs(gradient.onward), kind="stable")[:3].tolist()
    names = [f"{labels[unit] if unit < len(labels) else unit}: {say(float(gradient.onward[unit]))}" for unit in others]
    rows.append((line(tr("largest dL/dz: {0}").format(", ".join(names)), "quiet"),))
    return rows


def _convolution(gradient: LayerGradient, one: ConvolutionCalculation, channel: int, name: str) -> list[Row]:
    chosen = int(one.strongest[channel % one.patch.shape[2]])
    share = Matrix(tr("from here: {0} × patch").format(name), gradient.shares["kernel"][..., chosen])
    to_kernel = line(tr("to the kernel, dL/dw:"), "quiet")
    onward = Matrix(tr("goes on: {0} × kernel").format(name), gradient.onward[..., chosen])
    if "kernel" not in gradient.totals:
        return [
            (to_kernel,),
            (share,),
            (line(tr("This layer is frozen: its kernel is not trained."), "quiet"),),
            (onward,),
        ]
    total = Matrix(tr("from all positions"), gradient.totals["kernel"][..., chosen])
    return [(to_kernel,), (share, total), (onward, *_bias(gradient))]


def _bias(gradient: LayerGradient) -> list[Words]:
    """The row of the gradient of a convolution's bias."""
    if "bias" not in gradient.totals:
        return []
    here, total = float(gradient.shares["bias"]), float(gradient.totals["bias"])
    return [
        line(tr("to the bias:"), "quiet"),
        line(tr("{0} from here").format(say(here)), exact=full(from_here=here)),
        line(tr("{0} in all").format(say(total)), exact=full(in_all=total)),
    ]
