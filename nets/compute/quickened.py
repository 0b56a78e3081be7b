"""A compiled function that is compiled again, through XLA, once it turns out to be called often."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

USES = 3
"""XLA compiles for 0.5 to 3 s, which pays only for what is called again and again, as when a pen moves."""
TRIALS = 7


class Quickened:
    """A function of tensors of fixed shapes: a plain graph at first, from the third use on whichever is faster."""

    def __init__(self, make: Callable[[bool], Callable[..., Any]], *, tries_xla: bool, needs_xla: bool = False) -> None:
        """
        Args:
            make: ``make(xla)`` compiles the function; the plain one is made here, the other if ever.
            tries_xla: Whether XLA may be worth it: for one picture and a network that is not large.
            needs_xla: Only XLA can compute it.
        """
        self._make = make
        self._function = make(needs_xla)
        self._tries_xla = tries_xla and not needs_xla
        self._uses = 0

    def __call__(self, *tensors: Any) -> Any:
        return self._function(*tensors)

    def use(self, *tensors: Any) -> Any:
        """The same, counted as one use of the program's. It may compile first."""
        self._uses += 1
        if self._tries_xla and self._uses == USES:
            self.settle(*tensors)
        return self._function(*tensors)

    def settle(self, *tensors: Any) -> None:
        """Compiles through XLA too, and keeps the faster of the two."""
        if not self._tries_xla:
            return
        self._tries_xla = False
        plain, quick = self._function, self._make(True)
        try:
            if _seconds(quick, tensors) < _seconds(plain, tensors):
                self._function = quick
        except Exception:  # XLA lacks operations; which ones, and what it raises, is known by trying only
            return


def _seconds(function: Callable[..., Any], tensors: tuple[Any, ...]) -> float:
    """The shortest of some calls, after one that compiles."""
    best = float("inf")
    for number in range(TRIALS + 1):
        began = time.perf_counter()
        _wait(function(*tensors))
        if number:
            best = min(best, time.perf_counter() - began)
    return best


def _wait(result: Any) -> None:
    """Backends may compute after the call has returned."""
    import keras

    for tensor in keras.tree.flatten(result):
        keras.ops.convert_to_numpy(tensor)
