"""The numbers on the screen: what they are made of adds up to the layer's own value."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from nets.byhand.arithmetic import Trace
from nets.byhand.calculations import (
    ConvolutionStep,
    DenseStep,
    FunctionStep,
    Index,
    NormStep,
    PassStep,
    PoolStep,
    SoftmaxStep,
    Step,
    TransposedStep,
)
from nets.byhand.network import Network
from nets.compute.descent import Lesson
from nets.errors import UsageError
from nets.zoo import get

COLOUR = (32, 32, 3)
NETWORKS = [("lenet5", None), ("lenet", None), ("simple_cnn", None), ("pen", None), ("simple_cnn", COLOUR)]


def twin(name: str, shape: tuple[int, ...] | None = None) -> tuple[Network, np.ndarray]:
    """A network with uneven normalisation, and an image with both signs."""
    spec = get(name)
    model = spec.build() if shape is None else spec.build(input_shape=shape)
    random = np.random.default_rng(3)
    for variable in model.weights:
        if "variance" in variable.path or "gamma" in variable.path:
            variable.assign(random.uniform(0.5, 1.5, variable.shape))
        elif "mean" in variable.path or "beta" in variable.path or "bias" in variable.path:
            variable.assign(random.normal(0, 0.1, variable.shape))
    image = random.normal(0.2, 0.5, shape or spec.input.shape).astype(np.float32)
    return Network.from_keras(model), image


def rebuilt(step: Step) -> float:
    """The step's result from the numbers that it shows, in float64."""
    if isinstance(step, ConvolutionStep):
        return float(step.sums.sum()) + (step.bias or 0.0)
    if isinstance(step, PoolStep):
        return float(step.patch[step.winner]) if step.winner else float(step.patch[step.inside].mean())
    if isinstance(step, NormStep):
        return step.gamma * (step.x - step.mean) / float(np.sqrt(step.variance + step.epsilon)) + step.beta
    if isinstance(step, DenseStep):
        shown = step.largest(6)
        terms = float((step.inputs[shown] * step.weights[shown]).sum(dtype=np.float64))
        return terms + step.rest(6) + (step.bias or 0.0)
    if isinstance(step, SoftmaxStep):
        return float(step.exponentials[step.index[0]] / step.exponentials.sum())
    if isinstance(step, FunctionStep):
        return {"relu": lambda x: max(x, 0.0), "tanh": np.tanh}[step.layer.kind](step.x)
    assert isinstance(step, PassStep)
    return step.result


def some(shape: tuple[int, ...], random: np.random.Generator) -> list[Index]:
    """The corners, where margins are, and some places inside."""
    corners = [tuple(0 for _ in shape), tuple(size - 1 for size in shape)]
    return corners + [tuple(int(random.integers(size)) for size in shape) for _ in range(6)]


@pytest.mark.parametrize(("name", "shape"), NETWORKS)
def test_what_is_shown_adds_up_to_what_keras_computes(name: str, shape: tuple[int, ...] | None) -> None:
    network, image = twin(name, shape)
    trace, outputs = Trace(network, image), network.outputs(image[None])
    kinds = set()
    for part in network.parts:
        for index in some(trace.shape(part.name), np.random.default_rng(1)):
            steps = trace.steps(part.name, index)
            kinds |= {type(step) for step in steps}
            for step in steps:
                assert rebuilt(step) == pytest.approx(step.result, rel=1e-5, abs=2e-5)
            if steps:
                assert steps[-1].result == outputs[part.name][0][index]
            for before, step in pairwise(steps):
                read = step.logits[index] if isinstance(step, SoftmaxStep) else getattr(step, "x", None)
                assert read == pytest.approx(before.result)
    assert {ConvolutionStep, PoolStep, DenseStep, PassStep} <= kinds


@pytest.mark.parametrize(("padding", "strides"), [("same", 2), ("valid", 2), ("same", 1), ("valid", 3)])
def test_a_transposed_convolution_is_shown_both_ways(padding: str, strides: int) -> None:
    import keras

    keras.utils.set_random_seed(1)
    layer = keras.layers.Conv2DTranspose(4, (3, 2), strides=strides, padding=padding, activation="relu", name="up")
    model = keras.Sequential([keras.Input((5, 6, 3)), layer, keras.layers.Flatten(), keras.layers.Dense(3)])
    layer.bias.assign([0.1, -0.2, 0.3, 0.0])
    network = Network.from_keras(model).astype(np.float64)
    image = np.random.default_rng(2).normal(size=(5, 6, 3))
    lesson = Lesson(network, image, 1)
    height, width, _ = lesson.trace.shape("up")
    backs = []
    for index in np.ndindex(height, width, 4):
        step = lesson.trace.steps("up", index)[0]
        assert isinstance(step, TransposedStep)
        assert rebuilt(step) == pytest.approx(step.result, abs=1e-9)
        if index[2] == 1:
            backs.append(lesson.back("up", index)[-1])
    summed = sum(back.shares["kernel"] for back in backs)
    np.testing.assert_allclose(summed, backs[0].totals["kernel"], atol=1e-12)


def test_an_unknown_layer_lists_the_known() -> None:
    network, image = twin("lenet")
    with pytest.raises(UsageError, match="there is no layer 'nothing'; there are: conv1, pool1"):
        Trace(network, image).steps("nothing", (0, 0, 0))


# --- backward ---------------------------------------------------------------------------------------------------


def loss_with(network: Network, image: np.ndarray, label: int, kind: str) -> float:
    return network.loss(image[None], np.array([label]), kind=kind)


