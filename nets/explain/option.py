"""``Option``: one option of a method, with its default and the values that it takes."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

import numpy as np

from nets.text import Text

FITTING = "as fits the network"
"""What stands for a default that the network decides."""


@dataclass(frozen=True)
class Option:
    """A row of a method's options: menus, the command line and the check of values read it.

    kind: "int", "float", "choice" (one of ``choices``), "baseline" (a number, or an array of the picture's shape), or
        "names" (a tuple of layers' paths).
    default: None if the option is off, or is decided by the network; ``unset`` says which.
    low, high: the smallest and the largest value.
    """

    name: str
    title: str
    kind: Literal["int", "float", "choice", "baseline", "names"]
    default: Any
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    description: str = ""
    unset: str = ""

    @property
    def usual(self) -> str:
        """The default, in words."""
        return self.unset if self.default is None else str(self.default)

    @property
    def words(self) -> str:
        """The description and the choices."""
        return ": ".join(filter(None, (self.description, " or ".join(self.choices))))

    def refusal(self, value: Any, shape: tuple[int, ...]) -> str:
        """Why ``value`` cannot be taken, as one sentence; "" if it can. ``shape``: (H, W, C) of the input."""
        if value is None and self.default is None:
            return ""
        if self.kind == "choice":
            listed = ", ".join(self.choices)
            return "" if value in self.choices else f"{self.name}: expected one of {listed}, found {_shown(value)}"
        if self.kind == "names":
            if isinstance(value, tuple) and value and all(isinstance(name, str) and name for name in value):
                return ""
            return Text("{name}: expected names of layers, found {value}", name=self.name, value=_shown(value))
        if self.kind == "baseline" and isinstance(value, np.ndarray) and value.ndim:
            if value.shape != shape:
                expected, found = (" × ".join(map(str, size)) for size in (shape, value.shape))
                return Text(
                    "{name}: expected a number or numbers of the shape {expected}, found {found}",
                    name=self.name,
                    expected=expected,
                    found=found,
                )
            return "" if np.isfinite(value).all() else f"{self.name}: expected finite numbers, found NaN or infinity"
        whole = self.kind == "int"
        if isinstance(value, bool) or not isinstance(value, (int, np.integer) if whole else (int, float, np.number)):
            return Text(
                "{name}: expected {what} number, found {value}",
                name=self.name,
                what="a whole" if whole else "a",
                value=_shown(value),
            )
        low, high = self.low, self.high
        beyond = (low is not None and value < low) or (high is not None and value > high)  # of integers of any size
        if beyond or not (isinstance(value, int) or isfinite(value)):
            bounds = "a finite number" if low is None else f"{_plain(low)} or more"
            bounds = bounds if high is None else f"a number from {_plain(low or 0)} to {_plain(high)}"
            return Text("{name}: expected {bounds}, found {value}", name=self.name, bounds=bounds, value=value)
        return ""


def names_in(text: str) -> tuple[str, ...]:
    """The names of a text that sets them apart by commas.

    >>> names_in("conv1, conv2")
    ('conv1', 'conv2')
    """
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _shown(value: Any) -> str:
    """A value in a message: a text in quotes, so that '12' is not taken for the number."""
    return repr(value) if isinstance(value, str) else str(value)


def _plain(bound: float) -> str:
    """A bound without an exponent where it is a whole number: 2147483647."""
    return f"{bound:.0f}" if float(bound).is_integer() else f"{bound:g}"
