"""The test images on which the models disagree, the most confident disagreements first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QImage, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.compare.new_head import NewHeadButton
from gui.compare.table_view import heading
from gui.compare.view import ComparisonView
from gui.threads.loader import Loader
from gui.widgets import StateView, label

if TYPE_CHECKING:
    from gui.compare.state import CompareState
    from nets.data.specs import Split
    from nets.events import Report
    from nets.experiments.comparison import Comparison

SIDE = 40
SHOWN = 200  # images in the list; the first are the most interesting
READ = 20  # images between two checks whether they are still wanted


@dataclass(frozen=True, eq=False)
class Offered:
    """An image for the pad: (H, W, 1|3) uint8, its title and its true class."""

    image: np.ndarray
    title: str
    label: str


def images_task(test: Split, indices: np.ndarray, report: Report) -> list[np.ndarray]:
    """The images at the positions ``indices``: large ones are decoded from files."""
    from nets.events import Progress

    found: list[np.ndarray] = []
    for start in range(0, len(indices), READ):
        report(Progress("images", start, len(indices)))
        found.extend(test.images.read(indices[start : start + READ]))
    return found


class PlainSelection(QStyledItemDelegate):
    """Shows a chosen row with another background, and leaves pictures and text colours as they are."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        if option.state & QStyle.StateFlag.State_Selected:
            option.state &= ~QStyle.StateFlag.State_Selected
            option.backgroundBrush = QBrush(theme.now().color("accent_soft"))


