"""The calculations whose result is one number of a network, and the gradient's way back through one.

They hold only the numbers that are shown: small arrays, taken from the layer's input and weights.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from nets.byhand.merging import MERGES

Index = tuple[int, ...]  # (row, column, map) or (unit,)


@dataclass(frozen=True, eq=False)
class Calculation:
    """kind: the kind of the layer by hand, "Conv2D", "relu". index: a place in its output; result: the value there."""

    kind: str
    index: Index
    result: float


@dataclass(frozen=True, eq=False)
class ConvolutionCalculation(Calculation):
    """The sum of patch × kernel, plus the bias.

    patch and kernel (kh, kw, C); origin: (row, column) of the patch's first pixel, negative in the padding.
    first_channel: the input channel with which the patch begins; not 0 for a depthwise convolution, which reads only
    one.
    """

    patch: np.ndarray
    kernel: np.ndarray
    bias: float | None
    origin: tuple[int, int]
    first_channel: int = 0

    @property
    def products(self) -> np.ndarray:
        """(kh, kw, C)."""
        return self.patch * self.kernel

    @property
    def sums(self) -> np.ndarray:
        """(C,): the contribution of each input channel."""
        return np.asarray(self.products.sum((0, 1), dtype=np.float64))

    @property
    def strongest(self) -> np.ndarray:
        """(C,): the channels, largest contributions (by size) first."""
        return np.argsort(-np.nan_to_num(np.abs(self.sums), nan=np.inf), kind="stable")


@dataclass(frozen=True, eq=False)
class TransposedCalculation(ConvolutionCalculation):
    """As a convolution: patch has, at each entry of the kernel, the input that reaches this place through it, or 0."""


@dataclass(frozen=True, eq=False)
class PoolCalculation(Calculation):
    """patch (kh, kw), 0 outside the image; inside: (kh, kw) bool; winner (i, j), None if the mean is taken."""

    patch: np.ndarray
    inside: np.ndarray
    winner: tuple[int, int] | None
    origin: tuple[int, int]


@dataclass(frozen=True, eq=False)
class NormCalculation(Calculation):
    """gamma (x - mean) / sqrt(variance + epsilon) + beta."""

    x: float
    mean: float
    variance: float
    epsilon: float
    gamma: float
    beta: float


@dataclass(frozen=True, eq=False)
class RescalingCalculation(Calculation):
    """scale x + offset."""

    x: float
    scale: float
    offset: float


@dataclass(frozen=True, eq=False)
class DenseCalculation(Calculation):
    """inputs and weights (n,): the result is the sum of their products, and the bias."""

    inputs: np.ndarray
    weights: np.ndarray
    bias: float | None

    def largest(self, count: int) -> np.ndarray:
        """The positions of the ``count`` terms with the largest sizes, in that order."""
        return np.argsort(-np.abs(self.inputs * self.weights), kind="stable")[:count]

    def rest(self, count: int) -> float:
        """The sum of all other terms."""
        terms = (self.inputs * self.weights).astype(np.float64)
        return float(terms.sum() - terms[self.largest(count)].sum())


@dataclass(frozen=True, eq=False)
class SoftmaxCalculation(Calculation):
    """logits (K,): the result is exp(logit - largest) over the sum of all of them."""

    logits: np.ndarray

    @property
    def exponentials(self) -> np.ndarray:
        return np.asarray(np.exp(self.logits - self.logits.max()))

    @property
    def probabilities(self) -> np.ndarray:
        return np.asarray(self.exponentials / self.exponentials.sum())


@dataclass(frozen=True, eq=False)
class FunctionCalculation(Calculation):
    """A function of one number, named by ``kind``. slope: its derivative at x; formula: the function in words."""

    x: float
    slope: float
    formula: str


@dataclass(frozen=True, eq=False)
class MergeCalculation(Calculation):
    """The numbers of several layers joined by the row ``kind`` of MERGES. values (n,), sources: the layers' paths."""

    values: np.ndarray
    sources: tuple[str, ...]

    @property
    def sign(self) -> str:
        return MERGES[self.kind].sign


@dataclass(frozen=True, eq=False)
class CopyCalculation(Calculation):
    """Nothing is computed: the value was at ``source`` of the layer ``from_layer``; None in a margin of zeros."""

    source: Index | None
    from_layer: str = ""


@dataclass(frozen=True, eq=False)
class LayerGradient:
    """The gradient's way back through one calculation.

    arriving: dL/d result. onward: dL/d of what was read, in its shape. shares: for each weight that was used, what
    this position adds to dL/dw; totals: the whole dL/dw, over all positions; empty for weights that are not trained.
    Both of the shape in which the calculation has that weight: (kh, kw, C), (n,) or ().
    """

    calculation: Calculation
    arriving: float
    onward: np.ndarray
    shares: dict[str, np.ndarray] = field(default_factory=dict)
    totals: dict[str, np.ndarray] = field(default_factory=dict)
