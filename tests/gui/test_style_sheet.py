"""The style sheet on real widgets: what belongs to one kind of widget does not reach another."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMenu, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui import theme


@pytest.fixture(params=["light", "dark"])
def bare(request: pytest.FixtureRequest, qtbot: QtBot) -> QScrollArea:
    theme.apply(request.param)
    made = QScrollArea()
    qtbot.addWidget(made)
    made.setProperty("look", "bare")
    made.setWidget(QWidget())
    made.resize(200, 200)
    made.show()
    return made


def color_at(widget: QWidget, x: int, y: int) -> QColor:
    QApplication.processEvents()
    return widget.grab().toImage().pixelColor(x, y)


def test_a_submenu_of_a_bare_scroll_area_has_its_ground(bare: QScrollArea) -> None:
    """The menus of runs and networks to compare were black on a screen without a compositor."""
    menu = QMenu(bare)
    within = menu.addMenu("Runs")
    within.addAction("a run")
    within.popup(QPoint(10, 10))
    assert color_at(within, 3, 3) == theme.now().color("panel")
    within.close()


def test_a_dialog_of_a_bare_scroll_area_has_its_borders(bare: QScrollArea) -> None:
    dialog = QDialog(bare)
    field = QLineEdit(dialog)
    field.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    QVBoxLayout(dialog).addWidget(field)
    dialog.show()
    assert color_at(field, field.width() // 2, 0) == theme.now().color("line")
    assert color_at(field, field.width() // 2, 4) == theme.now().color("panel")
    assert color_at(dialog, 2, 2) == theme.now().color("ground")
    dialog.close()


def test_what_a_bare_scroll_area_scrolls_has_no_ground(bare: QScrollArea) -> None:
    content = bare.widget()
    content.setFixedSize(50, 50)
    back = QWidget()
    back.setStyleSheet("background: #123456;")
    column = QVBoxLayout(back)
    column.addWidget(bare)
    back.show()
    assert color_at(back, bare.x() + 10, bare.y() + 10) == QColor("#123456")
    bare.setParent(None)
