"""Makes the samples of an augmentation and lets the model classify them. No widgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from gui.threads.worker import Question
from gui.words import translated
from nets.errors import LensletError
from nets.events import Report

if TYPE_CHECKING:
    from nets.network.model import Model
    from nets.runs.options import Augmentation


@dataclass(frozen=True, eq=False)
class PreviewQuestion(Question):
    """The picture on the pad, the augmentation with its seed, and the model that answers."""

    picture: np.ndarray
    is_dataset_image: bool
    row: Augmentation
    seed: int
    model: Model


@dataclass(frozen=True, eq=False)
class PreviewAnswer:
    """The samples.

    images: (1 + n, H, W, C) uint8, the original first. answers: (class, probability) of each; none if the model does
    not tell classes apart. reason: why there is nothing to show: "grey" (the augmentation changes colours and the model
    takes none) or "blank"; or a problem in words.
    """

    images: np.ndarray
    answers: tuple[tuple[str, float], ...] = ()
    reason: Literal["", "grey", "blank"] = ""
    problem: str = ""


def preview_answer(question: PreviewQuestion, report: Report) -> PreviewAnswer:
    """Runs in the worker's thread."""
    from nets.data.prepare import NothingDrawn
    from nets.explain.explainer import lens_of
    from nets.training.preview import preview

    model, row = question.model, question.row
    nothing = np.zeros((0, 1, 1, 1), np.uint8)
    if row.needs_colour and model.card.input.channels != 3:
        return PreviewAnswer(nothing, reason="grey")
    try:
        made = preview(
            question.picture, row, model.card.input, seed=question.seed, is_dataset_image=question.is_dataset_image
        )
        if not model.output.kind.has_classes:
            return PreviewAnswer(made.images)
        probabilities = lens_of(model).classify(made.values)
    except NothingDrawn:
        return PreviewAnswer(nothing, reason="blank")
    except LensletError as problem:
        return PreviewAnswer(nothing, problem=translated(problem))
    best = probabilities.argmax(axis=1)
    labels = model.card.labels
    answers = tuple((labels[number], float(row[number])) for number, row in zip(best, probabilities, strict=True))
    return PreviewAnswer(made.images, answers)
