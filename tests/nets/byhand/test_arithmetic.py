"""The numbers on the screen: what they are made of adds up to the value that Keras computes, in any network."""

from __future__ import annotations

from itertools import pairwise

import keras
import numpy as np
import pytest
from keras import layers

from nets import zoo
from nets.byhand.arithmetic import LayerArithmetic
from nets.byhand.calculations import (
    Calculation,
    ConvolutionCalculation,
    CopyCalculation,
    DenseCalculation,
    FunctionCalculation,
    Index,
    MergeCalculation,
    NormCalculation,
    PoolCalculation,
    RescalingCalculation,
    SoftmaxCalculation,
    TransposedCalculation,
)
from nets.byhand.merging import MERGES
from nets.compute.descent import BackwardPass, Descent, of_layer
from nets.data.specs import ImageInput
from nets.errors import LensletError
from nets.network.card import Card
from nets.network.model import Model, ModelRef
from tests.nets.byhand.branched import branched, image_of

LABEL = 3


def uneven(model: keras.Model) -> None:
    """Biases and normalisations that are not 0 and 1, so that a number left out is noticed."""
    random = np.random.default_rng(3)
    for variable in model.weights:
        if "variance" in variable.path or "gamma" in variable.path:
            variable.assign(random.uniform(0.5, 1.5, variable.shape))
        elif any(name in variable.path for name in ("mean", "beta", "bias")):
            variable.assign(random.normal(0, 0.1, variable.shape))


def of_zoo(name: str, shape: tuple[int, int, int] | None = None) -> Model:
    row = zoo.get(name)
    network = row.build() if shape is None else row.build(input_shape=shape)
    uneven(network)
    size = shape or row.input.shape
    return wrapped(network, size)


def wrapped(network: keras.Model, size: tuple[int, int, int]) -> Model:
    labels = tuple(map(str, range(network.output_shape[-1])))
    card = Card(network.name, network.name, network.name, labels, ImageInput(*size))
    return Model.of(ModelRef("file", network.name), card, network)


def transposed() -> Model:
    keras.utils.set_random_seed(1)
    rows = [
        layers.Conv2DTranspose(4, (3, 2), strides=2, padding="same", activation="relu", name="same"),
        layers.Conv2DTranspose(3, (3, 4), strides=(2, 3), name="valid"),
        layers.GlobalAveragePooling2D(name="mean"),
        layers.Dense(4, name="answer"),
    ]
    network = keras.Sequential([keras.Input((5, 6, 3)), *rows])
    uneven(network)
    return wrapped(network, (5, 6, 3))


MODELS = {
    "branched": branched,
    "transposed": transposed,
    "lenet": lambda: of_zoo("lenet"),
    "lenet5": lambda: of_zoo("lenet5"),
    "pen": lambda: of_zoo("pen"),
    "simple_cnn in colour": lambda: of_zoo("simple_cnn", (32, 32, 3)),
}
Case = tuple[Model, BackwardPass]


@pytest.fixture(scope="module", params=MODELS)
def case(request: pytest.FixtureRequest) -> Case:
    """A model, and one image's way through it and back as Keras computes them."""
    return computed(MODELS[request.param]())


@pytest.fixture(scope="module")
def branches() -> Case:
    return computed(branched())


def computed(model: Model) -> Case:
    return model, Descent(model)(image_of(model.card.input.shape), LABEL)


class Looked:
    """One layer of a case, with its inputs and output."""

    def __init__(self, case: Case, path: str) -> None:
        model, found = case
        self.arithmetic = LayerArithmetic.of(model.graph, model.graph.step(path))
        self.inputs = [found.values[source] if source else found.image for source in self.arithmetic.sources]
        self.output, self.arriving = found.values[path], found.arriving[path]
        self.totals = of_layer(model, path, found.gradients)

    def at(self, index: Index, channel: int = 0) -> tuple[Calculation, ...]:
        return self.arithmetic.calculations(self.inputs, self.output, index, channel=channel)

    def back(self, index: Index, channel: int = 0):
        return self.arithmetic.backward(self.inputs, self.at(index, channel), self.arriving, self.totals)


