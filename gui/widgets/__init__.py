"""Small widgets that every panel is made of."""

from gui.widgets.busy import BusySign
from gui.widgets.buttons import IconButton, button, rest_after, set_menu
from gui.widgets.dialogs import ask_number, ask_text, run_dialog
from gui.widgets.export_button import ExportButton
from gui.widgets.labels import ElidedLabel, PartsLabel, label
from gui.widgets.number_box import NumberBox
from gui.widgets.panel import Panel
from gui.widgets.search_select import SearchSelect
from gui.widgets.select import Field, Select
from gui.widgets.state import StateView
from gui.widgets.styled import set_styled

__all__ = [
    "BusySign",
    "ElidedLabel",
    "ExportButton",
    "Field",
    "IconButton",
    "NumberBox",
    "Panel",
    "PartsLabel",
    "SearchSelect",
    "Select",
    "StateView",
    "ask_number",
    "ask_text",
    "button",
    "label",
    "rest_after",
    "run_dialog",
    "set_menu",
    "set_styled",
]
