"""The pad: takes mouse, touch and tablet, shows the drawing, and provides the picture that the network receives."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.draw.pad.cursors import eraser_cursor, pen_cursor
from gui.draw.pad.drawing import SIDE, WIDTHS, Backdrop, Drawing, OpenStroke, Point, UndoHistory
from gui.draw.pad.pen_input import PenInput
from gui.draw.pad.pictures import to_array
from gui.draw.pad.raster import Raster
from gui.paint.pixels import image
from gui.session import Tint

SMALLEST = 220
CLOSEST = 0.7  # least distance between two recorded points, in units
REACH = 4.0  # radius of the eraser, in units
FRAME = 1
SMOOTH_ABOVE = 64  # side of an explanation, in pixels, above which it is painted smoothly


class Pad(PenInput):
    """``changed`` is emitted at every move of the pen, ``history_changed`` at every step that can be undone."""

    changed = Signal()
    history_changed = Signal()
    tool_changed = Signal(str)
    width_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.history = UndoHistory()
        self.tool = "pen"
        self.pen_width = 16
        self.hint = ""
        self.keys_hint = ""
        self._stroke: OpenStroke | None = None
        self._erasing = False
        self._erased = False
        self._erased_at: QPointF | None = None  # last position of the eraser
        self._awaiting = False
        # Several moves may arrive at once. The first is painted immediately, the others together when the timer fires.
        self._paint_timer = QTimer(self)
        self._paint_timer.setSingleShot(True)
        self._paint_timer.timeout.connect(self._paint_pending)
        self._tint: tuple[QImage, QRectF] | None = None  # an explanation, and its rectangle in units
        self._painted = 0  # number of points of the unfinished stroke that are painted
        colors = theme.now()
        self._screen = Raster(SMALLEST, colors.color("pad"), colors.color("ink"))
        self._network = Raster(int(SIDE), QColor(Qt.GlobalColor.black), QColor(Qt.GlobalColor.white), grey=True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # paintEvent fills the whole area
        self.setMinimumSize(SMALLEST, SMALLEST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Pad to draw on"))
        self.pressed.connect(self._press)
        self.moved.connect(self._move)
        self.released.connect(self._release)
        theme.theme.changed.connect(self._on_theme)
        self._set_cursor()

    # --- what is drawn --------------------------------------------------------------------------------------

    @property
    def drawing(self) -> Drawing:
        """The drawing including the unfinished stroke."""
        return self.history.now.with_stroke(self._stroke.closed()) if self._stroke else self.history.now

    @property
    def is_empty(self) -> bool:
        """Whether nothing is drawn."""
        return self._stroke is None and self.history.now.empty

    @property
    def is_drawing(self) -> bool:
        """Whether a stroke is unfinished."""
        return self._stroke is not None

    def picture(self) -> np.ndarray | None:
        """The picture that the network receives, the same in every theme and size.

        (280, 280) uint8 with ink 255 on 0; for a background picture alone the picture itself, with strokes on it (280,
        280, 3) uint8; None for an empty pad.
        """
        if self.is_empty:
            return None
        if self._stroke is None and self.history.now.backdrop and not self.history.now.strokes:
            return self.history.now.backdrop.pixels
        return to_array(self._network.image)

    @property
    def label(self) -> str:
        """The true class of the picture below the strokes, if it is known."""
        backdrop = self.history.now.backdrop
        return backdrop.label if backdrop is not None else ""

    @property
    def is_dataset_image(self) -> bool:
        """Whether ``picture`` is an untouched image of a dataset."""
        drawing = self.history.now
        untouched = self._stroke is None and not drawing.strokes
        return drawing.backdrop is not None and drawing.backdrop.is_dataset_image and untouched

    def put(self, drawing: Drawing) -> None:
        """Replaces the drawing, as one step of undo."""
        self._stroke = None
        self.history.push(drawing)
        self._render()

    def put_picture(self, pixels: np.ndarray, title: str) -> None:
        """Replaces the drawing by a picture, (h, w[, 1|3|4]) uint8, as one step of undo."""
        self.put(Drawing(backdrop=Backdrop(_with_channels(pixels), title)))

    def put_dataset_image(self, pixels: np.ndarray, title: str, label: str) -> None:
        """Replace the drawing by an image of a dataset, (H, W[, 1|3]) uint8, as one step of undo. The network receives
        exactly these numbers, without centring.
        """
        self.put(Drawing(backdrop=Backdrop(_with_channels(pixels), title, label, is_dataset_image=True)))

    def clear(self) -> None:
        if not self.drawing.empty:
            self.put(Drawing())

    def undo(self) -> None:
        if self._stroke is None:
            self.history.undo()
            self._render()

    def redo(self) -> None:
        if self._stroke is None:
            self.history.redo()
            self._render()

    def _render(self) -> None:
        self._screen.render(self.history.now)
        self._network.render(self.history.now)
        self._emit_changed()

    def _emit_changed(self) -> None:
        self.update()
        self.history_changed.emit()
        self.changed.emit()

    # --- the tool -------------------------------------------------------------------------------------------

    def set_tool(self, tool: str) -> None:
        """ "pen" or "eraser"."""
        if tool != self.tool:
            self.tool = tool
            self._set_cursor()
            self.tool_changed.emit(tool)

    def set_pen_width(self, width: int) -> None:
        width = min(max(width, WIDTHS[0]), WIDTHS[1])
        if width != self.pen_width:
            self.pen_width = width
            self._set_cursor()
            self.width_changed.emit(width)

    def set_hint(self, hint: str, keys: str) -> None:
        self.hint, self.keys_hint = hint, keys
        self.update()

    def set_tint(self, tint: Tint | None) -> None:
        """Paint an explanation over the drawing; None: the drawing alone."""
        self._tint = None if tint is None else (image(tint.pixels), _in_units(tint))
        self.update()

    def set_awaiting(self, awaits: bool) -> None:
        """Mark the pad while a picture is dragged over it."""
        self._awaiting = awaits
        self.update()

    def _set_cursor(self) -> None:
        ratio = self.devicePixelRatioF()
        if self.tool == "pen":
            self.setCursor(pen_cursor(self.pen_width * self._square().width() / SIDE, ratio))
        else:
            self.setCursor(eraser_cursor(ratio))

    # --- input ---------------------------------------------------------------------------------------------

    def _press(self, at: QPointF, time: float, device: str, pressure: float, erase: bool) -> None:
        self._release()  # finish the stroke of another device
        self._erasing = erase or self.tool == "eraser"
        self._erased = False
        self._erased_at = None
        place = self._to_units(at)
        if self._erasing:
            self._erase(place)
            return
        self._stroke = OpenStroke([_point(place, time, pressure)], float(self.pen_width), device)
        self._extend()

    def _move(self, at: QPointF, time: float, pressure: float) -> None:
        place = self._to_units(at)
        if self._erasing:
            self._erase(place)
        elif self._stroke is not None:
            last = self._stroke.points[-1]
            if (place.x() - last.x) ** 2 + (place.y() - last.y) ** 2 >= CLOSEST**2:
                self._stroke.add(_point(place, time, pressure))
                if not self._paint_timer.isActive():
                    self._extend()
                    self._paint_timer.start(0)

    def _release(self) -> None:
        self._erasing = False
        self._paint_timer.stop()
        self._paint_pending()
        if self._stroke is not None:
            stroke, self._stroke = self._stroke.closed(), None
            self.history.push(self.history.now.with_stroke(stroke))
            for raster in (self._screen, self._network):
                raster.settle(self.history.now, stroke)
            self.update()
            self.history_changed.emit()

    def _paint_pending(self) -> None:
        if self._stroke is not None and len(self._stroke.points) > self._painted:
            self._extend()

    def _extend(self) -> None:
        assert self._stroke is not None
        self._painted = len(self._stroke.points)
        first = self.history.now.empty and len(self._stroke.points) == 1
        dirty = self._screen.extend(self._stroke)
        self._network.extend(self._stroke)
        self.update() if first else self.update(self._to_pixels(dirty).toAlignedRect())
        self.changed.emit()

    def _erase(self, place: QPointF) -> None:
        before, self._erased_at = self._erased_at or place, place
        left = self.history.now.without_strokes_near((before.x(), before.y()), (place.x(), place.y()), REACH)
        if left is self.history.now:
            return
        if self._erased:
            self.history.amend(left)
        else:
            self.history.push(left)
        self._erased = True
        self._render()

    # --- places ---------------------------------------------------------------------------------------------

    def _square(self) -> QRectF:
        """The square for the 280 units: centred, as large as the frame allows, aligned to device pixels."""
        ratio = self.devicePixelRatioF()
        side = max(1, int((min(self.width(), self.height()) - 2 * FRAME) * ratio)) / ratio
        left, top = (round((room - side) / 2 * ratio) / ratio for room in (self.width(), self.height()))
        return QRectF(left, top, side, side)

    def _to_units(self, at: QPointF) -> QPointF:
        square = self._square()
        scale = SIDE / square.width()
        x, y = (at.x() - square.left()) * scale, (at.y() - square.top()) * scale
        return QPointF(min(max(x, 0.0), SIDE), min(max(y, 0.0), SIDE))

    def _to_pixels(self, units: QRectF) -> QRectF:
        square = self._square()
        scale = square.width() / SIDE
        x, y = square.left() + units.left() * scale, square.top() + units.top() * scale
        return QRectF(x, y, units.width() * scale, units.height() * scale)

    def sizeHint(self) -> QSize:
        return QSize(300, 300)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def _fit(self) -> None:
        side = max(1, round(self._square().width() * self.devicePixelRatioF()))
        if side != self._screen.side:
            colors = theme.now()
            self._screen = Raster(side, colors.color("pad"), colors.color("ink"))
            self._screen.render(self.history.now)
            if self._stroke is not None:
                self._screen.extend(self._stroke)
        self._set_cursor()

    def _on_theme(self) -> None:
        colors = theme.now()
        self._screen.set_colors(colors.color("pad"), colors.color("ink"))
        self.update()

    # --- painting -------------------------------------------------------------------------------------------

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        self._fit_ratio()
        painter = QPainter(self)
        colors = theme.now()
        square = self._square()
        painter.setClipRegion(event.region())
        painter.fillRect(event.rect(), colors.color("panel"))
        painter.drawImage(square, self._screen.image)
        if self.is_empty:
            self._paint_hint(painter, square)
        elif self._tint is not None:
            self._paint_tint(painter, square, *self._tint)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = colors.color("accent") if self.hasFocus() or self._awaiting else colors.color("line")
        painter.setPen(QPen(edge, 3 if self._awaiting else 1))
        painter.drawRoundedRect(square.adjusted(-0.5, -0.5, 0.5, 0.5), theme.RADIUS_PICTURE, theme.RADIUS_PICTURE)

    def _paint_tint(self, painter: QPainter, square: QRectF, pixels: QImage, units: QRectF) -> None:
        """Clipped to the pad, because what the network sees of a digit at the border extends beyond it."""
        scale = square.width() / SIDE
        place = QRectF(units.topLeft() * scale + square.topLeft(), units.size() * scale)
        painter.save()
        painter.setClipRect(square, Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, pixels.width() > SMOOTH_ABOVE)
        painter.drawImage(place, pixels)
        painter.restore()

    def _fit_ratio(self) -> None:
        """Adapt to the screen's scale, because moving to another screen sends no resize event."""
        if round(self._square().width() * self.devicePixelRatioF()) != self._screen.side:
            self._fit()

    def _paint_hint(self, painter: QPainter, square: QRectF) -> None:
        painter.setPen(theme.now().color("quiet"))
        middle = square.center().y()
        painter.setFont(theme.font(theme.TITLE))
        wrapped = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        room = square.adjusted(theme.TIGHT, 0, -theme.TIGHT, 0)
        above, below = QRectF(room), QRectF(room)
        above.setBottom(middle + theme.px(2))
        below.setTop(middle + theme.px(4))
        painter.drawText(above, wrapped | Qt.AlignmentFlag.AlignBottom, self.hint)
        painter.setFont(theme.font(theme.SMALL))
        painter.drawText(below, wrapped | Qt.AlignmentFlag.AlignTop, self.keys_hint)


def _in_units(tint: Tint) -> QRectF:
    """The rectangle, in units, of what the network sees: a picture is centred, and its longer side is ``SIDE``
    units.
    """
    height, width = tint.shape
    scale = SIDE / max(height, width)
    top, left, rows, columns = (scale * side for side in tint.window)
    return QRectF(left + (SIDE - scale * width) / 2, top + (SIDE - scale * height) / 2, columns, rows)


def _with_channels(pixels: np.ndarray) -> np.ndarray:
    return pixels[..., None] if pixels.ndim == 2 else pixels


def _point(place: QPointF, time: float, pressure: float) -> Point:
    """Rounded as in the file of strokes, so that a drawing read from the file has the same pixels."""
    return Point(round(place.x(), 2), round(place.y(), 2), time, round(pressure, 3))
