"""Play, pause, step: the buttons under the sliding window, and their timer."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui import theme
from gui.convolve.state import PlaygroundState
from gui.widgets import ElidedLabel, IconButton, Select


@dataclass(frozen=True)
class Speed:
    """A row: milliseconds between two positions."""

    name: str
    title: str
    period: int


SPEEDS = (Speed("slow", "Slow", 600), Speed("medium", "Medium", 120), Speed("fast", "Fast", 20))


class Transport(QWidget):
    """Stops when it is hidden, and starts again after the last position."""

    def __init__(self, playing: PlaygroundState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playing = playing
        self.timer = QTimer(self)
        self.timer.timeout.connect(lambda: playing.move(playing.number + 1))
        self.first = IconButton("rotate-ccw", self.tr("To the first position (Home)"))
        self.back = IconButton("chevron-left", self.tr("The position before (Left)"))
        self.play = IconButton("play", self.tr("Let the window slide (Space)"))
        self.on = IconButton("chevron-right", self.tr("The next position (Right)"))
        self.speed = Select([(row.name, self.tr(row.title)) for row in SPEEDS])
        self.speed.choose("medium")
        self.speed.setAccessibleName(self.tr("Speed"))
        self.speed.setMinimumWidth(80)  # with a large zoom the last pixels are missed
        self.speed.setMaximumWidth(92)
        self.place = ElidedLabel("", "quiet")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.TIGHT)
        self._row = row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        self._column.addLayout(row)
        for widget in (self.first, self.back, self.play, self.on, self.speed):
            row.addWidget(widget)
        row.addWidget(self.place, 1)
        self._below = False  # whether the position stands below the buttons
        self.first.clicked.connect(lambda: playing.move(0))
        self.back.clicked.connect(lambda: playing.move(playing.number - 1))
        self.on.clicked.connect(lambda: playing.move(playing.number + 1))
        self.play.clicked.connect(self.toggle)
        self.speed.currentIndexChanged.connect(self._set_period)
        playing.changed.connect(self.refresh)
        playing.moved.connect(self.refresh)
        self._set_period()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The position stands beside the buttons, or below them if it would be cut."""
        super().resizeEvent(event)
        beside = self.speed.geometry().right() + theme.px(theme.GAP)
        longest = self.tr("{0} of {1} · row {2}, column {3}").format(1000, 1000, 20, 20)
        below = self.width() - beside < self.place.fontMetrics().horizontalAdvance(longest)
        if below != self._below and self.speed.geometry().right() > 0:
            self._below = below
            if below:
                self._row.removeWidget(self.place)
                self._row.addStretch(1)
                self._column.addWidget(self.place)
            else:
                self._column.removeWidget(self.place)
                self._row.takeAt(self._row.count() - 1)
                self._row.addWidget(self.place, 1)

    def toggle(self) -> None:
        if self.timer.isActive():
            self.pause()
        elif self._playing.result is not None:
            self.timer.start()
            self.play.set_icon("pause")
            self.play.setToolTip(self.tr("Pause (Space)"))

    def pause(self) -> None:
        self.timer.stop()
        self.play.set_icon("play")
        self.play.setToolTip(self.tr("Let the window slide (Space)"))

    def refresh(self) -> None:
        position, result = self._playing.position, self._playing.result
        for widget in (self.first, self.back, self.play, self.on):
            widget.setEnabled(result is not None)
        if position is None or result is None:
            self.pause()
            self.place.setText("")
            return
        self.place.setText(
            self.tr("{0} of {1} · row {2}, column {3}").format(
                self._playing.number + 1, result.positions, position.row, position.column
            )
        )

    def hideEvent(self, event: QHideEvent) -> None:
        self.pause()
        super().hideEvent(event)

    def _set_period(self) -> None:
        self.timer.setInterval(next(row.period for row in SPEEDS if row.name == self.speed.value()))
