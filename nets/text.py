"""Sentences for people that can be translated: a template and its values."""

from __future__ import annotations

from typing import Any

LONGEST = 2000
"""The most characters of one value: a model file may give a layer a name of a million, which nobody could read."""


class Text(str):
    """A sentence as a template and its values; as a string it is the English sentence.

    The command line and logs use it as the string that it is; the window translates the template and puts the values
    in. The template is a literal where a Text is made, so that the tools of translators find it. One without values is
    taken as it is, braces included. A value may be a Text, or an exception, which stands for its message.

    >>> text = Text("{images:,} images are few", images=12_000)
    >>> text, text.template, text.values
    ('12,000 images are few', '{images:,} images are few', {'images': 12000})
    """

    template: str
    values: dict[str, Any]

    def __new__(cls, template: str, /, **values: Any) -> Text:
        values = {name: _message(value) for name, value in values.items()}
        made = super().__new__(cls, template.format(**values) if values else template)
        made.template, made.values = str(template), values
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:  # for pickle and copy
        return (self.template,), self.values


def _message(value: Any) -> Any:
    """A value as it appears in the sentence: text of limited length, and an exception's message.

    The exception itself would keep its frames, with all their arrays, in memory.
    """
    if isinstance(value, BaseException):
        value = value.args[0] if len(value.args) == 1 and isinstance(value.args[0], Text) else str(value)
    too_long = isinstance(value, str) and not isinstance(value, Text) and len(value) > LONGEST
    return value[:LONGEST] + "…" if too_long else value
