"""Small texts: articles before class names, and the sentences of ``nets`` as they are shown."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication

from nets.errors import LensletError
from nets.text import Text

VOWEL_LETTERS = "AEFHILMNORSX"  # letters whose spoken name begins with a vowel: "an F", but "a U"


def with_article(label: str) -> str:
    """A class as a noun in a sentence: "a 4", "an 8", "an F". The name of a thing stays as it is: "Ankle boot"."""
    if label.isdecimal():
        vowel = label[0] == "8" or label in ("11", "18")
    elif len(label) == 1 and label.isalpha():
        vowel = label.upper() in VOWEL_LETTERS
    else:
        return label
    pattern = QCoreApplication.translate("words", "an {0}") if vowel else QCoreApplication.translate("words", "a {0}")
    return pattern.format(label)


def translated(sentence: str | LensletError) -> str:
    """A sentence or an error of ``nets``, translated if it is a Text; any other sentence unchanged."""
    if isinstance(sentence, LensletError):
        sentence = sentence.sentence
    if not isinstance(sentence, Text):
        return sentence
    template = QCoreApplication.translate("nets", sentence.template)
    if not sentence.values:
        return template
    return template.format(**{name: _translated_value(value) for name, value in sentence.values.items()})


def _translated_value(value: Any) -> Any:
    """A value, translated if it is a Text: a sentence may contain another."""
    return translated(value) if isinstance(value, Text) else value


def capitalised(sentence: str) -> str:
    """``sentence`` with a capital first letter; the others stay as they are."""
    return sentence[:1].upper() + sentence[1:]


def as_sentence(words: str) -> str:
    """Words of ``nets`` that stand alone, with a capital; a layer's or a file's name at the front stays as it is."""
    first = words.split(" ", 1)[0].rstrip(":,")
    return capitalised(words) if first.isalpha() else words
