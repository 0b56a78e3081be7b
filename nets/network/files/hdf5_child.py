"""The child process that reads an HDF5 file for the program: ``python -m nets.network.files.hdf5_child``.

One changed byte in such a file can crash or freeze the HDF5 library; here that affects only this process. The contents
go to standard output in a harmless form: the length of a JSON header (8 bytes, little endian), the header, then the
bytes of each array in the header's order. It needs the standard library, NumPy and h5py.
"""

from __future__ import annotations

import io
import json
import math
import os
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

CHILD_FLAG = "--read-hdf5"  # a frozen program has no ``python -m``: main.py forwards these calls

# Groups with the state of an optimiser or of metrics, which are not needed for answers.
LEFT_OUT = {"optimizer", "optimizer_weights", "metrics", "compile_metrics", "_metrics", "loss"}
ATTRIBUTES = ("model_config", "training_config", "keras_version", "backend")
LISTS = ("layer_names", "weight_names")
MOST_OBJECTS = 100_000
DEEPEST = 60
PIECE = 1 << 24  # bytes read and written at a time
# A larger array must occupy at least a hundredth of the bytes that it claims: a file of 2 kB can claim 8 GB.
CLAIM_FLOOR = 1 << 26
CLAIM_FACTOR = 100


class Refused(Exception):
    """The file's contents are not read. The message begins with a word that the parent knows (see ``hdf5.py``)."""


def main(words: list[str]) -> int:
    """``words``: the file; the member of a zip archive that is the HDF5 file ("" for none); the most bytes of
    arrays.
    """
    path, member, most = words[0], words[1], int(words[2])
    _no_error_dialogs()
    _limit(path, member)
    out = sys.stdout.buffer
    try:
        import h5py

        with _open(h5py, path, member) as file:
            header, datasets = _describe(h5py, file, os.path.getsize(path), most)
            _send_header(out, header)
            for dataset, array in zip(datasets, header["arrays"], strict=True):
                _send(out, dataset, array["dtype"])
    except Refused as problem:
        _send_header(out, {"refused": str(problem)})
    except MemoryError:
        _send_header(out, {"refused": "memory"})
    except BrokenPipeError:
        return 1
    except Exception as problem:  # h5py may raise anything for the damaged part of the file
        _send_header(out, {"refused": f"damaged {type(problem).__name__}: {problem}"})
    return 0


def _open(h5py: Any, path: str, member: str) -> Any:
    if not member:
        return h5py.File(path, "r")
    import zipfile

    with zipfile.ZipFile(path) as archive:
        try:
            image = archive.read(member)  # whole, so that its checksum is verified
        except MemoryError:
            raise
        except Exception as problem:  # whatever the decompressor raises for damaged bytes
            raise Refused("member") from problem
    return h5py.File(io.BytesIO(image), "r")


def _describe(h5py: Any, file: Any, file_size: int, most: int) -> tuple[dict[str, Any], list[Any]]:
    """The header, and the datasets in its order."""
    attributes = {name: _text(file.attrs[name]) for name in ATTRIBUTES if name in file.attrs}
    groups: dict[str, dict[str, list[str]]] = {}
    arrays: list[dict[str, Any]] = []
    datasets: list[Any] = []
    total = 0
    for path, item in _walk(h5py, file):
        if isinstance(item, h5py.Group):
            groups[path] = {name: found for name in LISTS if (found := _names(item, name)) is not None}
            continue
        dtype = _dtype(item)
        if not dtype:
            continue
        shape = [int(size) for size in item.shape]
        claimed = math.prod(shape) * item.dtype.itemsize
        stored = item.id.get_storage_size()
        if claimed > CLAIM_FLOOR and claimed > CLAIM_FACTOR * max(stored, 1):
            raise Refused(f"claims {claimed} {stored}")
        total += claimed
        if total > CLAIM_FLOOR and total > CLAIM_FACTOR * file_size:
            raise Refused(f"claims {total} {file_size}")
        if total > most:
            raise Refused(f"large {total}")
        arrays.append({"path": path, "shape": shape, "dtype": dtype, "bytes": claimed})
        datasets.append(item)
    return {"attributes": attributes, "groups": groups, "arrays": arrays}, datasets


