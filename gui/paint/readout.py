"""Text that changes with every stroke. It is painted, because setting a label's text runs the layout."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme


class Readout(QWidget):
    """``lines`` are reserved from the start. ``role`` is one of the theme's colours."""

    def __init__(
        self,
        *,
        size: int = theme.TEXT,
        role: str = "text",
        lines: int = 1,
        heading: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._heading = heading
        self._size, self._role, self._lines, self._text = size, role, lines, ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme.theme.changed.connect(self.update)

    def text(self) -> str:
        return self._text

    def set_text(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.update()

    def set_lines(self, lines: int) -> None:
        """Reserves another number of lines; of more than one the text is wrapped and not cut."""
        if lines != self._lines:
            self._lines = lines
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(80, self._lines * QFontMetrics(theme.font(self._size)).lineSpacing() + 1)

    def width_of(self, text: str) -> int:
        """The pixels in which ``text`` is not shortened; whole ones, where Qt's own number may be half of one short."""
        return math.ceil(QFontMetricsF(self._font()).horizontalAdvance(text))

    def shown_text(self) -> str:
        """The text, on one line, as it is shown in the present width."""
        return QFontMetrics(self._font()).elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())

    def _font(self) -> QFont:
        return theme.heading_font() if self._heading else theme.font(self._size, tabular=True)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = theme.now()
        painter.fillRect(self.rect(), colors.color("panel"))
        painter.setFont(self._font())
        painter.setPen(colors.color(self._role))
        if self._lines > 1:
            painter.drawText(self.rect(), int(Qt.TextFlag.TextWordWrap), self._text)
        else:
            shown = self.shown_text()
            self.setToolTip(self._text if shown != self._text else "")
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter), shown)


class Table(QWidget):
    """Rows of texts, the first at the left, the others right-aligned in columns of one width each."""

    COLUMN = 72

    def __init__(self, rows: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = rows
        self.rows: list[tuple[str, ...]] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme.theme.changed.connect(self.update)

    def set_rows(self, rows: list[tuple[str, ...]]) -> None:
        self.rows = rows
        self.update()

    @property
    def _line(self) -> int:
        return QFontMetrics(theme.font(theme.SMALL)).height() + 2

    def sizeHint(self) -> QSize:
        return QSize(160, self._count * self._line)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = theme.now()
        painter.fillRect(self.rect(), colors.color("panel"))
        painter.setFont(theme.font(theme.SMALL, tabular=True))
        painter.setPen(colors.color("quiet"))
        line = self._line
        for number, (name, *values) in enumerate(self.rows):
            room = self.width() - self.COLUMN * len(values)
            shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room)
            painter.drawText(0, number * line, room, line, int(Qt.AlignmentFlag.AlignVCenter), shown)
            for column, value in enumerate(values):
                flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
                painter.drawText(room + column * self.COLUMN, number * line, self.COLUMN, line, flags, value)
