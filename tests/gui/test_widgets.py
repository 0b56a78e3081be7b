"""The small widgets."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from gui import theme
from gui.widgets import Select


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
