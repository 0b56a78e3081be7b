"""The small widgets."""

from __future__ import annotations

from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from gui import theme
from gui.widgets import Select
from gui.widgets.select import elided_where_they_differ


def test_the_list_of_a_narrow_select_shows_its_longest_row(qtbot: QtBot) -> None:
    theme.apply("light")
    long = "the network that was trained with the settings of the paper"
    select = Select([("a", "short"), ("b", long)])
    qtbot.addWidget(select)
    select.setFixedWidth(90)
    select.show()
    select.showPopup()
    assert select.view().width() >= select.fontMetrics().horizontalAdvance(long)
    select.hidePopup()


def test_titles_are_elided_where_they_differ(qtbot: QtBot) -> None:
    metrics = QFontMetrics(theme.font())
    room = metrics.horizontalAdvance("block3_con") + metrics.horizontalAdvance("…")
    alike = ["block3_conv1_first", "block3_conv1_second", "dense"]
    first, second = (elided_where_they_differ(title, alike, metrics, room) for title in alike[:2])
    assert first != second
    assert first.startswith("b")
    assert first.endswith("t")
    alone = elided_where_they_differ("Adam, five epochs", ["Adam, five epochs", "SGD, as in the paper"], metrics, room)
    assert alone.startswith("Adam, ")
    assert alone.endswith("…")
