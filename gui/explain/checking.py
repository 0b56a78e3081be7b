"""Two checks of the shown explanation: random weights, and removing the pixels that it marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from gui import theme
from gui.explain.curves import FaithfulnessCurves
from gui.explain.sanity_strip import SanityStrip, Shown
from gui.explain.shown import class_name, colours, layered, target_words
from gui.paint.pixels import coloured
from gui.session import Session
from gui.threads.explaining import Explained
from gui.threads.job import Job
from gui.widgets import BusySign, ElidedLabel, IconButton, Panel, label
from gui.words import as_sentence
from nets.events import Event, Report
from nets.explain import EXPLAINERS

if TYPE_CHECKING:
    from nets.explain.faithfulness import Faithfulness
    from nets.explain.sanity import SanityCheck
    from nets.network.model import Model


@dataclass(frozen=True, eq=False)
class CheckRequest:
    """What to check: the model and the shown explanation."""

    model: Model
    found: Explained


def run_sanity(request: CheckRequest, *, report: Report) -> SanityCheck:
    from nets.explain.sanity import sanity_check

    found = request.found
    assert found.image is not None
    assert found.target is not None
    options = dict(found.asked.options)
    return sanity_check(
        request.model, found.asked.method, found.image, target=found.target, layer=found.layer, report=report, **options
    )


def run_curves(request: CheckRequest, *, report: Report) -> Faithfulness:
    from nets.compute.lens import Lens
    from nets.explain.faithfulness import deletion_and_insertion, importance

    found, image = request.found, request.found.image
    assert image is not None
    assert found.values is not None
    target = found.target[0] if isinstance(found.target, tuple) else found.target
    assert target is not None
    height, width = image.shape[:2]
    order = importance(found.values, found.asked.method, height, width)
    return deletion_and_insertion(Lens(request.model.copy()), image, order, target, report=report)


class Checks(Panel):
    """Below the pictures or beside them. One check runs at a time; its result, and what it belongs to, stay until the
    next.
    """

    checked = Signal(str, bool)  # the method, and whether its picture depends on what the network learned

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Is it to be believed?"), parent)
        self._session = session
        self._job: Job | None = None
        self._request: CheckRequest | None = None
        self._busy = BusySign(self)
        self._busy.setFixedSize(16, 16)
        self._busy.hide()
        self.add_tool(self._busy)
        close = IconButton("x", self.tr("Put the check away"), look="plain")
        close.setFixedSize(24, 24)
        close.clicked.connect(self.hide)
        self.add_tool(close)
        self.of = ElidedLabel("", "small")
        self.words = label("", "strong", wrap=True)
        self.strip = SanityStrip()
        self.names = label("", "small", wrap=True)
        self.curves = FaithfulnessCurves()
        pictures = QWidget()
        inside = QVBoxLayout(pictures)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.strip, 1)
        inside.addWidget(self.names)
        self.pages = QStackedWidget()
        self.pages.addWidget(pictures)
        self.pages.addWidget(self.curves)
        self.body.setSpacing(theme.TIGHT)
        self.body.addWidget(self.of)
        self.body.addWidget(self.words)
        self.body.addWidget(self.pages, 1)
        self.hide()

    @property
    def busy(self) -> bool:
        return self._job is not None

    def start(self, kind: str, model: Model, found: Explained) -> None:
        """Run "sanity" or "curves" in a thread; a running check is stopped."""
        self.stop()
        self._request = CheckRequest(model, found)
        job = self._job = Job(run_sanity if kind == "sanity" else run_curves, self._request, parent=self)
        job.progressed.connect(self._on_events)
        job.succeeded.connect(self._on_result)
        job.failed.connect(lambda words, _: self._on_failed(words))
        job.cancelled.connect(self._end)
        row = EXPLAINERS[found.asked.method]
        self.of.setText(f"{row.title} · {target_words(found)} · {found.title}")
        self.words.setText(self.tr("Checking …"))
        self.pages.setCurrentIndex(0 if kind == "sanity" else 1)
        self.names.setText("")
        self.strip.set_pictures(())
        self.curves.set_found(None, "")
        self._busy.show()
        self.show()
        job.start()

    def stop(self) -> None:
        """Stop the check. The results so far stay."""
        if self._job is not None:
            self._job.cancel()
            self._job.wait()
            self._end()

    def _end(self) -> None:
        self._busy.hide()
        job, self._job = self._job, None
        if job is not None:
            job.deleteLater()

    def _on_events(self, events: list[Event]) -> None:
        from nets.explain.partial import Partial

        parts = [event for event in events if isinstance(event, Partial)]
        if parts:
            self._show_sanity(parts[-1].result, done=False)

    def _on_result(self, result: Any) -> None:
        from nets.explain.sanity import SanityCheck

        if isinstance(result, SanityCheck):
            self._show_sanity(result, done=True)
        else:
            self._show_curves(result)
        self._end()

    def _on_failed(self, words: str) -> None:
        self.words.setText(as_sentence(words))
        self._end()

    def _show_sanity(self, found: SanityCheck, *, done: bool) -> None:
        assert self._request is not None
        of = self._request.found
        assert of.image is not None
        row = EXPLAINERS[of.asked.method]
        height, width = of.image.shape[:2]

        def painted(values: np.ndarray) -> np.ndarray:
            """Painted in its own range: a random network's values have another size, and only their places matter."""
            part = layered(row, values, height, width).values
            size = max(float(np.abs(part).max()), 1e-12)
            return coloured(part, -size if row.signed else 0.0, size, colours(row.signed, False))

        first = Shown(painted(found.values), self.tr("trained"))
        later = [Shown(painted(step.values), f"+ {step.layer}", step.similarity) for step in found.steps]
        self.strip.set_pictures((first, *later))
        so_far = found.steps[-1].layers if found.steps else 0
        self.names.setText(
            self.tr(
                "The trained network, then made random from the answer down to the layer that is named: "
                "{0} of {1} layers. Likeness to the first picture: 1 is the same, 0 none."
            ).format(so_far, found.layers)
        )
        if done:
            self.checked.emit(of.asked.method, found.shows_the_network)
            self.words.setText(
                self.tr("Passed: for a network that learned nothing the picture is another one.")
                if found.shows_the_network
                else self.tr(
                    "Careful: a network that learned nothing gives nearly the same picture. It shows what is "
                    "in the picture more than what was learned."
                )
            )

    def _show_curves(self, found: Faithfulness) -> None:
        assert self._request is not None
        of = self._request.found
        followed = of.target[0] if isinstance(of.target, tuple) else of.target
        self.curves.set_found(found, "" if followed is None else class_name(of, followed))
        gain = found.area("random_deletion") - found.area("deletion")
        rise = found.area("insertion") - found.area("random_insertion")
        if gain > 0 and rise > 0:
            words = self.tr("The network uses what is marked: the probability falls and rises earlier than at random.")
        elif gain > 0 or rise > 0:
            words = self.tr("Half: one of the two curves is no better than pixels in random order.")
        else:
            words = self.tr("The network does not use what is marked more than pixels in random order.")
        self.words.setText(words)
