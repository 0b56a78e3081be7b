"""Small words around the names of classes, and the sentences of ``nets`` in the person's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

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


def translated(sentence: str) -> str:
    """A sentence of ``nets``, translated if it is a Text; any other as it is."""
    if not isinstance(sentence, Text):
        return sentence
    return QCoreApplication.translate("nets", sentence.template).format(**sentence.values)
