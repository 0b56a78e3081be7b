"""Reading kept drawings as small pictures, off the window's thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nets.errors import LensletError
from nets.events import Event, Report, no_report


@dataclass(frozen=True, eq=False)
class ThumbnailRead(Event):
    """One drawing. pixels: (h, w, 3) uint8, at most the requested size; None if the file cannot be read."""

    path: Path
    pixels: np.ndarray | None


def read_thumbnails(paths: Sequence[Path], side: int, report: Report = no_report) -> None:
    """Reads pictures one by one and reports a ``ThumbnailRead`` for each.

    Args:
        paths: in the order in which they are wanted.
        side: pixels of the longer side of each thumbnail.
        report: may raise Cancelled.
    """
    for path in paths:
        report(ThumbnailRead(path, _thumbnail(path, side)))


def _thumbnail(path: Path, side: int) -> np.ndarray | None:
    from PIL import Image

    from nets.data.pictures import read_picture

    try:
        picture = read_picture(path)  # (h, w, 1|3|4) uint8
    except LensletError:
        return None
    image = Image.fromarray(picture[..., 0] if picture.shape[2] == 1 else picture).convert("RGB")
    image.thumbnail((side, side))
    return np.asarray(image)
