"""``ViewChoice``: the choice between the views of a workspace, as buttons in the head of its panel, or as a menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton

from gui import theme
from gui.widgets.buttons import button
from gui.widgets.panel import Panel
from gui.widgets.select import Select

WIDE = 860  # width of the workspace below which the buttons need the heading's room, too

Make = TypeVar("Make", bound=Callable[..., object])


@dataclass(frozen=True)
class ViewRow(Generic[Make]):
    """A row of a workspace's table of views.

    name: the key. title: on its button. heading: what the view answers, above it. tip: of the button. make: makes the
    view; what it is called with is the workspace's own.
    """

    name: str
    title: str
    heading: str
    tip: str
    make: Make


class ViewChoice(QObject):
    """``chosen`` gives the name of a view. ``tabs``: the buttons by name; ``select``: the menu in their place."""

    chosen = Signal(str)

    def __init__(
        self, rows: Sequence[ViewRow[Any]], panel: Panel, translate: Callable[[str], str], *, look: str = ""
    ) -> None:
        super().__init__(panel)
        self._rows = {row.name: row for row in rows}
        self._panel, self._translate = panel, translate
        self.tabs: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        for row in rows:
            tab = button(translate(row.title), look, tip=translate(row.tip))
            tab.setCheckable(True)
            tab.clicked.connect(lambda _=False, name=row.name: self.chosen.emit(name))
            group.addButton(tab)
            panel.add_tool(tab)
            self.tabs[row.name] = tab
        self.select = Select([(row.name, translate(row.title)) for row in rows])
        self.select.setAccessibleName(translate("View"))
        self.select.activated.connect(lambda _: self.chosen.emit(self.select.value()))
        panel.head.insertWidget(0, self.select)
        panel.head.setSpacing(theme.TIGHT)

    def show(self, name: str) -> None:
        """Mark the view ``name`` as chosen, and show its heading."""
        self.tabs[name].setChecked(True)
        self.select.choose(name)
        self._panel.heading.setText(self._translate(self._rows[name].heading))

    def fit(self, width: int, side: int) -> None:
        """Show the heading if there is room, and the menu if the buttons would be cut.

        ``width``: of the workspace; ``side``: of the column at its left.
        """
        self._panel.heading.setVisible(width >= theme.px(WIDE))
        needed = sum(tab.sizeHint().width() + theme.px(theme.TIGHT) for tab in self.tabs.values())
        room = width - side - theme.px(theme.GUTTER + 2 * theme.INSET + theme.CONTROL_HEIGHT)
        for tab in self.tabs.values():
            tab.setVisible(needed <= room)
        self.select.setVisible(needed > room)
