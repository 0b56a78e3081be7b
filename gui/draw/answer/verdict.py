"""The answer in large type with its probability and one line of text, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.widgets import BusySign

HEADING = 15  # height of its line
LONG = 2  # names with more characters are set in a smaller font


@dataclass(frozen=True)
class VerdictText:
    """The text to show: an answer if ``large`` is set, else ``first`` and ``second`` give the reason.

    ``shorter``: replacements for a ``second`` that does not fit, longest first. ``badge`` ("like", "unusual", "unlike"
    or ""): the mark before that line, which shows how far the answer can be trusted. ``beside``: in small type after
    ``first``, if it fits.
    """

    heading: str
    large: str = ""
    first: str = ""
    second: str = ""
    shorter: tuple[str, ...] = ()
    unsure: bool = False
    busy: bool = False
    badge: str = ""
    beside: str = ""

    def second_line(self, metrics: QFontMetricsF, room: float) -> str:
        """``second``, or the first of ``shorter`` that fits into ``room`` pixels; if none fits, the last one."""
        texts = (self.second, *self.shorter)
        return next((text for text in texts if metrics.horizontalAdvance(text) <= room), texts[-1])


def role_of(words: VerdictText) -> str:
    """The theme's colour for the second line and its mark: a warning's if the answer is doubtful."""
    if words.unsure or words.badge in ("unusual", "unlike"):
        return "second"
    return "accent" if words.badge == "like" else "quiet"


class Verdict(QWidget):
    """``clicked``: open or close the details of the badge."""

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = VerdictText(heading="")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # paintEvent fills the whole area
        self._busy = BusySign(self)
        self.set_tight(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.theme.changed.connect(self.update)

    def show_words(self, words: VerdictText) -> None:
        if words != self.words:
            self.words = words
            spoken = (words.heading, words.large, words.first, words.beside, words.second)
            self.setAccessibleName(" ".join(filter(None, spoken)))
            self._busy.setVisible(words.busy)
            self.setCursor(Qt.CursorShape.PointingHandCursor if words.large else Qt.CursorShape.ArrowCursor)
            self.setToolTip(self.tr("How far can this be believed? Click for the details (B).") if words.large else "")
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.words.large:
            self.clicked.emit()

    def set_tight(self, tight: bool) -> None:
        self._tight = tight
        side = theme.px(22 if tight else 32)
        self._busy.setGeometry(0, theme.px(HEADING) + 1, side, side)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(180), theme.px(90 if self._tight else 116))

    # --- painting -------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.now().color("panel"))
        words = self.words
        room = theme.px(40 if self._tight else 60)
        top = self._line(painter, 0, theme.px(HEADING), words.heading, theme.heading_font(), "quiet")
        if not words.large:
            self._paint_reason(painter, top + (self._busy.height() + 2 if words.busy else theme.TIGHT))
            return
        area = QRectF(0, top, self.width(), room)
        self._paint_answer(painter, area, words)
        strong = theme.font(theme.TEXT, bold=True, tabular=True)
        small = theme.font(theme.SMALL, tabular=True)
        left = QFontMetricsF(strong).horizontalAdvance(words.first) + theme.px(6)
        if left + QFontMetricsF(small).horizontalAdvance(words.beside) <= self.width():
            self._line(painter, area.bottom() + 1, theme.px(18), words.beside, small, "quiet", left)
        else:
            self._paint_beside_answer(painter, area, words, small)
        top = self._line(painter, area.bottom(), theme.px(18), words.first, strong, "text")
        role = role_of(words)
        left = self._paint_mark(painter, top, theme.px(15), words.badge, role) if words.badge else 0.0
        text = words.second_line(QFontMetricsF(small), self.width() - left)
        self._line(painter, top, theme.px(15), text, small, role, left)

    def _paint_mark(self, painter: QPainter, top: float, height: float, level: str, role: str) -> float:
        """A disc, a half disc or a triangle, in the colour of the text. Returns the x where the text begins."""
        side = theme.px(9)
        area = QRectF(0.5, top + (height - side) / 2, side, side)
        color = theme.now().color(role)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if level == "like":
            painter.setBrush(color)
            painter.drawEllipse(area)
        elif level == "unusual":
            painter.setPen(QPen(color, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(area.adjusted(0.75, 0.75, -0.75, -0.75))
            painter.setBrush(color)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawPie(area, -90 * 16, 180 * 16)
        else:
            painter.setBrush(color)
            corners = [area.bottomLeft(), QPointF(area.center().x(), area.top()), area.bottomRight()]
            painter.drawPolygon(QPolygonF(corners))
        painter.restore()
        return side + theme.px(5)

    def _paint_reason(self, painter: QPainter, top: float) -> None:
        """Paint the reason, with line breaks."""
        texts = (
            (self.words.first, theme.font(theme.TEXT, bold=True), "text"),
            (self.words.second, theme.font(theme.SMALL), "quiet"),
        )
        for text, font, role in texts:
            painter.setFont(font)
            painter.setPen(theme.now().color(role))
            area = QRectF(0, top, self.width(), max(self.height() - top, 0))
            top = painter.drawText(area, Qt.TextFlag.TextWordWrap, text).bottom() + 2

    def _line(
        self, painter: QPainter, top: float, height: float, text: str, font: QFont, role: str, left: float = 0.0
    ) -> float:
        painter.setFont(font)
        painter.setPen(theme.now().color(role))
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, self.width() - left)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(left, top, self.width() - left, height), flags, shown)
        return top + height

    def _paint_answer(self, painter: QPainter, area: QRectF, words: VerdictText) -> None:
        font = self._answer_font(words.large)
        painter.setFont(font)
        painter.setPen(theme.now().color("text" if words.unsure or words.badge == "unlike" else "accent"))
        metrics = QFontMetricsF(font)
        shown = metrics.elidedText(words.large, Qt.TextElideMode.ElideRight, area.width())
        # Centre by the height of capitals: the line height has room for descenders, which figures do not have.
        baseline = area.center().y() + metrics.capHeight() / 2
        painter.drawText(QRectF(area.left(), baseline - metrics.ascent(), area.width(), metrics.height()), 0, shown)

    def _paint_beside_answer(self, painter: QPainter, area: QRectF, words: VerdictText, font: QFont) -> None:
        """``beside``, one word on each line, to the right of a class name that leaves room for it."""
        lines = words.beside.split(" ", 1)
        width = max(QFontMetricsF(font).horizontalAdvance(line) for line in lines)
        taken = QFontMetricsF(self._answer_font(words.large)).horizontalAdvance(words.large)
        if taken + theme.px(8) + width > area.width():
            return
        height = theme.px(14)
        top = area.center().y() - height * len(lines) / 2
        for line in lines:
            top = self._line(painter, top, height, line, font, "quiet", area.width() - width)

    def _answer_font(self, name: str) -> QFont:
        if len(name) > LONG:
            return self._fitting(name)
        return theme.font(40 if self._tight else theme.ANSWER, bold=True)

    def _fitting(self, name: str) -> QFont:
        """The largest font in which the class name fits. A name that is too long for the smallest is elided."""
        size = 22 if self._tight else 26
        font = theme.font(size, bold=True)
        while size > theme.TEXT and QFontMetricsF(font).horizontalAdvance(name) > self.width():
            size -= 1
            font = theme.font(size, bold=True)
        return font
