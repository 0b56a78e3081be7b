"""Models side by side: what the rows say, where they differ, and what cannot be compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from nets.data import datasets
from nets.data.specs import ImageInput
from nets.errors import LensletError, UsageError
from nets.events import Cancelled, Event, Progress
from nets.experiments import choices, timing
from nets.experiments.candidates import Candidate, candidate_of, file_bytes, open_candidate
from nets.experiments.choices import usual_data
from nets.experiments.comparison import Comparison, _on_card, _recorded_speed, compare, differing
from nets.experiments.disagreements import Answers, disagreements
from nets.experiments.table import rows_of
from nets.experiments.words import bytes_words, count_words, speed_words, time_words
from nets.network.card import Card
from nets.network.model import ModelRef
from nets.network.pretrained import PUBLISHED
from nets.places import MODELS, Places
from nets.runs.evaluation import Accuracy
from nets.runs.store import RunStore
from tests.made_runs import write_run


@pytest.fixture(scope="module", autouse=True)
def quick_timing() -> Iterator[None]:
    """The faster of two ways of compiling is not looked for: a second for each model."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timing, "SETTLED", 0)
        patch.setattr(timing, "MOST", 5)
        patch.setattr(timing, "STEPS", 2)
        yield


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    home = tmp_path_factory.mktemp("home")
    return Places(home / "runs", home / "drawings", home / "cache", home / "settings.json")


@pytest.fixture(scope="module")
def run(places: Places) -> str:
    return write_run(places.runs)


@pytest.fixture(scope="module")
def told() -> list[Event]:
    """What the comparison reported."""
    return []


@pytest.fixture(scope="module")
def comparison(places: Places, run: str, told: list[Event]) -> Comparison:
    """A shipped model, a run's third epoch (whose weights are all alike) and a network without training."""
    candidates = [Candidate("lenet"), Candidate(run, 3), Candidate("net:lenet5")]
    return compare(candidates, places, data="digits", limit=60, report=told.append)


def test_the_images_that_are_counted_have_a_model(comparison: Comparison, told: list[Event]) -> None:
    """It said "evaluation: 512 of 10,000 images" of each of six models."""
    asked = {event.what for event in told if isinstance(event, Progress) and event.unit == "images"}
    assert {f"asking {row.title}" for row in comparison.rows[:1]} <= asked
    assert "evaluation" not in asked


def test_every_row_has_its_models_figures(comparison: Comparison, run: str) -> None:
    lenet, epoch, network = comparison.rows
    assert [row.ref for row in comparison.rows] == [
        ModelRef("shipped", "lenet"),
        ModelRef("run", run, 3),
        ModelRef("untrained", "net:lenet5"),
    ]
    assert [row.costs.parameters for row in comparison.rows] == [61_706] * 3
    assert epoch.title.endswith("epoch 3")
    assert all(row.milliseconds > 0 for row in comparison.rows)
    assert lenet.file_bytes == (MODELS / "lenet.keras").stat().st_size
    assert epoch.file_bytes
    assert network.file_bytes is None
    # Measured on the images of the comparison, not what the cards say of others.
    assert lenet.accuracy is not None
    assert (lenet.accuracy.images, lenet.measured_on) == (60, "Digits 8x8")
    assert lenet.accuracy.right > 50
    assert network.accuracy is None
    assert "was not trained" in network.problem


def test_the_accuracy_is_that_of_the_answers(comparison: Comparison) -> None:
    assert comparison.test is not None
    for row in comparison.rows[:2]:
        assert row.answers is not None
        assert row.accuracy is not None
        named = [row.answers.name(index) for index in range(60)]
        right = sum(
            name == comparison.classes[label] for name, label in zip(named, comparison.test.labels, strict=True)
        )
        assert right == row.accuracy.right


def test_disagreements_are_those_of_the_answers(comparison: Comparison) -> None:
    one, other = (row.answers for row in comparison.rows[:2])
    assert one is not None
    assert other is not None
    expected = {index for index in range(60) if one.name(index) != other.name(index)}
    assert {found.index for found in comparison.disagreements} == expected
    certain = [found.certainty for found in comparison.disagreements]
    assert certain == sorted(certain, reverse=True)


def test_the_images_are_chosen_evenly(comparison: Comparison, places: Places) -> None:
    assert comparison.test is not None
    every = datasets.load("digits", places).test
    assert (comparison.images, len(every)) == (60, 360)
    assert (comparison.test.labels[0], comparison.test.labels[-1]) == (every.labels[0], every.labels[-1])
    assert len(set(comparison.test.labels.tolist())) == 10


