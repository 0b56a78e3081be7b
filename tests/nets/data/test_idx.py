"""The IDX format, and the sums by which files are known."""

from __future__ import annotations

import gzip
import hashlib
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from nets.data import idx
from nets.data.idx import DamagedFile, header, md5_of, parse, read_idx
from nets.errors import LensletError

ARRAY = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
BYTES = bytes((0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4)) + bytes(range(24))
"""The same, written by hand after the format's description."""


def test_header_and_sum_are_those_of_the_file() -> None:
    assert header(ARRAY) + ARRAY.tobytes() == BYTES
    assert md5_of(ARRAY) == hashlib.md5(BYTES).hexdigest()
    assert md5_of(ARRAY[:, ::2]) == hashlib.md5(header(ARRAY[:, ::2]) + ARRAY[:, ::2].tobytes()).hexdigest()


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "packed"])
def test_reads_both_forms(pack: type[bytes], tmp_path: Path) -> None:
    path = tmp_path / "images.gz"
    path.write_bytes(pack(BYTES))
    found = read_idx(path, md5_of(ARRAY))
    np.testing.assert_array_equal(found, ARRAY)
    assert found.dtype == np.uint8


def test_a_truncated_file_is_named_with_both_sums(tmp_path: Path) -> None:
    path = tmp_path / "images.gz"
    random = np.random.default_rng(0).integers(0, 256, (5000,), dtype=np.uint8)
    content = header(random) + random.tobytes()
    path.write_bytes(gzip.compress(content)[:-1000])
    with pytest.raises(DamagedFile, match=r"is cut short after [0-9,]+ bytes") as problem:
        read_idx(path, md5_of(random))
    assert str(path) in str(problem.value)
    assert md5_of(random) in str(problem.value)
    assert "found " in str(problem.value)


def test_a_foreign_file_is_named_with_both_sums(tmp_path: Path) -> None:
    path = tmp_path / "images"
    path.write_bytes(b"not what was meant")
    with pytest.raises(DamagedFile) as problem:
        read_idx(path, md5_of(ARRAY))
    found = hashlib.md5(b"not what was meant").hexdigest()
    assert f"{path} is another file than expected" in str(problem.value)
    assert f"should have md5 {md5_of(ARRAY)}, found {found}" in str(problem.value)


def test_a_file_that_is_gone_or_a_folder(tmp_path: Path) -> None:
    with pytest.raises(LensletError, match=r"gone could not be read: No such file"):
        read_idx(tmp_path / "gone", "0")
    with pytest.raises(LensletError, match="could not be read: Is a directory"):
        read_idx(tmp_path, "0")


def test_a_file_that_unpacks_without_end_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idx, "LARGEST", 1000)
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(40_000_000)))
    tracemalloc.start()
    with pytest.raises(DamagedFile, match="another file than expected"):
        read_idx(path, md5_of(ARRAY))
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "begins with nothing"),
        (b"PK\x03\x04rest", "is not an IDX file of bytes: it begins with 504b0304"),
        (BYTES[:8], r"should hold \(.*\) bytes, found 0"),
        (BYTES[:-1], r"should hold \(2, 3, 4\) bytes, found 23"),
        (BYTES + b"x", r"should hold \(2, 3, 4\) bytes, found 25"),
    ],
)
def test_header_and_length_must_agree(content: bytes, words: str) -> None:
    with pytest.raises(DamagedFile, match=words):
        parse(content, "images")
