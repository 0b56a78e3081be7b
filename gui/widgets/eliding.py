"""Shortening a name so that it still differs from the names beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

RIGHT, MIDDLE = Qt.TextElideMode.ElideRight, Qt.TextElideMode.ElideMiddle


def room_for(titles: Iterable[str], metrics: QFontMetrics) -> int:
    """Pixels in which none of the titles is cut: Qt rounds an advance of 17.1 to 17, and cuts what is wider than 17."""
    return max((metrics.horizontalAdvance(title) for title in titles), default=0) + 1


def elided_where_they_differ(
    title: str,
    titles: Iterable[str],
    metrics: QFontMetrics,
    room: int,
    modes: Sequence[Qt.TextElideMode] = (RIGHT, MIDDLE),
) -> str:
    """A title in ``room`` pixels: the first way of shortening it that leaves it unlike the others.

    Args:
        title: What is shortened, if it is too long.
        titles: All that stand beside it; itself may be among them.
        metrics: Of the font.
        room: In pixels.
        modes: Where it is cut, the usual way first. The last resort cuts off what all that look alike begin with.

    >>> # "encoder_stage_0_convolution" beside "encoder_stage_1_convolution" becomes "…stage_0_conv…"
    """
    if metrics.horizontalAdvance(title) <= room:
        return title
    others = [one for one in set(titles) if one != title]
    shown, alike = title, others
    for mode in modes:
        shown = metrics.elidedText(title, mode, room)
        head, _, tail = shown.partition("…")
        # could stand for another title too
        alike = [one for one in others if one.startswith(head) and one.endswith(tail)]
        if not alike:
            return shown
    same = [len(set(letters)) == 1 for letters in zip(title, *alike, strict=False)]
    common = same.index(False) if False in same else len(same)
    begin = _last_word(title[:common]) or common
    return metrics.elidedText("…" + title[begin:], RIGHT, room) if begin else shown


def _last_word(prefix: str) -> int:
    """The start of the last word of a common beginning; this word says what the following difference refers to."""
    trimmed = prefix.rstrip("_-./ ")
    return max(trimmed.rfind(separator) for separator in "_-./ ") + 1


def whole_parts(words: str, between: str, metrics: QFontMetrics, room: int) -> str:
    """As many parts of a description, from its beginning, as fit whole.

    Args:
        words: The parts with ``between`` between them.
        between: The separator, e.g. " · ".
        metrics: Of the font.
        room: In pixels.

    >>> # "epoch 5 · MNIST · 98.93 % of 10,000 test images" becomes "epoch 5 · MNIST", never "... · 98.93 % of 10,0…"
    """
    parts = words.split(between)
    while parts and metrics.horizontalAdvance(between.join(parts)) > room:
        del parts[-1]
    return between.join(parts)
