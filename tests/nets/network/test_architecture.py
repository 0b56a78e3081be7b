"""An architecture and its weights in two files are one model, whichever of them is opened."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from nets.errors import LensletError
from nets.network.files import read_network
from tests.nets.conftest import chain


@pytest.fixture
def network():
    import keras
    from keras import layers

    keras.utils.set_random_seed(4)
    return chain(layers.Conv2D(3, 3, name="conv"), layers.Flatten(), layers.Dense(4, name="answer"), shape=(8, 8, 1))


def same(one, other) -> bool:
    images = np.random.default_rng(0).normal(size=(2, 8, 8, 1)).astype(np.float32)
    return bool(np.allclose(one(images), other(images), atol=1e-6))


def write_old_weights(network, path: Path) -> None:
    """As Keras 2 wrote them: a group for each layer, which lists its arrays."""
    import h5py

    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [layer.name.encode() for layer in network.layers]
        file.attrs["keras_version"], file.attrs["backend"] = b"2.4.0", b"tensorflow"
        for layer in network.layers:
            group = file.create_group(layer.name)
            names = [f"{layer.name}/{kind}:0" for kind in ("kernel", "bias")][: len(layer.get_weights())]
            group.attrs["weight_names"] = [name.encode() for name in names]
            for name, value in zip(names, layer.get_weights(), strict=True):
                group.create_dataset(name, data=value)


@pytest.mark.parametrize(
    ("weights", "architecture"),
    [
        ("model.weights.h5", "model.json"),
        ("model_weights.weights.h5", "model.json"),
        ("best.weights.h5", "architecture.json"),
    ],
)
def test_weights_of_keras_3_with_their_architecture(network, tmp_path: Path, weights: str, architecture: str) -> None:
    network.save_weights(tmp_path / weights)
    (tmp_path / architecture).write_text(network.to_json())
    (tmp_path / "card.json").write_text('{"title": "no architecture"}')
    for name in (weights, architecture):
        found, notes = read_network(tmp_path / name)
        assert same(found, network)
        assert f"Its architecture is {architecture}." in notes


def test_weights_of_keras_2_with_their_architecture(network, tmp_path: Path) -> None:
    write_old_weights(network, tmp_path / "digits.h5")
    layers = [
        {"class_name": "Conv2D", "config": {"name": "conv", "filters": 3, "kernel_size": [3, 3], "dtype": "float32",
                                            "batch_input_shape": [None, 8, 8, 1]}},
        {"class_name": "Flatten", "config": {"name": "flatten"}},
        {"class_name": "Dense", "config": {"name": "answer", "units": 4}},
    ]  # fmt: skip
    layers[1]["config"]["name"] = network.layers[1].name
    old = {"class_name": "Sequential", "config": {"name": "old", "layers": layers}, "keras_version": "2.4.0"}
    (tmp_path / "digits.json").write_text(json.dumps(old | {"backend": "tensorflow"}))
    found, _ = read_network(tmp_path / "digits.h5")
    assert same(found, network)


def test_what_does_not_belong_together_is_said(network, tmp_path: Path) -> None:
    from keras import layers

    other = chain(layers.Conv2D(5, 3, name="conv"), layers.Flatten(), layers.Dense(4, name="answer"), shape=(8, 8, 1))
    network.save_weights(tmp_path / "model.weights.h5")
    (tmp_path / "model.json").write_text(other.to_json())
    with pytest.raises(LensletError, match=r"model\.weights\.h5 and model\.json do not belong together"):
        read_network(tmp_path / "model.weights.h5")
    deeper = chain(
        *(layers.Conv2D(6, 5, name="conv"), layers.Conv2D(2, 1, name="more"), layers.Flatten()),
        *(layers.Dense(4, name="answer"), layers.Dense(4, name="last")),
        shape=(8, 8, 1),
    )
    (tmp_path / "model.json").write_text(deeper.to_json())
    with pytest.raises(
        LensletError, match="holds 3 × 3 × 1 × 3 numbers for its layer 'conv', which needs 5 × 5 × 1 × 6"
    ):
        read_network(tmp_path / "model.weights.h5")
    write_old_weights(network, tmp_path / "old.h5")
    (tmp_path / "old.json").write_text(deeper.to_json())
    words = "holds 3 × 3 × 1 × 3 numbers as kernel of its layer 'conv', which needs 5 × 5 × 1 × 6"
    with pytest.raises(LensletError, match=words):
        read_network(tmp_path / "old.h5")
    (tmp_path / "old.json").unlink()
    (tmp_path / "model.json").rename(tmp_path / "a.json")
    (tmp_path / "b.json").write_text(network.to_json())
    with pytest.raises(LensletError, match=r"several architectures lie beside it \(a\.json, b\.json\)"):
        read_network(tmp_path / "model.weights.h5")


def test_one_without_the_other_says_what_is_missing(network, tmp_path: Path) -> None:
    network.save_weights(tmp_path / "model.weights.h5")
    with pytest.raises(LensletError, match=r"put what .* gives beside it under the same name"):
        read_network(tmp_path / "model.weights.h5")
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone" / "model.json").write_text(network.to_json())
    with pytest.raises(LensletError, match="an architecture alone holds no weights"):
        read_network(tmp_path / "alone" / "model.json")


def test_an_architecture_with_code_is_refused_as_a_model_file_is(network, tmp_path: Path) -> None:
    network.save_weights(tmp_path / "model.weights.h5")
    config = json.loads(network.to_json())
    config["config"]["layers"][1] = {
        "class_name": "Lambda",
        "config": {"name": "run", "function": ["aGk=", None, None]},
    }
    (tmp_path / "model.json").write_text(json.dumps(config))
    with pytest.raises(LensletError, match="Lambda"):
        read_network(tmp_path / "model.weights.h5")
