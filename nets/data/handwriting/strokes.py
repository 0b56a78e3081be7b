"""The dataset ``strokes``: digits drawn by a program with the strokes, hands and pens of people.

MNIST alone does not make a drawing pad work: its pens, forms and writers are not those of a mouse or a stylus. Here
a skeleton (``skeletons.py``) goes through a hand (width, slant, bending, tremor, ends cut short) onto a pad of 280
units with a pen, and from there through ``prepare``: the pad's own chain.

    python -m nets.data.handwriting.strokes sheet.png [SEED]       a sheet of them to look at
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from nets.data.handwriting.curves import line
from nets.data.handwriting.skeletons import SKELETONS, Skeleton
from nets.data.prepare import prepare
from nets.data.specs import ImageInput, Split
from nets.files import write_with

VERSION = 3
"""To be raised whenever the pictures of a seed change: drawings kept from before are then not used any more."""
PAD = 280
SIDE = 140
"""The pad is painted at half size; the chain shrinks it to 28 anyway."""
PENS = (10.0, 16.0, 24.0)
WIDTHS = (0.72, 0.60, 0.75, 0.65, 0.72, 0.70, 0.62, 0.68, 0.62, 0.62)
"""How wide each digit is written, as a share of its height: the median of a log-normal distribution."""
FINEST = {0: 0.36, 6: 0.32, 8: 0.34, 9: 0.36}
"""The pen takes at most so much of these digits' narrower side: with its loop filled a 0 is a 1 to anybody."""
CHUNK = 500
"""Drawings a chunk: every chunk has a random generator of its own, so that chunks can be drawn side by side."""


def make(count: int, seed: int, *, tell: Callable[[int], object] = lambda done: None) -> Split:
    """``count`` drawings, the digits at random: images (count, 28, 28, 1) uint8. A seed gives the same anywhere."""
    chunks = [(seed, number, min(CHUNK, count - number * CHUNK)) for number in range(-(-count // CHUNK))]
    workers = min(
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, len(chunks)
    )
    images, labels, done = [], [], 0
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for some_images, some_labels in pool.map(_chunk, chunks) if workers > 1 else map(_chunk, chunks):
            images.append(some_images)
            labels.append(some_labels)
            done += len(some_labels)
            tell(done)
    return Split(np.concatenate(images), np.concatenate(labels))


def cached(folder: Path, count: int, seed: int, *, tell: Callable[[int], object] = lambda done: None) -> Split:
    """As ``make``, kept in ``folder`` from the first time on (a minute for ten thousand)."""
    path = folder / f"strokes-{VERSION}-{seed}-{count}.npz"
    if path.exists():
        with np.load(path) as kept:
            return Split(kept["images"], kept["labels"])
    made = make(count, seed, tell=tell)
    write_with(path, lambda temporary: np.savez_compressed(temporary, images=made.images, labels=made.labels))
    return made


def draw(digit: int, random: np.random.Generator) -> np.ndarray:
    """One drawing of ``digit`` as it lies on the pad: (140, 140) uint8, ink 255 on 0."""
    return ink(hand(SKELETONS[digit](random), WIDTHS[digit], random), random, FINEST.get(digit, 1.0))


def hand(skeleton: Skeleton, width: float, random: np.random.Generator) -> Skeleton:
    """The skeleton as one person writes it this time, about 1 high, around the origin."""
    aspect = width * np.exp(random.normal(0, 0.27))
    slant = random.normal(0.1, 0.2)
    turn = np.radians(random.normal(0, 7))
    waves, phases = random.uniform(0.6, 1.8, 2), random.uniform(0, 2 * np.pi, 3)
    bend = np.abs(random.normal(0, 0.02, 2))
    uneven = np.clip(random.normal(0, 0.18, 4), -0.4, 0.4)  # a large head or foot, a wide one, one side fuller
    loose = abs(random.normal(0, 0.03))
    slow = random.random() < 0.35  # the pad reports the pen rarely, and straight lines join what it reports
    tremor = abs(random.normal(0, 0.006)) if random.random() < 0.5 else 0.0
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
        if len(skeleton) > 1:  # strokes do not always meet where they should
            points = points + random.normal(0, loose, 2)
        points = _ends(points, random)
        written.append(reported(points, random) if slow else points)
    return written


def reported(points: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """What a slow tablet sees of a stroke: few points, at even times; corners between them are cut."""
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    turns = np.abs(np.diff(np.unwrap(np.arctan2(*np.diff(points, axis=0).T))))
    # A hand slows down in a bend: time is length and a little for every turn.
    time = np.concatenate([[0], np.cumsum(steps + 0.08 * np.concatenate([[0], np.minimum(turns, 1.5)]))])
    count = max(2, round(time[-1] / random.uniform(0.09, 0.3)))
    at = np.linspace(0, time[-1], count + 1)
    at[1:-1] += random.uniform(-0.2, 0.2, count - 1) * time[-1] / count
    return np.stack([np.interp(at, time, points[:, axis]) for axis in (0, 1)], axis=1)


def _ends(points: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Cuts an end short at times, or begins or ends with a hook."""
    cut = int(len(points) * abs(random.normal(0, 0.025)))
    if cut and random.random() < 0.5 and len(points) - cut > 6:
        points = points[:-cut] if random.random() < 0.6 else points[cut:]
    if random.random() < 0.08:
        points = np.vstack([points[0] + random.normal(0, 0.05, 2), points])
    if random.random() < 0.05:
        points = np.vstack([points, points[-1] + random.normal(0, 0.05, 2)])
    return points


def ink(strokes: Skeleton, random: np.random.Generator, share: float = 1.0) -> np.ndarray:
    """The strokes with some pen, at some size and place on the pad: (140, 140) uint8.

    The pen takes at most ``share`` of the digit's narrower side.
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
    """Strokes in units of the pad, painted with a round pen of ``pen`` units: (140, 140) uint8, ink 255 on 0.

    ``pressure`` (a phase) lets the width swell and shrink along each stroke, as a stylus does.
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
    random = np.random.default_rng(seed)
    spec = ImageInput(range="byte")
    rows = [
        np.hstack([prepare(draw(digit, random), spec).input[..., 0] for _ in range(columns)]) for digit in range(10)
    ]
    image = Image.fromarray(np.vstack(rows).astype(np.uint8))
    return image.resize((2 * image.width, 2 * image.height), Image.Resampling.NEAREST)


def _chunk(task: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    seed, number, count = task
    random = np.random.default_rng([seed, number, VERSION])
    spec = ImageInput(range="byte")
    labels = random.integers(0, 10, count)
    images = np.stack([np.rint(prepare(draw(int(digit), random), spec).input) for digit in labels])
    return images.astype(np.uint8), labels


if __name__ == "__main__":
    sheet(*map(int, sys.argv[2:3])).save(sys.argv[1])
