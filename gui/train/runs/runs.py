"""The list of runs: show one, lay others over it, use, resume, rename, export, delete and undo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QListView, QStackedLayout, QWidget

from gui import theme
from gui.train.runs.run_comparison import RunComparison
from gui.train.runs.run_menu import RunMenu
from gui.train.runs.run_settings import differing_settings
from gui.train.runs.runs_delegate import RunsDelegate, part_at
from gui.train.runs.runs_model import RunRow, RunsModel
from gui.train.training_state import TrainingState
from gui.widgets import ElidedLabel, Panel, StateView, button, run_dialog

if TYPE_CHECKING:
    from nets.runs.store import RunSummary

COLORS = 6  # of theme.now().runs
KEYS = {
    Qt.Key.Key_Return: "show",
    Qt.Key.Key_Enter: "show",
    Qt.Key.Key_Space: "overlay",
    Qt.Key.Key_Delete: "delete",
}


class RunsPanel(Panel):
    """Shows the runs and emits the person's requests; the workspace carries them out."""

    focus_requested = Signal(str)  # show this run's curves and confusion
    overlays_changed = Signal()
    use_requested = Signal(str, object)  # run, "best" | "last" | epoch
    resume_requested = Signal(str, object)  # run, total epochs or None for as planned
    export_requested = Signal(str, str)  # run, "model" | "numbers" | "picture"
    settings_requested = Signal(str)  # put the run's settings into the fields
    renamed = Signal(str, str)
    delete_requested = Signal(str)
    undo_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Runs"), parent)
        self.overlays: dict[str, int] = {}  # run -> number of its colour
        self.focused = ""
        self._training = TrainingState()
        self._on_pad = ""
        self._summaries: dict[str, RunSummary] = {}
        self._settings: dict[str, str] = {}  # by run: its settings in words
        self._problems: tuple[str, ...] = ()
        self.model = RunsModel()
        self.model.setParent(self)
        self.model.renamed.connect(self.renamed)
        self.view = RunsView(self)
        self.view.setModel(self.model)
        self.view.part_pressed.connect(self._on_press)
        self.view.key_pressed.connect(self._on_key)
        self.menu = RunMenu(self)
        self.menu.use_requested.connect(self.use_requested)
        self.menu.resume_requested.connect(self.resume_requested)
        self.menu.export_requested.connect(self.export_requested)
        self.menu.rename_requested.connect(self.edit_title)
        self.menu.delete_requested.connect(self.delete_requested)
        self.menu.settings_requested.connect(self.settings_requested)
        self.menu.table_requested.connect(self.show_table)
        self.compare = button(self.tr("Compare"), "plain", tip=self.tr("Settings and results of the shown runs"))
        self.compare.setFixedHeight(24)
        self.compare.setStyleSheet(f"min-height: 22px; padding: 0 {theme.GAP}px;")
        self.compare.clicked.connect(lambda: self.show_table(""))
        measured = ElidedLabel(self.tr("right on validation images, best epoch"), "small")
        measured.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.head.setStretch(1, 0)
        self.head.addWidget(measured, 1)
        self.add_tool(self.compare)
        self._stack = QStackedLayout()
        self.state = StateView(self)
        self._stack.addWidget(self.state)
        self._stack.addWidget(self.view)
        self.body.addLayout(self._stack, 1)
        self._build_foot()
        self.state.busy(self.tr("Reading the runs"))

    # --- what is shown --------------------------------------------------------------------------------------

    def show_runs(self, summaries: Sequence[RunSummary], problems: tuple[str, ...]) -> None:
        self._summaries = {summary.id: summary for summary in summaries}
        self._settings = differing_settings(summaries)
        self._problems = problems
        gone = [run for run in self.overlays if run not in self._summaries]
        for run in gone:
            del self.overlays[run]
        self._refresh()
        if gone:
            self.overlays_changed.emit()

    def show_problem(self, sentence: str) -> None:
        """The runs folder itself cannot be read."""
        self.state.failed(self.tr("The runs cannot be read"), sentence)
        self._stack.setCurrentWidget(self.state)

    def summary(self, run: str) -> RunSummary | None:
        return self._summaries.get(run)

    @property
    def summaries(self) -> tuple[RunSummary, ...]:
        """The runs that can be read, newest first."""
        return tuple(self._summaries.values())

    @property
    def newest(self) -> str:
        """The newest run with something to show; "" if there is none."""
        return next((run for run, summary in self._summaries.items() if summary.epochs_done), "")

    def set_focus(self, run: str) -> None:
        self.focused = run
        self._refresh()

    def show_training(self, state: TrainingState) -> None:
        """Show in the row of the run in training how far it is."""
        before, self._training = self._training, state
        if _row_of(before) != _row_of(state):
            self._refresh()

    def set_on_pad(self, run: str) -> None:
        """Mark the run that the pad answers with; a name that is not a run's marks none."""
        if run != self._on_pad:
            self._on_pad = run
            self._refresh()

    def offer_undo(self, sentence: str) -> None:
        """Show a sentence with an Undo button under the list; an empty sentence hides both."""
        self.foot.setText(sentence)
        self.undo.setVisible(bool(sentence))

    @property
    def _live_run(self) -> str:
        """The run that is in training in this window; "" if none is."""
        return self._training.run if self._training.running else ""

    @property
    def trains_elsewhere(self) -> bool:
        """Whether another window, or the command line, trains one of the runs."""
        return any(summary.state == "running" and run != self._live_run for run, summary in self._summaries.items())

    def _live_words(self) -> str:
        state = self._training
        if state.stopping:
            return self.tr("stopping after {0}").format(state.epochs_done)
        if state.preparing:
            return self.tr("getting ready, {0} of {1} epochs done").format(state.epochs_done, state.epochs)
        words = self.tr("paused in epoch {0} of {1}") if state.paused else self.tr("in training, epoch {0} of {1}")
        return words.format(state.epoch, state.epochs)

    def _refresh(self) -> None:
        best = self._training.best
        rows = [
            RunRow(
                summary,
                color=self.overlays.get(run, -1),
                focused=run == self.focused,
                on_pad=run == self._on_pad,
                live=self._live_words() if run == self._live_run else "",
                settings=self._settings.get(run, ""),
                accuracy=best.accuracy if run == self._live_run and best is not None else summary.validation,
            )
            for run, summary in self._summaries.items()
        ]
        rows += [RunRow(None, problem=problem) for problem in self._problems]
        self.model.set_rows(rows)
        self.compare.setEnabled(bool(self.compared()))
        several = len(self.compared()) > 1
        self.compare.setText(
            self.tr("Compare {0} …").format(len(self.compared())) if several else self.tr("Compare runs …")
        )
        if rows:
            self._stack.setCurrentWidget(self.view)
        else:
            self.state.empty(
                self.tr("No runs yet"), self.tr("Every training is kept here, with all its epochs."), icon="history"
            )
            self._stack.setCurrentWidget(self.state)

    # --- what the person does -------------------------------------------------------------------------------

    def toggle_overlay(self, run: str) -> None:
        """Lay a run over the one in focus in the first free colour, or remove it."""
        if run in self.overlays:
            del self.overlays[run]
        else:
            taken = set(self.overlays.values())
            free = [number for number in range(COLORS) if number not in taken]
            self.overlays[run] = free[0] if free else len(self.overlays)
        self._refresh()
        self.overlays_changed.emit()

    def open_menu(self, run: str, at: QPoint) -> None:
        """Open the menu of a run at a point of the screen; not for a run that cannot be read."""
        summary = self._summaries.get(run)
        if summary is not None:
            self.menu.open(summary, at, in_training=self._live_run == run, busy=self._training.running)

    def compared(self, run: str = "") -> list[RunSummary]:
        """The runs in the table: ``run``, the one in focus and those laid over it, as far as they can be read."""
        wanted = dict.fromkeys((run, self.focused, *self.overlays))
        return [self._summaries[one] for one in wanted if one in self._summaries]

    def show_table(self, run: str) -> None:
        """Show settings and results of a run; without one, of all drawn runs, side by side."""
        runs = [self._summaries[run]] if run in self._summaries else self.compared()
        if not runs:
            return
        titles = {run: summary.title for run, summary in self._summaries.items()}
        dialog = RunComparison(runs, self.window(), can_take=not self._training.running, titles=titles)
        dialog.settings_requested.connect(self.settings_requested)
        run_dialog(dialog)

    def edit_title(self, run: str) -> None:
        number = self.model.number(run)
        if number >= 0:
            self.view.setFocus()
            self.view.edit(self.model.index(number))

    def _on_press(self, index: QModelIndex, part: str) -> None:
        row = self.model.rows[index.row()]
        if not row.id:
            return
        if part == "box" and not row.focused:
            self.toggle_overlay(row.id)
        elif part == "menu":
            area = self.view.visualRect(index)
            self.open_menu(row.id, self.view.viewport().mapToGlobal(area.bottomRight() - QPoint(180, 4)))
        elif not row.focused:
            self.focus_requested.emit(row.id)

    def _on_key(self, index: QModelIndex, what: str) -> None:
        row = self.model.rows[index.row()]
        if not row.id:
            return
        area = self.view.visualRect(index)
        actions = {
            "show": lambda: self.focus_requested.emit(row.id),
            "overlay": lambda: self.toggle_overlay(row.id),
            "delete": lambda: self.delete_requested.emit(row.id),
            "menu": lambda: self.open_menu(row.id, self.view.viewport().mapToGlobal(area.center())),
        }
        actions[what]()

    def _build_foot(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        self.foot = ElidedLabel(look="small")
        self.undo = button(self.tr("Undo"), "plain", tip=self.tr("Takes the run out of the bin"))
        self.undo.setFixedHeight(24)
        self.undo.clicked.connect(self.undo_requested)
        policy = self.undo.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.undo.setSizePolicy(policy)
        row.addWidget(self.foot, 1)
        row.addWidget(self.undo)
        self.body.addLayout(row)
        self.undo.hide()


class RunsView(QListView):
    """A list that emits which part of a row was pressed, and the action of a key."""

    part_pressed = Signal(QModelIndex, str)
    key_pressed = Signal(QModelIndex, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(RunsDelegate(self))
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setEditTriggers(QListView.EditTrigger.EditKeyPressed)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Runs"))
        self.setMinimumSize(180, 92)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        point = event.position().toPoint()
        index = self.indexAt(point)
        if index.isValid() and event.button() is Qt.MouseButton.LeftButton:
            area: QRect = self.visualRect(index)
            self.part_pressed.emit(index, part_at(area, point))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        index = self.indexAt(point)
        if index.isValid() and part_at(self.visualRect(index), point) == "row":
            self.edit(index)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos()) if event.reason() is QContextMenuEvent.Reason.Mouse else self.currentIndex()
        if index.isValid():
            self.key_pressed.emit(index, "menu")

    def event(self, event: QEvent) -> bool:
        """Keeps the list's keys from the window's shortcuts while the list has the focus."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        what = KEYS.get(Qt.Key(event.key()))
        index = self.currentIndex()
        if what and index.isValid() and self.state() is not QListView.State.EditingState:
            self.key_pressed.emit(index, what)
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.viewport().update()


def _row_of(state: TrainingState) -> tuple[object, ...]:
    """The part of the state that the list shows; the list is refreshed only when this changes."""
    if not state.running:
        return ()
    place = (state.preparing, state.epoch, state.epochs, state.epochs_done)
    return state.run, *place, state.best, state.paused, state.stopping