def rebuilt(step: Calculation) -> float:
    """The result from the numbers that are shown, in float64."""
    if isinstance(step, ConvolutionCalculation):
        return float(step.sums.sum()) + (step.bias or 0.0)
    if isinstance(step, PoolCalculation):
        return float(step.patch[step.winner]) if step.winner else float(step.patch[step.inside].mean())
    if isinstance(step, NormCalculation):
        return step.gamma * (step.x - step.mean) / float(np.sqrt(step.variance + step.epsilon)) + step.beta
    if isinstance(step, RescalingCalculation):
        return step.scale * step.x + step.offset
    if isinstance(step, DenseCalculation):
        shown = step.largest(6)
        terms = float((step.inputs[shown] * step.weights[shown]).sum(dtype=np.float64))
        return terms + step.rest(6) + (step.bias or 0.0)
    if isinstance(step, SoftmaxCalculation):
        return float(step.probabilities[step.index[-1]])
    if isinstance(step, MergeCalculation):
        return MERGES[step.kind].join(step.values)
    if isinstance(step, FunctionCalculation):
        functions = {
            "relu": lambda x: min(max(x, 0.0), 1.5 if step.result == 1.5 else np.inf),
            "tanh": np.tanh,
            "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
            "silu": lambda x: x / (1 + np.exp(-x)),
        }
        return float(functions[step.kind](step.x))
    assert isinstance(step, CopyCalculation)
    return step.result


def some(shape: tuple[int, ...], count: int = 6) -> list[Index]:
    """The corners, where margins are, and some places inside."""
    random = np.random.default_rng(1)
    corners = [tuple(0 for _ in shape), tuple(size - 1 for size in shape)]
    return corners + [tuple(int(random.integers(size)) for size in shape) for _ in range(count)]


def test_what_is_shown_adds_up_to_what_keras_computes(case: Case) -> None:
    model, found = case
    kinds = set()
    for row in model.layers:
        layer = Looked(case, row.path)
        for index in some(layer.output.shape):
            calculations = layer.at(index, channel=1)
            assert calculations[-1].result == found.values[row.path][index]
            assert calculations[-1].index == index
            for one in calculations:
                kinds.add(type(one))
                assert rebuilt(one) == pytest.approx(one.result, rel=1e-5, abs=1e-5)
            for before, after in pairwise(calculations):
                read = after.logits[index[-1]] if isinstance(after, SoftmaxCalculation) else getattr(after, "x", None)
                assert read is None or read == pytest.approx(before.result)
    assert {DenseCalculation} <= kinds


def test_every_kind_of_a_network_that_branches_is_shown(branches: Case) -> None:
    model, _ = branches
    shown = {
        row.kind: {type(one) for one in Looked(branches, row.path).at(some(row.output_shape)[0])}
        for row in model.layers
    }
    assert shown["DepthwiseConv2D"] == {ConvolutionCalculation}
    assert shown["SeparableConv2D"] == {ConvolutionCalculation, FunctionCalculation}
    assert shown["Rescaling"] == {RescalingCalculation}
    assert shown["Concatenate"] == shown["SpatialDropout2D"] == shown["UpSampling2D"] == {CopyCalculation}
    assert shown["Add"] == shown["Multiply"] == shown["Maximum"] == {MergeCalculation}


def test_a_concatenation_tells_where_a_value_stood(branches: Case) -> None:
    layer = Looked(branches, "joined")
    for channel, (path, own) in {0: ("narrow", 0), 4: ("wide", 1), 11: ("pooled", 3)}.items():
        (copied,) = layer.at((2, 5, channel))
        assert isinstance(copied, CopyCalculation)
        assert (copied.from_layer, copied.source) == (path, (2, 5, own))
        assert copied.result == branches[1].values[path][2, 5, own]


def test_an_unknown_kind_says_so_and_leaves_the_others_alone() -> None:
    rows = [layers.LayerNormalization(name="odd"), layers.Conv2D(2, 3, name="conv"), layers.Flatten(), layers.Dense(3)]
    model = wrapped(keras.Sequential([keras.Input((5, 5, 2)), *rows]), (5, 5, 2))
    case = model, Descent(model)(image_of((5, 5, 2)), 1)
    with pytest.raises(LensletError, match=r"not written out: odd \(LayerNormalization\)"):
        Looked(case, "odd").at((0, 0, 0))
    (sums,) = Looked(case, "conv").at((1, 2, 1))
    assert rebuilt(sums) == pytest.approx(float(case[1].values["conv"][1, 2, 1]), abs=1e-5)


# --- backward ---------------------------------------------------------------------------------------------------


def test_the_shares_of_all_positions_make_the_gradient_that_keras_finds(case: Case) -> None:
    """Of every layer with weights: what the positions add to dL/dw, summed up, is Keras's own dL/dw."""
    model, _ = case
    checked = 0
    for row in model.layers:
        if not row.parameters:
            continue
        layer = Looked(case, row.path)
        unit = layer.output.shape[-1] // 2
        places = [(*place, unit) for place in np.ndindex(layer.output.shape[:-1])]
        summed: dict[tuple[int, str], np.ndarray] = {}
        for index in places:
            for number, back in enumerate(layer.back(index)):
                if number and isinstance(back.calculation, ConvolutionCalculation) and len(layer.back(index)) == 3:
                    continue  # the depthwise half of a separable convolution shows another channel at each place
                for name, share in back.shares.items():
                    key = number, name
                    summed[key] = summed.get(key, 0) + share.astype(np.float64)
        for (number, name), total in summed.items():
            shown = layer.back(places[0])[number].totals.get(name)
            if shown is not None:
                np.testing.assert_allclose(total, shown, rtol=1e-3, atol=2e-5)
                checked += 1
    assert checked >= 4


