"""Answers against ``keras.Model.predict``, whatever the last layer says."""

from __future__ import annotations

import numpy as np
import pytest

from nets import zoo
from nets.compute.lens import Lens, answer_picture
from nets.errors import LensletError, UsageError
from nets.network.graph import unroll
from nets.network.outputs import answer, meaning_of, to_probabilities
from nets.network.wrap import wrap


@pytest.fixture(scope="module")
def lenet():
    return wrap(zoo.get("lenet").build())


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(1).uniform(0, 1, (5, 28, 28, 1)).astype(np.float32)


def test_the_lens_agrees_with_predict(lenet, images):
    expected = lenet.network.predict(images, verbose=0)
    np.testing.assert_allclose(Lens(lenet).classify(images), expected, atol=1e-6)


def test_one_image_settled_agrees_too(lenet, images):
    lens = Lens(lenet)
    lens.warm_up()
    expected = lenet.network.predict(images[:1], verbose=0)
    np.testing.assert_allclose(lens.classify(images[:1]), expected, atol=1e-6)


def test_many_images_go_through_in_parts(lenet):
    images = np.random.default_rng(2).uniform(0, 1, (300, 28, 28, 1)).astype(np.float32)
    np.testing.assert_allclose(Lens(lenet).classify(images), lenet.network.predict(images, verbose=0), atol=1e-6)
    assert Lens(lenet).classify(images[:0]).shape == (0, 10)


def test_normalisation_and_dropout_are_as_in_predict(images):
    model = wrap(zoo.get("pen").build())
    np.testing.assert_allclose(Lens(model).classify(images), model.network.predict(images, verbose=0), atol=1e-5)


def test_weights_set_later_are_used(lenet, images):
    copy = lenet.copy()
    lens = Lens(copy)
    lens.warm_up()
    before = lenet.network.predict(images[:1], verbose=0)
    weights = [weight + 0.1 for weight in copy.network.get_weights()]
    lens.load(weights)
    np.testing.assert_allclose(lens.classify(images[:1]), copy.network.predict(images[:1], verbose=0), atol=1e-6)
    np.testing.assert_array_equal(lenet.network.predict(images[:1], verbose=0), before)


def test_another_shape_is_refused(lenet):
    with pytest.raises(UsageError, match=r"expected inputs of shape \(N, 28, 28, 1\), found \(1, 32, 32, 1\)"):
        Lens(lenet).classify(np.zeros((1, 32, 32, 1), np.float32))


@pytest.mark.parametrize(
    ("last", "meaning"),
    [
        ([("Dense", {"units": 4, "activation": "softmax"})], "probabilities"),
        ([("Dense", {"units": 4})], "logits"),
        ([("Dense", {"units": 4}), ("Softmax", {})], "probabilities"),
        ([("Dense", {"units": 4}), ("Activation", {"activation": "softmax"})], "probabilities"),
        (
            [("Dense", {"units": 4, "activation": "softmax"}), ("Dropout", {"rate": 0.1}), ("Flatten", {})],
            "probabilities",
        ),
        ([("Dense", {"units": 4, "activation": "sigmoid"})], "sigmoid"),
        ([("Dense", {"units": 4, "activation": "tanh"})], "scores"),
        ([("Dense", {"units": 4}), ("ReLU", {})], "scores"),
    ],
)
def test_what_the_outputs_mean_is_read_off_the_last_activation(last, meaning):
    import keras
    from keras import layers

    network = keras.Sequential([keras.Input((6,)), *(getattr(layers, kind)(**options) for kind, options in last)])
    assert meaning_of(unroll(network)) == meaning


def test_softmax_as_an_operation_of_a_functional_model():
    import keras

    start = keras.Input((6,))
    network = keras.Model(start, keras.ops.softmax(keras.layers.Dense(3)(start)))
    assert meaning_of(unroll(network)) == "probabilities"


@pytest.mark.parametrize("meaning", ["probabilities", "logits", "sigmoid", "scores"])
@pytest.mark.parametrize("count", [1, 2, 7])
def test_probabilities_are_probabilities(meaning, count):
    raw = np.random.default_rng(3).normal(0, 3, (20, count)).astype(np.float32)
    if meaning == "probabilities":
        raw = np.abs(raw) / np.abs(raw).sum(axis=1, keepdims=True)
    found = to_probabilities(raw, meaning)
    assert found.shape == (20, max(count, 2))
    assert found.dtype == np.float32
    assert found.min() >= 0
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)


def test_logits_against_keras_and_one_unit_against_the_sigmoid():
    import keras

    raw = np.array([[1.0, -2.0, 800.0], [0.5, 0.2, 0.1]], np.float32)
    np.testing.assert_allclose(to_probabilities(raw, "logits"), keras.ops.softmax(raw), atol=1e-6)
    np.testing.assert_allclose(to_probabilities(np.array([[0.3]], np.float32), "sigmoid"), [[0.7, 0.3]], atol=1e-6)
    np.testing.assert_allclose(to_probabilities(np.array([[0.0]], np.float32), "logits"), [[0.5, 0.5]])
    np.testing.assert_allclose(to_probabilities(np.array([[1.0]], np.float32), "scores"), [[0.0, 1.0]])


def test_scores_below_zero_count_as_nothing():
    np.testing.assert_allclose(to_probabilities(np.array([[-1, 0.5, 1.5]], np.float32), "scores"), [[0, 0.25, 0.75]])
    np.testing.assert_allclose(to_probabilities(np.array([[-1, -2]], np.float32), "scores"), [[0.5, 0.5]])
    broken = to_probabilities(np.array([[np.nan, 1], [1, 3]], np.float32), "scores")
    np.testing.assert_allclose(broken, [[np.nan, np.nan], [0.25, 0.75]])


@pytest.mark.parametrize(("best", "verdict"), [(0.95, "sure"), (0.901, "sure"), (0.7, "likely"), (0.5, "unsure")])
def test_the_verdict_follows_the_cards_thresholds(best, verdict):
    """The words' thresholds are the model's own, from its card."""
    measured = {"sure": 0.9, "likely": 0.6, "images": 1000}
    found = answer(np.array([0.7 * (1 - best), best, 0.3 * (1 - best)]), ("a", "b", "c"), measured)
    assert (found.label, found.verdict) == ("b", verdict)
    assert found.second_label == "a"
    assert found.second_probability == pytest.approx(0.7 * (1 - best))


@pytest.mark.parametrize(("best", "verdict"), [(0.98, "sure"), (0.96, "likely"), (0.79, "unsure")])
def test_a_card_without_thresholds_has_careful_ones(best, verdict):
    assert answer(np.array([1 - best, best]), ("a", "b")).verdict == verdict
    assert answer(np.array([1 - best, best]), ("a", "b"), {"sure": "high", "likely": None}).verdict == verdict


def test_answers_that_are_no_numbers_are_said_to_be_so():
    with pytest.raises(LensletError, match="not finite"):
        answer(np.array([np.nan, 0.5]), ("a", "b"))
    with pytest.raises(UsageError, match="one label for each of 2 outputs, found 1"):
        answer(np.array([0.5, 0.5]), ("a",))


def test_a_picture_goes_the_pad_s_way(lenet):
    picture = np.full((100, 80), 255, np.uint8)
    picture[20:80, 35:45] = 0
    prepared, _, found = answer_picture(Lens(lenet), picture)
    assert prepared.inverted
    assert prepared.input.shape == (28, 28, 1)
    expected = lenet.network.predict(prepared.input[None], verbose=0)[0]
    np.testing.assert_allclose(found.probabilities, expected, atol=1e-6)
    assert found.label == str(int(expected.argmax()))
