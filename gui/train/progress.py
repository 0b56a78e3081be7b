"""How far the training is, in fixed places; before and after it, what can be done next."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
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
from gui.widgets import ElidedLabel, Panel, button, label
from nets.events import Progress
from nets.training.events import Batches, EpochEnded, Started, Validating

STEPS = 1000  # of a bar
HEIGHT = 76
LINE = 20


class ProgressPanel(Panel):
    """``show_*`` set what stands there; ``acted`` names the pressed button; ``watched`` is the box's state."""

    acted = Signal(str)
    watched = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setFixedHeight(HEIGHT)
        self._stack = QStackedLayout()
        self.body.addLayout(self._stack)
        self._still = _Still(self)
        self._still.acted.connect(self.acted)
        self._running = QWidget(self)
        self._stack.addWidget(self._still)
        self._stack.addWidget(self._running)
        self._build_running()
        self._started: Started | None = None
        self._rate = ""
        self._held = ""

    # --- before and after -----------------------------------------------------------------------------------

    def show_still(
        self, icon: str, title: str, sentence: str, actions: tuple[tuple[str, str], ...] = (), *, role: str = "quiet"
    ) -> None:
        """An icon in the colour ``role``, two lines, and (name, words) of up to two buttons."""
        self._still.show_words(icon, title, sentence, actions, role)
        self._stack.setCurrentWidget(self._still)

    @property
    def words(self) -> str:
        """All that is shown now, for tests and for screen readers."""
        if self._stack.currentWidget() is self._still:
            return f"{self._still.title.text()}\n{self._still.sentence.text()}"
        return "\n".join(part.text() for part in (self.epoch, self.speed, self.left, self.device))

    # --- while it runs --------------------------------------------------------------------------------------

    def show_preparing(self, sentence: str, done: float | None = None) -> None:
        """Before the first batch; ``done`` 0 to 1 where it is known."""
        self._stack.setCurrentWidget(self._running)
        self.epoch.setText(sentence)
        self.epoch_bar.setRange(0, 0 if done is None else STEPS)
        if done is not None:
            self.epoch_bar.setValue(round(STEPS * done))
        self.total_bar.setRange(0, STEPS)
        self.total_bar.setValue(0)
        self._held = ""
        self._say_rate("")
        self.left.setText("")

    def show_progress(self, event: Progress, *, begun: bool = False) -> None:
        """Of reading or fetching the data; once training has ``begun``, of the images it is tested on at its end."""
        if begun:
            self._say_rate(self.tr("testing, {0:.0f} %").format(100 * event.done / max(event.total or 1, 1)))
            self.left.setText("")
        elif event.total:
            counted = f"{event.done:,.0f} / {event.total:,.0f} {event.unit}"
            self.show_preparing(self.tr("Data: {0}").format(counted), event.done / event.total)
        else:
            self.show_preparing(self.tr("Reading the data"))

    def show_started(self, started: Started, device: str = "") -> None:
        self._started = started
        self._stack.setCurrentWidget(self._running)
        self.epoch_bar.setRange(0, STEPS)
        self.device.setText(device or started.device)
        self.device.setToolTip(
            self.tr("{0:,} images in {1:,} batches of {2} an epoch; {3:,} parameters").format(
                started.images, started.steps, started.batch_size, started.parameters
            )
        )
        self._show_epoch(started.first_epoch, 0.0)

    def show_batches(self, batches: Batches) -> None:
        self._show_epoch(batches.epoch, batches.step / max(batches.steps, 1))
        self._say_rate(self.tr("{0:,} images/s").format(round(batches.images_per_second)))
        self.left.setText(self.tr("{0} left").format(duration(batches.seconds_left)))

    def show_validating(self, event: Validating) -> None:
        self._say_rate(self.tr("validating, {0:.0f} %").format(100 * event.done / max(event.total, 1)))

    def show_epoch_end(self, event: EpochEnded) -> None:
        self._show_epoch(event.epoch, 1.0)

    def show_paused(self, paused: bool) -> None:
        self._hold(self.tr("paused") if paused else "")

    def show_stopping(self) -> None:
        self._hold(self.tr("stopping …"))

    def _hold(self, word: str) -> None:
        """Shows ``word`` instead of the rate: what was on its way when the person pressed a button comes after it."""
        self._held = word
        self._say_rate(self._rate)

    def _say_rate(self, rate: str) -> None:
        self._rate = rate
        self.speed.setText(self._held or rate)

    def _show_epoch(self, epoch: int, done: float) -> None:
        started = self._started
        epochs = started.epochs if started else epoch
        self.epoch.setText(self.tr("Epoch {0} of {1}").format(epoch, epochs))
        self.epoch_bar.setValue(round(STEPS * done))
        self.total_bar.setValue(round(STEPS * (epoch - 1 + done) / max(epochs, 1)))

    def _build_running(self) -> None:
        grid = QGridLayout(self._running)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.INSET)
        grid.setVerticalSpacing(theme.GAP)
        self.epoch = label("", "strong")
        self.epoch.setFixedSize(180, LINE)
        self.epoch_bar, self.total_bar = _bar(self.tr("This epoch")), _bar(self.tr("All epochs"))
        self.speed, self.left, self.device = _value(), _value(), label("", "small")
        self.watch = QCheckBox(self.tr("Watch it learn"))
        self.watch.setToolTip(self.tr("The pad answers with the network in training, twice a second (Ctrl+L)"))
        self.watch.toggled.connect(self.watched)
        self.device.setFixedWidth(self.watch.sizeHint().width())
        rows: tuple[tuple[QWidget, QProgressBar, QLabel, QWidget], ...] = (
            (self.epoch, self.epoch_bar, self.speed, self.watch),
            (label(self.tr("All epochs"), "quiet"), self.total_bar, self.left, self.device),
        )
        for row, (name, bar, value, last) in enumerate(rows):
            grid.addWidget(name, row, 0)
            grid.addWidget(bar, row, 1)
            grid.addWidget(value, row, 2)
            grid.addWidget(last, row, 3)
        grid.setColumnStretch(1, 1)


