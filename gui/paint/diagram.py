"""The whole network as volumes to scale, from input to output, updated while the person draws."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.paint.canvas import Canvas
from gui.paint.diagram_layout import (
    OBLIQUE,
    Block,
    DiagramLayout,
    Extremes,
    Item,
    Link,
    Volume,
    Wire,
    at,
    block_at,
    lay_out,
)
from gui.paint.numbers import shape_words
from gui.paint.pixels import image
from gui.widgets.eliding import MIDDLE, elided_where_they_differ

if TYPE_CHECKING:
    from nets.network.layers import LayerInfo

INPUT = ""  # the path of the input's volume
# Layers that keep shape and meaning are drawn close behind the layer they follow.
ATTACHED = frozenset(
    (
        *("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax"),
        *("BatchNormalization", "LayerNormalization", "GroupNormalization", "Rescaling", "Normalization"),
        *("Dropout", "SpatialDropout2D", "GaussianNoise", "GaussianDropout"),
    )
)
LONGEST_NAME = 116  # pixels; longer names are elided in the middle, or where they differ
TALL = 130  # from this height on, sizes stand below the names


def items_of(input_name: str, input_shape: tuple[int, int, int], layers: tuple[LayerInfo, ...]) -> tuple[Item, ...]:
    """The input and every layer; sizes that a model leaves open count as 1."""
    rows = [Item(INPUT, input_name, input_shape)]
    for layer in layers:
        shape = tuple(size or 1 for size in layer.output_shape)
        same = shape == rows[-1].shape and layer.inputs in ((), (rows[-1].path,))
        attached = layer.kind in ATTACHED and same and len(rows) > 1
        rows.append(Item(layer.path, layer.name, shape, attached, layer.inputs))
    return tuple(rows)


class Diagram(Canvas):
    """``clicked`` gives the path of a volume's layer. Scrolls sideways; the chosen volume stays in view."""

    clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setAccessibleName(self.tr("Network diagram"))
        self.setMinimumHeight(52)
        self._items: tuple[Item, ...] = ()
        self._scale: Extremes | None = None
        self._layout = DiagramLayout((), 0.0, 0.0)
        self._faces: dict[str, QImage] = {}
        self._names: dict[tuple[str, int], str] = {}  # names as shown, by full name and available width
        self._chosen = ""
        self._hover: str | None = None

    def set_items(self, items: tuple[Item, ...], scale: Extremes | None = None) -> None:
        """The network to draw. ``scale``: of several networks that are drawn to one, see ``extremes_of``."""
        self._items, self._scale = items, scale
        self._names.clear()
        self._faces = {}
        self._hover = None
        self._lay_out()

    def set_faces(self, faces: dict[str, np.ndarray]) -> None:
        """Set the picture on each front face by path, (h, w) uint32; faces without one are blank."""
        self._faces = {path: image(pixels) for path, pixels in faces.items()}
        self.viewport().update()

    def visible_paths(self) -> set[str]:
        """The layers whose front faces are visible: only they need a picture."""
        return {volume.item.path for volume in self._in_view()}

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
        height = self.viewport().height()
        # several networks share one scale: one that scrolls must not become smaller than one that fits
        if self._scale is not None:
            height = self.height() - self.horizontalScrollBar().sizeHint().height()
        room = max(height - below - theme.TIGHT, 16)
        self._layout = lay_out(
            self._items,
            room,
            label_width=self._label_width,
            left=theme.TIGHT,
            width=self.viewport().width(),
            scale=self._scale,
        )
        bar = self.horizontalScrollBar()
        bar.setRange(0, max(0, int(self._layout.width) - self.viewport().width()))
        bar.setPageStep(self.viewport().width())
        bar.setSingleStep(40)
        bar.setValue(0)  # starting at the input, as far as the chosen volume allows
        self._keep_in_view()
        self.viewport().update()

    def _label_width(self, item: Item) -> float:
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self._name(item)) * 1.1  # room for the chosen one in bold
        return max(width, metrics.horizontalAdvance(shape_words(item.shape)) if self._tall else 0)

    def _name(self, item: Item) -> str:
        room = theme.px(LONGEST_NAME)
        if (item.name, room) not in self._names:
            names = [one.name for one in self._items]
            shown = elided_where_they_differ(item.name, names, self.fontMetrics(), room, (MIDDLE,))
            self._names[item.name, room] = shown
        return self._names[item.name, room]

    def _keep_in_view(self) -> None:
        number = next((n for n, v in enumerate(self._layout.volumes) if v.item.path == self._chosen), None)
        if number is None:
            return
        bar, width = self.horizontalScrollBar(), self.viewport().width()
        margin = min(80, width // 4)
        found: Volume | Block = self._layout.volumes[number]
        frame = self._layout.frame_of(number)
        if frame is not None and frame.width + 2 * margin <= width:
            found = frame
        low, high = found.right + margin - width, found.x - margin
        if not low <= bar.value() <= high:
            from_start = found.right + theme.TIGHT <= width  # so that the input is visible too
            bar.setValue(0 if from_start else int(min(max(bar.value(), low), high)))

    # --- painting -----------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, colors: theme.Palette) -> None:
        shift = self.horizontalScrollBar().value()
        self.paint_cached(painter, (self._layout, shift, self._chosen, self._hover), self._paint_boxes)
        painter.translate(-shift, theme.TIGHT)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for volume in self._in_view():
            face = self._faces.get(volume.item.path)
            if face is not None:
                front = QRectF(volume.x, volume.y, volume.width, volume.height)
                painter.drawImage(front, face)
                painter.setPen(self._edge(volume))
                painter.drawRect(front)

    def _in_view(self) -> list[Volume]:
        left, right = self.horizontalScrollBar().value(), self.horizontalScrollBar().value() + self.viewport().width()
        return [volume for volume in self._layout.volumes if volume.right >= left and volume.x <= right]

    def _paint_boxes(self, painter: QPainter) -> None:
        """Paint everything but the faces; it stays the same while the pen moves."""
        colors = theme.now()
        painter.translate(-self.horizontalScrollBar().value(), theme.TIGHT)
        left = self.horizontalScrollBar().value()
        right = left + self.viewport().width()
        for link in self._layout.links:
            self._paint_link(painter, colors, link)
        for block in self._layout.blocks:
            if block.right >= left and block.x <= right:
                self._paint_frame(painter, colors, block)
        for wire in self._layout.wires:
            if wire.points[-1][0] >= left and wire.points[0][0] <= right:
                self._paint_wire(painter, colors, wire)
        labelled = self._labels()
        for volume in self._layout.volumes:
            if volume.right >= left and volume.x <= right:
                self._paint_volume(painter, colors, volume)
            if name := labelled.get(volume.item.path):
                self._paint_label(painter, colors, volume.label_x, volume.label_room, name)
        for block in self._layout.blocks:
            self._paint_block_label(painter, colors, block)

    def _paint_link(self, painter: QPainter, colors: theme.Palette, link: Link) -> None:
        before, after = self._end(link.before), self._end(link.after)
        y = self._layout.axis
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, bool(link.lane))
        if not link.lane:
            if after.x - before.right > 8:
                painter.setPen(QPen(colors.color("line"), 2))
                painter.drawLine(QPointF(before.right + 4, y), QPointF(after.x - 4, y))
            return
        # From the far edge of one top to that of the next: leaving at two thirds of it, arriving at one third.
        start = QPointF(before.back + before.width * 2 / 3, before.top)
        end = QPointF(after.back + after.width / 3, after.top)
        lane = self._layout.lane(link.lane)
        bend = min(16.0, (end.x() - start.x()) / 2)
        path = QPainterPath(start)
        path.quadTo(start.x(), lane, start.x() + bend, lane)
        path.lineTo(end.x() - bend, lane)
        path.quadTo(end.x(), lane, end.x(), end.y())
        painter.setPen(QPen(colors.color("quiet"), 1.2))
        painter.drawPath(path)

    def _end(self, number: int) -> Volume | Block:
        """Where a link begins or ends: at an item's volume, or at the frame that contains it."""
        return self._layout.frame_of(number) or self._layout.volumes[number]

    def _paint_frame(self, painter: QPainter, colors: theme.Palette, block: Block) -> None:
        inside = any(self._is_inside(path, block) for path in (self._chosen, self._hover))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colors.color("quiet" if inside else "line"), 1))
        painter.setBrush(colors.color("ground"))
        frame = QRectF(block.x + 0.5, block.y + 0.5, block.width - 1, block.height - 1)
        painter.drawRoundedRect(frame, theme.RADIUS_PICTURE, theme.RADIUS_PICTURE)

    def _paint_wire(self, painter: QPainter, colors: theme.Palette, wire: Wire) -> None:
        path = QPainterPath(QPointF(*wire.points[0]))
        for (x0, y0), (x1, y1) in pairwise(wire.points):
            middle = (x0 + x1) / 2
            path.cubicTo(QPointF(middle, y0), QPointF(middle, y1), QPointF(x1, y1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colors.color("quiet"), 1))
        painter.drawPath(path)

    def _is_inside(self, path: str | None, block: Block) -> bool:
        volumes = self._layout.volumes[block.first : block.last + 1]
        return path is not None and any(volume.item.path == path for volume in volumes)

    def _shown_in(self, block: Block) -> Item | None:
        """The layer of the block that is chosen or under the pointer."""
        shown = next((path for path in (self._hover, self._chosen) if self._is_inside(path, block)), None)
        found = (volume.item for volume in self._layout.volumes if volume.item.path == shown)
        return next(found, None) if shown is not None else None

    def _labels(self) -> dict[str, Item]:
        """The name below each group of volumes: the leading layer's, or that of its chosen attached layer."""
        made: dict[str, Item] = {}
        leader = ""
        for number, volume in enumerate(self._layout.volumes):
            if volume.label_room:
                leader = volume.item.path
                made[leader] = volume.item
            elif self._layout.frame_of(number) is not None:
                leader = ""
            elif leader and made[leader].path != self._chosen and volume.item.path in (self._chosen, self._hover):
                made[leader] = volume.item
        return made

    def _edge(self, volume: Volume) -> QPen:
        chosen = volume.item.path == self._chosen
        hovered = volume.item.path == self._hover and volume.item.path != INPUT
        return QPen(theme.now().color("accent" if chosen else "text" if hovered else "quiet"), 1.6 if chosen else 1)

    def _paint_volume(self, painter: QPainter, colors: theme.Palette, volume: Volume) -> None:
        chosen = volume.item.path == self._chosen
        front = QRectF(volume.x, volume.y, volume.width, volume.height)
        back = QPointF(volume.depth, -volume.depth * OBLIQUE)
        top = QPolygonF([front.topLeft(), front.topLeft() + back, front.topRight() + back, front.topRight()])
        side = QPolygonF([front.topRight(), front.topRight() + back, front.bottomRight() + back, front.bottomRight()])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._edge(volume))
        painter.setBrush(colors.color("accent_soft" if chosen else "panel"))
        painter.drawPolygon(top)
        painter.setBrush(colors.color("accent_soft" if chosen else "line"))
        painter.drawPolygon(side)
        painter.setBrush(colors.color("accent_soft" if chosen else "hover"))
        painter.drawRect(front)

    def _paint_label(self, painter: QPainter, colors: theme.Palette, x: float, room: float, item: Item) -> None:
        chosen = item.path == self._chosen
        strong = chosen or item.path == self._hover
        lines = [(self._name(item), chosen, strong), (shape_words(item.shape), False, False)]
        self._paint_lines(painter, colors, x, room, lines)

    def _paint_block_label(self, painter: QPainter, colors: theme.Palette, block: Block) -> None:
        """The block's name and output; if a layer in it is chosen or under the pointer, that layer's name."""
        inner = self._shown_in(block)
        if inner is None:
            self._paint_label(painter, colors, block.label_x, block.label_room, block.item)
            return
        chosen = inner.path == self._chosen
        lines = [(self._name(block.item), False, False), (self._name(inner), chosen, True)]
        self._paint_lines(painter, colors, block.label_x, block.label_room, lines if self._tall else lines[1:])

    def _paint_lines(
        self,
        painter: QPainter,
        colors: theme.Palette,
        x: float,
        room: float,
        lines: list[tuple[str, bool, bool]],
    ) -> None:
        """One or two lines below the volumes, (text, bold, in the text's colour) each."""
        height = self.fontMetrics().height()
        y = self.viewport().height() - theme.TIGHT - (2 * height if self._tall else height)
        for number, (text, bold, strong) in enumerate(lines if self._tall else lines[:1]):
            width = max(room, self.fontMetrics().horizontalAdvance(text) * 1.1) + 4
            painter.setFont(theme.font(theme.SMALL, bold=bold))
            painter.setPen(QColor(colors.text if strong else colors.quiet))
            place = QRectF(x - width / 2, y + number * height, width, height)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    # --- pointer and keys ---------------------------------------------------------------------------------------

    def path_at(self, point: QPoint) -> str | None:
        """The path of the volume, or of the name, under a point of the viewport; None if there is none."""
        x, y = point.x() + self.horizontalScrollBar().value(), point.y() - theme.TIGHT
        found = at(self._layout, x, y)
        if found is None and y > self.viewport().height() - theme.TIGHT - 2 * self.fontMetrics().height():
            under = (v for v in self._layout.volumes if v.label_room and abs(v.label_x - x) <= v.label_room / 2)
            found = next(under, None)
        if found is None and (block := block_at(self._layout, x, y)) is not None:
            return self._layout.volumes[block.last].item.path
        return found.item.path if found is not None else None

    def point_at(self, point: QPoint | None) -> None:
        path = self.path_at(point) if point is not None else None
        if path != self._hover:
            self._hover = path
            self.set_pointing(bool(path))
            self.viewport().update()

    def tip_at(self, point: QPoint) -> str:
        return self._words(self.path_at(point))

    def _words(self, path: str | None) -> str:
        found = next((item for item in self._items if item.path == path), None)
        scale = self.tr("Height and width are to scale; the number of maps is drawn as depth, on a logarithmic scale.")
        if found is None:
            return scale
        if found.path == INPUT:
            return "\n".join((self.tr("what the network receives: {0}").format(shape_words(found.shape)), scale))
        shows = self.tr("front: the mean of its maps") if len(found.shape) == 3 else self.tr("front: its units")
        return "\n".join((f"{found.path}: {shape_words(found.shape)}", shows, scale))

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
