"""The newest drawing wins: one worker, one slot, never a queue.

The worker imports TensorFlow when it starts, opens models, and answers pictures. Every request is a frozen value
with an id that its answer carries; whoever waits drops an answer that is not the latest.
"""

from __future__ import annotations

import threading
import time
import traceback
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, QThread, Signal

from gui.job import STACK
from nets import backend
from nets.card import Card
from nets.errors import LensletError
from nets.places import Places

if TYPE_CHECKING:
    from nets.activations import Probe
    from nets.data.prepare import Prepared
    from nets.inference import Answer
    from nets.models import LoadedModel


@dataclass(frozen=True, eq=False)
class Request:
    """What the worker should answer: the picture on the pad and the layers whose maps are in view."""

    id: int = 0
    picture: np.ndarray | None = None  # (h, w) or (h, w, 1|3|4) uint8
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class LiveAnswer:
    """``answer`` and ``prepared`` are None where there is nothing to classify; ``problem`` then says why, if it is one.

    maps: layer path -> (h, w, maps) or (units,) float32. milliseconds: from the request's turn to the answer.
    """

    id: int
    model: LoadedModel
    prepared: Prepared | None = None
    answer: Answer | None = None
    maps: dict[str, np.ndarray] = field(default_factory=dict)
    problem: str = ""
    milliseconds: float = 0.0


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A network in training as it is now: enough to build a copy of it, and its weights."""

    run: str
    card: Card
    epoch: int
    weights: list[np.ndarray]


class Live(QThread):
    """Signals come in the window's thread; the other methods are called from there and return at once."""

    loading = Signal(str)  # a sentence: what is being loaded
    ready = Signal(object)  # nets.backend.Device, once TensorFlow is there
    opened = Signal(object)  # LoadedModel
    refused = Signal(str, str)  # the reference, and why it cannot be opened
    answered = Signal(object)  # LiveAnswer
    broken = Signal(str, str)  # what failed that should not, and the traceback

    def __init__(self, places: Places, threads: int | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setStackSize(STACK)
        self._places = places
        self._threads = threads
        self._slot = threading.Condition()
        self._request: Request | None = None
        self._last = Request()
        self._reference: tuple[str, dict[str, Any]] | None = None
        self._snapshot: Snapshot | None = None
        self._ended = False
        self._probe: Probe | None = None
        self._training: tuple[str, Probe] | None = None
        self._follow = False

    # --- from the window's thread ---------------------------------------------------------------------------

    def ask(self, request: Request) -> None:
        with self._slot:
            self._request = request
            self._slot.notify()

    def open(self, reference: str, **options: Any) -> None:
        """``reference`` as for ``nets.models.open_model``; options are passed on (``epoch``)."""
        with self._slot:
            self._reference = (reference, options)
            self._slot.notify()

    def learn(self, snapshot: Snapshot | None) -> None:
        """The pad answers with this network in training; None: with the opened model again."""
        with self._slot:
            self._snapshot = snapshot
            self._follow = snapshot is not None
            self._slot.notify()

    def end(self) -> None:
        """Ends the worker and waits for it."""
        with self._slot:
            self._ended = True
            self._slot.notify()
        self.wait()

    # --- in the worker's thread -----------------------------------------------------------------------------

    def run(self) -> None:
        try:
            self._load_engine()
        except Exception as problem:
            self.broken.emit(f"TensorFlow could not be loaded: {problem}", traceback.format_exc())
            return
        while True:
            with self._slot:
                while not (self._ended or self._request or self._reference or self._snapshot_is_new()):
                    self._slot.wait()
                if self._ended:
                    return
                reference, self._reference = self._reference, None
                request, self._request = self._request, None
                snapshot, self._snapshot = self._snapshot, None
            try:
                self._turn(reference, request, snapshot)
            except Exception as problem:
                self.broken.emit(f"{type(problem).__name__}: {problem}", traceback.format_exc())

    def _snapshot_is_new(self) -> bool:
        return self._snapshot is not None or (not self._follow and self._training is not None)

    def _load_engine(self) -> None:
        self.loading.emit("TensorFlow")

        backend.configure(self._threads)
        self.ready.emit(backend.device())

    def _turn(
        self, reference: tuple[str, dict[str, Any]] | None, request: Request | None, snapshot: Snapshot | None
    ) -> None:
        changed = False
        if reference is not None:
            changed |= self._open(*reference)
        if snapshot is not None:
            changed |= self._take(snapshot)
        elif not self._follow and self._training is not None:
            self._training = None
            changed = True
            if self._probe:
                self.opened.emit(self._probe.model)
        if request is not None:
            self._last = request
        if request is not None or changed:
            self._answer(self._last)

    def _open(self, reference: str, options: dict[str, Any]) -> bool:
        from nets.activations import Probe
        from nets.models import open_model

        try:
            model = open_model(reference, self._places, **options)
            probe = Probe(model)
            probe.warm_up()
            self._probe = probe
            backend.release()
        except Exception as problem:  # an odd file may make Keras raise anything; the model before goes on answering
            why = str(problem) if isinstance(problem, LensletError) else f"{reference} cannot be opened: {problem!r}"
            self.refused.emit(reference, why)
            return False
        self.opened.emit(model)
        return True

    def _take(self, snapshot: Snapshot) -> bool:
        from nets import zoo
        from nets.activations import Probe
        from nets.models import LoadedModel

        if self._training is None or self._training[0] != snapshot.run:
            card = snapshot.card
            network = zoo.get(card.network).build(input_shape=card.input.shape, classes=len(card.labels))
            model = LoadedModel(card=card, network=network, source="training", origin=snapshot.run)
            self._training = (snapshot.run, Probe(model))
            self._training[1].warm_up()
            self.opened.emit(model)
        self._training[1].set_weights(snapshot.weights)
        return True

    def _answer(self, request: Request) -> None:
        probe = self._training[1] if self._training else self._probe
        if probe is None:
            return
        started = time.perf_counter()
        found = LiveAnswer(request.id, probe.model)
        if request.picture is not None:
            found = self._classify(probe, request, found)
        self.answered.emit(replace(found, milliseconds=1000 * (time.perf_counter() - started)))

    def _classify(self, probe: Probe, request: Request, found: LiveAnswer) -> LiveAnswer:
        from nets.data.prepare import NothingDrawn, prepare
        from nets.inference import answer

        assert request.picture is not None
        try:
            prepared = prepare(request.picture, probe.model.card.input)
            known = {layer.path for layer in probe.layers}
            probed = probe(prepared.input[None], tuple(path for path in request.paths if path in known))
            said = answer(probed.probabilities, probe.model.card.labels)
        except NothingDrawn:
            return found
        except LensletError as problem:
            return replace(found, problem=str(problem))
        return replace(found, prepared=prepared, answer=said, maps=probed.maps)
