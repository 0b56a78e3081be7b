"""The IDX format of MNIST and similar datasets: a header with type and shape, then the bytes, big-endian.

A dataset's files are identified by the md5 of their *unpacked* content, so that the checksum is the same for ``x.gz``,
for ``x`` unpacked by hand, and for the arrays in Keras's ``mnist.npz``. Source: LeCun, Cortes and Burges, The MNIST
database of handwritten digits, section "File formats".
"""

from __future__ import annotations

import gzip
import hashlib
import math
import zlib
from pathlib import Path

import numpy as np

from nets.errors import LensletError
from nets.files import check_is_file

UNSIGNED_BYTE = 0x08
CHUNK = 1 << 20
LARGEST = 1 << 30
"""No file here unpacks to more than 1 GiB; a forged one could otherwise fill the memory."""


class DamagedFile(LensletError):
    """A file that exists but is not what it should be."""


def header(array: np.ndarray) -> bytes:
    """The IDX header of an array of unsigned bytes."""
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes((0, 0, UNSIGNED_BYTE, array.ndim)) + sizes


def md5_of(array: np.ndarray) -> str:
    """The md5 that ``array`` (uint8) has as an IDX file."""
    digest = hashlib.md5(header(array), usedforsecurity=False)
    digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def read_idx(path: Path, md5: str) -> np.ndarray:
    """The array in an IDX file, packed with gzip or not, whose unpacked content has the sum ``md5``.

    uint8, read-only, in the shape that the header names. DamagedFile with the expected and the found sum otherwise;
    LensletError when the file cannot be read.
    """
    content, cut = _unpacked(path)
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if found != md5:
        state = f"is cut short after {len(content):,} bytes" if cut else "is another file than expected"
        raise DamagedFile(
            "{path} {state}: its unpacked content should have md5 {md5}, found {found}; replace the file",
            path=path,
            state=state,
            md5=md5,
            found=found,
        )
    return parse(content, str(path))


def parse(content: bytes, name: str) -> np.ndarray:
    """The array in IDX bytes.

    Raises:
        DamagedFile: Header and length disagree.
    """
    if len(content) < 4 or content[:3] != bytes((0, 0, UNSIGNED_BYTE)):
        raise DamagedFile(
            "{name} is not an IDX file of bytes: it begins with {found}",
            name=name,
            found=content[:4].hex() or "nothing",
        )
    dimensions = content[3]
    start = 4 + 4 * dimensions
    shape = tuple(int.from_bytes(content[at : at + 4], "big") for at in range(4, start, 4))
    if len(content) < start or len(content) - start != math.prod(shape):
        raise DamagedFile(
            "{name} should hold {shape} bytes, found {size:,}",
            name=name,
            shape=shape,
            size=max(0, len(content) - start),
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _unpacked(path: Path) -> tuple[bytes, bool]:
    """The content, and whether it ended early. What could be unpacked is returned, so that its checksum can be
    reported.
    """
    try:
        if path.exists() and not path.is_dir():
            check_is_file(path)
        with open(path, "rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        content = bytearray()
        with gzip.open(path, "rb") if packed else open(path, "rb") as file:
            try:
                while chunk := file.read(CHUNK):
                    content += chunk
                    if len(content) > LARGEST:
                        return bytes(content), False
            except (EOFError, zlib.error, gzip.BadGzipFile):
                return bytes(content), True
    except OSError as problem:
        raise LensletError(
            "{path} could not be read: {reason}", path=path, reason=problem.strerror or problem
        ) from problem
    return bytes(content), False
