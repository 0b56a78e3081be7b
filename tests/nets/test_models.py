"""Opening models: what opens, with which input and labels, and why the rest is refused."""

from __future__ import annotations

import dataclasses
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from nets.card import Card
from nets.data.specs import InputSpec
from nets.errors import LensletError, UsageError
from nets.inference import Classifier
from nets.models import open_model, shipped, wrap
from nets.places import Places


def chain(*rows, shape=(28, 28, 1), name="net", **options):
    import keras

    return keras.Sequential([keras.Input(shape, **options), *rows], name=name)


def simple():
    from keras import layers

    return chain(layers.Conv2D(4, 3, name="conv"), layers.Flatten(), layers.Dense(10, activation="softmax"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def places(folder) -> Places:
    return Places(folder / "runs", folder / "drawings", folder / "cache", folder / "settings.json")


@pytest.fixture(scope="module")
def good(folder) -> Path:
    simple().save(folder / "good.keras")
    return folder / "good.keras"


def rewritten(source: Path, target: Path, *, config=None, metadata=None, drop=()) -> Path:
    """A copy of a .keras file with its JSON changed by functions, and members left out."""
    changes = {"config.json": config, "metadata.json": metadata}
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if change := changes.get(name):
                found = json.loads(data)
                change(found)
                data = json.dumps(found).encode()
            if name not in drop:
                new.writestr(name, data)
    return target


# --- what opens ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_whole_model_opens_and_answers_as_keras_does(folder, places, suffix):
    network = simple()
    path = folder / f"whole{suffix}"
    network.save(path)
    model = open_model(str(path), places)
    assert (model.source, model.origin) == ("file", str(path))
    assert model.card.labels == tuple("0123456789")
    assert model.card.input == InputSpec(28, 28, 1, "digit", "unit")
    assert model.card.parameters == network.count_params()
    inputs = np.random.default_rng(1).uniform(0, 1, (2, 28, 28, 1)).astype(np.float32)
    np.testing.assert_allclose(Classifier(model)(inputs), network.predict(inputs, verbose=0), atol=1e-6)


def inputs_of(folder, places, network) -> tuple[InputSpec, str]:
    network.save(folder / "some.keras")
    model = open_model(str(folder / "some.keras"), places)
    inputs = np.zeros((1, *model.card.input.shape), np.float32)
    assert Classifier(model)(inputs).shape == (1, len(model.card.labels))
    return model.card.input, " ".join(model.notes)


def test_rescaling_at_the_front_means_raw_values(folder, places):
    from keras import layers

    rows = [layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(5)]
    spec, notes = inputs_of(folder, places, chain(layers.Rescaling(1 / 255), *rows, shape=(64, 48, 3)))
    assert spec == InputSpec(64, 48, 3, "picture", "byte")
    assert "0 to 255" in notes
    spec, _ = inputs_of(folder, places, chain(layers.Rescaling(2.0, offset=-1), *rows, shape=(64, 48, 3)))
    assert spec.values == "unit"


def test_augmentation_at_the_front_is_passed_over(folder, places):
    from keras import layers

    from nets.receptive_field import size

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
    assert spec.values == "byte"
    assert size(network, "conv") == (3, 3)


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


NAMES = [f"名{number}" for number in range(10)]


def test_labels_from_files_beside_the_model(folder, places, good):
    assert labelled(folder, places, good, "a", labels_txt="\n".join(NAMES) + "\n")[0].labels == tuple(NAMES)
    assert labelled(folder, places, good, "b", labels_json=json.dumps(NAMES))[0].labels == tuple(NAMES)
    assert labelled(folder, places, good, "c", json=json.dumps({"classes": NAMES}))[0].labels == tuple(NAMES)


def test_a_card_beside_or_inside_the_file_is_used(folder, places, good):
    card = Card("mine", "Mine", "net", tuple(NAMES), InputSpec(28, 28, 1, "picture", "signed"))
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
        ({"chain": "sound"}, "left aside: it says chain 'sound'"),
    ],
)
def test_a_card_that_does_not_fit_is_left_aside(folder, places, good, changes, note):
    spec = dataclasses.replace(InputSpec(), **changes)
    card = Card("mine", "Mine", "net", tuple(NAMES), spec)
    found, notes = labelled(folder, places, good, "e", json=card.to_json())
    assert note in notes
    assert found.input == InputSpec()
    assert found.labels == tuple(NAMES)


