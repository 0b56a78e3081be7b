"""The live answer: loads TensorFlow, opens models, follows a training and answers for the pad.

Each of these four is a job or a worker of its own, so that none waits for another. The code in this file runs in the
window's thread.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from gui.threads.answering import Answering, LiveAnswer, PictureQuestion
from gui.threads.following import Snapshot, TrainingCopy
from gui.threads.garbage import collect_soon
from gui.threads.job import Job, compile_beside
from gui.threads.opening import Opened, OpenRequest, open_subject
from gui.threads.subject import Subject
from gui.threads.thread import give_way
from gui.threads.worker import Worker
from nets import backend
from nets.events import Report, no_report
from nets.models import DEFAULT
from nets.places import Places

if TYPE_CHECKING:
    from nets.network.model import Model

__all__ = ["Live", "LiveAnswer", "PictureQuestion", "Snapshot"]


# Milliseconds between the starts of two answers while the pen moves; a screen shows one picture every 16. A move that
# comes a little early starts an answer at once. One that comes much too early waits for the next move, which is
# answered in its place: a timer that ended with the frame would fire just before that move and answer a picture that is
# 8 ms old. If no move follows, the waiting one is answered after the longest interval.
SHORTEST_INTERVAL, LONGEST_INTERVAL = 12, 24


def load_tensorflow(threads: int | None, *, report: Report = no_report) -> backend.Device:
    """Import TensorFlow, which takes seconds. Returns the device that it uses.

    Its threads, which compute a training's steps, give way to the window's threads and to those that answer the pen:
    on two cores, answers beside a training were twice as old without this. Run it in a thread that ends with it.
    """
    backend.configure(threads)
    give_way()
    backend.start_threads()
    return backend.device()


class Live(QObject):
    """Every method returns at once. A model counts as opened when its first answer has arrived, so that both change
    together.
    """

    begun = Signal()  # the first model answers by hand, or is not a shipped one and waits for TensorFlow
    loading = Signal(str)  # what is being loaded
    by_hand = Signal(object)  # Card: the shipped model that answers by hand until TensorFlow is there
    ready = Signal(object)  # nets.backend.Device, once TensorFlow is there
    opened = Signal(object)  # Model
    refused = Signal(str, str)  # the reference, and why it cannot be opened
    answered = Signal(object)  # LiveAnswer
    broken = Signal(str, str)  # an unexpected failure, and its traceback

    def __init__(self, places: Places, threads: int | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._places = places
        self._threads = threads
        self._started = self._begun = self._ready = False
        self._load: Job | None = None
        self._compile: Job | None = None  # the compilation of a large network that meanwhile answers step by step
        self._wanted: tuple[str | Model, dict[str, Any]] = (DEFAULT, {})
        self._numbers = 0  # ids of the questions asked here
        self._opened: Subject | None = None
        self._training: Subject | None = None
        self._snapshot: Snapshot | None = None  # the newest snapshot of the training that is followed
        self._left_run = ""  # a training that the person left by opening a model; it is not followed any more
        self._leaves = False
        self._shown: Subject | None = None
        self._question = PictureQuestion()
        self._waits = False  # a question that waits, because another is being answered or was started just now
        self._begun_at = 0.0  # time of the last start, in seconds
        self._last_move = QTimer(self)
        self._last_move.setSingleShot(True)
        self._last_move.setTimerType(Qt.TimerType.PreciseTimer)
        self._last_move.timeout.connect(self._ask_waiting)
        self._opener = Worker(open_subject, self, newest_cancels=True)
        self._opener.answered.connect(self._on_opened)
        self._opener.failed.connect(lambda _, words, trace: self.broken.emit(words, trace))
        self._follower = Worker(TrainingCopy(), self)
        self._follower.answered.connect(self._on_followed)
        self._follower.failed.connect(lambda _, words, trace: self.broken.emit(words, trace))
        self._answerer = Worker(Answering(), self)
        self._answerer.answered.connect(self._on_answered)
        self._answerer.failed.connect(self._on_failed)

    # --- what the session asks for ------------------------------------------------------------------------------

    def start(self) -> None:
        """Let the first model answer, by hand if it is a shipped one. TensorFlow follows with ``load``."""
        self._started = True
        for worker in (self._answerer, self._follower, self._opener):
            worker.start()
        self._open_wanted()

    def load(self) -> None:
        """Load TensorFlow. Not before the window is shown: both would take twice as long."""
        if self._load is not None:
            return
        self._load = Job(load_tensorflow, self._threads, parent=self)
        self._load.succeeded.connect(self._on_ready)
        self._load.failed.connect(
            lambda words, trace: self.broken.emit(f"TensorFlow could not be loaded: {words}", trace)
        )
        self.loading.emit("TensorFlow")
        self._load.start()

    def ask(self, question: PictureQuestion, *, drops_earlier: bool = False) -> None:
        """Ask a question; ``answered`` follows unless a newer question replaces it. At once when idle, else about once
        a frame.

        Args:
            question: The picture on the pad and what is wanted.
            drops_earlier: Whether answers to earlier questions are stale; then this one is asked at once.
        """
        self._question = question
        if drops_earlier:
            self._ask(drops_earlier=True)
        else:
            self._waits = True
            self._ask_waiting()

    def open(self, reference: str | Model, **options: Any) -> None:
        """Open a model; ``opened`` or ``refused`` follows, unless another model is opened first.

        Args:
            reference: A shipped model's name, a run's id or a file; or a model that is in no file.
            **options: ``epoch``, which of a run's weights.
        """
        self._wanted = (reference, options)
        self._leaves = self._snapshot is not None
        if self._started:
            self._open_wanted()

    def change_card(self, model: Model) -> None:
        """Replace the opened model by ``model``, the same with another card (value range, class names).

        It answers at once with the functions that are compiled already, unless its input has another size.
        """
        opened = self._opened
        same = opened is not None and opened.model is not None and opened.model.network is model.network
        if not same or opened is None or opened.reader.card.input.shape != model.card.input.shape:
            self.open(model)
            return
        self._opened = Subject(opened.reader, model, opened.weights, opened.trust)
        self._ask()

    def follow(self, snapshot: Snapshot | None) -> None:
        """Let the pad answer with this network in training; None: with the opened model again.

        If a model is opened meanwhile, it takes the place, and the same training is no longer followed.
        """
        if snapshot is None:
            self._left_run = ""
            self._leave_training()
        elif snapshot.run != self._left_run:
            self._numbers += 1
            self._snapshot = replace(snapshot, id=self._numbers)
            if self._ready:
                self._follower.ask(self._snapshot)

    @property
    def running(self) -> bool:
        """Whether any of its threads is still running."""
        return any(thread.isRunning() for thread in self._all_threads())

    def end(self, patience: float | None = None) -> None:
        """End all threads and wait for them, at most ``patience`` seconds in total (None: without limit)."""
        until = None if patience is None else time.monotonic() + patience
        self._last_move.stop()
        for worker in (self._answerer, self._follower, self._opener):
            worker.stop()
        for thread in self._all_threads():
            if until is None:
                thread.wait()
            else:
                thread.wait(max(0, round(1000 * (until - time.monotonic()))))

    def _all_threads(self) -> list[Job | Worker]:
        return [self._answerer, self._follower, self._opener, *(job for job in (self._load, self._compile) if job)]

    # --- what comes back ----------------------------------------------------------------------------------------

    def _open_wanted(self) -> None:
        reference, options = self._wanted
        self._numbers += 1
        self._opener.ask(
            OpenRequest(
                reference, self._places, **options, by_hand=not self._ready, current=self._opened, id=self._numbers
            )
        )

    def _leave_training(self) -> None:
        self._follower.drop()
        self._snapshot = None
        if self._training is not None:
            self._training = None
            self._ask()

    def _on_ready(self, device: backend.Device) -> None:
        self._ready = True
        self.ready.emit(device)
        self._open_wanted()
        if self._snapshot is not None:
            self._follower.ask(self._snapshot)

    def _on_opened(self, request: OpenRequest, found: Opened) -> None:
        if request.by_hand:
            self._on_opened_by_hand(found.subject)
        elif found.subject is None:
            self.refused.emit(request.name, found.refusal)
        else:
            self._opened = found.subject
            collect_soon()  # an earlier model
            if self._leaves and self._snapshot is not None:
                self._left_run = self._snapshot.run
                self._leave_training()
            self._ask()

    def _on_opened_by_hand(self, subject: Subject | None) -> None:
        if not self._ready:  # otherwise TensorFlow was loaded first
            self._opened = subject
            if subject is not None:
                self.by_hand.emit(subject.card)
                self._ask()
        if not self._begun:
            self._begun = True
            self.begun.emit()

    def _on_followed(self, snapshot: Snapshot, subject: Subject) -> None:
        if self._snapshot is not None and self._snapshot.run == snapshot.run:
            self._training = subject
            self._ask()

    def _ask(self, *, drops_earlier: bool = False) -> None:
        """Send the newest question to whatever answers now."""
        subject = self._training or self._opened
        self._waits = False
        if subject is not None:
            self._begun_at = time.monotonic()
            self._answerer.ask(replace(self._question, subject=subject), drops_earlier=drops_earlier)

    def _ask_waiting(self) -> None:
        """Ask the waiting question if idle and not too early; otherwise an answer, the next move or the timer calls
        this again.
        """
        if not self._waits or self._answerer.busy:
            return
        passed = 1000 * (time.monotonic() - self._begun_at)
        if passed >= SHORTEST_INTERVAL:
            self._last_move.stop()
            self._ask()
        elif not self._last_move.isActive():
            self._last_move.start(round(LONGEST_INTERVAL - passed))

    def _compile_beside(self, subject: Subject | None) -> None:
        """Compile, in a thread of its own, a large network that answers step by step: the pad does not wait."""
        from nets.compute.lens import Lens

        if subject is None or not isinstance(subject.reader, Lens):
            return
        if self._compile is not None and not self._compile.isFinished():
            return
        compiling = subject.reader.take_compiling()
        if compiling is None:
            return
        self._compile = Job(compile_beside, compiling, parent=self)
        self._compile.failed.connect(self.broken)
        self._compile.start()

    def _on_answered(self, question: PictureQuestion, answer: LiveAnswer) -> None:
        self._compile_beside(question.subject)
        self._ask_waiting()  # first, so that it is computed while this answer is painted
        self._show(question.subject)
        self.answered.emit(answer)

    def _on_failed(self, question: PictureQuestion, words: str, trace: str) -> None:
        self._ask_waiting()
        self._show(question.subject)
        self.broken.emit(words, trace)

    def _show(self, subject: Subject | None) -> None:
        before, self._shown = self._shown, subject
        if subject is not None and subject.model is not None and (before is None or before.model is not subject.model):
            self.opened.emit(subject.model)
