"""What the network gets right and wrong on the validation images: the matrix, a cell's images, the hardest images."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from gui import theme
from gui.train.outcome import measured_on
from gui.train.results.confusion import ConfusionMatrix
from gui.train.results.strip import Strip, StripItem
from gui.train.task import HeldOut
from gui.widgets import ElidedLabel, Panel, PartsLabel, StateView, button
from gui.words import translated
from nets.errors import LensletError
from nets.runs.evaluation import Evaluation

MOST = 60  # images of one cell that are shown


class ResultsPanel(Panel):
    """``show_evaluation`` fills it; the images may follow later, in answer to ``images_requested``."""

    images_requested = Signal()
    picture_chosen = Signal(object, str, str)  # (H, W, C) uint8, its title, its true class

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Confusion"), parent)
        self.evaluation: Evaluation | None = None
        self.epoch = 0  # the epoch of the evaluation
        self.held_out: HeldOut | None = None
        self.score = PartsLabel(look="small", between=" (")  # the interval is left out if there is no room
        self.score.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.head.setStretch(1, 0)  # the label takes the room beside the heading and shortens itself
        self.head.addWidget(self.score, 1)
        self._stack = QStackedLayout()
        self.body.addLayout(self._stack, 1)
        self.state = StateView(self)
        self._stack.addWidget(self.state)
        self._found = QWidget(self)
        column = QVBoxLayout(self._found)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.TIGHT)
        self.matrix = ConfusionMatrix(self)
        self.matrix.chosen.connect(self._on_cell)
        column.addWidget(self.matrix, 1)
        head = QHBoxLayout()
        head.setSpacing(theme.GAP)
        self.caption = ElidedLabel(look="small")
        self.back = button(self.tr("Hardest"), "plain", tip=self.tr("Back to the images that are hardest (Esc)"))
        self.back.setFixedHeight(24)
        self.back.clicked.connect(self.show_hardest)
        policy = self.back.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # the part above does not move when a cell is chosen
        self.back.setSizePolicy(policy)
        head.addWidget(self.caption, 1)
        head.addWidget(self.back)
        column.addLayout(head)
        self.strip = Strip(self)
        self.strip.clicked.connect(
            lambda thumbnail: self.picture_chosen.emit(thumbnail.image, thumbnail.title, thumbnail.label)
        )
        column.addWidget(self.strip)
        self._scroll = QScrollArea(self)  # so that matrix and images do not overlap in a low window
        self._scroll.setWidgetResizable(True)
        self._scroll.setProperty("look", "bare")
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._found)
        self._stack.addWidget(self._scroll)
        self.clear()

    def clear(self, why: str = "") -> None:
        """Show the empty state. ``why``: why there is nothing, if that needs saying."""
        self.evaluation, self.held_out, self.epoch = None, None, 0
        self.matrix.clear_choice()  # a cell of another run
        self.heading.setText(self.tr("Confusion"))
        self.score.setText("")
        sentence = why or self.tr("After each epoch it shows here what is taken for what, and the hardest images.")
        self.state.empty(self.tr("Nothing measured yet"), sentence, icon="grid-3x3")
        self._stack.setCurrentWidget(self.state)

    def fail(self, sentence: str) -> None:
        self.evaluation = None
        self.state.failed(self.tr("This cannot be shown"), sentence)
        self._stack.setCurrentWidget(self.state)

    def show_evaluation(self, evaluation: Evaluation, labels: tuple[str, ...], epoch: int) -> None:
        """Show the answers after ``epoch``. A chosen cell stays chosen and shows its new images."""
        self.evaluation, self.epoch = evaluation, epoch
        self.heading.setText(self.tr("Confusion after epoch {0}").format(epoch))
        measured = evaluation.measured
        self.score.setText(measured_on(measured, self.tr("validation images")))
        self.score.setToolTip(
            self.tr("{0:,} of {1:,} validation images, which are not trained on; 95 % confidence interval {2}").format(
                measured.right, measured.images, measured.interval_text()
            )
        )
        self.matrix.show_counts(evaluation.confusion, labels)
        self._stack.setCurrentWidget(self._scroll)
        self._refresh_strip()
        self._ask_images()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask_images()

    def show_images(self, held_out: HeldOut | None) -> None:
        self.held_out = held_out
        self._refresh_strip()

    def show_hardest(self) -> None:
        self.matrix.clear_choice()
        self._refresh_strip()

    def images_failed(self, sentence: str) -> None:
        self.caption.setText(sentence)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.matrix.cell is not None:
            self.show_hardest()
        else:
            super().keyPressEvent(event)

    def _on_cell(self, true: int, predicted: int) -> None:
        self._refresh_strip()
        self._ask_images()

    def _ask_images(self) -> None:
        """Request the images when the panel is visible: reading a dataset takes long, and a tab may hide the panel."""
        if self.evaluation is not None and self.held_out is None and self.isVisible():
            self.images_requested.emit()

    def _refresh_strip(self) -> None:
        if self.evaluation is None:
            return
        cell = self.matrix.cell
        self.back.setVisible(cell is not None)
        self.caption.setText(self._words(cell))
        if self.held_out is None or len(self.held_out.images) != len(self.evaluation.labels):
            self.strip.show_thumbnails(())
            return
        chosen = self.evaluation.hardest(MOST) if cell is None else self.evaluation.cell(*cell)[:MOST]
        try:
            images = self.held_out.images.read(chosen)
        except LensletError as problem:  # a file has disappeared meanwhile
            self.caption.setText(translated(problem))
            self.strip.show_thumbnails(())
            return
        rows = [self._thumbnail(int(number), image) for number, image in zip(chosen, images, strict=True)]
        self.strip.show_thumbnails(rows)

    def _words(self, cell: tuple[int, int] | None) -> str:
        if self.held_out is None:
            return self.tr("Reading the images …")
        if cell is None:
            return self.tr("Hardest images: class → taken for. Click one to explore it")
        return self.matrix.words(*cell)

    def _thumbnail(self, number: int, image: np.ndarray) -> StripItem:
        assert self.evaluation is not None
        labels = self.matrix.labels
        row: np.ndarray = self.evaluation.probabilities[number]
        true, taken = int(self.evaluation.labels[number]), int(row.argmax())
        right = true == taken
        # Short names stand under the picture; the tooltip has long ones.
        words = f"{labels[true]} → {labels[taken]}" if not right else f"{labels[true]}  {100 * row[true]:.0f} %"
        tip = self.tr("{0}, taken for {1} with {2:.1f} %; {0} got {3:.1f} %. Click: on the pad, and explored").format(
            labels[true], labels[taken], 100 * float(row[taken]), 100 * float(row[true])
        )
        title = labels[true] if right else self.tr("{0}, taken for {1}").format(labels[true], labels[taken])
        return StripItem(image, words, tip, title, labels[true])
