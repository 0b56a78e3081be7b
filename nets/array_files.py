"""The one reader of NumPy's archives (.npz) that may be damaged or a stranger's: with size limits, and without
pickles.
"""

from __future__ import annotations

import errno
import lzma
import math
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from nets.errors import LensletError
from nets.files import check_is_file

LARGEST = 16_000_000_000
"""The most bytes that all arrays of a file may take; the state of the largest network trained here takes a tenth."""
DAMAGE = (
    *(ValueError, KeyError, EOFError, TypeError, SyntaxError, OverflowError, RuntimeError, MemoryError),
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error, tokenize.TokenError),
)
"""What ``zipfile`` and NumPy raise for files that are cut short, encrypted, changed, or made to be large."""


class ArrayFileError(LensletError, ValueError):
    """The file is not an archive of arrays, or not of the expected ones."""


def read_arrays(path: Path, names: Sequence[str] | None = None, *, largest: int = LARGEST) -> dict[str, np.ndarray]:
    """The arrays in a ``.npz`` file. Their memory is checked before any of them is read.

    Args:
        path: the file.
        names: those that are wanted; None: all of them.
        largest: the bytes that the wanted arrays may take together.

    Raises:
        OSError: the file cannot be read.
        ArrayFileError: it is no archive, is damaged or encrypted, is too large, lacks an array, or has one of objects.
    """
    check_is_file(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
            wanted = list(members) if names is None else list(names)
            missing = [name for name in wanted if name not in members]
            if missing:
                raise ArrayFileError("{file} lacks the array {array!r}", file=path.name, array=missing[0])
            total = sum(members[name].file_size for name in wanted)
            if total > largest:
                raise ArrayFileError(
                    "{file} unpacks to {total:,} bytes; expected at most {largest:,}",
                    file=path.name,
                    total=total,
                    largest=largest,
                )
            found = {}
            for name in wanted:
                if members[name].flag_bits & 1:
                    raise ArrayFileError("{file} is encrypted", file=path.name)
                with archive.open(members[name]) as file:
                    _check_header(file, members[name].file_size, f"{name!r} in {path.name}")
                with archive.open(members[name]) as file:
                    found[name] = np.lib.format.read_array(file, allow_pickle=False)
            return found
    except ArrayFileError:
        raise
    except DAMAGE as problem:
        raise ArrayFileError("{file} is damaged: {problem}", file=path.name, problem=_short(problem)) from problem
    except OSError as problem:
        if problem.errno not in (errno.EINVAL, None):
            raise
        # an offset in the archive points before its beginning, or data packed by bzip2 are damaged
        raise ArrayFileError("{file} is damaged: {problem}", file=path.name, problem=_short(problem)) from problem


def read_shape(path: Path, name: str) -> tuple[int, ...]:
    """The shape of one array in a ``.npz`` file, from its header alone. Raises as ``read_arrays``."""
    check_is_file(path)
    try:
        with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as file:
            return _header(file)[0]
    except DAMAGE as problem:
        raise ArrayFileError("{file} is damaged: {problem}", file=path.name, problem=_short(problem)) from problem


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    version = np.lib.format.read_magic(file)
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    if version not in readers:
        raise ValueError(f"an array is in the format {version}")
    shape, _, dtype = readers[version](file)
    return shape, dtype


def _check_header(file: IO[bytes], size: int, what: str) -> None:
    """Compare an array's header with its member.

    Raises:
        ArrayFileError: The sizes differ, or the array contains Python objects.
    """
    shape, dtype = _header(file)
    if dtype.hasobject:
        raise ArrayFileError("{what} holds objects of Python, which are not read", what=what)
    needed, there = math.prod(shape) * dtype.itemsize, size - file.tell()
    if needed != there:
        raise ArrayFileError(
            "{what} should take {needed:,} bytes, found {found:,}", what=what, needed=needed, found=there
        )


def _short(problem: BaseException) -> str:
    return " ".join(str(problem).split())[:160] or type(problem).__name__