def test_without_data_the_accuracy_is_the_cards(places: Places, run: str) -> None:
    lenet, best = compare([Candidate("lenet"), Candidate(run)], places).rows
    assert lenet.accuracy is not None
    assert (lenet.accuracy.images, lenet.measured_on) == (10_000, "MNIST")
    assert best.accuracy is None, "the card's accuracy is the last epoch's"
    assert lenet.answers is None


def test_other_classes_are_said_and_the_rest_is_compared(places: Places) -> None:
    network, clothes = compare([Candidate("net:lenet"), Candidate("simple_cnn")], places, data="digits", limit=5).rows
    assert network.answers is clothes.answers is None
    assert "0, 1, 2, 3, 4 are none of T-shirt" in clothes.problem
    assert "main.py" not in clothes.problem, "the window shows it too"
    assert (network.needs_head, clothes.needs_head) == (False, True)
    assert clothes.costs.parameters == 137_660


def test_training_is_timed_where_it_is_asked_for(places: Places, run: str) -> None:
    network, recorded = compare([Candidate("net:lenet"), Candidate(run)], places, measure_training=True).rows
    assert network.training_speed is not None
    assert network.training_speed > 10
    # Three epochs with one, two and three batches more: two batches an epoch of 0.1 s, as the history counts them.
    assert recorded.training_speed is not None


def test_the_training_speed_of_a_transfer_is_that_of_its_layers_not_of_its_head(places: Places, run: str) -> None:
    summary = RunStore(places.runs).open(run).summary
    plain = _recorded_speed(summary)
    history = replace(summary.history, seconds=(0.001, 0.1, 0.1))
    transfer = replace(summary, config=replace(summary.config, head_epochs=1), history=history)
    assert _recorded_speed(transfer) == plain, "0.1 s an epoch, as without the head's"
    alone = replace(transfer, config=replace(summary.config, head_epochs=3))
    assert _recorded_speed(alone) is None


def test_a_comparison_is_stopped_at_the_next_report(places: Places) -> None:
    seen: list[Event] = []

    def stop(event: Event) -> None:
        seen.append(event)
        if len(seen) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        compare([Candidate("lenet"), Candidate("pen")], places, report=stop)
    assert len(seen) == 3


@pytest.mark.parametrize("count", [0, 1, 7])
def test_two_to_six_models_can_be_compared(places: Places, count: int) -> None:
    with pytest.raises(UsageError, match=f"2 to 6 models to compare, found {count}"):
        compare([Candidate("lenet")] * count, places)


def test_what_names_mean(places: Places, run: str) -> None:
    assert candidate_of("pen", places) == Candidate("pen")
    assert candidate_of(run, places) == Candidate(run, "best")
    assert candidate_of(f"{run}@2", places) == Candidate(run, 2)
    assert candidate_of(f"{run}@last", places) == Candidate(run, "last")
    assert candidate_of("lenet5", places) == Candidate("net:lenet5")
    assert candidate_of("net:lenet", places).network == "lenet"
    assert Candidate(run, 2).name == f"{run}@2"
    for text, words in [
        (f"{run}@soon", "number of an epoch"),
        ("net:nothing", "no network 'nothing'"),
        ("nothing", "no model 'nothing'"),
    ]:
        with pytest.raises(UsageError, match=words):
            candidate_of(text, places)


def test_a_file_that_has_gone(places: Places) -> None:
    with pytest.raises(LensletError, match=r"the file of .* is gone"):
        file_bytes(ModelRef("file", str(places.cache / "gone.keras")), places)
    with pytest.raises(LensletError):
        open_candidate(Candidate(str(places.cache / "gone.keras")), places)


