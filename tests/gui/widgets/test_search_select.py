"""One of a thousand classes: the likely ones first, the others by typing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.widgets import SearchSelect
from gui.widgets.search_select import SearchList

NAMES = [f"thing {n}" for n in range(98)] + ["bell cote", "Labelled bell"]


@pytest.fixture
def select(qtbot: QtBot) -> Iterator[SearchSelect]:
    made = SearchSelect()
    qtbot.addWidget(made)
    made.set_rows([("", "the answer"), *((str(n), name) for n, name in enumerate(NAMES))])
    made.set_first([("98", "bell cote · 61.0 %"), ("3", "thing 3 · 12.0 %")])
    made.show()
    yield made
    if made.list is not None:
        made.list.close()


def opened(select: SearchSelect) -> SearchList:
    select.showPopup()
    assert select.list is not None
    return select.list


def titles(shown: SearchList) -> list[str]:
    return [shown.view.item(n).text() for n in range(shown.view.count())]


def test_what_is_likely_stands_first(select: SearchSelect) -> None:
    shown = titles(opened(select))
    assert shown[:6] == [
        "the answer",
        "Most likely now",
        "bell cote · 61.0 %",
        "thing 3 · 12.0 %",
        "All 100",
        "thing 0",
    ]
    assert len(shown) == 4 + 101


def test_typing_finds_a_class_and_return_takes_it(select: SearchSelect, qtbot: QtBot) -> None:
    heard: list[int] = []
    select.activated.connect(heard.append)
    shown = opened(select)
    QTest.keyClicks(shown.field, "bel")
    assert titles(shown) == ["bell cote", "Labelled bell"]
    QTest.keyClick(shown.field, Qt.Key.Key_Down)
    QTest.keyClick(shown.field, Qt.Key.Key_Return)
    assert select.value() == "99"
    assert len(heard) == 1


def test_a_heading_cannot_be_taken_and_escape_changes_nothing(select: SearchSelect) -> None:
    shown = opened(select)
    shown.view.itemClicked.emit(shown.view.item(1))
    assert select.value() == ""
    QTest.keyClick(shown.field, Qt.Key.Key_Escape)
    assert not shown.isVisible()
    assert select.value() == ""


def test_few_rows_are_a_plain_list(select: SearchSelect) -> None:
    select.set_rows([(str(n), str(n)) for n in range(10)])
    select.showPopup()
    assert select.list is None
    select.hidePopup()
