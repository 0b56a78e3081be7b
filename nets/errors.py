"""Errors that a person reads: what was expected, what was found, what to do next."""

from __future__ import annotations

from typing import Any

from nets.text import Text


class LensletError(Exception):
    """A failure whose message is one line for a person, shown as it is in the window and on the command line.

    >>> LensletError("{file} is empty; open another", file="a.keras").sentence.template
    '{file} is empty; open another'
    """

    sentence: Text

    def __init__(self, sentence: str, /, **values: Any) -> None:
        """
        Args:
            sentence: The message, or its template where values are given. A template is a literal where the error is
                raised, so that the tools of translators find it.
            **values: What stands in the template's places.
        """
        self.sentence = sentence if isinstance(sentence, Text) else Text(sentence, **values)
        super().__init__(self.sentence)


class UsageError(LensletError):
    """The person asked for something that cannot be: wrong names, values or combinations (exit status 2)."""
