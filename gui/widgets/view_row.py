"""``ViewRow``: one of the views that a workspace offers at its top right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Make = TypeVar("Make", bound=Callable[..., object])


@dataclass(frozen=True)
class ViewRow(Generic[Make]):
    """A row of a workspace's table of views.

    name: the key. title: on its button. heading: what the view answers, above it. tip: of the button. make: makes the
    view; what it is called with is the workspace's own.
    """

    name: str
    title: str
    heading: str
    tip: str
    make: Make
