"""Labels with the theme's looks, and labels that shorten text that does not fit."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gui import theme
from gui.widgets.eliding import whole_parts

FEWEST = 4  # fewest letters and an ellipsis: shorter beginnings cannot be recognised


def label(text: str = "", look: str = "", *, wrap: bool = False, parent: QWidget | None = None) -> QLabel:
    """``look`` is one of quiet, small, heading, title, strong, warning, error (``theme``), or "" for plain text."""
    made = QLabel(parent)
    make_plain(made)
    made.setText(text)
    made.setProperty("look", look)
    made.setWordWrap(wrap)
    if look == "heading":
        made.setFont(theme.heading_font())
    return made


def make_plain(label: QLabel) -> None:
    """Shows every text as it is written.

    By itself Qt takes what looks like HTML for it: a label in somebody's card would load a picture from the disk, and
    reading a pipe that it names would stop the window for ever. Tooltips are made plain by the style sheet.
    """
    label.setTextFormat(Qt.TextFormat.PlainText)


class ElidedLabel(QLabel):
    """One line with an ellipsis if it is too long; the tooltip has the whole text.

    mode: where it is shortened; names that differ at their end, such as files and layers, in the middle. keep_after:
    the text after the last occurrence of this is never shortened; in "name: what happened", only the name is.
    """

    def __init__(
        self,
        text: str = "",
        look: str = "",
        parent: QWidget | None = None,
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        keep_after: str = "",
    ) -> None:
        super().__init__(parent)
        make_plain(self)
        self.setText(text)
        self._mode, self._keep_after = mode, keep_after
        self.setProperty("look", look)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        area = self.contentsRect()
        text = self.shown_text(area.width())
        self.setToolTip(self.text() if text != self.text() else "")
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        painter.drawText(area, int(self.alignment()), text)

    def shown_text(self, width: int) -> str:
        """The text as shown in ``width`` pixels."""
        metrics, text = self.fontMetrics(), self.text()
        shown = metrics.elidedText(text, self._mode, width)
        head, between, tail = text.rpartition(self._keep_after) if self._keep_after else ("", "", text)
        room = width - metrics.horizontalAdvance(between + tail)
        if shown == text or not between or room <= 0:
            return shown
        return metrics.elidedText(head, self._mode, room) + between + tail


class PartsLabel(ElidedLabel):
    """One line of parts with ``between`` between them; only parts that fit as a whole are shown, so that no number
    loses its meaning.

    ``set_brief`` gives the text for when not even the first part fits.
    """

    def __init__(self, text: str = "", look: str = "", parent: QWidget | None = None, *, between: str) -> None:
        super().__init__(text, look, parent)
        self._between = between
        self._brief = ""

    def set_brief(self, brief: str) -> None:
        self._brief = brief
        self.update()

    def shown_text(self, width: int) -> str:
        parts = whole_parts(self.text(), self._between, self.fontMetrics(), width)
        brief = self._brief if self.fontMetrics().horizontalAdvance(self._brief) <= width else ""
        cut = super().shown_text(width)
        return parts or brief or (cut if len(cut) > FEWEST else "")
