"""The width of text in a terminal: a Chinese character takes two columns, a combining accent none."""

from __future__ import annotations

import unicodedata

WIDE = ("W", "F")  # of Unicode's East Asian widths


def terminal_width(text: str) -> int:
    """The columns that ``text``, which has no control characters, takes in a terminal.

    >>> terminal_width("cat"), terminal_width("小猫")
    (3, 4)
    """
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in WIDE else 1 for one in text
    )


def padded(text: str, columns: int, *, right: bool = False) -> str:
    """``text`` with spaces behind it, or before it where ``right``, so that it takes ``columns`` columns or more."""
    spaces = " " * (columns - terminal_width(text))
    return spaces + text if right else text + spaces


def cut(text: str, columns: int) -> str:
    """The beginning of ``text`` that fits into ``columns`` columns."""
    while terminal_width(text) > columns:
        text = text[:-1]
    return text
