"""Pictures that a network was not trained on: letters, scribbles, two digits, noise, photographs of other things.

    python -m nets.trust.probes sheet.png [SEED]        a sheet of them to look at

They measure how well the badge recognises what a network knows; nothing is fitted to them.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from nets.data.handwriting.curves import Random, Skeleton, line, shaken, spline
from nets.data.handwriting.strokes import draw, hand, ink
from nets.data.photographs import FILES, photograph
from nets.data.prepare import prepare
from nets.data.specs import ImageInput

Corners = list[tuple[float, float]]

# Capital letters as strokes of corners, in a box of width and height 1 (x right, y down); the round ones are splines.
_STRAIGHT: dict[str, Sequence[Corners]] = {
    "A": ([(0.0, 1.0), (0.5, 0.0), (1.0, 1.0)], [(0.2, 0.62), (0.8, 0.62)]),
    "E": ([(0.9, 0.0), (0.0, 0.0), (0.0, 1.0), (0.9, 1.0)], [(0.0, 0.5), (0.7, 0.5)]),
    "F": ([(0.9, 0.0), (0.0, 0.0), (0.0, 1.0)], [(0.0, 0.48), (0.7, 0.48)]),
    "H": ([(0.0, 0.0), (0.0, 1.0)], [(1.0, 0.0), (1.0, 1.0)], [(0.0, 0.5), (1.0, 0.5)]),
    "I": ([(0.5, 0.0), (0.5, 1.0)],),
    "K": ([(0.0, 0.0), (0.0, 1.0)], [(0.9, 0.0), (0.0, 0.55), (0.95, 1.0)]),
    "L": ([(0.0, 0.0), (0.0, 1.0), (0.9, 1.0)],),
    "M": ([(0.0, 1.0), (0.05, 0.0), (0.5, 0.7), (0.95, 0.0), (1.0, 1.0)],),
    "N": ([(0.0, 1.0), (0.0, 0.0), (1.0, 1.0), (1.0, 0.0)],),
    "T": ([(0.0, 0.0), (1.0, 0.0)], [(0.5, 0.0), (0.5, 1.0)]),
    "V": ([(0.0, 0.0), (0.5, 1.0), (1.0, 0.0)],),
    "W": ([(0.0, 0.0), (0.25, 1.0), (0.5, 0.3), (0.75, 1.0), (1.0, 0.0)],),
    "X": ([(0.0, 0.0), (1.0, 1.0)], [(1.0, 0.0), (0.0, 1.0)]),
    "Y": ([(0.0, 0.0), (0.5, 0.5)], [(1.0, 0.0), (0.5, 0.5), (0.5, 1.0)]),
    "Z": ([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)],),
}
_RING: Corners = [
    (0.5, 0.0),
    (0.1, 0.2),
    (0.0, 0.5),
    (0.15, 0.85),
    (0.5, 1.0),
    (0.9, 0.8),
    (1.0, 0.45),
    (0.85, 0.15),
    (0.5, 0.0),
]
_ROUND: dict[str, Sequence[Corners]] = {
    "B": (
        [(0.0, 0.0), (0.0, 1.0)],
        [(0.0, 0.0), (0.6, 0.05), (0.75, 0.25), (0.55, 0.46), (0.1, 0.5)],
        [(0.1, 0.5), (0.7, 0.55), (0.9, 0.75), (0.65, 0.97), (0.0, 1.0)],
    ),
    "C": ([(0.95, 0.15), (0.55, 0.0), (0.1, 0.25), (0.0, 0.55), (0.15, 0.85), (0.55, 1.0), (0.95, 0.85)],),
    "D": ([(0.0, 0.0), (0.0, 1.0)], [(0.0, 0.0), (0.55, 0.05), (0.9, 0.35), (0.9, 0.65), (0.55, 0.95), (0.0, 1.0)]),
    "G": (
        [(0.95, 0.15), (0.5, 0.0), (0.1, 0.25), (0.0, 0.6), (0.2, 0.92), (0.6, 1.0), (0.95, 0.8), (0.95, 0.55)],
        [(0.95, 0.55), (0.55, 0.55)],
    ),
    "J": ([(0.8, 0.0), (0.8, 0.7), (0.65, 0.95), (0.35, 1.0), (0.1, 0.85), (0.0, 0.65)],),
    "O": (_RING,),
    "P": ([(0.0, 1.0), (0.0, 0.0)], [(0.0, 0.0), (0.6, 0.02), (0.9, 0.25), (0.6, 0.5), (0.0, 0.52)]),
    "Q": (
        _RING,
        [(0.6, 0.65), (1.05, 1.05)],
    ),
    "R": (
        [(0.0, 1.0), (0.0, 0.0)],
        [(0.0, 0.0), (0.6, 0.02), (0.85, 0.25), (0.6, 0.48), (0.0, 0.5)],
        [(0.35, 0.5), (0.95, 1.0)],
    ),
    "S": ([(0.9, 0.12), (0.5, 0.0), (0.1, 0.15), (0.15, 0.4), (0.8, 0.6), (0.95, 0.85), (0.5, 1.0), (0.05, 0.88)],),
    "U": ([(0.0, 0.0), (0.02, 0.6), (0.2, 0.92), (0.5, 1.0), (0.8, 0.92), (0.98, 0.6), (1.0, 0.0)],),
}
ALL_LETTERS = tuple(sorted((*_STRAIGHT, *_ROUND)))
DIGITS_TOO = ("I", "O", "S", "Z")  # drawn by hand they are 1, 0, 5 and 2: no reader of digits can tell them
LETTERS = tuple(name for name in ALL_LETTERS if name not in DIGITS_TOO)


def letter(random: Random, names: Sequence[str] = LETTERS) -> np.ndarray:
    """One of the capital letters ``names``, by hand: (140, 140) uint8, ink 255 on 0."""
    name = names[int(random.integers(len(names)))]
    if name in _STRAIGHT:
        skeleton: Skeleton = [line(shaken(random, list(stroke))) for stroke in _STRAIGHT[name]]
    else:
        skeleton = [spline(shaken(random, list(stroke))) for stroke in _ROUND[name]]
    return ink(hand(skeleton, 0.75, random), random)


def scribble(random: Random) -> np.ndarray:
    """A pen that wanders without a plan, in one to three strokes that cross themselves: (140, 140) uint8."""
    strokes = []
    for _ in range(random.integers(1, 4)):
        corners = random.uniform(0, 1, (random.integers(6, 16), 2))
        strokes.append(spline(corners) if random.random() < 0.7 else line(corners))
    return ink(strokes, random)


def two_digits(random: Random) -> np.ndarray:
    """Two digits side by side, as when a number is drawn at once: (140, 140) uint8."""
    pair = [draw(int(digit), random, styles=True) for digit in random.integers(0, 10, 2)]
    crops = []
    for picture in pair:
        rows, columns = np.nonzero(picture > 64)
        crop = picture[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        height = random.integers(60, 75)
        width = max(4, min(64, round(crop.shape[1] * height / crop.shape[0])))
        crops.append(np.asarray(Image.fromarray(crop).resize((int(width), int(height)), Image.Resampling.BOX)))
    gap = int(random.integers(3, 16))
    sheet = np.zeros((140, 140), np.uint8)
    left = max(0, (140 - crops[0].shape[1] - crops[1].shape[1] - gap) // 2)
    top = int(random.integers(20, 50))
    for crop in crops:
        place = sheet[top : top + crop.shape[0], left : left + crop.shape[1]]
        np.maximum(place, crop[: place.shape[0], : place.shape[1]], out=place)
        left += crop.shape[1] + gap
        top += int(random.integers(-6, 7))
    return sheet


def in_two_colours(picture: np.ndarray, random: Random) -> np.ndarray:
    """(h, w) or (h, w, 1) uint8 as (h, w, 3): black and white become two random colours, greys lie between them."""
    share = picture.reshape(*picture.shape[:2], 1) / 255
    dark, light = random.uniform(0, 255, (2, 3))
    return np.rint(dark * (1 - share) + light * share).astype(np.uint8)


def noise(random: Random) -> np.ndarray:
    """Random numbers: (32, 32, 3) uint8."""
    return random.integers(0, 256, (32, 32, 3), dtype=np.uint8)


def photograph_part(random: Random) -> np.ndarray:
    """A square of one of scikit-learn's two photographs, a pagoda and a dahlia: (side, side, 3) uint8."""
    picture = photograph(FILES[int(random.integers(len(FILES)))])
    height, width = picture.shape[:2]
    side = int(random.integers(height // 4, height + 1))
    top, left = int(random.integers(height - side + 1)), int(random.integers(width - side + 1))
    return picture[top : top + side, left : left + side]


PROBES: dict[str, Callable[[Random], np.ndarray]] = {
    "letters": letter,
    "scribbles": scribble,
    "two digits": two_digits,
}
AMBIGUOUS = "letters with I, O, S and Z"
"""A probe that no reader of digits can tell wholly from digits: measured beside the others, so that both are known."""


def drawn(name: str, count: int, seed: int, input: ImageInput) -> np.ndarray:
    """``count`` pictures of the probe ``name`` as a network receives them.

    Args:
        name: a key of ``PROBES``, or ``AMBIGUOUS``.
        count: how many.
        seed: decides everything that is random.
        input: what the network receives.

    Returns:
        (count, H, W, C) float32 in the range of the input.
    """
    random = np.random.default_rng(seed)
    probe = partial(letter, names=ALL_LETTERS) if name == AMBIGUOUS else PROBES[name]
    return np.stack([prepare(probe(random), input).input for _ in range(count)])


def main() -> None:
    parser = argparse.ArgumentParser(description="A sheet of probes to look at.")
    parser.add_argument("path", type=Path)
    parser.add_argument("seed", type=int, nargs="?", default=5)
    options = parser.parse_args()
    rows = [
        np.hstack(list(drawn(name, 24, options.seed, ImageInput(range="byte"))[..., 0]))
        for name in (*PROBES, AMBIGUOUS)
    ]
    image = Image.fromarray(np.vstack(rows).astype(np.uint8))
    image.resize((2 * image.width, 2 * image.height), Image.Resampling.NEAREST).save(options.path)


if __name__ == "__main__":
    main()
