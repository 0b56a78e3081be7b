"""Beginning with the weights of a trained network."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from nets.data.specs import Dataset, ImageInput
from nets.errors import UsageError
from nets.events import Cancelled, Event, Message
from nets.network.card import Card
from nets.runs.config import TrainConfig
from nets.runs.run import write_status
from nets.runs.store import Run, RunStore
from nets.training.events import Preparing
from nets.training.start import Start, find_start
from nets.training.train import resume, train
from nets.zoo import get
from tests.nets.tiny_data import dataset

CONFIG = TrainConfig(  # by the engine that compiles nothing
    "lenet", "bars", epochs=1, batch_size=32, optimizer="sgd", learning_rate=1e-12, limit=32, engine="numpy"
)


def weights(classes: int, seed: int) -> list[np.ndarray]:
    random = np.random.default_rng(seed)
    shapes = [variable.shape for variable in get("lenet").build(classes=classes).weights]
    return [random.standard_normal(shape).astype(np.float32) for shape in shapes]


def given(labels: str, classes: str) -> tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray]]:
    """The trained weights, the new network's before and after."""
    trained = weights(len(labels), 0)
    network = get("lenet").build(classes=len(classes))
    before = network.get_weights()
    card = Card("x", "X", "lenet", tuple(labels), ImageInput())
    Start("x", card, lambda: trained).give_weights(network, tuple(classes))
    return trained, before, network.get_weights()


def test_the_same_classes_take_every_weight() -> None:
    trained, _, after = given("abc", "abc")
    assert all(np.array_equal(a, b) for a, b in zip(trained, after, strict=True))


def test_classes_are_taken_by_their_names() -> None:
    trained, _, after = given("abcd", "ca")
    assert all(np.array_equal(a, b) for a, b in zip(trained[:-2], after[:-2], strict=True))
    assert np.array_equal(after[-2], trained[-2][:, [2, 0]])
    assert np.array_equal(after[-1], trained[-1][[2, 0]])


def test_unknown_classes_begin_at_random() -> None:
    trained, before, after = given("abcd", "ax")
    assert all(np.array_equal(a, b) for a, b in zip(trained[:-2], after[:-2], strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(before[-2:], after[-2:], strict=True))


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, RunStore, Dataset]:
    """A run that began with the shipped ``lenet`` and was too slow to move a weight."""
    store, data = RunStore(tmp_path_factory.mktemp("start") / "runs"), dataset()
    return train(dataclasses.replace(CONFIG, start_from="lenet"), data, store), store, data


def test_training_can_start_from_a_shipped_model(started: tuple[Run, RunStore, Dataset]) -> None:
    from nets.training.start import _shipped_weights

    run = started[0]
    for found, expected in zip(run.weights("last")[:-2], _shipped_weights("lenet")[:-2], strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-7)
    assert run.summary.config.start_from == run.card.recipe["start_from"] == "lenet"
    assert "--start-from lenet" in run.card.command


def test_a_run_goes_on_without_the_one_it_began_with(started: tuple[Run, RunStore, Dataset]) -> None:
    first, store, data = started
    run = train(dataclasses.replace(CONFIG, start_from=first.id), data, store)
    for found, expected in zip(run.weights("last"), first.weights("last"), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-7)
    name = store.delete(first.id)
    seen: list[Event] = []
    assert resume(run, data, store, epochs=2, report=seen.append).summary.epochs_done == 2
    store.restore(name)


def test_a_wrong_start_is_said_before_anything_is_written(data: Dataset, store: RunStore) -> None:
    for config, words in [
        (dataclasses.replace(CONFIG, start_from="nothing"), r"no run or shipped model 'nothing'; shipped models: pen"),
        (dataclasses.replace(CONFIG, start_from="pen"), "expected a model of the network lenet, but pen is of pen"),
    ]:
        with pytest.raises(UsageError, match=words):
            train(config, data, store)
    assert not store.list()


def test_another_input_is_refused(store: RunStore) -> None:
    data = dataset()
    colour = dataclasses.replace(data.spec, input=ImageInput(32, 32, 3, "picture"))
    folder = store.create(CONFIG)
    (folder / "card.json").write_text(Card("x", "X", "lenet", ("a", "b"), ImageInput()).to_json())
    write_status(folder, "finished")
    config = dataclasses.replace(CONFIG, start_from=folder.name)
    with pytest.raises(UsageError, match="takes images of 28 x 28 x 1, but Bars gives 32 x 32 x 3"):
        find_start(config, dataclasses.replace(data, spec=colour), store)


def test_classes_that_the_start_does_not_know_are_said(data: Dataset, store: RunStore) -> None:
    """Earlier, the last layer was random without any message."""
    seen: list[Event] = []
    others = dataclasses.replace(data, classes=tuple(f"bar {name}" for name in data.classes))

    def report(event: Event) -> None:
        seen.append(event)
        if isinstance(event, Preparing):
            raise Cancelled

    with pytest.raises(Cancelled):
        train(dataclasses.replace(CONFIG, start_from="lenet"), others, store, report)
    said = [event.text for event in seen if isinstance(event, Message)]
    assert said == ["lenet does not know all classes of Bars: the last layer begins with random weights"]
