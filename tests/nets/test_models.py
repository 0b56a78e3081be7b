"""Opening models: what opens, with which input and labels."""

from __future__ import annotations

import dataclasses
import json
import sys
import zipfile

import numpy as np
import pytest

from nets.compute.lens import Lens
from nets.data.specs import ImageInput
from nets.errors import UsageError
from nets.events import Event, Message
from nets.models import open_model, other_epoch, shipped, title_of
from nets.network import graph
from nets.network.card import Card
from nets.network.model import ModelRef
from nets.network.structure import Structure
from nets.network.wrap import wrap
from nets.runs.store import RunStore
from tests.made_runs import write_run
from tests.nets.conftest import chain, simple

NAMES = [f"名{number}" for number in range(10)]


# --- what opens -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_weights_that_are_not_finite_are_named(value: float) -> None:
    model = wrap(simple(), name="torn")
    assert model.broken_weights == ()
    weights = model.network.get_weights()
    weights[0].flat[3] = value
    model.network.set_weights(weights)
    torn = dataclasses.replace(model)  # a model asks once: another one begins anew
    assert torn.broken_weights == (model.network.weights[0].path,)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_whole_model_opens_and_answers_as_keras_does(folder, places, suffix):
    network = simple()
    path = folder / f"whole{suffix}"
    network.save(path)
    model = open_model(str(path), places)
    assert model.ref == ModelRef("file", str(path))
    assert model.card.labels == tuple("0123456789")
    assert model.card.input == ImageInput(
        fit="picture", polarity="as-it-is"
    )  # it was never trained: it reads no digits
    assert model.card.parameters == network.count_params()
    inputs = np.random.default_rng(1).uniform(0, 1, (2, 28, 28, 1)).astype(np.float32)
    np.testing.assert_allclose(Lens(model).classify(inputs), network.predict(inputs, verbose=0), atol=1e-6)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_how_it_was_trained_is_no_hindrance(folder, places, suffix):
    """Its optimiser, and a loss of somebody's script, are not needed for answering."""
    import keras

    def own_loss(labels, found):
        return keras.ops.mean(keras.ops.square(labels - found))

    network = simple()
    network.compile("adam", loss=own_loss, metrics=["accuracy"])
    network.fit(np.zeros((4, 28, 28, 1)), np.zeros((4, 10)), verbose=0)
    network.save(folder / f"trained{suffix}")
    model = open_model(str(folder / f"trained{suffix}"), places)
    for found, expected in zip(model.network.get_weights(), network.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)


def inputs_of(folder, places, network) -> tuple[ImageInput, str]:
    network.save(folder / "some.keras")
    model = open_model(str(folder / "some.keras"), places)
    inputs = np.zeros((1, *model.card.input.shape), np.float32)
    assert Lens(model).read(inputs).output.shape == model.output.shape
    return model.card.input, " ".join(model.notes)


def test_rescaling_at_the_front_means_raw_values(folder, places):
    from keras import layers

    rows = [layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(5)]
    spec, notes = inputs_of(folder, places, chain(layers.Rescaling(1 / 255), *rows, shape=(64, 48, 3)))
    assert spec == ImageInput(64, 48, 3, "picture", "byte")
    assert "0 to 255" in notes
    spec, _ = inputs_of(folder, places, chain(layers.Rescaling(2.0, offset=-1), *rows, shape=(64, 48, 3)))
    assert spec.range == "unit"


def test_augmentation_at_the_front_is_passed_over(folder, places):
    from keras import layers

    augmentation = chain(
        layers.RandomFlip("horizontal"), layers.RandomRotation(0.1), name="augmentation", shape=(32, 32, 3)
    )
    rows = [
        augmentation,
        layers.Rescaling(1 / 255),
        layers.Conv2D(2, 3, name="conv"),
        layers.Flatten(),
        layers.Dense(5),
    ]
    network = chain(*rows, shape=(32, 32, 3))
    spec, _ = inputs_of(folder, places, network)
    assert spec.range == "byte"
    assert Structure.of(network).fields.size("conv") == (3, 3)


def test_open_sizes_are_chosen_and_said(folder, places):
    from keras import layers

    network = chain(layers.Conv2D(2, 3), layers.GlobalAveragePooling2D(), layers.Dense(5), shape=(None, None, 3))
    spec, notes = inputs_of(folder, places, network)
    assert spec.shape == (224, 224, 3)
    assert "takes any size; 224 × 224 is used" in notes


