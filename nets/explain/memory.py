"""Whether there is memory for an explanation, said before it begins: a process that runs out of it is killed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nets.explain.scores import numbers_of_layers
from nets.text import Text

if TYPE_CHECKING:
    from nets.network.model import Model

BYTES = 4  # of a number
ALWAYS = 200_000_000  # bytes that are there: the question to the system takes longer than a gradient's own checks
KEPT = 0.9  # share of the free memory that may be used
MEMINFO = Path("/proc/meminfo")


def needed(model: Model, *, height: int = 0, width: int = 0, pictures: int = 1, more: int = 0) -> int:
    """About how many bytes one call takes: the values of all layers, once more for their gradients, and what is said.

    Args:
        model: The network; its weights are there already.
        height: Of the pictures, where they are not of the network's own size.
        width: Of the same.
        pictures: How many go through at once.
        more: Numbers that are held besides.
    """
    own_height, own_width, _ = model.card.input.shape
    numbers = numbers_of_layers(model)
    share = (height or own_height) * (width or own_width) / (own_height * own_width)
    return int(BYTES * (2 * numbers * share * pictures + more))


def available() -> int | None:
    """Bytes that are free, or would be at once; None where the system does not say."""
    try:
        lines = MEMINFO.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    found = next((line.split()[1] for line in lines if line.startswith("MemAvailable:")), "")
    return int(found) * 1024 if found.isdecimal() else None


def refusal_of_memory(bytes_needed: int, advice: str) -> str:
    """Why there is too little memory, with ``advice`` on what to do; "" where there is enough, or it is not known."""
    free = available() if bytes_needed > ALWAYS else None
    if free is None or bytes_needed <= KEPT * free:
        return ""
    return Text(
        "it would need about {bytes_needed:.1f} GB of memory, and {free:.1f} GB are free: {advice}",
        bytes_needed=bytes_needed / 1000000000.0,
        free=free / 1000000000.0,
        advice=advice,
    )
