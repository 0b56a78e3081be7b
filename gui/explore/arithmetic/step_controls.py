"""The controls of gradient descent on one picture: its true class, the learning rate, steps, the way back, the loss."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from gui import theme
from gui.paint.numbers import value_words
from gui.paint.readout import Readout
from gui.widgets import Select, button, label
from gui.words import with_article
from nets.compute.descent import BackwardPass

LONGEST, ARROW = 90, 40  # pixels of a class's name that are always shown, and of a menu in addition to its text
RATES = (0.001, 0.01, 0.1, 1.0)


class StepControls(QWidget):
    """Emits requests; ``DescentJobs`` computes them."""

    label_chosen = Signal(int)
    step_requested = Signal(float)  # with this learning rate
    original_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = Select()
        self.label.setToolTip(self.tr("What the picture truly is: the loss compares the answer with it"))
        self.label.setAccessibleName(self.tr("What the picture truly is"))
        self.rate = Select([(f"{rate:g}", f"{rate:g}") for rate in RATES])
        self.rate.choose("0.01")
        self.rate.setFixedWidth(78)
        self.rate.setToolTip(self.tr("The learning rate: how far a step goes down the gradient"))
        self.rate.setAccessibleName(self.tr("Learning rate"))
        self.step_button = button(
            self.tr("Step"),
            tip=self.tr(
                "One step of gradient descent on this picture: every weight w becomes w − rate · dL/dw.\n"
                "It works on a copy of the network, which is then shown everywhere: bars, maps and kernels."
            ),
        )
        self.original_button = button(
            self.tr("Undo all"), "plain", tip=self.tr("Back to the network as it was before the first step")
        )
        self.original_button.setEnabled(False)
        self.loss = Readout(lines=2)
        self._truth, self._step = QHBoxLayout(), QHBoxLayout()
        self._truth.addWidget(label(self.tr("It is"), "small"))
        self._truth.addWidget(self.label, 1)
        self._step.addWidget(label(self.tr("rate"), "small"))
        for control in (self.rate, self.step_button, self.original_button):
            self._step.addWidget(control)
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        for layout in (self._truth, self._step, self._rows):
            layout.setSpacing(theme.GAP)
        self._rows.addLayout(self._truth, 1)
        self._rows.addLayout(self._step)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.TIGHT)
        column.addLayout(self._rows)
        column.addWidget(self.loss)
        self.label.activated.connect(lambda _: self.label_chosen.emit(int(self.label.value() or 0)))
        self.step_button.clicked.connect(lambda: self.step_requested.emit(float(self.rate.value())))
        self.original_button.clicked.connect(self.original_requested)

    def set_labels(self, labels: Sequence[str]) -> None:
        chosen = self.label.value()
        self.label.set_rows([(str(number), with_article(name)) for number, name in enumerate(labels)])
        self.label.choose(chosen or "0")
        self._fit_rows()

    @property
    def is_in_two_rows(self) -> bool:
        return self._rows.direction() == QBoxLayout.Direction.TopToBottom

    def minimumSizeHint(self) -> QSize:
        """As narrow as in two rows: it is not in two rows before it is narrow."""
        width = max(layout.minimumSize().width() for layout in (self._truth, self._step))
        return QSize(width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_rows()

    def _fit_rows(self) -> None:
        """The step stands below the true class if that would be cut; names that are very long are shortened."""
        names = (self.label.itemText(row) for row in range(self.label.count()))
        widest = max((self.label.fontMetrics().horizontalAdvance(name) for name in names), default=0)
        truth = self._truth.minimumSize().width() - self.label.minimumSizeHint().width()
        truth += min(widest, theme.px(LONGEST)) + theme.px(ARROW)
        needed = truth + self._rows.spacing() + self._step.sizeHint().width()
        down, right = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._rows.setDirection(down if needed > self.width() else right)

    def show_loss(self, passed: BackwardPass, before: BackwardPass | None, *, steps: int, may_step: bool) -> None:
        """Show the loss and its change by the last step, and below it the problem, if any, or the effect of a step.

        Args:
            passed: The pass with the weights as they are now.
            before: The pass before the last step; None if the last thing done was no step.
            steps: How many steps the copy has taken.
            may_step: Whether a step can be taken: not on a network in training.
        """
        kind = self.tr("squared error") if passed.kind == "squared_error" else self.tr("cross-entropy")
        words = self.tr("loss {0} ({1})").format(value_words(passed.loss), kind)
        if before is not None:
            words = self.tr("loss {0} → {1} by step {2}").format(
                value_words(before.loss), value_words(passed.loss), steps
            )
        self.step_button.setEnabled(may_step)
        self.original_button.setEnabled(steps > 0)
        hint = self.tr("A step changes a copy, which is then shown.")
        if steps:
            hint = self.tr("You see a copy after {0} steps; “Undo all” leads back.").format(steps)
            if steps == 1:
                hint = self.tr("You see a copy after one step; “Undo all” leads back.")
        if not may_step:
            hint = self.tr("This network is in training: it takes steps by itself.")
        self.loss.set_text(f"{words}\n{passed.trouble(before) or hint}")
