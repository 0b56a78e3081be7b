"""The Train workspace: settings above, progress under them, then curves, confusion and runs."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui import theme
from gui.bindings import bind
from gui.session import Session
from gui.train.training import Outcome, Seen, Training
from gui.train.curves.curves import CurvesPanel
from gui.train.ending import Ending
from gui.train.focus import Focus
from gui.train.keys import BINDINGS
from gui.train.panes import Panes
from gui.train.progress import ProgressPanel
from gui.train.results.results import ResultsPanel
from gui.train.runs.library import Library
from gui.train.runs.runs import RunsPanel
from gui.train.setup.setup import SetupBar
from gui.train.task import Loaded
from nets.events import Event, Message, Progress
from nets.runs.config import TrainConfig
from nets.training.events import EpochEnded, Preparing, Started, Validating

__all__ = ["BINDINGS", "TrainWorkspace"]


class TrainWorkspace(QWidget):
    """``busy`` while a training runs; ``stop`` ends everything and waits, for when the window closes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setup = SetupBar(session, self)
        self.progress = ProgressPanel(self)
        self.curves = CurvesPanel(self)
        self.results = ResultsPanel(self)
        self.runs = RunsPanel(self)
        self.training = Training(session, self)
        self.focus = Focus(session, self.curves, self.results, self.runs, self)
        self.library = Library(session, self.runs, self)
        self.ending = Ending(self.progress, self.focus, self.runs, self)
        self._listed = False
        self._lay_out()
        self._connect()

    def busy(self) -> bool:
        return self.training.busy

    def stop(self) -> None:
        """Cancels what runs and waits for it. Finished epochs are kept."""
        for part in (self.training, self.setup, self.focus, self.library, self.curves):
            part.finish()

    # --- what the person does -------------------------------------------------------------------------------

    def train(self, config: TrainConfig) -> None:
        if self.training.start(config):
            self._begin()

    def resume(self, run: str, epochs: int | None) -> None:
        if self.training.resume(run, epochs):
            summary = self.runs.summary(run)
            if summary is not None:
                self.setup.show_config(summary.config)
            self._begin()
        else:
            self._session.notify(self.tr("A training runs; stop it first"), "warning")

    def pause(self) -> None:
        self.training.pause()
        self.setup.set_paused(True)
        self.progress.show_paused(True)

    def proceed(self) -> None:
        self.training.proceed()
        self.setup.set_paused(False)
        self.progress.show_paused(False)

    def cancel(self) -> None:
        if self.training.busy:
            self.training.stop()
            self.setup.set_stopping()
            self.progress.show_stopping()

    def use(self, run: str, epoch: object = "best") -> None:
        """Makes a run the live model."""
        self._session.open_model(run, epoch=epoch)

    def _use_epoch(self, run: str, epoch: int) -> None:
        """The pad answers with this epoch of the run, and the matrix shows what it got right."""
        self.progress.watch.setChecked(False)  # or the pad would go on answering with the network in training
        self.use(run, epoch)
        if run == self.focus.run:
            self.focus.show_epoch(epoch)
        title = self.focus.title
        self._session.notify(self.tr("The pad answers with epoch {0} of {1}").format(epoch, title))

    def watch(self, on: bool) -> None:
        """Whether the pad answers with the network in training."""
        self.training.watched = on
        if not on:
            self._session.watch_training(None)

    # --- what the training tells ----------------------------------------------------------------------------

    def _begin(self) -> None:
        self.setup.set_running(True)
        self.setup.unfold.setChecked(False)  # its fields are locked now, and the curves need the room
        self.training.watched = self.progress.watch.isChecked()
        self.progress.show_preparing(self.tr("Reading the data"))
        self.curves.expect(True)

    def _on_told(self, events: list[Event]) -> None:
        """Some events at once. Only the last of those that overwrite each other reach a widget."""
        batches = None
        for event in events:
            if isinstance(event, Seen):
                batches = event.batches
                self.focus.add_batches(event.batches)
                if event.snapshot is not None and self.progress.watch.isChecked():
                    self._session.watch_training(event.snapshot)
            else:
                batches = None if isinstance(event, EpochEnded) else batches
                self._on_event(event)
        if batches is not None and not self.training.stopping and not self.training.paused:
            self.progress.show_batches(batches)
            self._say_live(batches.epoch)

    def _on_event(self, event: Event) -> None:
        if isinstance(event, Progress):
            self.progress.show_progress(event, begun=self.training.begun)
        elif isinstance(event, Loaded):
            self.focus.keep_images(event.held_out)
            if event.rejected:
                sentence = self.tr("{0} files were left out; the first: {1}")
                self._session.notify(sentence.format(len(event.rejected), event.rejected[0]), "warning")
        elif isinstance(event, Message):
            self._session.notify(event.text)
        elif isinstance(event, Preparing):
            self.progress.show_preparing(self.tr("Building the network"))
        elif isinstance(event, Started):
            device = self._session.device
            self.progress.show_started(event, f"{device.name}, {device.detail}" if device else "")
            self.focus.begin(event)
            self.library.refresh()
            self._say_live(event.first_epoch)
        elif isinstance(event, Validating):
            self.progress.show_validating(event)
        elif isinstance(event, EpochEnded):
            self.progress.show_epoch_end(event)
            self.focus.end_epoch(event)

    def _say_live(self, epoch: int) -> None:
        trace = self.focus.live
        if trace is not None:
            best = float(trace.validation[trace.best_epoch - 1, 1]) if trace.best_epoch else float("nan")
            self.runs.set_live(trace.run, self.tr("in training, epoch {0} of {1}").format(epoch, trace.epochs), best)

    def _on_ended(self, outcome: Outcome) -> None:
        self.setup.set_running(False)
        self.curves.expect(False)
        self._session.watch_training(None)
        self.runs.set_live("", "")
        self.focus.end(failed=outcome.kind == "failed")
        if outcome.kind == "cancelled" and outcome.run and not (self._session.places.runs / outcome.run).exists():
            self._on_deleted(outcome.run)  # it was stopped before there was anything to keep
        self.ending.show_outcome(outcome)
        self._session.runs_changed.emit()

    def _on_focus(self, run: str) -> None:
        if not self.training.busy:
            self.ending.show_run(run)

    def _on_deleted(self, run: str) -> None:
        if self.focus.live is not None and self.focus.live.run == run:
            self.focus.live = None
        if run == self.focus.run:
            self.focus.clear()
        self.ending.forget(run)

    def _on_listed(self) -> None:
        self.focus.lay_over()
        first, self._listed = not self._listed, True
        if first and not self.focus.run and self.runs.newest and not self.training.busy:
            self.focus.show(self.runs.newest)
            self.ending.show_idle()  # nobody asked for this run

    def _on_export(self, run: str, kind: str) -> None:
        if kind == "model":
            self.library.ask_export(run)
        elif kind == "numbers":
            self.library.ask_numbers(run)
        else:
            self.focus.show(run)
            self.curves.ask_picture()

    def _take_settings(self, run: str) -> None:
        summary = self.runs.summary(run)
        if summary is not None and not self.training.busy:
            self.setup.show_config(summary.config)

    def _explore(self, picture: np.ndarray, title: str, label: str) -> None:
        """Shows an image to the network that answered it, which is the one of the run and the epoch in view."""
        learning = self.training.busy and self.training.watched
        live = self.focus.live
        if not (learning and live is not None and live.run == self.focus.run):
            if learning:
                self.progress.watch.setChecked(False)  # or the pad would go on answering with the one in training
            self._session.open_model(self.focus.run, epoch=self.results.epoch)
        self._session.offer_picture(picture, title, label)
        self._session.workspace_wanted.emit("explore")

    def _connect(self) -> None:
        self.setup.train_wanted.connect(self.train)
        self.setup.pause_wanted.connect(self.pause)
        self.setup.proceed_wanted.connect(self.proceed)
        self.setup.stop_wanted.connect(self.cancel)
        self.training.told.connect(self._on_told)
        self.training.ended.connect(self._on_ended)
        self.progress.watched.connect(self.watch)
        self.ending.use_wanted.connect(self.use)
        self.ending.resume_wanted.connect(lambda run: self.resume(run, None))
        self.focus.changed.connect(self._on_focus)
        self.results.picture_chosen.connect(self._explore)
        self.curves.epoch_requested.connect(self._use_epoch)
        self.curves.numbers_wanted.connect(self.library.export_numbers)
        self.curves.said.connect(self._session.notify)
        self.runs.focus_wanted.connect(self.focus.show)
        self.runs.use_wanted.connect(self.use)
        self.runs.resume_wanted.connect(self.resume)
        self.runs.export_wanted.connect(self._on_export)
        self.runs.settings_wanted.connect(self._take_settings)
        self.library.listed.connect(self._on_listed)
        self.library.deleted.connect(self._on_deleted)
        self._session.model_changed.connect(lambda model: self.runs.set_on_pad(model.ref.name))
        actions = {
            "start": self.setup.press_train,
            "pause": self.setup.press_pause,
            "stop": self.cancel,
            "watch": self.progress.watch.toggle,
            "list": self._go_to_list,
        }
        bind(self, BINDINGS, actions)

    def _go_to_list(self) -> None:
        self.panes.choose("runs")
        self.runs.view.setFocus()
        if not self.runs.view.currentIndex().isValid():
            self.runs.view.setCurrentIndex(self.runs.model.index(0))

    def _lay_out(self) -> None:
        self.panes = Panes(
            {
                "curves": (self.tr("Curves"), self.curves),
                "results": (self.tr("Confusion"), self.results),
                "runs": (self.tr("Runs"), self.runs),
            },
            self,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.INSET)
        layout.addWidget(self.setup)
        layout.addWidget(self.progress)
        layout.addWidget(self.panes, 1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.curves.touch()
        if not self.training.busy:  # another window, or the command line, may have added runs
            self.library.refresh()


if __name__ == "__main__":
    import sys

    from PySide6.QtWidgets import QApplication

    from gui.settings import Settings
    from nets.places import Places

    app = QApplication(sys.argv)
    places = Places.default()
    settings = Settings(places.settings)
    theme.apply(settings["theme"])
    alone = Session(places, settings)
    shown = TrainWorkspace(alone)
    shown.resize(1070, 795)
    shown.show()
    alone.start()
    app.exec()
    shown.stop()
    alone.end()
