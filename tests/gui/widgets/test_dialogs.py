"""Dialogs that are made for one use are gone afterwards."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from gui.widgets import run_dialog


def test_a_closed_dialog_is_not_kept_by_its_parent(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    for _ in range(3):
        dialog = QDialog(parent)
        QTimer.singleShot(0, dialog.accept)
        assert run_dialog(dialog) == QDialog.DialogCode.Accepted
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert not parent.findChildren(QDialog)
