"""Standard streams that are closed or full, and Ctrl+C: neither may end the program with a traceback."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TextIO

from nets.errors import LensletError

NAMES = ("stdin", "stdout", "stderr")


def open_standard_streams() -> None:
    """Open the null device for those of standard input, output and error that are closed.

    Otherwise the next file or socket, such as the connection to the screen, would get the free number, and text that a
    library writes to "standard error" would go into it.
    """
    for number, name in enumerate(NAMES):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number, which is this one
        if getattr(sys, name) is None:
            mode = "r" if number == 0 else "w"
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a file's name may contain characters that the terminal cannot show
            stream.reconfigure(errors="backslashreplace")


def printable(text: str) -> str:
    """``text`` with its control characters escaped: a file's name may contain codes that a terminal would execute."""
    return "".join(f"\\x{ord(c):02x}" if ord(c) < 32 or 127 <= ord(c) < 160 else c for c in text)


def tell(text: str) -> None:
    """Writes to standard error. If that fails, nobody can read it: the error is ignored."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError):
        discard(sys.stderr)


def discard(stream: TextIO) -> None:
    """Redirects ``stream`` to the null device, including what is still in its buffer."""
    try:
        number = stream.fileno()
    except (OSError, ValueError):
        return
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, number)
    os.close(null)


def emit(text: str, *, flush: bool = False) -> None:
    """Writes results to standard output.

    Args:
        text: Whole lines, each with its end.
        flush: Do not leave the text in the buffer.

    Raises:
        BrokenPipeError: The reader has gone away, as ``head`` does.
        LensletError: It cannot be written, e.g. because the disk is full.
    """
    try:
        if text:  # after writing nothing, flush writes zero bytes, which fails on a full disk
            sys.stdout.write(text)
        if flush:
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as problem:
        discard(sys.stdout)  # Python writes the rest of the buffer when it exits
        raise LensletError(f"standard output could not be written: {problem.strerror}") from problem


def _is_importing(frame: FrameType | None) -> bool:
    """Whether the interrupted code is part of an import."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


@contextmanager
def interruptible() -> Iterator[None]:
    """Inside the block the first Ctrl+C raises KeyboardInterrupt, and a second one ends the process at once,
    silently.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        if _is_importing(frame):
            os._exit(130)  # an exception would crash TensorFlow's libraries during their import; nothing has begun yet
        raise KeyboardInterrupt

    before: Any = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:  # started in the background by a shell: Ctrl+C is meant for other processes
        yield
        return
    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
