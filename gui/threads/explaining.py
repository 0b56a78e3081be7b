"""Explanations in a thread of their own, with networks of their own, so that the bars never wait.

The first explanation of a method does not wait for XLA, which takes a second or two: XLA compiles in another thread.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from gui.threads.worker import Question
from gui.words import translated
from nets.errors import LensletError
from nets.events import Event, Report
from nets.places import Places

if TYPE_CHECKING:
    from nets.compute.lens import Lens
    from nets.network.model import Model

KEPT = 3  # number of networks kept with their compiled functions

Target = int | tuple[int, int] | None


@dataclass(frozen=True)
class Asked:
    """One picture of an explanation.

    method: a key of ``EXPLAINERS``. target: a class, a pair (this one rather than that), or None for the answer; in a
    pair -1 stands for the answer. layer: a path, or "" for the usual one. reference: another model's name, or "" for
    the open one. epoch: another epoch of the open run; 0 for the open epoch. options: (name, value) pairs.
    """

    method: str
    target: Target = None
    layer: str = ""
    reference: str = ""
    epoch: int = 0
    options: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, eq=False)
class ExplainQuestion(Question):
    """The picture on the pad, and which explanations of it are wanted.

    model: the open one. picture: as on the pad, for models that receive another form; image: (H, W, C) as the open
    model receives it; None without a drawing, which some methods do not need. window: (top, left, height, width) of the
    part of the picture that ``image`` shows, in the picture's pixels. best: the class that the open model answers, if
    known; then the network is not asked again.
    """

    model: Model
    places: Places
    asked: tuple[Asked, ...]
    image: np.ndarray | None = None
    picture: np.ndarray | None = None
    is_dataset_image: bool = False
    window: tuple[float, float, float, float] | None = None
    best: int | None = None


@dataclass(frozen=True, eq=False)
class Explained:
    """The result for one ``Asked``.

    values: as the method gives them; None if it was refused, and ``problem`` says why. target: the class or pair that
    was explained. layer: the path of the layer that was used, "" if none. title: of the model, with its epoch. image:
    what the network received. seconds: the time it took. done: False for an intermediate result. gap: by what share the
    pixels miss the score that they should add up to; None if they need not.
    """

    asked: Asked
    values: np.ndarray | None
    target: Target
    layer: str
    title: str
    labels: tuple[str, ...]
    image: np.ndarray | None
    problem: str = ""
    seconds: float = 0.0
    done: bool = True
    gap: float | None = None


class Explaining(QObject):
    """Computes for the worker. ``reported`` and ``arrived`` are emitted during the work."""

    # a compilation that makes later explanations faster, to be run in another thread (``compile_beside``)
    compiles = Signal(object)
    reported = Signal(object, object)  # the question, a Progress
    arrived = Signal(object, int, object)  # the question, the number of the picture, an Explained

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lenses: dict[Any, tuple[Model, Lens]] = {}  # networks by what distinguishes them
        self._loaded: dict[Any, Any] = {}  # the weights that each of them has now

    def __call__(self, question: ExplainQuestion, report: Report) -> tuple[Explained, ...]:
        found: list[Explained] = []
        for number in range(len(question.asked)):
            if found:
                self.arrived.emit(question, number - 1, found[-1])  # it does not wait for the slower one beside it
            found.append(self._explain(question, number, report, found[0] if found else None))
        for _, lens in self._lenses.values():
            if (compiling := lens.take_compiling()) is not None:
                self.compiles.emit(compiling)
        return tuple(found)

    def lens_of(self, question: ExplainQuestion, asked: Asked) -> Lens:
        """The network of this thread, with the requested weights.

        Raises:
            LensletError: Another model cannot be opened, or the run lacks the epoch.
        """
        from nets.compute.lens import Lens
        from nets.models import open_model, other_epoch

        model = question.model
        key: Any = asked.reference or ("open", id(model.network))
        if key not in self._lenses:
            while len(self._lenses) >= KEPT:
                oldest = next(iter(self._lenses))
                del self._lenses[oldest]
                self._loaded.pop(oldest, None)
            own = open_model(asked.reference, question.places) if asked.reference else model.copy()
            # The original is kept too: its id is the key, and must not be reused.
            self._lenses[key] = (model, Lens(own, compiles_beside=True))
            self._loaded[key] = None if asked.reference else model.ref
        _, lens = self._lenses[key]
        if asked.reference:
            return lens
        wanted = replace(model.ref, epoch=asked.epoch) if asked.epoch else model.ref
        if model.ref.kind in ("training", "edited"):  # weights change while the network is in training
            lens.load(model.network.get_weights(), replace(lens.model, ref=model.ref, card=model.card))
        elif self._loaded.get(key) != wanted:
            found = other_epoch(lens.model, wanted, question.places)
            if found is not None:
                lens.load(found[1], found[0])
            self._loaded[key] = wanted
        elif lens.model.card is not model.card and lens.model.card.input == model.card.input:
            lens.model = replace(lens.model, card=model.card)
        return lens

    def _explain(
        self, question: ExplainQuestion, number: int, report: Report, first: Explained | None = None
    ) -> Explained:
        """``first``: what stands beside it. Of the same classes both explain one: the open network's answer."""
        from nets.explain import EXPLAINERS
        from nets.explain.layers import default_layer
        from nets.explain.partial import Partial

        asked = question.asked[number]
        row = EXPLAINERS[asked.method]
        began = time.perf_counter()
        nothing = Explained(asked, None, asked.target, asked.layer, "", (), question.image)
        try:
            lens = self.lens_of(question, asked)
            model = lens.model
            image = self._image(question, asked, lens)
            layer = (asked.layer or default_layer(model)) if "layer" in row.needs else asked.layer
            labels = tuple(model.card.labels)
            nothing = replace(nothing, layer=layer, title=title_of(model), labels=labels, image=image)
            target = asked.target
            if image is not None and model.output.kind.has_classes:
                if first is not None and first.labels == labels and asked.target == first.asked.target:
                    target = first.target
                else:
                    is_open = not asked.reference and not asked.epoch
                    target = _with_answer(target, lens, image, question.best if is_open else None)
            nothing = replace(nothing, target=target)
            options = dict(asked.options)
            if problem := row.refusal(model, image, target=target, layer=layer, **options):
                return replace(nothing, problem=problem)

            def tell(event: Event) -> None:
                report(event)
                if isinstance(event, Partial):
                    seconds = time.perf_counter() - began
                    shown = np.asarray(event.result)[0]  # for the one picture that was given
                    part = replace(nothing, values=shown, seconds=seconds, done=False)
                    self.arrived.emit(question, number, part)
                else:
                    self.reported.emit(question, event)

            values = row.run(lens, image, target=target, layer=layer, report=tell, **options)
            seconds = time.perf_counter() - began
            gap = row.gap_of(lens, image, values, target, **options) if image is not None else None
            return replace(nothing, values=values, seconds=seconds, gap=gap)
        except LensletError as problem:
            return replace(nothing, problem=translated(problem))

    def _image(self, question: ExplainQuestion, asked: Asked, lens: Lens) -> np.ndarray | None:
        """What the network receives: the open model's input, or the pad's picture prepared for another model."""
        from nets.data.prepare import prepare

        if question.image is None or not asked.reference or lens.card.input == question.model.card.input:
            return question.image
        if question.picture is None:
            return None
        return prepare(question.picture, lens.card.input, is_dataset_image=question.is_dataset_image).input


def _with_answer(target: Target, lens: Lens, image: np.ndarray, best: int | None) -> Target:
    """The target with the answered class in place of None, or of -1 in a pair; if both of a pair are equal, that class
    alone.
    """
    if target is not None and not (isinstance(target, tuple) and target[0] < 0):
        return target
    best = int(lens.classify(image[None])[0].argmax()) if best is None else best
    return (best, target[1]) if isinstance(target, tuple) and target[1] != best else best


def title_of(model: Model) -> str:
    """The model's title, and the epoch of a run."""
    if model.ref.kind == "run":
        return f"{model.card.title}, epoch {model.ref.epoch}"
    return f"{model.card.title}, in training" if model.ref.kind == "training" else model.card.title
