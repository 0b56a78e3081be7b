"""No key of the program means two things, and the table tells the truth about the real window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QKeySequence, QShortcut
from pytestqt.qtbot import QtBot

from gui import keymap
from gui.bindings import SCOPES, Binding, conflicts
from gui.main_window import MainWindow
from gui.session import Session
from gui.settings import Settings
from nets.places import Places


def test_no_key_means_two_things() -> None:
    assert conflicts(keymap.ALL) == []
    assert {row.scope for row in keymap.ALL} == set(SCOPES)


def test_a_key_with_two_meanings_is_found() -> None:
    clear = Binding("clear", ("Space",), "", "Draw")
    play = Binding("play", ("Space",), "", "Convolve", "workspace")
    overlay = Binding("overlay", ("Space",), "", "Train: list", "control")
    show = Binding("show", ("Space",), "", "Train", "workspace")
    assert conflicts([clear, play]) == ["Space means 'clear' (Draw) and 'play' (Convolve)"]
    assert conflicts([play, overlay]) == []
    assert conflicts([overlay, show]) == ["Space means 'overlay' (Train: list) and 'show' (Train)"]


def test_every_shortcut_of_the_window_has_its_row(qtbot: QtBot, tmp_path: Path) -> None:
    places = Places(
        runs=tmp_path / "runs",
        drawings=tmp_path / "drawings",
        cache=tmp_path / "cache",
        settings=tmp_path / "settings.json",
    )
    window = MainWindow(Session(places, Settings(places.settings)))
    qtbot.addWidget(window)
    bound = sorted(shortcut.key().toString() for shortcut in window.findChildren(QShortcut))
    rows = sorted(QKeySequence(key).toString() for row in keymap.ALL if row.scope == "window" for key in row.keys)
    assert bound == rows
