"""The help page lists every key, those of the workspace in view first."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gui.keymap import ALL
from gui.shell.help_page import HelpPage


@pytest.mark.parametrize("first", ["Explore", "Train", "Convolve"])
def test_the_keys_of_the_workspace_in_view_come_first(qtbot: QtBot, first: str) -> None:
    page = HelpPage(ALL, first=first)
    qtbot.addWidget(page)
    texts = [one.text() for one in page.findChildren(QLabel)]
    headings = [text for text in texts if text in {binding.where for binding in ALL}]
    # Titles of the first steps are called as the workspaces; the headings of the keys follow them.
    of_keys = headings[-len({binding.where for binding in ALL}) :]
    assert of_keys[0] == first
    assert set(of_keys) == {binding.where for binding in ALL}
    assert {binding.title for binding in ALL} <= set(texts)
