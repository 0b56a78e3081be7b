"""The computation of one number of a layer as rows of an equation. Builds the rows; ``gui.paint.equation`` paints."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gui.explore.arithmetic.equation_words import TERMS, full, layer_words, line, result, signed, tr
from gui.paint.equation import Matrix, Row, Sign, Words
from gui.paint.numbers import exact_words
from gui.paint.numbers import value_words as say
from gui.paint.scales import Scale
from nets.byhand.calculations import (
    Calculation,
    ConvolutionCalculation,
    CopyCalculation,
    DenseCalculation,
    FunctionCalculation,
    MergeCalculation,
    NormCalculation,
    PoolCalculation,
    RescalingCalculation,
    SoftmaxCalculation,
    TransposedCalculation,
)

CHANNELS = 4  # channels that are written out beside a convolution's products


def forward_rows(calculations: Sequence[Calculation], channel: int, labels: Sequence[str] = ()) -> tuple[Row, ...]:
    """The calculations of one number as rows.

    Args:
        calculations: In the order of computing, as ``LayerArithmetic.calculations`` returns them.
        channel: Which input channel of a convolution is written out, by its place in ``strongest``.
        labels: The names of the classes, for a softmax.
    """
    rows: list[Row] = []
    sums = [one for one in calculations if isinstance(one, ConvolutionCalculation)]
    for one in calculations:
        if len(sums) == 2 and one in sums:  # a separable convolution
            first = one is sums[0]
            text = (
                tr("depthwise: channel {0} alone").format(one.index[-1])
                if first
                else tr("pointwise: all channels here")
            )
            rows.append((line(text, "quiet"),))
        rows += _forward(one, channel, labels)
    return tuple(rows)


def _forward(one: Calculation, channel: int, labels: Sequence[str]) -> list[Row]:
    if isinstance(one, ConvolutionCalculation):
        return _convolution(one, channel)
    if isinstance(one, PoolCalculation):
        return _pool(one)
    if isinstance(one, NormCalculation):
        return _norm(one)
    if isinstance(one, RescalingCalculation):
        words = f"{_figures(one.scale)} · {_figures(one.x)} + {_figures(one.offset)}"
        exact = full(scale=one.scale, x=one.x, offset=one.offset)
        return [(line(tr("scale · x + offset"), "quiet"),), (line(words, exact=exact),), (result(one),)]
    if isinstance(one, DenseCalculation):
        return _dense(one)
    if isinstance(one, SoftmaxCalculation):
        return _softmax(one, labels)
    if isinstance(one, MergeCalculation):
        return _merge(one)
    if isinstance(one, FunctionCalculation):
        words = f"{one.kind}: {one.formula}, x = {say(one.x)}"
        return [(line(words, exact=full(x=one.x)),), (result(one),)]
    assert isinstance(one, CopyCalculation)
    return [(line(_copied(one)),), (result(one),)]


def _figures(value: float) -> str:
    """Four significant figures, also for very small numbers: variances are small, and they are divisors."""
    words = exact_words(value, 4)
    return f"({words})" if value < 0 else words


def _convolution(one: ConvolutionCalculation, channel: int) -> list[Row]:
    order, sums = one.strongest, one.sums
    chosen = int(order[channel % len(order)])
    patch, kernel = one.patch[..., chosen], one.kernel[..., chosen]
    name = tr("what reaches here") if isinstance(one, TransposedCalculation) else tr("patch")
    read = one.first_channel + chosen
    where = name if len(sums) == 1 and not read else tr("{0}, channel {1}").format(name, read)
    products = Matrix(tr("products"), patch * kernel, factors=(patch, kernel))
    rows: list[Row] = [
        (Matrix(where, patch, Scale.of_values(patch)), Sign("×"), Matrix(tr("kernel"), kernel)),
        (products, Sign("Σ"), *_channels(one, chosen)),
    ]
    total = float(sums.sum())
    words = f"Σ {say(total)}" if one.bias is None else f"Σ {say(total)} + bias {signed(one.bias)}"
    rows.append((line(words, exact=full(Σ=total) + ("" if one.bias is None else full(bias=one.bias))),))
    rows.append((result(one),))
    return rows


def _channels(one: ConvolutionCalculation, chosen: int) -> list[Words]:
    """The sum over input channels as a column: the chosen channel, the largest others, and the rest in one line."""
    sums, order = one.sums, one.strongest
    if len(sums) == 1:
        return [line(f"= {say(float(sums[0]))}", strong=True)]
    shown = sorted({chosen, *(int(c) for c in order[:CHANNELS])}, key=lambda c: int(np.flatnonzero(order == c)[0]))
    words = []
    for number, c in enumerate(shown):
        sign = "+ " if number else "= "
        text = tr("{0}{1}  channel {2}").format(sign, signed(float(sums[c])), c)
        words.append(line(text, strong=c == chosen, exact=full(Σ=float(sums[c]))))
    if rest := len(sums) - len(shown):
        total = float(sums.sum() - sums[shown].sum())
        words.append(line(tr("+ {0}  the other {1}").format(signed(total), rest), exact=full(Σ=total)))
    return words


def _pool(one: PoolCalculation) -> list[Row]:
    window = Matrix(tr("window"), one.patch, Scale.of_values(one.patch), one.winner, ~one.inside)
    words = tr("the mean of them")
    if one.winner is not None:
        words = tr("the largest, at row {0}, column {1} of the window").format(*one.winner)
    return [(window,), (line(words),), (result(one),)]


def _norm(one: NormCalculation) -> list[Row]:
    normal = (one.x - one.mean) / float(np.sqrt(one.variance + one.epsilon))
    first = f"({_figures(one.x)} − {_figures(one.mean)}) / √({_figures(one.variance)} + {one.epsilon:g})"
    second = f"{_figures(one.gamma)} · {_figures(normal)} + {_figures(one.beta)}"
    return [
        (line(tr("(x − mean) / √(variance + ε)"), "quiet"),),
        (line(f"{first} = {_figures(normal)}", exact=full(x=one.x, mean=one.mean, variance=one.variance)),),
        (line(tr("γ · that + β"), "quiet"),),
        (line(second, exact=full(γ=one.gamma, β=one.beta)),),
        (result(one),),
    ]


def _dense(one: DenseCalculation) -> list[Row]:
    shown = min(TERMS, len(one.inputs))
    rows: list[Row] = [
        (line(tr("the {0} largest of {1} terms, input × weight:").format(shown, len(one.inputs)), "quiet"),)
    ]
    for number in one.largest(TERMS):
        x, w = float(one.inputs[number]), float(one.weights[number])
        rows.append((line(f"[{number}]   {say(x)} × {signed(w)} = {say(x * w)}", exact=full(x=x, w=w)),))
    if len(one.inputs) > TERMS:
        rows.append((line(tr("the other {0} together = {1}").format(len(one.inputs) - TERMS, say(one.rest(TERMS)))),))
    if one.bias is not None:
        rows.append((line(tr("bias = {0}").format(say(one.bias)), exact=full(bias=one.bias)),))
    return [*rows, (line(tr("all together"), "text"),), (result(one),)]


def _softmax(one: SoftmaxCalculation, labels: Sequence[str]) -> list[Row]:
    exponentials, logits, own = one.exponentials, one.logits, one.index[-1]
    top = [int(k) for k in np.argsort(-logits, kind="stable")[:4]]
    rows: list[Row] = [(line(tr("softmax: exp(z − largest z), each over the sum of all"), "quiet"),)]
    for unit in top if own in top else [*top, own]:
        name = labels[unit] if unit < len(labels) else str(unit)
        difference = f"{say(float(logits[unit]))} − {signed(float(logits.max()))}"
        words = f"{name}:   exp({difference}) = {say(float(exponentials[unit]))}"
        rows.append((Words(words, strong=unit == own, exact=full(z=float(logits[unit]))),))
    total = float(exponentials.sum())
    rows.append((line(tr("sum of all {0} = {1}").format(len(logits), say(total)), exact=full(sum=total)),))
    rows.append((line(f"{say(float(exponentials[own]))} / {say(total)}"),))
    return [*rows, (result(one),)]


def _merge(one: MergeCalculation) -> list[Row]:
    """The numbers of the joined layers, one line each."""
    names = {
        "Add": tr("the sum of what these layers have here:"),
        "Subtract": tr("the first less the second:"),
        "Multiply": tr("the product of what these layers have here:"),
        "Average": tr("the mean of what these layers have here:"),
        "Maximum": tr("the largest of what these layers have here:"),
        "Minimum": tr("the smallest of what these layers have here:"),
    }
    rows: list[Row] = [(line(names[one.kind], "quiet"),)]
    infix = one.sign if len(one.sign) == 1 else ","
    for number, (value, path) in enumerate(zip(one.values.tolist(), one.sources, strict=True)):
        before = f"{infix} " if number else ""
        rows.append((line(f"{before}{signed(value)}   {layer_words(path)}", exact=full(value=value)),))
    return [*rows, (result(one),)]


def _copied(one: CopyCalculation) -> str:
    if one.source is None:
        return tr("a zero of the margin")
    if one.kind == "Concatenate":
        place = tr("map {0}") if len(one.source) == 3 else tr("unit {0}")
        return tr("taken from {0}, {1}: the inputs stand one after the other").format(
            layer_words(one.from_layer), place.format(one.source[-1])
        )
    if one.kind in ("Flatten", "Reshape"):
        if len(one.source) != 3:
            return tr("taken from unit {0}").format(*one.source) if len(one.source) == 1 else tr("the value as it was")
        return tr("taken from row {0}, column {1} of map {2}").format(*one.source)
    if "Dropout" in one.kind or "Noise" in one.kind:
        return tr("{0} changes nothing outside training: the value as it was").format(one.kind)
    if one.source == one.index:
        return tr("the value as it was")
    return tr("taken from row {0}, column {1}").format(*one.source[:2])
