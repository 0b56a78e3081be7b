"""Twins of whole networks: forward, backward, back to Keras, other precisions, folded."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from nets import zoo
from nets.byhand.network import Network
from nets.errors import LensletError, UsageError
from tests.nets.byhand.differences import close
from tests.nets.byhand.keras_gradients import gradients_of

CHAINS = ("lenet5", "lenet", "simple_cnn", "pen")


def lively(model: keras.Model) -> keras.Model:
    """Every weight off its beginning, the normalisations' statistics too; nothing is dropped in training."""
    random = np.random.default_rng(3)
    for layer in model.layers:
        if isinstance(layer, layers.Dropout):
            layer.rate = 0.0
        made = [w + 0.05 * random.standard_normal(w.shape) for w in layer.get_weights()]
        if isinstance(layer, layers.BatchNormalization):
            made[3] = random.uniform(0.3, 2, made[3].shape)
        layer.set_weights(made)
    return model


@pytest.fixture(scope="module")
def models() -> dict[str, keras.Model]:
    keras.utils.set_random_seed(3)
    return {name: lively(zoo.get(name).build()) for name in CHAINS}


def batch(model: keras.Model, count: int = 6) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    return random.random((count, *model.input_shape[1:]), np.float32), random.integers(0, 10, count)


@pytest.mark.parametrize("training", [False, True], ids=["answering", "training"])
@pytest.mark.parametrize("name", CHAINS)
def test_outputs_and_gradients_are_keras(name: str, training: bool, models) -> None:
    model = models[name]
    x, labels = batch(model)
    before = model.get_weights()
    twin, kind = Network.from_keras(model), zoo.get(name).loss
    theirs = keras.losses.MeanSquaredError() if kind == "squared_error" else keras.losses.CategoricalCrossentropy()

    def weighed(image):
        y = model(image, training=training)
        return theirs(tf.one_hot(labels, 10), y), y

    (loss, y), expected = gradients_of(model, weighed, tf.constant(x))
    after = model.get_weights()
    model.set_weights(before)  # the moving averages have moved
    assert twin.loss(x, labels, kind=kind, training=training) == pytest.approx(float(loss), rel=1e-5)
    to_image = twin.backward()
    found = [to_image, *(layer.gradients[key] for layer, key in twin.trained())]
    for one, other in zip(found, expected, strict=True):
        close(one, other.numpy(), 1e-4)
    for one, other in zip(twin.get_weights(), after, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    np.testing.assert_allclose(Network.from_keras(model).forward(x, training=training), y, atol=1e-5)


@pytest.mark.parametrize("name", CHAINS)
def test_there_and_back_and_folded(name: str, models) -> None:
    model = models[name]
    x, _ = batch(model)
    twin = Network.from_keras(model)
    expected = model(x).numpy()
    np.testing.assert_allclose(twin.to_keras()(x), expected, atol=1e-6)
    folded = twin.folded()
    np.testing.assert_allclose(folded.forward(x), expected, atol=1e-5)
    doubled = twin.astype(np.float64)
    assert doubled.forward(x).dtype == np.float64
    np.testing.assert_allclose(doubled.forward(x), expected, atol=1e-5)
    np.testing.assert_allclose(folded.astype(np.float64).forward(x), doubled.forward(x), atol=1e-5)
    assert len(twin.get_weights()) == len(model.get_weights())
    for one, other in zip(twin.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_folding_leaves_no_normalisation_behind_a_product_and_says_no_to_keras(models) -> None:
    folded = Network.from_keras(models["pen"]).folded()
    kinds = [layer.kind for layer in folded.layers]
    assert kinds.count("BatchNormalization") == 1  # the one behind pooling
    assert "Dropout" not in kinds
    with pytest.raises(LensletError, match="was folded"):
        folded.to_keras()


def test_weights_come_in_keras_order_or_not_at_all(models) -> None:
    twin, other = Network.from_keras(models["pen"]), zoo.get("pen").build()
    twin.set_weights(other.get_weights())
    x, _ = batch(other)
    np.testing.assert_allclose(twin.forward(x), other(x), atol=1e-5)
    kept = [w.copy() for w in twin.get_weights()]
    with pytest.raises(LensletError, match=f"expected {len(kept)} arrays of weights, found 2"):
        twin.set_weights(kept[:2])
    with pytest.raises(LensletError, match=r"answer: expected a bias of shape \(10,\), found \(11,\)"):
        twin.set_weights([*(w + 1 for w in kept[:-1]), np.zeros(11)])
    for one, before in zip(twin.get_weights(), kept, strict=True):
        np.testing.assert_array_equal(one, before)


def test_nested_and_functional_chains() -> None:
    inner = keras.Sequential([keras.Input((8, 8, 2)), layers.Conv2D(3, 3, activation="relu", name="conv")], name="eyes")
    entry = keras.Input((10, 10, 1))
    x = inner(layers.Conv2D(2, 3, name="conv")(entry))
    x = layers.Dense(4, activation="softmax", name="answer")(layers.Flatten()(x))
    model = keras.Model(entry, x)
    twin = Network.from_keras(model)
    assert [part.name for part in twin.parts if part.weights] == ["conv", "eyes/conv", "answer"]
    image = np.random.default_rng(0).random((3, 10, 10, 1), np.float32)
    np.testing.assert_allclose(twin.forward(image), model(image), atol=1e-5)
    np.testing.assert_allclose(twin.to_keras()(image), model(image), atol=1e-5)
    outputs = twin.outputs(image)
    np.testing.assert_allclose(outputs["answer"], twin.forward(image))
    assert outputs["eyes/conv"].shape == (3, 6, 6, 3)


def test_branches_and_shared_weights_are_named() -> None:
    entry = keras.Input((4,))
    with pytest.raises(LensletError, match="sum joins or divides it"):
        Network.from_keras(keras.Model(entry, layers.Add(name="sum")([entry, layers.Dense(4)(entry)])))
    twice = layers.Dense(4, name="twice")
    with pytest.raises(LensletError, match="twice:2 has its weights from before"):
        Network.from_keras(keras.Model(entry, twice(twice(entry))))


def test_functions_without_weights_may_come_twice() -> None:
    entry, relu = keras.Input((4,)), layers.ReLU(name="relu")
    model = keras.Model(entry, relu(layers.Dense(3)(relu(entry))))
    twin = Network.from_keras(model)
    x = np.random.default_rng(0).standard_normal((5, 4)).astype(np.float32)
    np.testing.assert_allclose(twin.forward(x), model(x), atol=1e-6)
    np.testing.assert_allclose(twin.to_keras()(x), model(x), atol=1e-6)


def test_any_size_of_image_where_the_model_takes_any() -> None:
    model = keras.Sequential([keras.Input((None, None, 1)), layers.Conv2D(2, 3), layers.GlobalAveragePooling2D()])
    twin = Network.from_keras(model)
    assert twin.input_shape == (0, 0, 1)
    for side in (5, 8):
        x = np.random.default_rng(0).random((1, side, side, 1), np.float32)
        np.testing.assert_allclose(twin.to_keras()(x), twin.forward(x), atol=1e-6)


def test_weight_decay_comes_from_the_regularizer() -> None:
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, kernel_regularizer=keras.regularizers.L2(0.05))])
    twin = Network.from_keras(model)
    x, labels = np.ones((2, 4), np.float32), np.array([0, 1])
    plain = keras.losses.CategoricalCrossentropy(from_logits=True)(tf.one_hot(labels, 3), model(x))
    assert twin.loss(x, labels) == pytest.approx(float(plain) + float(model.losses[0]), rel=1e-6)


