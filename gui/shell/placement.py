"""Saves and restores the window's position and size."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

USUAL = (1440, 900)


def restore(window: QWidget, saved: list[int]) -> None:
    """Apply ``saved`` (left, top, width, height), otherwise the usual size, limited to the screen."""
    wanted = QRect(*saved) if len(saved) == 4 and saved[2] > 0 else QRect()
    areas = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    usual = QGuiApplication.primaryScreen().availableGeometry()
    window.resize(min(USUAL[0], usual.width()), min(USUAL[1], usual.height()))
    if wanted.isValid() and any(area.intersects(wanted) for area in areas):
        window.setGeometry(fitted(wanted, areas))


def fitted(wanted: QRect, areas: list[QRect]) -> QRect:
    """``wanted`` moved into the screen that shows most of it, because it may have been saved on a larger one.

    Args:
        wanted: The window's rectangle, in pixels of the desktop.
        areas: The free area of each screen, at least one.
    """

    def shown(area: QRect) -> int:
        part = area.intersected(wanted)
        return part.width() * part.height()

    area = max(areas, key=shown)
    size = wanted.size().boundedTo(area.size())
    left = max(area.left(), min(wanted.left(), area.right() + 1 - size.width()))
    top = max(area.top(), min(wanted.top(), area.bottom() + 1 - size.height()))
    return QRect(QPoint(left, top), size)


def of(window: QWidget) -> list[int]:
    area = window.normalGeometry()
    return [area.x(), area.y(), area.width(), area.height()]
