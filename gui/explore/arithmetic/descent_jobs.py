"""Gradient descent on the image of the pad, computed in a thread: gradients, steps, and the copy that they change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from gui.threads.loader import Loader
from nets.compute.descent import BackwardPass, Descent, WeightChange, changes
from nets.events import Report, no_report
from nets.network.model import ModelRef

if TYPE_CHECKING:
    from nets.network.model import Model


@dataclass(frozen=True, eq=False)
class Stepped:
    """The result of a step: the passes before and after, the changes, and a copy with the new weights."""

    before: BackwardPass
    after: BackwardPass
    changes: tuple[WeightChange, ...]
    copy: Model


def compute_pass(
    descent: Descent | None, model: Model, seen: Model, image: np.ndarray, label: int, report: Report = no_report
) -> tuple[Descent, BackwardPass]:
    """The pass of one image with the weights of ``seen``, the model or its copy, and the descent."""
    made = descent or Descent(model)
    return made, made(image, label, seen.network.get_weights(), report=report)


def compute_step(
    descent: Descent, passed: BackwardPass, rate: float, copy: Model | None, report: Report = no_report
) -> Stepped:
    """One step from ``passed``, into ``copy`` or a new copy. The model itself stays as it is."""
    weights = passed.stepped(rate)
    after = descent(passed.image, passed.label, weights, report=report)
    original = descent.model
    if copy is None:
        title = original.card.title.removesuffix(", edited") + ", edited"
        # Accuracy and trust were measured for the original, not for this copy.
        card = replace(original.card, title=title, accuracy=None, test_images=0, checks={})
        notes = (f"This is a copy of {original.card.title} after gradient descent on one picture; it lies in no file.",)
        copy = replace(original.copy(), card=card, ref=ModelRef("edited", original.ref.name), notes=notes)
    copy.network.set_weights(list(weights))
    return Stepped(passed, after, changes(original, passed.weights, weights), copy)


class DescentJobs(QObject):
    """The newest backward pass of one image, and the steps from it.

    ``passed``: for the newest image and label. ``before``: for the same image and label, with the weights before the
    last step; None unless the last action was a step. ``copy``: the model that the steps changed.
    """

    changed = Signal()  # passed, before or copy
    compiling = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model: Model | None = None  # the original
        self.copy: Model | None = None
        self.passed: BackwardPass | None = None
        self.before: BackwardPass | None = None
        self.changes: tuple[WeightChange, ...] = ()
        self.rate = 0.01  # of the last step
        self.steps = 0
        self._descent: Descent | None = None
        self._asked: tuple[np.ndarray, int] | None = None  # the image and label of the newest question
        self._waiting: list[float] = []  # rates of the steps requested meanwhile
        self._loader = Loader(self)

    def finish(self) -> None:
        """Waits for the computation in progress. Called when the window closes."""
        self._loader.finish()

    def set_model(self, model: Model) -> None:
        """Set the model and forget all passes and steps, unless ``model`` is the copy of the present one."""
        if model is self.copy:
            return
        if model is not self.model:
            self.model, self._descent = model, None
        self.leave_copy()

    def _forget(self) -> None:
        self.passed = self.before = self._asked = None
        self.steps, self.changes = 0, ()
        self._waiting.clear()

    def leave_copy(self) -> None:
        """Back to the weights of the original."""
        self.copy = None
        self._forget()

    def ask(self, image: np.ndarray, label: int) -> None:
        """Request the pass of an image whose true class is ``label``, with the weights of the copy if there is one."""
        if self.model is None or (self._asked is not None and self._is_asked(image, label)):
            return
        if self._asked is not None and self._asked[0].shape != image.shape:
            self._descent = None
        self._asked, self.passed, self.before = (image, label), None, None
        self._waiting.clear()
        if self._descent is None:
            self.compiling.emit()
        task = (compute_pass, self._descent, self.model, self.copy or self.model, image, label)
        self._loader.ask(*task, done=self._on_pass, failed=self._on_failure)

    def _is_asked(self, image: np.ndarray, label: int) -> bool:
        assert self._asked is not None
        known, same = self._asked
        # the weights of a network in training change from answer to answer
        learns = self.model is not None and self.model.ref.kind == "training"
        return not learns and same == label and (known is image or np.array_equal(known, image))

    def step(self, rate: float) -> None:
        """Take a step on a copy. Steps requested during a computation are queued."""
        if self._loader.busy:
            self._waiting.append(rate)
        elif self.passed is not None and self._descent is not None:
            self.rate = rate
            task = (compute_step, self._descent, self.passed, rate, self.copy)
            self._loader.ask(*task, done=self._on_step, failed=self._on_failure)

    def _on_pass(self, found: tuple[Descent, BackwardPass]) -> None:
        self._descent, self.passed = found
        self.changed.emit()
        self._next_step()

    def _on_step(self, found: Stepped) -> None:
        self.before, self.passed, self.changes, self.copy = found.before, found.after, found.changes, found.copy
        self.steps += 1
        self.changed.emit()
        self._next_step()

    def _next_step(self) -> None:
        if self._waiting:
            self.step(self._waiting.pop(0))

    def _on_failure(self, words: str) -> None:
        self._forget()
        self.failed.emit(words)
