"""Transfer: features that stay, a head that learns, then what is not frozen; stopped and resumed with the same bits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from nets.data import datasets
from nets.data.images import ArrayImages
from nets.data.specs import Dataset, Split
from nets.errors import LensletError, UsageError
from nets.events import Cancelled, Event, Message, Progress
from nets.models import open_model
from nets.network.model import Model, ModelRef
from nets.places import Places
from nets.runs.config import TrainConfig, fitted, transfer_config
from nets.runs.problems import problems
from nets.runs.store import Run, RunStore
from nets.training.events import BatchesDone, EpochEnded
from nets.training.freezing import needs_care
from nets.training.phases import ALL, phases_of
from nets.training.train import resume, train
from nets.training.training import LARGE
from nets.training.transfer import transfer
from nets.training.transfer_setup import START
from tests.nets.tiny_data import dataset
from tests.nets.training.small_sources import branched, chain, source_of

if TYPE_CHECKING:
    import keras


@pytest.fixture(scope="module")
def bars() -> Dataset:
    return dataset(60, 12, 3)


def config_of(source: Model, **changes: Any) -> TrainConfig:
    usual = {"head_epochs": 2, "epochs": 4, "batch_size": 16, "learning_rate": 0.01, "fine_rate": 0.001}
    return transfer_config(source.card.network, "bars", source.ref.name, **(usual | changes))


def all_weights(run: Run) -> dict[str, list[np.ndarray]]:
    """By variable: at the beginning and after each epoch."""
    with np.load(run.folder / START) as found:
        epochs = [[found[name] for name in sorted(found.files)]]
    epochs += [run.weights(epoch) for epoch in range(1, run.summary.epochs_done + 1)]
    paths = [variable.path for variable in run.network("last").weights]
    return {path: [arrays[at] for arrays in epochs] for at, path in enumerate(paths)}


def moved(values: list[np.ndarray], first: int, last: int) -> bool:
    return values[first].tobytes() != values[last].tobytes()


# --- training ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("build", "changes"),
    [(chain, {}), (chain, {"augmentation": "shift"}), (branched, {})],
    ids=["features kept", "augmented", "branched"],
)
def test_frozen_weights_do_not_move_by_a_bit(
    build: Callable[[], keras.Model], changes: dict[str, object], bars: Dataset, store: RunStore
) -> None:
    """Nor do normalisations, in either phase."""
    source = source_of(build())
    seen: list[Event] = []
    run = transfer(config_of(source, freeze="conv1", **changes), source, bars, store, seen.append)
    (told,) = [event.text for event in seen if isinstance(event, Message) and "epoch 3" in event.text]
    assert told.startswith("from epoch 3 on more than the head learns, at the rate 0.001: conv1 and all before it")
    weights = all_weights(run)
    for path, values in weights.items():
        layer = path.split("/")[-2]
        if layer in ("conv1", "norm1"):
            assert not moved(values, 0, -1), path
        elif layer != "answer":
            assert not moved(values, 0, 2), f"{path} in the first phase"
            assert moved(values, 2, 4), f"{path} in the second phase"
        else:
            assert moved(values, 0, 1), path
    model = open_model(ModelRef("run", run.id, "last"), Places(store.folder, *[Path("none")] * 3))
    frozen = {row.name for row in model.layers if row.frozen}
    assert frozen == ({"conv1", "norm1"} if source.card.network == "chain" else {"conv1"})
    assert model.card.labels == bars.classes
    assert run.summary.history.learning_rate == pytest.approx((0.01, 0.01, 0.001, 0.001))


def test_the_head_learns_on_features_that_are_computed_once(bars: Dataset, store: RunStore) -> None:
    """With the features at hand the images are read once; augmented, in every epoch."""
    read: list[int] = []

    class Counting(ArrayImages):
        def read(self, indices: np.ndarray) -> np.ndarray:
            read.extend(np.atleast_1d(indices).tolist())
            return super().read(indices)

    counted = replace(bars, train=Split(Counting(bars.train.pixels()), bars.train.labels))
    source = source_of(chain())
    seen: list[Event] = []
    after_epochs: list[list[int]] = []

    def report(event: Event) -> None:
        seen.append(event)
        if isinstance(event, EpochEnded):
            after_epochs.append(sorted(read))

    run = transfer(config_of(source, head_epochs=3, epochs=3, validation=0.2), source, counted, store, report)
    assert after_epochs == [list(range(len(bars.train)))] * 3
    assert any(isinstance(event, Progress) and "features" in event.what for event in seen)
    evaluation, model = run.evaluation("last"), open_model(ModelRef("run", run.id, "last"), places_of(store))
    from nets.compute.lens import Lens
    from nets.data.value_ranges import to_values
    from nets.training.split import validation_indices

    chosen = validation_indices(run.summary.config, bars.train.labels)
    expected = Lens(model).classify(to_values(bars.train.pixels()[chosen], model.card.input))
    assert evaluation is not None
    np.testing.assert_allclose(evaluation.probabilities, expected, atol=1e-5)


def places_of(store: RunStore) -> Places:
    return Places(store.folder, *[Path("none")] * 3)


def stopping_after(epoch: int) -> Callable[[Event], None]:
    """A report that presses Stop in the epoch after ``epoch``."""

    def report(event: Event) -> None:
        if isinstance(event, BatchesDone) and event.epoch == epoch + 1:
            raise Cancelled

    return report


@pytest.mark.parametrize(
    ("large", "epochs", "stops"),
    [(LARGE, 3, (1, 2)), (1, 4, (3,))],
    ids=["one vector of weights", "keras's optimisers"],
)
def test_resumed_is_not_stopped(
    bars: Dataset, store: RunStore, large: int, epochs: int, stops: tuple[int, ...]
) -> None:
    """In the first phase, between the two, and in the second; without the source, which may be gone."""
    source = source_of(chain())
    config = config_of(source, schedule="cosine", epochs=epochs)
    whole = transfer(config, source, bars, store, large=large)
    first, *others = stops
    with pytest.raises(Cancelled):
        transfer(config, source, bars, store, stopping_after(first), large=large)
    run = store.open(store.list()[0].id)
    assert (run.summary.state, run.summary.epochs_done) == ("stopped", first)
    for done in others:
        with pytest.raises(Cancelled):
            resume(run, bars, store, report=stopping_after(done))
        run = store.open(run.id)
        assert (run.summary.state, run.summary.epochs_done) == ("stopped", done)
    resumed = resume(run, bars, store)
    for epoch in range(1, epochs + 1):
        pairs = zip(whole.weights(epoch), resumed.weights(epoch), strict=True)
        assert all(one.tobytes() == other.tobytes() for one, other in pairs), f"epoch {epoch}"
    assert resumed.summary.history.val_loss == whole.summary.history.val_loss


def test_a_run_of_the_head_alone_goes_on_with_the_head_alone(bars: Dataset, store: RunStore) -> None:
    source = source_of(chain())
    run = transfer(config_of(source, head_epochs=2, epochs=2), source, bars, store)
    resumed = resume(run, bars, store, epochs=3)
    weights = all_weights(resumed)
    assert not moved(next(values for path, values in weights.items() if "fc1" in path), 0, 3)


def test_a_layer_that_is_not_there_writes_nothing(bars: Dataset, store: RunStore) -> None:
    source = source_of(chain())
    with pytest.raises(UsageError, match="freeze: there is no layer 'conv9'"):
        transfer(config_of(source, freeze="conv9"), source, bars, store)
    assert store.list() == []


def test_a_run_without_its_beginning_cannot_go_on(bars: Dataset, store: RunStore) -> None:
    source = source_of(chain())

    def at_once(event: Event) -> None:
        if isinstance(event, BatchesDone):
            raise KeyError  # an error, not a stop: the run is kept

    with pytest.raises(KeyError):
        transfer(config_of(source), source, bars, store, at_once)
    run = store.open(store.list()[0].id)
    assert run.summary.epochs_done == 0
    (run.folder / START).unlink()
    with pytest.raises(LensletError, match=r"start\.npz is missing or damaged"):
        resume(run, bars, store)


def half(data: Dataset, digits: range, limit: int) -> Dataset:
    """The images of some digits of ``data``, at most ``limit`` to train on."""

    def cut(part: Split, most: int) -> Split:
        chosen = np.flatnonzero(np.isin(part.labels, digits))[:most]
        return Split(ArrayImages(part.images.read(chosen)), part.labels[chosen] - digits.start)

    names = tuple(str(digit) for digit in digits)
    spec = replace(data.spec, name=f"digits {names[0]}", classes=names)
    return replace(data, spec=spec, classes=names, train=cut(data.train, limit), test=cut(data.test, 1000))


def test_transfer_from_half_of_the_classes_beats_training_from_nothing(store: RunStore, data_dir: Path) -> None:
    """With the same budget on the other half: 40 images, as many steps."""
    digits = datasets.load("mnist", replace(places_of(store), data=data_dir))
    first, second = half(digits, range(5), 4000), half(digits, range(5, 10), 40)
    learned = train(TrainConfig("lenet", "mnist", epochs=3, batch_size=32, learning_rate=2e-3), first, store)
    source = open_model(learned.id, places_of(store))
    budget = {"batch_size": 8, "epochs": 4}
    nothing = train(TrainConfig("lenet", "mnist", **budget), second, store)
    found = transfer(transfer_config("lenet", "mnist", learned.id, **budget), source, second, store)
    assert found.card.accuracy is not None
    assert nothing.card.accuracy is not None
    assert found.card.accuracy > nothing.card.accuracy + 0.05  # 0.66 against 0.51
    assert found.card.labels == ("5", "6", "7", "8", "9")


# --- settings ---------------------------------------------------------------------------------------------------


def test_epochs_follow_from_each_other() -> None:
    def planned(**changes: Any) -> list[tuple[int, int, str]]:
        config = transfer_config("lenet", "digits", "pen", **changes)
        return [(phase.first, phase.last, phase.frozen) for phase in phases_of(config)]

    assert planned() == [(1, 10, ALL), (11, 15, "")]
    assert planned(epochs=9) == [(1, 3, ALL), (4, 9, "")]
    assert planned(epochs=9, large=True) == [(1, 4, ALL), (5, 9, "")]
    assert planned(epochs=2) == [(1, 1, ALL), (2, 2, "")]
    assert planned(head_epochs=4) == [(1, 4, ALL), (5, 9, "")]
    assert planned(head_epochs=4, epochs=4) == [(1, 4, ALL)]
    assert transfer_config("lenet", "digits", "pen").fine_rate == pytest.approx(2e-3)
    assert transfer_config("lenet", "digits", "pen", large=True).fine_rate == pytest.approx(1e-5)
    assert transfer_config("lenet", "digits", "pen", fine_rate=0.5).fine_rate == 0.5
    few = fitted(transfer_config("lenet", "digits", "pen"), 40)
    assert few.epochs - few.head_epochs == 5
    assert few.head_epochs > 10


def test_what_a_transfer_cannot_be() -> None:
    config = transfer_config("any name", "digits", "pen")
    assert problems(config) == {}
    assert "engine" in problems(replace(config, engine="numpy"))
    assert "precision" in problems(replace(config, precision="mixed"))
    assert "start_from" in problems(replace(config, start_from=""))
    assert "fine_rate" in problems(replace(config, fine_rate=-1))


# --- the real one -----------------------------------------------------------------------------------------------


def photographs(folder: Path) -> Path:
    """Two folders of 20 photographs each: parts of scikit-learn's two."""
    from nets.data.photographs import FILES, path_of_table

    random = np.random.default_rng(1)
    for file in FILES:
        (folder / file[:-4]).mkdir(parents=True)
        with Image.open(path_of_table().parent.parent / "images" / file) as picture:
            for number in range(20):
                side = int(random.integers(150, 400))
                left, top = (int(random.integers(0, size - side)) for size in picture.size)
                part = picture.crop((left, top, left + side, top + side))
                part.resize((96, 96)).save(folder / file[:-4] / f"{number}.png")
    return folder


