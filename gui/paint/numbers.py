"""Numbers and shapes in words, the same everywhere in the explorer."""

from __future__ import annotations

import math
from collections.abc import Sequence


def shape_words(shape: Sequence[int | None]) -> str:
    """(28, 28, 6) as "28 × 28 × 6"; an open size is "?"."""
    return " × ".join("?" if size is None else str(size) for size in shape) or "1"


def unbroken(words: str) -> str:
    """With spaces at which no line ends: "28 × 28" stays together."""
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def count_words(count: int) -> str:
    """With separators up to a hundred thousand, then short: 61,706; 0.12 M; 15.5 M; 1.23 G."""
    for unit, size in (("G", 10**9), ("M", 10**5)):
        if count >= size:
            short = count / max(size, 10**6)
            return f"{short:.2f} {unit}" if short < 10 else f"{short:.3g} {unit}"
    return f"{count:,}"


def value_words(value: float) -> str:
    """Four significant figures at most, without an exponent where it can be read without; NaN, ∞."""
    if value == 0:
        return "0"
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "-∞"
    if abs(value) >= 10_000 or abs(value) < 0.001:
        return f"{value:.1e}"
    return f"{value:.3f}" if abs(value) < 100 else f"{value:.1f}"
