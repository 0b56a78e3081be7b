"""The controls of a step in little room."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui import theme
from gui.explore.arithmetic.step_controls import StepControls
from gui.shell.zoom import scale


@pytest.mark.parametrize(("width", "two_rows"), [(420, False), (265, True)])
@pytest.mark.parametrize("zoom", [1.0, 1.5])
def test_no_word_of_theirs_is_cut(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, width: int, two_rows: bool, zoom: float
) -> None:
    """In a narrow or zoomed window the true class was "…" and "Undo all" lost both ends."""
    monkeypatch.setattr(theme.theme, "zoom", zoom)
    theme.apply("light")
    window = QWidget()  # gives as little room as it likes
    qtbot.addWidget(window)
    controls = StepControls(window)
    controls.set_labels([*"0123456789"])
    for widget in controls.findChildren(QWidget):
        scale(widget)
    controls.resize(round(width * zoom), controls.sizeHint().height())
    window.resize(round(500 * zoom), 300)
    window.show()
    qtbot.waitUntil(lambda: controls.is_in_two_rows is two_rows)
    assert "learning rate" in controls.rate.toolTip(), "the word beside it is “rate” alone"
    needed = controls.label.fontMetrics().horizontalAdvance("an 8") + theme.px(36)
    qtbot.waitUntil(lambda: controls.label.width() >= needed)
    for button in (controls.step_button, controls.original_button):
        assert button.width() >= button.sizeHint().width()
        assert button.geometry().right() < controls.width()
