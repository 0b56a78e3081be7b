"""The arithmetic of one number as rows of an equation, forward. It paints nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gui.explore.arithmetic.equation_words import TERMS, full, line, result, signed, tr
from gui.paint.equation import Matrix, Row, Sign, Words
from gui.paint.numbers import value_words as say
from gui.paint.scales import Scale
from nets.byhand.calculations import (
    ConvolutionStep,
    DenseStep,
    FunctionStep,
    NormStep,
    PassStep,
    PoolStep,
    SoftmaxStep,
    Step,
    TransposedStep,
)

CHANNELS = 4  # that are written out beside a convolution's products
FORMULAS = {
    "relu": "max(x, 0)",
    "tanh": "tanh(x)",
    "sigmoid": "1 / (1 + exp(-x))",
    "leaky_relu": "x, or slope · x below 0",
    "linear": "x",
}


def forward_rows(steps: Sequence[Step], channel: int, labels: Sequence[str] = ()) -> tuple[Row, ...]:
    """``channel``: the input channel of a convolution that is written out, by its place in ``strongest``."""
    rows: list[Row] = []
    for step in steps:
        rows += _forward(step, channel, labels)
    return tuple(rows)


def _forward(step: Step, channel: int, labels: Sequence[str]) -> list[Row]:
    if isinstance(step, ConvolutionStep):
        return _convolution(step, channel)
    if isinstance(step, PoolStep):
        return _pool(step)
    if isinstance(step, NormStep):
        deviation = np.sqrt(step.variance + step.epsilon)
        normal = (step.x - step.mean) / deviation
        return [
            (line(tr("(x − mean) / √(variance + ε)"), "quiet"),),
            (
                line(
                    f"({step.x:.4g} − {_figures(step.mean)}) / √({step.variance:.4g} + {step.epsilon:g}) "
                    f"= {normal:.4g}",
                    exact=full(x=step.x, mean=step.mean, variance=step.variance),
                ),
            ),
            (line(tr("γ · that + β"), "quiet"),),
            (
                line(
                    f"{step.gamma:.4g} · {_figures(normal)} + {_figures(step.beta)}",
                    exact=full(γ=step.gamma, β=step.beta),
                ),
            ),
            (result(step),),
        ]
    if isinstance(step, DenseStep):
        return _dense(step)
    if isinstance(step, SoftmaxStep):
        return _softmax(step, labels)
    if isinstance(step, FunctionStep):
        formula = FORMULAS.get(step.layer.kind, f"{step.layer.kind}(x)")
        words = f"{step.layer.kind}: {formula}, x = {say(step.x)}"
        return [(line(words, exact=full(x=step.x)),), (result(step),)]
    assert isinstance(step, PassStep)
    return [(line(_passed(step)),), (result(step),)]


def _figures(value: float) -> str:
    """Four figures, however small the number: variances are, and they are divided by."""
    return f"({value:.4g})" if value < 0 else f"{value:.4g}"


def _convolution(step: ConvolutionStep, channel: int) -> list[Row]:
    order, sums = step.strongest, step.sums
    chosen = int(order[channel % len(order)])
    patch, kernel = step.patch[..., chosen], step.kernel[..., chosen]
    name = tr("what reaches here") if isinstance(step, TransposedStep) else tr("patch")
    where = name if len(sums) == 1 else tr("{0}, channel {1}").format(name, chosen)
    rows: list[Row] = [
        (Matrix(where, patch, Scale.of_values(patch)), Sign("×"), Matrix(tr("kernel"), kernel)),
        (Matrix(tr("products"), patch * kernel, factors=(patch, kernel)), Sign("Σ"), *_channels(step, chosen)),
    ]
    total = float(sums.sum())
    words = f"Σ {say(total)}" if step.bias is None else f"Σ {say(total)} + bias {signed(step.bias)}"
    rows.append((line(words, exact=full(Σ=total) + ("" if step.bias is None else full(bias=step.bias))),))
    rows.append((result(step),))
    return rows


def _channels(step: ConvolutionStep, chosen: int) -> list[Words]:
    """What the channels add, as a column: the chosen one, the largest others, and the rest together."""
    sums, order = step.sums, step.strongest
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


def _pool(step: PoolStep) -> list[Row]:
    window = Matrix(tr("window"), step.patch, Scale.of_values(step.patch), step.winner, ~step.inside)
    words = tr("the mean of them")
    if step.winner is not None:
        words = tr("the largest, at row {0}, column {1} of the window").format(*step.winner)
    return [(window,), (line(words),), (result(step),)]


def _dense(step: DenseStep) -> list[Row]:
    rows: list[Row] = [
        (line(tr("the {0} largest of {1} terms, input × weight:").format(TERMS, len(step.inputs)), "quiet"),)
    ]
    for number in step.largest(TERMS):
        x, w = float(step.inputs[number]), float(step.weights[number])
        exact = full(x=x, w=w)
        rows.append((line(f"[{number}]   {say(x)} × {signed(w)} = {say(x * w)}", exact=exact),))
    if len(step.inputs) > TERMS:
        rows.append((line(tr("the other {0} together = {1}").format(len(step.inputs) - TERMS, say(step.rest(TERMS)))),))
    if step.bias is not None:
        rows.append((line(tr("bias = {0}").format(say(step.bias)), exact=full(bias=step.bias)),))
    rows.append((line(tr("all together"), "text"),))
    rows.append((result(step),))
    return rows


def _softmax(step: SoftmaxStep, labels: Sequence[str]) -> list[Row]:
    exponentials, logits = step.exponentials, step.logits
    top = [int(k) for k in np.argsort(-logits, kind="stable")[:4]]
    shown = top if step.index[0] in top else [*top, step.index[0]]
    rows: list[Row] = [(line(tr("softmax: exp(z − largest z), each over the sum of all"), "quiet"),)]
    for unit in shown:
        name = labels[unit] if unit < len(labels) else str(unit)
        exact = full(z=float(logits[unit]))
        difference = f"{say(float(logits[unit]))} − {signed(float(logits.max()))}"
        words = f"{name}:   exp({difference}) = {say(float(exponentials[unit]))}"
        rows.append((Words(words, strong=unit == step.index[0], exact=exact),))
    total, own = float(exponentials.sum()), float(exponentials[step.index[0]])
    rows.append((line(tr("sum of all {0} = {1}").format(len(logits), say(total)), exact=full(sum=total)),))
    rows.append((line(f"{say(own)} / {say(total)}"),))
    return [*rows, (result(step),)]


def _passed(step: PassStep) -> str:
    kind = step.layer.kind
    if step.source is None:
        return tr("a zero of the margin")
    if kind == "Flatten":
        if len(step.source) != 3:
            return tr("the value as it was")
        return tr("taken from row {0}, column {1} of map {2}").format(*step.source)
    if kind == "Dropout":
        return tr("dropout drops nothing outside training: the value as it was")
    return tr("taken from row {0}, column {1}").format(*step.source[:2])
