"""Messages about a layer's name that a network does not have."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from heapq import nlargest

from nets.text import Text

WHOLE = 6  # at most so many names are read at a glance; longer lists are cut to the most similar names
SIMILAR = 3


def unknown_layer(path: str, known: Iterable[str], *, offer: str = "there are", place: str = "") -> str:
    """One sentence for a layer that does not exist, with names that do.

    >>> unknown_layer("conv3", ["conv1", "conv2"])
    "there is no layer 'conv3'; there are: conv1, conv2"

    Args:
        path: The name that was given.
        known: The names that could have been given, in the order of the network.
        offer: What the names are, e.g. "these have channels".
        place: Where the layer was looked for, e.g. "before the new head".
    """
    where = f" {place}" if place else ""
    return Text(
        "there is no layer {path!r}{where}; {offer}: {names}",
        path=path,
        where=where,
        offer=offer,
        names=names_like(path, known),
    )


def names_like(path: str, known: Iterable[str]) -> str:
    """All of ``known`` if they are few, otherwise those most similar to ``path``, and how many there are."""
    names = list(dict.fromkeys(known))
    if len(names) <= WHOLE:
        return ", ".join(names) or "none"
    return Text("{names} (the most similar of {count})", names=", ".join(most_similar(path, names)), count=len(names))


def most_similar(path: str, names: Iterable[str]) -> list[str]:
    """The ``SIMILAR`` names closest to ``path``, the closest first.

    The whole path and the layer's own name both count, because people leave out the model in which a layer is nested.
    """
    whole, own = SequenceMatcher(b=path.lower()), SequenceMatcher(b=path.lower().rpartition("/")[2])

    def likeness(name: str) -> float:
        whole.set_seq1(name.lower())
        own.set_seq1(name.lower().rpartition("/")[2])
        return whole.ratio() + own.ratio()

    return nlargest(SIMILAR, names, key=likeness)  # equally close names stay in the order of the network
