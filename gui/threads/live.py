"""The newest drawing wins: one worker, one slot, never a queue.

The worker opens models and answers pictures. Every request is a frozen value with an id that its answer carries;
whoever waits drops an answer that is not the latest. While TensorFlow loads beside it, a shipped model answers through
its twin by hand.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, QThread, Signal

from gui.threads.job import STACK
from gui.threads.loading import Loaded, Loading, open_lens
from nets import backend
from nets.errors import LensletError
from nets.models import DEFAULT
from nets.network.card import Card
from nets.places import Places

if TYPE_CHECKING:
    from nets.byhand.answering import Twin
    from nets.compute.lens import Lens
    from nets.data.prepare import Prepared
    from nets.network.model import Model
    from nets.network.outputs import Answer, Reading


Wish = tuple[Any, dict[str, Any]]  # what ``Live.open`` was given


@dataclass(frozen=True, eq=False)
class Request:
    """What the worker should answer: the picture on the pad and the layers whose maps are in view."""

    id: int = 0
    picture: np.ndarray | None = None  # (h, w) or (h, w, 1|3|4) uint8
    paths: tuple[str, ...] = ()
    label: str = ""  # the picture's true class, where it is known
    is_dataset_image: bool = False  # the picture has its dataset's own form


@dataclass(frozen=True, eq=False)
class LiveAnswer:
    """``answer`` and ``prepared`` are None where there is nothing to classify; ``problem`` then says why, if it is one.

    A network whose numbers are not finite gives no answer, but ``prepared`` and ``maps``: they show where it breaks.

    model: None while a shipped model answers by hand. maps: layer path -> (h, w, maps) or (units,) float32.
    milliseconds: from the request's turn to the answer. label: the picture's true class, where it is known.
    """

    id: int
    model: Model | None
    prepared: Prepared | None = None
    answer: Answer | None = None
    maps: dict[str, np.ndarray] = field(default_factory=dict)
    problem: str = ""
    milliseconds: float = 0.0
    label: str = ""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A network in training as it is now: enough to build a copy of it, and its weights."""

    run: str
    card: Card
    epoch: int
    weights: list[np.ndarray]


