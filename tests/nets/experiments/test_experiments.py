"""Experiments run for real on a tiny scale: written, interrupted and gone on with, refused where they must be."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from nets import backend
from nets.data import datasets
from nets.errors import LensletError, UsageError
from nets.events import Cancelled, Event, Progress
from nets.experiments import machine
from nets.experiments.catalogue import EXPERIMENTS, find
from nets.experiments.chart import NAMES, chart, name_lines, published_share
from nets.experiments.experiment import COLUMNS, Experiment, Sizes, check_scale, cut_words
from nets.experiments.laboratory import RowDone, folder_of, forget, read_measured, run_experiment
from nets.experiments.rows import CUT, CostsRow, MethodRow, TrainingRow, reason_of
from nets.experiments.transfer_row import TransferRow
from nets.places import Places
from nets.runs.config import TrainConfig
from nets.runs.lock import lock_run
from nets.runs.problems import problems
from nets.runs.store import RunStore
from nets.training.events import EpochEnded, Preparing

CONFIG = TrainConfig(  # by the engine that compiles nothing
    "lenet", "digits", batch_size=32, epochs=4, limit=640, seed=3, validation=0.1, engine="numpy"
)
SMALL = {"epochs": 2, "limit": 64, "test_images": 50}
TINY = Experiment(
    "tiny",
    "A tiny experiment",
    "Does it run?",
    (
        TrainingRow("first", "Adam", CONFIG, SMALL, published="1.2 s, .863"),
        TrainingRow("second", "faster", replace(CONFIG, learning_rate=4e-3), SMALL),
    ),
    ("images", "epochs", "seconds", "accuracy", "interval"),
    source="nobody",
    picture="predictions",
)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    home = tmp_path_factory.mktemp("home")
    return Places(home / "runs", home / "drawings", home / "cache", home / "settings.json")


@pytest.fixture(scope="module")
def out(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stopped in the second row after its first epoch, then gone on with."""
    out = tmp_path_factory.mktemp("out")
    ended: list[EpochEnded] = []

    def stop(event: Event) -> None:
        if isinstance(event, EpochEnded):
            ended.append(event)
        if len(ended) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        run_experiment(TINY, "small", out, places, stop)
    assert set(read_measured(TINY, "small", out)) == {"first"}, "what was measured is kept"
    ended.clear()
    run_experiment(TINY, "small", out, places, lambda e: ended.append(e) if isinstance(e, EpochEnded) else None)
    assert [event.epoch for event in ended] == [2], "only what was missing is trained"
    return out


def test_every_row_has_a_result(out: Path) -> None:
    found = read_measured(TINY, "small", out)
    assert set(found) == {"first", "second"}
    for one in found.values():
        assert (one.result["images"], one.result["epochs"], one.result["of"]) == (64, 2, 50)
        assert one.result["right"] == round(50 * one.result["accuracy"])
        assert one.result["parameters"] == 61_706
        assert one.setting["seed"] == 3
        assert "Python" in one.machine


def test_the_page_says_how_it_was_measured(out: Path) -> None:
    text = (folder_of(TINY, "small", out) / "results.md").read_text("utf-8")
    assert "epochs: 2 instead of 4, images to train on: 64 instead of 640, test images: 50 instead of all" in text
    assert "| Adam | 1.2 s, .863 | 64 | 2 |" in text
    assert "Seed: 3" in text
    assert "Scale `small`" in text
    assert "- Accuracy: on 50 test images of Digits 8x8." in text
    assert "epoch 2, batch     2: loss" in text, "the course of the training"
    last = read_measured(TINY, "small", out)["first"].result["accuracy"]
    assert "epoch 1: test accuracy 0." in text
    assert f"epoch 2: test accuracy {last:.4f}" in text, "of the row's own test images"
    assert "python main.py experiment tiny --scale small" in text


