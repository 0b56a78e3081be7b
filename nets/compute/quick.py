"""A function of one small picture that is called again and again, as when a pen moves: compiled through XLA.

XLA halves the time of such a call and takes a second or two to compile it, where the plain graph is there in a tenth of
a second. Where somebody waits for the first answer, the plain graph gives it, and another thread compiles meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nets.compute.direct import DirectCall


class QuickCall:
    """Through XLA; as a plain graph where XLA lacks one of its operations.

    The two differ in the last bit. So the choice is the same at every call, unless ``beside`` asks for the other.
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
        self._first: tuple[Any, ...] = ()  # the arguments of the first call, while they are still needed

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
        """What compiles it through XLA, to be run in another thread; None if there is no need."""
        if not self._first:
            return None
        arrays, self._first = self._first, ()

        def compile_now() -> None:
            self._function = self._tried(arrays)[0]

        return compile_now

    def _tried(self, arrays: tuple[Any, ...]) -> tuple[DirectCall, Any]:
        """The function, and what it gives."""
        function = DirectCall(self._make(True))
        try:
            return function, function(*arrays)
        except Exception:  # what XLA raises for what it lacks is known by trying only; the plain graph raises the rest
            function = DirectCall(self._make(False))
            return function, function(*arrays)
