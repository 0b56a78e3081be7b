"""The 1,797 handwritten digits inside scikit-learn's package: always there, without a network.

Source: Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998,
doi:10.24432/C50P49 (its test set, 8 x 8 pixels of 0 to 16).
"""

from __future__ import annotations

import functools
import gzip
import hashlib
from dataclasses import replace
from importlib.machinery import PathFinder
from pathlib import Path

import numpy as np
from PIL import Image

from nets.data.images import ArrayImages
from nets.data.prepare import prepare
from nets.data.specs import ImageInput, Split
from nets.errors import LensletError

MD5 = "a0339c30a8a5312a1b6f9e5c719dcce5"
"""md5 of the unpacked table."""
TEST = 360
"""The fixed split: the last fifth is for testing. Not shuffled, because neighbours in the table are often by one
writer.
"""


def digits(input: ImageInput) -> tuple[Split, Split]:
    """Train (1437) and test (360), every digit prepared as on the pad: (N, 28, 28, 1) uint8."""
    _, labels = table()
    images = _all_enlarged(input)
    cut = len(labels) - TEST
    return Split(ArrayImages(images[:cut]), labels[:cut]), Split(ArrayImages(images[cut:]), labels[cut:])


def table() -> tuple[np.ndarray, np.ndarray]:
    """The digits as scikit-learn ships them: (1797, 8, 8) uint8 of 0 to 16, and (1797,) int64 labels."""
    path = path_of_table()
    try:
        content = gzip.decompress(path.read_bytes())
    except (OSError, EOFError) as problem:
        raise LensletError(
            "scikit-learn's {path} could not be read ({problem}): install scikit-learn again",
            path=path,
            problem=problem,
        ) from problem
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if found != MD5:
        raise LensletError(
            "scikit-learn's {path} should have md5 {md5}, found {found}: install scikit-learn again",
            path=path,
            md5=MD5,
            found=found,
        )
    # A line holds 64 grey values and the label.
    values = np.array([int(value) for value in content.replace(b"\n", b",").rstrip(b",").split(b",")]).reshape(-1, 65)
    return values[:, :64].reshape(-1, 8, 8).astype(np.uint8), values[:, 64].astype(np.int64)


def path_of_table() -> Path:
    """The place of the installed scikit-learn's table, found without importing scikit-learn, which would take two
    seconds.
    """
    # Not importlib.util.find_spec: it asks sys.modules first, where nets.backend hides the package for a while.
    package = PathFinder.find_spec("sklearn")
    if package is None or not package.submodule_search_locations:
        raise LensletError("the digits are part of scikit-learn, which is not installed: pip install scikit-learn")
    return Path(package.submodule_search_locations[0]) / "datasets" / "data" / "digits.csv.gz"


ENLARGE = 8
"""Enlargement before the preparation: to about the pad's size, so that 8x8 pixels become smooth shapes, not squares."""


@functools.lru_cache(maxsize=2)
def _all_enlarged(input: ImageInput) -> np.ndarray:
    """(1797, 28, 28, 1) uint8, read-only; cached, because it takes a second and every training and every check asks for
    it.
    """
    small, _ = table()
    images = np.stack([_enlarged(image, input) for image in small])
    images.flags.writeable = False
    return images


def _enlarged(small: np.ndarray, input: ImageInput) -> np.ndarray:
    """One digit of 8x8, 0 to 16, prepared as on the pad: (28, 28, 1) uint8."""
    side = ENLARGE * 8
    grey = Image.fromarray(np.rint(small * (255 / 16)).astype(np.uint8))
    smooth = np.asarray(grey.resize((side, side), Image.Resampling.BICUBIC))
    return prepare(smooth, replace(input, range="byte")).input.astype(np.uint8)
