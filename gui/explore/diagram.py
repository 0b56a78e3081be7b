"""The whole network as volumes to scale, from the input to the answer, live with the drawing."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from gui import theme
from gui.explore.compose import image
from gui.explore.diagram_layout import OBLIQUE, DiagramLayout, Item, Volume, at, lay_out
from gui.explore.numbers import shape_words

if TYPE_CHECKING:
    from nets.layers import LayerInfo

INPUT = ""  # the path of the input's volume
# What keeps shape and meaning is drawn close behind the layer it belongs to.
ATTACHED = frozenset(
    (
        *("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax"),
        *("BatchNormalization", "LayerNormalization", "GroupNormalization", "Rescaling", "Normalization"),
        *("Dropout", "SpatialDropout2D", "GaussianNoise", "GaussianDropout"),
    )
)
TALL = 130  # from this height on, sizes stand below the names


def items_of(input_name: str, input_shape: tuple[int, int, int], layers: tuple[LayerInfo, ...]) -> tuple[Item, ...]:
    """The input and every layer; sizes that a model leaves open count as 1."""
    rows = [Item(INPUT, input_name, input_shape)]
    for layer in layers:
        shape = tuple(size or 1 for size in layer.output_shape)
        same = shape == rows[-1].shape
        rows.append(Item(layer.path, layer.name, shape, attached=layer.kind in ATTACHED and same and len(rows) > 1))
    return tuple(rows)


class Diagram(QAbstractScrollArea):
    """``clicked`` gives the path of a volume's layer. Scrolls sideways; the chosen volume stays in view."""

    clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setProperty("look", "bare")
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Network diagram"))
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setMinimumHeight(52)
        self._items: tuple[Item, ...] = ()
        self._layout = DiagramLayout((), 0.0, 0.0)
        self._faces: dict[str, QImage] = {}
        self._chosen = ""
        self._hover: str | None = None
        theme.theme.changed.connect(self.viewport().update)

    def set_items(self, items: tuple[Item, ...]) -> None:
        self._items = items
        self._faces = {}
        self._hover = None
        self._lay_out()

    def set_faces(self, faces: dict[str, np.ndarray]) -> None:
        """The picture on each front face by path, (h, w) uint32; paths without one are left blank."""
        self._faces = {path: image(pixels) for path, pixels in faces.items()}
        self.viewport().update()

    def visible_paths(self) -> set[str]:
        """The layers whose front faces are in view: only they need a picture."""
        left, right = self.horizontalScrollBar().value(), self.horizontalScrollBar().value() + self.viewport().width()
        return {volume.item.path for volume in self._layout.volumes if volume.right >= left and volume.x <= right}

    def set_chosen(self, path: str) -> None:
        self._chosen = path
        self._keep_in_view()
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(400, 170)

    # --- layout -------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    @property
    def _tall(self) -> bool:
        return self.viewport().height() >= TALL

    def _lay_out(self) -> None:
        self.setFont(theme.font(theme.SMALL))
        line = self.fontMetrics().height()
        below = theme.TIGHT + (2 * line if self._tall else line)
        room = max(self.viewport().height() - below - theme.TIGHT, 16)
        self._layout = lay_out(
            self._items, room, label_width=self._label_width, left=theme.TIGHT, width=self.viewport().width()
        )
        bar = self.horizontalScrollBar()
        bar.setRange(0, max(0, int(self._layout.width) - self.viewport().width()))
        bar.setPageStep(self.viewport().width())
        bar.setSingleStep(40)
        self._keep_in_view()
        self.viewport().update()

    def _label_width(self, item: Item) -> float:
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(item.name) * 1.1  # room for the chosen one in bold
        return max(width, metrics.horizontalAdvance(shape_words(item.shape)) if self._tall else 0)

    def _keep_in_view(self) -> None:
        found = next((volume for volume in self._layout.volumes if volume.item.path == self._chosen), None)
        if found is None:
            return
        bar, width = self.horizontalScrollBar(), self.viewport().width()
        margin = min(80, width // 4)
        low, high = found.right + margin - width, found.x - margin
        bar.setValue(int(min(max(bar.value(), low), high)))

    # --- painting -----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        colors = theme.now()
        shift = self.horizontalScrollBar().value()
        painter.translate(-shift, theme.TIGHT)
        volumes = self._layout.volumes
        painter.setPen(QPen(colors.color("line"), 2))
        for before, after in pairwise(volumes):
            if after.x - before.right > 8:
                y = self._layout.axis
                painter.drawLine(QPointF(before.right + 4, y), QPointF(after.x - 4, y))
        labelled = self._labels()
        for volume in volumes:
            if volume.right + 60 >= shift and volume.x - 60 <= shift + self.viewport().width():
                self._paint_volume(painter, colors, volume)
                if name := labelled.get(volume.item.path):
                    self._paint_label(painter, colors, volume, name)

    def _labels(self) -> dict[str, Item]:
        """Which name stands below which volume: the leader's own, or that of its attached layer that is chosen."""
        made: dict[str, Item] = {}
        leader = ""
        for volume in self._layout.volumes:
            if volume.label_room:
                leader = volume.item.path
                made[leader] = volume.item
            elif made[leader].path != self._chosen and volume.item.path in (self._chosen, self._hover):
                made[leader] = volume.item
        return made

    def _paint_volume(self, painter: QPainter, colors: theme.Palette, volume: Volume) -> None:
        chosen = volume.item.path == self._chosen
        hovered = volume.item.path == self._hover and volume.item.path != INPUT
        edge = colors.color("accent" if chosen else "text" if hovered else "quiet")
        front = QRectF(volume.x, volume.y, volume.width, volume.height)
        back = QPointF(volume.depth, -volume.depth * OBLIQUE)
        top = QPolygonF([front.topLeft(), front.topLeft() + back, front.topRight() + back, front.topRight()])
        side = QPolygonF([front.topRight(), front.topRight() + back, front.bottomRight() + back, front.bottomRight()])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(edge, 1.6 if chosen else 1))
        painter.setBrush(colors.color("accent_soft" if chosen else "panel"))
        painter.drawPolygon(top)
        painter.setBrush(colors.color("accent_soft" if chosen else "line"))
        painter.drawPolygon(side)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(colors.color("accent_soft" if chosen else "hover"))
        face = self._faces.get(volume.item.path)
        if face is not None:
            painter.drawImage(front, face)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawRect(front)
        if chosen and self.hasFocus():
            painter.setPen(QPen(colors.color("accent"), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(
                QRectF(volume.x, volume.top, volume.right - volume.x, volume.y + volume.height - volume.top).adjusted(
                    -4, -3, 4, 4
                )
            )

    def _paint_label(self, painter: QPainter, colors: theme.Palette, volume: Volume, item: Item) -> None:
        chosen = item.path == self._chosen
        line = self.fontMetrics().height()
        room = max(volume.label_room, self.fontMetrics().horizontalAdvance(item.name) * 1.1) + 4
        y = self.viewport().height() - theme.TIGHT - (2 * line if self._tall else line)
        place = QRectF(volume.label_x - room / 2, y, room, line)
        painter.setFont(theme.font(theme.SMALL, bold=chosen))
        painter.setPen(QColor(colors.text if chosen or item.path == self._hover else colors.quiet))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, item.name)
        if self._tall:
            painter.setFont(theme.font(theme.SMALL))
            painter.setPen(colors.color("quiet"))
            painter.drawText(place.translated(0, line), Qt.AlignmentFlag.AlignCenter, shape_words(item.shape))

    # --- pointer and keys ---------------------------------------------------------------------------------------

    def path_at(self, point: QPoint) -> str | None:
        """The path of the volume under a point of the viewport, or of its name; None where there is nothing."""
        x, y = point.x() + self.horizontalScrollBar().value(), point.y() - theme.TIGHT
        found = at(self._layout, x, y)
        if found is None and y > self.viewport().height() - theme.TIGHT - 2 * self.fontMetrics().height():
            under = (v for v in self._layout.volumes if v.label_room and abs(v.label_x - x) <= v.label_room / 2)
            found = next(under, None)
        return found.item.path if found is not None else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._set_hover(self.path_at(event.position().toPoint()))

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Leave:
            self._set_hover(None)
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._words(self.path_at(event.pos())), self.viewport())
            return True
        return super().viewportEvent(event)

    def _words(self, path: str | None) -> str:
        found = next((item for item in self._items if item.path == path), None)
        scale = self.tr("Height and width are to scale; the number of maps is drawn as depth, on a logarithmic scale.")
        if found is None:
            return scale
        if found.path == INPUT:
            return "\n".join((self.tr("what the network receives: {0}").format(shape_words(found.shape)), scale))
        shows = self.tr("front: the mean of its maps") if len(found.shape) == 3 else self.tr("front: its units")
        return "\n".join((f"{found.path}: {shape_words(found.shape)}", shows, scale))

    def _set_hover(self, path: str | None) -> None:
        if path != self._hover:
            self._hover = path
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if path else Qt.CursorShape.ArrowCursor)
            self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        path = self.path_at(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and path:
            self.clicked.emit(path)

    def wheelEvent(self, event: QWheelEvent) -> None:
        bar = self.horizontalScrollBar()
        delta = event.angleDelta().x() or event.angleDelta().y()
        if bar.maximum() and delta:
            bar.setValue(bar.value() - delta)
            event.accept()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()
