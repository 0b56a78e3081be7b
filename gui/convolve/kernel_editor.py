"""The kernel as cells: chosen by mouse or arrows, overwritten by typing."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from gui import theme
from gui.paint.marks import draw_frame, draw_mark
from gui.paint.matrix import paint_matrix
from gui.paint.numbers import MINUS, exact_words, power_of

SIDE = 208
MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
DONE = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
RUBBERS = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)


class KernelEditor(QWidget):
    """``edited`` carries the new kernel (k, k). Typing replaces a number; Enter, an arrow or leaving the cell
    sets it.
    """

    edited = Signal(object)
    typed = Signal(str)  # the text in the cell while typing, "" when done; or what is wrong with it

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(SIDE + 2, SIDE + 2)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Kernel: arrows choose a cell, digits write into it"))
        self.kernel = np.zeros((3, 3))
        self.cell = (0, 0)
        self._text = ""
        theme.theme.changed.connect(self.update)

    @property
    def power(self) -> int:
        """The power of ten that is the unit of the cells."""
        return power_of(self.kernel)

    def set_kernel(self, kernel: np.ndarray) -> None:
        self.kernel = kernel
        self.cell = min(self.cell[0], len(kernel) - 1), min(self.cell[1], len(kernel) - 1)
        self.setAccessibleDescription(self._words())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(SIDE + 2, SIDE + 2)

    @property
    def text(self) -> str:
        return self._text

    def write(self, value: float) -> None:
        """Sets the chosen cell."""
        kernel = self.kernel.copy()
        kernel[self.cell] = value
        self.set_kernel(kernel)
        self.edited.emit(kernel)

    # --- keys and mouse -----------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._is_mine(event):
            event.accept()  # digits would otherwise keep the drawing, and Delete clear the pad
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self._cell_at(QPointF(event.pos()))
            if cell is not None:
                words = self.tr("row {0}, column {1}: {2}").format(*cell, exact_words(float(self.kernel[cell])))
                QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._is_mine(event):
            super().keyPressEvent(event)
            return
        key = Qt.Key(event.key())
        if key in MOVES:
            self._take()
            last = len(self.kernel) - 1
            down, right = MOVES[key]
            self._choose(min(max(self.cell[0] + down, 0), last), min(max(self.cell[1] + right, 0), last))
        elif key in DONE:
            self._take()
        elif key in RUBBERS:
            if self._text and key == Qt.Key.Key_Backspace:
                self._say(self._text[:-1])
            else:
                self._say("")
                self.write(0.0)
        elif key == Qt.Key.Key_Escape:
            self._say("")
        else:
            self._say((self._text + event.text().replace(",", "."))[:10])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position())
        if cell is not None:
            self._take()
            self._choose(*cell)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._take()
        super().focusOutEvent(event)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def _is_mine(self, event: QKeyEvent) -> bool:
        if event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier):
            return False
        key = event.key()
        if key == Qt.Key.Key_Escape:
            return bool(self._text)
        return key in (*MOVES, *DONE, *RUBBERS) or (event.text() != "" and event.text() in "0123456789.,-")

    def _take(self) -> None:
        """Set the typed number; text that is not a number is reported and dropped."""
        text = self._text
        self._say("")
        if not text:
            return
        try:
            self.write(float(text))
        except ValueError:
            self.typed.emit(self.tr("“{0}” is not a number").format(text))

    def _say(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.typed.emit("")
        self.update()

    def _choose(self, row: int, column: int) -> None:
        self.cell = (row, column)
        self.setAccessibleDescription(self._words())
        self.update()

    def _words(self) -> str:
        return self.tr("row {0}, column {1}: {2}").format(*self.cell, exact_words(float(self.kernel[self.cell])))

    # --- painting -----------------------------------------------------------------------------------------------

    @property
    def _unit(self) -> int:
        """The side of a cell; the editor's own size follows the zoom."""
        return (self.width() - 2) // len(self.kernel)

    @property
    def place(self) -> QRectF:
        unit = self._unit
        return QRectF(1, 1, unit * len(self.kernel), unit * len(self.kernel))

    def _cell_at(self, point: QPointF) -> tuple[int, int] | None:
        unit = self._unit
        row, column = int((point.y() - 1) // unit), int((point.x() - 1) // unit)
        inside = 0 <= row < len(self.kernel) and 0 <= column < len(self.kernel)
        return (row, column) if inside else None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_matrix(painter, self.place, self.kernel)
        draw_frame(painter, self.place, "quiet")
        unit = self._unit
        spot = QRectF(1 + self.cell[1] * unit, 1 + self.cell[0] * unit, unit, unit)
        if self._text:
            room = spot.adjusted(
                -max(0.0, (44 - unit) / 2),
                -max(0.0, (20 - unit) / 2),
                max(0.0, (44 - unit) / 2),
                max(0.0, (20 - unit) / 2),
            )
            room.moveLeft(min(max(room.left(), 1.0), self.width() - 2 - room.width()))
            room.moveTop(min(max(room.top(), 1.0), self.height() - 2 - room.height()))
            painter.fillRect(room, theme.now().color("panel"))
            draw_frame(painter, room, "accent", 2)
            painter.setFont(theme.font(tabular=True))
            painter.setPen(theme.now().color("text"))
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self._text.replace("-", MINUS))
        elif self.hasFocus():
            draw_mark(painter, spot.adjusted(1, 1, -1, -1))
