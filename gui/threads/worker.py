"""A thread that answers the newest question: there is never a queue, and stale answers are dropped.

A question is a frozen value with an id and everything that its answer needs. A question asked while another is being
answered waits in a single slot, where a newer one replaces it.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Signal

from gui.threads.thread import OwnedThread
from gui.words import translated
from nets.errors import LensletError
from nets.events import Cancelled, Event, Report


@dataclass(frozen=True, eq=False)
class Question:
    """``id``: rises with every question. Of two with the same id the later one wins too."""

    id: int = field(default=0, kw_only=True)


class Worker(OwnedThread):
    """``answer(question, report)`` in a thread that starts with the first question at the latest.

    Signals arrive in the thread that created the worker. Each question emits at most one of them; none if a newer one
    replaced it, if it became stale, or after ``end``.
    """

    answered = Signal(object, object)  # the question, and what ``answer`` returned
    failed = Signal(object, str, str)  # the question, a sentence for the person, and the traceback
    _done = Signal(object, object)
    _raised = Signal(object, str, str)

    def __init__(
        self,
        answer: Callable[[Any, Report], Any],
        parent: QObject | None = None,
        *,
        newest_cancels: bool = False,
    ) -> None:
        """
        Args:
            answer: Runs in the worker's thread. Its ``report`` raises Cancelled where the answer is not wanted any
                more, and waits while the worker is paused.
            parent: The owner: the worker ends when it is destroyed.
            newest_cancels: Whether a new question also cancels the one that is being answered. For answers that take
                longer than the person waits; quick ones are better shown than thrown away.
        """
        super().__init__(parent)
        self._answer = answer
        self._newest_cancels = newest_cancels
        self._changed = threading.Condition()
        self._next: Question | None = None
        self._current: Question | None = None
        self._asked = 0  # the largest id so far
        self._oldest = 0  # answers to questions with a smaller id are stale
        self._paused = False
        self._ended = False
        self._done.connect(self._deliver)
        self._raised.connect(self._deliver_failure)

    # --- from the thread that made it ---------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether a question is being answered or waits for its turn."""
        with self._changed:
            return self._current is not None or self._next is not None

    def ask(self, question: Question, *, drops_earlier: bool = False) -> None:
        """Ask at once, or as soon as the thread is free. ``drops_earlier``: answers to earlier questions are stale."""
        with self._changed:
            if self._ended:
                return
            self._next, self._asked = question, max(question.id, self._asked)
            if drops_earlier:
                self._oldest = question.id
            self._changed.notify_all()
        if not self.isRunning():
            self.start()

    def drop(self) -> None:
        """Forget all questions; the running answer ends at its next report."""
        with self._changed:
            self._next = None
            self._oldest = self._asked + 1

    def pause(self) -> None:
        """Start no new answer, and hold the running one at its next report, until ``proceed``."""
        with self._changed:
            self._paused = True

    def proceed(self) -> None:
        with self._changed:
            self._paused = False
            self._changed.notify_all()

    def end(self, patience: float | None = None) -> None:
        """End the thread and wait for it, at most ``patience`` seconds (None: without limit)."""
        self.stop()
        if patience is None:
            self.wait()
        else:
            self.wait(max(0, round(1000 * patience)))

    def stop(self) -> None:
        with self._changed:
            self._ended = True
            self._next = None
            self._changed.notify_all()

    # --- in the worker's thread ---------------------------------------------------------------------------------

    def run(self) -> None:
        while True:
            with self._changed:
                self._current = None
                while not self._ended and (self._next is None or self._paused):
                    self._changed.wait()
                if self._ended:
                    return
                question = self._current = self._next
                self._next = None
            assert question is not None
            self._turn(question)

    def _turn(self, question: Question) -> None:
        def report(event: Event) -> None:
            with self._changed:
                while self._paused and not self._ended:
                    self._changed.wait()
                overtaken = self._newest_cancels and self._next is not None
                if self._ended or overtaken or question.id < self._oldest:
                    raise Cancelled

        try:
            result = self._answer(question, report)
        except Cancelled:
            return
        except LensletError as problem:
            self._rest()
            self._raised.emit(question, translated(problem), traceback.format_exc())
        except Exception as problem:  # last resort of the thread: the error is shown in the window, never swallowed
            self._rest()
            self._raised.emit(question, f"{type(problem).__name__}: {problem}", traceback.format_exc())
        else:
            self._rest()
            self._done.emit(question, result)

    def _rest(self) -> None:
        """Set before an answer is emitted, because a receiver may ask ``busy``."""
        with self._changed:
            self._current = None

    # --- back in the thread that made it ------------------------------------------------------------------------

    def _is_wanted(self, question: Question) -> bool:
        with self._changed:
            overtaken = self._newest_cancels and self._next is not None
            return not self._ended and not overtaken and question.id >= self._oldest

    def _deliver(self, question: Question, result: Any) -> None:
        if self._is_wanted(question):
            self.answered.emit(question, result)

    def _deliver_failure(self, question: Question, words: str, trace: str) -> None:
        if self._is_wanted(question):
            self.failed.emit(question, words, trace)
