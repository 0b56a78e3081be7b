"""The networks of the zoo in a menu, those of one family in a submenu."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QMenu

from nets.zoo import NETS
from nets.zoo.registry import NetSpec


def add_networks(menu: QMenu, chosen: Callable[[NetSpec], object]) -> None:
    """Add all networks to ``menu``; ``chosen`` is called with the one that a person chooses."""
    members = Counter(row.family for row in NETS.values())
    families: dict[str, QMenu] = {}
    for row in NETS.values():
        if members[row.family] > 1 and row.family not in families:
            families[row.family] = menu.addMenu(row.family)
            families[row.family].setToolTipsVisible(True)
        action = families.get(row.family, menu).addAction(row.title)
        action.setToolTip(row.summary)
        action.triggered.connect(partial(_choose, chosen, row))


def _choose(chosen: Callable[[NetSpec], object], row: NetSpec, *_: object) -> None:
    chosen(row)
