"""Picture files to arrays: for files dropped on the window or named on the command line."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from nets.errors import LensletError

MEGAPIXELS = 50
"""Larger pictures are refused by their header, before any pixel is decoded."""

LARGEST_SIDE = 2048
"""Larger pictures are reduced while they are read: no network and no pad uses more, and memory would be wasted."""

FORMATS = ("PNG", "JPEG", "MPO", "GIF", "BMP", "DIB", "WEBP", "TIFF", "PPM", "ICO", "TGA", "AVIF")
"""The accepted formats. Others are excluded on purpose: for EPS, Pillow starts another program."""

SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".pgm", ".ppm", ".ico", ".tga", ".avif")
"""Extensions that file dialogs show; reading depends on the content, not on the name."""


def read_picture(path: Path | str) -> np.ndarray:
    """The picture in ``path``: (h, w, 1) grey, (h, w, 3) colour or (h, w, 4) with transparency, uint8 in [0, 255].

    At most ``LARGEST_SIDE`` pixels high and wide, larger ones reduced; turned as its EXIF says; of an animation the
    first frame; 16 bit and floating point scaled down to 8; CMYK and palettes as RGB.

    Raises:
        LensletError: it is missing, not a picture, truncated, or has over ``MEGAPIXELS`` million pixels.
    """
    path = Path(path)
    _check_is_file(path)
    try:
        with warnings.catch_warnings():
            # Pillow warns from 89 megapixels on; our own limit is lower and is an error.
            warnings.simplefilter("ignore")
            with Image.open(path, formats=_known_formats()) as picture:
                if picture.width * picture.height > MEGAPIXELS * 1e6:
                    size = f"{picture.width} x {picture.height} pixels"
                    raise LensletError(
                        "{path} has {size}; the limit is {megapixels} megapixels: make it smaller first",
                        path=path,
                        size=size,
                        megapixels=MEGAPIXELS,
                    )
                picture.draft(None, (LARGEST_SIDE, LARGEST_SIDE))  # JPEG: decoded at a half, a quarter or an eighth
                with _libtiff_silenced(picture):
                    picture.load()
                ImageOps.exif_transpose(picture, in_place=True)
                return reduced_picture(_to_array(_in_blocks(picture)))
    except LensletError:
        raise
    except FileNotFoundError:
        raise LensletError("there is no file {path}", path=path) from None
    except PermissionError:
        raise LensletError("{path} may not be read: check its permissions", path=path) from None
    except Image.DecompressionBombError as problem:
        pixels = re.search(r"\((\d+) pixels\)", str(problem))
        size = f"{int(pixels[1]) / 1e6:,.0f}" if pixels else "too many"
        raise LensletError(
            "{path} has {size} megapixels; the limit is {megapixels}: make it smaller first",
            path=path,
            size=size,
            megapixels=MEGAPIXELS,
        ) from None
    except UnidentifiedImageError:
        empty = path.stat().st_size == 0
        found = "an empty file" if empty else "something else, or a kind of picture that is not supported"
        raise LensletError(
            "{path} is not a picture: expected PNG, JPEG or the like, found {found}", path=path, found=found
        ) from None
    except Exception as problem:  # Pillow's decoders can raise almost anything for a damaged file
        raise LensletError("{path} is damaged or cut short: {problem}", path=path, problem=problem) from problem


def _check_is_file(path: Path) -> None:
    """Check that ``path`` is an ordinary file; opening a pipe would block forever.

    Raises:
        LensletError: It is not.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise LensletError("there is no file {path}", path=path) from None
    except (OSError, ValueError) as problem:  # links in a circle, a folder that may not be entered, a zero byte
        reason = problem.strerror if isinstance(problem, OSError) else "its name is not one"
        raise LensletError("{path} cannot be read: {reason}", path=path, reason=reason) from problem
    if stat.S_ISDIR(mode):
        raise LensletError(
            "expected a picture, but {path} is a folder: name the pictures in it; a folder with a folder a class is a "
            "dataset, to train on or to evaluate",
            path=path,
        )
    if not stat.S_ISREG(mode):
        raise LensletError("expected a picture, but {path} is no ordinary file", path=path)


_silencing = threading.Lock()


@contextlib.contextmanager
def _libtiff_silenced(picture: Image.Image) -> Iterator[None]:
    """Suppress what libtiff prints to standard error for a damaged file; the error itself is still raised.

    libtiff writes to the file descriptor directly. Only one thread at a time redirects it.
    """
    if picture.format != "TIFF":
        yield
        return
    with _silencing:
        kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)


def _known_formats() -> list[str]:
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


def _to_array(picture: Image.Image) -> np.ndarray:
    """Any of Pillow's modes as (h, w, 1|3|4) uint8."""
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        return _to_bytes(np.asarray(picture))[..., np.newaxis]
    if picture.has_transparency_data:
        return np.array(picture.convert("RGBA"))
    if picture.mode in ("1", "L"):
        return np.array(picture.convert("L"))[..., np.newaxis]
    return np.array(picture.convert("RGB"))


def _in_blocks(picture: Image.Image) -> Image.Image:
    """Reduce 8-bit pictures that are at least twice too large by averaging whole blocks of pixels, before any copy is
    made.
    """
    factor = max(picture.size) // LARGEST_SIDE
    if factor < 2 or picture.mode not in ("L", "RGB", "RGBA", "CMYK"):
        return picture
    return picture.reduce(factor)


def reduced_picture(pixels: np.ndarray) -> np.ndarray:
    """(h, w, C) uint8 with at most ``LARGEST_SIDE`` pixels on each side, averaged."""
    height, width = pixels.shape[:2]
    if max(height, width) <= LARGEST_SIDE:
        return pixels
    grey = pixels.shape[2] == 1
    scale = LARGEST_SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = np.asarray(Image.fromarray(pixels[..., 0] if grey else pixels).resize(size, Image.Resampling.BOX))
    return small[..., None] if grey else small


def _to_bytes(values: np.ndarray) -> np.ndarray:
    """Grey values of more than 8 bits as uint8: bytes as they are, 16-bit integers by their full range."""
    values = np.nan_to_num(values.astype(np.float64))
    low = min(float(values.min()), 0.0)
    top = float(values.max()) - low
    if low == 0 and top <= 1:
        full = 1.0
    elif low == 0 and top <= 255:
        full = 255.0  # bytes in wider numbers, as scientific programs write them
    elif low == 0 and top <= 65535:
        full = 65535.0
    else:
        full = top
    return np.rint((values - low) * (255 / full)).astype(np.uint8)
