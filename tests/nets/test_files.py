"""Writing whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from nets.errors import LensletError, UsageError
from nets.files import read_text, real_path, replacing, saving, user_path, write_bytes, write_text, write_with


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_makes_folders_and_leaves_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "text.json"
    write_text(path, "drei 三\n")
    assert path.read_bytes() == "drei 三\n".encode()
    write_bytes(path, b"second")
    assert path.read_bytes() == b"second"
    assert names(path.parent) == ["text.json"]


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")

    def fail(temporary: Path) -> None:
        temporary.write_bytes(b"half of the ne")
        assert path.read_bytes() == b"old"
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        write_with(path, fail)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.bin"]


def test_what_cannot_be_saved_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"old")
    target = tmp_path / "a.bin" / "b.png"
    with pytest.raises(LensletError, match=r"a\.bin/b\.png could not be saved: ") as problem, saving(target):
        write_with(target, lambda temporary: temporary.write_bytes(b"new"))
    assert problem.value.sentence.values["target"] == target


def test_a_failure_leaves_nothing_where_nothing_was(tmp_path: Path) -> None:
    def stop(temporary: Path) -> None:
        temporary.write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_with(tmp_path / "a.bin", stop)
    assert names(tmp_path) == []


def test_the_temporary_file_is_hidden_and_keeps_the_suffix(tmp_path: Path) -> None:
    with replacing(tmp_path / "net.keras") as temporary:
        assert temporary.parent == tmp_path
        assert temporary.name.startswith(".net.")
        assert temporary.suffix == ".keras"


def test_a_library_that_replaces_the_temporary_file_itself(tmp_path: Path) -> None:
    def write(temporary: Path) -> None:
        other = tmp_path / "other"
        other.write_bytes(b"written elsewhere")
        os.replace(other, temporary)

    write_with(tmp_path / "a.npz", write)
    assert (tmp_path / "a.npz").read_bytes() == b"written elsewhere"
    assert names(tmp_path) == ["a.npz"]


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
def test_rights_are_those_of_any_new_file(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_bytes(tmp_path / "a", b"")
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        write_bytes(tmp_path / "file" / "a", b"")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "expected the path of a folder, found an empty text"),
        ("  ", "found an empty text"),
        ("a\0b", "found one with a zero byte"),
        ("x" * 300, "found a name of 300 characters: xxxx"),
        ("data/" + "ü" * 200, "found a name of 200 characters"),
    ],
)
def test_paths_that_cannot_be(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        user_path(text, "folder")


def test_a_tilde_is_the_home_folder_or_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    assert user_path("~/pets") == tmp_path / "home" / "pets"
    assert user_path("~nobody-of-this-name/x") == Path("~nobody-of-this-name/x")
    Path("~draft").mkdir()
    assert user_path("~draft") == Path("~draft")
    Path("~").mkdir()  # as a script makes it that quotes the path
    assert user_path("~") == Path("~")
    assert user_path(Path("pets")) == Path("pets")


def test_links_in_a_circle_are_said(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(LensletError, match="links lead in a circle"):
        real_path(tmp_path / "a")


def test_text_of_other_kinds(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes("é".encode("latin-1"))
    (tmp_path / "long").write_text("x" * 11)
    with pytest.raises(LensletError, match="is not text in UTF-8"):
        read_text(tmp_path / "latin", largest=10)
    with pytest.raises(LensletError, match="has more than 10 bytes"):
        read_text(tmp_path / "long", largest=10)
    with pytest.raises(LensletError, match="is a folder"):
        read_text(tmp_path, largest=10)
