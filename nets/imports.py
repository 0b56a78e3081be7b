"""How the large libraries are imported: quietly, without what this program does not use, and without collections."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def stderr_silenced() -> Iterator[None]:
    """Discard what TensorFlow's libraries write to standard error while they load, before any log setting applies.

    A failing command prints exactly one line there. With TF_CPP_MIN_LOG_LEVEL=0 (``--debug``) nothing is discarded.
    """
    if os.environ.get("TF_CPP_MIN_LOG_LEVEL") == "0":
        yield
        return
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


@contextlib.contextmanager
def import_blocked(package: str) -> Iterator[None]:
    """Make ``import package`` fail inside the block.

    Keras imports scikit-learn for wrappers that this program does not use: 1.3 of the 4.9 s that importing Keras takes,
    and 61 MB.
    """
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]  # the import system reads None as "not installed"
    try:
        yield
    finally:
        del sys.modules[package]


@contextlib.contextmanager
def gc_paused() -> Iterator[None]:
    """Disable garbage collection during the import, then freeze its objects so that later collections skip them.

    An import leaves half a million objects that live as long as the process. This saves 0.8 of 4.4 s, and every later
    full collection, during which no thread runs and the window freezes, takes 20 ms instead of 320.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
