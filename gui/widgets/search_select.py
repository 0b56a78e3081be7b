"""Choosing one of very many rows, such as ImageNet's thousand classes: likely ones first, and a search field."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from gui import theme
from gui.widgets.select import Select

MANY = 30  # rows from which the list has a search field
SHOWN = 14  # rows of the list in view
VALUE = Qt.ItemDataRole.UserRole
MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class SearchSelect(Select):
    """A ``Select`` whose list, if it has more than ``MANY`` rows, is searched by typing. ``set_first``: likely rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._first: tuple[tuple[str, str], ...] = ()
        self.list: SearchList | None = None

    def set_first(self, rows: Sequence[tuple[str, str]]) -> None:
        """(value, title with its probability): rows at the top of the list."""
        self._first = tuple(rows)

    def rows_for(self, text: str) -> list[tuple[str | None, str]]:
        """The rows (value, title) of the list for the typed text; a row with value None is a heading."""
        rows = [(str(self.itemData(n)), self.itemText(n)) for n in range(self.count())]
        words = text.strip().lower()
        if words:
            found = [row for row in rows if words in row[1].lower()]
            return [*sorted(found, key=lambda row: not row[1].lower().startswith(words))]
        none = [row for row in rows if not row[0]]  # "the answer", "no other class"
        likely = [(None, self.tr("Most likely now")), *self._first] if self._first else []
        return [*none, *likely, (None, self.tr("All {0:,}").format(len(rows) - len(none))), *rows[len(none) :]]

    @property
    def choices(self) -> int:
        """The number of rows with a value of their own; "the answer" and "no other class" have none."""
        return sum(bool(self.itemData(n)) for n in range(self.count()))

    def showPopup(self) -> None:
        if self.count() <= MANY:
            super().showPopup()
            return
        if self.list is None:
            self.list = SearchList(self)
        self.list.open()

    def pick(self, value: str) -> None:
        """Choose as the person would: ``activated`` is emitted."""
        self.choose(value)
        self.activated.emit(self.currentIndex())


class SearchList(QFrame):
    """A field above a list; arrow keys move the choice while the field has the focus."""

    def __init__(self, select: SearchSelect) -> None:
        super().__init__(select, Qt.WindowType.Popup)
        self.setProperty("look", "panel")
        self._select = select
        self.field = QLineEdit()
        self.field.setClearButtonEnabled(True)
        self.view = QListWidget()
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.TIGHT, theme.TIGHT, theme.TIGHT, theme.TIGHT)
        column.setSpacing(theme.TIGHT)
        column.addWidget(self.field)
        column.addWidget(self.view)
        self.field.textChanged.connect(self._fill)
        self.field.installEventFilter(self)
        self.view.itemClicked.connect(self._pick)

    def open(self) -> None:
        """Below the box, or above it at the end of the screen."""
        select = self._select
        self.field.setPlaceholderText(self.tr("Search {0:,} classes").format(select.choices))
        self.field.clear()
        self._fill("")
        self.setFixedSize(max(select.width(), theme.px(260)), theme.px(40 + SHOWN * 24))
        place = select.mapToGlobal(QPoint(0, select.height() + 2))
        screen = select.screen().availableGeometry()
        if place.y() + self.height() > screen.bottom():
            place.setY(max(screen.top(), screen.bottom() - self.height()))
        place.setX(max(screen.left(), min(place.x(), screen.right() - self.width())))
        self.move(place)
        self.show()
        self.field.setFocus()

    def _fill(self, text: str) -> None:
        self.view.clear()
        chosen = self._select.value()
        for value, title in self._select.rows_for(text):
            row = QListWidgetItem(title)
            row.setData(VALUE, value)
            self.view.addItem(row)
            if value is None:
                row.setFlags(Qt.ItemFlag.NoItemFlags)
                row.setForeground(theme.now().color("quiet"))
                row.setFont(theme.font(theme.SMALL))
            elif self.view.currentRow() < 0 and (value == chosen or text):
                self.view.setCurrentItem(row)

    def _pick(self, row: QListWidgetItem | None) -> None:
        if row is not None and row.flags() & Qt.ItemFlag.ItemIsSelectable:
            select, value = self._select, str(row.data(VALUE))
            self.close()
            select.pick(value)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in MOVES:
                self.view.event(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._pick(self.view.currentItem())
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close()
                return True
        return super().eventFilter(watched, event)
