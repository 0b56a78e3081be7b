"""Whether there is enough memory for an explanation, checked before it starts: without memory the process is killed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nets.explain.scores import numbers_of_layers
from nets.text import Text

if TYPE_CHECKING:
    from nets.network.model import Model

BYTES = 4  # bytes of a float32 number
# Bytes below which memory is not checked: asking the system takes longer than a gradient's other checks.
ALWAYS = 200_000_000
KEPT = 0.9  # share of the free memory that may be used
MEMINFO = Path("/proc/meminfo")


def needed(model: Model, *, height: int = 0, width: int = 0, pictures: int = 1, more: int = 0) -> int:
    """About how many bytes one call takes: the values of all layers, as many gradients, and ``more``.

    Args:
        model: The network; its weights are in memory already.
        height: Of the pictures, if it is not the network's own.
        width: Of the pictures, if it is not the network's own.
        pictures: How many pictures go through at once.
        more: Further float32 numbers that are held.

    Returns:
        A number of bytes.
    """
    own_height, own_width, _ = model.card.input.shape
    numbers = numbers_of_layers(model)
    share = (height or own_height) * (width or own_width) / (own_height * own_width)
    return int(BYTES * (2 * numbers * share * pictures + more))


def available() -> int | None:
    """Bytes that are free or can be freed at once; None if the system does not say."""
    try:
        lines = MEMINFO.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    found = next((line.split()[1] for line in lines if line.startswith("MemAvailable:")), "")
    return int(found) * 1024 if found.isdecimal() else None


def refusal_of_memory(bytes_needed: int, advice: str) -> str:
    """Why there is too little memory, with ``advice`` on what to do; "" if there is enough, or nobody knows."""
    free = available() if bytes_needed > ALWAYS else None
    if free is None or bytes_needed <= KEPT * free:
        return ""
    return Text(
        "it would need about {bytes_needed:.1f} GB of memory, and {free:.1f} GB are free: {advice}",
        bytes_needed=bytes_needed / 1000000000.0,
        free=free / 1000000000.0,
        advice=advice,
    )
