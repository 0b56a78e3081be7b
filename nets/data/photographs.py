"""A few photographs that come with scikit-learn, to measure the statistics of networks for photographs."""

from __future__ import annotations

from functools import cache

import numpy as np
from PIL import Image

from nets.data.digits import path_of_table
from nets.data.ink import LUMINANCE
from nets.data.pictures import read_picture
from nets.errors import LensletError
from nets.files import user_path

FILES = ("china.jpg", "flower.jpg")  # photographs by Luca Galuzzi and by dany13, CC BY 2.0


def photographs(height: int, width: int, channels: int) -> np.ndarray:
    """Parts of the photographs that come with scikit-learn, large and small.

    Args:
        height: pixels of each part.
        width: pixels of each part.
        channels: 1 for grey or 3 for colour.

    Returns:
        (12, height, width, channels) uint8.

    Raises:
        LensletError: the photographs are missing.
    """
    parts = []
    for name in FILES:
        picture = Image.fromarray(photograph(name))
        parts += [picture.crop(box).resize((width, height), Image.Resampling.BOX) for box in _boxes(*picture.size)]
    images = np.stack([np.asarray(part) for part in parts])
    if channels == 1:
        return np.rint(images.astype(np.float32) @ LUMINANCE)[..., None].astype(np.uint8)
    return images


@cache
def photograph(name: str) -> np.ndarray:
    """One of ``FILES``: (427, 640, 3) uint8.

    Raises:
        LensletError: It is missing.
    """
    try:
        with Image.open(path_of_table().parent.parent / "images" / name) as opened:
            pixels = np.asarray(opened.convert("RGB"))
    except OSError as problem:
        raise LensletError(
            "scikit-learn's {name} could not be read: {problem}", name=name, problem=problem
        ) from problem
    pixels.setflags(write=False)  # cached and shared, so it must not be changed
    return pixels


def photograph_or_file(name: str) -> np.ndarray:
    """The picture file ``name``, or one of ``FILES`` if there is no such file: (h, w) or (h, w, 3|4) uint8.

    Raises:
        LensletError: It cannot be read.
    """
    path = user_path(name, "picture")
    return photograph(name) if name in FILES and not path.exists() else read_picture(path)


def _boxes(width: int, height: int) -> list[tuple[int, int, int, int]]:
    """Squares at the sides and, smaller, in the corners: (left, top, right, bottom)."""
    large, small = min(width, height), round(0.6 * min(width, height))
    corners = [(0, (height - large) // 2, large), (width - large, (height - large) // 2, large)]
    corners += [(left, top, small) for top in (0, height - small) for left in (0, width - small)]
    return [(left, top, left + side, top + side) for left, top, side in corners]
