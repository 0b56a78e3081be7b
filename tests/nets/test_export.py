"""What is exported works without this program and gives the same answer."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from nets.data.images import ArrayImages
from nets.data.pictures import read_picture
from nets.data.prepare import prepare
from nets.data.specs import Dataset, DatasetSpec, ImageInput, Split
from nets.errors import LensletError, UsageError
from nets.export import export_history_csv, export_model, export_run
from nets.network.card import Card
from nets.runs.config import TrainConfig
from nets.runs.store import Run, RunStore
from nets.training.train import train


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A network with tanh outputs and 32x32 inputs: everything about it that could go wrong outside."""
    random = np.random.default_rng(0)
    images = ArrayImages(random.integers(0, 255, (24, 28, 28, 1), dtype=np.uint8))
    split = Split(images, np.arange(24) % 3)
    spec = DatasetSpec("noise", "Noise", ("eins", "zwei", "三"), ImageInput(), 24, 24, "here", "none")
    data = Dataset(spec, spec.classes, split, split, "memory", "0")
    config = TrainConfig("lenet5", "noise", epochs=2, batch_size=8, loss="squared_error", learning_rate=0.01)
    return train(config, data, RunStore(tmp_path_factory.mktemp("runs")))


def draw_seven(path: Path) -> None:
    """Dark on light, off the middle, with transparency."""
    picture = Image.new("RGBA", (200, 160), (250, 250, 240, 255))
    ImageDraw.Draw(picture).line([(90, 30), (150, 30), (110, 130)], fill=(20, 30, 60, 255), width=9)
    picture.save(path)


def test_the_program_gives_the_same_answer(run: Run, tmp_path: Path) -> None:
    written = export_run(run, 1, tmp_path / "my net.keras")
    assert [path.name for path in written] == ["my net.keras", "my net.labels.json", "predict.py", "predict_chain.py"]
    assert len((tmp_path / "predict.py").read_text().splitlines()) < 70
    draw_seven(tmp_path / "seven.png")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    Image.new("L", (50, 50), 255).save(tmp_path / "blank.png")
    names = ["seven.png", "broken.png", "blank.png"]
    here = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "predict.py", "--json", *names], cwd=tmp_path, env=here, capture_output=True, text=True
    )
    assert done.returncode == 1, done.stderr
    assert done.stderr == ""  # none of what TensorFlow tells while it loads
    seven, broken, blank = map(json.loads, done.stdout.splitlines())
    assert "is not a picture" in broken["error"]
    assert "nothing is drawn" in blank["error"]

    prepared = prepare(read_picture(tmp_path / "seven.png"), run.card.input)
    outputs = np.maximum(run.network(1)(prepared.input[None], training=False).numpy()[0], 0)
    expected = outputs / outputs.sum()
    assert list(seven["probabilities"]) == ["eins", "zwei", "三"]
    np.testing.assert_allclose(list(seven["probabilities"].values()), expected, atol=1e-5)
    assert seven["label"] == run.card.labels[int(np.argmax(expected))]


@contextmanager
def program(folder: Path) -> Iterator[Any]:
    """predict.py of a folder as a module of this process."""
    modules = {}
    for name in ("predict_chain", "predict"):
        spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(modules[name])
    try:
        yield modules["predict"]
    finally:
        for name in modules:
            del sys.modules[name]


def test_a_network_for_rows_of_numbers_gets_rows_in_its_own_range(tmp_path: Path) -> None:
    """What ``classify`` of predict.py gives the network."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(5)
    network = keras.Sequential([keras.Input((784,)), layers.Dense(3, activation="softmax")])
    card = Card("rows", "Rows", "", ("a", "b", "c"), ImageInput(range="own", scale=(0.5,), offset=(-3.0,)))
    export_model(network, card, tmp_path / "rows.keras")
    draw_seven(tmp_path / "seven.png")
    about = json.loads((tmp_path / "rows.labels.json").read_text())
    with program(tmp_path) as predict:
        found = predict.classify(network, about, tmp_path / "seven.png")
    values = prepare(read_picture(tmp_path / "seven.png"), ImageInput(range="byte")).input.reshape(1, -1) * 0.5 - 3
    np.testing.assert_allclose(found, network(values).numpy()[0], atol=1e-5)


def test_numbers_pictures_and_labels_for_themselves_come_out_as_they_are(tmp_path: Path) -> None:
    import keras
    from keras import layers

    def exported(*rows: keras.Layer, labels: tuple[str, ...] = ()) -> tuple[np.ndarray, np.ndarray, str]:
        """What the program says of a picture, what the network gives for it, and the kind of its output."""
        keras.utils.set_random_seed(5)
        network = keras.Sequential([keras.Input((28, 28, 1)), *rows])
        input = ImageInput(fit="picture", polarity="as-it-is")
        export_model(network, Card("net", "Net", "", labels, input), tmp_path / "net.keras")
        about = json.loads((tmp_path / "net.labels.json").read_text())
        draw_seven(tmp_path / "seven.png")
        with program(tmp_path) as predict:
            found = predict.classify(network, about, tmp_path / "seven.png")
        prepared = prepare(read_picture(tmp_path / "seven.png"), input)
        return found, network(prepared.input[None]).numpy()[0], about["kind"]

    for kind, rows, labels in (
        ("numbers", (layers.Flatten(), layers.Dense(2)), ()),
        ("picture", (layers.Conv2D(2, 3, activation="relu"),), ()),
        ("labels", (layers.Flatten(), layers.Dense(3, activation="sigmoid")), ("a", "b", "c")),
    ):
        found, expected, told = exported(*rows, labels=labels)
        assert told == kind
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_history_as_csv(run: Run, tmp_path: Path) -> None:
    lines = export_history_csv(run, tmp_path / "h.csv").read_text().splitlines()
    assert lines[0] == "epoch,loss,accuracy,val_loss,val_accuracy,seconds,learning_rate"
    assert [line.split(",")[0] for line in lines[1:]] == ["1", "2"]
    assert float(lines[2].split(",")[1]) == run.summary.history.loss[1]


def test_a_program_of_somebody_elses_is_left_alone(run: Run, tmp_path: Path) -> None:
    own = tmp_path / "predict.py"
    own.write_text("print('mine')\n")
    with pytest.raises(LensletError, match="choose another folder"):
        export_run(run, 1, tmp_path / "net.keras")
    assert own.read_text() == "print('mine')\n"
    assert list(tmp_path.iterdir()) == [own]
    own.unlink()
    export_run(run, 1, tmp_path / "net.keras")
    export_run(run, 1, tmp_path / "again.keras")
    assert "again.keras" in own.read_text()


def test_what_cannot_be_exported(run: Run, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ends in \.keras, found net\.h5"):
        export_run(run, "best", tmp_path / "net.h5")
    with pytest.raises(UsageError, match="has epochs 1 to 2"):
        export_run(run, 3, tmp_path / "net.keras")
    (tmp_path / "file").write_text("")
    with pytest.raises(LensletError, match="choose another folder"):
        export_history_csv(run, tmp_path / "file" / "h.csv")
