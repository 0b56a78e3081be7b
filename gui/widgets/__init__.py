"""Small widgets that every panel is made of."""

from gui.widgets.busy import BusySign
from gui.widgets.buttons import IconButton, button
from gui.widgets.dialogs import run_dialog
from gui.widgets.export_button import ExportButton
from gui.widgets.labels import ElidedLabel, label
from gui.widgets.panel import Panel
from gui.widgets.select import Field, Select
from gui.widgets.state import StateView

__all__ = [
    "BusySign",
    "ElidedLabel",
    "ExportButton",
    "Field",
    "IconButton",
    "Panel",
    "Select",
    "StateView",
    "button",
    "label",
    "run_dialog",
]
