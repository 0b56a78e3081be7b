"""The search for a learning rate: one click, a curve that grows, a proposal."""

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
from gui.words import capitalised
from nets.events import Event, Progress
from nets.runs.config import TrainConfig

if TYPE_CHECKING:
    from nets.training.find_rate import RateSearch, RateTried


class SearchView(QWidget):
    """Searches for a learning rate on ``search``: a rising rate, a curve that grows with every batch, a proposal."""

    rate_chosen = Signal(float)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._config: TrainConfig | None = None
        self._problem = ""
        self._job: Job | None = None
        self._searched: TrainConfig | None = None
        self.found: RateSearch | None = None
        self._tried: list[RateTried] = []  # batches of the running search
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

    def search(self) -> None:
        """Start the search, unless it runs, has a result already, or is impossible."""
        if self.found is None and self._job is None and self.start.isEnabled():
            self._begin()

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
        """The result belongs to other settings: remove it."""
        self.found = self._searched = None
        self._tried = []
        self.plot.show_curve(None)
        if self._job is not None:
            self._job.cancel()

    def _on_start(self) -> None:
        if self._job is not None:
            self._job.cancel()
        else:
            self._begin()

    def _begin(self) -> None:
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
        from nets.training.find_rate import RateTried

        counted = next((event for event in reversed(events) if isinstance(event, Progress)), None)
        if counted is None or not counted.total or self._job is None or self._job.stopping:
            return
        if not isinstance(counted, RateTried):  # data or features are loaded first
            words = self.tr("{0}: {1:,.0f} of {2:,.0f} {3}")
            what = capitalised(counted.what)
            self.words.setText(words.format(what, counted.done, counted.total, counted.unit))
            return
        self._tried += [event for event in events if isinstance(event, RateTried)]
        words = self.tr("Batch {0:,.0f} of {1:,.0f}, each with a higher rate")
        self.words.setText(words.format(counted.done, counted.total))
        columns = [(event.rate, event.smoothed, event.loss) for event in self._tried if np.isfinite(event.smoothed)]
        rates, smoothed, losses = np.array(columns or np.empty((0, 3))).T
        self.plot.show_curve(self._curve(rates, smoothed, losses), self.tr("The search runs …"))

    def _curve(
        self, rates: np.ndarray, smoothed: np.ndarray, losses: np.ndarray, mark: float = np.nan, words: str = ""
    ) -> Curve | None:
        """(n,) each, from the lowest rate on; the axis ends at the highest rate that is tried."""
        from nets.training.find_rate import HIGHEST, LOWEST

        if len(rates) < 2:
            return None
        exponents = range(round(np.log10(LOWEST)), round(np.log10(HIGHEST)) + 1)
        ticks = [(10.0**power, f"1e{power}" if power < -3 else f"{10.0**power:g}") for power in exponents]
        low, high = float(smoothed.min()), float(smoothed[:5].max())
        y_ticks = [(value, f"{value:.2g}") for value in (low, (low + high) / 2, high)]
        top = high + 0.6 * max(high - low, 0.05 * high)  # cut off where the loss diverges
        return Curve(
            rates,
            np.minimum(smoothed, top),
            self.tr("learning rate"),
            self.tr("loss"),
            ticks,
            y_ticks,
            raw=np.minimum(losses, top),
            log_x=True,
            x_range=(LOWEST, HIGHEST),
            mark=mark,
            words=words,
        )

    def _on_found(self, found: RateSearch) -> None:
        self.found = found
        words = self.tr("proposed: {0:g}").format(found.proposal)
        self.plot.show_curve(self._curve(found.rates, found.smoothed, found.losses, found.proposal, words))
        text = self.tr(
            "The loss is lowest near {1:.1g} and grows beyond it. {0:g} lies where it falls, with room to that."
        )
        if found.lowest == found.rates[-1]:
            text = self.tr("The loss still falls at {1:g}, the highest rate that was tried. {0:g} lies where it falls.")
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
            self.words.setText(capitalised(words))

    def _render(self) -> None:
        ready = self._session.engine == "ready" and not self._problem
        self.start.setText(
            self.tr("Stop") if self.searching else self.tr("Search again") if self.found else self.tr("Find a rate")
        )
        self.start.setEnabled(self.searching or ready)
        self.use.setVisible(self.found is not None and not self.searching)
        if self.found is None and not self._tried:
            blank = self.tr("The search runs …") if self.searching else self.tr("The loss over the rate is drawn here")
            self.plot.show_curve(None, blank)
        if self.found is not None:
            self.use.setText(self.tr("Use {0:g}").format(self.found.proposal))
        elif self.searching:
            if not self._tried:
                self.words.setText(self.tr("Preparing the network …"))
        else:
            self.words.setText(self._problem or self._about())

    def _about(self) -> str:
        if self._config is not None and self._config.transfers:
            return self.tr(
                "Trains the new head for 120 batches while its rate rises from a millionth to 10, and looks where the "
                "loss falls (Smith 2015). Nothing is kept."
            )
        return self.tr(
            "Trains a new network for 120 batches while the rate rises from a millionth to 10, and looks where the "
            "loss falls (Smith 2015). Nothing is kept."
        )


def _kind(config: TrainConfig) -> TrainConfig:
    """What a search depends on: not the rate, nor the number of epochs, nor the phase after a head that learns
    alone.
    """
    head = 1 if config.transfers else 0
    fixed = replace(config, learning_rate=1.0, epochs=1, schedule="constant", recipe="")
    return replace(fixed, head_epochs=head, fine_rate=0.0, freeze="")
