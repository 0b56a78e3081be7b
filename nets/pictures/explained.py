"""Explanations as pictures for slides: what the network received, and beside it the explanation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from nets.pictures.ranges import value_range
from nets.pictures.sheets import GAP, LABEL, MARGIN, QUIET, Caption, Sheet, tile

if TYPE_CHECKING:
    from PIL import Image

SIDE = 320  # pixels of the longer side of each of the two pictures
NO_EVIDENCE = "zero everywhere: this layer holds no positive evidence for it"


def explained_picture(caption: Caption, received: np.ndarray, values: np.ndarray, *, signed: bool) -> Image.Image:
    """A sheet with two pictures of one size and the scale of the colours.

    Args:
        caption: Its note comes before that on the range.
        received: (h, w, 1|3) float32 from 0 to 1, what the network received.
        values: (h, w) float32, one for each of its pixels.
        signed: Whether negative values mean something: zero lies in the middle of the colours then.
    """
    span = value_range(values, signed=signed)
    height, width = values.shape
    scale = max(1, SIDE // max(height, width))
    wide, tall = width * scale, height * scale
    nothing = NO_EVIDENCE if not signed and not values.any() else ""
    note = "; ".join(part for part in (caption.note, span.note, nothing) if part)
    sheet = Sheet(replace(caption, note=note), (2 * wide + 2 * GAP, tall + LABEL), footer=56)
    right = MARGIN + wide + 2 * GAP
    sheet.text(MARGIN, sheet.top, "as the network receives it", fill=QUIET, size=10)
    sheet.text(right, sheet.top, "what counts, by its colour", fill=QUIET, size=10)
    zoom = scale * caption.zoom
    sheet.paste(_enlarged(received, zoom), MARGIN, sheet.top + LABEL)
    sheet.paste(tile(values, span, zoom), right, sheet.top + LABEL)
    sheet.scale_bar(span, sheet.top + tall + LABEL + 12)
    return sheet.finished(note)


def made_picture(caption: Caption, picture: np.ndarray) -> Image.Image:
    """A sheet with one picture in its own colours: (h, w, 1|3) float32 from 0 to 1."""
    scale = max(1, SIDE // max(picture.shape[:2]))
    height, width = (side * scale for side in picture.shape[:2])
    sheet = Sheet(caption, (width, height), footer=8)
    sheet.paste(_enlarged(picture, scale * caption.zoom), MARGIN, sheet.top)
    return sheet.finished(caption.note)


def _enlarged(picture: np.ndarray, scale: int) -> np.ndarray:
    """(h, w, 1|3) from 0 to 1 -> (h * scale, w * scale, 3) uint8, its pixels as squares."""
    colours = np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    colours = np.repeat(colours, 3, axis=2) if colours.shape[2] == 1 else colours
    return colours.repeat(scale, axis=0).repeat(scale, axis=1)
