"""Numbers and shapes as text, the same in every view. Negative numbers have a true minus sign."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

MINUS = "\N{MINUS SIGN}"


def shape_words(shape: Sequence[int | None]) -> str:
    """(28, 28, 6) as "28 × 28 × 6"; an open size is "?"."""
    return " × ".join("?" if size is None else str(size) for size in shape) or "1"


def unbroken(words: str) -> str:
    """``words`` with no-break spaces, so that "28 × 28" stays on one line."""
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def count_words(count: int) -> str:
    """A count with separators below 100,000, abbreviated from there on: 61,706; 0.12 M; 15.5 M; 1.23 G."""
    for unit, size in (("G", 10**9), ("M", 10**5)):
        if count >= size:
            short = count / max(size, 10**6)
            return f"{short:.2f} {unit}" if short < 10 else f"{short:.3g} {unit}"
    return f"{count:,}"


def value_words(value: float) -> str:
    """At most four significant figures, with a power of ten only below 0.001 and from 10,000 on: "4.6·10⁻⁴"; NaN, ∞."""
    if value == 0:
        return "0"
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else f"{MINUS}∞"
    if abs(value) >= 10_000 or abs(value) < 0.001:
        return typeset(f"{value:.1e}")
    return typeset(f"{value:.3f}" if abs(value) < 100 else f"{value:.1f}")


def signed_words(value: float) -> str:
    """Three decimals with the sign in front, for a column of terms: "+0.534", "−0.027"."""
    return f"{value:+.3f}".replace("-", MINUS)


def exact_words(value: float, figures: int = 6) -> str:
    """``figures`` significant figures, by default for tooltips."""
    return typeset(f"{value:.{figures}g}")


def float32_words(value: float) -> str:
    """All the figures that a float32 has."""
    return typeset(str(np.float32(value)))


def power_of(values: np.ndarray) -> int:
    """The power of ten that is the unit of a matrix; 0 if its numbers are short enough without one.

    All cells of a matrix share it, and its title says so: 3e-4 beside 0.05 cannot be compared at a glance.
    """
    sizes = np.abs(values[np.isfinite(values)])
    largest = float(sizes.max(initial=0.0))
    return 0 if largest == 0 or 0.01 <= largest < 1000 else math.floor(math.log10(largest))


def power_words(power: int) -> str:
    """ "10⁻⁴"."""
    return "10" + str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def cell_words(value: float) -> tuple[str, str, str]:
    """A number for a cell of a matrix, from long to short: ("0.534", ".534", ".53"), ("−12.30", "−12.30", "−12").

    Final zeros are left out only if nothing was rounded: "1" is exactly one, "1.000" is close to it. For numbers below
    10,000 the shortest form has at most five characters.
    """
    if not math.isfinite(value):
        words = value_words(value)
        return words, words, words
    size = abs(value)
    longer = f"{value:.3f}" if size < 10 else f"{value:.2f}" if size < 100 else f"{value:.1f}"
    if math.isclose(float(longer), value, rel_tol=1e-6):  # float32 has seven figures
        longer = longer.rstrip("0").rstrip(".")
    shorter = f"{value:.0f}" if size >= 9.95 else f"{value:.1f}"
    if size < 0.995:
        shorter = f"{value:.2f}".replace("0.", ".")
    if len(longer) < len(shorter):
        shorter = longer
    middle = longer.replace("0.", ".", 1) if size < 1 else longer
    return typeset(longer), typeset(middle), typeset(shorter)


def typeset(words: str) -> str:
    """A number as Python writes it, with a true minus sign and its power of ten as the matrices write theirs:
    "-4.6e-04" as "−4.6·10⁻⁴". Zero gets no minus.
    """
    digits, _, exponent = words.partition("e")
    power = f"·{power_words(int(exponent))}" if exponent else ""
    sign, size = (MINUS, digits[1:]) if digits.startswith("-") else ("", digits)
    return (sign if size.strip(".0") else "") + size + power