def _walk(h5py: Any, file: Any) -> Iterator[tuple[str, Any]]:
    """(path, group or dataset), each object once, because hard links can form circles."""
    waiting: list[tuple[str, Any, int]] = [("", file, 0)]
    seen: set[int] = set()
    while waiting:
        path, group, depth = waiting.pop()
        yield path, group
        if depth > DEEPEST:
            raise Refused("damaged: groups inside each other without end")
        for name in group:
            if depth == 0 and name in LEFT_OUT:
                continue
            if group.get(name, getclass=True, getlink=True) is not h5py.HardLink:
                raise Refused("links")
            item = group[name]
            address = h5py.h5o.get_info(item.id).addr
            if address in seen:
                continue
            seen.add(address)
            if len(seen) > MOST_OBJECTS:
                raise Refused("damaged: too many parts")
            inner = f"{path}/{name}" if path else str(name)
            if isinstance(item, h5py.Group):
                waiting.append((inner, item, depth + 1))
            elif isinstance(item, h5py.Dataset):
                yield inner, item


def _dtype(dataset: Any) -> str:
    """The name of the numbers' type; "" for data that are not numbers.

    Raises:
        Refused: The data are in another file.
    """
    if dataset.external or dataset.is_virtual:
        raise Refused("links")
    kind = dataset.dtype
    if dataset.attrs.get("dtype") == "bfloat16" and kind.itemsize == 2:
        return "bfloat16"
    if dataset.shape is None or kind.kind not in "fiub" or kind.itemsize > 8:
        return ""
    return str(kind.newbyteorder("<").str)


def _names(group: Any, name: str) -> list[str] | None:
    """A list of names. Keras splits long lists into NAME0, NAME1 and so on."""
    if name in group.attrs:
        return [_text(one) for one in group.attrs[name]]
    found: list[str] | None = None
    number = 0
    while f"{name}{number}" in group.attrs:
        found = (found or []) + [_text(one) for one in group.attrs[f"{name}{number}"]]
        number += 1
    return found


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def _send_header(out: BinaryIO, header: dict[str, Any]) -> None:
    data = json.dumps(header).encode("utf-8")
    out.write(len(data).to_bytes(8, "little"))
    out.write(data)
    out.flush()


def _send(out: BinaryIO, dataset: Any, dtype: str) -> None:
    """Write the numbers, row by row in C order and little endian."""
    import numpy as np

    shape = dataset.shape
    wanted = None if dtype == "bfloat16" else np.dtype(dtype)
    if not shape:
        pieces: Iterator[Any] = iter([dataset[()]])
    elif 0 in shape:
        return
    else:
        row = math.prod(shape[1:]) * dataset.dtype.itemsize
        rows = max(1, PIECE // max(row, 1))
        if dataset.chunks:  # a chunk is decompressed as a whole: never decompress it twice
            rows = max(1, rows // dataset.chunks[0]) * dataset.chunks[0]
        pieces = (dataset[at : at + rows] for at in range(0, shape[0], rows))
    for piece in pieces:
        array = np.ascontiguousarray(piece)
        out.write((array if wanted is None else array.astype(wanted, copy=False)).data.cast("B"))
    out.flush()


def _limit(path: str, member: str) -> None:
    """Limit memory and processor time if the system can, so that a frozen library does not run on."""
    try:
        import resource
    except ImportError:  # Windows
        return
    size = os.path.getsize(path)
    if member:
        import zipfile

        with zipfile.ZipFile(path) as archive:
            size = max(size, archive.getinfo(member).file_size)
    for kind, limit in (("RLIMIT_AS", (2 << 30) + 4 * size), ("RLIMIT_CPU", 120), ("RLIMIT_CORE", 0)):
        try:
            resource.setrlimit(getattr(resource, kind), (limit, limit))
        except (OSError, ValueError, AttributeError):
            continue


def _no_error_dialogs() -> None:
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetErrorMode(0x8007)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