def test_images_of_other_types_are_computed_as_the_weights_are(models) -> None:
    twin = Network.from_keras(models["lenet"])
    bytes_ = np.random.default_rng(0).integers(0, 4, (2, 28, 28, 1), np.uint8)  # larger ones make logits of hundreds
    assert twin.forward(bytes_).dtype == np.float32
    np.testing.assert_array_equal(twin.forward(bytes_), twin.forward(bytes_.astype(np.float64)))
    np.testing.assert_allclose(twin.forward(bytes_), models["lenet"](bytes_.astype(np.float32)), atol=1e-5)


@pytest.mark.parametrize("shape", [(28, 28, 1), (1, 27, 28, 1), (1, 28, 28, 3)])
def test_images_of_another_shape_are_refused(shape: tuple[int, ...], models) -> None:
    with pytest.raises(UsageError, match=r"expected images \(N, 28, 28, 1\), found the shape"):
        Network.from_keras(models["lenet"]).forward(np.zeros(shape))


def test_there_is_no_way_back_without_a_loss(models) -> None:
    with pytest.raises(LensletError, match=r"call loss\(\) first"):
        Network.from_keras(models["lenet"]).backward()


def test_a_training_need_not_go_back_to_the_image(models) -> None:
    twin = Network.from_keras(models["lenet"])
    x, labels = batch(models["lenet"])
    twin.loss(x, labels)
    whole = twin.backward()
    kernel = twin.layers[0].gradients["kernel"]
    assert whole.any()
    assert not twin.backward(to_input=False).any()
    np.testing.assert_array_equal(twin.layers[0].gradients["kernel"], kernel)
