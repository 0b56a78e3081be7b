"""The keys as rows: each panel lists its own, ``bind`` makes the shortcuts, the help page prints them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True)
class Binding:
    """``keys`` as QKeySequence reads them, several allowed; ``where`` groups the rows on the help page."""

    name: str
    keys: tuple[str, ...]
    title: str
    where: str


def bind(
    owner: QWidget,
    bindings: tuple[Binding, ...],
    actions: Mapping[str, Callable[[], object]],
    context: Qt.ShortcutContext = Qt.ShortcutContext.WindowShortcut,
) -> list[QShortcut]:
    """A shortcut for every key of every row whose name is in ``actions``. A text field keeps its own keys."""
    made = []
    for row in bindings:
        if row.name not in actions:
            continue
        for keys in row.keys:
            shortcut = QShortcut(QKeySequence(keys), owner)
            shortcut.setContext(context)
            shortcut.activated.connect(actions[row.name])
            made.append(shortcut)
    return made


def words(keys: tuple[str, ...]) -> str:
    """The keys as this system writes them, e.g. "Ctrl+Z" or "⌘Z"."""
    return ", ".join(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in keys)
