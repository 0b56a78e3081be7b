"""Networks side by side: cost, accuracy and speed of each, and the images on which they disagree.

One model is in memory at a time; only numbers are kept of it.
"""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from nets import backend
from nets.data import datasets
from nets.data.fitting import fitted
from nets.data.images import ChosenImages
from nets.data.specs import Dataset, Split, without_test_images
from nets.errors import LensletError, UsageError
from nets.events import Message, Report, no_report
from nets.experiments.candidates import Candidate, check_count, file_bytes, open_candidate
from nets.experiments.choices import TESTED_ON
from nets.experiments.costs import NetworkCosts, costs_of
from nets.experiments.disagreements import Answers, Disagreement, disagreements
from nets.experiments.timing import milliseconds_of_one, training_speed
from nets.network.card import Card, UnknownClasses, outputs_of_classes
from nets.network.model import ModelRef
from nets.network.pretrained import PUBLISHED
from nets.places import Places
from nets.runs.config import OPTIMIZERS, TrainConfig
from nets.runs.evaluation import Accuracy
from nets.runs.store import RunStore, RunSummary
from nets.text import Text

if TYPE_CHECKING:
    from nets.network.layers import LayerInfo
    from nets.network.model import Model

DEFAULTS = {
    field.name: None if field.default is dataclasses.MISSING else field.default
    for field in dataclasses.fields(TrainConfig)
}


@dataclass(frozen=True, eq=False)
class Compared:
    """One model of a comparison.

    candidate: as requested. title: its name for people. costs: see ``NetworkCosts``. layers: the table of its layers,
    for its diagram. input_name: the name of its input. file_bytes: on the disk; None if it is in no file. accuracy: on
    the images of the comparison, or from its card (``measured_on``); None if nothing was measured. measured_on: the
    title of the data of the accuracy, "" without one. milliseconds: of the answer to one image on this machine.
    training_speed: images a second, recorded by a run or measured now; None: neither. answers: to the images of the
    comparison; None without images, or if it does not know their classes. problem: why there are no answers although
    there are images, or why its training could not be timed. needs_head: whether that is because it was trained on
    other classes, which a new head would learn.
    """

    candidate: Candidate
    ref: ModelRef
    title: str
    card: Card
    costs: NetworkCosts
    layers: tuple[LayerInfo, ...]
    input_name: str
    file_bytes: int | None
    accuracy: Accuracy | None
    measured_on: str
    milliseconds: float
    training_speed: float | None
    run: RunSummary | None = None
    answers: Answers | None = None
    problem: str = ""
    needs_head: bool = False

    @property
    def settings(self) -> Mapping[str, Any]:
        """The fields of the ``TrainConfig`` that it was trained with; empty if unknown."""
        return self.card.recipe


@dataclass(frozen=True, eq=False)
class Comparison:
    """rows: one for each model, as they were asked for. test: the images that all were asked, None for none.

    classes: what the labels of ``test`` mean. dataset: the title of the data, data: its name; "" without images.
    """

    rows: tuple[Compared, ...]
    test: Split | None = None
    classes: tuple[str, ...] = ()
    dataset: str = ""
    data: str = ""

    @cached_property
    def disagreements(self) -> list[Disagreement]:
        """The images on which models that know their classes disagree, the most certain first."""
        answers = [row.answers for row in self.rows if row.answers is not None]
        return disagreements(answers) if len(answers) > 1 else []

    @property
    def images(self) -> int:
        """How many images the models were asked."""
        return len(self.test) if self.test is not None else 0

    @cached_property
    def differing_settings(self) -> tuple[str, ...]:
        """The fields of ``TrainConfig`` in which models with known settings differ, in the order of the fields."""
        return differing(tuple(row.settings for row in self.rows))


