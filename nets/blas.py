"""The threads of NumPy's matrix products (BLAS), which are not those of the library behind Keras."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nets import backend

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController


@functools.cache
def _thread_pools() -> ThreadpoolController:
    """NumPy's thread pools, found once: searching a process's libraries takes as long as a training step by hand."""
    import numpy  # noqa: F401  (found are the libraries that are loaded)
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


@contextlib.contextmanager
def all_threads() -> Iterator[None]:
    """Inside the block, NumPy's matrix products use as many threads as ``configure`` was given."""
    with _thread_pools().limit(limits=backend.thread_count(), user_api="blas"):
        yield


def limit(threads: int) -> None:
    """Set the number of threads of NumPy's matrix products.

    One is best for a single image: while other threads are busy, two wait for each other (p95 of an answer of ``pen``
    computed in NumPy during TensorFlow's import: 112 ms with two threads, 16 ms with one).
    """
    _thread_pools().limit(limits=threads, user_api="blas")