@pytest.mark.parametrize(("name", "shape"), NETWORKS)
def test_the_gradients_that_are_shown_are_those_of_the_loss(name: str, shape: tuple[int, ...] | None) -> None:
    network, image = twin(name, shape)
    lesson = Lesson(network.astype(np.float64), image.astype(np.float64), 3)
    checked = 0
    for layer, weight in list(lesson.network.trained()):
        place = tuple(size // 2 for size in layer.weights[weight].shape)
        part = next(part for part in lesson.network.parts if layer in part.layers)
        unit = place[-1]
        shape_ = lesson.trace.shape(part.name)
        index = (unit,) if len(shape_) == 1 else (shape_[0] // 2, shape_[1] // 2, unit)
        back = next(back for back in lesson.back(part.name, index) if back.step.layer is layer)
        shown = float(back.totals[weight][place[:-1]]) if weight == "kernel" else float(back.totals[weight])
        losses = []
        for sign in (1, -1):
            moved = lesson.network.astype(np.float64)
            twin_layer = moved.layers[lesson.network.layers.index(layer)]
            twin_layer.weights[weight][place] += sign * 1e-6
            losses.append(loss_with(moved, lesson.image, 3, lesson.kind))
        assert shown == pytest.approx((losses[0] - losses[1]) / 2e-6, rel=1e-4, abs=1e-8)
        checked += 1
    assert checked >= 8


@pytest.mark.parametrize("name", ["lenet5", "lenet", "pen"])
def test_a_position_gives_its_share_of_the_whole_gradient(name: str) -> None:
    network, image = twin(name)
    lesson = Lesson(network, image, 1)
    part = next(part for part in lesson.network.parts if part.kind == "Conv2D")
    height, width, _ = lesson.trace.shape(part.name)
    backs = [lesson.back(part.name, (row, column, 2))[-1] for row in range(height) for column in range(width)]
    summed = sum(back.shares["kernel"].astype(np.float64) for back in backs)
    np.testing.assert_allclose(summed, backs[0].totals["kernel"], rtol=1e-3, atol=1e-6)


def test_steps_go_down_and_leave_the_original_alone() -> None:
    network, image = twin("lenet")
    before = [array.copy() for array in network.get_weights()]
    lesson = Lesson(network, image, 7)
    for _ in range(3):
        lesson.step(0.01)
    assert lesson.losses == sorted(lesson.losses, reverse=True)
    assert (lesson.steps, len(lesson.losses)) == (3, 4)
    assert lesson.before is not None
    for old, new in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    first = lesson.losses[0]
    lesson.reset()
    assert (lesson.losses, lesson.steps, lesson.before) == ([first], 0, None)


def test_the_moves_of_a_step_are_rate_times_gradient() -> None:
    network, image = twin("lenet")
    lesson = Lesson(network, image, 7)
    assert lesson.moves == []
    gradients = [layer.gradients[name].copy() for layer, name in lesson.network.trained()]
    lesson.step(0.25)
    assert [(move.layer, move.weight) for move in lesson.moves][:2] == [("conv1", "kernel"), ("conv1", "bias")]
    for move, gradient in zip(lesson.moves, gradients, strict=True):
        assert move.size == gradient.size
        assert move.moved <= np.count_nonzero(gradient)
        assert move.largest == pytest.approx(0.25 * np.abs(gradient).max(), rel=1e-2)
    assert lesson.before is not None
    old, new = (trace.steps("conv1", (9, 9, 2))[0] for trace in (lesson.before, lesson.trace))
    assert isinstance(old, ConvolutionStep)
    assert isinstance(new, ConvolutionStep)
    np.testing.assert_allclose(new.kernel, old.kernel - 0.25 * gradients[0][..., 2], atol=1e-7)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_trace_knows_where_numbers_are_lost_first(value: float) -> None:
    network, image = twin("pen")
    assert Trace(network, image).broken is None
    part = [part for part in network.parts if part.kind == "Conv2D"][2]
    part.layers[0].weights["kernel"][1, 2, 3, 4] = value
    broken = Trace(network, image).broken
    assert broken is not None
    assert (broken.layer, broken.what, broken.index) == (part.name, "kernel", (1, 2, 3, 4))
    for part in network.parts:  # what is lost can be looked at all the same
        trace = Trace(network, image)
        trace.steps(part.name, tuple(0 for _ in trace.shape(part.name)))


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (1e5, "the gradient explodes"),
        (1e-8, "nearly vanished on its way"),
        (np.nan, "is not finite: nothing can be learned"),
        (1.0, ""),
    ],
)
def test_gradients_that_explode_or_vanish_are_said(factor: float, words: str) -> None:
    network, image = twin("lenet")
    kernel = network.layers[-2].weights["kernel"]
    kernel *= np.float32(factor)
    trouble = Lesson(network, image, 7).trouble()
    assert words in trouble
    assert bool(trouble) == bool(words)


def test_a_step_that_goes_too_far_is_said() -> None:
    network, image = twin("lenet5")
    lesson = Lesson(network, image, 7)
    for rate in (1.0, 30.0, 30.0, 30.0, 30.0):
        lesson.step(rate)
        if lesson.losses[-1] > lesson.losses[-2]:
            break
    assert "the loss rose" in lesson.trouble()


def test_a_network_without_softmax_learns_by_squared_error() -> None:
    network, image = twin("lenet5")
    assert Lesson(network, image, 0).kind == "squared_error"
