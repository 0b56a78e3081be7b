"""What kind of file it is, from its first bytes: a Keras model in a zip archive or in HDF5, or something else,
named.
"""

from __future__ import annotations

import os
import re
import stat
import zipfile
from pathlib import Path
from typing import Literal

from nets.errors import LensletError, UsageError
from nets.network.files.machine import bytes_text
from nets.text import Text

SUFFIXES = (".keras", ".h5", ".hdf5")
ASK_FOR = Text("Lenslet opens whole Keras models: a .keras file, or a whole-model .h5")

HDF5_START = b"\x89HDF\r\n\x1a\n"
ZIP_START = b"PK\x03\x04"
LFS_START = b"version https://git-lfs.github.com/spec/"

# File extensions of other frameworks.
FOREIGN = {
    ".pt": "a PyTorch file",
    ".pth": "a PyTorch file",
    ".ckpt": "a training checkpoint",
    ".onnx": "an ONNX file",
    ".pb": "a TensorFlow graph",
    ".tflite": "a TensorFlow Lite file",
    ".safetensors": "a safetensors file, which holds weights without the network",
    ".npz": "a NumPy archive",
    ".npy": "a NumPy array",
    ".pkl": "a Python pickle",
    ".joblib": "a scikit-learn file",
    ".mlmodel": "a Core ML file",
    ".caffemodel": "a Caffe file",
    ".json": "a JSON file; an architecture alone holds no weights, and none that belong to it lie beside it",
}

Kind = Literal["zip", "hdf5"]


def identify(path: Path) -> Kind:
    """Whether the file is a zip archive or HDF5, whatever its name.

    Raises:
        LensletError: It is something else; the message names it.
    """
    start = _first_bytes(path)
    if start.startswith(ZIP_START):
        if _hdf5_behind(path):
            raise LensletError(_two_formats(path))
        return "zip"
    if start.startswith(HDF5_START):
        if zipfile.is_zipfile(path):
            raise LensletError(_two_formats(path))
        return "hdf5"
    if not start:
        raise LensletError("{file} is empty; {ask}", file=path.name, ask=ASK_FOR)
    if start.startswith(LFS_START):
        raise LensletError(_lfs_pointer(path, start))
    if path.suffix.lower() in SUFFIXES:
        raise LensletError(
            "{file} is damaged or was renamed: its first bytes are not those of a {suffix} file; {ask}",
            file=path.name,
            suffix=path.suffix,
            ask=ASK_FOR,
        )
    what = FOREIGN.get(path.suffix.lower(), "no model file that Lenslet knows")
    raise LensletError(
        "{file} is {what}; {ask}: convert it and save it with model.save('name.keras')",
        file=path.name,
        what=what,
        ask=ASK_FOR,
    )


def _first_bytes(path: Path) -> bytes:
    """The first 512 bytes of an ordinary file."""
    try:
        found = os.stat(path)
        if stat.S_ISDIR(found.st_mode):
            raise LensletError(_folder(path))
        if not stat.S_ISREG(found.st_mode):  # reading a pipe or a device would block forever
            raise LensletError("{file} is not a file but a pipe or a device; {ask}", file=path.name, ask=ASK_FOR)
        with open(path, "rb") as file:
            return file.read(512)
    except FileNotFoundError:
        raise UsageError("there is no file {path}", path=path) from None
    except (OSError, ValueError) as problem:  # ValueError: a name with a zero byte
        why = problem.strerror if isinstance(problem, OSError) else "its name is not one"
        raise LensletError("{path} cannot be read: {why}", path=path, why=why) from problem


def _folder(path: Path) -> str:
    saved = (path / "saved_model.pb").exists()
    what = "a TensorFlow SavedModel folder" if saved else "a folder"
    advice = "; load it in TensorFlow and save it with model.save('name.keras')" if saved else ""
    return Text("{path} is {what}; {ask}{advice}", path=path, what=what, ask=ASK_FOR, advice=advice)


def _two_formats(path: Path) -> str:
    return Text(
        "{file} is a zip archive and an HDF5 file at once, so that two programs read two models in it; save the model "
        "again with model.save('name.keras')",
        file=path.name,
    )


def _hdf5_behind(path: Path) -> bool:
    """Whether HDF5 begins after a user block, at 512, 1024, 2048, ..., and not at a member's first byte.

    A ``.keras`` file contains an HDF5 file as a member, which may happen to begin at such an offset.
    """
    size = path.stat().st_size
    starts = []
    with open(path, "rb") as file:
        at = 512
        while at < size:
            file.seek(at)
            if file.read(len(HDF5_START)) == HDF5_START:
                starts.append(at)
            at *= 2
        if not starts:
            return False
        try:
            with zipfile.ZipFile(path) as archive:
                members = {_data_start(file, info) for info in archive.infolist()[:1000]}
        except (zipfile.BadZipFile, OSError, ValueError, RuntimeError):
            return True
    return not set(starts) <= members


def _data_start(file: object, info: zipfile.ZipInfo) -> int:
    """Where the bytes of a member begin: its local header has 30 bytes, its name, and an extra field."""
    file.seek(info.header_offset + 26)  # type: ignore[attr-defined]
    lengths = file.read(4)  # type: ignore[attr-defined]
    return info.header_offset + 30 + int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")


def _lfs_pointer(path: Path, start: bytes) -> str:
    size = re.search(rb"^size (\d{1,18})\s*$", start, re.MULTILINE)
    much = f" of {bytes_text(int(size[1]))}" if size else ""
    return Text(
        "{file} is a Git LFS pointer, a note that stands for the model{much}, which is still to be fetched: run git "
        "lfs pull in its folder, or download the file itself",
        file=path.name,
        much=much,
    )
