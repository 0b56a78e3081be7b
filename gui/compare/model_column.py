"""One model beside the others: its answer to the pad's picture and the maps of one layer, live.

It has its own thread and its own copy of the model, so that a slow network delays neither the bars nor the other
columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from gui import theme
from gui.compare.state import Chosen
from gui.paint.grid import MapGrid, Pictures
from gui.paint.numbers import shape_words
from gui.paint.scale_bar import ScaleBar
from gui.paint.scales import scale_of
from gui.session import Session
from gui.threads.answering import Answering, LiveAnswer, PictureQuestion
from gui.threads.loader import Loader
from gui.threads.subject import Subject
from gui.threads.worker import Worker
from gui.widgets import ElidedLabel, Select, StateView, label
from nets.events import Message, Report
from nets.experiments.candidates import Candidate
from nets.pictures.ranges import dead_maps
from nets.places import Places

if TYPE_CHECKING:
    from nets.network.layers import LayerInfo

SMALLEST = 28  # smallest useful size of a map in a narrow column, in pixels


def open_task(candidate: Candidate, places: Places, report: Report) -> Subject:
    """The model and its compiled passes; 1 to 3 s."""
    from nets.compute.lens import Lens
    from nets.experiments.candidates import open_candidate

    model = open_candidate(candidate, places, report)
    report(Message("Compiling"))
    lens = Lens(model)
    lens.warm_up()
    return Subject(lens, model)


class ModelColumn(QFrame):
    """A column with one model.

    ``answered`` is emitted for each picture given to ``ask``; ``opened`` once the model is open or was refused.
    """

    answered = Signal()
    opened = Signal()

    def __init__(self, session: Session, chosen: Chosen, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self.chosen, self._number = session, chosen, number
        self._question = PictureQuestion()
        self._layers: dict[str, LayerInfo] = {}
        self._id = 0
        self.subject: Subject | None = None
        self.answer: LiveAnswer | None = None
        self._opener = Loader(self)
        self._worker = Worker(Answering(), self)
        self._worker.answered.connect(self._on_answered)
        self._worker.failed.connect(lambda _, words, __: self._fail(words))
        self.title = ElidedLabel(chosen.title, "strong", mode=Qt.TextElideMode.ElideMiddle)
        self.verdict = ElidedLabel("", "title")
        self.share = label("", "strong")  # below the name, which may be long
        self.second = ElidedLabel("", "small", keep_after=", ")
        self.layer = Select()
        self.layer.setToolTip(self.tr("The layer whose maps are shown"))
        self.layer.setAccessibleName(self.tr("Layer of {0}").format(chosen.title))
        self.facts = ElidedLabel("", "small")
        self.grid = MapGrid(smallest=SMALLEST)
        self.scale_bar = ScaleBar()
        self.state = StateView()
        self._pages = QStackedWidget()
        self._compose()
        self.layer.currentIndexChanged.connect(lambda _: self._on_layer())
        theme.theme.changed.connect(self._restyle)
        self._restyle()
        self.state.busy(self.tr("Opening {0}").format(chosen.title))

    def _compose(self) -> None:
        self.setProperty("look", "panel")
        shown = QWidget()
        inside = QVBoxLayout(shown)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.TIGHT)
        inside.addWidget(self.verdict)
        inside.addWidget(self.share)
        inside.addWidget(self.second)
        inside.addWidget(self.layer)
        inside.addWidget(self.facts)
        inside.addWidget(self.grid, 1)
        inside.addWidget(self.scale_bar)
        self._pages.addWidget(shown)
        self._pages.addWidget(self.state)
        self._pages.setCurrentWidget(self.state)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.INSET, theme.GAP, theme.INSET, theme.GAP)
        column.setSpacing(theme.TIGHT)
        column.addWidget(self.title)
        column.addWidget(self._pages, 1)
        self.verdict.setMinimumHeight(self.verdict.fontMetrics().height() + 4)
        self.setMinimumWidth(140)

    def _restyle(self) -> None:
        colors = theme.now().runs
        self.title.setStyleSheet(f"color: {colors[self._number % len(colors)]};")

    # --- the model ----------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Open the model in a thread; earlier questions are answered afterwards."""
        self._opener.ask(
            open_task, self.chosen.candidate, self._session.places, done=self._on_opened, failed=self._fail
        )

    def end(self) -> None:
        """End the column's threads and wait for them."""
        self._opener.finish()
        self._worker.end()

    def _on_opened(self, subject: Subject) -> None:
        self.subject = subject
        assert subject.model is not None
        rows = [row for row in subject.model.layers if row.shows == "maps"]
        self._layers = {row.path: row for row in rows}
        self.layer.set_rows([(row.path, row.path) for row in rows])
        self.layer.setEnabled(bool(rows))
        first = next((row.path for row in rows if row.kernel_shape), rows[0].path if rows else "")
        self.layer.choose(first)
        self._pages.setCurrentIndex(0)
        self._on_layer()
        self.opened.emit()

    def _fail(self, words: str) -> None:
        self.state.failed(self.tr("This model cannot be shown"), words)
        self._pages.setCurrentWidget(self.state)
        self.opened.emit()

    # --- the picture --------------------------------------------------------------------------------------------

    def ask(self, question: PictureQuestion) -> None:
        """Ask about the picture on the pad; answered as soon as the model is open and free."""
        self._question = question
        self._ask()

    def _ask(self, *, drops_earlier: bool = False) -> None:
        if self.subject is None:
            return
        self._id += 1
        asked = PictureQuestion(
            self._question.picture,
            (self.layer.value(),) if self._layers else (),
            self._question.label,
            self._question.is_dataset_image,
            subject=self.subject,
            id=self._id,
        )
        self._worker.ask(asked, drops_earlier=drops_earlier)

    def _on_layer(self) -> None:
        row = self._layers.get(self.layer.value())
        if row is None:
            self.facts.setText(self.tr("no layer of it has maps"))
            self.grid.set_shape(0, 1, 1)
        else:
            height, width, count = (size or 1 for size in row.output_shape)
            self.facts.setText(f"{shape_words(row.output_shape)} · {row.title}")
            self.grid.set_shape(count, height, width)
        self._ask(drops_earlier=True)

    def _on_answered(self, question: PictureQuestion, found: LiveAnswer) -> None:
        self.answer = found
        share = ""
        if self.chosen.candidate.network:
            self.verdict.setText(self.tr("not trained"))
            self.second.setText(self.tr("its answers are chance"))
        elif found.answer is None:
            self.verdict.setText("–")
            self.second.setText(found.problem)
        else:
            answer = found.answer
            self.verdict.setText(answer.label)
            share = f"{100 * answer.probability:.1f} %"
            self.second.setText(
                self.tr("then {0}, {1:.1f} %").format(answer.second_label, 100 * answer.second_probability)
            )
        self.share.setText(share)
        self._show_maps(found.maps.get(self.layer.value()))
        self.answered.emit()

    def _show_maps(self, values: np.ndarray | None) -> None:
        if values is None or values.ndim != 3:
            self.grid.set_pictures(None)
            self.scale_bar.say("")
            return
        scale = scale_of(values, "layer", (), clip=True)
        self.grid.set_pictures(Pictures(values, scale.low, scale.high, scale.colours, dead_maps(values)))
        low, high = scale.of(0)
        self.scale_bar.set_scale(low, high, scale.colours, clipped=bool(scale.note), signed=scale.signed)
