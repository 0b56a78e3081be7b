"""The steps in which one number of a network came to be, and the way back through one: what is shown of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from nets.byhand.layer import Layer

Index = tuple[int, ...]  # (row, column, map) or (unit,)


@dataclass(frozen=True, eq=False)
class Step:
    """``result`` is what the layer has at ``index``."""

    layer: Layer
    index: Index
    result: float


@dataclass(frozen=True, eq=False)
class ConvolutionStep(Step):
    """patch and kernel (kh, kw, C); origin: (row, column) of the patch's first pixel, below 0 in the margin."""

    patch: np.ndarray
    kernel: np.ndarray
    bias: float | None
    origin: tuple[int, int]

    @property
    def products(self) -> np.ndarray:
        """(kh, kw, C)."""
        return self.patch * self.kernel

    @property
    def sums(self) -> np.ndarray:
        """(C,): what each input channel adds."""
        return np.asarray(self.products.sum((0, 1), dtype=np.float64))

    @property
    def strongest(self) -> np.ndarray:
        """(C,): the channels, those that add or take away most first."""
        return np.argsort(-np.nan_to_num(np.abs(self.sums), nan=np.inf), kind="stable")


@dataclass(frozen=True, eq=False)
class TransposedStep(ConvolutionStep):
    """As a convolution: patch has, at each entry of the kernel, the input that reaches this place through it, or 0."""


@dataclass(frozen=True, eq=False)
class PoolStep(Step):
    """patch (kh, kw), 0 outside the image; inside: (kh, kw) bool; winner (i, j), None where the mean is taken."""

    patch: np.ndarray
    inside: np.ndarray
    winner: tuple[int, int] | None
    origin: tuple[int, int]


@dataclass(frozen=True, eq=False)
class NormStep(Step):
    """gamma (x - mean) / sqrt(variance + epsilon) + beta."""

    x: float
    mean: float
    variance: float
    epsilon: float
    gamma: float
    beta: float


@dataclass(frozen=True, eq=False)
class DenseStep(Step):
    """inputs and weights (n,): the result is their product's sum and the bias."""

    inputs: np.ndarray
    weights: np.ndarray
    bias: float | None

    def largest(self, count: int) -> np.ndarray:
        """The positions of the ``count`` terms that add or take away most, in that order."""
        return np.argsort(-np.abs(self.inputs * self.weights), kind="stable")[:count]

    def rest(self, count: int) -> float:
        """The sum of all other terms."""
        terms = (self.inputs * self.weights).astype(np.float64)
        return float(terms.sum() - terms[self.largest(count)].sum())


@dataclass(frozen=True, eq=False)
class SoftmaxStep(Step):
    """logits (K,): the result is exp(logit - largest) over the sum of all of them."""

    logits: np.ndarray

    @property
    def exponentials(self) -> np.ndarray:
        return np.exp(self.logits - self.logits.max())


@dataclass(frozen=True, eq=False)
class FunctionStep(Step):
    """A function of one number: ``layer.kind`` names it."""

    x: float


@dataclass(frozen=True, eq=False)
class PassStep(Step):
    """Nothing is computed: the value stood at ``source`` of the layer before; None in the margin of zeros."""

    source: Index | None


@dataclass(frozen=True, eq=False)
class Back:
    """The way back through one step. arriving: dL/d result. onward: dL/d of what the step read, in its shape.

    shares: for each weight that the step used, what this position adds to dL/dw; totals: the whole dL/dw, over all
    positions. Both of the shape of what the step shows of that weight: (kh, kw, C), (n,) or ().
    """

    step: Step
    arriving: float
    onward: np.ndarray
    shares: dict[str, np.ndarray] = field(default_factory=dict)
    totals: dict[str, np.ndarray] = field(default_factory=dict)
