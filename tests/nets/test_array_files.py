"""Archives of arrays that are damaged, encrypted or made to fill the memory are refused with one sentence."""

from __future__ import annotations

import contextlib
import io
import os
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from nets.array_files import ArrayFileError, read_arrays, read_shape
from nets.errors import LensletError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    np.savez(tmp_path / "a.npz", first=np.arange(6).reshape(2, 3), second=np.float32(7))
    return tmp_path / "a.npz"


def header(shape: str, kind: str = "<f8") -> bytes:
    """A ``.npy`` header that claims any shape."""
    out = io.BytesIO()
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    out.write(b"\x93NUMPY\x01\x00" + (len(text) + 1).to_bytes(2, "little") + text.encode() + b"\n")
    return out.getvalue()


def archive(path: Path, content: bytes, name: str = "first.npy") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, content)
    return path


def test_reads_what_numpy_wrote(path: Path) -> None:
    found = read_arrays(path)
    assert list(found) == ["first", "second"]
    assert np.array_equal(found["first"], [[0, 1, 2], [3, 4, 5]])
    assert found["second"] == np.float32(7)
    assert list(read_arrays(path, ["second"])) == ["second"]
    assert read_shape(path, "first") == (2, 3)


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ("(1000000, 1000000)", "should take 8,000,000,000,000 bytes, found 5"),
        ("(0,)", "should take 0 bytes, found 5"),
        ("(-1,)", "should take|damaged"),
        ("'x'", "damaged"),
        ("((((((", "damaged"),
    ],
)
def test_a_header_that_lies(shape: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ArrayFileError, match=words):
        read_arrays(archive(tmp_path / "a.npz", header(shape) + b"12345"))


def test_a_file_that_unpacks_to_more_than_it_may(tmp_path: Path) -> None:
    bomb = archive(tmp_path / "a.npz", header("(25000000,)", "|u1") + bytes(25_000_000))
    assert bomb.stat().st_size < 100_000
    tracemalloc.start()
    with pytest.raises(ArrayFileError, match=r"unpacks to 25,000,0\d\d bytes; expected at most 1,000,000"):
        read_arrays(bomb, largest=1_000_000)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def test_objects_are_never_unpickled(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", first=np.array([{}], dtype=object))
    with pytest.raises(ArrayFileError, match="objects of Python"):
        read_arrays(tmp_path / "a.npz")


def test_an_encrypted_one(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for start in (b"PK\x03\x04", b"PK\x01\x02"):
        at, step = 0, 6 if start == b"PK\x03\x04" else 8
        while (at := content.find(start, at)) >= 0:
            content[at + step] |= 1
            at += 4
    path.write_bytes(content)
    with pytest.raises(ArrayFileError, match="is encrypted"):
        read_arrays(path)


def test_any_damage_is_one_sentence(path: Path) -> None:
    """One changed byte, or the end missing: read as it was, or refused; nothing else comes out."""
    whole = path.read_bytes()
    random = np.random.default_rng(0)
    for _ in range(300):
        content = bytearray(whole)
        content[random.integers(len(content))] ^= int(random.integers(1, 256))
        if random.random() < 0.3:
            content = content[: random.integers(len(content))]
        path.write_bytes(content)
        with contextlib.suppress(LensletError):
            read_arrays(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED])
def test_any_damage_in_any_kind_of_compression(tmp_path: Path, method: int) -> None:
    whole = io.BytesIO()
    np.save(whole, np.arange(300.0))
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w", method) as file:
        file.writestr("first.npy", whole.getvalue())
    good, refused = path.read_bytes(), 0
    for at in range(40, len(good) - 60, 7):
        path.write_bytes(good[:at] + bytes([good[at] ^ 0x5A]) + good[at + 1 :])
        try:
            read_arrays(path)
        except ArrayFileError:
            refused += 1
    assert refused > 10


def test_a_pipe_does_not_wait_for_ever(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.npz")
    with pytest.raises(LensletError, match="is no ordinary file"):
        read_arrays(tmp_path / "a.npz")
    with pytest.raises(FileNotFoundError):
        read_arrays(tmp_path / "gone.npz")
