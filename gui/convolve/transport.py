"""Play, pause, step: the buttons under the sliding window, and the clock behind them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

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
    """It stops when it is hidden, and begins anew after the last position."""

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
        self.speed.setFixedWidth(92)
        self.place = ElidedLabel("", "quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        for widget in (self.first, self.back, self.play, self.on, self.speed):
            row.addWidget(widget)
        row.addWidget(self.place, 1)
        self.first.clicked.connect(lambda: playing.move(0))
        self.back.clicked.connect(lambda: playing.move(playing.number - 1))
        self.on.clicked.connect(lambda: playing.move(playing.number + 1))
        self.play.clicked.connect(self.toggle)
        self.speed.currentIndexChanged.connect(self._set_period)
        playing.changed.connect(self.refresh)
        playing.moved.connect(self.refresh)
        self._set_period()

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
            self.tr("row {2}, column {3} · {0} of {1}").format(
                self._playing.number + 1, result.positions, position.row, position.column
            )
        )

    def hideEvent(self, event: QHideEvent) -> None:
        self.pause()
        super().hideEvent(event)

    def _set_period(self) -> None:
        self.timer.setInterval(next(row.period for row in SPEEDS if row.name == self.speed.value()))
