"""Answering one picture: prepare it, let the subject read it, and turn the probabilities into an answer."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from gui.threads.subject import Subject
from gui.threads.worker import Question
from gui.words import translated
from nets.errors import LensletError
from nets.events import Report, no_report

if TYPE_CHECKING:
    from nets.data.prepare import Prepared
    from nets.network.model import Model
    from nets.network.outputs import Answer
    from nets.trust.shifts import Agreement
    from nets.trust.trust import Badge, Trust


@dataclass(frozen=True, eq=False)
class PictureQuestion(Question):
    """The picture on the pad, and what the window shows of the answer.

    picture: (h, w) or (h, w, 1|3|4) uint8; None for an empty pad. paths: the layers whose maps are in view. label: the
    picture's true class, if it is known. is_dataset_image: whether the picture has its dataset's own form. means:
    whether the answer should contain the mean of every layer's maps. shifts: whether the answer should tell if the
    network keeps its answer when the picture is moved by a pixel. subject: what answers; None while there is nothing.
    """

    picture: np.ndarray | None = None
    paths: tuple[str, ...] = ()
    label: str = ""
    is_dataset_image: bool = False
    means: bool = False
    shifts: bool = False
    subject: Subject | None = None


@dataclass(frozen=True, eq=False)
class LiveAnswer:
    """The answer to a question.

    ``answer`` and ``prepared`` are None if there is nothing to classify; ``problem`` then gives the reason, if it is a
    problem. A network that is no classifier gives ``output`` without ``answer``. So does one whose numbers are not
    finite; its ``maps`` then show where the first such number is.

    id: of the question. model: None while a shipped model answers by hand. maps: by layer path, (h, w, maps) or
    (units,) float32. output: the network's own numbers, (N,) or (H, W, C) float32. means: of every layer, (h, w, 1) or
    (units,) float32, if requested. milliseconds: from the start of the question to the answer. label: the true class,
    if it is known. badge: how far the answer can be trusted; None if that was not measured. trust: the measurements
    behind the badge. agreement: with the answers to the picture moved by a pixel, if requested.
    """

    id: int
    model: Model | None
    prepared: Prepared | None = None
    answer: Answer | None = None
    maps: dict[str, np.ndarray] = field(default_factory=dict)
    output: np.ndarray | None = None
    means: dict[str, np.ndarray] = field(default_factory=dict)
    problem: str = ""
    milliseconds: float = 0.0
    label: str = ""
    badge: Badge | None = None
    trust: Trust | None = None
    agreement: Agreement | None = None


class Answering:
    """Answers each question of the pad's worker. Remembers which subject's weights are loaded."""

    def __init__(self) -> None:
        self._loaded: Subject | None = None

    def __call__(self, question: PictureQuestion, report: Report = no_report) -> LiveAnswer:
        started = time.perf_counter()
        subject = question.subject
        assert subject is not None
        self._load(subject)
        found = LiveAnswer(question.id, subject.model, label=question.label)
        if question.picture is not None:
            found = _read(question, subject, found)
        return replace(found, milliseconds=1000 * (time.perf_counter() - started))

    def _load(self, subject: Subject) -> None:
        from nets.compute.lens import Lens

        if subject is not self._loaded and subject.weights is not None and isinstance(subject.reader, Lens):
            subject.reader.load(subject.weights, subject.model)
        self._loaded = subject


def _read(question: PictureQuestion, subject: Subject, found: LiveAnswer) -> LiveAnswer:
    from nets.compute.lens import Lens
    from nets.data.prepare import NothingDrawn, prepare
    from nets.network.outputs import REMEDY, answer, broken_words, verdict_of

    assert question.picture is not None
    known = {layer.path for layer in subject.model.layers} if subject.model is not None else set()
    try:
        prepared = prepare(question.picture, subject.card.input, is_dataset_image=question.is_dataset_image)
        prepared.hint  # noqa: B018  looked for here rather than in the window's thread, and kept
        trust = subject.trust
        watched = dict.fromkeys((*question.paths, *(trust.paths if trust is not None else ())))
        paths = tuple(path for path in watched if path in known)
        if question.means and isinstance(subject.reader, Lens):
            reading = subject.reader.read(prepared.input, paths, means=True)
        else:
            reading = subject.reader.read(prepared.input, paths)
        found = replace(found, prepared=prepared, maps=reading.maps, output=reading.output, means=reading.means)
        if subject.model is not None and subject.model.broken_weights:
            raise LensletError(f"{broken_words(subject.model.broken_weights)}; {REMEDY}")
        # The model's card may have changed since the reader was made: numbers that have names now are classes.
        model = subject.model
        probabilities = reading.probabilities if model is None else model.output.probabilities(reading.output)
        if not len(probabilities):
            return found
        found = replace(found, answer=answer(probabilities, subject.card.labels, subject.card.verdict))
        if question.shifts:
            found = replace(found, agreement=_agreement(subject, prepared.input, probabilities))
        if trust is None:
            return found
        badge = trust.badge(probabilities, reading.maps)
        if found.answer is not None and not subject.card.verdict:  # a card's thresholds apply to the probability itself
            found = replace(found, answer=replace(found.answer, verdict=verdict_of(badge.probability, {})))
        return replace(found, trust=trust, badge=badge)
    except NothingDrawn:
        return found
    except LensletError as problem:
        return replace(found, problem=translated(problem))


def _agreement(subject: Subject, image: np.ndarray, probabilities: np.ndarray) -> Agreement:
    from nets.trust.shifts import agreement, shifted

    return agreement(int(probabilities.argmax()), subject.reader.classify(shifted(image)))