def test_flat_and_rowwise_inputs_are_pictures(folder, places):
    from keras import layers

    spec, notes = inputs_of(folder, places, chain(layers.Dense(10), shape=(784,)))
    assert spec.shape == (28, 28, 1)
    assert "taken for a picture of 28 × 28 × 1" in notes
    assert inputs_of(folder, places, chain(layers.Dense(10), shape=(3072,)))[0].shape == (32, 32, 3)
    assert inputs_of(folder, places, chain(layers.Flatten(), layers.Dense(10), shape=(28, 28)))[0].shape == (28, 28, 1)


def test_one_sigmoid_unit_tells_two_classes(folder, places):
    from keras import layers

    network = chain(layers.Flatten(), layers.Dense(1, activation="sigmoid"), name="cat_or_dog")
    network.save(folder / "two_classes.keras")
    model = open_model(str(folder / "two_classes.keras"), places)
    assert model.card.labels == ("0", "1")


def test_nested_and_functional_models_open(folder, places):
    import keras
    from keras import layers

    inner = chain(layers.Conv2D(2, 3), layers.MaxPooling2D(), name="block")
    start = keras.Input((28, 28, 1))
    network = keras.Model(start, layers.Dense(3)(layers.Flatten()(inner(start))))
    assert inputs_of(folder, places, network)[0].shape == (28, 28, 1)


def test_a_sequential_built_by_its_first_call_opens(folder, places):
    import keras
    from keras import layers

    network = keras.Sequential([layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(3)])
    network(np.zeros((2, 28, 28, 1), np.float32))
    assert inputs_of(folder, places, network)[0].shape == (28, 28, 1)


def test_a_second_output_is_left_aside_and_said(folder, places):
    import keras
    from keras import layers

    start = keras.Input((8, 8, 1))
    flat = layers.Flatten()(start)
    network = keras.Model(start, [layers.Dense(3)(flat), layers.Dense(4)(flat)])
    assert "2 outputs; the first one is taken" in inputs_of(folder, places, network)[1]


# --- labels and cards -------------------------------------------------------------------------------------------


def labelled(folder, places, good, name: str, **files) -> tuple[Card, str]:
    """The good model under another name with files beside it: suffix -> text."""
    (folder / f"{name}.keras").write_bytes(good.read_bytes())
    for suffix, text in files.items():
        (folder / f"{name}.{suffix.replace('_', '.')}").write_text(text, encoding="utf-8")
    model = open_model(str(folder / f"{name}.keras"), places)
    return model.card, " ".join(model.notes)


def test_labels_from_files_beside_the_model(folder, places, good):
    assert labelled(folder, places, good, "a", labels_txt="\n".join(NAMES) + "\n")[0].labels == tuple(NAMES)
    assert labelled(folder, places, good, "b", labels_json=json.dumps(NAMES))[0].labels == tuple(NAMES)
    assert labelled(folder, places, good, "c", json=json.dumps({"classes": NAMES}))[0].labels == tuple(NAMES)


def test_a_card_beside_or_inside_the_file_is_used(folder, places, good):
    card = Card("mine", "Mine", "net", tuple(NAMES), ImageInput(28, 28, 1, "picture", "signed"))
    found, notes = labelled(folder, places, good, "d", json=card.to_json())
    assert found == card
    assert "Card from d.json" in notes
    inside = folder / "inside.keras"
    inside.write_bytes(good.read_bytes())
    with zipfile.ZipFile(inside, "a") as archive:
        archive.writestr("card.json", card.to_json())
    assert open_model(str(inside), places).card == card


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"height": 32}, "left aside: it says that the input is 32 × 28 × 1, but the network takes 28 × 28 × 1"),
        ({"fit": "sound"}, "left aside: it says fit 'sound'"),
    ],
)
def test_a_card_that_does_not_fit_is_left_aside(folder, places, good, changes, note):
    spec = dataclasses.replace(ImageInput(), **changes)
    card = Card("mine", "Mine", "net", tuple(NAMES), spec)
    found, notes = labelled(folder, places, good, "e", json=card.to_json())
    assert note in notes
    assert found.input == ImageInput(fit="picture", polarity="as-it-is")
    assert found.labels == tuple(NAMES)


def test_labels_that_do_not_fit_and_files_that_say_nothing(folder, places, good):
    card, notes = labelled(folder, places, good, "f", labels_txt="yes\nno\n")
    assert card.labels == tuple("0123456789")
    assert "left aside: expected 10, found 2; the classes are numbered instead" in notes
    assert labelled(folder, places, good, "g", json="{ not json")[0].labels == tuple("0123456789")


# --- the rest ---------------------------------------------------------------------------------------------------