class _Still(QWidget):
    """Icon, title, sentence and buttons."""

    acted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.INSET)
        self._emblem = QLabel()
        self._emblem.setFixedSize(24, 24)
        row.addWidget(self._emblem, 0, Qt.AlignmentFlag.AlignVCenter)
        words = QVBoxLayout()
        words.setSpacing(2)
        self.title = ElidedLabel(look="strong")
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
        self._icon = ("info", "quiet")
        theme.theme.changed.connect(self._draw)

    def show_words(self, icon: str, title: str, sentence: str, actions: tuple[tuple[str, str], ...], role: str) -> None:
        self._icon = (icon, role)
        self.title.setText(title)
        self.sentence.setText(sentence)
        self.sentence.setToolTip(sentence)
        while (item := self._buttons.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        for name, words in actions:
            made = button(words)
            made.setObjectName(name)
            made.clicked.connect(lambda _, name=name: self.acted.emit(name))
            self._buttons.addWidget(made, 0, Qt.AlignmentFlag.AlignVCenter)
        self._draw()

    def _draw(self) -> None:
        name, role = self._icon
        drawn: QPixmap = pixmap(name, getattr(theme.now(), role), 24, self.devicePixelRatioF())
        self._emblem.setPixmap(drawn)


def duration(seconds: float) -> str:
    """58 s, 3 min 20 s, 2 h 05 min; empty for what is not known."""
    if seconds != seconds or seconds in (float("inf"), float("-inf")):
        return "–"
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def _bar(name: str) -> QProgressBar:
    made = QProgressBar()
    made.setTextVisible(False)
    made.setRange(0, STEPS)
    made.setAccessibleName(name)
    return made


def _value() -> QLabel:
    """A place of fixed size: a bar's end stays where it is, and a new number does not lay out the whole window."""
    made = label("", "quiet")
    made.setFont(theme.font(tabular=True))
    made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    made.setFixedSize(128, LINE)
    return made
