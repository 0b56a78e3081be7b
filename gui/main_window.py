"""The main window: contains the pad, the answer and the workspaces, and connects them to the session."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QMainWindow, QMessageBox, QVBoxLayout, QWidget

from gui import theme
from gui.bindings import bind
from gui.draw.column import DrawColumn
from gui.draw.pad.files import STROKES
from gui.session import Session
from gui.shell import placement
from gui.shell.focus import FocusHome
from gui.shell.keys import BINDINGS
from gui.shell.presenting import Presenting
from gui.shell.room import WorkspaceRoom
from gui.shell.status_bar import StatusBar
from gui.shell.time_machine import TimeMachine
from gui.shell.top_bar import TopBar, describe
from gui.widgets import StateView, rest_after, run_dialog
from gui.workspaces import WORKSPACES
from nets.models import title_of
from nets.places import Places

if TYPE_CHECKING:
    from gui.shell.input_dialog import InputDialog
    from gui.shell.model_menu import ModelMenu

RETRY_INTERVAL = 150  # milliseconds; the creation of a workspace is postponed while a stroke is drawn
MOST_RETRIES = 20


class MainWindow(QMainWindow):
    painted = Signal()  # once, after the first paint

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.workspaces: dict[str, Any] = {}
        self._input: InputDialog | None = None
        self._models: ModelMenu | None = None  # made when it is first opened
        self._retries_left = MOST_RETRIES
        self._made: dict[str, Any] = {}
        self._started = False
        self._closing = self._closed = False
        self._shown = WORKSPACES[0].name
        # A model named on the command line is shown in Explore.
        self._first = "explore" if session.reference else session.settings["workspace"]
        self.setWindowTitle("Lenslet")
        self.setMinimumSize(1000, 660)
        self.setAcceptDrops(True)
        self._compose()
        self.presenting = Presenting(self, session.settings, self.column, self._side)
        self.focus_home = FocusHome(self)
        self._connect()
        placement.restore(self, session.settings["window"])

    def _compose(self) -> None:
        self.top = TopBar()
        for row in WORKSPACES:
            self.top.add_workspace(row.name, self.tr(row.title), self.tr(row.tip))
        self.column = DrawColumn(self.session)
        self.room = WorkspaceRoom()
        self.stack = self.room.stack
        waiting = StateView()
        waiting.busy(self.tr("Opening the workspaces"))
        self.stack.addWidget(waiting)
        self.status = StatusBar(self.session, self.tr(WORKSPACES[0].keys))
        middle = QHBoxLayout()
        middle.setContentsMargins(theme.GUTTER, theme.GUTTER, theme.GUTTER, theme.GUTTER)
        middle.setSpacing(theme.GUTTER)
        middle.addWidget(self.column, 0)
        right = QVBoxLayout()
        right.setSpacing(theme.GAP)
        right.addWidget(self.room, 1)
        self.time_machine = TimeMachine(self.session, self.stack)
        right.addWidget(self.time_machine)
        middle.addLayout(right, 1)
        root = QWidget()
        layout = QVBoxLayout(root)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top)
        layout.addLayout(middle, 1)
        layout.addWidget(self.status)
        self.setCentralWidget(root)

    def _connect(self) -> None:
        session = self.session
        self.top.workspace_chosen.connect(self.show_workspace)
        self.top.help_requested.connect(self.show_help)
        self.top.settings_requested.connect(self.show_settings)
        self.top.model.clicked.connect(self.show_models)
        self.top.view.clicked.connect(lambda: self.presenting.open_menu(self.top.view))
        session.workspace_wanted.connect(self.show_workspace)
        session.input_requested.connect(self.show_input)
        session.model_opening.connect(self._on_opening)
        session.card_changed.connect(self._on_card)
        session.model_changed.connect(self._on_model)
        session.model_refused.connect(lambda *_: self._on_model(session.model))
        session.engine_changed.connect(self._on_engine)
        session.settings.changed.connect(self._on_setting)
        QGuiApplication.styleHints().colorSchemeChanged.connect(lambda _: theme.apply(session.settings["theme"]))
        bind(
            self,
            BINDINGS,
            {
                "train": lambda: self.show_workspace("train"),
                "explore": lambda: self.show_workspace("explore"),
                "convolve": lambda: self.show_workspace("convolve"),
                "why": lambda: self.show_workspace("why"),
                "compare": lambda: self.show_workspace("compare"),
                "epoch_before": lambda: self.time_machine.walk(-1),
                "epoch_after": lambda: self.time_machine.walk(1),
                "play": self.time_machine.toggle_play,
                "models": self.show_models,
                "input": self.show_input,
                "settings": self.show_settings,
                "help": self.show_help,
                "quit": self.close,
                **self.presenting.actions,
            },
        )

    # --- after the first paint ------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.Paint and not self._started:
            self._started = True
            QTimer.singleShot(0, self._start)
        return done

    def _start(self) -> None:
        """Starts what the first paint must not wait for: the worker that answers, then the workspaces."""
        self.painted.emit()
        self.focus_home.watch()
        self.session.live.begun.connect(lambda: QTimer.singleShot(RETRY_INTERVAL, self, self._make_workspaces))
        self.session.start(load=False)

    def _make_workspaces(self) -> None:
        """Create one workspace. This takes a third of a second, so it is postponed while a stroke is drawn."""
        if self._closed:
            return
        if self.column.pad.is_drawing and self._retries_left > 0:
            self._retries_left -= 1
            QTimer.singleShot(RETRY_INTERVAL, self, self._make_workspaces)
            return
        row = WORKSPACES[len(self._made)]
        self._made[row.name] = getattr(import_module(row.module), row.widget)(self.session)
        if len(self._made) < len(WORKSPACES):
            QTimer.singleShot(0, self, self._make_workspaces)
            return
        for name, made in self._made.items():
            self.workspaces[name] = made
            self.stack.addWidget(made)
            if hasattr(made, "hints_changed"):
                made.hints_changed.connect(self._on_page)
        self.show_workspace(self._first)
        if self.session.settings.problem:
            self.session.notify(self.session.settings.problem, "warning")
        self.session.live.load()

    def _side(self) -> QWidget | None:
        """The part of the shown workspace that can be hidden: its list or its settings."""
        workspace = self.workspaces.get(self._shown)
        return workspace.side if workspace is not None else None

    # --- what the person asks for ---------------------------------------------------------------------------

    def show_workspace(self, name: str) -> None:
        if not self.workspaces:
            self._first = name  # shown once they are made
            self.top.mark_workspace(name)
            return
        if name not in self.workspaces:
            name = WORKSPACES[0].name
        if name in self.workspaces:
            if self._shown != name and self.stack.currentWidget() is self.workspaces[self._shown]:
                self.status.leave()
            self.stack.setCurrentWidget(self.workspaces[name])
            self.top.mark_workspace(name)
            self._shown = name
            self._set_hints()
            self.session.settings.set("workspace", name)

    def _set_hints(self) -> None:
        """Show the most important keys in the status bar; the key that keeps a drawing depends on the model's
        classes.
        """
        row = next(row for row in WORKSPACES if row.name == self._shown)
        keys = self.tr(row.keys) or self.workspaces[self._shown].hints
        self.status.set_hints(f"{keys} · {self.column.keeping.key_hint()} · {self.tr('F1: all keys')}")

    def _on_page(self) -> None:
        """Another page of the workspace is shown: show its keys, and remove warnings of the page before."""
        self.status.leave()
        self._set_hints()

    def show_models(self) -> None:
        from gui.shell.model_menu import ModelMenu

        if self._models is None:
            self._models = ModelMenu(self.session, self)
            rest_after(self.top.model, self._models)
        self._models.open_below(self.top.model)

    def show_input(self) -> None:
        """Show the dialog of what the network receives, beside the window: every change is answered at once."""
        from gui.shell.input_dialog import InputDialog

        if self._input is None and self.session.model is not None:
            self._input = InputDialog(self.session, self)
            self._input.finished.connect(self._drop_input)
        if self._input is not None:
            self._input.show()
            self._input.raise_()
            self._input.activateWindow()

    def _drop_input(self) -> None:
        if self._input is not None:
            self._input.deleteLater()
            self._input = None

    def show_settings(self) -> None:
        from gui.shell.settings_dialog import SettingsDialog

        run_dialog(SettingsDialog(self.session.settings, self))

    def show_help(self) -> None:
        from gui.keymap import ALL
        from gui.shell.help_page import HelpPage

        shown = next(row.title for row in WORKSPACES if row.name == self._shown)
        run_dialog(HelpPage(ALL, self, first=shown))

    # --- what the session says ------------------------------------------------------------------------------

    def _on_opening(self, reference: str) -> None:
        from nets.runs.store import RunStore

        model = self.session.model
        if model is not None and model.ref.kind == "run" and model.ref.name == reference:
            # another epoch of the same run: ready in milliseconds, because the time machine plays several a second
            return
        title = RunStore(self.session.places.runs).title(reference) or title_of(reference)
        self.top.model.show_words(title, self.tr("opening …"))

    def _on_card(self, card: Any) -> None:
        self.top.model.show_words(card.title, describe(card))
        self._set_hints()

    def _on_model(self, model: Any) -> None:
        if model is None:
            self.top.model.show_words(self.tr("No model"), self.tr("choose one"))
            return
        words = self.tr("in training") if model.ref.kind == "training" else describe(model.card)
        if model.ref.kind == "untrained":
            words = " · ".join((self.tr("not trained"), words))
        if model.ref.kind == "run":
            words = " · ".join((self.tr("epoch {0}").format(model.ref.epoch), words))
        self.top.model.show_words(model.card.title, words)

    def _on_engine(self, state: str, words: str) -> None:
        device = self.session.device
        loading = self.tr("loading TensorFlow …") if state == "by hand" else words
        self.top.device.setText(f"{device.name} · {device.detail}" if device else loading)
        self.top.device.set_brief(self.tr("loading …") if state in ("by hand", "loading") else "")

    def _on_setting(self, name: str) -> None:
        if name == "theme":
            theme.apply(self.session.settings["theme"])
        if name == "data_dir":
            chosen = self.session.settings["data_dir"]
            default = Places.default().data
            self.session.places = replace(self.session.places, data=Path(chosen) if chosen else default)

    # --- dropping and closing -------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open a picture or strokes on the pad, and any other file as a model."""
        from nets.data.pictures import SUFFIXES

        path = next((Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()), None)
        if path is None:
            return
        event.acceptProposedAction()
        if path.suffix.lower() in (*SUFFIXES, STROKES):
            self.column.files.open(path)
        else:
            self.session.open_model(str(path))

    def close_now(self) -> None:
        """Close without asking, open dialogs too; a training ends properly and keeps its finished epochs."""
        self._closing = True
        for dialog in self.findChildren(QDialog):
            dialog.reject()
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        train = self.workspaces.get("train")
        if train is not None:
            if train.busy() and not self._closing and not self._really_close():
                event.ignore()
                return
            train.stop()  # also without a training, because it waits for the threads that read runs
        self.column.stop()
        self.time_machine.stop()
        for name in ("explore", "convolve", "why", "compare"):
            if name in self.workspaces:
                self.workspaces[name].stop()
        self._closed = True
        self.session.settings.set("window", placement.of(self))
        self.hide()
        self.session.end()
        self.presenting.zoom.stop()
        event.accept()

    def _really_close(self) -> bool:
        asked = QMessageBox(self)
        asked.setWindowTitle(self.tr("A training is running"))
        asked.setText(self.tr("Stop the training and close?"))
        asked.setInformativeText(self.tr("The finished epochs are kept; the run can be resumed later."))
        stop = asked.addButton(self.tr("Stop and close"), QMessageBox.ButtonRole.AcceptRole)
        asked.addButton(self.tr("Keep training"), QMessageBox.ButtonRole.RejectRole)
        run_dialog(asked)
        return asked.clickedButton() is stop
