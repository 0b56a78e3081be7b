"""The panel that shows each step from the drawing to the network's input; it follows the pen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from gui import theme
from gui.draw.answer.overlay import Overlay
from gui.draw.answer.thumbnail import as_bytes, crisp
from gui.draw.pad.pictures import to_image
from gui.widgets import ElidedLabel, label

if TYPE_CHECKING:
    from nets.data.prepare import PreparationStage

# side of a picture (5, 4 or 3 screen pixels for each of 28) -> lines reserved for its note
SIDES = {140: 3, 112: 4, 84: 5}


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
        if self._image is None:
            return
        area = QRectF(self.rect())
        place = crisp(painter, self._image, area, self.devicePixelRatioF())
        if place != area:  # the surroundings are not part of the picture, and must look different
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(theme.now().color("line"))
            painter.drawRect(place.adjusted(-0.5, -0.5, 0.5, 0.5))


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

    def show_stage(self, stage: PreparationStage) -> None:
        self.picture.set_image(to_image(as_bytes(stage.picture)))
        self.title.setText(stage.title)
        self.note.setText(stage.note)
        self.note.setToolTip(stage.note)


class StagesPanel(Overlay):
    """The steps side by side, beside ``anchor``."""

    def __init__(self, anchor: QWidget, column: QWidget) -> None:
        super().__init__(QCoreApplication.translate("StagesPanel", "From the drawing to the input"), anchor, column)
        self._cards: list[_Card] = []
        self.setAccessibleName(self.tr("From the drawing to the network's input"))
        self._grid = QGridLayout()
        self._grid.setSpacing(theme.INSET)
        self.body.addLayout(self._grid)

    def titles(self) -> list[str]:
        return [card.title.text() for card in self._cards]

    def show_stages(self, stages: tuple[PreparationStage, ...]) -> None:
        """Update the pictures. The layout changes only with the number of steps."""
        if len(stages) != len(self._cards):
            self._build(len(stages))
        for card, stage in zip(self._cards, stages, strict=True):
            card.show_stage(stage)

    def unfold(self, stages: tuple[PreparationStage, ...]) -> None:
        self._build(len(stages))
        self.show_stages(stages)
        self.appear()

    def _build(self, count: int) -> None:
        for card in self._cards:
            self._grid.removeWidget(card)
            card.deleteLater()
        window = self._column.window()
        free = window.width() - self.top_left().x() - theme.GUTTER
        needed = {side: count * (side + theme.INSET) + theme.INSET + 2 for side in SIDES}
        side = next((side for side in SIDES if needed[side] <= free), min(SIDES))
        room = max(free, self._column.width()) - theme.INSET - 2
        across = min(count, max(1, room // (side + theme.INSET)))
        self._cards = [_Card(side) for _ in range(count)]
        columns = math.ceil(count / math.ceil(count / across))
        for number, card in enumerate(self._cards):
            self._grid.addWidget(card, number // columns, number % columns)
