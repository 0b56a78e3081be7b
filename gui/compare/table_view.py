"""The numbers of the models side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics, QGuiApplication, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout

from gui import theme
from gui.compare.new_head import NewHeadButton
from gui.compare.view import ComparisonView
from gui.widgets import button, label
from gui.words import translated

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.compare.state import CompareState
    from nets.experiments.comparison import Comparison
    from nets.experiments.comparison_row import ComparisonRow

ROW, WIDEST = 26, 190


class TableView(ComparisonView):
    """A column for each model; values that are equal in all are in a quiet colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[ComparisonRow] = []
        self._titles: list[str] = []
        self.table = QTableWidget(self)
        self.table.setAccessibleName(self.tr("Models side by side"))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setShowGrid(False)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        # The titles stay in view while the columns scroll.
        self.table.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.verticalHeader().setProperty("look", "titles")
        self.table.setProperty("look", "roomy")
        self.table.horizontalHeader().setMaximumSectionSize(theme.px(WIDEST))
        self.table.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.note = label("", "small", wrap=True)
        copy = button(self.tr("Copy the table"), "plain", tip=self.tr("With tabs, for a spreadsheet"))
        copy.clicked.connect(self.copy)
        self.new_head = NewHeadButton()
        self.new_head.chosen.connect(self.new_head_wanted)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.new_head)
        foot.addWidget(copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(self.table, 1)
        column.addWidget(self.note)
        column.addLayout(foot)
        theme.theme.changed.connect(self._fill)

    def show_comparison(self, found: Comparison, state: CompareState) -> None:
        from nets.experiments.table import rows_of

        self._rows = rows_of(found, state.batch)
        self._titles = [row.title for row in found.rows]
        self.new_head.show_rows([row for row in found.rows if row.needs_head])
        problems = [translated(row.problem).rstrip(".") + "." for row in found.rows if row.problem]
        self.note.setText(" ".join(problems))
        self.note.setVisible(bool(problems))
        self._fill()

    def copy(self) -> None:
        """Copy the table to the clipboard, with tabs between the columns."""
        lines = [["", *self._titles], *([row.title, *row.values] for row in self._rows)]
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in lines))

    def _fill(self) -> None:
        colors = theme.now()
        self.table.setRowCount(len(self._rows))
        self.table.setColumnCount(len(self._titles))
        for column, title in enumerate(self._titles):
            self.table.setHorizontalHeaderItem(column, heading(title, column))
        for number, row in enumerate(self._rows):
            self.table.setRowHeight(number, theme.px(ROW))
            side = QTableWidgetItem(self.tr(row.title))
            side.setToolTip(self.tr(row.tip))
            self.table.setVerticalHeaderItem(number, side)
            for place, words in enumerate(row.values):
                item = QTableWidgetItem(words)
                item.setToolTip(self.tr(row.tip))
                item.setFont(theme.font(tabular=True))
                item.setForeground(QColor(colors.text if row.differs else colors.quiet))
                self.table.setItem(number, place, item)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        # As wide as its text is painted: Qt's own hint assumes the window's larger font.
        metrics = QFontMetrics(theme.font(theme.SMALL))
        titles = [self.tr(row.title) for row in self._rows]
        widest = max(map(metrics.horizontalAdvance, titles), default=0)
        self.table.verticalHeader().setFixedWidth(widest + 3 * theme.GAP)


def heading(title: str, number: int) -> QTableWidgetItem:
    """The head of a model's column: its name with a dot in its colour."""
    colors = theme.now().runs
    dot = QPixmap(20, 20)
    dot.setDevicePixelRatio(2)
    dot.fill(Qt.GlobalColor.transparent)
    painter = QPainter(dot)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colors[number % len(colors)]))
    painter.drawEllipse(1, 1, 8, 8)
    painter.end()
    made = QTableWidgetItem(title)
    made.setIcon(dot)
    made.setToolTip(title)
    return made
