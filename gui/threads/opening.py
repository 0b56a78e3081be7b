"""Opening a model for live use, in a thread other than the window's and the answering one."""

from __future__ import annotations

import traceback
from dataclasses import dataclass

from gui.threads.subject import Subject
from gui.threads.worker import Question
from gui.words import translated
from nets import backend, blas
from nets.errors import LensletError
from nets.events import Cancelled, Message, Report
from nets.network.model import Epoch, Model
from nets.places import Places


@dataclass(frozen=True, eq=False)
class OpenRequest(Question):
    """Which model to open.

    reference: a shipped model's name, a run's id or a file; or a model that is in no file. epoch: which weights, for a
    run. by_hand: TensorFlow is not loaded yet, so only a shipped model, computed by hand, can answer. current: what
    answers now; another epoch of its run needs only other weights.
    """

    reference: str | Model
    places: Places
    epoch: Epoch = "best"
    by_hand: bool = False
    current: Subject | None = None

    @property
    def name(self) -> str:
        return self.reference if isinstance(self.reference, str) else self.reference.card.title


@dataclass(frozen=True, eq=False)
class Opened:
    """The result of a request. ``subject`` is None if there is none; ``refusal`` then says why.

    By hand there is none, and no refusal, for a model that is not shipped.
    """

    subject: Subject | None = None
    refusal: str = ""
    trace: str = ""


def open_subject(request: OpenRequest, report: Report) -> Opened:
    """Open a model and compile it: 0.5 to 2 s; another epoch of the open run: some milliseconds."""
    if request.by_hand:
        return Opened(_by_hand(request))
    try:
        return Opened(_other_epoch(request) or _compiled(request, report))
    except Cancelled:
        raise
    except LensletError as problem:
        return Opened(refusal=translated(problem))
    except Exception as problem:  # a damaged file may make Keras raise anything; the present model keeps answering
        return Opened(refusal=f"{request.name} cannot be opened: {problem!r}", trace=traceback.format_exc())


def _by_hand(request: OpenRequest) -> Subject | None:
    from nets.byhand.answering import twin_of

    blas.limit(1)
    from nets.trust.trust import trust_of_shipped

    twin = twin_of(request.reference) if isinstance(request.reference, str) else None
    return None if twin is None else Subject(twin, trust=trust_of_shipped(twin.card.name))


def _other_epoch(request: OpenRequest) -> Subject | None:
    """The same reader with other weights; None if another model is requested."""
    from nets.models import other_epoch, ref_of
    from nets.trust.trust import trust_of

    current = request.current
    if current is None or current.model is None or not isinstance(request.reference, str):
        return None
    found = other_epoch(current.model, ref_of(request.reference, request.places, request.epoch), request.places)
    return None if found is None else Subject(current.reader, *found, trust_of(found[0], request.places))


def _compiled(request: OpenRequest, report: Report) -> Subject:
    from nets.compute.lens import Lens
    from nets.models import open_model
    from nets.trust.trust import trust_of

    if isinstance(request.reference, str):
        model = open_model(request.reference, request.places, report=report, epoch=request.epoch)
    else:
        model = request.reference
    report(Message("Compiling"))
    lens = Lens(model)
    lens.warm_up()
    backend.release()
    return Subject(lens, model, trust=trust_of(model, request.places))
