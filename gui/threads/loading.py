"""TensorFlow and the first model, got ready in a thread of their own while the twin by hand answers."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gui.threads.job import STACK
from nets import backend
from nets.errors import LensletError
from nets.places import Places

if TYPE_CHECKING:
    from nets.compute.lens import Lens
    from nets.network.model import Model


@dataclass(frozen=True, eq=False)
class Loaded:
    """What came of it: a lens on the model, or why there is none. ``trace``: of a failure that should not be."""

    lens: Lens | None = None
    refusal: str = ""
    failure: str = ""
    trace: str = ""


def open_lens(reference: str | Model, places: Places, **options: Any) -> Loaded:
    """Opens a model and compiles it for live use: 0.5 to 2 s."""
    from nets.compute.lens import Lens
    from nets.models import open_model

    try:
        model = open_model(reference, places, **options) if isinstance(reference, str) else reference
        lens = Lens(model)
        lens.warm_up()
    except LensletError as problem:
        return Loaded(refusal=str(problem))
    except Exception as problem:  # an odd file may make Keras raise anything; the model before goes on answering
        return Loaded(refusal=f"{reference} cannot be opened: {problem!r}", trace=traceback.format_exc())
    backend.release()
    return Loaded(lens)


class Loading:
    """``device_ready`` and ``done`` are called in the thread of the loading, once each at most."""

    def __init__(
        self,
        threads: int | None,
        open_first: Callable[[], Loaded],
        device_ready: Callable[[backend.Device], None],
        done: Callable[[Loaded], None],
    ) -> None:
        self._threads = threads
        self._open_first, self._device_ready, self._done = open_first, device_ready, done
        usual = threading.stack_size(STACK)  # XLA recurses deeply
        try:
            self._thread = threading.Thread(target=self._run, name="loading TensorFlow")
            self._thread.start()
        finally:
            threading.stack_size(usual)

    def wait(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        try:
            backend.configure(self._threads)
            self._device_ready(backend.device())
            loaded = self._open_first()
        except Exception as problem:
            loaded = Loaded(failure=f"TensorFlow could not be loaded: {problem}", trace=traceback.format_exc())
        self._done(loaded)
