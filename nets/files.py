"""Paths that a person gave, and writing files so that nothing is ever half-written.

A file is written as a temporary file beside its target, then fsync, then rename.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nets.errors import LensletError, UsageError

LONGEST_NAME = 255
"""The most bytes of a file's name in today's file systems."""


def user_path(text: str | Path, what: str = "file or folder") -> Path:
    """The path that a person typed, checked before the disk is accessed.

    ``~`` is the person's home folder, unless a file exists whose name begins with it.

    Args:
        text: as it was typed or remembered.
        what: what was asked for, for the message.

    Raises:
        UsageError: it is empty, or no file system can have such a name.
    """
    typed = os.fspath(text)
    if not typed.strip():
        raise UsageError("expected the path of a {what}, found an empty text", what=what)
    if "\0" in typed:
        raise UsageError("expected the path of a {what}, found one with a zero byte in it", what=what)
    long = next((part for part in Path(typed).parts if len(os.fsencode(part)) > LONGEST_NAME), "")
    if long:
        raise UsageError(
            "expected the path of a {what}, found a name of {long} characters: {name}...; names have at most "
            "{longest_name}",
            what=what,
            long=len(long),
            name=long[:40],
            longest_name=LONGEST_NAME,
        )
    path = Path(typed)
    if typed.startswith("~") and not os.path.lexists(path):
        try:
            return path.expanduser()
        except RuntimeError:  # there is no such user
            return path
    return path


def real_path(path: Path) -> Path:
    """``path`` in full. LensletError for symbolic links that lead in a circle."""
    try:
        return path.resolve()
    except (OSError, RuntimeError) as problem:
        raise LensletError("{path} cannot be followed: its links lead in a circle, or nowhere", path=path) from problem


def check_is_file(path: Path) -> None:
    """Check that ``path`` is an ordinary file; opening a pipe would block forever.

    Raises:
        OSError: It does not exist.
        LensletError: It is a folder, a pipe or a device.
    """
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        found = "a folder" if stat.S_ISDIR(mode) else "no ordinary file"
        raise LensletError("expected a file, but {path} is {found}", path=path, found=found)


def is_utf8(text: str) -> bool:
    """Whether a name can be written into a text file. On Linux, names in other encodings (Latin-1) cannot."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def read_text(path: Path, *, largest: int) -> str:
    """A file of text in UTF-8 with at most ``largest`` bytes. Raises OSError, or LensletError for what is in it."""
    check_is_file(path)
    with open(path, "rb") as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise LensletError("{file} has more than {largest:,} bytes", file=path.name, largest=largest)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise LensletError("{file} is not text in UTF-8", file=path.name) from problem


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path in ``path``'s folder to write to; renamed to ``path`` on success, deleted on failure."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # The suffix is kept: Keras, Pillow and NumPy choose the format by it.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}.", suffix=path.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with open(temporary, "rb+") as written:
            os.fsync(written.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
        _sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes) -> None:
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def encodable(text: str) -> str:
    """The text with what UTF-8 cannot hold written out: bytes of a file's name that are in another encoding."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def write_text(path: Path, text: str) -> None:
    """Writes text in UTF-8, such as a sentence that names a file; see ``encodable``."""
    write_bytes(path, encodable(text).encode("utf-8"))


def write_with(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write(temporary)`` write the file with any library; the result appears at ``path`` whole or not at all."""
    with replacing(path) as temporary:
        write(temporary)


@contextmanager
def saving(target: Path) -> Iterator[None]:
    """For a file that a person asked for: an OSError becomes a LensletError, which says what could not be saved."""
    try:
        yield
    except OSError as problem:
        raise LensletError(
            "{target} could not be saved: {reason}", target=target, reason=problem.strerror or problem
        ) from problem


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
