"""The keys as rows: each panel lists its own, ``bind`` makes the shortcuts, the help page prints them.

A key means one thing. ``scope`` says where a row's keys work:

- ``"window"``: everywhere. No other row of the program uses these keys.
- ``"workspace"``: while the workspace is shown, wherever the focus is.
- ``"control"``: only while the control that ``where`` names has the focus.

A text field keeps the keys that it writes or edits with, and a focused button or list keeps Space.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

SCOPES = ("window", "workspace", "control")


@dataclass(frozen=True)
class Binding:
    """One key binding. ``keys``: in QKeySequence's notation, one or several. ``where``: the group on the help page."""

    name: str
    keys: tuple[str, ...]
    title: str
    where: str
    scope: str = "window"


def bind(
    owner: QWidget,
    bindings: tuple[Binding, ...],
    actions: Mapping[str, Callable[[], object]],
    context: Qt.ShortcutContext = Qt.ShortcutContext.WindowShortcut,
) -> list[QShortcut]:
    """Make a shortcut for every key of every row whose name is in ``actions``. A text field keeps its own keys."""
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


def pressed_row(bindings: Iterable[Binding], event: QKeyEvent) -> str:
    """The name of the row whose key was pressed; "" for another key or with Ctrl, Alt or Meta held."""
    held = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
    if held:
        return ""
    sequence = QKeySequence(event.key())
    return next((row.name for row in bindings for key in row.keys if QKeySequence(key) == sequence), "")


def conflicts(bindings: Iterable[Binding]) -> list[str]:
    """One sentence for each key with two meanings; empty if the table is correct.

    Rows of two different workspaces may share a key, because only one workspace is shown at a time.
    """
    problems = []
    rows = [(QKeySequence(key).toString(), row) for row in bindings for key in row.keys]
    for number, (key, one) in enumerate(rows):
        for other_key, other in rows[:number]:
            shared = "window" in (one.scope, other.scope) or _place(one) == _place(other)
            if key == other_key and shared:
                problems.append(f"{key} means {other.name!r} ({other.where}) and {one.name!r} ({one.where})")
    return problems


def _place(row: Binding) -> str:
    """The workspace that a row belongs to: the part of ``where`` before a colon."""
    return row.where.split(":")[0]


def words(keys: tuple[str, ...]) -> str:
    """The keys in this system's notation, e.g. "Ctrl+Z" or "⌘Z"."""
    return ", ".join(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in keys)
