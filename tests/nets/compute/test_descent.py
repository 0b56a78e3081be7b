"""Gradient descent on one image: Keras's compiled gradients against those derived by hand, and what a step does."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

from nets import zoo
from nets.byhand.network import Network
from nets.compute.descent import Descent, changes, of_layer
from nets.errors import LensletError
from nets.network.model import Model
from tests.nets.byhand.branched import branched, image_of
from tests.nets.byhand.test_arithmetic import of_zoo, uneven, wrapped

LABEL = 7


@pytest.fixture(scope="module")
def lenet() -> Descent:
    return Descent(of_zoo("lenet"))


@pytest.mark.parametrize("name", ["lenet", "lenet5"])
def test_the_gradients_are_those_that_are_derived_by_hand(name: str) -> None:
    model = of_zoo(name)
    image = image_of(model.card.input.shape)
    found = Descent(model)(image, LABEL)
    by_hand = Network.from_keras(model.network)
    kind = zoo.get(name).loss
    assert found.kind == kind
    assert found.loss == pytest.approx(by_hand.loss(image[None], np.array([LABEL]), kind=kind), rel=1e-5)
    arriving = {}
    by_hand.backward(lambda layer, gradient: arriving.__setitem__(layer, gradient[0]))
    for part in by_hand.parts:
        if part.layers and part.layers[-1] in arriving:
            np.testing.assert_allclose(found.arriving[part.name], arriving[part.layers[-1]], rtol=1e-3, atol=1e-6)
    ours = [gradient for gradient in found.gradients if gradient is not None]
    for gradient, (layer, weight) in zip(ours, by_hand.trained(), strict=True):
        np.testing.assert_allclose(gradient, layer.gradients[weight], rtol=1e-3, atol=1e-6)


def test_the_values_are_those_of_the_network(lenet: Descent) -> None:
    image = image_of((28, 28, 1))
    found = lenet(image, LABEL)
    expected, output = lenet.model.graph.run(keras.ops.convert_to_tensor(image[None]))
    for path, value in expected.items():
        np.testing.assert_allclose(found.values[path], np.asarray(value)[0], atol=1e-5)
    assert found.loss == pytest.approx(-np.log(float(np.asarray(output)[0, LABEL])), rel=1e-5)


def test_a_branched_network_has_the_gradients_of_differences() -> None:
    """The loss with a weight moved a little either way, for layers that several others read."""
    model = branched()
    descent, image = Descent(model), image_of((10, 12, 3))
    found = descent(image, 2)
    variables = [v.path for v in model.network.weights]
    for name in ("stem/bias", "deep/bias", "gate/bias", "norm/beta"):
        number = variables.index(name)
        losses = []
        for sign in (1, -1):
            weights = [array.copy() for array in found.weights]
            weights[number][1] += sign * 1e-3
            losses.append(descent(image, 2, weights).loss)
        gradient = found.gradients[number]
        assert gradient is not None
        assert float(gradient[1]) == pytest.approx((losses[0] - losses[1]) / 2e-3, rel=2e-2, abs=1e-5)
    for path in ("stem", "joined", "squeeze", "sum", "deep"):
        assert found.arriving[path].shape == found.values[path].shape
        assert np.abs(found.arriving[path]).max() > 0


def binary(activation: str | None) -> Model:
    keras.utils.set_random_seed(2)
    rows = [
        layers.Conv2D(2, 3, activation="tanh"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(1, activation, name="y"),
    ]
    network = keras.Sequential([keras.Input((6, 6, 1)), *rows])
    uneven(network)
    return wrapped(network, (6, 6, 1))


@pytest.mark.parametrize("activation", ["sigmoid", None])
@pytest.mark.parametrize("label", [0, 1])
def test_one_output_has_the_cross_entropy_of_two_classes(activation: str | None, label: int) -> None:
    found = Descent(binary(activation))(image_of((6, 6, 1)), label)
    y = float(found.values["y"][0])
    p = y if activation else 1 / (1 + np.exp(-y))
    assert found.kind == "binary_crossentropy"
    assert found.loss == pytest.approx(-np.log(p if label else 1 - p), rel=1e-4)
    expected = (p - label) if activation is None else (-1 / p if label else 1 / (1 - p))
    assert float(found.arriving["y"][0]) == pytest.approx(expected, rel=1e-4)


def test_logits_have_the_cross_entropy_of_their_softmax() -> None:
    network = keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(3, name="z")])
    found = Descent(wrapped(network, (4, 4, 1)))(image_of((4, 4, 1)), 2)
    powers = np.exp(found.values["z"])
    np.testing.assert_allclose(found.arriving["z"], powers / powers.sum() - np.eye(3)[2], atol=1e-6)
    assert found.loss == pytest.approx(-np.log(powers[2] / powers.sum()), rel=1e-5)


def test_a_probability_too_small_for_a_float_has_a_finite_loss(lenet: Descent) -> None:
    weights = list(lenet.weights())
    weights[-1] = weights[-1] + 300 * (np.arange(10) != LABEL).astype(np.float32)
    found = lenet(image_of((28, 28, 1)), LABEL, weights)
    assert found.values["answer"][LABEL] == 0
    assert 250 < found.loss < 350
    assert np.isfinite(found.arriving["fc2"]).all()
    assert np.abs(found.arriving["fc2"]).max() > 0


def test_steps_go_down_and_leave_the_network_alone(lenet: Descent) -> None:
    image, original = image_of((28, 28, 1)), lenet.weights()
    passes = [lenet(image, LABEL)]
    for _ in range(3):
        passes.append(lenet(image, LABEL, passes[-1].stepped(0.01)))
    losses = [each.loss for each in passes]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < losses[0]
    for old, new in zip(original, lenet.weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_the_changes_of_a_step_are_rate_times_gradient(lenet: Descent) -> None:
    found = lenet(image_of((28, 28, 1)), LABEL)
    after = found.stepped(0.25)
    moved = changes(lenet.model, found.weights, after)
    assert [(change.layer, change.weight) for change in moved][:2] == [("conv1", "kernel"), ("conv1", "bias")]
    for change, gradient in zip(moved, found.gradients, strict=True):
        assert gradient is not None
        assert change.size == gradient.size
        assert change.moved <= np.count_nonzero(gradient)
        assert change.largest == pytest.approx(0.25 * np.abs(gradient).max(), rel=1e-2)
    kernel, _ = of_layer(lenet.model, "conv1", after)
    np.testing.assert_allclose(kernel, found.weights[0] - 0.25 * found.gradients[0], atol=1e-7)


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (1e5, "the gradient explodes"),
        (1e-8, "nearly vanished on its way"),
        (np.nan, "is not finite: nothing can be learned"),
        (1.0, ""),
    ],
)
def test_gradients_that_explode_or_vanish_are_said(lenet: Descent, factor: float, words: str) -> None:
    weights = list(lenet.weights())
    weights[-2] = weights[-2] * np.float32(factor)
    trouble = lenet(image_of((28, 28, 1)), LABEL, weights).trouble()
    assert words in trouble
    assert bool(trouble) == bool(words)


def test_a_loss_that_is_learned_has_no_vanished_gradient(lenet: Descent) -> None:
    weights = list(lenet.weights())
    weights[-1] = weights[-1] + 100 * (np.arange(10) == LABEL).astype(np.float32)
    found = lenet(image_of((28, 28, 1)), LABEL, weights)
    assert found.loss < 1e-6
    assert found.trouble() == ""


def test_a_step_that_goes_too_far_is_said() -> None:
    descent = Descent(of_zoo("lenet5"))
    before, words = descent(image_of((32, 32, 1)), LABEL), ""
    for rate in (1.0, 30.0, 30.0, 30.0, 30.0):
        after = descent(before.image, LABEL, before.stepped(rate))
        words, before = after.trouble(before), after
        if words:
            break
    assert "the loss rose" in words


def test_frozen_weights_do_not_move() -> None:
    model = of_zoo("lenet")
    model.network.get_layer("conv1").trainable = False
    found = Descent(model)(image_of((28, 28, 1)), LABEL)
    assert found.gradients[0] is None
    assert found.stepped(1.0)[0] is found.weights[0]
    assert changes(model, found.weights, found.stepped(1.0))[0].layer == "conv2"


def test_a_network_too_large_for_a_step_says_how_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nets.compute.descent.LARGEST", 1000)
    with pytest.raises(LensletError, match="61,706 parameters; the way back is computed for networks of up to 1,000"):
        Descent(of_zoo("lenet"))
