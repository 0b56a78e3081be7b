"""The gradients that a Lens takes, against differences of its answers."""

from __future__ import annotations

import numpy as np
import pytest

from nets.compute.lens import Lens
from nets.errors import UsageError
from nets.network.wrap import wrap
from tests.nets.conftest import chain


def image(shape):
    return np.random.default_rng(4).uniform(0, 1, (1, *shape)).astype(np.float32)


@pytest.fixture(scope="module")
def smooth():
    """Without maxima and kinks, so that differences are the gradient; ends in a softmax."""
    from keras import layers

    network = chain(
        layers.Conv2D(3, 3, activation="tanh", name="conv"),
        layers.Conv2D(2, 3, activation="sigmoid", name="second"),
        layers.Flatten(name="flat"),
        layers.Dense(4, activation="softmax", name="answer"),
        shape=(7, 6, 1),
    )
    return Lens(wrap(network))


def logit(lens, inputs, target: int) -> float:
    """From the layer before: the product of the last layer, without its softmax."""
    flat = lens.read(inputs, ("flat",)).maps["flat"].astype(np.float64)
    kernel, bias = lens.model.network.get_layer("answer").get_weights()
    return float(flat @ kernel[:, target] + bias[target])


@pytest.mark.backends
def test_the_gradient_by_the_input_is_that_of_the_score_before_the_softmax(smooth):
    inputs = image((7, 6, 1))[0]
    found = smooth.gradient(inputs, 2)
    assert found.shape == (7, 6, 1)
    for row, column in ((0, 0), (3, 2), (6, 5)):
        step = np.zeros_like(inputs)
        step[row, column] = 1e-2
        difference = (logit(smooth, inputs + step, 2) - logit(smooth, inputs - step, 2)) / 2e-2
        assert found[row, column, 0] == pytest.approx(difference, abs=2e-4)


@pytest.mark.backends
def test_the_gradient_by_a_layer_is_that_of_what_follows_it(smooth):
    inputs = image((7, 6, 1))[0]
    kernel, _ = smooth.model.network.get_layer("answer").get_weights()
    np.testing.assert_allclose(smooth.gradient(inputs, 1, wrt="flat"), kernel[:, 1], atol=1e-6)
    maps = smooth.gradient(inputs, 1, wrt="second")
    np.testing.assert_allclose(maps.reshape(-1), kernel[:, 1], atol=1e-6)
    np.testing.assert_allclose(smooth.gradient(inputs, None, wrt="flat"), kernel.sum(axis=1), atol=1e-6)


@pytest.mark.backends
def test_a_rule_takes_the_place_of_a_layer(smooth):
    inputs = image((7, 6, 1))[0]

    def nothing(operation, args, kwargs):
        return operation(*args, **kwargs) * 0.0

    lesion = {"second": nothing}
    assert not smooth.gradient(inputs, 0, rules=lesion).any()
    count = len(smooth._gradients)
    smooth.gradient(inputs, 0, rules=lesion)
    assert len(smooth._gradients) == count, "the same rule is compiled once"
    assert smooth.gradient(inputs, 0).any(), "the network itself is as it was"


def test_gradients_leave_the_answer_as_it_was(smooth):
    inputs = image((7, 6, 1))[0]
    before = smooth.model.network.predict(inputs[None], verbose=0)
    smooth.gradient(inputs, 3)
    assert smooth.model.network.get_layer("answer").activation.__name__ == "softmax"
    np.testing.assert_allclose(Lens(smooth.model).read(inputs).probabilities, before[0], atol=1e-6)


def test_gradients_of_channels_first_and_of_whole_numbers_have_the_shape_of_the_picture():
    import keras
    from keras import layers

    first = chain(
        layers.Conv2D(3, 3, data_format="channels_first", name="conv"),
        layers.Flatten(),
        layers.Dense(2, activation="softmax"),
        shape=(1, 8, 9),
    )
    lens = Lens(wrap(first))
    assert lens.gradient(image((8, 9, 1)), 0).shape == (8, 9, 1)
    assert lens.gradient(image((8, 9, 1)), 0, wrt="conv").shape == (6, 7, 3)
    whole = keras.Sequential(
        [keras.Input((8, 8, 1), dtype="uint8"), layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(3)]
    )
    assert Lens(wrap(whole)).gradient(image((8, 8, 1)) * 255, 1).any()


def test_gradients_say_what_there_is(smooth):
    inputs = image((7, 6, 1))
    with pytest.raises(UsageError, match="expected an output from 0 to 3, found 4"):
        smooth.gradient(inputs, 4)
    with pytest.raises(UsageError, match="there is no layer 'third'; there are: conv, second"):
        smooth.gradient(inputs, 0, wrt="third")
    with pytest.raises(UsageError, match="there is no layer 'third'"):
        smooth.gradient(inputs, 0, rules={"third": lambda operation, args, kwargs: args[0]})
