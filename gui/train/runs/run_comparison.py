"""A table of the settings and results of some runs, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.train.runs.run_settings import table_rows
from gui.widgets import button
from nets.experiments.comparison_row import ComparisonRow

if TYPE_CHECKING:
    from nets.runs.store import RunSummary


class RunComparison(QDialog):
    """A column for each run. Rows in which the runs differ are highlighted, and can be shown alone."""

    settings_requested = Signal(str)  # put this run's settings into the form

    def __init__(
        self,
        runs: Sequence[RunSummary],
        parent: QWidget | None = None,
        *,
        can_take: bool = True,
        titles: Mapping[str, str] | None = None,
    ) -> None:
        """``titles``: of all runs by id, because a run may have started from another one."""
        super().__init__(parent)
        self._runs = runs
        self._rows = table_rows(runs, titles)
        self._can_take = can_take
        self.setWindowTitle(self.tr("Settings and results") if len(runs) == 1 else self.tr("Runs side by side"))
        self.table = QTableWidget(self)
        self.table.setAccessibleName(self.windowTitle())
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectColumns)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.currentCellChanged.connect(lambda *_: self._name_column())
        self.only_differing = QCheckBox(self.tr("Only what differs"))
        self.only_differing.setVisible(len(runs) > 1)
        self.only_differing.toggled.connect(self._fill)
        self.take = button("")
        self.take.clicked.connect(self._take)
        copy = button(self.tr("Copy the table"), "plain", tip=self.tr("With tabs, for a spreadsheet (Ctrl+C)"))
        copy.clicked.connect(self.copy)
        QShortcut(QKeySequence.StandardKey.Copy, self).activated.connect(self.copy)
        close = button(self.tr("Close"), "primary")
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.setSpacing(theme.GAP)
        for widget in (self.only_differing, self.take):
            foot.addWidget(widget)
        foot.addStretch(1)
        foot.addWidget(copy)
        foot.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GUTTER, theme.GUTTER, theme.GUTTER, theme.GUTTER)
        layout.setSpacing(theme.INSET)
        layout.addWidget(self.table, 1)
        layout.addLayout(foot)
        self._fill()
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:
        wide = self.table.verticalHeader().sizeHint().width() + self.table.horizontalHeader().length()
        return QSize(min(max(wide + 3 * theme.GUTTER, 560), 960), 640)

    @property
    def shown_rows(self) -> list[ComparisonRow]:
        return [row for row in self._rows if row.differs or not self.only_differing.isChecked()]

    @property
    def chosen(self) -> RunSummary:
        """The run of the chosen column."""
        return self._runs[max(self.table.currentColumn(), 0)]

    def copy(self) -> None:
        """Copy the visible table to the clipboard, with tabs between the columns."""
        lines = [["", *(run.title for run in self._runs)], *([row.title, *row.values] for row in self.shown_rows)]
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in lines))

    def _fill(self) -> None:
        rows = self.shown_rows
        column = max(self.table.currentColumn(), 0)
        self.table.clear()
        self.table.setRowCount(len(rows))
        self.table.setColumnCount(len(self._runs))
        self.table.setHorizontalHeaderLabels([run.title for run in self._runs])
        self.table.setVerticalHeaderLabels([row.title for row in rows])
        several = len(self._runs) > 1
        for number, row in enumerate(rows):
            for place, value in enumerate(row.values):
                item = QTableWidgetItem(value)
                item.setFont(theme.font(bold=several and row.differs, tabular=True))
                self.table.setItem(number, place, item)
        self.table.setCurrentCell(0, column)
        self._name_column()

    def _name_column(self) -> None:
        self.take.setText(self.tr("Take over the settings of “{0}”").format(self.chosen.title))
        self.take.setEnabled(self._can_take)
        self.take.setToolTip("" if self._can_take else self.tr("Once the training has ended"))

    def _take(self) -> None:
        self.settings_requested.emit(self.chosen.id)
        self.accept()
