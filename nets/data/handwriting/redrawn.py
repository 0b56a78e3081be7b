"""MNIST's digits drawn again with the pad's pens: the shapes of real writers with the lines of a drawing pad.

The digits are thinned to their centre lines and drawn again on a pad of 280 units, with pens of 10, 16 and 24 units, at
other sizes and places, half of them dark on light. The training digits become training data; the test digits test a
reader of drawings: no training has seen their writers' shapes, but it has seen the pens. Shapes that MNIST's writers do
not use are not tested.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from nets.data.handwriting.chunks import Tell, in_chunks, kept
from nets.data.prepare import prepare
from nets.data.specs import ImageInput, Split

PENS = (10, 16, 24)
PAD = 280
CHUNK = 250
"""Digits in a chunk; each chunk has its own random generator, so that chunks can be drawn in parallel."""
FINE = 4
"""Enlargement of a digit before it is thinned, so that its centre line is smooth."""


def redrawn(images: np.ndarray, seed: int) -> list[np.ndarray]:
    """images (N, 28, 28, 1) uint8 -> N pictures (280, 280) uint8 as a person's pad would give them."""
    random = np.random.default_rng(seed)
    fine = np.stack([_enlarged(image[..., 0]) for image in images])
    lines = thinned(fine)
    return [_drawn(line, random) for line in lines]


def cached(folder: Path, source: Split, count: int, seed: int, *, tell: Tell = lambda done: None) -> Split:
    """Digits of ``source`` drawn again as a network receives them, kept in ``folder`` from the first time on.

    Args:
        folder: where the drawings are kept, in a file named for ``count`` and ``seed``.
        source: images (N, 28, 28, 1) uint8 and labels (N,).
        count: how many of them are drawn, at most N.
        seed: decides which ones, and how each is drawn.
        tell: called with the number done so far.

    Returns:
        Images (count, 28, 28, 1) uint8 and their labels.
    """

    def make() -> Split:
        chosen = np.random.default_rng(seed).permutation(len(source))[:count]
        parts = [chosen[begin : begin + CHUNK] for begin in range(0, count, CHUNK)]
        tasks = [(seed, n, source.images.read(part), source.labels[part]) for n, part in enumerate(parts)]
        return in_chunks(_chunk, tasks, tell)

    return kept(folder / f"redrawn-{seed}-{count}.npz", make)


def _chunk(task: tuple[int, int, np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    seed, number, images, labels = task
    random = np.random.default_rng([seed, number])
    lines = thinned(np.stack([_enlarged(image[..., 0]) for image in images]))
    spec = ImageInput(range="byte")
    drawn = [np.rint(prepare(_drawn(line, random), spec).input) for line in lines]
    return np.stack(drawn).astype(np.uint8), labels


def thinned(masks: np.ndarray) -> np.ndarray:
    """masks (N, H, W) bool -> their centre lines, one pixel wide, all at once.

    Source: Zhang and Suen 1984, A fast parallel algorithm for thinning digital patterns, doi:10.1145/357994.358023.
    """
    lines = np.pad(masks, ((0, 0), (1, 1), (1, 1))).astype(np.uint8)
    while True:
        before = lines.sum()
        for first in (True, False):
            # Neighbours clockwise from the top: p2 ... p9 of the paper.
            n, e, s, w = _at(lines, -1, 0), _at(lines, 0, 1), _at(lines, 1, 0), _at(lines, 0, -1)
            ring = (n, _at(lines, -1, 1), e, _at(lines, 1, 1), s, _at(lines, 1, -1), w, _at(lines, -1, -1))
            count = sum(ring)
            rises = sum(((a == 0) & (b == 1)).astype(np.uint8) for a, b in zip(ring, (*ring[1:], ring[0]), strict=True))
            open_sides = (n * e * s == 0) & (e * s * w == 0) if first else (n * e * w == 0) & (n * s * w == 0)
            lines[(lines == 1) & (count >= 2) & (count <= 6) & (rises == 1) & open_sides] = 0
        if lines.sum() == before:
            return lines[:, 1:-1, 1:-1].astype(bool)


def _at(lines: np.ndarray, down: int, right: int) -> np.ndarray:
    return np.roll(lines, (-down, -right), axis=(1, 2))


def _enlarged(image: np.ndarray) -> np.ndarray:
    side = 28 * FINE
    return np.asarray(Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC)) > 110


def _drawn(line: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Neighbouring pixels of the centre line, connected by a pen of some width, somewhere on the pad."""
    rows, columns = np.nonzero(line)
    size = random.uniform(100, 220)
    extent = max(np.ptp(rows), np.ptp(columns), 1)
    pen = float(random.choice(PENS))
    room = max(0.0, (PAD - size - pen) / 2 - 2)
    middle = PAD / 2 + random.uniform(-room, room, 2)
    x = (columns - (columns.min() + columns.max()) / 2) * size / extent + middle[0]
    y = (rows - (rows.min() + rows.max()) / 2) * size / extent + middle[1]
    sheet = Image.new("L", (2 * PAD, 2 * PAD), 0)
    brush = ImageDraw.Draw(sheet)
    place = {(row, column): number for number, (row, column) in enumerate(zip(rows, columns, strict=True))}
    for (row, column), number in place.items():
        at = (2 * x[number], 2 * y[number])
        brush.ellipse((at[0] - pen, at[1] - pen, at[0] + pen, at[1] + pen), fill=255)
        for neighbour in ((row, column + 1), (row + 1, column - 1), (row + 1, column), (row + 1, column + 1)):
            other = place.get(neighbour)
            if other is not None:
                brush.line((*at, 2 * x[other], 2 * y[other]), fill=255, width=round(2 * pen))
    picture = np.asarray(sheet.resize((PAD, PAD), Image.Resampling.BOX))
    return 255 - picture if random.random() < 0.5 else picture
