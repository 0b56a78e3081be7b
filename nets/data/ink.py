"""Which pixels of a picture are ink: polarity, colour, transparency and noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nets.errors import LensletError

FAINTEST = 0.06  # contrast below which there is no ink
NOISE = 6.5  # ink starts at this multiple of the background's median noise: more than four standard deviations
SMOOTHED = 56  # pictures whose shorter side has this many pixels are smoothed if they are noisy
LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601, as Pillow's "L"
DOT = 0.08  # a mark smaller than this share of the picture is a dot, not a digit


class NothingDrawn(LensletError):
    """The picture is blank, one flat colour, or holds a lone dot."""


@dataclass(frozen=True, eq=False)
class Ink:
    """ink: (h, w) float32, 1 where the ink is fullest, 0 on the ground. box: top, left, bottom, right of the ink."""

    ink: np.ndarray
    box: tuple[int, int, int, int]
    inverted: bool


def as_float(picture: np.ndarray) -> np.ndarray:
    """Any picture as (h, w, 1|3|4) float32, 0 to 1. Raises LensletError if the array is not a picture."""
    if picture.ndim == 2:
        picture = picture[..., None]
    if picture.ndim != 3 or picture.shape[2] not in (1, 3, 4):
        raise LensletError(
            "expected a picture of (height, width) with 1, 3 or 4 channels, found {shape}", shape=picture.shape
        )
    if 0 in picture.shape:
        raise NothingDrawn("the picture has no pixels")
    if picture.dtype == np.bool_:
        return picture.astype(np.float32)
    if np.issubdtype(picture.dtype, np.integer):
        values = picture.astype(np.float32)
        values /= np.float32(np.iinfo(picture.dtype).max)
        return values
    if not np.issubdtype(picture.dtype, np.floating):
        raise LensletError("expected a picture of numbers, found {dtype}", dtype=picture.dtype)
    values = picture.astype(np.float32)
    if not np.isfinite(values).all():
        raise LensletError("the picture holds values that are not finite")
    return np.clip(values, 0, 1)


def find_ink(picture: np.ndarray) -> Ink:
    """The ink of ``picture``, (h, w, 1|3|4) float32 0..1; the border's colour is the background.

    Called at every move of the pen: arrays are changed in place, because new ones cost more than the arithmetic.

    Raises:
        NothingDrawn: There is no ink.
    """
    if picture.shape[2] == 4:
        picture = _flattened(picture)
    ground = _ground(picture)  # (C,)
    if picture.shape[2] == 1:
        away = picture[..., 0] - ground[0]
        darkest, lightest = -float(away.min()), float(away.max())
        inverted = bool(ground[0] > 0.5) if max(darkest, lightest) < FAINTEST else darkest > lightest
        np.abs(away, out=away)
    else:
        difference = picture - ground
        away = np.abs(difference).max(axis=2)
        full = difference[away >= 0.5 * away.max()]
        inverted = bool(full.mean() < 0)
    peak = _peak(away)
    if peak < FAINTEST:
        raise NothingDrawn("nothing is drawn: the picture is blank or one flat colour")
    if _noise(away) > 0:  # a photograph or a scan: single specks must not enlarge the crop
        if min(away.shape) >= SMOOTHED:
            away = _smoothed(away)
        away = np.maximum(away - min(NOISE * _noise(away), 0.5 * _peak(away)), 0)
        peak = _peak(away)
    away /= np.float32(peak)
    ink = np.minimum(away, 1, out=away)
    box = _box(ink)
    _refuse_dot(ink, box)
    return Ink(ink, box, inverted)


def _flattened(picture: np.ndarray) -> np.ndarray:
    """Transparency laid over black or white, whichever the visible colour stands out from."""
    alpha = picture[..., 3:]
    seen = float(alpha.sum())
    light = float((picture[..., :3] * alpha).sum()) / (3 * seen) if seen else 0.0
    over = 0.0 if light > 0.5 else 1.0
    return picture[..., :3] * alpha + over * (1 - alpha)


def _ground(picture: np.ndarray) -> np.ndarray:
    """The colour of the border; of the whole picture if ink covers much of the border."""
    ring = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    middle = np.median(ring, axis=0)
    alike = (np.abs(ring - middle).max(axis=1) < 0.15).mean()
    if alike < 0.6:
        return np.median(picture.reshape(-1, picture.shape[2]), axis=0)
    return middle


def _noise(away: np.ndarray) -> float:
    """The median distance of the background from its own colour: 0 for what was drawn by a program.

    Measured at the border if ink fills more than half of the picture, and in the whole picture if ink covers the
    border.
    """
    ring = np.concatenate([away[0], away[-1], away[:, 0], away[:, -1]])
    everywhere = away[::3, ::3]  # a ninth of the pixels tells as much, and is fast
    if any(2 * np.count_nonzero(part) < part.size for part in (ring, everywhere)):
        return 0.0  # more than half are 0, and so is the median; sorting many equal numbers takes much longer
    return float(min(np.median(ring), np.median(everywhere)))


def _smoothed(away: np.ndarray) -> np.ndarray:
    """Every pixel the mean of its 3 x 3 neighbours."""
    padded = np.pad(away, 1, mode="edge")
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    return (rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / np.float32(9)


def _peak(away: np.ndarray) -> float:
    """The distance of full ink from the background: the greatest, ignoring a few specks in a large picture."""
    brightest = float(away.max())
    specks = away.size // 50_000
    if np.count_nonzero(away == brightest) > specks:
        return brightest  # nearly always true; sorting many equal numbers takes fifty times as long as counting them
    bright = away[away > 0.5 * brightest]
    return float(np.partition(bright, -specks - 1)[-specks - 1]) if bright.size > specks else 0.5 * brightest


def _box(ink: np.ndarray) -> tuple[int, int, int, int]:
    there = ink > 0.02
    rows = np.flatnonzero(there.any(axis=1))
    columns = np.flatnonzero(there.any(axis=0))
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1


def _refuse_dot(ink: np.ndarray, box: tuple[int, int, int, int]) -> None:
    top, left, bottom, right = box
    sides = sorted((bottom - top, right - left))
    full = float(ink[top:bottom, left:right].mean())
    if sides[1] <= DOT * max(ink.shape) and sides[1] < 1.6 * sides[0] and full > 0.6:
        raise NothingDrawn("only a dot is drawn: draw a digit that is larger")
