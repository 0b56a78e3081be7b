"""Frames as a GIF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from nets.files import write_with

LAST = 12  # times as long as the others


def write_gif(target: Path, frames: Sequence[np.ndarray], milliseconds: int) -> None:
    """An animation without end.

    Args:
        target: appears whole or not at all.
        frames: (H, W), (H, W, 1) or (H, W, 3) uint8, all of one size.
        milliseconds: that each frame stands; the last one stands ``LAST`` times as long.

    Raises:
        OSError: it cannot be written.
    """
    pictures = [
        Image.fromarray(frame[..., 0] if frame.ndim == 3 and frame.shape[2] == 1 else frame) for frame in frames
    ]
    durations = [milliseconds] * (len(pictures) - 1) + [milliseconds * LAST]

    def write(temporary: Path) -> None:
        first, *others = pictures
        first.save(temporary, format="GIF", save_all=True, append_images=others, duration=durations, loop=0)

    write_with(target, write)
