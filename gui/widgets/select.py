"""``Select``, a combo box over rows; and ``Field``, a control with its name above and its problem below."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.icons import pixmap
from gui.widgets.eliding import elided_where_they_differ
from gui.widgets.labels import label

Index = QModelIndex | QPersistentModelIndex
SEPARATOR = 9  # height in pixels of a separator with the room around it


class Select(QComboBox):
    """A combo box over (value, title) rows. The wheel scrolls the page, and changes the choice only if the box has the
    focus.
    """

    def __init__(self, rows: Iterable[tuple[str | int, str]] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # as for every button, so that choosing by mouse does not take the arrow keys away
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setItemDelegate(_RowDelegate(self))  # Qt's own delegate for menus ignores the theme's accent
        self.set_rows(rows)

    def set_rows(self, rows: Iterable[tuple[str | int, str]]) -> None:
        """Set the rows; the chosen value stays chosen if it still exists."""
        chosen = self.value()
        self.blockSignals(True)
        self.clear()
        for value, title in rows:
            self.addItem(title, value)
        self.blockSignals(False)
        if chosen:
            self.choose(chosen)

    def value(self) -> str:
        return self.currentData() or ""

    def choose(self, value: str) -> None:
        position = self.findData(value)
        if position >= 0:
            self.setCurrentIndex(position)

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.width() - theme.px(20 + 2 * theme.GAP) - 2  # in addition to the arrow, the padding and the border
        option.currentText = elided_where_they_differ(
            option.currentText, [self.itemText(row) for row in range(self.count())], self.fontMetrics(), room
        )
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        colors = theme.now()
        side = theme.px(14)
        color = colors.quiet if self.isEnabled() else colors.line
        arrow = pixmap("chevron-down", color, side, self.devicePixelRatioF())
        painter.drawPixmap(QRect(self.width() - theme.px(20), (self.height() - side) // 2, side, side), arrow)

    def showPopup(self) -> None:
        """Make the list as wide as its longest row, even if the box is narrow."""
        titles = [self.itemText(row) for row in range(self.count())]
        widest = max((self.fontMetrics().horizontalAdvance(title) for title in titles), default=0)
        self.view().setMinimumWidth(widest + 2 * theme.px(theme.GUTTER))
        colors = theme.now()
        # The frame of the list ignores the style sheet: Fusion draws a dark line above and below it.
        frame = (
            f"QFrame {{ background: {colors.panel}; border: 1px solid {colors.line}; }} QListView {{ border: none; }}"
        )
        container = self.view().parentWidget()
        assert container is not None
        container.setStyleSheet(frame)
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class _RowDelegate(QStyledItemDelegate):
    """Paints rows in the theme's style, and separators as thin lines."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        size = super().sizeHint(option, index)
        return QSize(size.width(), theme.px(SEPARATOR)) if _is_separator(index) else size

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if not _is_separator(index):
            super().paint(painter, option, index)
            return
        place = option.rect
        painter.fillRect(place.left() + theme.GAP, place.center().y(), place.width() - 2 * theme.GAP, 1, _line())


def _line() -> QColor:
    return theme.now().color("line")


def _is_separator(index: Index) -> bool:
    """Whether Qt's ``insertSeparator`` made the row."""
    return index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "separator"


class Field(QWidget):
    """A control with its name above and room for a problem below, so that nothing moves when one appears."""

    def __init__(self, name: str, control: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.control = control
        control.setAccessibleName(name)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(label(name, "small"))
        layout.addWidget(control)
        self.problem = label("", "warning", wrap=True)
        self.problem.setMinimumHeight(self.problem.fontMetrics().height())
        layout.addWidget(self.problem)

    def set_problem(self, text: str) -> None:
        self.problem.setText(text)
        self.control.setAccessibleDescription(text)
