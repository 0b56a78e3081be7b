"""The runs as a Qt model: one row each, newest first, unreadable ones at the end."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QCoreApplication, QModelIndex, QPersistentModelIndex, Qt, Signal

from gui.train.outcome import measured_on
from nets.runs.evaluation import Accuracy

if TYPE_CHECKING:
    from nets.runs.store import RunSummary

Index = QModelIndex | QPersistentModelIndex
RowRole = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, eq=False)
class RunRow:
    """A row of the list. ``color``: number of its overlay's colour, -1 if it is not laid over. ``summary`` is None for
    a run that cannot be read; ``problem`` says why.
    """

    summary: RunSummary | None
    color: int = -1
    focused: bool = False
    on_pad: bool = False  # the live model is this one
    accuracy: Accuracy | None = None  # accuracy of the best epoch on the held-out images
    settings: str = ""  # optimiser, rate, batch, and what differs from other runs
    live: str = ""  # how far the training is, while it runs in this window
    problem: str = ""

    @property
    def score(self) -> str:
        return self.accuracy.short() if self.accuracy is not None else "–"

    @property
    def id(self) -> str:
        return self.summary.id if self.summary else ""


class RunsModel(QAbstractListModel):
    """``renamed(id, title)`` follows an edit in the list."""

    renamed = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[RunRow] = []

    def set_rows(self, rows: Sequence[RunRow]) -> None:
        """Set the rows. If only their text changed, the view keeps its scroll position."""
        if [row.id for row in rows] == [row.id for row in self.rows]:
            self.rows = list(rows)
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def number(self, run: str) -> int:
        """The row of a run; -1 when it is not listed."""
        return next((number for number, row in enumerate(self.rows) if row.id == run and run), -1)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == RowRole:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return row.summary.title if row.summary else row.problem
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(row)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole and row.summary:
            live = ", " + _tr("live on the pad") if row.on_pad else ""
            return f"{when(row.summary.date)}, {row.score}, {state_words(row)}{live}"
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row = self.rows[index.row()]
        title = " ".join(str(value).split())
        if role != Qt.ItemDataRole.EditRole or row.summary is None or not title or title == row.summary.title:
            return False
        self.renamed.emit(row.id, title)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and self.rows[index.row()].summary is not None:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags


def _tr(text: str) -> str:
    return QCoreApplication.translate("RunsModel", text)


def tip(row: RunRow) -> str:
    """The row's tooltip: the run's state, its settings, and which images its numbers were measured on."""
    if row.summary is None:
        return row.problem
    stands = row.summary.message or state_words(row)
    lines = [row.summary.title, f"{when(row.summary.date)}: {stands}", row.settings]
    if row.accuracy is not None:
        words = measured_on(row.accuracy, _tr("validation images"))
        lines.append(_tr("Best epoch: {0}").format(words))
    if row.summary.test is not None:
        lines.append(_tr("Last epoch: {0}").format(measured_on(row.summary.test, _tr("test images"))))
    if row.on_pad:
        lines.append(_tr("The pad answers with this run"))
    return "\n".join(line for line in lines if line)


def state_words(row: RunRow) -> str:
    """ "finished, 10 epochs", "stopped after 4 of 10, resumable"."""
    summary = row.summary
    if summary is None:
        return row.problem
    if row.live:
        return row.live
    if summary.state == "running":
        return _tr("in training in another window or program")
    if summary.state == "finished":
        words = _tr("finished, one epoch") if summary.epochs_done == 1 else _tr("finished, {0} epochs")
        return words.format(summary.epochs_done)
    if not summary.epochs_done:
        return _tr("{0} before the first epoch ended").format(
            _tr("failed") if summary.state == "failed" else _tr("stopped")
        )
    words = _tr("failed") if summary.state == "failed" else _tr("stopped")
    return _tr("{0} after {1} of {2}, resumable").format(words, summary.epochs_done, summary.epochs)


def when(date: str, now: datetime.datetime | None = None) -> str:
    """An ISO date for people: today 14:02, yesterday 9:30, 3 Nov, 3 Nov 2025."""
    try:
        then = datetime.datetime.fromisoformat(date).astimezone()
    except ValueError:
        return date
    now = now or datetime.datetime.now().astimezone()
    days = (now.date() - then.date()).days
    if days == 0:
        return _tr("today {0}").format(f"{then:%H:%M}")
    if days == 1:
        return _tr("yesterday {0}").format(f"{then:%H:%M}")
    return f"{then.day} {then:%b}" + ("" if then.year == now.year else f" {then.year}")
