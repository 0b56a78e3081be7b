"""The zoom of all widgets: those that exist, those made later, and how many events it costs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui import theme
from gui.settings import Settings
from gui.shell.zoom import Zoom


class CountingZoom(Zoom):
    """Counts the events that it is asked about."""

    events = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.events += 1
        return super().eventFilter(watched, event)


@pytest.fixture
def zoom(qapp: object, tmp_path: Path) -> Iterator[CountingZoom]:
    theme.apply("light")
    made = CountingZoom(Settings(tmp_path / "settings.json"))
    yield made
    made.reset()
    made.stop()


def labels(qtbot: QtBot, count: int) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    column = QVBoxLayout(made)
    for _ in range(count):
        label = QLabel("a")
        label.setFixedWidth(40)
        column.addWidget(label)
    made.show()
    return made


def test_styling_every_widget_anew_is_not_watched_event_by_event(qtbot: QtBot, zoom: CountingZoom) -> None:
    """With 1,432 widgets a step of the zoom took twice as long as its styling: Python was asked about each event."""
    window = labels(qtbot, 100)
    zoom.set_level(125)
    zoom.set_level(150)
    assert zoom.events < 100
    assert {label.width() for label in window.findChildren(QLabel)} == {60}


def test_a_widget_that_is_made_later_is_scaled_before_it_is_shown(qtbot: QtBot, zoom: CountingZoom) -> None:
    zoom.set_level(150)
    larger = labels(qtbot, 3)
    assert {label.width() for label in larger.findChildren(QLabel)} == {60}
    zoom.reset()
    zoom.events = 0
    usual = labels(qtbot, 3)
    assert {label.width() for label in usual.findChildren(QLabel)} == {40}
    assert zoom.events == 0, "at 100 % there is nothing to scale"


def test_keys_that_wait_lead_to_one_level(qtbot: QtBot, zoom: CountingZoom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five keys took the window through five levels, of more than a second each."""
    applied: list[int] = []
    monkeypatch.setattr(zoom, "_apply", lambda level, apply=zoom._apply: (applied.append(level), apply(level)))
    for _ in range(3):
        zoom.ask(1)
    zoom.ask(-1)
    qtbot.waitUntil(lambda: zoom.level == 125)
    assert applied == [125]
    zoom.ask(1)
    zoom.ask(0)
    qtbot.waitUntil(lambda: zoom.level == 100)
    assert applied == [125, 100]
    for _ in range(20):
        zoom.ask(-1)
    qtbot.waitUntil(lambda: zoom.level == 75)


def test_a_widget_within_others_is_styled_once_a_step(qtbot: QtBot, zoom: CountingZoom) -> None:
    """Qt styles a widget once for each widget around it if one sheet replaces another: 1.5 s of 1,400 widgets."""

    class Inner(QLabel):
        styled = 0

        def changeEvent(self, event: QEvent) -> None:
            self.styled += event.type() is QEvent.Type.StyleChange
            super().changeEvent(event)

    outer = QWidget()
    qtbot.addWidget(outer)
    around = outer
    for _ in range(10):
        around = QWidget(around)
    inner = Inner("a", around)
    outer.show()
    for change in (lambda: zoom.set_level(125), lambda: theme.apply("dark"), lambda: theme.apply("light")):
        inner.styled = 0
        change()
        assert 0 < inner.styled <= 4
    assert inner.font().pixelSize() == theme.px(theme.TEXT)
