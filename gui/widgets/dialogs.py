"""Running a dialog that is made for one use."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog


def run_dialog(dialog: QDialog) -> int:
    """Shows a dialog until it is closed, then deletes it: a parent would keep every closed one until the end."""
    try:
        return dialog.exec()
    finally:
        dialog.deleteLater()