class DisagreementsView(ComparisonView):
    """``chosen`` gives an image to put on the pad, where both models answer it."""

    chosen = Signal(object)  # Offered

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Comparison | None = None
        self._indices = np.zeros(0, np.int64)
        self._images: list[np.ndarray] = []
        self._reader = Loader(self)
        self.sentence = label("", "quiet", wrap=True)
        self.new_head = NewHeadButton()
        self.new_head.chosen.connect(self.new_head_wanted)
        self.state = StateView()
        self.table = QTableWidget()
        self.table.setAccessibleName(self.tr("Disagreements"))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setItemDelegate(PlainSelection(self.table))
        self.table.setProperty("look", "roomy")
        self.table.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.setShowGrid(False)
        self.table.setIconSize(QSize(SIDE, SIDE))
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.table.setCursor(Qt.CursorShape.PointingHandCursor)
        self.table.cellClicked.connect(lambda row, _: self.open(row))
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(self.sentence)
        column.addWidget(self.table, 1)
        self._stack = QStackedLayout()
        self._stack.addWidget(shown)
        self._stack.addWidget(self.state)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(theme.GAP)
        whole.addLayout(self._stack, 1)
        whole.addWidget(self.new_head, 0, Qt.AlignmentFlag.AlignHCenter)
        theme.theme.changed.connect(self._fill)

    def show_comparison(self, found: Comparison, state: CompareState) -> None:
        if found is self._found:
            return
        self._found = found
        self.new_head.show_rows([row for row in found.rows if row.needs_head])
        self._images = []
        self._indices = np.array([one.index for one in found.disagreements[:SHOWN]], np.int64)
        answered = [row for row in found.rows if row.answers is not None]
        if len(answered) < 2:
            self._empty(
                self.tr("Nothing to disagree about"),
                self.tr("Choose test images whose classes at least two of the models know, and press Compare."),
            )
        elif not len(self._indices):
            words = self.tr("All give the same answers to the {0:,} test images of {1}.")
            self._empty(self.tr("They agree"), words.format(found.images, found.dataset), icon="circle-check")
        else:
            self.state.busy(self.tr("Reading the images"))
            self._stack.setCurrentWidget(self.state)
            self._reader.ask(images_task, found.test, self._indices, done=self._on_images, failed=self._on_failed)

    def finish(self) -> None:
        self._reader.finish()

    def _empty(self, title: str, words: str, icon: str = "info") -> None:
        self.state.empty(title, words, icon=icon)
        self._stack.setCurrentWidget(self.state)

    def _on_failed(self, words: str) -> None:
        self.state.failed(self.tr("The images cannot be read"), words)
        self._stack.setCurrentWidget(self.state)

    def _on_images(self, images: list[np.ndarray]) -> None:
        self._images = images
        self._fill()
        self.table.setCurrentCell(0, 0)
        self._stack.setCurrentIndex(0)

    # --- the list -----------------------------------------------------------------------------------------------

    @property
    def current(self) -> int:
        return self.table.currentRow()

    def walk(self, by: int) -> None:
        """Move to the disagreement before or after the chosen one."""
        if self._images:
            self.table.setCurrentCell(min(max(self.current + by, 0), len(self._images) - 1), 0)

    def open(self, row: int) -> None:
        """Put the image of a row on the pad, where all models answer it."""
        if self._found is None or self._found.test is None or not 0 <= row < len(self._images):
            return
        index = int(self._indices[row])
        name = self._found.classes[int(self._found.test.labels[index])]
        title = self.tr("{0}, test image {1}").format(self._found.dataset, index)
        self.chosen.emit(Offered(self._images[row], title, name))

    def _fill(self) -> None:
        found = self._found
        if found is None or not self._images or found.test is None:
            return
        total, shown = len(found.disagreements), len(self._images)
        words = self.tr("{0:,} of the {1:,} test images of {2} are answered differently, the surest answers first.")
        sentence = words.format(total, found.images, found.dataset)
        if shown < total:
            sentence += " " + self.tr("The first {0} are shown.").format(shown)
        self.sentence.setText(sentence + " " + self.tr("Click one to look at it with all models."))
        models = [(number, row) for number, row in enumerate(found.rows) if row.answers is not None]
        colors = theme.now()
        self.table.setColumnCount(2 + len(models))
        for place, words in enumerate((self.tr("image"), self.tr("true"))):
            self.table.setHorizontalHeaderItem(place, QTableWidgetItem(words))
        for place, (number, model) in enumerate(models):
            self.table.setHorizontalHeaderItem(2 + place, heading(model.title, number))
        self.table.setRowCount(shown)
        for row, (index, image) in enumerate(zip(self._indices.tolist(), self._images, strict=True)):
            self.table.setRowHeight(row, SIDE + theme.GAP)
            true = found.classes[int(found.test.labels[index])]
            picture = QTableWidgetItem()
            picture.setIcon(thumbnail(image, self.devicePixelRatioF()))
            picture.setToolTip(self.tr("test image {0}").format(index))
            self.table.setItem(row, 0, picture)
            self.table.setItem(row, 1, self._cell(true, colors.text))
            for place, (_, model) in enumerate(models):
                assert model.answers is not None
                name = model.answers.name(index)
                words = f"{name}  {100 * float(model.answers.certainty[index]):.1f} %"
                cell = self._cell(words, colors.text if name == true else colors.error)
                cell.setToolTip(self.tr("right") if name == true else self.tr("wrong: it is {0}").format(true))
                self.table.setItem(row, 2 + place, cell)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for column in (0, 1):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)

    def _cell(self, words: str, color: str) -> QTableWidgetItem:
        item = QTableWidgetItem(words)
        item.setFont(theme.font(tabular=True))
        item.setForeground(QColor(color))
        return item


def thumbnail(image: np.ndarray, ratio: float) -> QPixmap:
    """(H, W, 1|3) uint8 enlarged by a whole number, or reduced if it is larger than ``SIDE``."""
    pixels = np.ascontiguousarray(image)
    height, width, channels = pixels.shape
    kind = QImage.Format.Format_Grayscale8 if channels == 1 else QImage.Format.Format_RGB888
    whole = QImage(pixels.tobytes(), width, height, width * channels, kind).copy()
    side = round(SIDE * ratio)
    how = Qt.TransformationMode.FastTransformation if width <= side else Qt.TransformationMode.SmoothTransformation
    made = QPixmap.fromImage(whole.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, how))
    made.setDevicePixelRatio(ratio)
    return made
