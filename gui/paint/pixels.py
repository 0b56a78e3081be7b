"""Values to pixels: the colour of each value, and many maps as one picture.

NumPy only, so that a frame costs a millisecond or two.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage

from gui.paint.grid_layout import GridLayout
from nets.pictures import colour


def lookup(table: np.ndarray) -> np.ndarray:
    """A colour table (256, 3) uint8 as (256,) uint32 in Qt's RGB32."""
    wide = table.astype(np.uint32)
    return (0xFF000000 | wide[:, 0] << 16 | wide[:, 1] << 8 | wide[:, 2]).astype(np.uint32)


COLOURS = {signed: lookup(colour.table_of(signed)) for signed in (False, True)}
GREYS = lookup(np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1))
NON_FINITE = int(lookup(colour.NON_FINITE[None])[0])  # the colour of NaN and infinity; no table has it


def levels(values: np.ndarray, low: np.ndarray | float, high: np.ndarray | float) -> np.ndarray:
    """Values as uint8 indices into a colour table: ``low`` and below 0, ``high`` and above 255; NaN is 0.

    ``low`` and ``high`` broadcast against ``values``, e.g. one of each for every map.
    """
    low = np.asarray(low, np.float32)
    span = np.maximum(np.asarray(high, np.float32) - low, np.float32(1e-12))
    scaled = (values - low) * (np.float32(256) / span)
    np.fmax(scaled, 0, out=scaled)  # unlike maximum, fmax ignores NaN
    np.fmin(scaled, 255, out=scaled)
    return scaled.astype(np.uint8)


def coloured(values: np.ndarray, low: np.ndarray | float, high: np.ndarray | float, table: np.ndarray) -> np.ndarray:
    """Values as pixels, uint32, by a table of ``lookup``; NaN and infinity as ``NON_FINITE``."""
    pixels = table[levels(values, low, high)]
    with np.errstate(over="ignore", invalid="ignore"):
        finite = np.isfinite(values.sum())  # nearly always all values are finite, and one sum tells
    if not finite:
        pixels[~np.isfinite(values)] = NON_FINITE
    return pixels


def reduced(maps: np.ndarray, factor: int) -> np.ndarray:
    """(h, w, n) to (ceil(h/factor), ceil(w/factor), n) by the mean of each block; blocks at the edge are smaller."""
    if factor == 1:
        return maps
    rows = np.arange(0, maps.shape[0], factor)
    columns = np.arange(0, maps.shape[1], factor)
    sums = np.add.reduceat(np.add.reduceat(maps, rows, axis=0), columns, axis=1)
    heights = np.diff(np.append(rows, maps.shape[0]))
    widths = np.diff(np.append(columns, maps.shape[1]))
    return sums / (heights[:, None, None] * widths[None, :, None]).astype(np.float32)


def montage(pixels: np.ndarray, layout: GridLayout, *, background: int) -> np.ndarray:
    """Pictures (n, h, w) uint32 in the layout's columns, each pixel ``scale`` x ``scale``: one (H, W) uint32 picture.

    ::

        +---+ +---+ +---+
        | 0 | | 1 | | 2 |     n = 5, three columns; what is no picture is ``background``
        +---+ +---+ +---+
        +---+ +---+
        | 3 | | 4 |
        +---+ +---+
    """
    count, height, width = pixels.shape
    scale, columns = layout.scale, layout.columns
    rows = -(-count // columns)
    step_y, step_x = layout.step, layout.cell_width + layout.gap
    canvas = np.full((rows * step_y, columns * step_x), background, np.uint32)
    whole = np.full((rows * columns, height, width), background, np.uint32)
    whole[:count] = pixels
    row_stride, pixel_stride = canvas.strides
    # A view of the canvas by (row, y, copies of y, column, x, copies of x): one assignment enlarges and places all.
    view = np.lib.stride_tricks.as_strided(
        canvas,
        shape=(rows, height, scale, columns, width, scale),
        strides=(
            step_y * row_stride,
            scale * row_stride,
            row_stride,
            step_x * pixel_stride,
            scale * pixel_stride,
            pixel_stride,
        ),
    )
    view[...] = whole.reshape(rows, columns, height, width).transpose(0, 2, 1, 3)[:, :, None, :, :, None]
    return canvas


def image(pixels: np.ndarray, ratio: float = 1.0) -> QImage:
    """(H, W) uint32 as a QImage of its own memory, at the device pixel ratio."""
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape
    made = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied).copy()
    made.setDevicePixelRatio(ratio)
    return made


def argb(color: QColor) -> int:
    return int(color.rgba())


def picture_pixels(picture: np.ndarray) -> np.ndarray:
    """(h, w), (h, w, 1) or (h, w, 3) float 0..1 as (h, w) uint32: an input as grey or colour."""
    if picture.ndim == 3 and picture.shape[2] not in (3,):
        picture = picture[..., 0]
    colour = np.repeat(picture[..., None], 3, axis=2) if picture.ndim == 2 else picture
    parts = levels(colour.astype(np.float32), 0.0, 1.0).astype(np.uint32)
    return (0xFF000000 | parts[..., 0] << 16 | parts[..., 1] << 8 | parts[..., 2]).astype(np.uint32)
