"""Sixty-four labelled digits that are always available: they show in which value range a network reads digits.

They were drawn by ``nets.data.handwriting.strokes`` (600 drawings of seed 11) and are stored in ``assets/digits.png``,
eight by eight. Of the 600, those were chosen to which 21 small networks, trained on MNIST alone in seven ranges, gave
half of the probability or more for the right digit: clear digits, but not so clear that any range reads them.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from nets.places import ASSETS

COUNTS = (7, 7, 7, 7, 6, 6, 6, 6, 6, 6)  # drawings of each digit, in their order
SIDE = 28


def labelled_digits() -> tuple[np.ndarray, np.ndarray]:
    """(64, 28, 28, 1) uint8, light on dark as MNIST is, and their labels, (64,) int64."""
    with Image.open(ASSETS / "digits.png") as sheet:
        pixels = np.asarray(sheet.convert("L"))
    images = pixels.reshape(8, SIDE, 8, SIDE).transpose(0, 2, 1, 3).reshape(64, SIDE, SIDE, 1)
    return images, np.repeat(np.arange(10), COUNTS)
