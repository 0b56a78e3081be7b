"""How the value under the cursor came to be, and what the true label would teach it: forward, backward, one step."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.explore.choice import Choice
from gui.explore.equation import Equation
from gui.explore.equation_rows import backward_rows, forward_rows
from gui.explore.numbers import value_words
from gui.explore.reading import Reading
from gui.loader import Loader
from gui.widgets import ElidedLabel, IconButton, Select, StateView, button, label
from nets.byhand.arithmetic import ConvolutionStep, Index, Trace
from nets.byhand.lesson import Lesson
from nets.byhand.network import Network
from nets.errors import LensletError
from nets.events import Report, ignore

if TYPE_CHECKING:
    from gui.live import LiveAnswer
    from nets.models import LoadedModel

RATES = (0.001, 0.01, 0.1, 1.0)


def twin_task(model: LoadedModel, report: Report = ignore) -> Network:
    return Network.from_keras(model.network)


def trace_task(network: Network, image: np.ndarray, report: Report = ignore) -> Trace:
    return Trace(network, image)


def lesson_task(network: Network, image: np.ndarray, label: int, report: Report = ignore) -> Lesson:
    return Lesson(network, image, label)


def step_task(lesson: Lesson, rate: float, report: Report = ignore) -> Lesson:
    """On a copy: the lesson that is on the screen is read meanwhile."""
    stepped = copy.deepcopy(lesson)
    stepped.step(rate)
    return stepped


class ArithmeticPanel(QFrame):
    """Computes beside the window's thread; on a hover it only looks numbers up and paints."""

    closed = Signal()

    def __init__(self, choice: Choice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "panel")
        self._choice = choice
        self._model: LoadedModel | None = None
        self._network: Network | None = None
        self._image: np.ndarray | None = None
        self._pixel: tuple[int, int] | None = None
        self._channel = 0
        self.trace: Trace | None = None
        self.lesson: Lesson | None = None
        self._loader = Loader(self)
        self.title = ElidedLabel("", "strong")
        self.forward_tab, self.backward_tab = self._tab(self.tr("Forward"), True), self._tab(self.tr("Backward"), False)
        self.close_button = IconButton("x", self.tr("Close (A)"), look="plain")
        self.label = Select()
        self.rate = Select([(f"{rate:g}", f"{rate:g}") for rate in RATES])
        self.rate.choose("0.01")
        self.rate.setFixedWidth(78)
        self.rate.setAccessibleName(self.tr("Learning rate"))
        self.step_button = button(self.tr("Step"), tip=self.tr("One step of gradient descent on this image, on a copy"))
        self.reset_button = button(self.tr("Reset"), "plain", tip=self.tr("Forget the steps"))
        self.loss = Reading(lines=2)
        self.channels = QWidget()
        self.channel_words = Reading(role="quiet")
        self.equation, self.state = Equation(), StateView()
        self.pages = QStackedWidget()
        self._compose()
        self._connect()

    def _tab(self, text: str, on: bool) -> QPushButton:
        made = button(text)
        made.setCheckable(True)
        made.setChecked(on)
        return made

    def _compose(self) -> None:
        group = QButtonGroup(self)
        head = QHBoxLayout()
        head.setSpacing(theme.TIGHT)
        head.addWidget(self.title, 1)
        for tab in (self.forward_tab, self.backward_tab):
            group.addButton(tab)
            head.addWidget(tab)
        head.addWidget(self.close_button)
        self.teaching = QWidget()
        row = QHBoxLayout(self.teaching)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        row.addWidget(label(self.tr("It is a"), "small"))
        row.addWidget(self.label, 1)
        row.addWidget(label(self.tr("rate"), "small"))
        for control in (self.rate, self.step_button, self.reset_button):
            row.addWidget(control)
        line = QHBoxLayout(self.channels)
        line.setContentsMargins(0, 0, 0, 0)
        before = IconButton("chevron-left", self.tr("The input channel that adds more"), look="plain")
        after = IconButton("chevron-right", self.tr("The input channel that adds less"), look="plain")
        before.clicked.connect(lambda: self._walk_channel(-1))
        after.clicked.connect(lambda: self._walk_channel(1))
        line.addWidget(before)
        line.addWidget(after)
        line.addWidget(self.channel_words, 1)
        for page in (self.equation, self.state):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.INSET, theme.INSET, theme.INSET, theme.INSET)
        column.setSpacing(theme.GAP)
        column.addLayout(head)
        column.addWidget(self.teaching)
        column.addWidget(self.loss)
        column.addWidget(self.channels)
        column.addWidget(self.pages, 1)
        self.teaching.hide()
        self.loss.hide()

    def _connect(self) -> None:
        self.close_button.clicked.connect(self.closed)
        self.forward_tab.toggled.connect(lambda _: self._on_direction())
        self.label.activated.connect(lambda _: self._learn())
        self.step_button.clicked.connect(self.step)
        self.reset_button.clicked.connect(self._learn)
        self._choice.layer_changed.connect(self._on_layer)
        self._choice.map_changed.connect(self._show)

    @property
    def backward(self) -> bool:
        return self.backward_tab.isChecked()

    def finish(self) -> None:
        self._loader.finish()

    # --- what it is about ---------------------------------------------------------------------------------------

    def set_model(self, model: LoadedModel) -> None:
        """Forgets the network before; its twin is made when the panel is looked at."""
        self._model, self._network, self.trace, self.lesson = model, None, None, None
        chosen = self.label.value()
        self.label.set_rows([(str(number), name) for number, name in enumerate(model.card.labels)])
        self.label.choose(chosen or "0")
        if not self.isHidden():
            self._prepare()

    def set_answer(self, answer: LiveAnswer) -> None:
        """The drawing as the network receives it, and the class that it is taken for."""
        image = answer.prepared.input if answer.prepared is not None else None
        if answer.model is None or image is self._image:
            return
        self._image = image
        if self.lesson is None and answer.answer is not None:
            self.label.choose(str(int(answer.answer.probabilities.argmax())))
        if not self.isHidden():
            self._compute()

    def set_pixel(self, pixel: tuple[int, int] | None) -> None:
        """(row, column) of the map under the cursor."""
        if pixel != self._pixel:
            self._pixel = pixel
            self._show()

    def begin(self) -> None:
        """The panel is looked at from now on."""
        self._prepare()

    def teach(self, label: int) -> None:
        """What the drawing truly is, by its number among the classes."""
        self.label.choose(str(label))
        self._learn()

    def step(self) -> None:
        """One step of gradient descent, on a copy of the network."""
        if self.lesson is not None:
            self._loader.ask(step_task, self.lesson, float(self.rate.value()), done=self._on_lesson, failed=self._fail)

    # --- computing ----------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        if self._model is None:
            return
        if self._network is None:
            self._say_busy()
            self._loader.ask(twin_task, self._model, done=self._on_twin, failed=self._fail)
        else:
            self._compute()

    def _on_twin(self, network: Network) -> None:
        self._network = network
        self._compute()

    def _compute(self) -> None:
        if self._network is None:
            return
        if self._image is None:
            self.trace = self.lesson = None
            self.state.empty(self.tr("Nothing drawn yet"), self.tr("Draw on the pad: every number is then shown here."))
            self.pages.setCurrentWidget(self.state)
        elif self.backward:
            self._learn()
        else:
            self._loader.ask(trace_task, self._network, self._image, done=self._on_trace, failed=self._fail)

    def _learn(self) -> None:
        if self._network is not None and self._image is not None:
            label = int(self.label.value() or 0)
            self._loader.ask(lesson_task, self._network, self._image, label, done=self._on_lesson, failed=self._fail)

    def _on_trace(self, trace: Trace) -> None:
        self.trace, self.lesson = trace, None
        self._show()

    def _on_lesson(self, lesson: Lesson) -> None:
        self.lesson, self.trace = lesson, lesson.trace
        self._show()

    def _fail(self, words: str) -> None:
        self.trace = self.lesson = None
        self.state.failed(self.tr("The arithmetic of this network cannot be shown"), words)
        self.pages.setCurrentWidget(self.state)

    def _say_busy(self) -> None:
        self.state.busy(self.tr("Writing the network out"))
        self.pages.setCurrentWidget(self.state)

    # --- showing ------------------------------------------------------------------------------------------------

    def _on_direction(self) -> None:
        self.teaching.setVisible(self.backward)
        self.loss.setVisible(self.backward)
        self._compute()

    def _on_layer(self) -> None:
        self._channel = 0
        self._show()

    def _walk_channel(self, by: int) -> None:
        self._channel += by
        self._show()

    def _index(self, trace: Trace, name: str) -> Index:
        """What is looked at: the pixel of the chosen map, the strongest where there is none, or the unit."""
        shape, number = trace.shape(name), self._choice.map
        if len(shape) == 1:
            return (min(number, shape[0] - 1),)
        number = min(number, shape[2] - 1)
        if self._pixel is not None and self._pixel[0] < shape[0] and self._pixel[1] < shape[1]:
            return (*self._pixel, number)
        layers = trace.part(name).layers
        values = trace.outputs[layers[-1]][..., number] if layers else trace.image[..., 0]
        row, column = np.unravel_index(int(np.abs(values).argmax()), values.shape)
        return int(row), int(column), number

    def _show(self) -> None:
        """Looks the numbers up and paints them."""
        trace, layer = self.trace, self._choice.layer
        if trace is None or layer is None or self.isHidden():
            return
        try:
            index = self._index(trace, layer.path)
            steps = trace.steps(layer.path, index)
        except LensletError as problem:
            self._fail(str(problem))
            return
        kinds = [step for step in steps if isinstance(step, ConvolutionStep)]
        count = kinds[0].patch.shape[2] if kinds else 1
        self._channel %= count
        self.channels.setVisible(count > 1)
        self.channel_words.set_text(self.tr("input channel {0} of {1} by its share").format(self._channel + 1, count))
        where = self.tr("row {0}, column {1}") if len(index) == 3 else self.tr("unit {0}")
        self.title.setText(where.format(*index))
        labels = self._model.card.labels if self._model is not None else ()
        if self.lesson is not None and self.backward:
            self.equation.set_rows(backward_rows(self.lesson.back(layer.path, index), self._channel))
            self.loss.set_text(self._teaching_words(self.lesson, layer.path, index))
        else:
            self.equation.set_rows(forward_rows(steps, self._channel, labels))
        self.pages.setCurrentWidget(self.equation)

    def _teaching_words(self, lesson: Lesson, name: str, index: Index) -> str:
        kind = self.tr("cross-entropy") if lesson.kind == "crossentropy" else self.tr("squared error")
        words = self.tr("loss {0} ({1})").format(value_words(lesson.loss), kind)
        if lesson.steps:
            words = self.tr("loss {0} → {1} by step {2}").format(
                value_words(lesson.losses[-2]), value_words(lesson.loss), lesson.steps
            )
        value = self._value(lesson.trace, name, index)
        second = self.tr("this value {0}").format(value_words(value))
        if lesson.before is not None:
            second = self.tr("this value {0} → {1}").format(
                value_words(self._value(lesson.before, name, index)), value_words(value)
            )
        return f"{words}\n{lesson.trouble() or second}"

    @staticmethod
    def _value(trace: Trace, name: str, index: Index) -> float:
        layers = trace.part(name).layers
        return float((trace.outputs[layers[-1]] if layers else trace.image)[index])
