"""Shortening a name so that it is still told apart from the names beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

RIGHT, MIDDLE = Qt.TextElideMode.ElideRight, Qt.TextElideMode.ElideMiddle


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
    others = [one for one in set(titles) if one != title and metrics.horizontalAdvance(one) > room]
    shown, alike = title, others
    for mode in modes:
        shown = metrics.elidedText(title, mode, room)
        alike = [one for one in others if metrics.elidedText(one, mode, room) == shown]
        if not alike:
            return shown
    same = [len(set(letters)) == 1 for letters in zip(title, *alike, strict=False)]
    begin = _last_word(title[: same.index(False) if False in same else len(same)])
    return metrics.elidedText("…" + title[begin:], RIGHT, room) if begin else shown


def _last_word(prefix: str) -> int:
    """Where the last word of a common beginning starts: it says what the difference behind it is of."""
    trimmed = prefix.rstrip("_-./ ")
    return max(trimmed.rfind(separator) for separator in "_-./ ") + 1
