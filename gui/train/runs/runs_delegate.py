"""Paints a run in two lines: colour, title, accuracy; date, state, settings. Also finds the part of a row at a
point.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui import theme
from gui.icons import pixmap
from gui.train.runs.runs_model import RowRole, RunRow, state_words, when
from gui.widgets.eliding import whole_parts
from nets.runs.evaluation import FEW

Index = QModelIndex | QPersistentModelIndex
HEIGHT = 46
BOX = 14
ACCURACY_WIDTH = 64
MENU_WIDTH = 28
BETWEEN = "  ·  "


def parts(area: QRect) -> dict[str, QRect]:
    """The rectangles of the parts of a row: box (the overlay's check), title, accuracy, state, menu."""
    left = area.left() + theme.GAP
    right = area.right() - MENU_WIDTH
    half = area.height() // 2
    words = left + BOX + theme.GAP
    return {
        "box": QRect(left, area.top() + theme.px(7), BOX, BOX),
        "title": QRect(words, area.top() + 4, right - theme.px(ACCURACY_WIDTH) - words - theme.GAP, half - 4),
        "accuracy": QRect(right - theme.px(ACCURACY_WIDTH), area.top() + 4, theme.px(ACCURACY_WIDTH), half - 4),
        "state": QRect(words, area.top() + half, right - words, half - 5),
        "menu": QRect(right, area.top(), MENU_WIDTH, area.height()),
    }


def description(row: RunRow, metrics: QFontMetrics, room: int) -> str:
    """Date, state and settings of a run in ``room`` pixels: what differs between runs is kept, the date goes first.

    All of it stands in the tooltip.
    """
    assert row.summary is not None
    said = [part for part in (when(row.summary.date), state_words(row), row.settings) if part]
    whole = BETWEEN.join(said)
    if metrics.horizontalAdvance(whole) <= room or not row.settings:
        return whole
    return whole_parts(BETWEEN.join(said[1:]), " · ", metrics, room)


def part_at(area: QRect, point: QPoint) -> str:
    """ "box" and "menu" are larger than they look, so that they are easy to hit; anything else is "row"."""
    places = parts(area)
    if places["box"].adjusted(-8, -8, 6, 14).contains(point):
        return "box"
    return "menu" if places["menu"].contains(point) else "row"


class RunsDelegate(QStyledItemDelegate):
    """Two lines for each run; the run in focus has an accented background."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixmaps: dict[tuple[str, str, float], QPixmap] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, theme.px(HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: RunRow = index.data(RowRole)
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        colors = theme.now()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = colors.accent_soft if row.focused else colors.hover
        if row.focused or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(ground))
            painter.drawRoundedRect(area.adjusted(0, 1, 0, -1), theme.RADIUS_PICTURE, theme.RADIUS_PICTURE)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(colors.color("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(0, 1, -1, -2), theme.RADIUS_PICTURE, theme.RADIUS_PICTURE)
        places = parts(area)
        if row.summary is None:
            self._paint_damaged(painter, places, row)
        else:
            self._paint_box(painter, places["box"], row)
            self._paint_words(painter, places, row)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setAccessibleName(self.tr("Title of the run"))
        return editor

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        title = parts(option.rect)["title"]
        editor.setGeometry(title.adjusted(-theme.GAP, -2, theme.GAP, theme.GAP))

    def _paint_box(self, painter: QPainter, box: QRect, row: RunRow) -> None:
        """A check mark in the run's colour: the accent in focus, its own colour if laid over, otherwise empty."""
        colors = theme.now()
        shown = row.focused or row.color >= 0
        color = QColor(
            colors.accent if row.focused else colors.runs[row.color % len(colors.runs)] if shown else colors.quiet
        )
        painter.setPen(QPen(color, 1.5))
        painter.setBrush(color if shown else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 4, 4)
        if row.color >= 0 and not row.focused:
            painter.drawPixmap(box, self._icon(painter, "check", colors.panel))

    def _paint_words(self, painter: QPainter, places: dict[str, QRect], row: RunRow) -> None:
        assert row.summary is not None
        colors = theme.now()
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        middle = Qt.AlignmentFlag.AlignVCenter
        title = QRect(places["title"])
        if row.on_pad:
            title.setWidth(title.width() - BOX - theme.TIGHT)
        font = theme.font(bold=row.focused)
        _words(painter, title, row.summary.title, font, colors.text, left | middle)
        if row.on_pad:  # after the words
            end = title.left() + min(QFontMetrics(font).horizontalAdvance(row.summary.title), title.width())
            mark = QRect(end + theme.TIGHT, title.center().y() - BOX // 2, BOX, BOX)
            painter.drawPixmap(mark, self._icon(painter, "pen-line", colors.accent))
        figures = theme.font(tabular=True)
        _words(painter, places["accuracy"], row.score, figures, colors.text, right | middle)
        failed = row.summary.state == "failed" and not row.live
        state = QRect(places["state"])
        if row.accuracy is not None:  # how many images the number above it was measured on
            below = QRect(places["accuracy"].left(), state.top(), places["accuracy"].width(), state.height())
            state.setRight(below.left() - theme.GAP)
            images = "" if row.accuracy.images < FEW else self.tr("of {0:,}").format(row.accuracy.images)
            _words(painter, below, images, theme.font(theme.SMALL, tabular=True), colors.quiet, right | middle)
        color = colors.error if failed else colors.accent if row.live else colors.quiet
        font = theme.font(theme.SMALL)
        _words(painter, state, description(row, QFontMetrics(font), state.width()), font, color, left | middle)
        corner = places["menu"].center() - QPoint(BOX // 2, BOX // 2)
        painter.drawPixmap(QRect(corner, QSize(BOX, BOX)), self._icon(painter, "ellipsis", colors.quiet))

    def _paint_damaged(self, painter: QPainter, places: dict[str, QRect], row: RunRow) -> None:
        colors = theme.now()
        painter.drawPixmap(places["box"], self._icon(painter, "triangle-alert", colors.error))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        title = places["title"].united(places["accuracy"])
        _words(painter, title, self.tr("A run that cannot be read"), theme.font(), colors.text, left)
        _words(painter, places["state"], row.problem, theme.font(theme.SMALL), colors.error, left)

    def _icon(self, painter: QPainter, name: str, color: str) -> QPixmap:
        """Rendered from its SVG once for each colour and scale."""
        key = (name, color, painter.device().devicePixelRatioF())
        if key not in self._pixmaps:
            self._pixmaps[key] = pixmap(name, color, BOX, key[2])
        return self._pixmaps[key]


def _words(painter: QPainter, area: QRect, text: str, font: QFont, color: str, align: Qt.AlignmentFlag) -> None:
    painter.setFont(font)
    painter.setPen(QColor(color))
    metrics: QFontMetrics = painter.fontMetrics()
    painter.drawText(area, align, metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width()))
