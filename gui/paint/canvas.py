"""The base class of views that paint themselves: pointer, tooltips, focus ring, a note, a cached layer."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from gui import theme

KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


class Canvas(QAbstractScrollArea):
    """A view that paints itself, on a panel's background.

    It is opaque, so that Qt does not paint what lies behind it with every frame, which would cost more than the frame.
    Subclasses override ``paint``, ``point_at`` (the pointer is there; None: it left) and ``tip_at``.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setProperty("look", "bare")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.note = ""
        self._keyboard = False
        self._layer: tuple[Hashable, QPixmap] | None = None
        theme.theme.changed.connect(self._on_theme)

    # --- to override --------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, colors: theme.Palette) -> None:
        """Paints the view; the ground is painted already."""

    def point_at(self, point: QPoint | None) -> None:
        """The pointer moved to ``point`` of the viewport, or left it."""

    def tip_at(self, point: QPoint) -> str:
        """The tooltip for what lies under ``point``."""
        return ""

    # --- for those who inherit ----------------------------------------------------------------------------------

    def set_note(self, note: str) -> None:
        """A sentence over the view, for ``paint_note``."""
        if note != self.note:
            self.note = note
            self.viewport().update()

    def paint_note(self, painter: QPainter, colors: theme.Palette) -> None:
        if not self.note:
            return
        painter.setFont(theme.font())
        room = self.viewport().rect().adjusted(theme.GUTTER, theme.GUTTER, -theme.GUTTER, -theme.GUTTER)
        flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        box = QRectF(painter.boundingRect(room, flags, self.note)).adjusted(-12, -8, 12, 8)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colors.color("line"), 1))
        painter.setBrush(colors.color("panel"))
        painter.drawRoundedRect(box, theme.RADIUS_CONTROL, theme.RADIUS_CONTROL)
        painter.setPen(colors.color("text"))
        painter.drawText(box, flags, self.note)

    def paint_cached(self, painter: QPainter, key: Hashable, paint: Callable[[QPainter], object]) -> None:
        """Paints from a cached picture, which is painted again only when ``key``, the size or the theme changes."""
        ratio = self.devicePixelRatioF()
        size = self.viewport().size()
        whole = (key, size.width(), size.height(), ratio)
        if self._layer is None or self._layer[0] != whole:
            made = QPixmap(size * ratio)
            made.setDevicePixelRatio(ratio)
            made.fill(Qt.GlobalColor.transparent)
            inner = QPainter(made)
            paint(inner)
            inner.end()
            self._layer = (whole, made)
        painter.drawPixmap(0, 0, self._layer[1])

    def set_pointing(self, on: bool) -> None:
        """The shape of the pointer: a hand over what can be clicked."""
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if on else Qt.CursorShape.ArrowCursor)

    # --- Qt -----------------------------------------------------------------------------------------------------

    def _on_theme(self) -> None:
        self._layer = None
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        colors = theme.now()
        painter.fillRect(self.viewport().rect(), colors.color("panel"))
        self.paint(painter, colors)
        if self._keyboard and self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colors.color("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ring = QRectF(self.viewport().rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(ring, theme.RADIUS_PICTURE, theme.RADIUS_PICTURE)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.point_at(event.position().toPoint())

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Leave:
            self.point_at(None)
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos()), self.viewport())
            return True
        return super().viewportEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._keyboard = event.reason() in KEYBOARD
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # the arrow keys belong to the workspace, where they move between maps and layers