class Live(QThread):
    """Signals come in the window's thread; the other methods are called from there and return at once."""

    begun = Signal()  # the twin by hand answers, or there is none
    loading = Signal(str)  # a sentence: what is being loaded
    by_hand = Signal(object)  # Card: the shipped model that answers by hand until TensorFlow is there
    ready = Signal(object)  # nets.backend.Device, once TensorFlow is there
    opened = Signal(object)  # Model
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
        self._reference: Wish | None = None
        self._snapshot: Snapshot | None = None
        self._ended = False
        self._first: Wish = (DEFAULT, {})
        self._later: Wish | None = None  # what is to be opened once TensorFlow is there
        self._loaded: Loaded | None = None
        self._may_load = False
        self._loading: Loading | None = None
        self._ready = False
        self._twin: Twin | None = None
        self._lens: Lens | None = None
        self._training: tuple[str, Lens] | None = None
        self._follow = False

    # --- from the window's thread ---------------------------------------------------------------------------

    def load(self) -> None:
        """TensorFlow may be loaded now: not before the window stands, or both would take twice as long."""
        with self._slot:
            self._may_load = True
            self._slot.notify()

    def ask(self, request: Request) -> None:
        with self._slot:
            self._request = request
            self._slot.notify()

    def open(self, reference: str | Model, **options: Any) -> None:
        """``reference`` as for ``nets.models.open_model``, or a model itself; options are passed on (``epoch``)."""
        with self._slot:
            self._reference = (reference, options)
            self._slot.notify()

    def learn(self, snapshot: Snapshot | None) -> None:
        """The pad answers with this network in training; None: with the opened model again."""
        with self._slot:
            self._snapshot = snapshot
            self._follow = snapshot is not None
            self._slot.notify()

    def end(self, patience: float | None = None) -> None:
        """Ends the worker and waits for it, at most ``patience`` seconds (None: as long as it takes)."""
        with self._slot:
            self._ended = True
            self._slot.notify()
        if patience is None:
            self.wait()
        else:
            self.wait(round(1000 * patience))

    # --- in the worker's thread -----------------------------------------------------------------------------

    def run(self) -> None:
        with self._slot:
            self._first, self._reference = self._reference or self._first, None
        self._answer_by_hand(self._first[0])
        self.begun.emit()
        while True:
            with self._slot:
                while not self._wanted():
                    self._slot.wait()
                if self._ended:
                    break
                if self._may_load and self._loading is None:
                    self._loading = self._load()
                loaded, self._loaded = self._loaded, None
                reference, self._reference = self._reference, None
                request, self._request = self._request, None
                snapshot = None
                if self._ready or loaded is not None:
                    snapshot, self._snapshot = self._snapshot, None
            try:
                self._turn(loaded, reference, request, snapshot)
            except Exception as problem:
                self.broken.emit(f"{type(problem).__name__}: {problem}", traceback.format_exc())
        if self._loading is not None:
            self._loading.wait()

    def _wanted(self) -> bool:
        """Whether there is something to do; a network in training is looked at once TensorFlow is there."""
        if self._ended or self._loaded or self._request or self._reference:
            return True
        return self._snapshot_is_new() if self._ready else self._may_load and self._loading is None

    def _snapshot_is_new(self) -> bool:
        return self._snapshot is not None or (not self._follow and self._training is not None)

    def _load(self) -> Loading:
        """Begins to load TensorFlow and the first model."""
        reference, options = self._first
        self.loading.emit("TensorFlow")

        def done(loaded: Loaded) -> None:
            with self._slot:
                self._loaded = loaded
                self._slot.notify()

        return Loading(self._threads, lambda: open_lens(reference, self._places, **options), self.ready.emit, done)

    def _answer_by_hand(self, reference: str | Model) -> None:
        from nets.byhand.answering import twin_of

        backend.limit_blas(1)
        self._twin = twin_of(reference) if isinstance(reference, str) else None
        if self._twin is not None:
            self.by_hand.emit(self._twin.card)

    def _turn(
        self,
        loaded: Loaded | None,
        reference: Wish | None,
        request: Request | None,
        snapshot: Snapshot | None,
    ) -> None:
        changed = False
        if loaded is not None:
            changed |= self._begin(loaded)
        if reference is not None:
            changed |= self._open(*reference)
        if snapshot is not None:
            changed |= self._take(snapshot)
        elif not self._follow and self._training is not None:
            self._training = None
            changed = True
            if self._lens:
                self.opened.emit(self._lens.model)
        if request is not None:
            self._last = request
        if request is not None or changed:
            self._answer(self._last)

    def _begin(self, loaded: Loaded) -> bool:
        """TensorFlow is there, and with it the first model, or another that was chosen meanwhile."""
        if loaded.failure:
            self.broken.emit(loaded.failure, loaded.trace)
            return False
        self._ready = True
        if self._later is not None:
            reference, self._later = self._later, None
            return self._open(*reference)
        return self._use(loaded, self._first[0])

    def _open(self, reference: str | Model, options: dict[str, Any]) -> bool:
        if not self._ready:
            self._later = (reference, options)
            self._answer_by_hand(reference)
            return self._twin is not None
        return self._use(open_lens(reference, self._places, **options), reference)

    def _use(self, loaded: Loaded, reference: str | Model) -> bool:
        if loaded.lens is None:
            self.refused.emit(str(reference), loaded.refusal)
            return False
        self._lens, self._twin = loaded.lens, None
        self.opened.emit(loaded.lens.model)
        return True

    def _take(self, snapshot: Snapshot) -> bool:
        from nets import zoo
        from nets.compute.lens import Lens
        from nets.network.model import Model, ModelRef

        if self._training is None or self._training[0] != snapshot.run:
            card = snapshot.card
            network = zoo.get(card.network).build(input_shape=card.input.shape, classes=len(card.labels))
            model = Model.of(ModelRef("training", snapshot.run), card, network)
            self._training = (snapshot.run, Lens(model))
            self._training[1].warm_up()
            self.opened.emit(model)
        self._training[1].load(snapshot.weights)
        return True

    def _answer(self, request: Request) -> None:
        lens = self._training[1] if self._training else self._lens
        if self._twin is not None:
            model, card, compute = None, self._twin.card, self._twin.read
        elif lens is not None:
            known = {layer.path for layer in lens.layers}
            paths = tuple(path for path in request.paths if path in known)
            model, card, compute = lens.model, lens.card, partial(lens.read, watch=paths)
        else:
            return
        started = time.perf_counter()
        found = LiveAnswer(request.id, model, label=request.label)
        if request.picture is not None:
            found = _classify(request, card, compute, found)
        self.answered.emit(replace(found, milliseconds=1000 * (time.perf_counter() - started)))


def _classify(request: Request, card: Card, compute: Callable[[np.ndarray], Reading], found: LiveAnswer) -> LiveAnswer:
    from nets.data.prepare import NothingDrawn, prepare
    from nets.network.outputs import answer, thresholds_of

    assert request.picture is not None
    try:
        prepared = prepare(request.picture, card.input, is_dataset_image=request.is_dataset_image)
        reading = compute(prepared.input)
        found = replace(found, prepared=prepared, maps=reading.maps)
        return replace(found, answer=answer(reading.probabilities, card.labels, thresholds_of(card)))
    except NothingDrawn:
        return found
    except LensletError as problem:
        return replace(found, problem=str(problem))
