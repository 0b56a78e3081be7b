"""What the progress panel says while nothing is trained: how a training ended, or how the run in focus stands."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gui.train.training import Outcome
from gui.train.focus import Focus
from gui.train.outcome import Words, idle, show_details, words_for, words_of
from gui.train.progress import ProgressPanel
from gui.train.runs.runs import RunsPanel


class Ending(QObject):
    """Its words and buttons are always of one run: the one that ended last, until another is brought into focus."""

    use_wanted = Signal(str)
    resume_wanted = Signal(str)

    def __init__(self, progress: ProgressPanel, focus: Focus, runs: RunsPanel, parent: QWidget) -> None:
        super().__init__(parent)
        self._progress, self._focus, self._runs, self._window = progress, focus, runs, parent
        self._outcome = Outcome("", "")
        self.run = ""
        progress.acted.connect(self._on_acted)
        self.show_idle()

    def show_idle(self) -> None:
        self._show("", idle())

    def show_outcome(self, outcome: Outcome) -> None:
        """How the training ended that just did."""
        self._outcome = outcome
        live = self._focus.live
        trace = live if live is not None and live.run == outcome.run else None
        last = self._focus.last if trace is not None and trace.done else None
        words = words_for(outcome, trace, guessing=last is not None and last.is_guessing)
        if trace is not None and trace.run != self._focus.run and trace.title not in words.title:
            words = dataclasses.replace(words, title=f"{trace.title}: {words.title}")
        self._show(outcome.run, words)

    def show_run(self, run: str) -> None:
        """How the run stands that was brought into focus."""
        summary = self._runs.summary(run)
        if run and run == self._outcome.run:
            self.show_outcome(self._outcome)
        elif run and summary is not None:
            self._show(run, words_of(summary))
        else:
            self.show_idle()

    def forget(self, run: str) -> None:
        """It was deleted."""
        if run == self._outcome.run:
            self._outcome = Outcome("", "")
        if run == self.run:
            self.show_idle()

    def _show(self, run: str, words: Words) -> None:
        self.run = run
        self._progress.show_still(words.icon, words.title, words.sentence, words.actions, role=words.role)

    def _on_acted(self, name: str) -> None:
        if name == "use":
            self.use_wanted.emit(self.run)
        elif name == "resume":
            self.resume_wanted.emit(self.run)
        elif name == "details":
            show_details(self._outcome, self._window)
