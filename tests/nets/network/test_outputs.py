"""What a network's output is: classes, labels, numbers or a picture, decided by its shape, activation and loss."""

from __future__ import annotations

import numpy as np
import pytest

from nets.compute.lens import Lens
from nets.errors import LensletError, UsageError
from nets.models import open_model, with_said
from nets.network.card import CardFields
from nets.network.outputs import OUTPUT_KINDS
from nets.network.wrap import wrap
from tests.nets.conftest import chain


def network(*last, shape=(12, 12, 1)):
    from keras import layers

    return chain(layers.Conv2D(2, 3, name="conv"), *last, shape=shape)


def row(count: int, activation: str | None = None):
    from keras import layers

    return [layers.GlobalAveragePooling2D(name="average"), layers.Dense(count, activation=activation, name="answer")]


@pytest.mark.parametrize(
    ("count", "activation", "kind", "labels"),
    [
        (10, "softmax", "classes", 10),
        (10, None, "classes", 10),
        (10, "tanh", "classes", 10),
        (2, "softmax", "classes", 2),
        (1, "sigmoid", "two classes", 2),
        (1, "tanh", "two classes", 2),
        (4, "sigmoid", "labels", 4),
        (1, None, "numbers", 0),
        (1, "relu", "numbers", 0),
        (3, None, "numbers", 0),
        (144, "sigmoid", "picture", 0),
        (5184, "sigmoid", "picture", 0),
    ],
)
def test_kinds_by_shape_and_activation(count, activation, kind, labels):
    model = wrap(network(*row(count, activation)))
    assert model.output.kind is OUTPUT_KINDS[kind]
    assert len(model.card.labels) == model.output.labels == labels


def test_one_number_is_a_number():
    model = wrap(network(*row(1)))
    assert any("Its output is a number, not classes" in note for note in model.notes)
    assert [line.shows for line in model.layers] == ["maps", "units", "units"]
    lens = Lens(model)
    image = np.random.default_rng(1).uniform(0, 1, (12, 12, 1)).astype(np.float32)
    reading = lens.read(image)
    expected = model.network.predict(image[None], verbose=0)[0]
    np.testing.assert_allclose(reading.output, expected, atol=1e-6)
    np.testing.assert_allclose(reading.maps["answer"], expected, atol=1e-6)
    assert reading.probabilities.shape == (0,)
    with pytest.raises(UsageError, match=r"does not tell classes apart\. Its output is a number"):
        lens.classify(image[None])


@pytest.mark.parametrize("last", ["pooling", "unit length", "normalised", "relu"])
def test_features_for_another_network_are_no_classes(last: str) -> None:
    """As of a network of keras.applications without its top, or of one that compares faces."""
    from keras import layers

    ends = {
        "pooling": [layers.Conv2D(16, 3), layers.GlobalAveragePooling2D()],
        "unit length": [*row(16), layers.UnitNormalization()],
        "normalised": [*row(16), layers.BatchNormalization()],
        "relu": row(16, "relu"),
    }
    model = wrap(network(*ends[last]))
    assert (model.output.kind.name, model.card.labels) == ("numbers", ())
    assert any("Its output is 16 numbers, not classes" in note for note in model.notes)
    assert wrap(network(*ends[last]), loss="categorical_crossentropy").output.kind.name == "classes"
    names = CardFields({"labels": tuple("abcdefghijklmnop")})
    assert wrap(network(*ends[last]), said=names).output.kind.name == "classes"


def test_three_numbers_are_classes_where_somebody_names_them():
    assert wrap(network(*row(3))).output.kind.name == "numbers"
    model = wrap(network(*row(3)), said=CardFields({"labels": ("cat", "dog", "bird")}))
    assert (model.output.kind.name, model.card.labels) == ("classes", ("cat", "dog", "bird"))
    assert model.layers[-1].shows == "units", "the layer's own values are scores, not probabilities"
    wrong = wrap(network(*row(3)), said=CardFields({"labels": ("cat", "dog")}))
    assert (wrong.output.kind.name, wrong.card.labels) == ("numbers", ())
    assert "The class names are left aside: expected 3, found 2." in wrong.notes
    none = wrap(network(), said=CardFields({"labels": ("cat", "dog")}))
    assert "The class names are left aside: its output is not classes." in none.notes


