"""Files that are no model Lenslet can show: each is refused with its reason in one line."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from nets.errors import LensletError, UsageError
from nets.models import open_model
from nets.places import Places
from tests.nets.conftest import chain, simple


def rewritten(source: Path, target: Path, *, config=None, metadata=None, drop=()) -> Path:
    """A copy of a .keras file with its JSON changed by functions, and members left out."""
    changes = {"config.json": config, "metadata.json": metadata}
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if change := changes.get(name):
                found = json.loads(data)
                found = change(found) or found
                data = json.dumps(found).encode()
            if name not in drop:
                new.writestr(name, data)
    return target


def refusal(path: Path, places: Places) -> str:
    with pytest.raises(LensletError) as caught:
        open_model(str(path), places)
    text = str(caught.value)
    assert "\n" not in text
    return text


@pytest.mark.parametrize("kept", [0, 5, 0.5, -30])
def test_truncated_files_are_refused(folder, places, good, kept):
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


def test_a_layer_that_says_wrongly_how_it_was_built_has_its_weights(folder, places, good):
    """Keras took a layer for built, without weights, where the way it was built is described by other words."""

    def change(config):
        config["config"]["layers"][-1]["build_config"] = {"name": [None, 72]}

    model = open_model(str(rewritten(good, folder / "built.keras", config=change)), places)
    other = open_model(str(good), places)
    assert [row.multiply_adds for row in model.layers] == [row.multiply_adds for row in other.layers]
    for one, same in zip(model.network.get_weights(), other.network.get_weights(), strict=True):
        np.testing.assert_array_equal(one, same)


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
    for part in ("config", "metadata"):
        odd = rewritten(good, folder / "odd.keras", **{part: lambda found: [1]})
        assert "odd.keras is truncated or damaged (its description is not a JSON object)" in refusal(odd, places)


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

    chain(layers.LSTM(2, return_sequences=True), shape=(28, 28)).save(folder / "sequence.keras")
    assert "the output of 'sequence.keras' is 28 × 2, a sequence" in refusal(folder / "sequence.keras", places)
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


def test_a_models_bytes_say_what_it_is_whatever_its_name(folder, places, good):
    simple().save(folder / "old.h5")
    for name in ("model.keras.zip", "model.KERAS", "zip.h5", "model"):
        (folder / name).write_bytes(good.read_bytes())
        assert open_model(str(folder / name), places).network.name == "net"
    for name in ("hdf5.keras", "model.bin"):
        (folder / name).write_bytes((folder / "old.h5").read_bytes())
        assert open_model(str(folder / name), places).network.name == "net"


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
