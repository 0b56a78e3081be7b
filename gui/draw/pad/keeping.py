"""The row that keeps a drawing under a label: button with menu, confirmation with undo, and count."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from gui import theme
from gui.draw.keys import DIGITS
from gui.draw.pad.drawing import Drawing
from gui.draw.pad.pad import Pad
from gui.session import Session
from gui.widgets import PartsLabel, ask_text, button, set_menu
from gui.words import translated
from nets.data.drawings import FORBIDDEN, LONGEST, counts, forget, keep, set_folder
from nets.errors import LensletError

CONFIRMATION_TIME = 6_000  # milliseconds that a confirmation is shown
MOST_CLASSES = 30  # rows of the menu; other labels are typed
HEIGHT = 24
BETWEEN = " · "  # the parts of the line beside the button


class Keeping(QWidget):
    """``keep_number(7)`` keeps the drawing as a 7; the menu keeps it under any label."""

    def __init__(self, session: Session, pad: Pad, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._pad = session, pad
        self._counts: dict[str, int] = {}
        self._kept: tuple[Path, str, Drawing] | None = None
        self.button = button(self.tr("Keep as"))
        self.line = PartsLabel("", "small", between=BETWEEN)
        self.undo_button = button(self.tr("Undo"), "plain", tip=self.tr("Take the kept drawing back"))
        policy = self.undo_button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.undo_button.setSizePolicy(policy)
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self._fill)
        set_menu(self.button, self.menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        self.setFixedHeight(HEIGHT)
        theme.theme.changed.connect(self._style)
        self._style()
        row.addWidget(self.button)
        row.addWidget(self.line, 1)
        row.addWidget(self.undo_button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(CONFIRMATION_TIME)
        self._timer.timeout.connect(self._show_idle)
        self.undo_button.clicked.connect(self.take_back)
        pad.history_changed.connect(self._on_history)
        session.drawings_changed.connect(self._count)
        session.card_changed.connect(self._on_card)
        self._count()
        self._on_card()

    def _style(self) -> None:
        """Make the two buttons low, with the small font."""
        height = theme.px(HEIGHT - 6)
        for one, padding in ((self.button, theme.GAP), (self.undo_button, theme.TIGHT)):
            one.setStyleSheet(
                f"min-height: {height}px; max-height: {height}px; padding: 2px {theme.px(padding)}px; "
                f"font-size: {theme.px(theme.SMALL)}px;"
            )

    # --- keeping --------------------------------------------------------------------------------------------

    @property
    def digits_are_classes(self) -> bool:
        """Whether the digit keys are labels: the live model has a digit among its classes, or there is no model."""
        card = self._session.card
        return card is None or any(label in DIGITS for label in card.labels)

    def key_hint(self) -> str:
        """The text of the status bar that says which key keeps the drawing."""
        return self.tr("0–9: keep as") if self.digits_are_classes else self.tr("K: keep as")

    @property
    def _set(self) -> str:
        """The set of drawings that new ones go to; "" for the first. A set whose folder is gone is created again."""
        return self._session.settings["drawing_set"]

    def keep_number(self, number: int) -> None:
        """Keep the drawing as the digit on the key, whatever the order of the model's classes.

        If the model's classes are not digits, no label belongs to the key: the list opens instead.
        """
        if self.digits_are_classes:
            self.keep(str(number))
        else:
            self.open_menu()

    def open_menu(self) -> None:
        """Opens the list of labels; in it, a key chooses the row that shows the key."""
        if self._pad.picture() is None:
            self._show_message(self.tr("Nothing drawn to keep"))
        else:
            self.menu.popup(self.button.mapToGlobal(self.button.rect().bottomLeft()))

    def keep(self, label: str) -> None:
        drawing, picture = self._pad.drawing, self._pad.picture()
        if picture is None:
            self._show_message(self.tr("Nothing drawn to keep"))
            return
        if self._is_kept(label, drawing):
            self._show_message(self.tr("Already kept as {0}").format(label), undo=True)
            return
        try:
            path = keep(self._session.places, label, picture, drawing.to_dict(), set_name=self._set)
        except LensletError as problem:
            self._session.notify(translated(problem), "error")
            return
        self._kept = (path, label, drawing)
        self._session.drawings_changed.emit()
        count = self._counts.get(label, 0)
        if self._set:
            where = self.tr("Kept as “{0}” in {2} · drawings of it: {1}")
        else:
            where = self.tr("Kept as “{0}” · drawings of it: {1}")
        self._show_message(where.format(label, count, self._set), undo=True)

    def _is_kept(self, label: str, drawing: Drawing) -> bool:
        """Whether the drawing was just kept under that label in this set, and the file still exists."""
        if self._kept is None or self._kept[1:] != (label, drawing):
            return False
        path = self._kept[0]
        return path.exists() and path.parents[1] == set_folder(self._session.places, self._set)

    def take_back(self) -> None:
        """Delete the files of the drawing that was kept last. The drawing stays on the pad."""
        if self._kept is None:
            return
        path, label, _ = self._kept
        self._kept = None
        if not path.exists():  # it was moved or deleted in the gallery
            self._show_message(self.tr("It is not under {0} any more").format(label))
            return
        try:
            forget(path)
        except OSError as problem:
            self._session.notify(self.tr("{0} could not be removed: {1}").format(path, problem.strerror), "error")
            return
        self._session.drawings_changed.emit()
        self._show_message(self.tr("Taken back from {0}").format(label))

    # --- words ----------------------------------------------------------------------------------------------

    def _show_message(self, words: str, *, undo: bool = False) -> None:
        self.line.setText(words)
        self.undo_button.setVisible(undo)
        self._timer.start()

    def _show_idle(self) -> None:
        """Shows the title of the picture, the count or the keys, once the confirmation has been shown long enough."""
        self._timer.stop()
        self.undo_button.hide()
        backdrop = self._pad.drawing.backdrop
        total = sum(self._counts.values())
        if backdrop is not None and backdrop.title:
            self.line.setText(backdrop.title)
        else:
            digits = self.digits_are_classes
            hint = self.tr("or press 0 to 9") if digits else self.tr("or press K, then choose")
            self.line.setText(hint + (BETWEEN + self.tr("{0} kept").format(total) if total else ""))

    def _on_card(self, card: object = None) -> None:
        keys = self.tr("0 to 9, or K") if self.digits_are_classes else self.tr("K, then the key beside the label")
        self.button.setToolTip(self.tr("Keep the drawing under its label, to train on ({0})").format(keys))
        self._on_history()

    def _on_history(self) -> None:
        if not self._timer.isActive():
            self._show_idle()

    def _count(self) -> None:
        """The number of kept drawings. Fast enough for the window's thread: a few milliseconds for thousands of
        files.
        """
        self._counts = counts(self._session.places, self._set)
        if not self._timer.isActive():
            self._show_idle()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()

    # --- the menu -------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        """The model's classes, the first ten with their key, then other labels that drawings were kept under."""
        self.menu.clear()
        card = self._session.card
        names = folder_names(card.labels) if card is not None else list(DIGITS)
        names, classes = names[:MOST_CLASSES], set(names)
        names += [name for name in sorted(self._counts) if name not in classes]
        for number, name in enumerate(names):
            text = name.replace("&", "&&")
            if self.digits_are_classes:
                text = f"&{text}" if name in DIGITS else text
            elif number < min(len(classes), len(DIGITS)):
                text = f"&{number}   {text}"
            if self._counts.get(name):
                text += f"  ({self._counts[name]})"
            self.menu.addAction(text).triggered.connect(lambda _=False, name=name: self.keep(name))
        self.menu.addSeparator()
        self.menu.addAction(self.tr("Another label …")).triggered.connect(self._ask_label)
        self.menu.addAction(self.tr("Kept drawings …")).triggered.connect(self._open_gallery)

    def _ask_label(self) -> None:
        label = ask_text(self, self.tr("Keep the drawing"), self.tr("What is it? Its label:"), accept=self.tr("Keep"))
        if label:
            self.keep(label)

    def _open_gallery(self) -> None:
        from gui.drawings.gallery import open_gallery

        open_gallery(self._session, self)


def folder_names(labels: Sequence[str]) -> list[str]:
    """A folder name for each class, all different: "a/b" and "a-b" become "a-b" and "a-b (2)".

    Names that differ only in upper and lower case count as equal on a file system that does not distinguish them.
    """
    same = str if sys.platform.startswith("linux") else str.casefold
    names: list[str] = []
    taken: set[str] = set()
    for label in labels:
        first = name = folder_name(label)
        number = 2
        while same(name) in taken:
            suffix = f" ({number})"
            name = first[: LONGEST - len(suffix)] + suffix
            number += 1
        taken.add(same(name))
        names.append(name)
    return names


def folder_name(label: str) -> str:
    """A class name as the name of a folder: "T-shirt/top" becomes "T-shirt-top"."""
    clean = "".join("-" if character in FORBIDDEN or ord(character) < 32 else character for character in label)
    return clean.strip().lstrip(".")[:LONGEST].strip() or "unnamed"