def test_the_data_that_is_usual(places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MNIST only where it lies on this machine: nothing is downloaded unasked."""
    nowhere = replace(places, cache=tmp_path, data=tmp_path)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert usual_data([Candidate("lenet"), Candidate("pen")], nowhere) == ""
    assert usual_data([Candidate("net:lenet")], nowhere) == ""


def test_the_data_is_what_most_of_the_models_know(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    """Earlier, one model with other classes left the whole comparison without test images."""
    monkeypatch.setattr(choices.datasets, "find", lambda name, places: SimpleNamespace(found=True))

    def chosen(*names: str) -> str:
        return usual_data([Candidate(name) for name in names], places)

    assert chosen("colour", "lenet", "pen") == "mnist"
    assert chosen("lenet", "pen") == "mnist"
    assert chosen("colour") == "cifar10"
    assert chosen("colour", "lenet") == "", "one alone has nobody to differ from"


def answers(*rows: tuple[float, ...], labels: str = "abc") -> Answers:
    return Answers(tuple(labels), np.array(rows, np.float32))


def test_the_surest_pair_decides_the_order() -> None:
    one = answers((0.9, 0.1, 0.0), (0.5, 0.4, 0.1), (0.1, 0.9, 0.0), (0.99, 0.0, 0.01))
    two = answers((0.2, 0.8, 0.0), (0.7, 0.2, 0.1), (0.0, 0.05, 0.95), (0.34, 0.36, 0.3))
    found = disagreements([one, two])
    # Image 1 is "a" for both. Of image 3 one is sure while the other guesses.
    assert [row.index for row in found] == [2, 0, 3]
    assert [row.certainty for row in found] == pytest.approx([0.9, 0.8, 0.36])
    # A third that is sure of something else for image 1 brings it to the front.
    three = answers(*[(0.0, 0.0, 1.0)] * 4)
    assert disagreements([one, two, three])[0].index == 3


def test_classes_are_compared_by_name() -> None:
    one = answers((0.9, 0.1, 0.0), (0.0, 0.1, 0.9))
    two = answers((0.0, 0.1, 0.9), (0.1, 0.0, 0.9), labels="cba")
    assert [row.index for row in disagreements([one, two])] == [1]


def test_settings_that_differ() -> None:
    one = {"network": "lenet", "optimizer": "adam", "momentum": 0.9, "epochs": 3}
    two = {"network": "lenet", "optimizer": "momentum", "momentum": 0.8, "epochs": 3, "limit": None, "finish": {}}
    assert differing([one, two]) == ("optimizer", "momentum")
    # Momentum means nothing to Adam; settings that are not known say nothing.
    assert differing([one, {**one, "momentum": 0.5}, {}]) == ()
    assert differing([one, {}]) == ()


def test_settings_are_told_in_words(comparison: Comparison) -> None:
    """Earlier "limit" and "validation" of a training, and "mnist", "adamw", "thorough" of what it was trained with."""
    lenet, epoch, _ = comparison.rows
    card = replace(epoch.card, recipe={"dataset": "digits", "limit": 4000, "optimizer": "sgd"})
    table = {row.title: row.values for row in rows_of(Comparison((lenet, replace(epoch, card=card))))}
    assert table["trained on"] == ("MNIST", "Digits 8x8")
    assert table["network"] == ("lenet", "–"), "a card that lacks it"
    assert table["optimizer"] == ("AdamW", "SGD")
    assert table["training images at most"] == ("–", "4,000")
    assert "limit" not in table


def test_counts_and_bytes_are_written_in_words() -> None:
    assert [count_words(n) for n in (416_520, 15_470_264_320, 22_451_968)] == [
        "416,520",
        "15.5 billion",
        "22.5 million",
    ]
    assert [bytes_words(n) for n in (None, 12, 246_824, 553_430_176, 9_996_000)] == [
        "–",
        "12 bytes",
        "247 kB",
        "553 MB",
        "10.0 MB",
    ]
    assert time_words(0.5) == "0.50 ms"
    assert speed_words(3.14) == "3.1 images/s"


def test_a_published_accuracy_is_that_of_the_card(places: Places) -> None:
    published = {"images": 50_000, "accuracy": 0.684, "note": "by somebody"}
    card = Card(
        "m",
        "M",
        "",
        ("a", "b"),
        ImageInput(),
        dataset="imagenet",
        dataset_title="ImageNet",
        checks={PUBLISHED: published},
    )
    accuracy, of = _on_card(card)
    assert (accuracy, of) == (Accuracy(34_200, 50_000), "ImageNet, as published")
    assert _on_card(replace(card, checks={PUBLISHED: "soon"})) == (None, "")


def test_training_that_does_not_fit_into_memory_is_not_timed(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "available_memory", lambda: 1000)
    network, _ = compare([Candidate("net:lenet"), Candidate("net:lenet")], places, measure_training=True).rows
    assert network.training_speed is None
    assert "batches of 32 need about 2" in network.problem
