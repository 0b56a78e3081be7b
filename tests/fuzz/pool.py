"""Good files that are damaged, made once: small models of Keras 1, 2 and 3, pictures, a run and a card."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.nets.network import old_files


@dataclass(eq=False)
class Pool:
    """Good files that are damaged, made once. ``folder`` is emptied after each case."""

    folder: Path
    models: dict[str, bytes] = field(default_factory=dict)
    configs: list[tuple[str, Any]] = field(default_factory=list)
    pictures: list[tuple[str, bytes]] = field(default_factory=list)
    run: Path = Path()
    card: dict[str, Any] = field(default_factory=dict)
    trust: bytes = b""


def make_pool(folder: Path) -> Pool:
    """Small models of Keras 1, 2 and 3, pictures, a run and a card."""
    import keras
    from keras import layers

    from nets.network.card import Card
    from nets.places import MODELS
    from nets.runs.store import RunStore
    from nets.training.train import train
    from tests.nets.tiny_data import dataset

    pool = Pool(folder)
    keras.utils.set_random_seed(1)
    rows = [layers.Conv2D(2, 3, name="conv"), layers.BatchNormalization(name="bn"), layers.Flatten(name="flat")]
    network = keras.Sequential([keras.Input((8, 8, 1)), *rows, layers.Dense(3, activation="softmax", name="dense")])
    network.compile("adam", "categorical_crossentropy")
    pixels = keras.Input((8, 8, 1))
    inner = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(2, 3, padding="same")], name="inner")
    value = layers.Add()([inner(pixels), layers.ReLU()(inner(pixels * 0.5))])
    graph = keras.Model(pixels, layers.Dense(3)(layers.GlobalAveragePooling2D()(value)))
    for name, model in (("chain", network), ("graph", graph)):
        for suffix in (".keras", ".h5"):
            path = folder / f"{name}{suffix}"
            model.save(path)
            pool.models[path.name] = path.read_bytes()
        config = json.loads(zipfile.ZipFile(folder / f"{name}.keras").read("config.json"))
        pool.configs.append(("3.15.0", config))
    for name, config in old_configs().items():
        pool.models[f"{name}.h5"] = old_files.write_h5(folder / "old.h5", config, WEIGHTS).read_bytes()
        pool.configs.append(("2.4.0", config))
    pixel_values = np.random.default_rng(0).integers(0, 256, (40, 30, 3), dtype=np.uint8)
    for kind in ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF"):
        data = io.BytesIO()
        Image.fromarray(pixel_values).save(data, kind)
        pool.pictures.append((kind.lower(), data.getvalue()))
    config = _train_config()
    pool.run = train(config, dataset(40, 8), RunStore(folder / "runs")).folder
    pool.card = json.loads((pool.run / "card.json").read_text())
    assert Card.from_json(json.dumps(pool.card))
    pool.trust = (MODELS / "lenet.trust.npz").read_bytes()
    return pool


def _train_config() -> Any:
    from nets.runs.config import TrainConfig

    return TrainConfig("simple_cnn", "bars", epochs=2, batch_size=16, validation=0.25)


CONV = old_files.layer("Conv2D", "conv", filters=2, kernel_size=[3, 3], activation="relu", groups=1)
DENSE = old_files.layer("Dense", "dense", units=3, activation="softmax")
WEIGHTS: old_files.Weights = [
    ("conv", [("conv/kernel:0", np.ones((3, 3, 1, 2), "f4")), ("conv/bias:0", np.ones(2, "f4"))]),
    ("dense", [("dense/kernel:0", np.ones((72, 3), "f4")), ("dense/bias:0", np.ones(3, "f4"))]),
]


def old_configs() -> dict[str, Any]:
    """Descriptions of Keras 1 and 2, of the same two layers with weights."""
    flat = old_files.layer("Flatten", "flat")
    shaped = copy.deepcopy(CONV)
    shaped["config"]["batch_input_shape"] = [None, 8, 8, 1]
    operation = old_files.layer("TFOpLambda", "half", function="math.multiply")
    first = old_files.layer(
        "Convolution2D", "conv", nb_filter=2, nb_row=3, nb_col=3, border_mode="valid", dim_ordering="tf"
    )
    first["config"]["batch_input_shape"] = [None, 8, 8, 1]
    last = old_files.layer("Dense", "dense", output_dim=3, activation="softmax")
    return {
        "sequential": old_files.sequential("net", shaped, flat, DENSE),
        "functional": old_files.functional(
            "net",
            old_files.called(old_files.start("first", 8, 8, 1)),
            {**old_files.called(operation), "inbound_nodes": [["first", 0, 0, {"y": 0.5}]]},
            old_files.called(CONV, ["half", 0, 0, {}]),
            old_files.called(flat, ["conv", 0, 0, {}]),
            old_files.called(DENSE, ["flat", 0, 0, {}]),
            output=["dense", 0, 0],
        ),
        "one": {"class_name": "Sequential", "config": [first, flat, last]},
    }
