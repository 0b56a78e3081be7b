"""Costs and speeds in words, for tables."""

from __future__ import annotations

NONE = "–"
COUNTS = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
SIZES = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def count_words(count: float) -> str:
    """ "15.5 billion", "416,520"; three figures from a million on."""
    for size, name in COUNTS:
        if count >= size:
            return f"{_three(count / size)} {name}"
    return f"{count:,.0f}"


def bytes_words(count: float | None) -> str:
    """ "553 MB", with 1 MB = 1,000,000 bytes as disks count; a dash for None."""
    if count is None:
        return NONE
    for size, name in SIZES:
        if count >= size:
            return f"{_three(count / size)} {name}"
    return f"{count:,.0f} bytes"


def time_words(milliseconds: float) -> str:
    """ "0.62 ms"."""
    return f"{_three(milliseconds)} ms"


def speed_words(speed: float | None) -> str:
    """ "1,610 images/s"; a dash for None."""
    if speed is None:
        return NONE
    return f"{float(f'{speed:.3g}'):,.0f} images/s" if speed >= 10 else f"{speed:.2g} images/s"


def _three(value: float) -> str:
    """Three figures without an exponent: 15.5, 4.17, 553."""
    decimals = 0 if value >= 99.95 else 1 if value >= 9.995 else 2
    return f"{value:,.{decimals}f}"
