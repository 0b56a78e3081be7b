"""What a file is, before anything of it is read: pointers, pipes, two formats at once, descriptions of other types."""

from __future__ import annotations

import json
import os
import zipfile

import h5py
import pytest

from nets.errors import LensletError
from nets.network.files import read_network
from nets.network.files.identify import identify
from tests.nets.network.old_files import called, functional, layer, sequential, start, write_h5, write_keras


def refusal(path) -> str:
    with pytest.raises(LensletError) as caught:
        read_network(path)
    text = str(caught.value)
    assert "\n" not in text
    assert text.count(path.name) == 1
    return text


def test_a_git_lfs_pointer_is_called_one_with_the_size_to_be_fetched(tmp_path):
    for name in ("model.keras", "model.h5", "model.bin"):
        path = tmp_path / name
        path.write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 98712345\n")
        assert "is a Git LFS pointer, a note that stands for the model of 99 MB" in refusal(path)
        assert "git lfs pull" in refusal(path)
    path.write_text("version https://git-lfs.github.com/spec/v1\n")
    assert "stands for the model, which is still to be fetched" in refusal(path)


def test_a_downloaded_archive_says_what_is_inside_of_it(tmp_path):
    """Teachable Machine sends its exports as archives: of a Keras model and its labels, or of a TensorFlow.js model."""
    path = tmp_path / "converted.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("labels.txt", "0 Flask")
        archive.writestr("keras_model.h5", b"\x89HDF\r\n\x1a\n")
    assert refusal(path) == "converted.zip is an archive that holds keras_model.h5: unpack it and open that file"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model.json", "{}")
        archive.writestr("weights.bin", b"")
    assert "is a TensorFlow.js model" in refusal(path)
    description = tmp_path / "model.json"
    description.write_text(json.dumps({"modelTopology": {}, "weightsManifest": []}))
    assert "is a TensorFlow.js model" in refusal(description)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "")
    assert "is an archive without config.json, so no Keras model" in refusal(path)


def test_two_formats_at_once(tmp_path):
    inner = write_h5(tmp_path / "inner.h5", sequential("net", start("first", 4)), [])
    block = tmp_path / "block.h5"  # HDF5 behind a block of the user's own, which is a zip archive
    with h5py.File(block, "w", userblock_size=4096) as file, h5py.File(inner) as source:
        for key, value in source.attrs.items():
            file.attrs[key] = value
    with zipfile.ZipFile(tmp_path / "config.zip", "w") as archive:
        archive.writestr("config.json", "{}")
    data = bytearray(block.read_bytes())
    small = (tmp_path / "config.zip").read_bytes()
    data[: len(small)] = small
    block.write_bytes(data)
    assert "is a zip archive and an HDF5 file at once" in refusal(block)
    behind = tmp_path / "behind.keras"  # a zip archive at the end of an HDF5 file
    behind.write_bytes(inner.read_bytes() + small)
    assert "is a zip archive and an HDF5 file at once" in refusal(behind)


def test_the_weights_in_a_keras_file_may_begin_at_any_place(tmp_path):
    """At 4096 bytes, where an HDF5 file with a block of the user's own could begin."""
    path = tmp_path / "even.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", b"x" * (4096 - 2 * 30 - len("a") - len("model.weights.h5")))
        archive.writestr("model.weights.h5", write_h5(tmp_path / "w.h5", {}, []).read_bytes())
    assert path.read_bytes()[4096:4104] == b"\x89HDF\r\n\x1a\n"
    assert identify(path) == "zip"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names")
