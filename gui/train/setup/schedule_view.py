"""The course of the learning rate, before anything is trained."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui.train.setup.plot import Curve, LinePlot
from gui.widgets import label
from nets.runs.config import SCHEDULES, TrainConfig, split_sizes
from nets.training.schedules import course

WORDS = 230  # width in pixels of the text beside a view


class ScheduleView(QWidget):
    """The rate of every step before anything is trained."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = LinePlot(self.tr("The learning rate over the epochs"))
        self.words = label("", "small", wrap=True)
        self.words.setFixedWidth(WORDS)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.words, 0, Qt.AlignmentFlag.AlignTop)

    def show_config(self, config: TrainConfig, images: int) -> None:
        """Show a configuration. ``images``: in the training set, 0 if unknown."""
        try:
            trained = split_sizes(config, images)[0] if images else 10_000
            steps = max(1, -(-trained // config.batch_size))
            # A line of some hundred points shows everything.
            rates = course(config, max(1, min(steps, 1 + 600 // max(1, config.epochs))))
        except (TypeError, ValueError, KeyError, ZeroDivisionError):  # a field contains text that is not a number
            self.plot.show_curve(None, self.tr("Mend the settings first"))
            self.words.setText("")
            return
        x = (np.arange(len(rates)) + 0.5) * config.epochs / len(rates)
        every = max(1, -(-config.epochs // 8))
        ticks = [(float(epoch), str(epoch)) for epoch in range(0, config.epochs + 1, every)]
        top = float(rates.max())
        y_ticks = [(0.0, "0"), (top / 2, f"{top / 2:.2g}"), (top, f"{top:.2g}")]
        self.plot.show_curve(Curve(x, rates.astype(float), self.tr("epoch"), self.tr("rate"), ticks, y_ticks))
        row = SCHEDULES[config.schedule]
        lowest, highest = f"{rates.min():.2g}", f"{top:.2g}"
        text = self.tr("{0}: {1}. From {2} to {3} over {4:,} steps.")
        if config.schedule == "constant":
            text = self.tr("{0}: {1}, {3}, for {4:,} steps.")
        elif config.schedule == "plateau":
            text = self.tr("{0}: {1}. How it will fall is not known before; it begins with {3}, for {4:,} steps.")
        self.words.setText(text.format(row.title, row.description, lowest, highest, steps * config.epochs))