def test_labels_that_do_not_fit_and_files_that_say_nothing(folder, places, good):
    card, notes = labelled(folder, places, good, "f", labels_txt="yes\nno\n")
    assert card.labels == tuple("0123456789")
    assert "2 labels do not fit 10 classes" in notes
    assert labelled(folder, places, good, "g", json="{ not json")[0].labels == tuple("0123456789")


# --- what is refused --------------------------------------------------------------------------------------------


def refusal(path: Path, places: Places) -> str:
    with pytest.raises(LensletError) as caught:
        open_model(str(path), places)
    text = str(caught.value)
    assert "\n" not in text
    return text


@pytest.mark.parametrize("kept", [0, 5, 0.5, -30])
def test_truncated_files(folder, places, good, kept):
    data = good.read_bytes()
    cut = data[: int(len(data) * kept)] if isinstance(kept, float) else data[:kept]
    (folder / "cut.keras").write_bytes(cut)
    assert ("is truncated or damaged" if cut else "is empty") in refusal(folder / "cut.keras", places)


def test_damaged_bytes_and_a_truncated_h5(folder, places, good):
    data = bytearray(good.read_bytes())
    data[len(data) // 2] ^= 255
    (folder / "flipped.keras").write_bytes(data)
    assert "damaged in" in refusal(folder / "flipped.keras", places)
    simple().save(folder / "whole.h5")
    data = (folder / "whole.h5").read_bytes()
    (folder / "cut.h5").write_bytes(data[: len(data) // 2])
    assert "truncated or damaged" in refusal(folder / "cut.h5", places)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_lambda_layers_stay_out_and_their_code_unrun(folder, places, suffix):
    from keras import layers

    network = chain(layers.Lambda(lambda x: x * 2, name="twice"), layers.Flatten(), layers.Dense(3))
    network.save(folder / f"lambda{suffix}")
    text = refusal(folder / f"lambda{suffix}", places)
    assert "has a Lambda layer 'twice'" in text
    assert "must not run" in text


def test_classes_that_keras_does_not_bring(folder, places):
    import keras
    from keras import layers

    class Plain(layers.Layer):
        def call(self, x):
            return x

    def wobble(x):
        return x

    for suffix in (".keras", ".h5"):
        chain(Plain(), layers.Flatten(), layers.Dense(3)).save(folder / f"own{suffix}")
        assert "Plain" in refusal(folder / f"own{suffix}", places)
    chain(layers.Flatten(), layers.Dense(3, activation=wobble)).save(folder / "function.keras")
    text = refusal(folder / "function.keras", places)
    assert "'wobble', which is not Keras's own, and its code is not in the file" in text

    registered = keras.saving.register_keras_serializable("somebody")(type("Registered", (Plain,), {}))
    chain(registered(), layers.Flatten(), layers.Dense(3)).save(folder / "registered.keras")
    try:
        assert "somebody>Registered, which is not Keras's own" in refusal(folder / "registered.keras", places)
    finally:
        keras.saving.get_custom_objects().clear()


def test_files_of_newer_versions(folder, places, good):
    import keras

    def major(found):
        found["keras_version"] = "99.1.0"

    def minor(found):
        found["keras_version"] = "3.999.0"

    def unknown_layer(found):
        found["config"]["layers"][1]["class_name"] = "FancyConv9D"

    text = refusal(rewritten(good, folder / "major.keras", metadata=major), places)
    assert f"saved by Keras 99.1.0, and this is Keras {keras.__version__}; update" in text
    path = rewritten(good, folder / "unknown.keras", metadata=minor, config=unknown_layer)
    assert "saved by Keras 3.999.0" in refusal(path, places)
    assert "FancyConv9D" in refusal(rewritten(good, folder / "same.keras", config=unknown_layer), places)
    opened = open_model(str(rewritten(good, folder / "minor.keras", metadata=minor)), places)
    assert "newer than this" in opened.notes[0]


def test_inputs_that_are_no_picture(folder, places):
    import keras
    from keras import layers

    two = [keras.Input((8, 8, 1), name="left"), keras.Input((8, 8, 1), name="right")]
    keras.Model(two, layers.Dense(2)(layers.Flatten()(layers.Add()(two)))).save(folder / "two.keras")
    assert "has 2 inputs (left, right)" in refusal(folder / "two.keras", places)
    words = layers.TextVectorization(max_tokens=9, output_sequence_length=4, vocabulary=["a", "b"])
    chain(words, layers.Embedding(9, 2), layers.Flatten(), layers.Dense(2), shape=(1,), dtype="string").save(
        folder / "text.keras"
    )
    assert "reads text" in refusal(folder / "text.keras", places)
    chain(layers.Embedding(9, 2), layers.Flatten(), layers.Dense(2), shape=(64,)).save(folder / "tokens.keras")
    assert "word or token numbers" in refusal(folder / "tokens.keras", places)
    chain(layers.Flatten(), layers.Dense(2), shape=(8, 8, 6)).save(folder / "six.keras")
    assert "has 6 channels; pictures have 1 (grey) or 3 (colour)" in refusal(folder / "six.keras", places)
    chain(layers.Dense(2), shape=(50,)).save(folder / "table.keras")
    assert "is 50 numbers, which is no square picture" in refusal(folder / "table.keras", places)


def test_models_that_do_not_classify_or_were_never_built(folder, places):
    import keras
    from keras import layers

    chain(layers.Conv2D(1, 3, padding="same")).save(folder / "picture.keras")
    assert "the output of 'net' is 28 × 28 × 1" in refusal(folder / "picture.keras", places)
    keras.Sequential([layers.Flatten(), layers.Dense(3)], name="raw").save(folder / "unbuilt.keras")
    assert "saved before it was built" in refusal(folder / "unbuilt.keras", places)


def test_weights_without_their_network(folder, places, good):
    simple().save_weights(folder / "some.weights.h5")
    assert "holds weights only" in refusal(folder / "some.weights.h5", places)
    assert "holds no weights" in refusal(
        rewritten(good, folder / "empty_inside.keras", drop=("model.weights.h5",)), places
    )


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("m.onnx", "an ONNX file"),
        ("m.pb", "a TensorFlow graph"),
        ("m.tflite", "a TensorFlow Lite file"),
        ("m.safetensors", "a safetensors file"),
        ("m.pt", "a PyTorch file"),
        ("m.txt", "no model file that Lenslet knows"),
        ("renamed.keras", "damaged or was renamed"),
        ("renamed.h5", "damaged or was renamed"),
    ],
)
def test_files_of_other_kinds(folder, places, name, what):
    (folder / name).write_bytes(b"\x08\x01 bytes of something else")
    text = refusal(folder / name, places)
    assert what in text
    assert ".keras" in text


def test_a_model_under_another_name(folder, places, good):
    (folder / "model.keras.zip").write_bytes(good.read_bytes())
    assert "rename it to model.keras" in refusal(folder / "model.keras.zip", places)
    (folder / "model.KERAS").write_bytes(good.read_bytes())
    assert "rename it to model.keras" in refusal(folder / "model.KERAS", places)


def test_archives_folders_and_nothing(folder, places):
    with zipfile.ZipFile(folder / "torch.pth", "w") as archive:
        archive.writestr("archive/data.pkl", b"x")
    assert "a PyTorch file" in refusal(folder / "torch.pth", places)
    with zipfile.ZipFile(folder / "other.keras", "w") as archive:
        archive.writestr("readme.txt", b"x")
    assert "without config.json" in refusal(folder / "other.keras", places)
    (folder / "saved").mkdir()
    assert "is a folder" in refusal(folder / "saved", places)
    (folder / "saved" / "saved_model.pb").write_bytes(b"x")
    assert "SavedModel folder" in refusal(folder / "saved", places)
    with pytest.raises(UsageError, match="there is no file"):
        open_model(str(folder / "missing.keras"), places)
    with pytest.raises(UsageError, match=r"no model 'nothing'; shipped models: .*; runs: none yet"):
        open_model("nothing", places)


# --- the rest ---------------------------------------------------------------------------------------------------


def test_a_copy_has_weights_of_its_own():
    model = wrap(simple())
    copy = model.copy()
    copy.network.set_weights([weight * 0 for weight in copy.network.get_weights()])
    assert any(weight.any() for weight in model.network.get_weights())
    assert copy.card == model.card


def test_shipped_models_open_by_name(places):
    for name, card in shipped().items():
        model = open_model(name, places)
        assert (model.source, model.card) == ("shipped", card)
        probabilities = Classifier(model)(np.zeros((1, *card.input.shape), np.float32))
        assert probabilities.shape == (1, len(card.labels))
