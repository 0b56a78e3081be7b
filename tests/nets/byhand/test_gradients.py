"""One contract for all layers: backward is the derivative of forward, over random shapes, in float64."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nets.byhand.activations import LeakyReLU, Linear, ReLU, Sigmoid, Softmax, Tanh
from nets.byhand.convolution import Conv2D, Conv2DTranspose
from nets.byhand.dense import Dense, Dropout, Flatten
from nets.byhand.layer import Layer
from nets.byhand.losses import SoftmaxCrossEntropy, SquaredError
from nets.byhand.methods import METHODS
from nets.byhand.normalisation import BatchNorm, LocalResponseNorm
from nets.byhand.padding import ZeroPad2D
from nets.byhand.pooling import AveragePool2D, GlobalAveragePool2D, MaxPool2D
from nets.byhand.window import Margins, Pair
from nets.errors import UsageError
from tests.nets.byhand.differences import check, close, numeric

KERNELS = 2


@dataclass(frozen=True)
class Geometry:
    shape: tuple[int, int, int, int]
    kernel: Pair
    strides: Pair
    dilation: Pair
    padding: str | Margins
    seed: int


def pairs(largest: int) -> st.SearchStrategy[Pair]:
    return st.tuples(st.integers(1, largest), st.integers(1, largest))


margins = st.tuples(*[st.tuples(st.integers(0, 2), st.integers(0, 2))] * 2)
geometries = st.builds(
    Geometry,
    st.tuples(st.integers(1, 2), st.integers(1, 6), st.integers(1, 5), st.integers(1, 3)),
    pairs(3),
    pairs(4),  # strides over the kernel, too
    pairs(2),
    st.one_of(st.sampled_from(["valid", "same"]), margins),
    st.integers(0, 99),
)


def named(padding: str | Margins) -> str:
    """For layers without four margins of their own."""
    return padding if isinstance(padding, str) else "same"


Make = Callable[[Geometry, np.random.Generator], Layer]


def convolution(method: str, *, bias: bool = True) -> Make:
    def make(g: Geometry, random: np.random.Generator) -> Layer:
        kernel = random.standard_normal((*g.kernel, g.shape[3], KERNELS))
        return Conv2D(
            kernel,
            random.standard_normal(KERNELS) if bias else None,
            strides=g.strides,
            padding=g.padding,
            dilation=g.dilation,
            method=method,
        )

    return make


def transposed(g: Geometry, random: np.random.Generator) -> Layer:
    kernel = random.standard_normal((*g.kernel, KERNELS, g.shape[3]))
    options = {"strides": g.strides, "padding": named(g.padding), "dilation": g.dilation}
    return Conv2DTranspose(kernel, random.standard_normal(KERNELS), **options)


def pool(kind: type[MaxPool2D] | type[AveragePool2D]) -> Make:
    def make(g: Geometry, random: np.random.Generator) -> Layer:
        return kind(g.kernel, strides=g.strides, padding=named(g.padding))

    return make


def norm(g: Geometry, random: np.random.Generator) -> Layer:
    channels = g.shape[3]
    return BatchNorm(*random.standard_normal((3, channels)), random.uniform(0.5, 2, channels))


LAYERS: dict[str, Make] = {
    **{f"convolution, {name}": convolution(name) for name in METHODS},
    "convolution without bias": convolution("im2col", bias=False),
    "transposed convolution": transposed,
    "maximum": pool(MaxPool2D),
    "average": pool(AveragePool2D),
    "global average": lambda g, random: GlobalAveragePool2D(),
    "batch normalisation": norm,
    "local response normalisation": lambda g, random: LocalResponseNorm(3, k=1.0, alpha=0.3),
    "zeros around": lambda g, random: ZeroPad2D(((g.seed % 3, 1), (0, 2))),
    "dropout": lambda g, random: Dropout(0.4),
    "flatten": lambda g, random: Flatten(),
    "dense": lambda g, random: Dense(random.standard_normal((g.shape[3], 3)), random.standard_normal(3)),
    "dense, decaying": lambda g, random: Dense(random.standard_normal((g.shape[3], 3)), weight_decay=0.3),
    "linear": lambda g, random: Linear(),
    "relu": lambda g, random: ReLU(),
    "leaky relu": lambda g, random: LeakyReLU(0.1),
    "tanh": lambda g, random: Tanh(),
    "sigmoid": lambda g, random: Sigmoid(),
    "softmax": lambda g, random: Softmax(),
}


def values(shape: tuple[int, ...], random: np.random.Generator) -> np.ndarray:
    """Numbers far from each other and from zero, so that no maximum and no corner lies within a difference's step."""
    count = int(np.prod(shape))
    return (random.permutation(count) - count / 2 + 0.25).reshape(shape) * (3 / count)


CASES = [(name, False) for name in LAYERS] + [("dropout", True), ("batch normalisation", True)]


@pytest.mark.parametrize(("name", "training"), CASES)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.filter_too_much], derandomize=True)
@given(geometry=geometries)
def test_backward_is_the_derivative(name: str, training: bool, geometry: Geometry) -> None:
    random = np.random.default_rng(geometry.seed)
    layer = LAYERS[name](geometry, random)
    x = values(geometry.shape[::3] if isinstance(layer, Dense) else geometry.shape, random)

    def forward() -> np.ndarray:
        if isinstance(layer, Dropout):
            layer.random = np.random.default_rng(3)  # the same mask each time
        return layer.forward(x, training=training)

    try:
        forward()
    except UsageError:  # larger than the image: another test's subject
        assume(False)
    check(layer, x, forward)


@pytest.mark.parametrize(
    "loss", [SoftmaxCrossEntropy(), SoftmaxCrossEntropy(0.2), SquaredError()], ids=["plain", "smoothed", "squared"]
)
def test_losses_go_back_as_they_came(loss) -> None:
    random = np.random.default_rng(0)
    outputs, labels = random.standard_normal((3, 4)), np.array([0, 3, 3])
    expected = numeric(lambda: loss.forward(outputs, labels), outputs)
    loss.forward(outputs, labels)
    close(loss.backward(), expected)
