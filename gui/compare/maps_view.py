"""The chosen models side by side, live with the pad: each one's answer, and the maps of one of its layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from gui import theme
from gui.compare.model_column import ModelColumn
from gui.compare.state import Chosen, CompareState
from gui.compare.view import ComparisonView
from gui.session import Session
from gui.threads.answering import PictureQuestion
from gui.widgets import ElidedLabel

if TYPE_CHECKING:
    from nets.experiments.comparison import Comparison

FRAME = 33  # milliseconds between two rounds of questions while the pen moves


class MapsView(ComparisonView):
    """A column for each chosen model, opened when the view is first seen and ended when the model is no longer
    chosen.
    """

    needs_comparison = False

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._chosen: tuple[Chosen, ...] = ()
        self.columns: list[ModelColumn] = []
        self.sentence = ElidedLabel("", "strong")
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.GAP)
        inside = QWidget()
        inside.setLayout(self._row)
        scroll = QScrollArea()
        scroll.setProperty("look", "bare")
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(self.sentence)
        column.addWidget(scroll, 1)
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(FRAME)
        self._frame.timeout.connect(self._ask)
        session.picture_changed.connect(self._on_picture)
        session.engine_changed.connect(lambda *_: self._match())

    def show_chosen(self, chosen: tuple[Chosen, ...]) -> None:
        """Set which models stand side by side."""
        self._chosen = chosen
        self._match()

    def show_comparison(self, found: Comparison, state: CompareState) -> None:
        """Nothing to do: the models answer themselves, without a comparison."""

    def finish(self) -> None:
        self._frame.stop()
        for column in self.columns:
            column.end()

    def _match(self) -> None:
        """Match the columns to the chosen models; a column that stays keeps its model and its layer."""
        if not self.isVisible() or self._session.engine != "ready":
            self._say()
            return
        kept = list(self.columns)
        columns = []
        for number, chosen in enumerate(self._chosen):
            same = next((one for one in kept if one.chosen == chosen and one._number == number), None)
            if same is not None:
                kept.remove(same)
                columns.append(same)
                continue
            made = ModelColumn(self._session, chosen, number)
            made.answered.connect(self._say)
            made.opened.connect(self._ask)
            made.open()
            columns.append(made)
        for column in kept:
            column.end()
            self._row.removeWidget(column)
            column.deleteLater()
        self.columns = columns
        for place, column in enumerate(columns):
            self._row.removeWidget(column)
            self._row.insertWidget(place, column, 1)
            column.show()
        self._say()
        self._ask()

    def _on_picture(self, _: Any) -> None:
        if self.isVisible() and not self._frame.isActive():
            self._frame.start()

    def _ask(self) -> None:
        session = self._session
        question = PictureQuestion(session.picture, (), session.picture_label, session.picture_is_dataset_image)
        for column in self.columns:
            column.ask(question)

    def _say(self) -> None:
        """Say whether the models agree on the picture on the pad."""
        if self._session.engine != "ready":
            self.sentence.setText(self.tr("TensorFlow is being loaded …"))
            return
        if self._session.picture is None:
            self.sentence.setText(self.tr("Draw on the pad: every model answers, and shows its maps."))
            return
        trained = [column for column in self.columns if not column.chosen.candidate.network]
        found = [column.answer for column in trained]
        names = [one.answer.label for one in found if one is not None and one.answer is not None]
        if len(names) < len(trained) or not names:
            self.sentence.setText("")
            return
        if len(set(names)) == 1:
            words = self.tr("All answer {0}.").format(names[0])
        else:
            words = self.tr("They disagree: {0}.").format(", ".join(names))
        if self._session.picture_label:
            words += " " + self.tr("It is {0}.").format(self._session.picture_label)
        self.sentence.setText(words)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._match()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._frame.stop()
