"""How far the training is, at fixed positions; before and after it, the next steps."""

from __future__ import annotations

import math
from bisect import bisect_left
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.icons import pixmap
from gui.train.outcome import StatusText, show_details, text_of_nothing, text_of_outcome, text_of_run
from gui.train.training_state import TrainingState
from gui.widgets import ElidedLabel, Panel, button, label, set_styled
from gui.words import translated
from nets.events import Progress
from nets.training.events import Started
from nets.training.features import COMPUTING

if TYPE_CHECKING:
    from nets.runs.store import RunSummary

STEPS = 1000  # of a bar
HEIGHT = 76
LINE = 20
NAME_WIDTH, VALUE_WIDTH = 180, 176  # of what a bar shows and of how far that is, where there is room
LEAST_NAME = 96  # for "Epoch 1 of 5"
SHORTEST_BAR, NARROWEST = 12, 300
LINE_GAP = 2  # between the title and the sentence


class ProgressPanel(Panel):
    """How far the training is. While none runs: how the last one ended, or the state of the run in focus."""

    use_requested = Signal(str)  # the described run
    resume_requested = Signal(str)
    # request: the pad answers again with the model that answered before the training was watched
    back_requested = Signal()
    watch_requested = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setFixedHeight(HEIGHT)
        self._state = TrainingState()
        self._run: RunSummary | None = None
        self._outcome_shown = False  # whether the panel shows how the last training ended, not the state of a run
        self._on_pad, self._epoch_on_pad, self._before = "", 0, ""
        self._stack = QStackedLayout()
        self.body.addLayout(self._stack)
        self._still = _StatusLine(self)
        self._still.action_pressed.connect(self._on_action)
        self._running = QWidget(self)
        self._stack.addWidget(self._still)
        self._stack.addWidget(self._running)
        self._build_running()
        self._refresh()

    def show_training(self, state: TrainingState) -> None:
        if state.outcome is not self._state.outcome:
            # the end of a training is shown even if another run is in focus
            self._run, self._outcome_shown = None, state.outcome is not None
        self._state = state
        self._refresh()

    def show_run(self, run: RunSummary | None) -> None:
        """Describe a run from the list; None: nothing is in focus."""
        outcome = self._state.outcome
        self._outcome_shown = run is not None and outcome is not None and run.id == outcome.run
        self._run = None if self._outcome_shown else run
        self._refresh()

    def show_pad(self, run: str, epoch: int, before: str = "") -> None:
        """What the pad answers with.

        Args:
            run: The id of the run, or what another model is called.
            epoch: The run's epoch; 0 for a model that is no run.
            before: The title of the model that it can go back to; "" for none.
        """
        self._on_pad, self._epoch_on_pad, self._before = run, epoch, before
        self._refresh()

    @property
    def described(self) -> str:
        """The id of the run that the panel describes while nothing trains."""
        if self._run is not None:
            return self._run.id
        return self._state.outcome.run if self._outcome_shown and self._state.outcome is not None else ""

    @property
    def words(self) -> str:
        """All text, also what is elided, for tests and screen readers."""
        if self._stack.currentWidget() is self._still:
            return f"{self._still.text.title}\n{self._still.text.sentence}"
        return "\n".join(part.text() for part in (self.epoch, self.speed, self.left, self.device))

    def _refresh(self) -> None:
        running = self._state.running
        if running:
            self._show_running(self._state)
        else:
            self._still.show_text(self._status())
        self._stack.setCurrentWidget(self._running if running else self._still)

    def _status(self) -> StatusText:
        on_pad = self._epoch_on_pad if self.described == self._on_pad else 0
        if self._run is not None:
            return text_of_run(self._run, on_pad=on_pad)
        if self._outcome_shown and self._state.outcome is not None:
            return text_of_outcome(self._state, on_pad=on_pad, before=self._before)
        return text_of_nothing()

    def _on_action(self, name: str) -> None:
        if name == "use":
            self.use_requested.emit(self.described)
        elif name == "resume":
            self.resume_requested.emit(self.described)
        elif name == "back":
            self.back_requested.emit()
        elif name == "details" and self._state.outcome is not None:
            show_details(self._state.outcome, self.window())

    # --- while it runs --------------------------------------------------------------------------------------

    def _show_running(self, state: TrainingState) -> None:
        self.watch.setChecked(state.watched)
        self._show_bars(state)
        self._show_device(state.started)
        learning = self.tr("All epochs · {0}").format(translated(state.learning))
        self.all_epochs.setText(learning if state.learning else self.tr("All epochs"))
        if state.preparing:
            self._show_preparing(state)
        else:
            self.epoch.setText(self.tr("Epoch {0} of {1}").format(state.epoch, state.epochs))
            self.speed.setText(self._activity_words(state))
            known = state.phase == "training" and math.isfinite(state.seconds_left)
            self.left.setText(self.tr("{0} left").format(duration(state.seconds_left)) if known else "")
        if state.stopping:
            self.speed.setText(self.tr("stopping …"))
        elif state.paused:
            self.speed.setText(self.tr("paused"))

    def _show_preparing(self, state: TrainingState) -> None:
        """What is prepared, how much of it is done and how long it takes, each in the place that is its own later."""
        what, done, left = self.tr("Reading the data"), "", ""
        if state.phase == "building":
            what = self.tr("Building the network")
        elif state.progress is not None and state.progress.total:
            what = self.tr("Features") if state.progress.what == COMPUTING else self.tr("Data")
            count = self.tr("{0:,.0f} of {1:,.0f} {2}")
            done = count.format(state.progress.done, state.progress.total, state.progress.unit)
            if state.progress.seconds_left is not None:
                left = self.tr("{0} left").format(duration(state.progress.seconds_left))
        self.epoch.setText(what)
        self.speed.setText(done)
        self.left.setText(left)

    def _activity_words(self, state: TrainingState) -> str:
        done = 100 * _share(state.progress)
        if state.phase == "validating":
            return self.tr("validating, {0:.0f} %").format(done)
        if state.phase == "testing":
            return self.tr("testing, {0:.0f} %").format(done)
        if math.isfinite(state.images_per_second):
            return self.tr("{0:,} images/s").format(round(state.images_per_second))
        return ""

    def _show_bars(self, state: TrainingState) -> None:
        unknown = state.preparing and (state.progress is None or not state.progress.total)
        self.epoch_bar.setRange(0, 0 if unknown else STEPS)
        if not unknown:
            self.epoch_bar.setValue(round(STEPS * (_share(state.progress) if state.preparing else state.epoch_share)))
        self.total_bar.setValue(round(STEPS * state.share))

    def _show_device(self, started: Started | None) -> None:
        if started is None:
            self.device.setText("")
            self.device.setToolTip("")
            return
        self.device.setText(started.device)
        self.device.setToolTip(
            self.tr("{0:,} images in {1:,} batches of {2} an epoch; {3:,} parameters").format(
                started.images, started.steps, started.batch_size, started.parameters
            )
        )

    def _build_running(self) -> None:
        grid = QGridLayout(self._running)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.INSET)
        grid.setVerticalSpacing(theme.GAP)
        self.epoch, self.all_epochs = ElidedLabel("", "strong"), ElidedLabel("", "quiet")
        self.epoch_bar, self.total_bar = _bar(self.tr("This epoch")), _bar(self.tr("All epochs"))
        self.speed, self.left, self.device = _value(), _value(), ElidedLabel("", "small")
        self.watch = QCheckBox(self.tr("Watch it learn"))
        self.watch.setToolTip(self.tr("The pad answers with the network in training, twice a second (Ctrl+L)"))
        self.watch.toggled.connect(self.watch_requested)
        rows: tuple[tuple[ElidedLabel, QProgressBar, ElidedLabel, QWidget], ...] = (
            (self.epoch, self.epoch_bar, self.speed, self.watch),
            (self.all_epochs, self.total_bar, self.left, self.device),
        )
        for row, (name, bar, value, last) in enumerate(rows):
            grid.addWidget(name, row, 0)
            grid.addWidget(bar, row, 1)
            grid.addWidget(value, row, 2)
            grid.addWidget(last, row, 3)
            name.setFixedHeight(LINE)
        grid.setColumnStretch(1, 1)
        self._running.setMinimumWidth(NARROWEST)  # not the widths of the columns, which follow its own
        self._running.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._running and event.type() is QEvent.Type.Resize:
            self._place_columns()
        return super().eventFilter(watched, event)

    def _place_columns(self) -> None:
        """Fixes the widths of names and values: a new number moves nothing, and in a narrow window none is hidden.

        What the check box and the shortest bar leave is shared; both are elided where it is too little.
        """
        grid = self._running.layout()
        assert isinstance(grid, QGridLayout)
        check = self.watch.sizeHint().width()
        room = self._running.width() - check - theme.px(SHORTEST_BAR) - 3 * grid.horizontalSpacing()
        room = max(room, 0)
        name = min(theme.px(NAME_WIDTH), max(theme.px(LEAST_NAME), room // 2), room)
        value = min(theme.px(VALUE_WIDTH), room - name)
        for column, width in ((0, name), (2, value), (3, check)):
            grid.setColumnMinimumWidth(column, width)


class _StatusLine(QWidget):
    """An icon, a title and a sentence, and up to two buttons."""

    action_pressed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.INSET)
        self._emblem = QLabel()
        self._emblem.setFixedSize(24, 24)
        row.addWidget(self._emblem, 0, Qt.AlignmentFlag.AlignVCenter)
        words = QVBoxLayout()
        words.setSpacing(LINE_GAP)
        # "A run: its state"; the run's number is at the end of its name.
        self.title = ElidedLabel(look="strong", keep_after=": ", mode=Qt.TextElideMode.ElideMiddle)
        self.sentence = label("", "quiet", wrap=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.sentence.setMinimumWidth(80)
        words.addStretch(1)
        words.addWidget(self.title)
        words.addWidget(self.sentence)
        words.addStretch(1)
        row.addLayout(words, 1)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(theme.GAP)
        row.addLayout(self._buttons)
        self.text = StatusText("info", "", "")
        theme.theme.changed.connect(self._draw)

    def show_text(self, text: StatusText) -> None:
        if text == self.text:
            return
        self.text = text
        self.title.setText(text.title)
        self.sentence.setText(text.sentence)
        self.sentence.setToolTip(text.sentence)
        while (item := self._buttons.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.clearFocus()  # otherwise Qt moves the focus to a control elsewhere in the window
                old.setParent(None)  # hidden at once; it may be the button whose click is being handled
                old.deleteLater()
        for name, words in text.actions:
            made = button(words)
            made.setObjectName(name)
            made.clicked.connect(partial(self.action_pressed.emit, name))
            self._buttons.addWidget(made, 0, Qt.AlignmentFlag.AlignVCenter)
        self._draw()
        self._fit_sentence()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_sentence()

    def _fit_sentence(self) -> None:
        """Writes the sentence small where it would be cut, then without its intervals, then only its first words: the
        panel keeps its height.

        The whole sentence is its tooltip.
        """
        room = self.height() - self.title.sizeHint().height() - theme.px(LINE_GAP)
        look, sentence, small = "quiet", self.text.sentence, theme.font(theme.SMALL)
        if not self._has_room(sentence, theme.font(), room):
            look = "small"
            if not self._has_room(sentence, small, room):
                sentence = self.text.brief or sentence
            if not self._has_room(sentence, small, room):
                words = sentence.split(" ")
                cuts = [" ".join(words[:count]) + " …" for count in range(1, len(words) + 1)]
                fitting = bisect_left(cuts, True, key=lambda cut: not self._has_room(cut, small, room))
                sentence = cuts[max(0, fitting - 1)]
        if self.sentence.text() != sentence:
            self.sentence.setText(sentence)
        set_styled(self.sentence, "look", look)

    def _has_room(self, sentence: str, font: QFont, height: float) -> bool:
        area = QRect(0, 0, self.sentence.width(), 10_000)
        needed = QFontMetrics(font).boundingRect(area, int(Qt.TextFlag.TextWordWrap), sentence)
        return needed.height() <= height

    def _draw(self) -> None:
        color = getattr(theme.now(), self.text.role)
        drawn: QPixmap = pixmap(self.text.icon, color, theme.px(24), self.devicePixelRatioF())
        self._emblem.setPixmap(drawn)


def duration(seconds: float) -> str:
    """ "58 s", "3 min 20 s", "2 h 05 min"; a dash if unknown."""
    if not math.isfinite(seconds):
        return "–"
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def _share(progress: Progress | None) -> float:
    """The finished part, 0 to 1."""
    return progress.done / progress.total if progress is not None and progress.total else 0.0


def _bar(name: str) -> QProgressBar:
    made = QProgressBar()
    made.setTextVisible(False)
    made.setMinimumWidth(SHORTEST_BAR)
    made.setRange(0, STEPS)
    made.setAccessibleName(name)
    return made


def _value() -> ElidedLabel:
    """A number and its unit, right-aligned; the panel decides its width."""
    made = ElidedLabel("", "quiet")
    made.setFont(theme.font(tabular=True))
    made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    made.setFixedHeight(LINE)
    return made
