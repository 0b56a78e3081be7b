"""Sentences for people that can be translated: a template and its values."""

from __future__ import annotations

from typing import Any


class Text(str):
    """A sentence as a template and its values; as a string it is the English sentence.

    The command line and logs use it as the string that it is; the window translates the template and puts the values
    in. The template is a literal where a Text is made, so that the tools of translators find it.

    >>> text = Text("{images:,} images are few", images=12_000)
    >>> text, text.template, text.values
    ('12,000 images are few', '{images:,} images are few', {'images': 12000})
    """

    template: str
    values: dict[str, Any]

    def __new__(cls, template: str, /, **values: Any) -> Text:
        made = super().__new__(cls, template.format(**values))
        made.template, made.values = template, values
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:  # for pickle and copy
        return (self.template,), self.values
