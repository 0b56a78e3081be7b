"""The panel that says how far the training is."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from gui.train.progress import ProgressPanel
from nets.events import Progress
from nets.training.events import Validating


def test_late_reports_do_not_hide_that_it_is_held(qtbot: QtBot) -> None:
    panel = ProgressPanel()
    qtbot.addWidget(panel)
    panel.show_preparing("Building the network")
    panel.show_validating(Validating(1, 20, 100))
    assert "validating, 20 %" in panel.words
    panel.show_paused(True)
    panel.show_validating(Validating(1, 40, 100))
    assert "paused" in panel.words
    assert "validating" not in panel.words
    panel.show_paused(False)
    assert "validating, 40 %" in panel.words
    panel.show_stopping()
    panel.show_progress(Progress("testing", 3, 10, "images"), begun=True)
    assert "stopping" in panel.words
    panel.show_preparing("Reading the data")
    assert "stopping" not in panel.words
