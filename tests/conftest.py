"""Shared by all tests: the place of the data, and a screen if there is none."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import sys
import tempfile
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ONEDNN_USE_SYSTEM_ALLOCATOR", "1")  # as nets.backend does; many tests import Keras first
if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Some packages (tf-keras-vis) install a top-level package "tests", which Python would find before this folder.
if "tests" not in sys.modules:
    sys.modules["tests"] = types.ModuleType("tests")
    sys.modules["tests"].__path__ = [str(Path(__file__).resolve().parent)]

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_the_disk() -> Iterator[None]:
    """``os.fsync`` does nothing: it guards against power cuts, which no test can make, and takes 3 ms each time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda file: None)
        yield


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """A data directory with MNIST and Fashion-MNIST: LENSLET_DATA_DIR, or ``shared/data`` beside the repository."""
    found = Path(os.environ.get("LENSLET_DATA_DIR", BESIDE))
    if not (found / "mnist").is_dir():
        pytest.skip(f"needs MNIST's files; set LENSLET_DATA_DIR to a folder with mnist/ in it (looked at {found})")
    return found


def _crash_file(controller: int, worker: str) -> Path:
    return Path(tempfile.gettempdir()) / f"lenslet-tests-{controller}-{worker}.txt"


def pytest_sessionstart(session: pytest.Session) -> None:
    """A process of ``-n 2`` that crashes writes what it was doing into a file, which the summary at the end prints."""
    worker = getattr(session.config, "workerinput", None)
    if worker is not None:
        faulthandler.enable(_crash_file(os.getppid(), worker["workerid"]).open("w"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    pattern = _crash_file(os.getpid(), "*")
    for file in sorted(pattern.parent.glob(pattern.name)):
        if crash := file.read_text(errors="replace"):
            terminalreporter.section(f"what a process did when it crashed ({file.stem})")
            terminalreporter.write_line(crash)
        with contextlib.suppress(OSError):  # Windows keeps it while the process still ends
            file.unlink()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Divides the tests among processes, for ``-n 2``.

    All windows run in one process: two would take the focus from each other. They wait for timers most of the time,
    while the other process computes. Every other file stays in one process, so that its fixtures are made once.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "windows" if nodeid.startswith(("tests/gui/", "tests/e2e/")) else nodeid.split("::")[0]

    return ByFile(config, log)
