"""The arithmetic of one number as rows of an equation, forward and backward. It paints nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication

from gui.explore.equation import Grid, Row, Sign, Words
from gui.explore.numbers import value_words as say
from nets.byhand.arithmetic import (
    Back,
    ConvolutionStep,
    DenseStep,
    FunctionStep,
    NormStep,
    PassStep,
    PoolStep,
    SoftmaxStep,
    Step,
)

TERMS = 6  # of a long sum that are written out
FORMULAS = {
    "relu": "max(x, 0)",
    "tanh": "tanh(x)",
    "sigmoid": "1 / (1 + exp(-x))",
    "leaky_relu": "x, or slope · x below 0",
    "linear": "x",
}


def tr(text: str) -> str:
    return QCoreApplication.translate("Equation", text)


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
            (_line(tr("(x − mean) / √(variance + ε)"), "quiet"),),
            (
                _line(
                    f"({say(step.x)} − {_signed(step.mean)}) / √({say(step.variance)} + {step.epsilon:g}) = "
                    f"{say(normal)}",
                    exact=_full(x=step.x, mean=step.mean, variance=step.variance),
                ),
            ),
            (_line(tr("γ · that + β"), "quiet"),),
            (
                _line(
                    f"{say(step.gamma)} · {_signed(normal)} + {_signed(step.beta)}",
                    exact=_full(γ=step.gamma, β=step.beta),
                ),
            ),
            (_result(step),),
        ]
    if isinstance(step, DenseStep):
        return _dense(step)
    if isinstance(step, SoftmaxStep):
        return _softmax(step, labels)
    if isinstance(step, FunctionStep):
        formula = FORMULAS.get(step.layer.kind, f"{step.layer.kind}(x)")
        words = f"{step.layer.kind}: {formula}, x = {say(step.x)}"
        return [(_line(words, exact=_full(x=step.x)),), (_result(step),)]
    assert isinstance(step, PassStep)
    return [(_line(_passed(step)),), (_result(step),)]


def _convolution(step: ConvolutionStep, channel: int) -> list[Row]:
    order, sums = step.strongest, step.sums
    chosen = int(order[channel % len(order)])
    patch, kernel = step.patch[..., chosen], step.kernel[..., chosen]
    where = tr("patch") if len(sums) == 1 else tr("patch of channel {0}").format(chosen)
    rows: list[Row] = [
        (Grid(where, patch, signed=bool((patch < 0).any())), Sign("×"), Grid(tr("kernel"), kernel)),
        (Grid(tr("products"), patch * kernel), Sign("Σ"), Words(f"= {say(float(sums[chosen]))}", strong=True)),
    ]
    if len(sums) > 1:
        terms = [f"{_signed(float(sums[c]))} ({c})" for c in order[:TERMS]]
        rest = float(sums[order[TERMS:]].sum())
        rows.append((_line(tr("all {0} channels, the largest first:").format(len(sums)), "quiet"),))
        rows.append((_line(" + ".join(terms[:3])),))
        if terms[3:]:
            rows.append((_line("+ " + " + ".join(terms[3:])),))
        if len(sums) > TERMS:
            rows.append((_line(tr("+ {0} (the other {1} together)").format(_signed(rest), len(sums) - TERMS)),))
    total = float(sums.sum())
    words = f"Σ {say(total)}" if step.bias is None else f"Σ {say(total)} + bias {_signed(step.bias)}"
    rows.append((_line(words, exact=_full(Σ=total) + ("" if step.bias is None else _full(bias=step.bias))),))
    rows.append((_result(step),))
    return rows


def _pool(step: PoolStep) -> list[Row]:
    signed = bool((np.nan_to_num(step.patch) < 0).any())
    if step.winner is None:
        rows: list[Row] = [(Grid(tr("window"), step.patch, signed),), (_line(tr("the mean of them"), "text"),)]
    else:
        rows = [
            (Grid(tr("window"), step.patch, signed, step.winner),),
            (_line(tr("the largest, at row {0}, column {1} of the window").format(*step.winner)),),
        ]
    return [*rows, (_result(step),)]


def _dense(step: DenseStep) -> list[Row]:
    rows: list[Row] = [
        (_line(tr("the {0} largest of {1} terms, input × weight:").format(TERMS, len(step.inputs)), "quiet"),)
    ]
    for number in step.largest(TERMS):
        x, w = float(step.inputs[number]), float(step.weights[number])
        exact = _full(x=x, w=w)
        rows.append((_line(f"[{number}]   {say(x)} × {_signed(w)} = {say(x * w)}", exact=exact),))
    if len(step.inputs) > TERMS:
        rows.append(
            (_line(tr("the other {0} together = {1}").format(len(step.inputs) - TERMS, say(step.rest(TERMS)))),)
        )
    if step.bias is not None:
        rows.append((_line(tr("bias = {0}").format(say(step.bias)), exact=_full(bias=step.bias)),))
    rows.append((_line(tr("all together"), "text"),))
    rows.append((_result(step),))
    return rows


def _softmax(step: SoftmaxStep, labels: Sequence[str]) -> list[Row]:
    exponentials, logits = step.exponentials, step.logits
    top = [int(k) for k in np.argsort(-logits, kind="stable")[:4]]
    shown = top if step.index[0] in top else [*top, step.index[0]]
    rows: list[Row] = [(_line(tr("softmax: exp(z − largest z), each over the sum of all"), "quiet"),)]
    for unit in shown:
        name = labels[unit] if unit < len(labels) else str(unit)
        exact = _full(z=float(logits[unit]))
        difference = f"{say(float(logits[unit]))} − {_signed(float(logits.max()))}"
        words = f"{name}:   exp({difference}) = {say(float(exponentials[unit]))}"
        rows.append((Words(words, strong=unit == step.index[0], exact=exact),))
    total, own = float(exponentials.sum()), float(exponentials[step.index[0]])
    rows.append((_line(tr("sum of all {0} = {1}").format(len(logits), say(total)), exact=_full(sum=total)),))
    rows.append((_line(f"{say(own)} / {say(total)}"),))
    return [*rows, (_result(step),)]


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


# --- backward ---------------------------------------------------------------------------------------------------


def backward_rows(backs: Sequence[Back], channel: int) -> tuple[Row, ...]:
    """The way back through one number: what arrives, what it does to each weight, and what goes on."""
    rows: list[Row] = []
    for number, back in enumerate(backs):
        rows += _back(back, channel, "dL/dz" if number else "dL/dy")
    return tuple(rows)


def _back(back: Back, channel: int, name: str) -> list[Row]:
    step = back.step
    arrives = _line(
        tr("arrives: {0} = {1}").format(name, say(back.arriving)), exact=_full(gradient=back.arriving), strong=True
    )
    rows: list[Row] = [(arrives,)]
    if isinstance(step, ConvolutionStep):
        chosen = int(step.strongest[channel % step.patch.shape[2]])
        share, total = back.shares["kernel"][..., chosen], back.totals["kernel"][..., chosen]
        rows += [
            (
                Grid(tr("to the kernel from here: {0} × patch").format(name), share),
                Sign(""),
                Grid(tr("from all positions"), total),
            ),
            (Grid(tr("goes on: {0} × kernel").format(name), back.onward[..., chosen]),),
        ]
        if "bias" in back.totals:
            rows.append(
                (
                    _line(
                        tr("bias: {0} from here, {1} in all").format(
                            say(float(back.shares["bias"])), say(float(back.totals["bias"]))
                        )
                    ),
                )
            )
    elif isinstance(step, PoolStep):
        rows.append((Grid(tr("goes on to the window"), back.onward, mark=step.winner),))
        rows.append(
            (
                _line(
                    tr("all of it to the largest, nothing to the others") if step.winner else tr("shared equally"),
                    "quiet",
                ),
            )
        )
    elif isinstance(step, DenseStep):
        rows.append((_line(tr("to the weights: {0} × input; on: {0} × weight").format(name), "quiet"),))
        for number in step.largest(TERMS):
            dw, dx = float(back.shares["kernel"][number]), float(back.onward[number])
            rows.append((_line(f"[{number}]   dL/dw = {say(dw)}     dL/dx = {say(dx)}", exact=_full(dw=dw, dx=dx)),))
        if "bias" in back.totals:
            rows.append((_line(tr("bias: {0}").format(say(float(back.totals["bias"])))),))
    elif isinstance(step, NormStep):
        rows.append(
            (
                _line(
                    f"γ: {say(float(back.totals['gamma']))}     β: {say(float(back.totals['beta']))}"
                    + tr("  (all positions)")
                ),
            )
        )
        rows.append((_line(tr("goes on: {1} · γ / √(variance + ε) = {0}").format(say(float(back.onward)), name)),))
    elif isinstance(step, FunctionStep):
        slope = float(back.onward) / back.arriving if back.arriving else 0.0
        words = tr("through {0}: × {1} = {2}").format(step.layer.kind, say(slope), say(float(back.onward)))
        rows.append(
            (
                _line(
                    words
                    if back.arriving
                    else tr("through {0}: nothing arrives, nothing goes on").format(step.layer.kind)
                ),
            )
        )
    elif isinstance(step, PassStep):
        rows.append((_line(tr("goes on as it is")),))
    return rows


# --- words ------------------------------------------------------------------------------------------------------


def _line(text: str, role: str = "text", *, strong: bool = False, exact: str = "") -> Words:
    return Words(text, role, strong, exact)


def _result(step: Step) -> Words:
    return Words(f"= {say(step.result)}", "accent", True, str(np.float32(step.result)))


def _signed(value: float) -> str:
    """In brackets where it is negative: a sum stays a sum."""
    return f"({say(value)})" if value < 0 else say(value)


def _full(**values: float) -> str:
    return "".join(f"{name} = {np.float32(value)!s}\n" for name, value in values.items())