def test_the_defaults_keep_what_a_small_network_knew(tmp_path: Path) -> None:
    """Two folders of twenty photographs and Colour, with defaults: earlier, the second phase undid the first."""
    folder, home = photographs(tmp_path / "photos"), replace(Places.default(), runs=tmp_path / "runs")
    source, data = open_model("colour", home), datasets.load(str(folder), home)
    config = transfer_config("colour", str(folder), "colour", large=needs_care(source.network))
    run = transfer(fitted(config, len(data.train)), source, data, RunStore(home.runs))
    history = run.summary.history
    assert history.loss[-1] < 0.1, "4.4, then 0.69 for good, at a rate of 0.002"
    assert run.card.accuracy is not None
    assert run.card.accuracy >= 0.75


def test_two_folders_of_twenty_photographs(tmp_path: Path, data_dir: Path) -> None:
    """As Teachable Machine's users make them: the defaults, but one epoch of all layers instead of five."""
    import contextlib
    import io
    import json

    import main

    if not (data_dir / "keras-models").is_dir():
        pytest.skip(f"needs keras-models in {data_dir}")
    folder, out = photographs(tmp_path / "photos"), io.StringIO()
    words = ["transfer", "mobilenet_0.75", str(folder), "--head-epochs", "10", "--epochs", "11", "--json"]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        status = main.main([*words, "--data-dir", str(data_dir), "--runs-dir", str(tmp_path / "runs")])
    assert status == 0
    (row,) = [json.loads(line) for line in out.getvalue().splitlines()]
    assert (row["net"], row["epochs"]) == ("mobilenet_0.75", 11)
    assert row["test_accuracy"] >= 0.9
    assert row["history"]["loss"][10] < 0.05, "2.7 to 4.2 at a rate of 0.0001: the second phase undid the first"
    assert max(row["epoch_seconds"][1:10]) < row["epoch_seconds"][10] / 5  # the features are computed once
