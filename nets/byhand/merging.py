"""Layers that join several inputs of one shape number by number, or stack their channels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Merge:
    """A row of ``MERGES``: how one number of each input becomes one number.

    join: (n,) numbers -> one. slopes: (n,) numbers -> its derivatives for each of them, (n,).
    """

    kind: str
    sign: str
    join: Callable[[np.ndarray], float]
    slopes: Callable[[np.ndarray], np.ndarray]


def _winner(values: np.ndarray, place: int) -> np.ndarray:
    return (np.arange(len(values)) == place).astype(values.dtype)


MERGES: dict[str, Merge] = {
    row.kind: row
    for row in (
        Merge("Add", "+", lambda v: float(v.sum()), np.ones_like),
        Merge("Subtract", "−", lambda v: float(v[0] - v[1]), lambda v: np.array([1, -1], v.dtype)),
        Merge("Multiply", "×", lambda v: float(v.prod()), lambda v: np.array([_others(v, n) for n in range(len(v))])),
        Merge("Average", "mean", lambda v: float(v.mean()), lambda v: np.full_like(v, 1 / len(v))),
        Merge("Maximum", "max", lambda v: float(v.max()), lambda v: _winner(v, int(v.argmax()))),
        Merge("Minimum", "min", lambda v: float(v.min()), lambda v: _winner(v, int(v.argmin()))),
    )
}


def _others(values: np.ndarray, place: int) -> float:
    """The product of all values but one."""
    return float(np.delete(values, place).prod())


def concatenated(counts: Sequence[int], channel: int) -> tuple[int, int]:
    """Which input, and which of its channels, is ``channel`` of inputs with ``counts`` channels one after the other."""
    for number, count in enumerate(counts):
        if channel < count:
            return number, channel
        channel -= count
    raise IndexError(f"expected a channel below {sum(counts)}")
