"""Lesions: channels of a layer are switched off, and bars, maps and accuracy show the effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from gui import theme
from gui.explain.before_after import BeforeAfter
from gui.explain.importance_chart import ImportanceChart
from gui.explain.lesioning import LesionAccuracy, Lesioning, LesionQuestion, LesionReadings
from gui.explain.shown import colours
from gui.paint.grid import MapGrid, Pictures
from gui.paint.scale_bar import ScaleBar
from gui.session import Session
from gui.threads.worker import Worker
from gui.widgets import BusySign, ElidedLabel, Panel, Select, StateView, button, label
from gui.words import as_sentence
from nets.events import Progress
from nets.explain.layers import PASSING_ON, default_layer
from nets.explain.lesion import Lesions, layers_with_channels
from nets.explain.lesion_modes import MODES
from nets.pictures.ranges import value_range

if TYPE_CHECKING:
    from gui.threads.live import LiveAnswer
    from nets.network.model import Model


class LesionPage(QWidget):
    """A click on a channel switches it off; another click restores it. Works on its own copy of the model."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._id = 0
        self._model: Model | None = None
        self._image: np.ndarray | None = None
        self.off: dict[int, str] = {}
        self.readings: LesionReadings | None = None
        self.accuracy: LesionAccuracy | None = None
        self.found: Lesions | None = None
        self.lesioning = Lesioning(self)
        self.worker = Worker(self.lesioning, self, newest_cancels=True)
        self.worker.answered.connect(self._on_answered)
        self.worker.failed.connect(lambda _, words, __: self._session.notify(words, "error"))
        self.lesioning.read.connect(self._on_read)
        self.lesioning.reported.connect(self._on_reported)
        self.layer = Select()
        self.mode = Select([(name, self.tr(row.title)) for name, row in MODES.items()])
        self.whole = button(self.tr("Whole layer"), tip=self.tr("Switch all channels of the layer off"))
        self.back = button(self.tr("All back"), tip=self.tr("Give every channel back"))
        for select, name in ((self.layer, self.tr("Layer")), (self.mode, self.tr("What is done to its channels"))):
            select.setAccessibleName(name)
            select.setToolTip(name)
        self.grid = MapGrid(smallest=36)
        self.grid.names = self.tr("channel {0}")
        self.above = MapGrid(smallest=24, numbers=False)
        self.bars = BeforeAfter()
        self.words = label("", "strong", wrap=True)
        self.hint = label("", "small", wrap=True)
        self.chart = ImportanceChart()
        self.scale = ScaleBar()
        self.chart_words = ElidedLabel("", "small")
        self.measure_button = button(self.tr("Measure every channel (Return)"))
        self.busy = BusySign(self)
        self.busy.setFixedSize(16, 16)
        self.busy.hide()
        self._compose()
        self.layer.currentIndexChanged.connect(self._on_layer)
        self.mode.currentIndexChanged.connect(self._on_mode)
        self.grid.clicked.connect(lambda number, *_: self.toggle(number))
        self.whole.clicked.connect(self.toggle_layer)
        self.back.clicked.connect(self.give_back)
        self.measure_button.clicked.connect(self.measure)
        self.chart.hovered.connect(self._on_hover)
        self.chart.clicked.connect(self.toggle)
        theme.theme.changed.connect(self._paint)

    def _compose(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.GAP)
        for widget in (self.layer, self.mode, self.whole, self.back):
            head.addWidget(widget)
        head.addStretch(1)
        maps = Panel(self.tr("Its channels: click one"))
        maps.body.addWidget(self.grid, 3)
        self.above_words = label("", "small")
        maps.body.addWidget(self.above_words)
        maps.body.addWidget(self.above, 1)
        answer = Panel(self.tr("The answer: before (pale) and now"))
        answer.body.addWidget(self.bars, 1)
        answer.body.addWidget(self.words)
        answer.body.addWidget(self.hint)
        chart = self.chart_panel = Panel(self.tr("What each channel is worth, for each class"))
        chart.add_tool(self.busy)
        chart.add_tool(self.measure_button)
        chart.body.addWidget(self.chart, 1)
        chart.body.addWidget(self.scale)
        chart.body.addWidget(self.chart_words)
        grid = self._grid = QGridLayout()
        grid.setSpacing(theme.GUTTER)
        grid.addWidget(maps, 0, 0)
        grid.addWidget(answer, 0, 1)
        grid.addWidget(chart, 1, 0, 1, 2)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        grid.setRowStretch(0, 3)
        grid.setRowStretch(1, 2)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(theme.GAP)
        outer.addLayout(head)
        outer.addLayout(grid, 1)
        self.waiting = StateView()
        self.waiting.busy(
            self.tr("No model yet"), self.tr("The lesion lab opens when TensorFlow and a model are here.")
        )
        outer.addWidget(self.waiting, 1)
        self._shown_with_model: tuple[QWidget, ...] = (
            self.layer,
            self.mode,
            self.whole,
            self.back,
            maps,
            answer,
            chart,
        )
        for part in self._shown_with_model:
            part.hide()

    @property
    def slide(self) -> QWidget:
        """What a picture of this page contains: everything, because the choices name the layer and the change."""
        return self

    # --- what is asked ------------------------------------------------------------------------------------------

    def set_model(self, model: Model) -> None:
        before, self._model = self._model, model
        if before is None:
            self.waiting.hide()
            for part in self._shown_with_model:
                part.show()
        self.accuracy = None
        if before is not None and before.card.input != model.card.input:
            self._image = None  # it was prepared for the other network
        if before is None or before.network is not model.network:
            rows = layers_with_channels(model)
            self.readings, self.found, self.off = None, None, {}
            self.layer.set_rows([(row.path, f"{row.path} · {row.maps}") for row in rows])
            self.layer.blockSignals(True)
            self.layer.choose(default_layer(model) or (rows[-1].path if rows else ""))
            self.layer.blockSignals(False)
            self._on_layer()
        elif self.isVisible():
            self._ask()

    def set_answer(self, answer: LiveAnswer) -> None:
        image = answer.prepared.input if answer.prepared is not None else None
        if image is self._image:
            return
        self._image = image
        if image is None:
            self.readings = None
        if self.readings is None:
            self._paint()
        if self.isVisible():
            self._ask()

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        # Later, because the page is told the drawing after it is shown: without it the test images were read first.
        QTimer.singleShot(0, self, self._ask)

    def toggle(self, channel: int) -> None:
        """Switch a channel off, or restore it."""
        if self.off.pop(channel, None) is None:
            self.off[channel] = self.mode.value()
        self._ask()

    def toggle_layer(self) -> None:
        count = self._channels
        self.off = {} if len(self.off) == count else dict.fromkeys(range(count), self.mode.value())
        self._ask()

    def give_back(self) -> None:
        self.off = {}
        self._ask()

    def measure(self) -> None:
        """Measure the accuracy without each channel of the layer."""
        if why_not := self._why_not_measured():
            self._session.notify(why_not, "warning")
        else:
            self.busy.show()
            self._send(each=True)

    def _why_not_measured(self) -> str:
        """Why the channels cannot be measured now; "" if they can."""
        if self._model is None or not self.layer.value():
            return self.tr("Open a network with channels first.")
        if self.accuracy is None:
            return self.tr("The accuracy of the whole network is measured first: a moment.")
        return self.accuracy.problem

    def stop(self) -> bool:
        was = self.worker.busy
        self.worker.drop()
        self.busy.hide()
        return was

    def walk(self, by: int) -> None:
        if self.layer.count():
            self.layer.setCurrentIndex((self.layer.currentIndex() + by) % self.layer.count())

    def finish(self) -> None:
        self.worker.end()

    @property
    def _changed(self) -> tuple[tuple[int, str], ...]:
        """(channel, key of ``MODES``) of what is wanted now."""
        return tuple(sorted(self.off.items()))

    @property
    def _own(self) -> set[str]:
        """The layers that compute features of their own, unlike dropout or pooling."""
        rows = layers_with_channels(self._model) if self._model is not None else ()
        return {row.path for row in rows if not any(part in row.kind for part in PASSING_ON)}

    @property
    def _channels(self) -> int:
        rows = layers_with_channels(self._model) if self._model is not None else ()
        return next((row.maps for row in rows if row.path == self.layer.value()), 0)

    def _on_layer(self) -> None:
        self.off, self.found, self.readings, self.accuracy = {}, None, None, None
        self._paint()
        if self.isVisible():
            self._ask()

    def _on_mode(self) -> None:
        self.off = dict.fromkeys(self.off, self.mode.value())
        self.found = None
        self._ask()

    def _ask(self) -> None:
        if self._model is not None and self.layer.value() and self.isVisible():
            self._send(each=False)

    def _send(self, *, each: bool) -> None:
        assert self._model is not None
        self._id += 1
        question = LesionQuestion(
            self._model,
            self._session.places,
            self.layer.value(),
            self._changed,
            self._image,
            self.mode.value(),
            each,
            id=self._id,
        )
        if not each:
            self.busy.hide()
        self.hint.setText(self._off_words())
        self.words.setText(self._accuracy_words())  # what is shown is of other channels until this is answered
        self.worker.ask(question)

    # --- what comes back ----------------------------------------------------------------------------------------

    def _on_read(self, question: LesionQuestion, readings: LesionReadings) -> None:
        if self._is_shown(question):
            self.readings = readings
            self._paint()

    def _is_shown(self, question: LesionQuestion) -> bool:
        """Whether the question is about what the page shows now. It may have been asked again since: the answer to the
        newer question can have to wait until the test images are read.
        """
        return (
            question.model is self._model
            and question.layer == self.layer.value()
            and question.changed == self._changed
            and question.image is self._image
        )

    def _on_reported(self, question: LesionQuestion, event: Any) -> None:
        if question.id == self._id and isinstance(event, Progress) and event.total:
            self.chart_words.setText(self.tr("channel {0:.0f} of {1:.0f}").format(event.done, event.total))

    def _on_answered(self, question: LesionQuestion, result: Any) -> None:
        self.busy.hide()
        if isinstance(result, Lesions):
            self.found = result
        elif isinstance(result, LesionAccuracy):
            self.accuracy = result
        self._paint()

    # --- painting -----------------------------------------------------------------------------------------------

    def _paint(self) -> None:
        self._paint_maps()
        model, readings = self._model, self.readings
        labels = model.card.labels if model is not None else ()
        empty = np.zeros(0)
        if readings is None or len(readings.after.probabilities) != len(labels):
            self.bars.set_values(labels, empty, empty, waits=self._image is not None)
        else:
            self.bars.set_values(labels, readings.before.probabilities, readings.after.probabilities)
        self.words.setText(self._accuracy_words())
        self.hint.setText(self._off_words())
        self._paint_chart()

    def _off_words(self) -> str:
        if self.accuracy is not None and self.accuracy.problem:
            problem = self.accuracy.problem
            words = as_sentence(problem) + "."
            if MODES[self.mode.value()].mean:
                words += self.tr(" Without images there is no mean either: channels are switched off.")
            return words
        if not self.off:
            return self.tr("Everything is on.")
        names = ", ".join(str(number) for number in sorted(self.off)[:8]) + (" …" if len(self.off) > 8 else "")
        count = len(self.off)
        return self.tr("{0} of {1} channels changed ({2}): {3}").format(
            count, self._channels, self.tr(MODES[self.mode.value()].title).lower(), names
        )

    def _accuracy_words(self) -> str:
        found = self.accuracy
        if found is None:
            return self.tr("Accuracy: …")
        if found.problem:
            return ""  # the sentence below says it
        if self.off and found.changed != self._changed:
            whole = self.tr("Accuracy is being measured … {0:.2f} % of {1:,} test images of {2} with all channels")
            return whole.format(100 * found.before, found.images, found.dataset)
        right = self.tr("{0:.2f} % of {1:,} test images of {2} right")
        words = right.format(100 * (found.after if self.off else found.before), found.images, found.dataset)
        if self.off:
            words += self.tr(", {0:.2f} % with all channels").format(100 * found.before)
        return words

    def _paint_maps(self) -> None:
        path, readings = self.layer.value(), self.readings
        if readings is None or path not in readings.after.maps:
            self.grid.set_shape(0, 1, 1)
            self.above.set_shape(0, 1, 1)
            waits = self._image is not None
            words = self.tr("Computing …") if waits else self.tr("Draw or open a picture: its maps appear here.")
            self.above_words.setText(words)
            self.above_words.show()
            return
        values = _as_maps(readings.before.maps[path])
        span = value_range(values)
        dead = np.zeros(values.shape[-1], bool)
        # a scaled channel stays visible
        dead[[number for number, mode in self.off.items() if not MODES[mode].scale]] = True
        shown = _as_maps(readings.after.maps[path])
        self.grid.set_shape(values.shape[-1], *values.shape[:2])
        self.grid.set_pictures(Pictures(shown, span.low, span.high, colours(span.signed, False), dead))
        later = [name for name, value in readings.after.maps.items() if name != path and value.ndim == 3]
        self.above.setVisible(bool(later))
        self.above_words.setVisible(bool(later))
        if later:
            name = next((path for path in later if path in self._own), later[0])
            after = readings.after.maps[name]
            around = value_range(readings.before.maps[name])
            self.above.set_shape(after.shape[-1], *after.shape[:2])
            self.above.set_pictures(Pictures(after, around.low, around.high, colours(around.signed, False)))
            self.above_words.setText(self.tr("What follows from it, in {0}:").format(name))

    def _paint_chart(self) -> None:
        found = self.found
        why_not = self._why_not_measured()
        self.measure_button.setEnabled(not why_not)
        self.measure_button.setToolTip(why_not)
        never = self.accuracy is not None and bool(self.accuracy.problem)
        self.chart_panel.setHidden(never)
        self._grid.setRowStretch(1, 0 if never else 2)
        if found is None:
            self.chart.hide()
            self.scale.hide()
            if not self.busy.isVisible():
                self.chart_words.setText(
                    self.tr(
                        "Measured on test images: by how many percentage points each class falls without each channel."
                    )
                )
            return
        values = np.nan_to_num(100 * found.importance.T)  # (classes, channels), in points
        span = value_range(values, signed=True, clip=False)
        self.chart.show()
        self.scale.show()
        table = colours(True, False)
        labels = self._model.card.labels if self._model is not None else ()
        self.chart.set_values(values.astype(np.float32), labels, span.high, table)
        self.scale.set_scale(span.low, span.high, table, clipped=False, signed=True)
        worst = int(found.without.argmin())
        self.chart_words.setText(
            self.tr(
                "Percentage points lost on a class (row) without a channel (column); most without {0}: "
                "{1:.2f} to {2:.2f} % of {3:,} right"
            ).format(worst, 100 * found.accuracy, 100 * found.without[worst], found.images)
        )

    def _on_hover(self, pixel: tuple[int, int] | None) -> None:
        found, model = self.found, self._model
        if pixel is None or found is None or model is None:
            self._paint_chart()
            return
        row, channel = pixel
        lost = 100 * found.importance[channel, row]
        self.chart_words.setText(
            self.tr("Without channel {0}, class {1}: {2:+.1f} points; all classes {3:.2f} % right").format(
                channel, model.card.labels[row], -lost, 100 * found.without[channel]
            )
        )


def _as_maps(values: np.ndarray) -> np.ndarray:
    """(h, w, channels); units (N,) become maps of one pixel."""
    return values if values.ndim == 3 else values.reshape(1, 1, -1)
