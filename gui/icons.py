"""The icons (Lucide, ISC licence), drawn in the colours of the theme at any scale."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from gui import theme
from nets.places import ASSETS


def icon(name: str, role: str = "text") -> QIcon:
    """The icon ``name`` in the theme's colour ``role``. Raises FileNotFoundError for an unknown name."""
    made = QIcon()
    colors = theme.now()
    for mode, color in ((QIcon.Mode.Normal, getattr(colors, role)), (QIcon.Mode.Disabled, colors.line)):
        for scale in (1, 2, 3):
            made.addPixmap(pixmap(name, color, theme.px(16), scale), mode)
    return made


def pixmap(name: str, color: str, size: int = 16, scale: float = 1.0) -> QPixmap:
    """The icon as a pixmap of ``size`` logical pixels at the given device pixel ratio."""
    svg = (ASSETS / "icons" / f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", color)
    side = round(size * scale)
    made = QPixmap(QSize(side, side))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    made.setDevicePixelRatio(scale)
    return made
