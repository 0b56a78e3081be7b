"""The line in which the true label is chosen and steps are taken, and what the loss did."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui import theme
from gui.paint.numbers import value_words
from gui.paint.reading import Reading
from gui.widgets import Select, button, label
from gui.words import with_article
from nets.compute.descent import Lesson

RATES = (0.001, 0.01, 0.1, 1.0)


class Teaching(QWidget):
    """Asks; computes nothing."""

    labelled = Signal(int)
    step_wanted = Signal(float)  # with this learning rate
    reset_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = Select()
        self.label.setAccessibleName(self.tr("What the drawing truly is"))
        self.rate = Select([(f"{rate:g}", f"{rate:g}") for rate in RATES])
        self.rate.choose("0.01")
        self.rate.setFixedWidth(78)
        self.rate.setAccessibleName(self.tr("Learning rate"))
        self.step_button = button(self.tr("Step"), tip=self.tr("One step of gradient descent on this image, on a copy"))
        self.reset_button = button(self.tr("Reset"), "plain", tip=self.tr("Forget the steps"))
        self.loss = Reading(lines=2)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        row.addWidget(label(self.tr("It is"), "small"))
        row.addWidget(self.label, 1)
        row.addWidget(label(self.tr("rate"), "small"))
        for control in (self.rate, self.step_button, self.reset_button):
            row.addWidget(control)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addLayout(row)
        column.addWidget(self.loss)
        self.label.activated.connect(lambda _: self.labelled.emit(int(self.label.value() or 0)))
        self.step_button.clicked.connect(lambda: self.step_wanted.emit(float(self.rate.value())))
        self.reset_button.clicked.connect(self.reset_wanted)

    def set_labels(self, labels: Sequence[str]) -> None:
        chosen = self.label.value()
        self.label.set_rows([(str(number), with_article(name)) for number, name in enumerate(labels)])
        self.label.choose(chosen or "0")

    def say(self, lesson: Lesson, second: str) -> None:
        """The loss, before and after the last step; below it what is wrong, else ``second``."""
        kind = self.tr("cross-entropy") if lesson.kind == "crossentropy" else self.tr("squared error")
        words = self.tr("loss {0} ({1})").format(value_words(lesson.loss), kind)
        if lesson.steps:
            words = self.tr("loss {0} → {1} by step {2}").format(
                value_words(lesson.losses[-2]), value_words(lesson.loss), lesson.steps
            )
        self.reset_button.setEnabled(lesson.steps > 0)
        self.loss.set_text(f"{words}\n{lesson.trouble() or second}")
