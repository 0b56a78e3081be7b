"""Full screen, zoom and hidden panels, in the real window without TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui import theme
from gui.convolve.workspace import PlaygroundWorkspace
from gui.main_window import MainWindow
from gui.session import Session
from gui.settings import Settings
from gui.shell.zoom import LEVELS
from nets.places import Places
from tests.drive import activate, wait_until

CONTROL = Qt.KeyboardModifier.ControlModifier


def opened(folder: Path, qtbot: QtBot) -> MainWindow:
    places = Places(runs=folder / "runs", drawings=folder / "d", cache=folder / "c", settings=folder / "settings.json")
    theme.apply("light")
    made = MainWindow(Session(places, Settings(places.settings)))
    made._started = True  # TensorFlow and the workspaces are not needed here
    made.resize(1440, 900)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    made = opened(tmp_path, qtbot)
    yield made
    made.close_now()


def sizes(window: MainWindow) -> dict[str, object]:
    parts: dict[str, QWidget] = {
        "top": window.top,
        "pad": window.column.pad,
        "tool": window.column.tools.pen,
        "thumbnail": window.column.answer.thumbnail,
        "keep": window.column.keeping,
        "status": window.status,
    }
    QApplication.processEvents()
    found: dict[str, object] = {name: (part.width(), part.height()) for name, part in parts.items()}
    margins = window.centralWidget().layout().itemAt(1).layout().contentsMargins()
    return found | {"margins": margins.left(), "text": theme.font().pixelSize()}


def test_the_whole_window_is_zoomed_and_comes_back_exactly(window: MainWindow, qtbot: QtBot) -> None:
    activate(window)
    before = sizes(window)
    for _ in range(3):
        QTest.keyClick(window, Qt.Key.Key_Plus, CONTROL)
    qtbot.waitUntil(lambda: window.presenting.zoom.level == 150)  # after all the keys that wait
    large = sizes(window)
    assert large["text"] == round(1.5 * 13)
    assert large["margins"] == 24
    for name in ("top", "keep", "status"):
        assert large[name][1] == round(1.5 * before[name][1])  # type: ignore[index]
    assert large["tool"] == (45, 45)
    assert "font-size: 20px" in QApplication.instance().styleSheet()  # type: ignore[union-attr]
    QTest.keyClick(window, Qt.Key.Key_Minus, CONTROL)
    qtbot.waitUntil(lambda: window.presenting.zoom.level == 125)
    QTest.keyClick(window, Qt.Key.Key_0, CONTROL)
    qtbot.waitUntil(lambda: window.presenting.zoom.level == 100)
    assert sizes(window) == before


def test_the_zoom_is_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    first = opened(tmp_path, qtbot)
    first.presenting.zoom.set_level(150)
    large = sizes(first)
    first.close_now()
    assert theme.theme.zoom == 1.0
    second = opened(tmp_path, qtbot)
    try:
        assert second.presenting.zoom.level == 150
        assert sizes(second) == large
    finally:
        second.close_now()


def test_the_limits_of_the_zoom(window: MainWindow) -> None:
    zoom = window.presenting.zoom
    for step, last, limit in ((1, LEVELS[-2], 200), (-1, LEVELS[1], 75)):
        zoom.set_level(last)
        zoom.change(step)
        assert zoom.level == limit
        zoom.change(step)
        assert zoom.level == limit


def test_panels_hide_and_come_back(window: MainWindow) -> None:
    activate(window)
    wide = window.stack.width()
    QTest.keyClick(window, Qt.Key.Key_B, CONTROL)
    QApplication.processEvents()
    assert window.column.isHidden()
    assert window.stack.width() > wide + 200
    QTest.keyClick(window, Qt.Key.Key_B, CONTROL)
    QApplication.processEvents()
    assert window.stack.width() == wide


def test_the_list_at_the_side_of_a_workspace_hides_and_comes_back(window: MainWindow) -> None:
    activate(window)
    window._shown = "convolve"
    workspace = window.workspaces["convolve"] = PlaygroundWorkspace(window.session)
    window.stack.setCurrentIndex(window.stack.addWidget(workspace))
    seen = []
    for _ in range(2):
        QTest.keyClick(window, Qt.Key.Key_B, CONTROL | Qt.KeyboardModifier.ShiftModifier)
        seen.append(workspace.controls.isHidden())
    assert seen == [True, False]


def test_full_screen_by_key_and_menu(window: MainWindow) -> None:
    activate(window)
    QTest.keyClick(window, Qt.Key.Key_F11)
    wait_until(window.isFullScreen, 10)
    presenting = window.presenting
    presenting.open_menu(window.top.view)
    menu = presenting._menu
    assert menu is not None
    ticked = [action.text().split("\t")[0] for action in menu.actions() if action.isChecked()]
    assert ticked == ["Full screen, and back"]
    menu.actions()[0].trigger()
    menu.close()
    wait_until(lambda: not window.isFullScreen(), 10)