def test_pipes_loops_and_names_that_are_none(tmp_path):
    os.mkfifo(tmp_path / "pipe.keras")
    assert "is not a file but a pipe or a device" in refusal(tmp_path / "pipe.keras")
    (tmp_path / "loop.keras").symlink_to(tmp_path / "loop.keras")
    assert "cannot be read" in refusal(tmp_path / "loop.keras")
    for name in ("n" * 300 + ".keras", "a\0b.keras"):
        with pytest.raises(LensletError, match="cannot be read"):
            read_network(tmp_path / name)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (layer("TFSMLayer", "saved", filepath="elsewhere"), "has a TFSMLayer 'saved': it runs a TensorFlow program"),
        (
            layer("StringLookup", "words", vocabulary="elsewhere.txt"),
            "reads the words of its layer 'words' from another file",
        ),
        (layer("Lambda", "code", function=["4wEAAAA=", None, None]), "has a Lambda layer 'code'"),
    ],
)
def test_layers_that_run_or_read_what_lies_elsewhere(tmp_path, part, said):
    config = functional("net", called(start("first", 4)), called(part, ["first", 0, 0, {}]), output=["x", 0, 0])
    assert said in refusal(write_h5(tmp_path / "some.h5", config, []))
    modern = {**part, "module": "keras.layers", "registered_name": None}
    assert said in refusal(write_keras(tmp_path / "some.keras", sequential("net", modern), {}, version="3.5.0"))


def test_weights_that_are_python_objects(tmp_path):
    path = write_keras(tmp_path / "some.keras", sequential("net"), {})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("model.weights.npz", b"")
    assert "keeps its weights as Python objects" in refusal(path)


@pytest.mark.parametrize(
    "config",
    [
        [],
        3,
        {},
        {"class_name": "Sequential"},
        {"class_name": "Sequential", "config": {"layers": [3]}},
        {"class_name": "Sequential", "config": {"name": "x", "layers": {"a": 1}}},
        {"class_name": ["Sequential"], "config": {}},
        {"class_name": "Functional", "config": {"layers": [], "input_layers": 3, "output_layers": {"a": 1}}},
        {"class_name": "Functional", "config": {"layers": [{"class_name": "Dense", "inbound_nodes": 7}]}},
        {"class_name": "Functional", "config": {"layers": [{"class_name": "Dense", "inbound_nodes": [[["a"]]]}]}},
        {"class_name": "Dense", "config": {"units": "many", "name": 5}},
        sequential("net", start("first", 4), layer("Dense", "d", units=[1, 2])),
        sequential("net", start("first", -4), layer("Dense", "d", units=2)),
        sequential("net", start("first", 4), layer("Conv2D", "d", filters=2, kernel_size=3)),
        sequential("net", start("first", 4), layer("Dense", "d", units=2, activation={"class_name": 3, "config": 4})),
    ],
)
def test_descriptions_of_wrong_types_end_in_a_sentence(tmp_path, config):
    for path in (
        write_h5(tmp_path / "wrong.h5", config, [], version="2.4.0"),
        write_keras(tmp_path / "wrong.keras", config, {}, version="3.5.0"),
    ):
        text = refusal(path)
        assert not any(word in text for word in ("Traceback", "NoneType", "object has no", "Error", "<class"))


def test_a_description_without_end(tmp_path):
    for text, said in (
        ('{"a":' * 100_000, "nested"),
        ('{"class_name":"Sequential","config":' * 300 + "1" + "}" * 300, "nested"),
        ("{", "no JSON"),
        ("", "no JSON"),
    ):
        with h5py.File(tmp_path / "deep.h5", "w") as file:
            if len(text) < 60_000:
                file.attrs["model_config"] = text
            else:
                file.attrs.create("model_config", text, dtype=h5py.string_dtype())
        assert said in refusal(tmp_path / "deep.h5")
        with zipfile.ZipFile(tmp_path / "deep.keras", "w") as archive:
            archive.writestr("config.json", text)
            archive.writestr("model.weights.h5", b"")
        assert said in refusal(tmp_path / "deep.keras")


def test_layers_in_a_circle(tmp_path):
    config = functional(
        "net",
        called(start("first", 4)),
        called(layer("Dense", "a", units=2), ["b", 0, 0, {}]),
        called(layer("Dense", "b", units=2), ["a", 0, 0, {}]),
        output=["b", 0, 0],
    )
    assert "its layers form a circle" in refusal(write_h5(tmp_path / "circle.h5", config, []))
    assert json.dumps(config)  # the test's own circle is one of names, not of objects