@pytest.mark.parametrize(
    ("path", "reader"),
    [("limited", "sum"), ("deep", "norm"), ("norm", "limited"), ("flat", "answer")],
)
def test_what_goes_on_is_what_arrives_below(branches: Case, path: str, reader: str) -> None:
    """Where one layer alone reads another, its ``onward`` is the gradient that Keras finds for that other."""
    below, above = Looked(branches, path), Looked(branches, reader)
    index = (2, 3, 1) if below.output.ndim == 3 else (4,)
    if reader == "answer":
        found = sum(float(above.back((unit,))[-1].onward[4]) for unit in range(5))
    else:
        onward = above.back(index)[-1].onward
        found = float(onward[0] if onward.ndim else onward)
    assert found == pytest.approx(float(below.arriving[index]), rel=1e-4, abs=1e-7)


def test_a_separable_convolution_goes_back_through_both_halves(branches: Case) -> None:
    """Summed over positions, the depthwise half's shares of one channel are Keras's gradient of its kernel."""
    layer = Looked(branches, "wide")
    depthwise = layer.totals[0]
    assert depthwise is not None
    kernel, multiplier = np.zeros(depthwise.shape[:2]), depthwise.shape[3]
    wanted = 3  # the depthwise channel that is looked at: channel 1 of the input, its second map
    expected = depthwise[..., wanted // multiplier, wanted % multiplier]
    for row, column in np.ndindex(layer.output.shape[:2]):
        calculations = layer.at((row, column, 0))
        pointwise = calculations[1]
        assert isinstance(pointwise, ConvolutionCalculation)
        rank = int(np.flatnonzero(pointwise.strongest == wanted)[0])
        back = layer.back((row, column, 0), channel=rank)[-1]
        assert back.calculation.index == (row, column, wanted)
        kernel += back.shares["kernel"][..., 0]
        np.testing.assert_array_equal(
            back.totals["kernel"][..., 0], depthwise[..., wanted // multiplier, wanted % multiplier]
        )
    np.testing.assert_allclose(kernel, expected, rtol=1e-3, atol=1e-6)


def test_the_softmax_passes_on_p_minus_t() -> None:
    case = computed(of_zoo("lenet"))
    backs = Looked(case, "answer").back((LABEL,))
    probabilities = case[1].values["answer"]
    assert backs[0].arriving == pytest.approx(-1 / float(probabilities[LABEL]), rel=1e-5)
    np.testing.assert_allclose(backs[0].onward, probabilities - np.eye(10)[LABEL], atol=1e-6)
    assert backs[1].arriving == pytest.approx(float(probabilities[LABEL]) - 1, rel=1e-5)
    other = Looked(case, "answer").back((5,))
    assert other[0].arriving == 0
    assert other[1].arriving == pytest.approx(float(probabilities[5]), rel=1e-5)


def test_a_frozen_layer_has_no_totals() -> None:
    model = of_zoo("lenet")
    model.network.get_layer("conv1").trainable = False
    layer = Looked(computed(model), "conv1")
    row, column = np.unravel_index(layer.output[..., 2].argmax(), (28, 28))
    back = layer.back((int(row), int(column), 2))[-1]
    assert back.totals == {}
    assert back.shares["kernel"].any()


@pytest.mark.parametrize("name", ["transposed"])
def test_a_transposed_convolution_is_shown_at_every_place(name: str) -> None:
    layer = Looked(computed(MODELS[name]()), "same")
    for index in np.ndindex(layer.output.shape):
        sums = layer.at(index)[0]
        assert isinstance(sums, TransposedCalculation)
        assert rebuilt(sums) == pytest.approx(sums.result, abs=1e-5)


def test_weights_are_read_in_place_and_stay_when_the_layer_gets_others() -> None:
    model = of_zoo("lenet")
    step = model.graph.step("fc1")
    kernel = LayerArithmetic.of(model.graph, step).layers[0].weights["kernel"]
    assert not kernel.flags.owndata
    before = kernel.copy()
    step.operation.kernel.assign(step.operation.kernel + 1)
    np.testing.assert_array_equal(kernel, before)
    now = LayerArithmetic.of(model.graph, step).layers[0].weights["kernel"]
    np.testing.assert_allclose(now, before + 1)
