"""Small files that would take gigabytes are refused with the figure, before anything is allocated."""

from __future__ import annotations

import time
import zipfile

import numpy as np
import pytest

from nets.errors import LensletError
from nets.network.files import read_network
from nets.network.files.machine import available_memory, bytes_text
from tests.nets.network.old_files import layer, sequential, start, write_h5, write_keras


def refusal(path) -> str:
    """The sentence, which must come at once and without a large allocation."""
    began, before = time.monotonic(), peak_memory()
    with pytest.raises(LensletError) as caught:
        read_network(path)
    assert time.monotonic() - began < 20
    assert peak_memory() - before < 500e6
    return str(caught.value)


def peak_memory() -> float:
    """Bytes that the process has taken at most so far; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0


@pytest.fixture(scope="module", autouse=True)
def warm():
    """Keras is loaded before memory is measured."""
    import keras

    keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])


DENSE = layer("Dense", "d", units=300_000, activation="linear")


def test_layers_that_need_more_weights_than_the_file_holds(tmp_path):
    config = sequential("net", start("first", 300_000), DENSE)
    weights = [("d", [("d/kernel:0", np.ones((2, 2), "f4")), ("d/bias:0", np.ones(2, "f4"))])]
    text = refusal(write_h5(tmp_path / "huge.h5", config, weights))
    assert "the layers of huge.h5 need 360 GB of weights, and the file holds 24 bytes" in text
    assert "need 360 GB" in refusal(write_keras(tmp_path / "huge.keras", config, {}, version="2.15.0"))
    modern = [
        {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, 300_000], "name": "i"}},
        {"module": "keras.layers", "class_name": "Dense", "config": {"units": 300_000, "name": "d"}},
    ]
    config = {"module": "keras", "class_name": "Sequential", "config": {"name": "net", "layers": modern}}
    assert "need 360 GB" in refusal(write_keras(tmp_path / "modern.keras", config, {}, version="3.10.0"))
    simple = {**config, "config": {"name": "net", "layers": modern[:1]}}
    read_network(write_keras(tmp_path / "next.keras", simple, {}, version="3.10.0"))  # allocates nothing refused


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (layer("UpSampling2D", "up", size=[1000, 1000], interpolation="nearest"), "needs 4.1 GB for the values"),
        (layer("ZeroPadding2D", "pad", padding=[[30_000, 30_000], [30_000, 30_000]]), "needs 14 GB for the values"),
        (layer("Resizing", "size", height=50_000, width=50_000, interpolation="bilinear"), "needs 10 GB"),
    ],
)
def test_values_of_one_picture_beyond_the_memory(tmp_path, part, said):
    config = sequential("net", start("first", 32, 32, 1), part)
    text = refusal(write_h5(tmp_path / "values.h5", config, []))
    assert said in text
    assert f"of its layer {part['config']['name']!r} alone" in text


def test_archives_that_unpack_to_more_than_they_hold(tmp_path):
    def packed(name, **members):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, size in members.items():
                with archive.open(member.replace("_", "."), "w") as file:
                    for _ in range(size // 1_000_000):
                        file.write(b" " * 1_000_000)
        return path

    text = refusal(packed("config.keras", config_json=100_000_000, model_weights_h5=1_000_000))
    assert "its config.json claims 100 MB; it is damaged, or made to fill the memory" in text
    path = packed("weights.keras", model_weights_h5=300_000_000)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("config.json", "{}")
    assert "its model.weights.h5 claims 300 MB" in refusal(path)


def test_more_layers_than_are_shown(tmp_path):
    parts = [layer("ReLU", f"r{number}") for number in range(6000)]
    text = refusal(write_h5_long(tmp_path / "long.h5", sequential("net", start("first", 4), *parts)))
    assert "has 6,001 layers; Lenslet shows networks of up to 5,000" in text


def write_h5_long(path, config):
    """A description of more than 64 kB does not fit into an attribute in the file's old form."""
    import json

    import h5py

    with h5py.File(path, "w", libver="latest") as file:
        file.attrs["keras_version"] = "2.4.0"
        file.attrs.create("model_config", json.dumps(config), dtype=h5py.string_dtype())
        file.create_group("model_weights").attrs["layer_names"] = np.array([], dtype="S1")
    return path


def test_sizes_as_people_read_them():
    found = [bytes_text(count) for count in (800, 2500, 31_400_000, 31e9, 3.6e11, 2e12)]
    assert found == ["800 bytes", "2.5 kB", "31 MB", "31 GB", "360 GB", "2.0 TB"]
    assert 1e8 < available_memory() < 1e15
