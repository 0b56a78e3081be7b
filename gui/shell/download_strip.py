"""Shown in the status bar during a download: what, how much, and a button to stop it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from gui import theme
from gui.threads.downloads import Downloads
from gui.widgets import IconButton, label

WORDS_WIDTH, BAR_WIDTH = 250, 90


class DownloadStrip(QFrame):
    """Hidden while nothing is downloaded."""

    def __init__(self, downloads: Downloads, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._downloads = downloads
        self.words = label("", "small")
        self.words.setFixedWidth(WORDS_WIDTH)  # fixed width, so that a new number moves nothing
        self.words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.bar = _Bar(self)
        self.stop = IconButton("x", self.tr("Stop this download; nothing of the file is kept"), look="plain")
        self.stop.setFixedSize(22, 22)
        self.stop.clicked.connect(downloads.cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        for part in (self.words, self.bar, self.stop):
            row.addWidget(part)
        downloads.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        row, progress = self._downloads.current, self._downloads.progress
        self.setVisible(row is not None)
        if row is None:
            return
        if progress is None or not progress.total:
            self.words.setText(self.tr("{0}: asking for its files").format(row.title))
            self.bar.set_share(0.0)
            return
        words = self.tr("{0}: {1:.0f} of {2:.0f} MB").format(row.title, progress.done, progress.total)
        if progress.total < 1:
            words = self.tr("{0}: its class names").format(row.title)
        self.words.setText(words)
        self.bar.set_share(progress.done / progress.total)


class _Bar(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._share = 0.0
        self.setFixedSize(BAR_WIDTH, 20)
        theme.theme.changed.connect(self.update)

    def set_share(self, share: float) -> None:
        self._share = min(max(share, 0.0), 1.0)
        self.setAccessibleName(f"{100 * self._share:.0f} %")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colors = QPainter(self), theme.now()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        track = QRectF(0, self.height() / 2 - 3, self.width(), 6)
        painter.setBrush(colors.color("line"))
        painter.drawRoundedRect(track, 3, 3)
        painter.setClipRect(QRectF(0, 0, self.width() * self._share, self.height()))
        painter.setBrush(colors.color("accent"))
        painter.drawRoundedRect(track, 3, 3)
