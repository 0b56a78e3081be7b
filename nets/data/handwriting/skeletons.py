"""The table of the ten digits' skeletons: for each a function that draws it again in one of its styles."""

from __future__ import annotations

from collections.abc import Callable

from nets.data.handwriting.curves import Random, Skeleton
from nets.data.handwriting.skeletons_from_five import eight, five, nine, seven, six
from nets.data.handwriting.skeletons_to_four import four, one, three, two, zero

__all__ = ["SKELETONS", "Random", "Skeleton"]

SKELETONS: tuple[Callable[[Random], Skeleton], ...] = (zero, one, two, three, four, five, six, seven, eight, nine)
"""By digit."""
