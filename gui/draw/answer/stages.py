"""The panel that shows each step from the drawing to the network's input; it follows the pen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QHideEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from gui import theme
from gui.draw.answer.thumbnail import as_bytes, crisp
from gui.draw.pad.pictures import to_image
from gui.widgets import ElidedLabel, IconButton, label

if TYPE_CHECKING:
    from nets.data.prepare import Stage

SIDES = {140: 3, 112: 4, 84: 5}  # side of a picture (5, 4 or 3 pixels for each of 28) -> lines reserved for its note


class _Picture(QWidget):
    def __init__(self, side: int) -> None:
        super().__init__()
        self._image: QImage | None = None
        self.setFixedSize(side, side)

    def set_image(self, image: QImage) -> None:
        self._image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if self._image is not None:
            crisp(painter, self._image, QRectF(self.rect()), self.devicePixelRatioF())


class _Card(QWidget):
    """One step: its picture, title and note."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.setFixedWidth(side)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self.picture = _Picture(side)
        self.title = ElidedLabel("", "strong")
        self.note = label("", "small", wrap=True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop)
        # Reserve room for the longest note: nothing moves while the person draws.
        self.note.setFixedHeight(self.note.fontMetrics().lineSpacing() * SIDES[side])
        column.addWidget(self.picture)
        column.addSpacing(2)
        column.addWidget(self.title)
        column.addWidget(self.note)

    def show_stage(self, stage: Stage) -> None:
        self.picture.set_image(to_image(as_bytes(stage.picture)))
        self.title.setText(stage.title)
        self.note.setText(stage.note)
        self.note.setToolTip(stage.note)


class StagesPanel(QFrame):
    """An overlay beside ``anchor``. Closed by Esc, by a click on it and by a click outside the pad's column."""

    closed = Signal()

    def __init__(self, anchor: QWidget, column: QWidget) -> None:
        super().__init__(column.window())
        self._anchor, self._column = anchor, column
        self._cards: list[_Card] = []
        self.setProperty("look", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("From the drawing to the network's input"))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(theme.INSET, theme.GAP, theme.INSET, theme.INSET)
        outer.setSpacing(theme.GAP)
        head = QHBoxLayout()
        head.addWidget(label(self.tr("From the drawing to the input"), "heading"))
        head.addStretch(1)
        close = IconButton("x", self.tr("Close (Esc)"), look="plain")
        close.setFixedSize(24, 24)
        close.clicked.connect(self.hide)
        head.addWidget(close)
        outer.addLayout(head)
        self._grid = QGridLayout()
        self._grid.setSpacing(theme.INSET)
        outer.addLayout(self._grid)
        self.hide()

    def titles(self) -> list[str]:
        return [card.title.text() for card in self._cards]

    def show_stages(self, stages: tuple[Stage, ...]) -> None:
        """Updates the pictures. The layout changes only with the number of steps."""
        if len(stages) != len(self._cards):
            self._build(len(stages))
        for card, stage in zip(self._cards, stages, strict=True):
            card.show_stage(stage)

    def unfold(self, stages: tuple[Stage, ...]) -> None:
        self._build(len(stages))
        self.show_stages(stages)
        self._place()
        self.show()
        self.raise_()

    def _build(self, count: int) -> None:
        for card in self._cards:
            self._grid.removeWidget(card)
            card.deleteLater()
        window = self._column.window()
        free = window.width() - self._top_left().x() - theme.GUTTER
        needed = {side: count * (side + theme.INSET) + theme.INSET + 2 for side in SIDES}
        side = next((side for side in SIDES if needed[side] <= free), min(SIDES))
        room = max(free, self._column.width()) - theme.INSET - 2
        across = min(count, max(1, room // (side + theme.INSET)))
        self._cards = [_Card(side) for _ in range(count)]
        columns = math.ceil(count / math.ceil(count / across))
        for number, card in enumerate(self._cards):
            self._grid.addWidget(card, number // columns, number % columns)

    def _top_left(self) -> QPoint:
        """To the right of the column, at the height of the picture that was clicked."""
        window = self._column.window()
        right = self._column.mapTo(window, QPoint(self._column.width(), 0)).x()
        top = self._anchor.mapTo(window, QPoint(0, 0)).y() - 30 - theme.INSET
        return QPoint(right + theme.GAP, top)

    def _place(self) -> None:
        self.adjustSize()
        window, size, start = self._column.window(), self.sizeHint(), self._top_left()
        x = max(0, min(start.x(), window.width() - size.width() - theme.GAP))
        y = max(0, min(start.y(), window.height() - size.height() - theme.GAP))
        self.setGeometry(QRect(QPoint(x, y), size))

    # --- closing --------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hide()

    def showEvent(self, event: QShowEvent) -> None:
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)

    def hideEvent(self, event: QHideEvent) -> None:
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress) and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                if kind == QEvent.Type.KeyPress:
                    self.hide()
                event.accept()
                return True
        elif self._is_closing_event(watched, event):
            self.hide()
        return False

    def _is_closing_event(self, watched: QObject, event: QEvent) -> bool:
        """Whether the event closes the panel: a resized window, or a click outside this panel and the pad's column."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            return self._is_outside(watched)
        return event.type() == QEvent.Type.Resize and watched is self._column.window()

    def _is_outside(self, watched: QWidget) -> bool:
        own = watched is self or self.isAncestorOf(watched)
        drawing = watched is self._column or self._column.isAncestorOf(watched)
        return not own and not drawing
