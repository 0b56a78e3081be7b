"""How the value under the cursor came to be, what the true label would teach it, and what a step moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from gui import theme
from gui.explore.arithmetic.equation_back import backward_rows
from gui.explore.arithmetic.equation_moved import everywhere_rows, fine, moved_rows
from gui.explore.arithmetic.equation_rows import forward_rows
from gui.explore.arithmetic.lessons import Lessons
from gui.explore.arithmetic.non_finite_banner import BrokenLine
from gui.explore.arithmetic.teaching import Teaching
from gui.explore.choice import Choice
from gui.paint.equation import Equation, Row
from gui.paint.reading import Reading
from gui.widgets import ElidedLabel, IconButton, StateView, button
from nets.byhand.arithmetic import Trace
from nets.byhand.calculations import ConvolutionStep, Index, Step
from nets.byhand.health import Place
from nets.compute.descent import Lesson
from nets.errors import LensletError

if TYPE_CHECKING:
    from gui.threads.live import LiveAnswer
    from nets.network.model import Model

ROOMY = 480  # pixels from which on the title has room for the map


class ArithmeticPanel(QFrame):
    """Shows what ``Lessons`` computes; on a hover it only looks numbers up and paints."""

    closed = Signal()

    def __init__(self, choice: Choice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "panel")
        self._choice = choice
        self._lessons = Lessons(self)
        self._pixel: tuple[int, int] | None = None
        self._channel = 0
        self._labelled = False  # whether the person said what the drawing is
        self._steps = 0  # that were shown
        self.title = ElidedLabel("", "strong")
        self.forward_tab = self._tab(self.tr("Forward"), self.tr("How this value came to be"))
        self.backward_tab = self._tab(self.tr("Backward"), self.tr("What the true label would teach it"))
        self.moved_tab = self._tab(self.tr("Moved"), self.tr("What the last step did: take a step first"))
        self.close_button = IconButton("x", self.tr("Close (A)"), look="plain")
        self.teaching = Teaching()
        self.broken = BrokenLine()
        self.channels = QWidget()
        self.channel_words = Reading(role="quiet")
        self.equation, self.state = Equation(), StateView()
        self.pages = QStackedWidget()
        self._compose()
        self._connect()

    def _tab(self, text: str, tip: str) -> QPushButton:
        made = button(text, tip=tip)
        made.setCheckable(True)
        return made

    def _compose(self) -> None:
        self._tabs = QButtonGroup(self)
        head = QHBoxLayout()
        head.setSpacing(theme.TIGHT)
        head.addWidget(self.title, 1)
        for tab in (self.forward_tab, self.backward_tab, self.moved_tab):
            self._tabs.addButton(tab)
            head.addWidget(tab)
        head.addWidget(self.close_button)
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
        for widget in (self.broken, self.teaching, self.channels):
            column.addWidget(widget)
        column.addWidget(self.pages, 1)
        self.forward_tab.setChecked(True)
        self.moved_tab.setEnabled(False)
        self.teaching.hide()

    def _connect(self) -> None:
        lessons, teaching = self._lessons, self.teaching
        self.close_button.clicked.connect(self.closed)
        self._tabs.buttonToggled.connect(lambda _, on: self._on_direction() if on else None)
        teaching.labelled.connect(self.teach)
        teaching.step_wanted.connect(lessons.step)
        teaching.reset_wanted.connect(lambda: self.teach(lessons.label))
        self.broken.wanted.connect(self._go)
        lessons.changed.connect(self._on_computed)
        lessons.waits.connect(self._say_busy)
        lessons.failed.connect(self._fail)
        self._choice.layer_changed.connect(self._on_layer)
        self._choice.map_changed.connect(self._show)

    # --- what it is about ---------------------------------------------------------------------------------------

    @property
    def backward(self) -> bool:
        """Whether it is about learning: the way back, or what a step moved."""
        return not self.forward_tab.isChecked()

    @property
    def trace(self) -> Trace | None:
        return self._lessons.trace

    @property
    def lesson(self) -> Lesson | None:
        return self._lessons.lesson

    def set_model(self, model: Model) -> None:
        """Forgets the network before; its twin is made when the panel is looked at."""
        self._lessons.set_model(model)
        self.teaching.set_labels(model.card.labels)
        self._begin_if_shown()

    def set_answer(self, answer: LiveAnswer) -> None:
        """The drawing as the network receives it. Its class is the true one where that is known, until a person says
        otherwise; else the one that the network takes it for."""
        image = answer.prepared.input if answer.prepared is not None else None
        if answer.model is None or self._lessons.has(image):
            return
        self._lessons.set_image(image)
        self._labelled = self._labelled and image is not None
        if answer.label in answer.model.card.labels:
            self._labelled = False  # what was chosen was said of another picture
            self._set_label(answer.model.card.labels.index(answer.label))
        elif answer.answer is not None and not self._labelled:
            self._set_label(int(answer.answer.probabilities.argmax()))
        self._begin_if_shown()

    def set_pixel(self, pixel: tuple[int, int] | None) -> None:
        """(row, column) of the map under the cursor."""
        if pixel != self._pixel:
            self._pixel = pixel
            self._show()

    def begin(self) -> None:
        """The panel is looked at from now on."""
        self._lessons.begin(teaches=self.backward)

    def finish(self) -> None:
        self._lessons.finish()

    def teach(self, label: int) -> None:
        """What the drawing truly is, by its number among the classes. Steps are forgotten."""
        self._labelled = True
        self._set_label(label)
        self.begin()

    def _set_label(self, label: int) -> None:
        self._lessons.set_label(label)
        self.teaching.label.choose(str(label))

    def turn(self, by: int) -> bool:
        """The end of a way along the layers: at the last one down turns to the way back, at the first up forward."""
        paths = [layer.path for layer in self._choice.layers]
        at = paths.index(self._choice.layer.path) if self._choice.layer else 0
        if by > 0 and at == len(paths) - 1 and not self.backward:
            self.backward_tab.click()
        elif by < 0 and at == 0 and self.backward:
            self.forward_tab.click()
        else:
            return False
        return True

    def _begin_if_shown(self) -> None:
        if not self.isHidden():
            self.begin()

    def _go(self, place: Place) -> None:
        """To the number that is none."""
        self.forward_tab.click()
        assert self.trace is not None
        parts = self.trace.network.parts
        found = next(part for part in parts if any(layer.name == place.layer for layer in part.layers))
        self._choice.choose_layer(found.name)
        if place.index:
            self._choice.choose_map(place.index[-1])
        if place.what == "output" and len(place.index) == 4:
            self._choice.pin((place.index[1], place.index[2]))
        self._channel = 0
        self._show()

    # --- showing ------------------------------------------------------------------------------------------------

    def _on_direction(self) -> None:
        self.teaching.setVisible(self.backward)
        self.begin()

    def _on_layer(self) -> None:
        self._channel = 0
        self._show()

    def _walk_channel(self, by: int) -> None:
        self._channel += by
        self._show()

    def _on_computed(self) -> None:
        steps = self.lesson.steps if self.lesson is not None else 0
        self.moved_tab.setEnabled(steps > 0)
        if steps > self._steps:
            self.moved_tab.setChecked(True)
        elif not steps and self.moved_tab.isChecked():
            self.backward_tab.setChecked(True)
        self._steps = steps
        if self._lessons.image is None:
            self.broken.set_place(None)
            self.state.empty(self.tr("Nothing drawn yet"), self.tr("Draw on the pad: every number is then shown here."))
            self.pages.setCurrentWidget(self.state)
        self._show()

    def _fail(self, words: str) -> None:
        self.state.failed(self.tr("The arithmetic of this network cannot be shown"), words)
        self.pages.setCurrentWidget(self.state)

    def _say_busy(self) -> None:
        self.state.busy(self.tr("Writing the network out"))
        self.pages.setCurrentWidget(self.state)

    def _index(self, trace: Trace, name: str) -> Index:
        """What is looked at: the pixel of the chosen map, the strongest where there is none, or the unit."""
        shape, number = trace.shape(name), self._choice.map
        if len(shape) == 1:
            return (min(number, shape[0] - 1),)
        number = min(number, shape[2] - 1)
        if self._pixel is not None and self._pixel[0] < shape[0] and self._pixel[1] < shape[1]:
            return (*self._pixel, number)
        row, column = np.unravel_index(int(np.abs(trace.output(name)[..., number]).argmax()), shape[:2])
        return int(row), int(column), number

    def _show(self) -> None:
        """Looks the numbers up and paints them."""
        layer, lesson = self._choice.layer, self.lesson if self.backward else None
        trace = lesson.trace if lesson is not None else self.trace
        if trace is None or layer is None or self.isHidden() or (self.backward and lesson is None):
            return
        try:
            index = self._index(trace, layer.path)
            steps = trace.steps(layer.path, index)
        except LensletError as problem:
            self._fail(str(problem))
            return
        self._show_channel(steps)
        where = self.tr("row {0}, column {1}") if len(index) == 3 else self.tr("unit {0}")
        if len(index) == 3 and self.width() >= ROOMY:
            where = self.tr("map {2}, row {0}, column {1}")
        self.title.setText(where.format(*index))
        self.broken.set_place(trace.broken)
        self.equation.set_rows(self._rows(layer.path, index, steps), self._hint(layer.path))
        self.pages.setCurrentWidget(self.equation)

    def _show_channel(self, steps: tuple[Step, ...]) -> None:
        count = next((step.patch.shape[2] for step in steps if isinstance(step, ConvolutionStep)), 1)
        self._channel %= count
        self.channels.setVisible(count > 1)
        self.channel_words.set_text(self.tr("input channel {0} of {1} by its share").format(self._channel + 1, count))

    def _rows(self, name: str, index: Index, steps: tuple[Step, ...]) -> tuple[Row, ...]:
        lesson, model = self.lesson, self._lessons.model
        labels = model.card.labels if model is not None else ()
        if lesson is None or not self.backward:
            return forward_rows(steps, self._channel, labels)
        value, before = lesson.trace.value(name, index), lesson.before
        earlier = before.value(name, index) if before else value
        self.teaching.say(lesson, self.tr("this value {0}").format(fine(earlier, value)))
        if self.moved_tab.isChecked() and before is not None:
            rows = moved_rows(before.steps(name, index), steps, self._channel, labels)
            return rows + everywhere_rows(lesson.moves, self._lessons.rate)
        return backward_rows(lesson.back(name, index), self._channel)

    def _hint(self, name: str) -> str:
        """Where the arrow keys lead from here."""
        layers = self._choice.layers
        if self.backward:
            return self.tr("↑ forward again") if name == layers[0].path else self.tr("↑ where the gradient goes next")
        return self.tr("↓ to the loss, and the way back") if name == layers[-1].path else self.tr("↓ the next layer")