def test_a_person_who_names_the_numbers_makes_them_classes():
    model = wrap(network(*row(3)))
    named = with_said(model, CardFields({"labels": ("cat", "dog", "bird")}))
    assert (named.output.kind.name, named.card.labels) == ("classes", ("cat", "dog", "bird"))
    found = named.output.probabilities(Lens(model).read(np.ones((12, 12, 1), np.float32)).output)
    assert found.shape == (3,)
    assert found.sum() == pytest.approx(1)
    with pytest.raises(LensletError, match="expected 3 class names, one for each output, found 2"):
        with_said(model, CardFields({"labels": ("cat", "dog")}))
    assert with_said(wrap(network(*row(1))), CardFields({"labels": ("no", "yes")})).output.kind.name == "two classes"


def test_the_loss_in_the_file_tells_numbers_from_scores(folder, places):
    import keras

    cases = (
        (10, "mse", "numbers"),
        (10, keras.losses.Huber(), "numbers"),
        (3, keras.losses.SparseCategoricalCrossentropy(from_logits=True), "classes"),
        (1, keras.losses.BinaryCrossentropy(from_logits=True), "two classes"),
    )
    for number, (count, loss, kind) in enumerate(cases):
        for suffix in (".keras", ".h5"):
            made = network(*row(count))
            made.compile("sgd", loss)
            path = folder / f"loss{number}{suffix}"
            made.save(path)
            assert open_model(str(path), places).output.kind.name == kind, (loss, suffix)


def test_labels_are_probabilities_each_for_itself():
    model = wrap(network(*row(3, "sigmoid")), said=CardFields({"labels": ("hat", "glasses", "beard")}))
    assert any("each is the probability of one label" in note for note in model.notes)
    image = np.random.default_rng(1).uniform(0, 1, (12, 12, 1)).astype(np.float32)
    found = Lens(model).read(image).probabilities
    np.testing.assert_allclose(found, model.network.predict(image[None], verbose=0)[0], atol=1e-6)


def test_one_sigmoid_shows_its_own_value_in_its_layer():
    model = wrap(network(*row(1, "sigmoid")))
    image = np.random.default_rng(1).uniform(0, 1, (12, 12, 1)).astype(np.float32)
    reading = Lens(model).read(image)
    assert model.layers[-1].shows == "units"
    assert reading.maps["answer"].shape == (1,)
    np.testing.assert_allclose(reading.probabilities, [1 - reading.output[0], reading.output[0]], atol=1e-6)


@pytest.mark.parametrize("form", ["maps", "rows", "flat", "channels first"])
def test_a_mask_is_a_picture(form):
    from keras import layers

    first = {"data_format": "channels_first"} if form == "channels first" else {}
    last = [layers.Conv2D(1, 1, activation="sigmoid", padding="same", name="mask", **first)]
    last += {"rows": [layers.Reshape((10, 10))], "flat": [layers.Flatten()]}.get(form, [])
    body = layers.Conv2D(2, 3, name="conv", **first)
    made = chain(body, *last, shape=(1, 12, 12) if first else (12, 12, 1))
    model = wrap(made)
    if form == "flat":  # a hundred sigmoids in a row might be anything
        assert model.output.kind.name == "labels"
        return
    assert (model.output.kind.name, model.output.shape) == ("picture", (10, 10, 1))
    assert model.card.labels == ()
    assert any("a picture of 10 × 10 × 1" in note for note in model.notes)
    reading = Lens(model).read(np.ones((12, 12, 1), np.float32))
    assert reading.output.shape == (10, 10, 1)
    if form != "rows":
        assert model.layers[-1].shows == "maps"
        np.testing.assert_array_equal(reading.maps["mask"], reading.output)


def test_an_autoencoder_of_a_row_of_numbers_gives_its_picture():
    from keras import layers

    made = chain(layers.Dense(8, activation="relu"), layers.Dense(784, activation="sigmoid"), shape=(784,))
    model = wrap(made)
    assert (model.output.kind.name, model.output.shape) == ("picture", (28, 28, 1))
    assert Lens(model).read(np.ones((28, 28, 1), np.float32)).output.shape == (28, 28, 1)


def test_sequences_are_said_to_be_ones():
    from keras import layers

    rows = wrap(chain(layers.LSTM(4), layers.Dense(10, activation="softmax"), shape=(28, 28)))
    assert any("the 28 rows of the picture one after another" in note for note in rows.notes)
    for shape, words in (((100, 8), "100 steps of 8 numbers"), ((None, 3), "any number of steps of 3 numbers")):
        with pytest.raises(LensletError, match=f"reads a sequence: {words}; Lenslet gives pictures"):
            wrap(chain(layers.LSTM(4), layers.Dense(2), shape=shape))
    with pytest.raises(LensletError, match="28 × 4, a sequence or more than a picture"):
        wrap(chain(layers.LSTM(4, return_sequences=True), shape=(28, 28)))