def test_the_table_for_a_spreadsheet(out: Path) -> None:
    lines = (folder_of(TINY, "small", out) / "results.csv").read_text("utf-8").splitlines()
    rows = list(csv.DictReader(lines))
    assert [row["row"] for row in rows] == ["first", "second"]
    found = read_measured(TINY, "small", out)
    assert float(rows[0]["accuracy"]) == found["first"].result["accuracy"]


def test_the_picture_has_the_images_that_the_loaded_network_answers(out: Path) -> None:
    picture = Image.open(folder_of(TINY, "small", out) / "results.png")
    assert picture.width > 700
    assert len(picture.convert("L").histogram()) - picture.convert("L").histogram().count(0) > 20


def test_a_finished_experiment_measures_nothing_again(out: Path, places: Places) -> None:
    seen: list[Event] = []
    run_experiment(TINY, "small", out, places, seen.append)
    assert not [event for event in seen if isinstance(event, EpochEnded)]
    assert [(event.row, event.number, event.total) for event in seen if isinstance(event, RowDone)] == [
        ("first", 1, 2),
        ("second", 2, 2),
    ]


def test_another_setting_is_measured_again(out: Path) -> None:
    changed = replace(TINY, rows=(replace(TINY.rows[0], small={**SMALL, "limit": 65}), TINY.rows[1]))  # type: ignore[type-var]
    assert set(read_measured(changed, "small", out)) == {"second"}
    assert read_measured(TINY, "full", out) == {}


def test_a_result_outlives_fields_that_settings_get_later(out: Path, tmp_path: Path) -> None:
    """A result that was written before ``size`` was a setting belongs to the usual size, and to no other."""
    shutil.copytree(folder_of(TINY, "small", out), folder_of(TINY, "small", tmp_path))
    path = folder_of(TINY, "small", tmp_path) / "experiment.json"
    values = json.loads(path.read_text())
    for row in values["rows"].values():
        del row["setting"]["size"]
    path.write_text(json.dumps(values))
    assert set(read_measured(TINY, "small", tmp_path)) == {"first", "second"}
    other = replace(TINY, rows=(replace(TINY.rows[0], config=replace(CONFIG, size=32)),))  # type: ignore[type-var]
    assert read_measured(other, "small", tmp_path) == {}


def test_the_runs_are_kept_without_the_state_of_the_optimiser(out: Path) -> None:
    store = RunStore(folder_of(TINY, "small", out) / "runs")
    assert {run.title for run in store.list()} == {"first", "second"}
    for run in store.list():
        assert not (store.path(run.id) / "state.npz").exists()
        assert store.open(run.id).weights("last")


def test_it_is_not_run_twice_at_once(out: Path, places: Places) -> None:
    with lock_run(folder_of(TINY, "small", out)), pytest.raises(LensletError, match="being run by another window"):
        run_experiment(TINY, "small", out, places)


def test_a_folder_that_vanishes_is_said_and_not_half_made_again(places: Places, tmp_path: Path) -> None:
    folder = folder_of(TINY, "small", tmp_path)

    def vanish(event: Event) -> None:
        if isinstance(event, EpochEnded) and folder.exists():
            shutil.rmtree(folder)

    with pytest.raises(LensletError, match=r"has vanished while it ran.*run it again"):
        run_experiment(TINY, "small", tmp_path, places, vanish)
    assert not (folder / "experiment.json").exists()
    assert read_measured(TINY, "small", tmp_path) == {}


def test_a_folder_that_vanishes_while_a_training_is_prepared_is_said_too(places: Places, tmp_path: Path) -> None:
    """Earlier, the training created the folder again a moment later, and Python's own message was shown."""
    folder = folder_of(TINY, "small", tmp_path)

    def vanish(event: Event) -> None:
        if isinstance(event, Preparing) and (folder / "lock").exists():
            shutil.rmtree(folder)

    with pytest.raises(LensletError, match=r"has vanished while it ran.*run it again"):
        run_experiment(TINY, "small", tmp_path, places, vanish)
    assert not folder.exists()


