"""The dataset ``strokes``: digits drawn by a program with the strokes, hands and pens of people.

MNIST alone does not make a drawing pad work: its pens, forms and writers are not those of a mouse or a stylus. Here
a skeleton (``skeletons.py``) goes through a hand (width, slant, bending, tremor, ends cut short) onto a pad of 280
units with a pen, and from there through ``prepare``: the pad's own chain.

    python -m nets.data.handwriting.strokes sheet.png [SEED] [--styles]       a sheet of them to look at

With ``--styles`` the sheet has a row for each of the less common styles of ``styles.py`` instead of each digit.
"""

from __future__ import annotations

import argparse
import functools
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from nets.data.handwriting.chunks import Tell, in_chunks, kept
from nets.data.handwriting.curves import line
from nets.data.handwriting.skeletons import SKELETONS, Skeleton
from nets.data.handwriting.styles import STYLES, Style, choose
from nets.data.prepare import prepare
from nets.data.specs import ImageInput, Split

VERSION, STYLED_VERSION = 3, 4
"""Version numbers, without and with the less common styles; increased whenever the pictures of a seed change, so that
stored drawings of an earlier version are not used.
"""
PAD = 280
SIDE = 140
"""The pad is painted at half size, because the preparation shrinks it to 28 pixels anyway."""
PENS = (10.0, 16.0, 24.0)
WIDTHS = (0.72, 0.60, 0.75, 0.65, 0.72, 0.70, 0.62, 0.68, 0.62, 0.62)
"""The width of each digit as a share of its height: the median of a log-normal distribution."""
FINEST = {0: 0.36, 6: 0.32, 8: 0.34, 9: 0.36}
"""The largest pen, as a share of these digits' narrower side: a 0 whose loop is filled would be a 1 to anybody."""
CHUNK = 500
"""Drawings in a chunk; each chunk has its own random generator, so that chunks can be drawn in parallel."""


def make(count: int, seed: int, *, styles: bool = False, tell: Tell = lambda done: None) -> Split:
    """Drawings of digits at random. A seed gives the same anywhere.

    Args:
        count: how many.
        seed: decides everything that is random.
        styles: whether the less common styles are among them, and strokes that wander and run on as with a mouse.
        tell: called with the number done so far.

    Returns:
        Images (count, 28, 28, 1) uint8 and their labels.
    """
    chunks = [(seed, number, min(CHUNK, count - number * CHUNK), styles) for number in range(-(-count // CHUNK))]
    return in_chunks(_chunk, chunks, tell)


def cached(folder: Path, count: int, seed: int, *, styles: bool = False, tell: Tell = lambda done: None) -> Split:
    """The drawings that ``make`` gives, kept in ``folder``: ten thousand take half a minute on one processor.

    Args:
        folder: of the cache.
        count: how many drawings.
        seed: of the random numbers.
        styles: as for ``make``.
        tell: is called with how many are done.

    Returns:
        The drawings with their labels.
    """
    version = STYLED_VERSION if styles else VERSION
    path = folder / f"strokes-{version}-{seed}-{count}.npz"
    return kept(path, lambda: make(count, seed, styles=styles, tell=tell))


def draw(digit: int, random: np.random.Generator, *, styles: bool = False) -> np.ndarray:
    """One drawing of a digit as it lies on the pad.

    Args:
        digit: 0 to 9.
        random: where the numbers come from.
        styles: as for ``make``.

    Returns:
        (140, 140) uint8, ink 255 on 0.
    """
    if styles and (style := choose(digit, random)):
        return draw_style(style, random)
    written = hand(SKELETONS[digit](random), WIDTHS[digit], random, unsteady=styles)
    return ink(written, random, FINEST.get(digit, 1.0))


def draw_style(style: Style, random: np.random.Generator) -> np.ndarray:
    """One drawing of a less common style, as ``draw``."""
    finest = min(style.finest, FINEST.get(style.digit, 1.0))
    return ink(hand(style.skeleton(random), WIDTHS[style.digit], random, unsteady=True), random, finest)


def hand(skeleton: Skeleton, width: float, random: np.random.Generator, *, unsteady: bool = False) -> Skeleton:
    """A skeleton as one person writes it this time.

    Args:
        skeleton: the strokes of a digit, (m, 2) float64 each, from 0 to 1.
        width: of the digit, in parts of its height.
        random: where the numbers come from.
        unsteady: whether strokes at times wander and run on at their end, as with a mouse or a finger.

    Returns:
        The strokes, about 1 high, around the origin.
    """
    aspect = width * np.exp(random.normal(0, 0.27))
    slant = random.normal(0.1, 0.2)
    turn = np.radians(random.normal(0, 7))
    waves, phases = random.uniform(0.6, 1.8, 2), random.uniform(0, 2 * np.pi, 3)
    bend = np.abs(random.normal(0, 0.02, 2))
    uneven = np.clip(random.normal(0, 0.18, 4), -0.4, 0.4)  # a large or wide head or foot, or one fuller side
    loose = abs(random.normal(0, 0.03))
    slow = random.random() < 0.35  # the pad reports the pen rarely, and straight lines connect the reported points
    tremor = abs(random.normal(0, 0.006)) if random.random() < 0.5 else 0.0
    wander = random.uniform(0.006, 0.02) if unsteady and random.random() < 0.25 else 0.0
    written = []
    for stroke in skeleton:
        x, y = stroke[:, 0] - 0.5, stroke[:, 1] - 0.5
        x, y = x + uneven[0] * (x * x - 0.25), y + uneven[1] * (y * y - 0.25)
        x = x * (1 + uneven[2] * y) + uneven[3] * (y * y - 0.1) * 0.5
        wave = bend[0] * np.sin(2 * np.pi * waves[0] * y + phases[0]) + bend[1] * np.sin(9 * x + phases[2])
        x, y = x + wave, y + bend[1] * np.sin(2 * np.pi * waves[1] * x + phases[1])
        x = x * aspect - slant * y
        points = np.stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)], axis=1)
        if tremor:
            noise = random.normal(0, tremor, (len(points) + 3, 2))
            points = points + 0.75 * (noise[:-3] + noise[1:-2] + noise[2:-1] + noise[3:])
        if wander:
            points = points + _wandering(points, wander, random)
        if len(skeleton) > 1:  # strokes do not always meet where they should
            points = points + random.normal(0, loose, 2)
        points = _ends(points, random, unsteady)
        written.append(reported(points, random) if slow else points)
    return written


