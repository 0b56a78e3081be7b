"""Small files that would take gigabytes are refused with the figure, before anything is allocated."""

from __future__ import annotations

import time
import zipfile

import numpy as np
import pytest

from nets.errors import LensletError
from nets.network.files import read_network
from nets.network.files.machine import available_memory, bytes_text
from tests.nets.network.old_files import called, functional, layer, sequential, start, write_h5, write_keras


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


def attention(kind: str, side: int, **settings):
    """A model in which every pixel looks at every pixel."""
    parts = [
        called(layer("Reshape", "row", target_shape=[side * side, 1]), ["first", 0, 0, {}]),
        called(layer(kind, "look", **settings), ["row", 0, 0, {}], ["row", 0, 0, {}]),
        called(layer("GlobalAveragePooling1D", "mean"), ["look", 0, 0, {}]),
    ]
    if kind == "MultiHeadAttention":  # it takes them one after the other, not as a list
        parts[1]["inbound_nodes"] = [[["row", 0, 0, {"value": ["row", 0, 0]}]]]
    return functional("net", called(start("first", side, side, 1)), *parts, output=["mean", 0, 0])


def convolution(kind: str, *shape: int, **settings):
    wrapped = settings.pop("wrapped", False)
    part = layer(kind, "look", filters=1, kernel_size=[3, 3], **settings)
    if wrapped:
        part = layer("TimeDistributed", "look", layer=part)
    return sequential("net", start("first", *shape), part)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (attention("Attention", 224), "10 GB"),
        (attention("AdditiveAttention", 224, use_scale=False), "10 GB"),
        (attention("MultiHeadAttention", 128, num_heads=8, key_dim=1), "8.6 GB"),
        (convolution("Conv2D", 28, 28, 1, dilation_rate=[20_000, 20_000], padding="same"), "6.4 GB"),
        (convolution("DepthwiseConv2D", 28, 28, 1, dilation_rate=[20_000, 20_000], padding="same"), "6.4 GB"),
        (convolution("SeparableConv2D", 224, 224, 1, depth_multiplier=50_000), "10 GB"),
        (convolution("Conv2D", 4, 28, 28, 1, dilation_rate=[9_000, 9_000], padding="same", wrapped=True), "5.2 GB"),
    ],
    ids=["attention", "additive", "heads", "dilated", "depthwise", "separable", "time-distributed"],
)
def test_values_between_a_layers_input_and_output_beyond_the_memory(tmp_path, config, said):
    """Both are small: 28 x 28 numbers took 6 GB, and 224 x 224 all of a computer's memory."""
    for part in config["config"]["layers"]:
        if part["class_name"] == "DepthwiseConv2D":
            del part["config"]["filters"]
    text = refusal(write_h5(tmp_path / "between.h5", config, []))
    assert f"needs {said} for the values of its layer 'look' alone" in text


def test_usual_layers_of_these_kinds_open(tmp_path):
    small = convolution("Conv2D", 28, 28, 1, dilation_rate=[2, 2], padding="same")
    weights = [("look", [("look/kernel:0", np.ones((3, 3, 1, 1), "f4")), ("look/bias:0", np.ones(1, "f4"))])]
    read_network(write_h5(tmp_path / "small.h5", small, weights))
    read_network(write_h5(tmp_path / "attention.h5", attention("Attention", 28), []))


def test_models_that_call_each_other_again_and_again(tmp_path):
    """A file of 9 kB: ten models inside each other, each of which calls the next one nine times."""
    model = functional(
        "model0", called(start("i", 8, 8, 1)), called(layer("ReLU", "r"), ["i", 0, 0, {}]), output=["r", 0, 0]
    )
    for number in range(10):
        name = model["config"]["name"]
        nodes = [[["i", 0, 0, {}]], *([[name, at, 0, {}]] for at in range(8))]
        inner = {**model, "name": name, "inbound_nodes": nodes}
        model = functional(f"model{number + 1}", called(start("i", 8, 8, 1)), inner, output=[name, 8, 0])
        path = write_h5(tmp_path / f"laugh{number}.h5", model, [])
        if number < 2:
            read_network(path)
    assert "computes 7,409,416,852 layers for one picture, because its models call each other" in refusal(path)


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