def test_a_damaged_state_is_said(places: Places, tmp_path: Path) -> None:
    folder = folder_of(TINY, "small", tmp_path)
    folder.mkdir()
    (folder / "experiment.json").write_text("{")
    with pytest.raises(LensletError, match="delete the file to measure the experiment's rows again"):
        run_experiment(TINY, "small", tmp_path, places)
    forget(TINY, "small", tmp_path)
    assert read_measured(TINY, "small", tmp_path) == {}


def test_a_folder_that_cannot_be_made(places: Places, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LensletError, match="choose another folder with --out"):
        run_experiment(TINY, "small", tmp_path / "file", places)


def test_merged_images_are_measured_on_those_held_out(places: Places, tmp_path: Path) -> None:
    row = TrainingRow("merged", "all images", CONFIG, {"epochs": 1, "limit": 64}, merged=True)
    found = run_experiment(replace(TINY, rows=(row,), picture="chart"), "small", tmp_path, places)["merged"].result
    assert found["of"] == round(0.1 * 1797)
    assert found["measured_on"] == "Digits 8x8, validation images"


def test_the_costs_are_those_of_the_network_that_was_trained(places: Places, tmp_path: Path) -> None:
    """Of as many classes as the data has, not of those that the network is usually built for."""
    random = np.random.default_rng(1)
    for name in ("left", "right"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for number in range(6):
            pixels = random.integers(0, 255, (28, 28), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pictures" / name / f"{number}.png")
    config = replace(CONFIG, dataset=str(tmp_path / "pictures"), limit=None, batch_size=4, epochs=1)
    tiny = replace(TINY, rows=(TrainingRow("two", "two classes", config),), picture="chart")
    found = run_experiment(tiny, "full", tmp_path, places)["two"].result
    (run,) = RunStore(folder_of(tiny, "full", tmp_path) / "runs").list()
    assert found["parameters"] == RunStore(folder_of(tiny, "full", tmp_path) / "runs").open(run.id).card.parameters
    assert found["parameters"] == 61_706 - 8 * 85


def test_costs_and_methods(places: Places, tmp_path: Path) -> None:
    rows = (
        CostsRow("nin", "NiN", "nin", (224, 224, 3), 1000),
        MethodRow("im2col", "one matrix product", "im2col", small=1),
        MethodRow("loops", "loops", "loops"),
    )
    tiny = replace(TINY, rows=rows, columns=("parameters", "why"), plotted="multiply_adds", log=True, picture="chart")
    events: list[Event] = []
    found = run_experiment(tiny, "small", tmp_path, places, events.append)
    assert Progress("timing one matrix product", 0, 1, "repetitions") in events
    assert found["nin"].result["parameters"] == 7_439_608
    assert "a global average stands in the place of large dense layers" in found["nin"].result["why"]
    assert found["im2col"].result["shapes"] == "columns 363 x 3025, filters 96 x 363, result 96 x 3025"
    assert found["im2col"].result["memory"] == 363 * 3025 * 4
    assert found["loops"].result["milliseconds"] > found["im2col"].result["milliseconds"]
    assert (folder_of(tiny, "small", tmp_path) / "results.png").exists()


def test_the_picture_says_of_what_and_how_it_was_measured(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the bars: of which images, at which scale, with which seed, where, and an axis."""
    drawn: list[str] = []
    write = ImageDraw.ImageDraw.text

    def text(draw: ImageDraw.ImageDraw, at: Any, words: str, *more: Any, **kwargs: Any) -> None:
        drawn.append(words)
        write(draw, at, words, *more, **kwargs)

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", text)
    done = read_measured(TINY, "small", out)
    picture = chart(TINY, "small", done)
    assert picture is not None
    assert picture.width == 880
    assert any(words.startswith("accuracy on 50 test images of Digits 8x8") for words in drawn)
    assert drawn[-1].startswith("scale small, cut; seed 3; ")
    assert "100 %" in drawn


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_name_of_the_catalogue_has_room_in_the_picture(name: str) -> None:
    """Earlier, two lost their ends: "Simple CNN, Adam, batches of 300, 20 ep..."."""
    for row in EXPERIMENTS[name].rows:
        assert " ".join(name_lines(row.title, NAMES - 12)) == row.title


def test_the_reason_is_read_off_the_layers() -> None:
    assert reason_of("alexnet", (224, 224, 3), 1000).startswith("dense layers hold 96 % of the parameters")
    assert reason_of("nin", (224, 224, 3), 1000).startswith("it has no dense layer")


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_row_of_the_catalogue_can_be_run(name: str) -> None:
    """Its settings are sound for its data at both scales, and it says how it was cut."""
    experiment = find(name)
    assert len({row.name for row in experiment.rows}) == len(experiment.rows)
    assert set(experiment.columns) <= set(COLUMNS)
    for row in experiment.rows:
        for scale in ("small", "full"):
            assert json.loads(json.dumps(row.setting(scale)))  # type: ignore[arg-type]
        assert row.cut("full") == ""
        if isinstance(row, TrainingRow):
            assert row.config.dataset in experiment.data
            spec = datasets.DATASETS[row.config.dataset]
            images = spec.train_images + (spec.test_images if row.merged else 0)
            for scale in ("small", "full"):
                config, _ = row.at(scale)  # type: ignore[arg-type]
                assert problems(config, images=images, classes=len(spec.classes), input=spec.input) == {}
            assert bool(row.cut("small")) == bool(row.small)
        if isinstance(row, TransferRow):
            spec = datasets.DATASETS[row.dataset]
            for scale in ("small", "full"):
                config = row.config(scale, row.source, large=True)  # type: ignore[arg-type]
                assert config.transfers
                assert problems(config, images=spec.train_images, classes=len(spec.classes), input=spec.input) == {}
            assert "images to train on: 500 instead of all" in row.cut("small")


def test_there_is_an_experiment_for_each_row_of_the_recipes() -> None:
    assert set(EXPERIMENTS) >= {
        *("lenet-mnist", "simple-cnn-mnist", "alexnet-simplified", "small-vgg-sizes", "sizes", "lenet-to-alexnet"),
        *("five-or-three", "factors", "optimizers", "vgg-cifar10", "inception-line", "im2col", "transfer"),
    }
    assert [row.published for row in find("alexnet-simplified").rows] == [
        *("265.6 s, .863", "213.5 s, .887", "190.9 s, .886", "80.0 s, .890", "80.3 s, .908"),
    ]


def test_names_and_scales() -> None:
    with pytest.raises(UsageError, match=r"no experiment 'nothing'; there are: lenet-mnist"):
        find("nothing")
    with pytest.raises(UsageError, match="no scale 'tiny'; there are: small, full"):
        check_scale("tiny")


def test_words_of_a_cut() -> None:
    assert cut_words(Sizes(0), Sizes(500), CUT) == "test images: 500 instead of all"
    assert cut_words(CONFIG, CONFIG, CUT) == ""
    assert [published_share(words) for words in ("265.6 s, .863", "“the same”", "25 weights")] == [0.863, None, None]


def test_the_machine_is_named_with_the_library_that_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    card = backend.Device("GPU", "NVIDIA H100 80GB HBM3", mixed_precision_helps=True)
    known = {"python": "3.12.3", "tensorflow": "2.21.0", "jax": "0.11.2", "torch": "2.11.0", "keras": "3.15.1"}
    monkeypatch.setattr(backend, "device", lambda: card)
    monkeypatch.setattr(machine, "versions", lambda: known)
    for library, words in (("jax", "JAX 0.11.2"), ("torch", "PyTorch 2.11.0"), ("tensorflow", "TensorFlow 2.21.0")):
        monkeypatch.setattr(backend, "name", lambda library=library: library)
        told = machine.machine_words.__wrapped__()
        assert told == f"{card.detail}, {machine.platform.system()}, Python 3.12.3, {words}, Keras 3.15.1"
