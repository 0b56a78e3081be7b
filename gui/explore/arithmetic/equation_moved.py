"""The change of a value and its weights by one step, as rows of an equation. ``gui.paint.equation`` paints them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gui.explore.arithmetic.equation_words import TERMS, full, layer_words, line, tr
from gui.paint.equation import Matrix, Row, Sign, Words
from gui.paint.numbers import value_words as say
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
)
from nets.compute.descent import WeightChange


def moved_rows(
    before: Sequence[Calculation], after: Sequence[Calculation], channel: int, labels: Sequence[str] = ()
) -> tuple[Row, ...]:
    """The calculations of one position before and after a step, number by number.

    Args:
        before: The calculations with the weights before the step.
        after: Those of the same place with the weights after it.
        channel: As for ``forward_rows``, of ``after``.
        labels: The names of the classes.
    """
    explained = tr("each number now, and by how much the step moved it:")
    rows: list[Row] = [(line(explained, "quiet"),)]
    for old, new in zip(before, after, strict=True):
        rows += _moved(old, new, channel, labels)
    return tuple(rows)


def _moved(old: Calculation, new: Calculation, channel: int, labels: Sequence[str]) -> list[Row]:
    rows: list[Row] = []
    if isinstance(old, ConvolutionCalculation) and isinstance(new, ConvolutionCalculation):
        rows = _convolution(old, new, channel)
    elif isinstance(old, PoolCalculation) and isinstance(new, PoolCalculation):
        rows = _matrices(tr("window"), old.patch, new.patch, ~new.inside)
    elif isinstance(old, DenseCalculation) and isinstance(new, DenseCalculation):
        rows = _dense(old, new)
    elif isinstance(old, SoftmaxCalculation) and isinstance(new, SoftmaxCalculation):
        return _softmax(old, new, labels)
    elif isinstance(old, NormCalculation) and isinstance(new, NormCalculation):
        rows = [
            (_change("γ", old.gamma, new.gamma),),
            (_change("β", old.beta, new.beta),),
            (_change(tr("what arrives, x:"), old.x, new.x),),
        ]
    elif isinstance(old, MergeCalculation) and isinstance(new, MergeCalculation):
        values = zip(old.values.tolist(), new.values.tolist(), new.sources, strict=True)
        rows = [(_change(f"{layer_words(path)}:", x0, x1),) for x0, x1, path in values]
    elif isinstance(old, RescalingCalculation) and isinstance(new, RescalingCalculation):
        rows = [(_change(tr("what arrives, x:"), old.x, new.x),)]
    elif isinstance(old, CopyCalculation):
        rows = []
    elif isinstance(old, FunctionCalculation):
        return [(_change(f"{old.kind}:", old.result, new.result, strong=True),)]
    return [*rows, (_change(tr("the value:"), old.result, new.result, strong=True),)]


def _convolution(old: ConvolutionCalculation, new: ConvolutionCalculation, channel: int) -> list[Row]:
    chosen = int(new.strongest[channel % len(new.sums)])
    rows = _matrices(tr("kernel"), old.kernel[..., chosen], new.kernel[..., chosen])
    if (new.patch[..., chosen] != old.patch[..., chosen]).any():
        ((patch,),) = _matrices(tr("patch"), old.patch[..., chosen], new.patch[..., chosen])
        rows = [(patch, Sign("×"), *rows[0])]
    if len(new.sums) > 1:
        rows.append((_change(tr("this channel's sum:"), float(old.sums[chosen]), float(new.sums[chosen])),))
    if old.bias is not None and new.bias is not None:
        rows.append((_change(tr("bias:"), old.bias, new.bias),))
    return rows


def _matrices(name: str, old: np.ndarray, new: np.ndarray, outside: np.ndarray | None = None) -> list[Row]:
    """A matrix of the new numbers with each number's change below it."""
    return [(Matrix(name, new, outside=outside, change=new - old),)]


def _dense(old: DenseCalculation, new: DenseCalculation) -> list[Row]:
    rows: list[Row] = [(line(tr("the {0} terms that moved most, input × weight:").format(TERMS), "quiet"),)]
    change = np.abs(new.inputs * new.weights - old.inputs * old.weights)
    for number in np.argsort(-change, kind="stable")[:TERMS]:
        x0, w0, x1, w1 = (float(values[number]) for values in (old.inputs, old.weights, new.inputs, new.weights))
        words = f"[{number}]   {_pair(x0, x1)} × {_pair(w0, w1)}"
        rows.append((line(words, exact=full(x_before=x0, x=x1, w_before=w0, w=w1)),))
    if old.bias is not None and new.bias is not None:
        rows.append((_change(tr("bias"), old.bias, new.bias),))
    return rows


def _softmax(old: SoftmaxCalculation, new: SoftmaxCalculation, labels: Sequence[str]) -> list[Row]:
    shares = [one.probabilities for one in (old, new)]
    rows: list[Row] = [(line(tr("logit z and probability p of every class:"), "quiet"),)]
    for unit in range(len(new.logits)):
        name = labels[unit] if unit < len(labels) else str(unit)
        z0, z1, p0, p1 = (float(v[unit]) for v in (old.logits, new.logits, *shares))
        exact = full(z_before=z0, z=z1, p_before=p0, p=p1)
        words = f"{name}:   z {fine(z0, z1)}     p {fine(p0, p1)}"
        rows.append((line(words, strong=unit == new.index[-1], exact=exact),))
    return rows


def everywhere_rows(changes: Sequence[WeightChange], rate: float) -> tuple[Row, ...]:
    """The changes by the step in the whole network; ``rate`` is its learning rate."""
    most = max(changes, key=lambda change: change.largest)
    count, size = sum(change.moved for change in changes), sum(change.size for change in changes)
    step = tr("the step: every weight w became w − {0:g} · dL/dw").format(rate)
    words = tr("{0} of {1} moved; one of {2} by {3}").format(f"{count:,}", f"{size:,}", most.layer, say(most.largest))
    return tuple((line(text, "quiet"),) for text in (step, words))


def _change(name: str, old: float, new: float, *, strong: bool = False) -> Words:
    role = "accent" if strong else "text"
    return line(f"{name} {fine(old, new)}".strip(), role, strong=strong, exact=full(before=old, now=new))


def _pair(old: float, new: float) -> str:
    words = fine(old, new)
    return f"({words})" if "→" in words or new < 0 else words


def fine(old: float, new: float) -> str:
    """ "before → now" with enough figures to show the difference; one number if nothing changed."""
    if old == new:
        return say(new)
    one, two = say(old), say(new)
    digits = 4
    while one == two and digits < 9:
        one, two = f"{old:.{digits}g}", f"{new:.{digits}g}"
        digits += 1
    return f"{one} → {two}"
