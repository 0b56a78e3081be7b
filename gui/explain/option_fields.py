"""A field for each row of a method's options; an empty field means the default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QCompleter, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from gui import theme
from gui.widgets import Select, label, set_styled
from nets.explain.option import Option, names_in

Shape = tuple[int, ...]


class OptionFields(QWidget):
    """``changed`` when a value changes. Values are remembered by method until the window closes."""

    changed = Signal()

    def __init__(self, columns: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = columns
        self._rows: tuple[Option, ...] = ()
        self._shape: Shape = ()
        self._layers: tuple[tuple[str, ...], dict[str, tuple[str, ...]]] = ((), {})
        self._said: dict[tuple[Option, ...], dict[str, str]] = {}  # texts, by the rows that they belong to
        self.fields: dict[str, QLineEdit | Select] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._grid: QWidget | None = None
        self._counted: tuple[tuple[str, Any], ...] = ()

    def set_rows(
        self,
        rows: Sequence[Option],
        shape: Shape = (),
        names: Sequence[str] = (),
        fitting: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """Set the rows.

        Args:
            rows: of a method.
            shape: (H, W, C) of the network's input, against which values are checked.
            names: the layers of the network that can be named.
            fitting: by the row, the names that are taken where nothing is said.
        """
        self._shape = shape
        layers = tuple(names), dict(fitting or {})
        if tuple(rows) == self._rows and layers == self._layers and self._grid is not None:
            return
        if layers != self._layers:  # names mean nothing in another network
            for known, said in self._said.items():
                for row in known:
                    if row.kind == "names":
                        said.pop(row.name, None)
        self._layers = layers
        self._rows = tuple(rows)
        if self._grid is not None:
            self._grid.hide()
            self._grid.deleteLater()
        self.fields = {}
        said = self._said.setdefault(self._rows, {})
        self._grid = QWidget()
        grid = QGridLayout(self._grid)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GAP)
        grid.setVerticalSpacing(2)
        for number, row in enumerate(self._rows):
            field = self._field_of(row, said.get(row.name, ""))
            self.fields[row.name] = field
            line, column = divmod(number, self._columns)
            grid.addWidget(label(self.tr(row.title), "small"), 2 * line, column)
            grid.addWidget(field, 2 * line + 1, column)
        for column in range(self._columns):
            grid.setColumnStretch(column, 1)
        self._layout.addWidget(self._grid)
        self.setVisible(bool(self._rows))
        self._counted = self.values()
        self._mark()

    def values(self) -> tuple[tuple[str, Any], ...]:
        """(name, value) of the fields that are filled in, in the order of the rows. Text that is not a number is
        returned too, to be refused.
        """
        said = self._said.get(self._rows, {})
        return tuple((row.name, _value(row, said[row.name])) for row in self._rows if said.get(row.name))

    def _field_of(self, row: Option, text: str) -> QLineEdit | Select:
        if row.kind == "choice":
            chosen = Select([("", row.usual), *((choice, choice) for choice in row.choices)])
            chosen.choose(text)
            chosen.currentIndexChanged.connect(lambda *_: self._take(row, chosen.value()))
            field: QLineEdit | Select = chosen
        else:
            line = QLineEdit(text)
            line.setPlaceholderText(self._usual(row))
            if row.kind == "names":
                line.setCompleter(NamesCompleter(self._layers[0], line))
            else:
                line.setAlignment(Qt.AlignmentFlag.AlignRight)
            line.editingFinished.connect(lambda: self._take(row, line.text().strip()))
            field = line
        field.setMinimumWidth(theme.px(48))
        field.setAccessibleName(self.tr(row.title))
        return field

    def _usual(self, row: Option) -> str:
        return ", ".join(self._layers[1].get(row.name, ())) or self.tr(row.usual)

    def _take(self, row: Option, text: str) -> None:
        self._said[self._rows][row.name] = text
        self._mark()
        if self.values() != self._counted:
            self._counted = self.values()
            self.changed.emit()

    def _mark(self) -> None:
        """Mark a value that cannot be taken with a border, and say why in its tooltip."""
        said = dict(self.values())
        for row in self._rows:
            field = self.fields[row.name]
            problem = row.refusal(said[row.name], self._shape) if row.name in said else ""
            bounds = "" if row.low is None or row.high is None else f" ({row.low:g} to {row.high:g})"
            usual = self.tr("Usual: {0}").format(self._usual(row))
            field.setToolTip(problem or f"{self.tr(row.words or row.title)}{bounds}. {usual}.")
            field.setAccessibleDescription(problem)
            set_styled(field, "wrong", bool(problem))


class NamesCompleter(QCompleter):
    """Proposes names for what stands behind the last comma."""

    def __init__(self, names: Sequence[str], field: QLineEdit) -> None:
        super().__init__(list(names), field)
        self._field = field
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)

    def splitPath(self, path: str) -> list[str]:
        return [path.rpartition(",")[2].strip()]

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        before, comma, _ = self._field.text().rpartition(",")
        return (f"{before}{comma} " if comma else "") + super().pathFromIndex(index)


def _value(row: Option, text: str) -> Any:
    """The number or choice in ``text``, or the text itself."""
    if row.kind == "choice":
        return text
    if row.kind == "names":
        return names_in(text) or text
    try:
        return int(text) if row.kind == "int" else float(text)
    except ValueError:
        return text
