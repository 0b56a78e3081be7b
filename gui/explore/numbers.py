"""Numbers and shapes in words, the same everywhere in the explorer."""

from __future__ import annotations

from collections.abc import Sequence


def shape_words(shape: Sequence[int | None]) -> str:
    """(28, 28, 6) as "28 × 28 × 6"; an open size is "?"."""
    return " × ".join("?" if size is None else str(size) for size in shape) or "1"


def count_words(count: int) -> str:
    """With separators up to a million, then in millions: 61,706; 1.23 M; 15.5 G."""
    for unit, size in (("G", 10**9), ("M", 10**6)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count:,}"


def value_words(value: float) -> str:
    """Four significant figures at most, without an exponent where it can be read without."""
    if value == 0:
        return "0"
    if abs(value) >= 10_000 or abs(value) < 0.001:
        return f"{value:.1e}"
    return f"{value:.3f}" if abs(value) < 100 else f"{value:.1f}"
