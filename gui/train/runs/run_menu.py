"""The menu of a run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QMenu, QWidget

from gui.widgets import ask_number

if TYPE_CHECKING:
    from nets.runs.store import RunSummary

MORE_EPOCHS = 5  # epochs suggested in addition to a finished run's


class RunMenu(QMenu):
    """The menu of one run at a time; every signal carries the run's id first. Made once, and filled by ``open``.

    If the menu were deleted when it hides, it would be gone before a dialog opened by one of its actions has returned,
    and with it the signal that carries the dialog's result.
    """

    use_requested = Signal(str, object)  # epoch: "best", "last" or a number
    resume_requested = Signal(str, object)  # epochs in total; None: as many as were planned
    export_requested = Signal(str, str)  # "model", "numbers" or "picture"
    rename_requested = Signal(str)
    delete_requested = Signal(str)
    table_requested = Signal(str)  # show its settings and results
    settings_requested = Signal(str)  # put its settings into the form

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._use = QMenu(self.tr("Use this model"), self)
        self._export = QMenu(self.tr("Export"), self)

    def open(self, summary: RunSummary, at: QPoint, *, in_training: bool = False, busy: bool = False) -> None:
        """Show the menu of a run.

        Args:
            summary: the run.
            at: where the menu appears, in pixels of the screen.
            in_training: whether this very run is in training in this window.
            busy: whether any run is, so that no other can be started.
        """
        self.clear()
        self._use.clear()
        self._export.clear()
        run, done = summary.id, summary.epochs_done
        self.addMenu(self._use).setEnabled(done > 0)
        if summary.best_epoch:
            words = self.tr("Best epoch, {0}").format(summary.best_epoch)
            self._use.addAction(words, lambda: self.use_requested.emit(run, "best"))
        self._use.addAction(self.tr("Last epoch, {0}").format(done), lambda: self.use_requested.emit(run, "last"))
        if done > 2:
            self._use.addAction(self.tr("Choose an epoch …"), lambda: self._ask_epoch(summary))
        if done >= summary.epochs:
            resume = self.addAction(self.tr("Resume with more epochs …"), lambda: self._ask_epochs(summary))
        else:
            words = self.tr("Resume to epoch {0}").format(summary.epochs)
            resume = self.addAction(words, lambda: self.resume_requested.emit(run, None))
        resume.setEnabled(not busy and summary.state != "running")
        self.addAction(self.tr("Settings and results …"), lambda: self.table_requested.emit(run))
        settings = self.addAction(self.tr("Take over its settings"), lambda: self.settings_requested.emit(run))
        settings.setEnabled(not busy)
        self.addSeparator()
        self.addAction(self.tr("Rename"), lambda: self.rename_requested.emit(run))
        self._fill_export(run)
        self.addMenu(self._export).setEnabled(done > 0)
        self.addSeparator()
        delete = self.addAction(self.tr("Move to the bin"), lambda: self.delete_requested.emit(run))
        delete.setEnabled(not in_training)
        self.popup(at)

    def _fill_export(self, run: str) -> None:
        for kind, words in (
            ("model", self.tr("Model with labels and predict.py …")),
            ("numbers", self.tr("Numbers (CSV) …")),
            ("picture", self.tr("Curves (PNG) …")),
        ):
            self._export.addAction(words, partial(self.export_requested.emit, run, kind))

    def _ask_epoch(self, summary: RunSummary) -> None:
        done = summary.epochs_done
        epoch = ask_number(
            self.parentWidget(),
            self.tr("Choose an epoch"),
            self.tr("Which epoch shall the pad answer with, 1 to {0}?").format(done),
            value=summary.best_epoch or 1,
            lowest=1,
            highest=done,
            accept=self.tr("Use it on the pad"),
        )
        if epoch is not None:
            self.use_requested.emit(summary.id, epoch)

    def _ask_epochs(self, summary: RunSummary) -> None:
        done = summary.epochs_done
        epochs = ask_number(
            self.parentWidget(),
            self.tr("Resume with more epochs"),
            self.tr("Epochs so far: {0}. Train to epoch").format(done),
            value=done + MORE_EPOCHS,
            lowest=done + 1,
            highest=10_000,
            accept=self.tr("Resume"),
        )
        if epochs is not None:
            self.resume_requested.emit(summary.id, epochs)
