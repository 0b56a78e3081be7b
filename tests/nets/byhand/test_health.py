"""Where the first number stops being finite, and gradients that vanish or explode."""

from __future__ import annotations

import numpy as np
import pytest

from nets.byhand.activations import ReLU, Sigmoid, Softmax, Tanh
from nets.byhand.dense import Dense
from nets.byhand.health import first_not_finite, gradient_flow
from nets.byhand.network import Network, Part

RANDOM = np.random.default_rng(0)


def network(*scales: float, activation=Tanh, units: int = 8) -> Network:
    """A dense chain: one layer of random weights for each scale, named fc0, fc1, ..., and a softmax."""
    layers = []
    for number, scale in enumerate(scales):
        kernel = (scale * RANDOM.standard_normal((units, units)) / np.sqrt(units)).astype(np.float32)
        layers += [Dense(kernel, np.zeros(units, np.float32), name=f"fc{number}"), activation(name=f"act{number}")]
    layers[-1] = Softmax(name="answer")
    return Network([Part(layer.name, layer.kind, {}, (layer,)) for layer in layers], (units,))


X = RANDOM.standard_normal((4, 8)).astype(np.float32)


def test_nothing_is_found_where_all_numbers_are_finite() -> None:
    assert first_not_finite(network(1, 1), X) is None


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_in_the_input(value: float) -> None:
    x = X.copy()
    x[2, 5] = value
    place = first_not_finite(network(1, 1), x)
    assert place is not None
    assert (place.layer, place.what, place.index) == ("", "input", (2, 5))
    assert str(place) == f"input[2, 5] is {value}"


def test_in_a_weight_before_what_it_spoils() -> None:
    net = network(1, 1, 1)
    net.layers[2].weights["kernel"][3, 4] = np.nan
    assert str(first_not_finite(net, X)) == "fc1 kernel[3, 4] is nan"


def test_where_finite_numbers_overflow() -> None:
    net = network(1, 1, activation=ReLU)
    net.layers[0].weights["kernel"][:] = np.float32(3e38)
    place = first_not_finite(net, np.ones_like(X))
    assert place is not None
    assert (place.layer, place.what, place.index, place.value) == ("fc0", "output", (0, 0), np.inf)


def verdicts(net: Network) -> dict[str, str]:
    net.loss(X, np.array([0, 1, 2, 3]))
    return {flow.layer: flow.verdict for flow in gradient_flow(net)}


def test_a_sound_network_has_nothing_to_say() -> None:
    found = verdicts(network(1, 1, 1))
    assert list(found) == ["fc2", "act1", "fc1", "act0", "fc0"]
    assert set(found.values()) == {""}


def test_sigmoids_one_above_the_other_let_the_gradient_vanish() -> None:
    found = verdicts(network(*[0.5] * 12, activation=Sigmoid))
    assert (found["fc11"], found["fc0"]) == ("", "vanishes")


def test_large_weights_make_it_explode() -> None:
    found = verdicts(network(*[1e-3] * 6, *[100.0] * 6, activation=ReLU))
    assert (found["fc11"], found["act4"]) == ("", "explodes")


def test_what_is_learned_already_does_not_vanish() -> None:
    net = network(1)
    net.layers[0].weights["kernel"][:] = 100 * np.eye(8)
    net.loss(np.eye(8, dtype=np.float32)[:4] * 100, np.array([0, 1, 2, 3]))
    assert [flow.verdict for flow in gradient_flow(net)] == [""]


def test_lengths_are_those_of_the_gradients() -> None:
    net = network(1, 1)
    net.loss(X, np.array([0, 1, 2, 3]))
    flow = gradient_flow(net)[-1]
    gradients = net.layers[0].gradients
    expected = np.sqrt((gradients["kernel"] ** 2).sum() + (gradients["bias"] ** 2).sum())
    assert (flow.layer, flow.weights) == ("fc0", pytest.approx(float(expected)))
