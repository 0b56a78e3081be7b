"""The Train workspace: settings above, progress under them, then curves, confusion and runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui import theme
from gui.bindings import bind
from gui.session import Session
from gui.train.curves.curves import CurvesPanel
from gui.train.focus import Focus
from gui.train.keys import BINDINGS
from gui.train.panes import Panes
from gui.train.progress import ProgressPanel
from gui.train.results.results import ResultsPanel
from gui.train.runs.library import Library
from gui.train.runs.runs import RunsPanel
from gui.train.setup.setup import SetupBar
from gui.train.task import DataLoaded
from gui.train.training import TrainingController, WeightsSnapshot
from gui.train.training_state import Ended, TrainingState
from nets.events import Event, Message
from nets.models import title_of
from nets.network.model import Epoch, ModelRef
from nets.runs.config import TrainConfig
from nets.training.events import Started

if TYPE_CHECKING:
    from nets.network.model import Model

__all__ = ["BINDINGS", "TrainWorkspace"]

SMALLEST = (356, 520)  # less than the panels ask for: they adapt to the room


class TrainWorkspace(QWidget):
    """``busy`` while a training runs; ``stop`` ends everything and waits, for when the window closes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setup = self.side = SetupBar(session, self)  # ``side``: what the window can hide
        self.progress = ProgressPanel(self)
        self.curves = CurvesPanel(self, settings=session.settings)
        self.results = ResultsPanel(self)
        self.runs = RunsPanel(self)
        self.training = TrainingController(session, self)
        self.focus = Focus(session, self.curves, self.results, self.runs, self)
        self.library = Library(session, self.runs, self)
        self._listed = False
        self._model_before = ""  # the model that answered before the training was watched
        self._handing_over = False  # from the end of a training until its run is opened
        self._lay_out()
        self._connect()

    def busy(self) -> bool:
        return self.training.busy

    def stop(self) -> None:
        """Cancel what runs and wait for it. Finished epochs are kept."""
        for part in (self.training, self.setup, self.focus, self.library, self.curves):
            part.finish()

    # --- what the person does -------------------------------------------------------------------------------

    def train(self, config: TrainConfig) -> None:
        self.training.start(config)

    def resume(self, run: str, epochs: int | None = None) -> None:
        """Continue a run to ``epochs`` epochs in total; None: as many as were planned."""
        summary = self.runs.summary(run)
        if self.busy():
            self._session.notify(self.tr("A training runs; stop it first"), "warning")
        elif summary is None:
            self._session.notify(self.tr("This run is not on the disk any more"), "warning")
        else:
            self.training.resume(summary, epochs)

    def cancel(self) -> None:
        self.training.stop()

    def use(self, run: str, epoch: Epoch = "best") -> None:
        """Make a run the live model."""
        self._session.open_model(run, epoch=epoch)

    def _use_epoch(self, run: str, epoch: int) -> None:
        """Let the pad answer with this epoch of the run, and show its evaluation in the matrix."""
        self.watch(False)  # otherwise the pad would keep answering with the network in training
        self.use(run, epoch)
        if run == self.focus.run:
            self.focus.show_epoch(epoch)
        self._session.notify(self.tr("Epoch {0} of {1} is opened on the pad").format(epoch, self.focus.title))

    def watch(self, on: bool) -> None:
        """Whether the pad answers with the network in training."""
        self.training.watch(on)
        if not on:
            self._session.watch_training(None)

    def _go_back(self) -> None:
        """Let the pad answer again with the model that did before the training was watched."""
        if self._model_before:
            self._session.open_model(self._model_before)

    # --- what the training tells ----------------------------------------------------------------------------

    def _on_events(self, events: list[Event]) -> None:
        self.focus.add_events(events)
        for event in events:
            if isinstance(event, WeightsSnapshot) and self.training.state.watched:
                if self._session.reference != event.snapshot.run:
                    self._model_before = self._session.reference
                self._session.watch_training(event.snapshot)
            elif isinstance(event, DataLoaded) and event.rejected:
                sentence = self.tr("{0} left out (Data lists them); the first: {1}")
                self._session.notify(sentence.format(len(event.rejected), event.rejected[0]), "warning")
                self._show_left_out(event.rejected)
            elif isinstance(event, Message):
                self._session.notify(event.text)
            elif isinstance(event, Started):
                self.library.refresh()
            elif isinstance(event, Ended):
                self._on_ended(event)

    def _show_left_out(self, sentences: tuple[str, ...]) -> None:
        config = self.training.state.config
        if config is not None:
            self.setup.details.card.show_left_out(config.dataset, sentences)

    def _on_ended(self, event: Ended) -> None:
        outcome = event.outcome
        if outcome.run and not outcome.kept:
            self.focus.forget(outcome.run)
        state = self.training.state
        if state.watched and state.epochs_done and outcome.kind != "failed":
            self._handing_over = True  # the watched network stays on the pad until its run is opened
            self.use(outcome.run)
        else:
            if state.watched and self._model_before:
                words = self.tr("The pad answers with {0} again").format(self._title_of(self._model_before))
                self._session.notify(words)
            self._session.watch_training(None)
        self._session.runs_changed.emit()

    def _end_hand_over(self) -> None:
        if self._handing_over:
            self._handing_over = False
            self._session.watch_training(None)

    def _on_state(self, state: TrainingState) -> None:
        self.setup.show_training(state)
        self.progress.show_training(state)
        self.curves.show_training(state)
        self.runs.show_training(state)

    def _on_focus(self, run: str) -> None:
        self.progress.show_run(self.runs.summary(run))

    def _on_deleted(self, run: str) -> None:
        described = self.progress.described
        self.focus.forget(run)
        self.training.forget(run)
        if run == described:
            self.progress.show_run(None)

    def _on_listed(self) -> None:
        self.focus.lay_over()
        self.setup.show_runs(self.runs.summaries)
        first, self._listed = not self._listed, True
        if first and not self.focus.run and self.runs.newest and not self.busy():
            self.focus.show(self.runs.newest)
            self.progress.show_run(None)  # nobody asked for this run

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
        if summary is not None and not self.busy():
            self.setup.show_config(summary.config)

    def _explore(self, picture: np.ndarray, title: str, label: str) -> None:
        """Show an image to the network whose answer is displayed: that run and epoch."""
        state = self.training.state
        learning = state.running and state.watched
        if not (learning and state.run == self.focus.run):
            if learning:
                self.watch(False)  # otherwise the pad would keep answering with the network in training
            self._answer_again(self.focus.run, self.results.epoch)
        self._session.offer_picture(picture, title, label)
        self._session.workspace_wanted.emit("explore")

    def _give_new_head(self, reference: str, dataset: str) -> None:
        """Another workspace found that a model does not know the classes of some data."""
        self._session.workspace_wanted.emit("train")
        self.setup.give_new_head(reference, dataset)

    def _answer_again(self, run: str, epoch: int) -> None:
        """Let the pad answer with this epoch of the run, say so, and let the explorer offer the way back."""
        model = self._session.model
        if model is not None and model.ref == ModelRef("run", run, epoch):
            return
        sentence = self.tr("Epoch {0} of “{1}” answers on the pad now, as it did to this image.")
        sentence = sentence.format(epoch, self._title_of(run))
        self._session.open_model(run, epoch, detour=sentence)
        self._session.notify(sentence)

    def _connect(self) -> None:
        training = self.training
        training.events.connect(self._on_events)
        training.changed.connect(self._on_state)
        self.setup.train_requested.connect(self.train)
        self.setup.pause_requested.connect(training.pause)
        self.setup.stop_requested.connect(training.stop)
        self.setup.adjust_requested.connect(training.adjust)
        self.progress.watch_requested.connect(self.watch)
        self.progress.use_requested.connect(self.use)
        self.progress.back_requested.connect(self._go_back)
        self.progress.resume_requested.connect(self.resume)
        self.focus.changed.connect(self._on_focus)
        self.results.picture_chosen.connect(self._explore)
        self.curves.epoch_requested.connect(self._use_epoch)
        self.curves.numbers_requested.connect(self.library.export_numbers)
        self.curves.message.connect(self._session.notify)
        self.runs.focus_requested.connect(self.focus.show)
        self.runs.use_requested.connect(self.use)
        self.runs.resume_requested.connect(self.resume)
        self.runs.export_requested.connect(self._on_export)
        self.runs.settings_requested.connect(self._take_settings)
        self.library.listed.connect(self._on_listed)
        self.library.deleted.connect(self._on_deleted)
        self._session.model_changed.connect(self._on_model)
        self._session.model_refused.connect(lambda *_: self._end_hand_over())
        self._session.new_head_wanted.connect(self._give_new_head)
        actions = {
            "start": self.setup.press_train,
            "pause": self.setup.press_pause,
            "stop": training.stop,
            "watch": self.progress.watch.toggle,
            "list": self._go_to_list,
        }
        bind(self, BINDINGS, actions)

    def _on_model(self, model: Model) -> None:
        ref = model.ref
        self.runs.set_on_pad(ref.name)
        epoch = ref.epoch if ref.kind == "run" and isinstance(ref.epoch, int) else 0
        self.curves.show_pad(ref.name, epoch)
        if ref.kind != "training":
            self._end_hand_over()
            before = self._model_before if ref.name != self._model_before else ""
            self.progress.show_pad(ref.name, epoch, self._title_of(before))

    def _title_of(self, reference: str) -> str:
        """The title of a model; for a run, the run's."""
        summary = self.runs.summary(reference)
        return summary.title if summary is not None else title_of(reference)

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
        self.setMinimumSize(*SMALLEST)
        self.setup.fields.rows_changed.connect(self._fit_minimum)

    def _fit_minimum(self) -> None:
        """A form with a row more needs its height."""
        self.setMinimumHeight(theme.px(SMALLEST[1]) + self.setup.fields.extra_height)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.curves.redraw_soon()
        if not self.training.busy:  # another window, or the command line, may have added runs
            self.library.refresh()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow() and self.isVisible():
            self.library.refresh()  # somebody comes back, perhaps from a terminal where a run was trained


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
