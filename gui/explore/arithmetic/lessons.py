"""What the arithmetic panel shows, computed beside the window's thread: the network by hand, a trace, a lesson."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from gui.threads.loader import Loader
from nets.byhand.arithmetic import Trace
from nets.byhand.network import Network
from nets.compute.descent import Lesson
from nets.events import Report, ignore

if TYPE_CHECKING:
    from nets.network.model import Model


def twin_task(model: Model, report: Report = ignore) -> Network:
    return Network.from_graph(model.graph)


def trace_task(network: Network, image: np.ndarray, report: Report = ignore) -> Trace:
    return Trace(network, image)


def lesson_task(network: Network, image: np.ndarray, label: int, report: Report = ignore) -> Lesson:
    return Lesson(network, image, label)


def step_task(lesson: Lesson, rate: float, report: Report = ignore) -> Lesson:
    """On a copy: the lesson that is on the screen is read meanwhile."""
    stepped = copy.deepcopy(lesson)
    stepped.step(rate)
    return stepped


class Lessons(QObject):
    """``trace`` is the image's way through the network as it is, ``lesson`` through a copy that may have learned.

    Nothing is computed before ``begin``; a lesson is kept until the image, the label or the network is another.
    """

    changed = Signal()  # trace or lesson
    waits = Signal()  # the network is being written out
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model: Model | None = None
        self.image: np.ndarray | None = None
        self.label = 0
        self.rate = 0.01  # of the last step
        self.trace: Trace | None = None
        self.lesson: Lesson | None = None
        self._network: Network | None = None
        self._traced: np.ndarray | None = None  # the images that trace and lesson are of
        self._taught: np.ndarray | None = None
        self._teaches = False
        self._waiting: list[float] = []  # the rates of steps that were asked for meanwhile
        self._loader = Loader(self)

    def finish(self) -> None:
        """Waits for what goes on. For the end of the window."""
        self._loader.finish()

    def set_model(self, model: Model) -> None:
        self.model, self._network, self.trace, self.lesson = model, None, None, None
        self._waiting.clear()

    def has(self, image: np.ndarray | None) -> bool:
        """Whether this image of this network is computed already: an answer for other layers brings it again."""
        mine = self.image
        if image is None or mine is None:
            return image is mine
        return not self._in_training and (image is mine or np.array_equal(image, mine))

    def set_image(self, image: np.ndarray | None) -> None:
        """(H, W, C) as the network receives it; None where nothing is drawn."""
        self.image = image
        self._waiting.clear()
        if image is None:
            self.trace = self.lesson = None

    def set_label(self, label: int) -> None:
        """What the image truly is; the steps are forgotten."""
        self.label, self.lesson = label, None
        self._waiting.clear()

    def begin(self, *, teaches: bool) -> None:
        """Computes what is missing: with ``teaches`` the lesson as well. ``changed`` tells when it is there."""
        self._teaches = teaches
        if self.model is None:
            return
        if self._network is None or self._in_training:
            if self._network is None:
                self.waits.emit()
            self._loader.ask(twin_task, self.model, done=self._on_twin, failed=self._on_failure)
        else:
            self._compute()

    @property
    def _in_training(self) -> bool:
        """Whether the model's weights change from answer to answer."""
        return self.model is not None and self.model.ref.kind == "training"

    def step(self, rate: float) -> None:
        """One step of gradient descent, on a copy of the network; asked for faster than computed they wait in turn."""
        if self._loader.busy:
            self._waiting.append(rate)
        elif self.lesson is not None:
            self.rate = rate
            self._loader.ask(step_task, self.lesson, rate, done=self._on_lesson, failed=self._on_failure)

    def _compute(self) -> None:
        network, image = self._network, self.image
        if network is None or image is None:
            self.changed.emit()
        elif self.trace is None or self._traced is not image:
            self._traced = image
            self._loader.ask(trace_task, network, image, done=self._on_trace, failed=self._on_failure)
        elif self._teaches and (self.lesson is None or self._taught is not image):
            self._taught = image
            self._loader.ask(lesson_task, network, image, self.label, done=self._on_lesson, failed=self._on_failure)
        else:
            self.changed.emit()

    def _on_twin(self, network: Network) -> None:
        self._network, self.trace, self.lesson = network, None, None
        self._waiting.clear()
        self._compute()

    def _on_trace(self, trace: Trace) -> None:
        self.trace = trace
        if self._teaches:
            self._compute()
        else:
            self.changed.emit()

    def _on_lesson(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self.changed.emit()
        if self._waiting:
            self.step(self._waiting.pop(0))

    def _on_failure(self, words: str) -> None:
        self.trace = self.lesson = None
        self._waiting.clear()
        self.failed.emit(words)
