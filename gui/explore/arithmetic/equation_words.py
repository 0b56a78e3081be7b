"""The text and numbers of an equation's lines, shared by the forward, the backward and the moved rows."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gui.paint.equation import Words
from gui.paint.numbers import float32_words
from gui.paint.numbers import value_words as say
from nets.byhand.calculations import Calculation

TERMS = 6  # terms of a long sum that are written out


def tr(text: str) -> str:
    return QCoreApplication.translate("Equation", text)


def line(text: str, role: str = "text", *, strong: bool = False, exact: str = "") -> Words:
    return Words(text, role, strong, exact)


def result(calculation: Calculation) -> Words:
    return Words(f"= {say(calculation.result)}", "accent", True, float32_words(calculation.result))


def signed(value: float) -> str:
    """A negative number in brackets, so that it can follow a plus sign."""
    return f"({say(value)})" if value < 0 else say(value)


def full(**values: float) -> str:
    """One line for each number, with all the figures of float32."""
    return "".join(f"{name} = {float32_words(value)}\n" for name, value in values.items())


def layer_words(path: str) -> str:
    """A layer's path, or words for the network's input."""
    return path or tr("the input")
