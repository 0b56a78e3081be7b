"""The panel of the arithmetic: forward, backward for a true class, and what a step of gradient descent changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.explore.arithmetic.descent_jobs import DescentJobs
from gui.explore.arithmetic.equation_backward import backward_rows
from gui.explore.arithmetic.equation_forward import forward_rows
from gui.explore.arithmetic.equation_moved import everywhere_rows, moved_rows
from gui.explore.arithmetic.non_finite_banner import NonFiniteBanner
from gui.explore.arithmetic.step_controls import StepControls
from gui.explore.selection import Selection
from gui.paint.equation import Equation, Row
from gui.paint.readout import Readout
from gui.widgets import ElidedLabel, ExportButton, IconButton, StateView, button
from gui.words import translated
from nets.byhand.arithmetic import LayerArithmetic
from nets.byhand.calculations import Calculation, ConvolutionCalculation, Index
from nets.byhand.health import NonFiniteNumber, first_in_graph
from nets.compute.descent import BackwardPass, of_layer
from nets.errors import LensletError

if TYPE_CHECKING:
    from gui.threads.live import LiveAnswer
    from nets.network.model import Model

Values = Mapping[str, np.ndarray]


class ArithmeticPanel(QFrame):
    """Forward shows the maps of the newest answer; Backward and Moved show the passes that ``DescentJobs`` computed."""

    closed = Signal()
    turned = Signal()  # to another of the three tabs
    copy_made = Signal(object)  # Model: the copy that a step changed, to be shown in place of the original
    copy_changed = Signal()  # the shown copy has other weights
    original_requested = Signal(object)  # Model: to be shown again

    def __init__(self, choice: Selection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "panel")
        self._choice = choice
        self.descent = DescentJobs(self)
        self._model: Model | None = None  # whose answers are shown: the original or its copy
        self.left: Model | None = None  # the copy that was left last; it is shown until the original is open again
        self._answer: LiveAnswer | None = None
        self._seen: np.ndarray | None = None  # the image of the last answer, whichever model gave it
        self._layer: LayerArithmetic | None = None  # of the chosen layer, with the weights of ``_model``
        self._pixel: tuple[int, int] | None = None
        self._channel = 0
        self._label = 0  # the true class, if it is known
        self._labelled = False  # whether the person chose the true class
        self._channel_count = 1
        self._steps = 0  # number of steps that were shown
        self.title = ElidedLabel("", "strong", mode=Qt.TextElideMode.ElideMiddle)
        self.forward_tab = self._tab(self.tr("Forward"), self.tr("How this value came to be"))
        self.backward_tab = self._tab(
            self.tr("Backward"), self.tr("How the loss changes with this value, and with the weights behind it")
        )
        self.moved_tab = self._tab(
            self.tr("Moved"), self.tr("By how much the last step moved this value and its weights: take a step first")
        )
        self.export = ExportButton()
        self.close_button = IconButton("x", self.tr("Close (A)"), look="plain")
        self.controls = StepControls()
        self.banner = NonFiniteBanner()
        self.channels = QWidget()
        self.channel_words = Readout(role="quiet")
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
        self.head = head = QHBoxLayout()
        head.setSpacing(theme.TIGHT)
        for tab in (self.forward_tab, self.backward_tab, self.moved_tab):
            self._tabs.addButton(tab)
            head.addWidget(tab)
        head.addStretch(1)
        head.addWidget(self.export)
        head.addWidget(self.close_button)
        line = QHBoxLayout(self.channels)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        before = IconButton("chevron-left", self.tr("The input channel that adds more"), look="plain")
        after = IconButton("chevron-right", self.tr("The input channel that adds less"), look="plain")
        before.clicked.connect(lambda: self._walk_channel(-1))
        after.clicked.connect(lambda: self._walk_channel(1))
        line.addWidget(before)
        line.addWidget(after)
        line.addWidget(self.channel_words, 1)
        self.channels.setToolTip(self.tr("In the order of what they add: the input channel that adds most is 1"))
        where = self._where = QHBoxLayout()
        where.setSpacing(theme.GAP)
        where.addWidget(self.title, 1)
        where.addWidget(self.channels, 0)
        for page in (self.equation, self.state):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.INSET, theme.INSET, theme.INSET, theme.INSET)
        column.setSpacing(theme.TIGHT)
        column.addLayout(head)
        column.addWidget(self.controls)
        column.addWidget(self.banner)  # below the button, so that the button stays in place when the banner appears
        column.addLayout(where)
        column.addWidget(self.pages, 1)
        self.title.setMinimumHeight(theme.CONTROL_HEIGHT)
        self.forward_tab.setChecked(True)
        self.moved_tab.setEnabled(False)
        self.controls.hide()

    def _connect(self) -> None:
        descent, controls = self.descent, self.controls
        self.close_button.clicked.connect(self.closed)
        self._tabs.buttonToggled.connect(lambda _, on: self._on_direction() if on else None)
        controls.label_chosen.connect(self.set_label)
        controls.step_requested.connect(self._step)
        controls.original_requested.connect(self.leave_copy)
        self.banner.show_requested.connect(self._show_non_finite)
        descent.changed.connect(self._on_descent)
        descent.compiling.connect(self._show_busy)
        descent.failed.connect(self._fail)
        self._choice.layer_changed.connect(self._on_layer)
        self._choice.map_changed.connect(self._show)

    # --- what it is about ---------------------------------------------------------------------------------------

    @property
    def backward(self) -> bool:
        """Whether Backward or Moved is shown."""
        return not self.forward_tab.isChecked()

    @property
    def passed(self) -> BackwardPass | None:
        """The backward pass that is shown; None in Forward, and until it has been computed."""
        return self.descent.passed if self.backward else None

    def set_model(self, model: Model) -> None:
        """Set the network: another one, or a copy of the present one after a step."""
        self._model, self._answer, self._layer = model, None, None
        if model is not self.descent.copy and model is not self.descent.model:
            self._labelled, self._seen = False, None
        self.descent.set_model(model)
        self.controls.set_labels(model.card.labels)

    def set_answer(self, answer: LiveAnswer) -> None:
        """Set the picture that the network received. The true class is the picture's own if it is known, unless the
        person chose one; otherwise it is the class that the network answers.
        """
        if answer.model is None or answer.model is not self._model:
            return
        before, self._answer = self._seen, answer
        self._seen = image = self._image
        is_new = image is None or before is None or not np.array_equal(image, before)
        if answer.model.ref.kind in ("training", "edited"):
            self._layer = None  # its weights change from answer to answer
        if is_new:
            self._find_label(answer, has_image=image is not None)
        if not self.isHidden():
            self.begin()

    def _find_label(self, answer: LiveAnswer, *, has_image: bool) -> None:
        assert answer.model is not None
        self._labelled = self._labelled and has_image
        if answer.label in answer.model.card.labels:
            self._labelled = False  # the class was chosen for another picture
            self._label = answer.model.card.labels.index(answer.label)
        elif answer.answer is not None and not self._labelled:
            self._label = int(answer.answer.probabilities.argmax())
        self.controls.label.choose(str(self._label))

    @property
    def _image(self) -> np.ndarray | None:
        """(H, W, C) as the network receives it; None if nothing is drawn."""
        answer = self._answer
        return answer.prepared.input if answer is not None and answer.prepared is not None else None

    def set_pixel(self, pixel: tuple[int, int] | None) -> None:
        """(row, column) of the map under the cursor."""
        if pixel != self._pixel:
            self._pixel = pixel
            self._show()

    def begin(self) -> None:
        """Starts the backward pass if the shown tab needs one, and shows what is there."""
        if self.backward and self._image is not None:
            self.descent.ask(self._image, self._label)
        self._show()

    def finish(self) -> None:
        self.descent.finish()

    def set_label(self, label: int) -> None:
        """Set the true class of the picture, chosen by the person, by its number."""
        self._labelled, self._label = True, label
        self.controls.label.choose(str(label))
        self.begin()

    def reads(self) -> tuple[str, ...]:
        """The layers whose maps the equation reads in addition to the chosen layer's own."""
        layer = self._choice.layer
        return tuple(path for path in layer.inputs if path) if layer is not None and not self.isHidden() else ()

    def words(self) -> str:
        """What is shown, for the title of a picture: layer, place, and which way."""
        layer = self._choice.layer
        tab = next(tab for tab in (self.forward_tab, self.backward_tab, self.moved_tab) if tab.isChecked())
        parts = [layer.path if layer is not None else "", self.title.text(), tab.text().lower()]
        if self.passed is not None:
            parts.append(self.tr("true class {0}").format(self._model.card.labels[self.passed.label]))  # type: ignore[union-attr]
        return ", ".join(part for part in parts if part)

    def turn(self, by: int) -> bool:
        """Move between the tabs: down at the last layer leads to Backward, up at the first to Forward. False if neither
        applies.
        """
        paths = [layer.path for layer in self._choice.layers]
        at = paths.index(self._choice.layer.path) if self._choice.layer else 0
        if by > 0 and at == len(paths) - 1 and not self.backward:
            self.backward_tab.click()
        elif by < 0 and at == 0 and self.backward:
            self.forward_tab.click()
        else:
            return False
        return True

    # --- steps --------------------------------------------------------------------------------------------------

    def _step(self, rate: float) -> None:
        self._labelled = True  # keeps the true class although the copy's answer changes
        self.descent.step(rate)

    def leave_copy(self) -> None:
        """Forgets the copy and asks for the original network to be shown."""
        model = self.descent.model
        self.left = self.descent.copy
        self.descent.leave_copy()
        self._on_descent()
        if model is not None:
            self.original_requested.emit(model)

    def _on_descent(self) -> None:
        descent = self.descent
        self.moved_tab.setEnabled(descent.before is not None)
        stepped, self._steps = descent.steps > self._steps, descent.steps
        if stepped:
            self.moved_tab.setChecked(True)
        elif descent.before is None and self.moved_tab.isChecked():
            self.backward_tab.setChecked(True)
        if stepped and descent.copy is not None:
            if descent.copy is self._model:
                self.copy_changed.emit()
            else:
                self.copy_made.emit(descent.copy)
        self._show()

    # --- showing ------------------------------------------------------------------------------------------------

    def _show_non_finite(self, place: NonFiniteNumber) -> None:
        """Selects the layer, map and pixel of the first number that is not finite."""
        self.forward_tab.click()
        self._choice.choose_layer(place.layer)
        if place.index:
            self._choice.choose_map(place.index[-1])
        if place.what == "output" and len(place.index) == 3:
            self._choice.pin((place.index[0], place.index[1]))
        self._channel = 0
        self._show()

    def _on_direction(self) -> None:
        self.controls.setVisible(self.backward)
        self.turned.emit()
        self.begin()

    def _on_layer(self) -> None:
        self._channel, self._layer = 0, None
        self._show()

    def _walk_channel(self, by: int) -> None:
        self._channel += by
        self._show()

    def _fail(self, words: str) -> None:
        self.state.failed(self.tr("This cannot be shown"), words)
        self._show_state()

    def _show_busy(self) -> None:
        if self.backward:
            self.state.busy(self.tr("Preparing the way back"), self.tr("TensorFlow compiles the gradient once."))
            self._show_state()

    def _show_state(self) -> None:
        self.title.setText("")
        self.channels.hide()
        self.export.setEnabled(False)
        self.pages.setCurrentWidget(self.state)

    def _show(self) -> None:
        """Shows the chosen layer at the chosen pixel, or an empty state."""
        layer, answer, model, passed = self._choice.layer, self._answer, self._model, self.passed
        if layer is None or model is None or self.isHidden():
            return
        if answer is not None and answer.prepared is None:
            self.banner.set_place(None)
            words = self.tr("Draw on the pad: every number is then shown here.")
            self.state.empty(self.tr("Nothing drawn yet"), words)
            self._show_state()
        elif passed is not None:
            self._show_layer(model, layer.path, passed.values, passed.image)
        elif not self.backward and answer is not None and answer.prepared is not None:
            self._show_layer(model, layer.path, answer.maps, answer.prepared.input)

    def _show_layer(self, model: Model, path: str, values: Values, image: np.ndarray) -> None:
        """Shows the equation of the layer ``path``, or why it has none."""
        self.banner.set_place(first_in_graph(model.graph, image, values, weights_too=bool(model.broken_weights)))
        if path not in values:  # its maps come with the next answer
            self.title.setText("")
            self.equation.set_rows(())
            self.pages.setCurrentWidget(self.equation)
            return
        try:
            self._show_equation(model, path, values, image, self.passed)
        except LensletError as problem:
            self._fail(translated(problem))

    def _show_equation(
        self, model: Model, path: str, values: Values, image: np.ndarray, passed: BackwardPass | None
    ) -> None:
        """Shows the equation of one number. Raises LensletError for a layer whose arithmetic is not implemented."""
        output = values[path]
        index = self._index(output)
        arithmetic = self._arithmetic(model, path, passed)
        inputs = self._inputs(arithmetic, values, image)
        calculations = arithmetic.calculations(inputs, output, index, channel=self._channel)
        self.title.setText(self._place(index))
        self._show_channel(calculations)
        labels = model.card.labels
        rows = forward_rows(calculations, self._channel, labels)
        if passed is not None:
            may_step = model.ref.kind != "training"
            before, steps = self.descent.before, self.descent.steps
            self.controls.show_loss(passed, before, steps=steps, may_step=may_step)
            if self.moved_tab.isChecked() and before is not None:
                old = self._calculations(model, path, before, index)
                rows = moved_rows(old, calculations, self._channel, labels)
                rows += everywhere_rows(self.descent.changes, self.descent.rate)
            else:
                rows = self._backward_rows(arithmetic, inputs, calculations, passed)
        self.equation.set_rows(rows, self._hint(path))
        self.export.setEnabled(True)
        self.pages.setCurrentWidget(self.equation)

    def _backward_rows(
        self,
        arithmetic: LayerArithmetic,
        inputs: Sequence[np.ndarray],
        calculations: Sequence[Calculation],
        passed: BackwardPass,
    ) -> tuple[Row, ...]:
        assert self._model is not None
        path = arithmetic.path
        if path not in passed.arriving:
            raise LensletError(self.tr("the gradient of {0} cannot be computed").format(path))
        totals = of_layer(self._model, path, passed.gradients)
        gradients = arithmetic.backward(inputs, calculations, passed.arriving[path], totals)
        is_last = path == next(reversed(passed.arriving))
        loss = passed.kind if is_last else ""
        labels = self._model.card.labels
        return backward_rows(gradients, self._channel, labels, loss=loss, label=passed.label)

    def _arithmetic(self, model: Model, path: str, passed: BackwardPass | None) -> LayerArithmetic:
        """The layer's arithmetic, with the weights of ``passed`` if given, else with the network's weights."""
        if passed is not None:
            return LayerArithmetic.of(model.graph, model.graph.step(path), of_layer(model, path, passed.weights))
        if self._layer is None or self._layer.path != path:
            self._layer = LayerArithmetic.of(model.graph, model.graph.step(path))
        return self._layer

    def _calculations(self, model: Model, path: str, passed: BackwardPass, index: Index) -> tuple[Calculation, ...]:
        arithmetic = self._arithmetic(model, path, passed)
        inputs = self._inputs(arithmetic, passed.values, passed.image)
        return arithmetic.calculations(inputs, passed.values[path], index, channel=self._channel)

    def _inputs(self, arithmetic: LayerArithmetic, values: Values, image: np.ndarray) -> list[np.ndarray]:
        missing = next((path for path in arithmetic.sources if path and path not in values), None)
        if missing is not None:
            raise LensletError(
                self.tr("It reads {0}, whose output is neither maps nor units: look at Backward").format(missing)
            )
        return [values[path] if path else image for path in arithmetic.sources]

    def _index(self, output: np.ndarray) -> Index:
        """The index of the explained value: (row, column, map), by default the strongest pixel of the map; or
        (unit,).
        """
        number = min(self._choice.map, output.shape[-1] - 1)
        if output.ndim == 1:
            return (number,)
        pixel, shape = self._pixel, output.shape
        if pixel is not None and pixel[0] < shape[0] and pixel[1] < shape[1]:
            return (*pixel, number)
        sizes = np.nan_to_num(np.abs(output[..., number]), nan=np.inf)
        row, column = np.unravel_index(int(sizes.argmax()), shape[:2])
        return int(row), int(column), number

    def _place(self, index: Index) -> str:
        if len(index) == 3:
            return self.tr("map {2}, row {0}, column {1}").format(*index)
        return self.tr("unit {0}").format(*index)

    def _show_channel(self, calculations: Sequence[Calculation]) -> None:
        """Names the input channel that is written out, and its place in the order of what the channels add."""
        sums = [one for one in calculations if isinstance(one, ConvolutionCalculation)]
        widest = max(sums, key=lambda one: one.patch.shape[2], default=None)
        count = 1 if widest is None else widest.patch.shape[2]
        self._channel %= count
        self.channels.setVisible(count > 1)
        self._channel_count = count
        self._place_channels()
        if widest is not None:
            number = widest.first_channel + int(widest.strongest[self._channel])
            self.channel_words.set_text(self.tr("channel {0} · {1} of {2}").format(number, self._channel + 1, count))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_channels()

    def _place_channels(self) -> None:
        """Beside the heading, or below it if one of them would be cut, whatever numbers of two digits they have."""
        if self.channels.isHidden():
            return
        place = self.tr("map {2}, row {0}, column {1}").format(88, 88, 88)
        words = self.tr("channel {0} · {1} of {2}").format(*3 * [self._channel_count])
        bold = max(self.title.fontMetrics().horizontalAdvance(text) for text in (place, self.title.text()))
        usual = self.channel_words.width_of(words)
        wide = bold + usual + 2 * theme.px(theme.CONTROL_HEIGHT) + theme.px(theme.GAP) + 2 * theme.px(theme.INSET)
        beside = wide <= self.width()
        self._where.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        self.channel_words.setMinimumWidth(usual)

    def _hint(self, path: str) -> str:
        """A sentence on where the arrow keys lead from this layer."""
        layers = self._choice.layers
        if self.backward and path == layers[0].path:
            return self.tr("Key ↑: forward again")
        if self.backward:
            return self.tr("Key ↑: the layer before, to which the gradient goes on")
        if path == layers[-1].path:
            return self.tr("Key ↓: to the loss, and the way back")
        return self.tr("Key ↓: the next layer")
