"""What is compared, the progress, and the result: one value that the views of the workspace show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.session import Session
from gui.threads.job import Job
from gui.words import translated
from nets.events import Event, Message, Progress, Report
from nets.experiments.candidates import LEAST, MOST, Candidate
from nets.places import Places

if TYPE_CHECKING:
    from nets.experiments.comparison import Comparison


@dataclass(frozen=True)
class Chosen:
    """A chosen model, and its name until it has been opened."""

    candidate: Candidate
    title: str


@dataclass(frozen=True, eq=False)
class CompareState:
    """The state of the comparison.

    chosen: the models to compare. data: the dataset whose test images are used, "" for none; limit: the greatest number
    of them. measures_training: whether training is timed. batch: the batch size for the memory of activations. busy:
    whether a comparison is running. progress: what it is doing. share: the finished share of that, in [0, 1]; None:
    unknown. found: the result of the last comparison. problem: why the last one failed, "" if it did not.
    """

    chosen: tuple[Chosen, ...] = ()
    data: str = ""
    limit: int | None = None
    measures_training: bool = False
    batch: int = 1
    busy: bool = False
    progress: str = ""
    share: float | None = None
    found: Comparison | None = None
    problem: str = ""

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        return tuple(one.candidate for one in self.chosen)

    @property
    def enough(self) -> bool:
        return LEAST <= len(self.chosen) <= MOST

    @property
    def stale(self) -> bool:
        """Whether other models are chosen than were compared last."""
        return self.found is not None and tuple(row.candidate for row in self.found.rows) != self.candidates


def compare_task(
    candidates: tuple[Candidate, ...], places: Places, data: str, limit: int | None, training: bool, report: Report
) -> Comparison:
    """The comparison. Its modules are imported here because they are not needed before."""
    from nets.experiments.comparison import compare

    return compare(candidates, places, data=data, limit=limit, measure_training=training, report=report)


class Comparing(QObject):
    """Holds the state, changes it, and runs the comparison in a job. ``changed`` follows every change."""

    changed = Signal(object)  # CompareState
    compared = Signal(object)  # Comparison

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self.state = CompareState()

    def set(self, **changes: object) -> None:
        """Change settings of the next comparison, or of the display."""
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.changed.emit(self.state)

    def add(self, candidate: Candidate, title: str) -> None:
        """Add a model, unless the limit is reached."""
        if len(self.state.chosen) >= MOST:
            self._session.notify(self.tr("At most {0} models are compared: take one out first.").format(MOST))
            return
        self.set(chosen=(*self.state.chosen, Chosen(candidate, title)))

    def remove(self, place: int) -> None:
        """Remove the model at ``place`` of the list."""
        self.set(chosen=self.state.chosen[:place] + self.state.chosen[place + 1 :])

    def start(self) -> None:
        """Compare the chosen models; does nothing while a comparison runs or if too few are chosen."""
        state = self.state
        if self._job is not None or not state.enough or self._session.engine != "ready":
            return
        job = self._job = Job(
            compare_task,
            state.candidates,
            self._session.places,
            state.data,
            state.limit,
            state.measures_training,
            parent=self,
        )
        job.progressed.connect(self._on_events)
        job.succeeded.connect(self._on_found)
        job.failed.connect(lambda words, _: self._end(problem=words))
        job.cancelled.connect(lambda: self._end())
        self.set(busy=True, progress=self.tr("Getting ready"), share=None, problem="")
        job.start()

    def stop(self) -> None:
        """End the comparison at its next report; the result before it stays."""
        if self._job is not None:
            self._job.cancel()

    def finish(self) -> None:
        """Stop and wait, before the window closes."""
        if self._job is not None:
            self._job.cancel()
            self._job.wait()

    def _on_events(self, events: list[Event]) -> None:
        event = events[-1]
        if isinstance(event, Message):
            self.set(progress=translated(event.text), share=None)
        elif isinstance(event, Progress):
            share = event.done / event.total if event.total else None
            total = f" {event.total:,.0f}" if event.total else ""
            words = self.tr("{0}: {1} of{2} {3}") if total else self.tr("{0}: {1}{2} {3}")
            self.set(progress=words.format(event.what, f"{event.done:,.0f}", total, event.unit), share=share)

    def _on_found(self, found: Comparison) -> None:
        self._end(found=found)
        self.compared.emit(found)

    def _end(self, **changes: object) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.deleteLater()
        self.set(busy=False, progress="", share=None, **changes)