def test_a_copy_has_weights_of_its_own():
    model = wrap(simple())
    copy = model.copy()
    copy.network.set_weights([weight * 0 for weight in copy.network.get_weights()])
    assert any(weight.any() for weight in model.network.get_weights())
    assert copy.card == model.card


@pytest.mark.parametrize(
    ("reference", "title"),
    [
        ("mobilenet_0.75", "MobileNet 0.75"),
        ("lenet", "LeNet"),
        ("/home/ada/models/cats.v2.keras", "cats.v2"),
        ("cats.h5", "cats"),
        ("20261126-100737-lenet-digits", "20261126-100737-lenet-digits"),
    ],
)
def test_what_a_model_is_called_before_it_is_opened(reference: str, title: str) -> None:
    assert title_of(reference) == title


@pytest.mark.parametrize("name", ["20261126-193001-mobilenet_0.75-cats", "20261126-191407-lenet-digits"])
def test_a_run_that_is_gone_is_called_a_run(name: str, places) -> None:
    """A dot in its network's name does not make it a file."""
    with pytest.raises(UsageError, match=f"there is no run '{name}'"):
        open_model(name, places)


def test_shipped_models_open_by_name(places):
    for name, card in shipped().items():
        model = open_model(name, places)
        assert (model.ref, model.card) == (ModelRef("shipped", name), card)
        probabilities = Lens(model).classify(np.zeros((1, *card.input.shape), np.float32))
        assert probabilities.shape == (1, len(card.labels))


# --- one value, whose epoch is part of it -----------------------------------------------------------------------


@pytest.fixture
def unrolled(monkeypatch) -> list[str]:
    """The names of the networks whose graphs are walked over, in order."""
    names = []
    walk = graph.unroll

    def counting(network, **named):
        names.append(network.name)
        return walk(network, **named)

    for module in [module for name, module in sys.modules.items() if name.startswith("nets.")]:
        if vars(module).get("unroll") is walk:
            monkeypatch.setattr(module, "unroll", counting)
    return names


def test_the_graph_of_a_model_is_unrolled_once(folder, places, unrolled):
    from nets.byhand.network import Network
    from nets.network.layers import kernels_of
    from nets.network.weights import weights_of

    simple().save(folder / "once.keras")
    model = open_model(str(folder / "once.keras"), places)
    lens = Lens(model)
    image = np.zeros((1, *model.card.input.shape), np.float32)
    assert set(lens.read(image).maps) == {row.path for row in model.layers}
    assert lens.classify(image).shape == (1, 10)
    for row in model.layers:
        assert model.fields.box(row.path) is not None
        kernels_of(model.graph, row.path)
        weights_of(model.graph, row.path, 0)
    Network.from_graph(model.graph)
    lens.gradient(image, 3, wrt="conv")
    assert len(unrolled) == 1


def test_the_epoch_is_part_of_a_model(places):
    run = write_run(places.runs)
    said: list[Event] = []
    best, last = open_model(run, places, report=said.append), open_model(run, places, epoch="last")
    title = RunStore(places.runs).title(run)
    assert title
    assert said == [Message(f"Opening {title}")], "a run is called by its title, not by its folder"
    assert best.ref == ModelRef("run", run, 2)
    assert last.ref == open_model(run, places, epoch=3).ref == ModelRef("run", run, 3)
    assert best.network.get_weights()[0].max() == np.float32(0.02)
    assert (best.card.accuracy, last.card.accuracy) == (None, 0.5), (
        "the test set was read with the last epoch's weights"
    )
    with pytest.raises(UsageError, match="has no epoch 9"):
        open_model(ModelRef("run", run, 9), places)


def test_another_epoch_of_a_run_builds_no_network(places, unrolled):
    run = write_run(places.runs)
    model = open_model(run, places)
    again = other_epoch(model, ModelRef("run", run, "last"), places)
    assert again is not None
    other, weights = again
    assert other.ref == ModelRef("run", run, 3)
    assert (other.network, other.structure) == (model.network, model.structure)
    assert [array.shape for array in weights] == [array.shape for array in model.network.get_weights()]
    assert weights[0].max() == np.float32(0.03)
    assert len(unrolled) == 1
    assert other_epoch(model, ModelRef("run", write_run(places.runs), 1), places) is None
    assert other_epoch(model, ModelRef("shipped", "lenet"), places) is None


def test_what_is_not_in_a_file_cannot_be_opened_again(places):
    with pytest.raises(UsageError, match="is edited lies in no file"):
        open_model(ModelRef("edited", "pen"), places)
