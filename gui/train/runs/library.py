"""Listing, renaming, deleting, restoring and exporting stored runs. Failures become messages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from gui.session import Session
from gui.threads.loader import Loader
from gui.train.runs.runs import RunsPanel
from gui.train.task import RunListing, export_task, list_task
from gui.widgets.file_dialogs import ask_to_save
from gui.words import translated
from nets.errors import LensletError
from nets.runs.store import RunStore

FOLLOWED_EVERY = 3000
"""Milliseconds between two readings of the runs while another process trains one of them."""


class Library(QObject):
    """Carries out what the list of runs requests. ``listed`` is emitted after every reading of the runs folder."""

    listed = Signal()
    deleted = Signal(str)

    def __init__(self, session: Session, panel: RunsPanel, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._panel = panel
        self._window = parent
        self._reader, self._exporter = Loader(self), Loader(self)
        self._bin = ""
        self._again = QTimer(self, interval=FOLLOWED_EVERY, singleShot=True)
        self._again.timeout.connect(self.refresh)
        panel.renamed.connect(self.rename)
        panel.delete_requested.connect(self.delete)
        panel.undo_requested.connect(self.undo)
        session.runs_changed.connect(self.refresh)
        session.model_refused.connect(lambda *_: self.refresh())  # a run that is gone must not be offered again

    @property
    def store(self) -> RunStore:
        return RunStore(self._session.places.runs)

    def refresh(self) -> None:
        """Reads the runs again, off the window's thread."""
        self._reader.ask(
            list_task, self._session.places, done=self._on_listing, failed=lambda words: self._panel.show_problem(words)
        )

    def rename(self, run: str, title: str) -> None:
        self._try(lambda: self.store.rename(run, title))
        self.refresh()

    def delete(self, run: str) -> None:
        """Move the run to the bin; the line under the list offers undo."""
        summary = self._panel.summary(run)
        if summary is None:
            return

        def to_bin() -> None:
            self._bin = self.store.delete(run)
            self._panel.offer_undo(self.tr("“{0}” is in the bin.").format(summary.title))
            self.deleted.emit(run)

        self._try(to_bin)
        self.refresh()

    def undo(self) -> None:
        if self._bin:
            self._try(lambda: self.store.restore(self._bin))
            self._bin = ""
            self._panel.offer_undo("")
            self.refresh()

    def ask_export(self, run: str) -> None:
        """Asks for a file and writes the model there."""
        summary = self._panel.summary(run)
        suggestion = f"{run}.keras" if summary is None else f"{summary.network}-{Path(summary.dataset).name}.keras"
        from nets.export import exported_files

        target = ask_to_save(
            self._window,
            self._session.settings,
            self.tr("Export the model"),
            suggestion,
            self.tr("Keras model (*.keras)"),
            written=exported_files,
        )
        if target is not None:
            self.export_model(run, target)

    def export_model(self, run: str, target: Path) -> None:
        """Writes the best epoch, its labels and a program that uses them."""
        summary = self._panel.summary(run)
        epoch = (summary.best_epoch or summary.epochs_done) if summary else 1
        self._session.notify(self.tr("Exporting …"))
        self._exporter.ask(
            export_task,
            self._session.places,
            run,
            epoch,
            str(target),
            done=lambda path: self._session.notify(self.tr("Exported to {0}, with labels and predict.py").format(path)),
            failed=lambda words: self._session.notify(words, "error"),
        )

    def ask_numbers(self, run: str) -> None:
        title, settings = self.tr("Save the numbers"), self._session.settings
        target = ask_to_save(self._window, settings, title, f"{run}.csv", "CSV (*.csv)")
        if target is not None:
            self.export_numbers(run, target)

    def export_numbers(self, run: str, target: Path) -> None:
        from nets.export import export_history_csv

        if self._try(lambda: export_history_csv(self.store.open(run), target)):
            self._session.notify(self.tr("Saved {0}").format(target))

    def finish(self) -> None:
        self._again.stop()
        self._reader.finish()
        self._exporter.finish()

    def _on_listing(self, found: RunListing) -> None:
        self._panel.show_runs(found.runs, found.problems)
        if self._panel.trains_elsewhere:
            self._again.start()
        self.listed.emit()

    def _try(self, action: Callable[[], object]) -> bool:
        """Runs the action and returns whether it worked; a failure is shown in the status bar."""
        try:
            action()
        except LensletError as problem:
            self._session.notify(translated(problem), "error")
            return False
        except OSError as problem:
            self._session.notify(f"{problem.strerror or problem}: {problem.filename or ''}", "error")
            return False
        return True
