"""The status bar: the engine's state, the newest message, and the most important keys."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from gui import theme
from gui.session import Session
from gui.shell.download_strip import DownloadStrip
from gui.threads.live import LiveAnswer
from gui.widgets import ElidedLabel, IconButton, label

TIME_INTERVAL = 500  # milliseconds between two updates of the answer's time
SHOWN = {"info": 8_000, "warning": 20_000, "error": 0}  # milliseconds; an error stays until it is dismissed


class StatusBar(QFrame):
    def __init__(self, session: Session, hints: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "foot")
        self.setFixedHeight(28)
        self._hints = hints
        self._words = self.tr("TensorFlow is loaded next")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GUTTER, 0, theme.GAP, 0)
        row.setSpacing(theme.GUTTER)
        self.engine = label(self._words, "small")
        self.engine.setFixedSize(240, 20)  # fixed width, so that new text does not cause a layout of the whole window
        self.message = ElidedLabel(hints, "small")
        self.dismiss = IconButton("x", self.tr("Put this message away"), look="plain")
        self.dismiss.setFixedSize(22, 22)
        self.dismiss.hide()
        row.addWidget(self.engine)
        row.addWidget(self.message, 1)
        self.download = DownloadStrip(session.downloads)
        row.addWidget(self.download)
        row.addWidget(self.dismiss)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.clear)
        self.dismiss.clicked.connect(self.clear)
        session.engine_changed.connect(self._on_engine)
        self._refusal = ""
        session.model_refused.connect(self._on_refused)
        session.model_opening.connect(self._on_opening)
        self._milliseconds = 0.0
        self._time_timer = QTimer(self)
        self._time_timer.setSingleShot(True)
        self._time_timer.setInterval(TIME_INTERVAL)
        self._time_timer.timeout.connect(self._show_time)
        session.answered.connect(self._on_answer)
        session.notified.connect(self.show_message)

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        self._time_timer.stop()

    def show_message(self, sentence: str, level: str = "info") -> None:
        """Show a sentence in one line, whatever characters are in the file names that it quotes."""
        sentence = " ".join("".join(c if c.isprintable() else " " for c in sentence).split())
        self._set(sentence, {"info": "small", "warning": "warning", "error": "error"}[level])
        self.dismiss.setVisible(level != "info")
        if SHOWN[level]:
            self._timer.start(SHOWN[level])
        else:
            self._timer.stop()

    def set_hints(self, hints: str) -> None:
        """Set the text that is shown while there is no message."""
        shown, self._hints = self.message.text() == self._hints, hints
        if shown:
            self.message.setText(hints)

    def clear(self) -> None:
        self._timer.stop()
        self.dismiss.hide()
        self._set(self._hints, "small")

    def leave(self) -> None:
        """Clear a warning that belongs to something no longer shown. An error stays until it is dismissed."""
        if self.message.property("look") == "warning":
            self.clear()

    def _set(self, sentence: str, look: str) -> None:
        self.message.setText(sentence)
        self.message.setProperty("look", look)
        self.message.style().polish(self.message)

    def _on_opening(self, reference: str) -> None:
        """Clear the error of the model that could not be opened before."""
        if self._refusal and self.message.text() == self._refusal:
            self.clear()

    def _on_refused(self, reference: str, why: str) -> None:
        self._refusal = why

    def _on_engine(self, state: str, words: str) -> None:
        self._words = words
        self.engine.setText(words)
        if state == "failed":
            self.show_message(words, "error")

    def _on_answer(self, answer: LiveAnswer) -> None:
        if answer.answer is not None:
            self._milliseconds = answer.milliseconds
            if not self._time_timer.isActive():
                self._time_timer.start()
        else:  # another model, or an empty pad: the time belonged to the answer before
            self._time_timer.stop()
            self.engine.setText(self._words)

    def _show_time(self) -> None:
        self.engine.setText(self.tr("{0} · answer in {1:.1f} ms").format(self._words, self._milliseconds))
