"""Opening a model for live use, beside the window and beside the thread that answers the pad."""

from __future__ import annotations

import traceback
from dataclasses import dataclass

from gui.threads.subject import Subject
from gui.threads.worker import Question
from gui.words import translated
from nets import backend
from nets.errors import LensletError
from nets.events import Cancelled, Message, Report
from nets.network.model import Epoch, Model
from nets.places import Places


@dataclass(frozen=True, eq=False)
class OpenRequest(Question):
    """Which model is to be opened, and what is known meanwhile.

    reference: a shipped model's name, a run's id or a file; or a model that lies in no file.
    epoch: which weights, where it is a run.
    by_hand: TensorFlow is not there yet: only a shipped model can answer, written by hand.
    current: what answers now; another epoch of its run needs other weights alone.
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
    """What came of a request. ``subject`` is None where there is none; ``refusal`` then says why.

    By hand there is none for a model that is not shipped, which needs no words.
    """

    subject: Subject | None = None
    refusal: str = ""
    trace: str = ""


def open_subject(request: OpenRequest, report: Report) -> Opened:
    """Opens a model and compiles it: 0.5 to 2 s; another epoch of the run that is open: some milliseconds."""
    if request.by_hand:
        return Opened(_by_hand(request))
    try:
        return Opened(_other_epoch(request) or _compiled(request, report))
    except Cancelled:
        raise
    except LensletError as problem:
        return Opened(refusal=translated(problem))
    except Exception as problem:  # an odd file may make Keras raise anything; the model before goes on answering
        return Opened(refusal=f"{request.name} cannot be opened: {problem!r}", trace=traceback.format_exc())


def _by_hand(request: OpenRequest) -> Subject | None:
    from nets.byhand.answering import twin_of

    backend.limit_blas(1)
    from nets.trust.trust import trust_of_shipped

    twin = twin_of(request.reference) if isinstance(request.reference, str) else None
    return None if twin is None else Subject(twin, trust=trust_of_shipped(twin.card.name))


def _other_epoch(request: OpenRequest) -> Subject | None:
    """The same reader with other weights; None where another model is wanted."""
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
