"""Saves and restores the window's position and size."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

USUAL = (1440, 900)


def restore(window: QWidget, saved: list[int]) -> None:
    """Applies ``saved`` (left, top, width, height) if a part of it is on the screen, else the usual size."""
    wanted = QRect(*saved) if len(saved) == 4 and saved[2] > 0 else QRect()
    screen = QGuiApplication.primaryScreen().availableGeometry()
    if wanted.isValid() and screen.intersects(wanted):
        window.setGeometry(wanted)
    else:
        window.resize(min(USUAL[0], screen.width()), min(USUAL[1], screen.height()))


def of(window: QWidget) -> list[int]:
    area = window.normalGeometry()
    return [area.x(), area.y(), area.width(), area.height()]
