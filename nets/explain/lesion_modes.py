"""What can be done to a channel: menus, the command line and ``lesion`` read the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Mode:
    """A row of ``MODES``: one way to change a channel.

    title: for menus. scale: the factor for its values. words: the effect in words. mean: whether its mean over the
    images replaces its values.
    """

    title: str
    scale: float
    words: str
    mean: bool = False


MODES: Mapping[str, Mode] = {
    "off": Mode("Switch off", 0.0, "switched off: zero everywhere"),
    "mean": Mode(
        "Freeze at the mean",
        0.0,
        "frozen at its mean over the images: says nothing of this picture, but is as large as usual",
        mean=True,
    ),
    "quarter": Mode("A quarter as strong", 0.25, "a quarter as strong"),
    "half": Mode("Half as strong", 0.5, "half as strong"),
    "double": Mode("Twice as strong", 2.0, "twice as strong"),
}