def _wandering(points: np.ndarray, by: float, random: np.random.Generator) -> np.ndarray:
    """How far a mouse or a finger strays from the intended line: slow bumps, about one in a tenth of the height."""
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    knots = np.arange(0, length[-1] + 0.2, random.uniform(0.08, 0.18))
    bumps = random.normal(0, by, (len(knots), 2))
    return np.stack([np.interp(length, knots, bumps[:, axis]) for axis in (0, 1)], axis=1)


def reported(points: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The points that a slow tablet reports: few, at equal times, with straight lines between."""
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    turns = np.abs(np.diff(np.unwrap(np.arctan2(*np.diff(points, axis=0).T))))
    # A hand slows down in a bend: the time is the length plus a little for every turn.
    time = np.concatenate([[0], np.cumsum(steps + 0.08 * np.concatenate([[0], np.minimum(turns, 1.5)]))])
    count = max(2, round(time[-1] / random.uniform(0.09, 0.3)))
    at = np.linspace(0, time[-1], count + 1)
    at[1:-1] += random.uniform(-0.2, 0.2, count - 1) * time[-1] / count
    return np.stack([np.interp(at, time, points[:, axis]) for axis in (0, 1)], axis=1)


def _ends(points: np.ndarray, random: np.random.Generator, unsteady: bool) -> np.ndarray:
    """Sometimes cut an end short, or add a hook at either end; an ``unsteady`` pen may run on."""
    cut = int(len(points) * abs(random.normal(0, 0.025)))
    if cut and random.random() < 0.5 and len(points) - cut > 6:
        points = points[:-cut] if random.random() < 0.6 else points[cut:]
    if random.random() < 0.08:
        points = np.vstack([points[0] + random.normal(0, 0.05, 2), points])
    if random.random() < 0.05:
        points = np.vstack([points, points[-1] + random.normal(0, 0.05, 2)])
    if unsteady and random.random() < 0.08 and len(points) > 4:  # a little, straight ahead
        ahead = points[-1] - points[-4]
        points = np.vstack([points, points[-1] + ahead / max(np.linalg.norm(ahead), 1e-6) * random.uniform(0.03, 0.1)])
    return points


def ink(strokes: Skeleton, random: np.random.Generator, share: float = 1.0) -> np.ndarray:
    """The strokes with some pen, at some size and place on the pad.

    Args:
        strokes: (m, 2) float64 each, of any size.
        random: where the numbers come from.
        share: the most that the pen's width may be of the digit's narrower side.

    Returns:
        (140, 140) uint8, ink 255 on 0.
    """
    everything = np.vstack(strokes)
    low, high = everything.min(axis=0), everything.max(axis=0)
    size = random.uniform(80, 250)
    common = random.random() < 0.8
    pen = random.choice(PENS) * np.exp(random.normal(0, 0.1)) if common else random.uniform(4, 30)
    pen = min(pen, 0.2 * size, share * size * min(high - low) / max(high - low))
    room = max(0.0, (PAD - size - pen) / 2 - 4)
    middle = PAD / 2 + random.uniform(-room, room, 2)
    placed = [(stroke - (low + high) / 2) * size / max(high - low) + middle for stroke in strokes]
    pressure = random.uniform(0, 2 * np.pi) if random.random() < 0.2 else None
    return paint(placed, pen, pressure)


def paint(strokes: Skeleton, pen: float, pressure: float | None = None) -> np.ndarray:
    """Strokes painted with a round pen.

    Args:
        strokes: (m, 2) float64 each, in units of the pad.
        pen: its width in the same units.
        pressure: a phase in radians, with which the width swells and shrinks along each stroke as a stylus' does; None
            for an even width.

    Returns:
        (140, 140) uint8, ink 255 on 0.
    """
    scale = 2 * SIDE / PAD  # twice as large, then averaged: smooth edges
    sheet = Image.new("L", (2 * SIDE, 2 * SIDE), 0)
    brush = ImageDraw.Draw(sheet)
    for stroke in strokes:
        points = stroke * scale
        widths = np.full(len(points), pen * scale)
        if pressure is None:
            brush.line([tuple(point) for point in points], fill=255, width=max(1, round(pen * scale)))
        else:
            points = line(points, 6)
            widths = pen * scale * (1 + 0.25 * np.sin(np.linspace(0, 5, len(points)) + pressure))
        for (x, y), width in zip(points, widths, strict=True):
            half = max(0.5, width / 2)
            brush.ellipse((x - half, y - half, x + half, y + half), fill=255)
    return np.asarray(sheet.resize((SIDE, SIDE), Image.Resampling.BOX))


def sheet(seed: int = 5, columns: int = 24) -> Image.Image:
    """Ten rows, one for each digit, as the network receives them, twice as large."""
    return _sheet([functools.partial(draw, digit) for digit in range(10)], seed, columns)


def style_sheet(seed: int = 5, columns: int = 24) -> Image.Image:
    """A row for each of the less common styles, in the order of ``STYLES``, as the network receives them."""
    return _sheet([functools.partial(draw_style, style) for style in STYLES.values()], seed, columns)


def _sheet(rows: Sequence[Callable[[np.random.Generator], np.ndarray]], seed: int, columns: int) -> Image.Image:
    random = np.random.default_rng(seed)
    spec = ImageInput(range="byte")
    pictures = [np.hstack([prepare(row(random), spec).input[..., 0] for _ in range(columns)]) for row in rows]
    image = Image.fromarray(np.vstack(pictures).astype(np.uint8))
    return image.resize((2 * image.width, 2 * image.height), Image.Resampling.NEAREST)


def _chunk(task: tuple[int, int, int, bool]) -> tuple[np.ndarray, np.ndarray]:
    seed, number, count, styles = task
    random = np.random.default_rng([seed, number, STYLED_VERSION if styles else VERSION])
    spec = ImageInput(range="byte")
    labels = random.integers(0, 10, count)
    images = np.stack([np.rint(prepare(draw(int(digit), random, styles=styles), spec).input) for digit in labels])
    return images.astype(np.uint8), labels


def main() -> None:
    parser = argparse.ArgumentParser(description="A sheet of drawings to look at.")
    parser.add_argument("path", type=Path)
    parser.add_argument("seed", type=int, nargs="?", default=5)
    parser.add_argument("--styles", action="store_true", help="the less common styles, a row each")
    options = parser.parse_args()
    (style_sheet if options.styles else sheet)(options.seed).save(options.path)


if __name__ == "__main__":
    main()
