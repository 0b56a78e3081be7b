"""The search for a learning rate: one click, a curve, a proposal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.session import Session
from gui.threads.job import Job
from gui.train.setup.plot import Curve, LinePlot
from gui.train.setup.schedule_view import WORDS
from gui.train.task import find_rate_task
from gui.widgets import button, label
from nets.events import Event, Progress
from nets.runs.config import TrainConfig

if TYPE_CHECKING:
    from nets.training.find_rate import RateSearch


class SearchView(QWidget):
    """One click: a rising rate, a curve, a proposal."""

    rate_chosen = Signal(float)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._config: TrainConfig | None = None
        self._problem = ""
        self._job: Job | None = None
        self._searched: TrainConfig | None = None
        self.found: RateSearch | None = None
        self.plot = LinePlot(self.tr("The loss over the learning rate"))
        self.words = label("", "small", wrap=True)
        self.start = button(self.tr("Find a rate"))
        self.start.clicked.connect(self._on_start)
        self.use = button("")
        self.use.clicked.connect(self._on_use)
        self.use.hide()
        side = QVBoxLayout()
        side.setContentsMargins(0, 0, 0, 0)
        side.addWidget(self.words)
        side.addStretch(1)
        row = QHBoxLayout()
        row.addWidget(self.use)
        row.addWidget(self.start)
        side.addLayout(row)
        box = QWidget()
        box.setLayout(side)
        box.setFixedWidth(WORDS)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot, 1)
        layout.addWidget(box)
        session.engine_changed.connect(lambda *_: self._render())
        self._render()

    @property
    def searching(self) -> bool:
        return self._job is not None

    def show_config(self, config: TrainConfig, problem: str) -> None:
        self._config, self._problem = config, problem
        if self._searched is not None and _kind(config) != _kind(self._searched):
            self._clear()
        self._render()

    def finish(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job.wait()

    def _clear(self) -> None:
        """What was found is of other settings."""
        self.found = self._searched = None
        self.plot.show_curve(None)
        if self._job is not None:
            self._job.cancel()

    def _on_start(self) -> None:
        if self._job is not None:
            self._job.cancel()
            return
        if self._config is None:
            return
        self._clear()
        self._searched = self._config
        job = self._job = Job(find_rate_task, self._config, self._session.places, parent=self)
        job.progressed.connect(self._on_progress)
        job.succeeded.connect(self._on_found)
        job.failed.connect(lambda words, _: self._end(words))
        job.cancelled.connect(lambda: self._end(""))
        self._render()
        job.start()

    def _on_progress(self, events: list[Event]) -> None:
        counted = next((event for event in reversed(events) if isinstance(event, Progress)), None)
        if counted is not None and counted.total:
            words = self.tr("Batch {0:,.0f} of {1:,.0f}, each with a higher rate")
            self.words.setText(words.format(counted.done, counted.total))

    def _on_found(self, found: RateSearch) -> None:
        self.found = found
        exponents = range(int(np.ceil(np.log10(found.rates[0]))), int(np.floor(np.log10(found.rates[-1]))) + 1)
        ticks = [(10.0**power, f"1e{power}" if power < -3 else f"{10.0**power:g}") for power in exponents]
        low, high = float(found.smoothed.min()), float(found.smoothed[:5].max())
        y_ticks = [(value, f"{value:.2g}") for value in (low, (low + high) / 2, high)]
        words = self.tr("proposed: {0:g}").format(found.proposal)
        top = high + 0.6 * (high - low)  # where it grows beyond bounds it is cut off
        curve = Curve(
            found.rates,
            np.minimum(found.smoothed, top),
            self.tr("learning rate"),
            self.tr("loss"),
            ticks,
            y_ticks,
            raw=np.minimum(found.losses, top),
            log_x=True,
            mark=found.proposal,
            words=words,
        )
        self.plot.show_curve(curve)
        text = self.tr(
            "The loss is lowest near {1:.1g} and grows beyond it. {0:g} lies where it falls, with room to that."
        )
        self._end(text.format(found.proposal, found.lowest))

    def _on_use(self) -> None:
        if self.found is not None:
            self.rate_chosen.emit(self.found.proposal)

    def _end(self, words: str) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.deleteLater()
        self._render()
        if words:
            self.words.setText(words[:1].upper() + words[1:])

    def _render(self) -> None:
        ready = self._session.engine == "ready" and not self._problem
        self.start.setText(
            self.tr("Stop") if self.searching else self.tr("Search again") if self.found else self.tr("Find a rate")
        )
        self.start.setEnabled(self.searching or ready)
        self.use.setVisible(self.found is not None and not self.searching)
        if self.found is None:
            blank = self.tr("The search runs …") if self.searching else self.tr("The loss over the rate is drawn here")
            self.plot.show_curve(None, blank)
        if self.found is not None:
            self.use.setText(self.tr("Use {0:g}").format(self.found.proposal))
        elif self.searching:
            self.words.setText(self.tr("Preparing the network …"))
        else:
            self.words.setText(
                self._problem
                or self.tr(
                    "Trains a new network for 120 batches while the rate rises from a millionth to 10, and looks where "
                    "the loss falls (Smith 2015). Nothing is kept."
                )
            )


def _kind(config: TrainConfig) -> TrainConfig:
    """What a search depends on: neither the rate nor how long is trained."""
    return replace(config, learning_rate=1.0, epochs=1, schedule="constant", recipe="")
