"""The gallery of kept drawings: thumbnails by label; relabel, move to another set and delete, all with undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QCloseEvent, QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.drawings.grid import DrawingGrid
from gui.session import Session
from gui.widgets import ElidedLabel, Select, StateView, ask_text, button, label, run_dialog, set_menu
from gui.words import translated
from nets.data import drawings
from nets.data.drawings import DrawingEdit, KeptDrawing
from nets.errors import LensletError

DIGITS = tuple(str(digit) for digit in range(10))
DELETED = ".bin"  # the row of the sets that shows deleted drawings; no set can have this name
ALL = ""  # the row of the list of labels that shows all labels
LabelRole = Qt.ItemDataRole.UserRole


def open_gallery(session: Session, parent: QWidget, set_name: str | None = None) -> None:
    """Show the gallery until it is closed. ``set_name`` None: the set that new drawings go to."""
    dialog = DrawingGallery(session, parent.window(), session.settings["drawing_set"] if set_name is None else set_name)
    try:
        run_dialog(dialog)
    finally:
        dialog.finish()


class DrawingGallery(QDialog):
    """Shows one set at a time. Every change is written to the disk at once; ``undo`` reverts the last one."""

    def __init__(self, session: Session, parent: QWidget | None = None, set_name: str = "") -> None:
        super().__init__(parent)
        self._session = session
        self._changes: list[tuple[str, DrawingEdit]] = []  # what was done, in words, and how to undo it
        self._found: list[KeptDrawing] = []
        self.set_name = set_name if set_name in drawings.sets(session.places) else ""
        self.setWindowTitle(self.tr("Kept drawings"))
        self.resize(820, 600)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GUTTER, theme.GUTTER, theme.GUTTER, theme.GUTTER)
        layout.setSpacing(theme.INSET)
        layout.addLayout(self._build_sets())
        layout.addLayout(self._build_lists(), 1)
        layout.addLayout(self._build_actions())
        layout.addLayout(self._build_foot())
        self._bind_keys()
        self.refresh()

    # --- building -------------------------------------------------------------------------------------------

    def _build_sets(self) -> QHBoxLayout:
        self.sets = Select()
        self.sets.setAccessibleName(self.tr("Set of drawings"))
        self.sets.setMinimumWidth(200)
        self.sets.activated.connect(lambda: self.show_set(self.sets.currentData() or ""))
        self.new_set = button(self.tr("New set …"), tip=self.tr("A set is trained on by itself, e.g. one per person"))
        self.new_set.clicked.connect(self._ask_new_set)
        self.rename_set = button(self.tr("Rename …"), "plain")
        self.rename_set.clicked.connect(self._ask_set_name)
        self.remove_set = button(self.tr("Remove"), "plain", tip=self.tr("Removes a set in which nothing is left"))
        self.remove_set.clicked.connect(self._remove_set)
        self.target = QCheckBox(self.tr("New drawings go here"))
        self.target.setToolTip(self.tr("Drawings that are kept on the pad go into this set"))
        self.target.clicked.connect(self._choose_target)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        row.addWidget(label(self.tr("Set"), "quiet"))
        for widget in (self.sets, self.new_set, self.rename_set, self.remove_set):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.target)
        return row

    def _build_lists(self) -> QHBoxLayout:
        self.labels = QListWidget()
        self.labels.setAccessibleName(self.tr("Labels"))
        self.labels.setFixedWidth(160)
        self.labels.currentItemChanged.connect(lambda *_: self._show_drawings())
        colors = theme.now()
        frame = f"border: 1px solid {colors.line}; border-radius: {theme.RADIUS_CONTROL}px; padding: {theme.GAP}px;"
        self.labels.setStyleSheet(f"QListWidget {{ {frame} }} QListWidget::item {{ padding: {theme.TIGHT}px; }}")
        self.grid = DrawingGrid(self)
        self.grid.setStyleSheet(f"QListWidget {{ {frame} }}")
        self.grid.itemSelectionChanged.connect(self._refresh_actions)
        self.state = StateView(self)
        right = QWidget()
        self._stack = QStackedLayout(right)
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self.state)
        row = QHBoxLayout()
        row.setSpacing(theme.INSET)
        row.addWidget(self.labels)
        row.addWidget(right, 1)
        return row

    def _build_actions(self) -> QHBoxLayout:
        self.relabel_menu, self.move_menu = QMenu(self), QMenu(self)
        self.relabel_menu.aboutToShow.connect(self._fill_relabel)
        self.move_menu.aboutToShow.connect(self._fill_move)
        self.relabel = button(self.tr("Change the label …"), tip=self.tr("Of the chosen drawings (0 to 9)"))
        set_menu(self.relabel, self.relabel_menu)
        self.move_to = button(self.tr("Move to …"), tip=self.tr("Puts the chosen drawings into another set"))
        set_menu(self.move_to, self.move_menu)
        self.delete = button(self.tr("Delete"), tip=self.tr("Puts the chosen drawings into the bin (Delete)"))
        self.delete.clicked.connect(self.delete_chosen)
        self.put_back = button(self.tr("Put back"), tip=self.tr("Takes the chosen drawings out of the bin"))
        self.put_back.clicked.connect(self.restore_chosen)
        self.chosen = label("", "quiet")
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        for widget in (self.relabel, self.move_to, self.delete, self.put_back):
            row.addWidget(widget)
        row.addWidget(self.chosen)
        row.addStretch(1)
        return row

    def _build_foot(self) -> QHBoxLayout:
        self.message = ElidedLabel(look="small")
        self.undo_button = button(self.tr("Undo"), tip=self.tr("Takes the last change back (Ctrl+Z)"))
        self.undo_button.clicked.connect(self.undo)
        folder = button(self.tr("Show the folder"), "plain")
        folder.clicked.connect(self._show_folder)
        close = button(self.tr("Close"), "primary")
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        row.addWidget(self.undo_button)
        row.addWidget(self.message, 1)
        row.addWidget(folder)
        row.addWidget(close)
        return row

    def _bind_keys(self) -> None:
        keys: dict[str, Callable[[], object]] = {"Ctrl+Z": self.undo, "Delete": self.delete_chosen}
        keys |= {digit: partial(self.relabel_chosen, digit) for digit in DIGITS}
        for key, action in keys.items():
            QShortcut(QKeySequence(key), self).activated.connect(action)

    # --- what is shown --------------------------------------------------------------------------------------

    def show_set(self, name: str) -> None:
        self.set_name = name
        self.refresh()

    def refresh(self) -> None:
        """Reads the folders again. The chosen label stays chosen while it has drawings."""
        places = self._session.places
        self._found = drawings.deleted(places) if self.in_bin else drawings.drawings_of(places, self.set_name)
        self._show_sets()
        counts: dict[str, int] = {}
        for drawing in self._found:
            counts[drawing.label] = counts.get(drawing.label, 0) + 1
        chosen = self._label
        self.labels.blockSignals(True)
        self.labels.clear()
        for name, count in ((ALL, len(self._found)), *counts.items()):
            item = QListWidgetItem(self.tr("{0}  ({1:,})").format(name or self.tr("All"), count), self.labels)
            item.setData(LabelRole, name)
            if name == chosen:
                self.labels.setCurrentItem(item)
        if self.labels.currentRow() < 0:
            self.labels.setCurrentRow(0)
        self.labels.blockSignals(False)
        self._show_drawings()

    @property
    def in_bin(self) -> bool:
        """Whether deleted drawings are shown; they can only be restored."""
        return self.set_name == DELETED

    @property
    def _label(self) -> str:
        """The label whose drawings are shown; ALL for all of them."""
        item = self.labels.currentItem()
        return item.data(LabelRole) if item is not None else ALL

    @property
    def _is_target(self) -> bool:
        """Whether drawings that are kept on the pad go into the set that is shown."""
        chosen: str = self._session.settings["drawing_set"]
        return chosen == self.set_name

    def _show_sets(self) -> None:
        names = list(drawings.sets(self._session.places))
        if self.in_bin or drawings.deleted(self._session.places):
            names.append(DELETED)
        self.sets.blockSignals(True)
        self.sets.clear()
        for name in names:
            self.sets.addItem(self._title(name), name)
        self.sets.setCurrentIndex(names.index(self.set_name))
        self.sets.blockSignals(False)
        self.rename_set.setEnabled(bool(self.set_name) and not self.in_bin)
        self.remove_set.setEnabled(bool(self.set_name) and not self.in_bin and not self._found)
        self.target.setVisible(not self.in_bin)
        self.target.setChecked(self._is_target)
        self.target.setEnabled(not self.target.isChecked())  # it is unchecked by choosing another set

    def _title(self, set_name: str) -> str:
        return self.tr("Deleted") if set_name == DELETED else set_name or self.tr("My drawings")

    def _show_drawings(self) -> None:
        shown = [one for one in self._found if self._label in (ALL, one.label)]
        if shown:
            self._stack.setCurrentWidget(self.grid)
        elif self.in_bin:
            self.state.empty(self.tr("Nothing was deleted"), icon="trash-2")
            self._stack.setCurrentWidget(self.state)
        else:
            words = self.tr("Draw on the pad and press the key of its label, 0 to 9, or “Keep as”.")
            if not self._is_target:
                words = self.tr(
                    "Tick “New drawings go here”, draw on the pad and press the key of the label, or move some."
                )
            self.state.empty(self.tr("No drawings in this set yet"), words, icon="pen-line")
            self._stack.setCurrentWidget(self.state)
        self.grid.show_drawings(shown)
        self._refresh_actions()

    def _refresh_actions(self) -> None:
        count = len(self.grid.selectedItems())
        for widget in (self.relabel, self.move_to, self.delete, self.put_back):
            widget.setEnabled(count > 0)
            widget.setVisible((widget is self.put_back) == self.in_bin)
        hint = self.tr("Choose drawings: a click, Ctrl or Shift and a click, or Ctrl+A")
        self.chosen.setText(self.tr("{0} chosen").format(count) if count else hint)
        self.undo_button.setEnabled(bool(self._changes))

    # --- changing -------------------------------------------------------------------------------------------

    def relabel_chosen(self, name: str) -> None:
        """Gives the chosen drawings another label."""
        chosen = self.grid.selection()
        words = self.tr("Now labelled {1}: {0}").format(self._counted(chosen), name)
        self._change(words, partial(drawings.move, self._session.places, chosen, label=name))

    def move_chosen(self, set_name: str) -> None:
        """Puts the chosen drawings into another set."""
        chosen = self.grid.selection()
        words = self.tr("{0} moved to {1}").format(self._counted(chosen), self._title(set_name))
        self._change(words, partial(drawings.move, self._session.places, chosen, set_name=set_name))

    def _counted(self, chosen: Sequence[KeptDrawing]) -> str:
        return self.tr("1 drawing") if len(chosen) == 1 else self.tr("{0} drawings").format(len(chosen))

    def delete_chosen(self) -> None:
        """Puts the chosen drawings into the bin."""
        chosen = self.grid.selection()
        words = self.tr("{0} deleted").format(self._counted(chosen))
        self._change(words, partial(drawings.delete, self._session.places, chosen))

    def restore_chosen(self) -> None:
        """Takes the chosen drawings out of the bin."""
        chosen = self.grid.selection()
        words = self.tr("{0} put back").format(self._counted(chosen))
        self._change(words, partial(drawings.restore, self._session.places, chosen), in_bin=True)

    def undo(self) -> None:
        """Takes the last change back."""
        if not self._changes:
            return
        words, change = self._changes.pop()
        try:
            drawings.undo(change)
        except LensletError as problem:
            self._changes.append((words, change))
            self.message.setText(translated(problem))
            return
        self._announce(self.tr("Taken back: {0}").format(words))

    def _change(self, words: str, action: Callable[[], DrawingEdit], *, in_bin: bool = False) -> None:
        if not self.grid.selectedItems() or in_bin != self.in_bin:
            return
        try:
            change = action()
        except LensletError as problem:
            self.message.setText(translated(problem))
            return
        if change.moves:
            self._changes.append((words, change))
            self._announce(words)

    def _announce(self, words: str) -> None:
        self.message.setText(words)
        self.refresh()
        self._session.drawings_changed.emit()

    def _fill_relabel(self) -> None:
        names = {drawing.label for name in drawings.sets(self._session.places) for drawing in self._in(name)}
        self.relabel_menu.clear()
        for name in sorted(names | set(DIGITS)):
            self.relabel_menu.addAction(name.replace("&", "&&"), partial(self.relabel_chosen, name))
        self.relabel_menu.addSeparator()
        self.relabel_menu.addAction(self.tr("Another label …"), self._ask_label)

    def _fill_move(self) -> None:
        self.move_menu.clear()
        for name in drawings.sets(self._session.places):
            if name != self.set_name:
                self.move_menu.addAction(self._title(name).replace("&", "&&"), partial(self.move_chosen, name))
        self.move_menu.addSeparator()
        self.move_menu.addAction(self.tr("A new set …"), self._ask_set_to_move_to)

    def _in(self, set_name: str) -> list[KeptDrawing]:
        return self._found if set_name == self.set_name else drawings.drawings_of(self._session.places, set_name)

    def _ask_label(self) -> None:
        name = ask_text(
            self, self.tr("Change the label"), self.tr("What are they? Their label:"), accept=self.tr("Change")
        )
        if name:
            self.relabel_chosen(name)

    # --- sets -----------------------------------------------------------------------------------------------

    def _ask_name(self, title: str, accept: str, text: str = "") -> str:
        return ask_text(self, title, self.tr("Name of the set:"), text=text, accept=accept)

    def _ask_new_set(self) -> None:
        name = self._ask_name(self.tr("A new set"), self.tr("Create"))
        if name and self._try(partial(drawings.create_set, self._session.places, name)):
            self.show_set(name)
            self._session.drawings_changed.emit()

    def _ask_set_to_move_to(self) -> None:
        name = self._ask_name(self.tr("A new set"), self.tr("Create and move"))
        if name:
            self.move_chosen(name)

    def _ask_set_name(self) -> None:
        old = self.set_name
        name = self._ask_name(self.tr("Rename the set"), self.tr("Rename"), old)
        if name and name != old and self._try(partial(drawings.rename_set, self._session.places, old, name)):
            self._changes.clear()  # their undo refers to files under the old name
            if self._session.settings["drawing_set"] == old:
                self._session.settings.set("drawing_set", name)
            self.show_set(name)
            self._session.drawings_changed.emit()

    def _remove_set(self) -> None:
        name = self.set_name
        if self._try(partial(drawings.remove_empty_set, self._session.places, name)):
            if self._session.settings["drawing_set"] == name:
                self._session.settings.set("drawing_set", "")
            self.show_set("")
            self._session.drawings_changed.emit()

    def _choose_target(self) -> None:
        self._session.settings.set("drawing_set", self.set_name)
        self._session.drawings_changed.emit()
        self._show_sets()
        self._show_drawings()

    def _try(self, action: Callable[[], object]) -> bool:
        """Do ``action`` and return whether it worked; a failure is shown in the line at the foot."""
        try:
            action()
        except LensletError as problem:
            self.message.setText(translated(problem))
            return False
        return True

    def _show_folder(self) -> None:
        folder = drawings.set_folder(self._session.places, "" if self.in_bin else self.set_name)
        folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    # --- the end --------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Stops reading thumbnails."""
        self.grid.finish()

    def done(self, result: int) -> None:
        self.finish()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.finish()
        super().closeEvent(event)