def differing(settings: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The fields of ``TrainConfig`` in which known settings differ, in the order of the fields."""
    known = [one for one in settings if one]
    if len(known) < 2:
        return ()
    fields = [field.name for field in dataclasses.fields(TrainConfig) if field.name != "stratified"]
    return tuple(name for name in fields if len({repr(setting(one, name)) for one in known}) > 1)


def setting(settings: Mapping[str, Any], name: str) -> Any:
    """A field of ``TrainConfig`` in settings that may lack it; None if it had no effect there."""
    optimizer = OPTIMIZERS.get(settings.get("optimizer", ""))
    if name in ("momentum", "weight_decay") and optimizer is not None and name not in optimizer.uses:
        return None
    return settings.get(name, DEFAULTS.get(name))


def compare(
    candidates: Sequence[Candidate],
    places: Places,
    *,
    data: str = "",
    limit: int | None = None,
    measure_training: bool = False,
    report: Report = no_report,
) -> Comparison:
    """Open, measure and close one model after the other.

    Args:
        candidates: two to six.
        places: where runs and data lie.
        data: the dataset whose test images all are asked; "": none, and accuracies are those on the cards.
        limit: of its test images at most so many, evenly chosen.
        measure_training: whether training is timed where no run recorded it.
        report: receives the progress; it may raise Cancelled.

    Raises:
        UsageError: too few or too many models, no such dataset, or one without test images.
        LensletError: a model cannot be opened, or the data cannot be read.
    """
    check_count(len(candidates))
    backend.configure()
    loaded = datasets.load(data, places, report=report) if data else None
    test = None if loaded is None else _test_images(loaded, limit)
    rows = []
    for candidate in candidates:
        model = open_candidate(candidate, places, report)
        rows.append(_compared(candidate, model, places, loaded, test, measure_training, report))
        del model
        backend.release()
    if loaded is None:
        return Comparison(tuple(rows))
    return Comparison(tuple(rows), test, loaded.classes, loaded.spec.title, data)


def _test_images(data: Dataset, limit: int | None) -> Split:
    count = len(data.test)
    if not count:
        raise without_test_images(data.spec.title)
    if limit is None or limit >= count:
        return data.test
    if limit < 1:
        raise UsageError("expected one image or more to compare on, found {limit}", limit=limit)
    chosen = np.linspace(0, count - 1, limit).round().astype(np.int64)
    return Split(ChosenImages(data.test.images, chosen), data.test.labels[chosen])


def _compared(
    candidate: Candidate,
    model: Model,
    places: Places,
    data: Dataset | None,
    test: Split | None,
    measure_training: bool,
    report: Report,
) -> Compared:
    run = RunStore(places.runs).open(model.ref.name).summary if model.ref.kind == "run" else None
    accuracy, measured_on = _on_card(model.card)
    found = Compared(
        candidate=candidate,
        ref=model.ref,
        title=_title(model, run),
        card=model.card,
        costs=costs_of(model.network, model.structure),
        layers=model.layers,
        input_name=model.network.inputs[0].name.split(":")[0],
        file_bytes=file_bytes(model.ref, places),
        accuracy=accuracy,
        measured_on=measured_on,
        milliseconds=milliseconds_of_one(model, report),
        training_speed=_recorded_speed(run),
        run=run,
    )
    if data is not None and test is not None:
        found = dataclasses.replace(found, **_answered(candidate, model, data, test, report))
    if measure_training and found.training_speed is None and model.output.kind.has_classes:
        try:  # last, because it changes the weights
            found = dataclasses.replace(found, training_speed=training_speed(model, found.costs, report))
        except LensletError as problem:
            found = dataclasses.replace(found, problem=found.problem or str(problem))
    return found


def _answered(candidate: Candidate, model: Model, data: Dataset, test: Split, report: Report) -> dict[str, Any]:
    """The fields of ``Compared`` that come from the test images; an untrained network gives no answers."""
    from nets.training.evaluate import evaluate

    nothing = {"accuracy": None, "measured_on": "", "answers": None}
    if candidate.network:
        return nothing | {"problem": f"{model.card.title} was not trained"}
    if not model.output.kind.has_classes:
        return nothing | {"problem": f"{model.card.title} does not tell classes apart. {model.output.note}"}
    try:
        outputs = outputs_of_classes(model.card, data.classes, model.card.title, data.spec.title)
    except UnknownClasses as problem:
        return nothing | {"problem": problem.plain, "needs_head": True}
    report(Message(Text("Asking {title} {images:,} test images", title=model.card.title, images=len(test))))
    images = fitted(test.images, data.spec.input, model.card.input)
    found = evaluate(
        model.network, Split(images, outputs[test.labels]), model.card.input, report, what=f"asking {model.card.title}"
    )
    # Outputs that only have numbers get the names of the classes that they are taken for.
    names = list(model.card.labels)
    for name, output in zip(data.classes, outputs, strict=True):
        names[output] = name
    answers = Answers(tuple(names), found.probabilities)
    return {"accuracy": found.measured, "measured_on": data.spec.title, "answers": answers}


def _on_card(card: Card) -> tuple[Accuracy | None, str]:
    """The accuracy on a card, measured by this program or published, and the data it was measured on."""
    if (measured := Accuracy.from_share(card.accuracy, card.test_images)) is not None:
        return measured, _tested_on(card)
    said = card.checks.get(PUBLISHED)
    if not isinstance(said, Mapping) or not isinstance(said.get("images"), int):
        return None, ""
    return Accuracy.from_share(said.get("accuracy"), said["images"]), f"{card.dataset_title}, {PUBLISHED}"


def _tested_on(card: Card) -> str:
    """The title of the data whose test images gave the card's accuracy."""
    name = TESTED_ON.get(card.dataset, card.dataset)
    return datasets.DATASETS[name].title if name in datasets.DATASETS else card.dataset_title or card.dataset


def _title(model: Model, run: RunSummary | None) -> str:
    if run is None:
        return model.card.title
    return f"{run.title} · epoch {model.ref.epoch}"


def _recorded_speed(run: RunSummary | None) -> float | None:
    """Images a second in the run's median epoch, to within a batch, because its history counts batches.

    For a transfer, the epochs in which more than the head learns: a head on features that were computed once trains
    faster than any network answers.
    """
    if run is None or not len(run.history.batch_loss):
        return None
    seconds = run.history.seconds[run.config.head_epochs if run.config.transfers else 0 :]
    if not seconds:
        return None
    images = len(run.history.batch_loss) // len(run.history) * run.config.batch_size
    return min(images, run.config.limit or images) / statistics.median(seconds)
