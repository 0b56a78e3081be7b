"""Whether a picture is a photograph rather than ink on a background, for networks that read digits."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image, ImageFilter

from nets.data.ink import LUMINANCE

SAMPLES = 64  # rows and columns of the sampled picture
SMALLEST = 56  # pixels of the shorter side; a smaller grey picture may be a digit from a dataset
SPREAD = 24  # levels of 255 by which hues differ in a photograph, but not in ink on yellowish paper
DRAWN = 0.5  # share of pixels of a single grey from which a picture was drawn by a program
# Ink on paper is two greys and mostly even. Measured on 60 of each: two greys explain 0.88 or more of the variance of
# drawings and of scans in even light, and 0.84 of that of a grey part of a photograph (the median). Shaded paper has
# less, too, but at least 0.69 of its squares are even (95 % of the pictures), and of a photograph's 0.62 (the median).
TWO_GREYS = 0.87
EVEN = 0.68
STEP = 0.12  # a square of 2 x 2 samples is even where it spans less than this share of the picture's range
# Under the ink, paper is lit smoothly: a surface of the second order leaves little of it, and where it leaves more, as
# with the edge of a shadow, few places are steep. Of 202 parts of two grey photographs this and the rule above find
# 90 % (that rule alone 65 %), of 150 papers with uneven light, shadows, noise or chalk none.
WIDEST_STROKE = 17  # samples: what is narrower counts as ink
ROUGH = 0.05  # the deviation from the surface, as a share of the picture's range
STEEP, STEEP_SHARE = 0.02, 0.1  # a change from sample to sample as a share of the range, and how many are so large


def is_photograph(picture: np.ndarray) -> bool:
    """Whether a picture has several hues, or more greys than ink on paper has.

    Args:
        picture: (h, w) or (h, w, 1|3|4) uint8 0..255 or float 0..1.

    Returns:
        True for a photograph in colour, and for nine of ten parts of grey ones: some with large even areas cannot be
        told from shaded paper and count as none.
    """
    if picture.ndim == 3 and picture.shape[-1] < 3:
        picture = picture[..., 0]
    if min(picture.shape[:2], default=0) == 0:
        return False
    rows, columns = (np.linspace(0, size - 1, min(size, SAMPLES)).astype(int) for size in picture.shape[:2])
    sampled = picture[np.ix_(rows, columns)]
    if sampled.ndim == 3 and has_hues(sampled):
        return True
    if min(picture.shape[:2]) < SMALLEST or _most_common(sampled) >= DRAWN:
        return False
    grey = _reduced(picture)
    return (_two_greys(grey) < TWO_GREYS and _evenness(grey) < EVEN) or _has_rough_ground(grey)


def has_hues(sampled: np.ndarray) -> bool:
    """Whether (h, w, 3|4) samples have several hues. What a twentieth of them has at each end does not count."""
    levels = sampled[..., :3].reshape(-1, 3)
    if levels.dtype != np.uint8:
        levels = np.rint(255 * np.clip(levels, 0, 1))
    red, green, blue = levels.astype(np.int16).T
    spreads = [np.subtract(*np.percentile(hue, (95, 5))) for hue in (red - green, blue - green)]
    return bool(max(spreads) >= SPREAD)


def _most_common(sampled: np.ndarray) -> float:
    """The share of the samples that have the most common grey."""
    grey = sampled if sampled.ndim == 2 else sampled[..., 1]
    levels = grey if grey.dtype == np.uint8 else np.rint(255 * np.clip(grey, 0, 1)).astype(np.uint8)
    return float(np.bincount(levels.ravel()).max() / levels.size)


def _reduced(picture: np.ndarray) -> np.ndarray:
    """(SAMPLES, SAMPLES) float64 from 0 to 1: the means of the greys."""
    grey = picture if picture.ndim == 2 else picture[..., :3] @ LUMINANCE
    values = np.asarray(grey, np.float32) / (255 if picture.dtype == np.uint8 else 1)
    return np.asarray(Image.fromarray(values).resize((SAMPLES, SAMPLES), Image.Resampling.BOX), np.float64)


def _two_greys(grey: np.ndarray) -> float:
    """The share of the variance explained by the best division into a dark and a light class, 0 to 1.

    Source: Otsu 1979, A threshold selection method from gray-level histograms, doi:10.1109/TSMC.1979.4310076.
    """
    values = np.sort(grey, axis=None)
    count = np.arange(1, values.size)
    sums = np.cumsum(values)
    dark, light = sums[:-1] / count, (sums[-1] - sums[:-1]) / (values.size - count)
    between = count * (values.size - count) / values.size**2 * (dark - light) ** 2
    return float(between.max() / max(values.var(), 1e-12))


def _evenness(grey: np.ndarray) -> float:
    """The share of squares of 2 x 2, of the picture at half its size, that hardly change from pixel to pixel."""
    half = grey.reshape(SAMPLES // 2, 2, SAMPLES // 2, 2).mean(axis=(1, 3))
    squares = half.reshape(SAMPLES // 4, 2, SAMPLES // 4, 2)
    low, high = np.percentile(half, (2, 98))
    spans = squares.max(axis=(1, 3)) - squares.min(axis=(1, 3))
    return float((spans < STEP * max(high - low, 0.05)).mean())


def _has_rough_ground(grey: np.ndarray) -> bool:
    """Whether the parts wider than a stroke are not an evenly lit sheet, whether the ink is darker or lighter
    than it.
    """
    span = float(np.subtract(*np.percentile(grey, (98, 2)))) + 0.05
    return all(_is_rough(_without_ink(sheet), span) for sheet in (grey, 1 - grey))


def _is_rough(ground: np.ndarray, span: float) -> bool:
    surfaces = _surfaces()
    rest = ground.ravel() - surfaces @ (surfaces.T @ ground.ravel())
    steepness = np.hypot(*np.gradient(ground)) / span
    return bool(rest.std() / span > ROUGH and (steepness > STEEP).mean() > STEEP_SHARE)


@cache
def _surfaces() -> np.ndarray:
    """(SAMPLES x SAMPLES, 6): an orthonormal basis of the surfaces of the second order."""
    y, x = np.meshgrid(*(np.linspace(-1, 1, SAMPLES),) * 2, indexing="ij")
    return np.linalg.qr(np.stack((np.ones_like(x), x, y, x * y, x * x, y * y), axis=-1).reshape(-1, 6))[0]


def _without_ink(grey: np.ndarray) -> np.ndarray:
    """(SAMPLES, SAMPLES): the sheet without dark lines, by a morphological closing after removing single noisy
    samples.
    """
    smooth = Image.fromarray(np.rint(255 * np.clip(grey, 0, 1)).astype(np.uint8)).filter(ImageFilter.MedianFilter(3))
    ground = np.asarray(smooth, np.float64) / 255
    for fold in (np.max, np.min):
        for axis in (0, 1):
            pad = [(WIDEST_STROKE // 2,) * 2 if axis == one else (0, 0) for one in (0, 1)]
            ground = fold(sliding_window_view(np.pad(ground, pad, "edge"), WIDEST_STROKE, axis=axis), axis=-1)
    return ground
