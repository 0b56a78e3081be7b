"""A rate or an augmentation changed during a pause is stored with its epoch and step, and applied again on resuming."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from nets.data.specs import Dataset
from nets.errors import LensletError
from nets.events import Cancelled, Event, Message
from nets.runs.changes import FILE, SettingsChange, changed, difference, read_changes
from nets.runs.config import TrainConfig
from nets.runs.store import Run, RunStore
from nets.training import loop
from nets.training.events import BatchesDone, Changed
from nets.training.train import resume, train

pytestmark = pytest.mark.usefixtures("small_network")


@pytest.fixture(autouse=True)
def _one_batch_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """However fast the machine is, so that the person can be quick enough."""
    monkeypatch.setattr(loop, "TARGET", 0.0)


CONFIG = TrainConfig("lenet", "bars", epochs=3, batch_size=10, optimizer="sgd", learning_rate=0.1, engine="numpy")


class Person:
    """Presses Pause behind ``step`` batches of ``epoch``, changes something, and lets the training go on."""

    def __init__(self, epoch: int, step: int, stop_in: int = 0, **wanted: Any) -> None:
        self.epoch, self.step, self.stop_in, self.wanted = epoch, step, stop_in, wanted
        self.seen: list[Event] = []
        self.due = False

    def report(self, event: Event) -> None:
        self.seen.append(event)
        if isinstance(event, BatchesDone):
            if event.epoch == self.epoch and event.step >= self.step and self.wanted:
                self.due = True
            if event.epoch == self.stop_in and event.step >= 7:
                raise Cancelled

    def adjust(self) -> Mapping[str, Any] | None:
        wanted, self.wanted = (self.wanted, {}) if self.due else (None, self.wanted)
        return wanted

    def trained(self, data: Dataset, store: RunStore, config: TrainConfig = CONFIG) -> Run:
        return train(config, data, store, self.report, adjust=self.adjust)

    @property
    def change(self) -> SettingsChange:
        (event,) = (event for event in self.seen if isinstance(event, Changed))
        assert event.steps == 9
        return event.change


def same(one: Run, other: Run) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one.weights("last"), other.weights("last"), strict=True))


def test_a_changed_rate_holds_from_the_next_step(data: Dataset, store: RunStore) -> None:
    plain = train(CONFIG, data, store)
    person = Person(2, 3, learning_rate=1e-9)
    run = person.trained(data, store)
    change = person.change
    assert change == SettingsChange(2, 3, learning_rate=1e-9)
    assert run.summary.changes == (change,)
    assert plain.summary.changes == ()
    assert run.summary.history.learning_rate == pytest.approx((0.1, 1e-9, 1e-9))
    # As before until there, and from there on nothing moves.
    place = 9 + change.step
    before, after = plain.summary.history.batch_loss, run.summary.history.batch_loss
    assert np.array_equal(before[:place], after[:place])
    assert not np.allclose(before[place + 1 :], after[place + 1 :])
    assert all(np.allclose(a, b, atol=1e-6) for a, b in zip(run.weights(2), run.weights(3), strict=True))
    assert run.summary.config.learning_rate == 0.1  # what it began with


def test_a_changed_augmentation_holds_from_the_next_step(data: Dataset, store: RunStore) -> None:
    plain = train(CONFIG, data, store)
    person = Person(2, 4, augmentation="elastic")
    run = person.trained(data, store)
    place = 9 + person.change.step
    before, after = plain.summary.history.batch_loss, run.summary.history.batch_loss
    assert np.array_equal(before[:place], after[:place])
    assert not np.array_equal(before[place : place + 1], after[place : place + 1])
    larger = Person(1, 5, augmentation="random_crop")  # read in another size from there on
    assert larger.trained(data, store).summary.epochs_done == 3


@pytest.mark.parametrize(("engine", "stop_in"), [("numpy", 2), ("numpy", 3), ("tensorflow", 3)])
def test_resuming_makes_the_changes_again(engine: str, stop_in: int, data: Dataset, store: RunStore) -> None:
    config = dataclasses.replace(CONFIG, engine=engine, augmentation="shift")
    wanted = {"learning_rate": 0.02, "augmentation": "affine"}
    whole = Person(2, 4, **wanted)
    expected = whole.trained(data, store, config)
    stopped = Person(2, 4, stop_in, **wanted)
    with pytest.raises(Cancelled):
        stopped.trained(data, store, config)
    run = store.open(store.list()[0].id)
    assert run.summary.epochs_done == stop_in - 1
    assert run.summary.changes == (stopped.change,)
    resumed = resume(run, data, store)
    assert same(resumed, expected)
    assert np.array_equal(resumed.summary.history.batch_loss, expected.summary.history.batch_loss)


def test_at_the_end_of_an_epoch_it_holds_from_the_next_one(data: Dataset, store: RunStore) -> None:
    person = Person(1, 9, learning_rate=0.01)
    run = person.trained(data, store)
    assert person.change == SettingsChange(2, 0, learning_rate=0.01)
    assert run.summary.history.learning_rate == pytest.approx((0.1, 0.01, 0.01))


def test_what_cannot_be_is_said_and_changes_nothing(data: Dataset, store: RunStore) -> None:
    person = Person(1, 2, augmentation="mirror")
    run = person.trained(data, store)
    assert run.summary.changes == ()
    assert any("a mirrored digit is no digit" in e.text for e in person.seen if isinstance(e, Message))
    same_again = Person(1, 2, learning_rate=0.1)
    assert same_again.trained(data, store).summary.changes == ()


def test_changes_as_a_value() -> None:
    changes = [
        SettingsChange(1, 4, learning_rate=0.5),
        SettingsChange(2, 0, augmentation="flip"),
        SettingsChange(2, 7, learning_rate=0.25),
    ]
    assert changed(CONFIG, changes, 1, 3) == CONFIG
    assert changed(CONFIG, changes, 1, 4).learning_rate == 0.5
    later = changed(CONFIG, changes, 3, 0)
    assert (later.learning_rate, later.augmentation) == (0.25, "flip")
    assert difference(CONFIG, {"learning_rate": 0.1, "augmentation": "shift", "epochs": 9}) == {"augmentation": "shift"}
    assert SettingsChange(1, 2, 5e-4, "crop_flip").text() == "rate 0.0005, Crop and mirror"


@pytest.mark.parametrize("content", ["", "{}", '[{"epoch": "one", "step": 2}]', "[3]"])
def test_a_damaged_file_is_named(content: str, data: Dataset, store: RunStore) -> None:
    person = Person(1, 3, stop_in=2, learning_rate=0.2)
    with pytest.raises(Cancelled):
        person.trained(data, store)
    run = store.open(store.list()[0].id)
    assert read_changes(run.folder) == (person.change,)
    (run.folder / FILE).write_text(content)
    with pytest.raises(LensletError, match="cannot go on as it began"):
        resume(store.open(run.id), data, store)
