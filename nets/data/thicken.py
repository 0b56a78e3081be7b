"""How wide strokes are, and making thin ones wider before a picture shrinks."""

from __future__ import annotations

import numpy as np
from PIL import Image

WORKING_SCALE = 4  # ink pixels for each pixel of the frame when strokes are widened: fine enough, and fast


def stroke_width(ink: np.ndarray) -> float:
    """The mean width of strokes in pixels. ink: (h, w) float32 0..1.

    A stroke of width w and length L has the area w L and the outline 2 L; for soft ink that is its total variation.
    """
    padded = np.zeros((ink.shape[0] + 2, ink.shape[1] + 2), ink.dtype)
    padded[1:-1, 1:-1] = ink
    across = padded[:-1, 1:] - padded[:-1, :-1]
    down = padded[1:, :-1] - padded[:-1, :-1]
    across *= across
    down *= down
    across += down
    outline = np.sqrt(across, out=across).sum()
    return float(2 * ink.sum() / max(outline, 1e-6))


def reduced(ink: np.ndarray, scale: float) -> np.ndarray:
    """``ink`` reduced to about ``WORKING_SCALE`` pixels for each pixel of the frame, if it has more. Hairlines are
    kept.
    """
    factor = int(scale // WORKING_SCALE)
    if factor < 2:
        return ink
    if stroke_width(ink) >= 3 * factor:
        return np.asarray(Image.fromarray(ink).reduce(factor))
    height, width = (-(-side // factor) for side in ink.shape)
    padded = np.pad(ink, ((0, height * factor - ink.shape[0]), (0, width * factor - ink.shape[1])))
    return padded.reshape(height, factor, width, factor).max(axis=(1, 3))


def thickened(ink: np.ndarray, radius: float) -> np.ndarray:
    """``ink`` widened by a soft disc of ``radius`` pixels, (h + 2 r, w + 2 r) with r = ceil(radius).

    A grey dilation. The disc fades out over the pixel around its radius, so that a little more radius is a little more
    ink; half a pixel less than the radius is gained on every side.
    """
    if radius <= 0:
        return ink
    reach = int(np.ceil(radius))
    height, width = ink.shape
    wide = np.zeros((height + 2 * reach, width + 2 * reach), np.float32)
    soft = np.empty_like(ink)
    for down in range(-reach, reach + 1):
        for across in range(-reach, reach + 1):
            cover = min(1.0, radius + 0.5 - float(np.hypot(down, across)))
            if cover <= 0:
                continue
            target = wide[reach + down : reach + down + height, reach + across : reach + across + width]
            np.maximum(target, ink if cover == 1 else np.multiply(ink, np.float32(cover), out=soft), out=target)
    return wide
