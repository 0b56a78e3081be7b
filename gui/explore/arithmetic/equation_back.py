"""The way back through one number as rows of an equation. It paints nothing."""

from __future__ import annotations

from collections.abc import Sequence

from gui.explore.arithmetic.equation_words import TERMS, full, line, tr
from gui.paint.equation import Matrix, Row, Sign, Words
from gui.paint.numbers import value_words as say
from nets.byhand.calculations import Back, ConvolutionStep, DenseStep, FunctionStep, NormStep, PassStep, PoolStep


def backward_rows(backs: Sequence[Back], channel: int) -> tuple[Row, ...]:
    """The way back through one number: what arrives, what it does to each weight, and what goes on."""
    rows: list[Row] = []
    for number, back in enumerate(backs):
        said = number > 0 and isinstance(backs[number - 1].step, FunctionStep)  # what went on through the function
        rows += _back(back, channel, "dL/dz" if number else "dL/dy")[1 if said else 0 :]
    return tuple(rows)


def _back(back: Back, channel: int, name: str) -> list[Row]:
    step = back.step
    arrives = line(
        tr("arrives: {0} = {1}").format(name, say(back.arriving)), exact=full(gradient=back.arriving), strong=True
    )
    rows: list[Row] = [(arrives,)]
    if isinstance(step, ConvolutionStep):
        chosen = int(step.strongest[channel % step.patch.shape[2]])
        share, total = back.shares["kernel"][..., chosen], back.totals["kernel"][..., chosen]
        rows += [
            (
                Matrix(tr("to the kernel from here: {0} × patch").format(name), share),
                Sign(""),
                Matrix(tr("from all positions"), total),
            ),
            (Matrix(tr("goes on: {0} × kernel").format(name), back.onward[..., chosen]), *_bias(back)),
        ]
    elif isinstance(step, PoolStep):
        rows.append((Matrix(tr("goes on to the window"), back.onward, mark=step.winner, outside=~step.inside),))
        rows.append(
            (
                line(
                    tr("all of it to the largest, nothing to the others") if step.winner else tr("shared equally"),
                    "quiet",
                ),
            )
        )
    elif isinstance(step, DenseStep):
        rows.append((line(tr("to the weights: {0} × input; on: {0} × weight").format(name), "quiet"),))
        for number in step.largest(TERMS):
            dw, dx = float(back.shares["kernel"][number]), float(back.onward[number])
            rows.append((line(f"[{number}]   dL/dw = {say(dw)}     dL/dx = {say(dx)}", exact=full(dw=dw, dx=dx)),))
        if "bias" in back.totals:
            rows.append((line(tr("bias: {0}").format(say(float(back.totals["bias"])))),))
    elif isinstance(step, NormStep):
        rows.append(
            (
                line(
                    tr("dL/dγ = {0}, dL/dβ = {1}, from all positions").format(
                        say(float(back.totals["gamma"])), say(float(back.totals["beta"]))
                    )
                ),
            )
        )
        rows.append((line(tr("goes on: {1} · γ / √(variance + ε) = {0}").format(say(float(back.onward)), name)),))
    elif isinstance(step, FunctionStep):
        slope = float(back.onward) / back.arriving if back.arriving else 0.0
        words = tr("through {0}: × {1}, so dL/dz = {2}").format(step.layer.kind, say(slope), say(float(back.onward)))
        rows.append(
            (
                line(
                    words
                    if back.arriving
                    else tr("through {0}: nothing arrives, nothing goes on").format(step.layer.kind)
                ),
            )
        )
    elif isinstance(step, PassStep):
        rows.append((line(tr("goes on as it is")),))
    return rows


def _bias(back: Back) -> list[Words]:
    """What a convolution's bias gets."""
    if "bias" not in back.totals:
        return []
    here, total = float(back.shares["bias"]), float(back.totals["bias"])
    return [
        line(tr("to the bias:"), "quiet"),
        line(tr("{0} from here").format(say(here)), exact=full(from_here=here)),
        line(tr("{0} in all").format(say(total)), exact=full(in_all=total)),
    ]
