"""A function of one small picture that is called again and again, as when a pen moves: compiled with XLA.

XLA halves the time of such a call and takes a second or two to compile it, while the plain graph is ready in a tenth of
a second. If someone waits for the first answer, the plain graph gives it, and another thread compiles meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nets.compute.direct import DirectCall


class QuickCall:
    """With XLA, or as a plain graph if XLA lacks an operation.

    The two differ in the last bit, so every call makes the same choice, unless ``beside`` is set.
    """

    def __init__(self, make: Callable[[bool], Callable[..., Any]], *, beside: bool = False) -> None:
        """
        Args:
            make: Compiles the function, through XLA where it is given True.
            beside: Whether the plain graph answers until ``take_compiling`` was called and what it gave has been run.
        """
        self._make = make
        self._function: DirectCall | None = None
        self._beside = beside
        self._first: tuple[Any, ...] = ()  # the arguments of the first call, as long as they are needed

    def __call__(self, *arrays: Any) -> Any:
        if self._function is not None:
            return self._function(*arrays)
        if self._beside:
            self._first = arrays
            self._function = DirectCall(self._make(False))
            return self._function(*arrays)
        self._function, found = self._tried(arrays)
        return found

    def take_compiling(self) -> Callable[[], None] | None:
        """A function for another thread that compiles with XLA; None if not needed."""
        if not self._first:
            return None
        arrays, self._first = self._first, ()

        def compile_now() -> None:
            self._function = self._tried(arrays)[0]

        return compile_now

    def _tried(self, arrays: tuple[Any, ...]) -> tuple[DirectCall, Any]:
        """The function, and its first result."""
        function = DirectCall(self._make(True))
        try:
            return function, function(*arrays)
        # what XLA raises for a missing operation is only known by trying; other errors are raised by the plain graph
        # too
        except Exception:
            function = DirectCall(self._make(False))
            return function, function(*arrays)
