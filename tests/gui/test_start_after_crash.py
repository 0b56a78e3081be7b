"""What a start does that follows a crash, and when a model is remembered for the next one."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QTimerEvent
from PySide6.QtWidgets import QApplication

from gui.crash_marker import CrashMarker
from gui.session import Session
from gui.settings import Settings
from nets.models import open_model
from nets.places import MODELS, Places
from tests.drive import wait_until

ROOT = Path(__file__).resolve().parents[2]


def places_in(folder: Path) -> Places:
    return Places(folder / "runs", folder / "drawings", folder / "cache", folder / "settings.json")


def test_a_window_that_was_closed_is_no_crash(tmp_path: Path) -> None:
    for _ in range(2):
        marker = CrashMarker(tmp_path / "new" / "window.lock")
        assert marker.held
        assert not marker.crashed
        second = CrashMarker(tmp_path / "new" / "window.lock")
        assert not second.held
        assert not second.crashed
        second.release()
        marker.release()


def test_a_process_that_died_with_its_window_open_is_one(tmp_path: Path) -> None:
    """The marker's process is gone, as after a segmentation fault."""
    code = (
        "import os, sys; from pathlib import Path; from gui.crash_marker import CrashMarker\n"
        "marker = CrashMarker(Path(sys.argv[1])); assert marker.held; os._exit(139)"
    )
    path = tmp_path / "window.lock"
    assert subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT).returncode == 139
    marker = CrashMarker(path)
    assert marker.held
    assert marker.crashed
    assert marker.report is None
    marker.release()
    again = CrashMarker(path)
    assert not again.crashed
    again.release()
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not hasattr(signal, "SIGSEGV") or sys.platform == "win32", reason="no signal ends a process there")
def test_what_a_crashed_window_was_doing_is_kept_for_a_report(tmp_path: Path) -> None:
    """It was lost: a window that was gone without a word left nothing from which the fault could be found."""
    code = (
        "import os, signal, sys; from pathlib import Path; from gui.crash_marker import CrashMarker\n"
        "marker = CrashMarker(Path(sys.argv[1])); marker.watch()\n"
        "def paint_badly(): os.kill(os.getpid(), signal.SIGSEGV)\n"
        "paint_badly()"
    )
    path = tmp_path / "window.lock"
    assert subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT).returncode == -signal.SIGSEGV
    marker = CrashMarker(path)
    assert marker.report is not None
    written = marker.report.read_text()
    assert "Segmentation fault" in written
    assert "paint_badly" in written
    marker.release()
    after = CrashMarker(path)
    assert (after.crashed, after.report) == (False, None)
    after.release()
    assert [file.name for file in tmp_path.iterdir()] == [marker.report.name]  # until the next crash


def started(
    qapp: QApplication, folder: Path, model: str, epoch: str = "best", **attributes: object
) -> tuple[str, list[str]]:
    """The reference that a session opens at its start, and what it tells."""
    settings = Settings(folder / "settings.json")
    settings.set("model", model)
    settings.set("model_epoch", epoch)
    session = Session(places_in(folder), settings)
    for name, value in attributes.items():
        setattr(session, name, value)
    told: list[str] = []
    opening: list[str] = []
    session.notified.connect(lambda words, level: told.append(words))
    session.model_opening.connect(opening.append)
    session.start(load=False)
    session.end()
    return opening[0], told


def test_after_a_crash_the_shipped_model_opens_and_the_reason_is_said(qapp: QApplication, tmp_path: Path) -> None:
    (tmp_path / "mine.keras").write_bytes(b"")
    path = str(tmp_path / "mine.keras")
    opened, told = started(qapp, tmp_path, path, after_crash=True)
    assert opened == "pen"
    assert "ended unexpectedly the last time, with “mine.keras” open" in told[0]
    assert started(qapp, tmp_path, path)[0] == path
    assert started(qapp, tmp_path, path, after_crash=True, reference=path)[0] == path  # it was asked for by name
    assert started(qapp, tmp_path, "lenet", after_crash=True) == ("lenet", [])  # a shipped model was not the cause


def test_a_crash_is_told_with_the_file_where_it_is_written_down(qapp: QApplication, tmp_path: Path) -> None:
    report = tmp_path / "crash.txt"
    opened, told = started(qapp, tmp_path, "lenet", after_crash=True, crash_report=report)
    assert opened == "lenet"
    assert told == [f"Lenslet ended unexpectedly the last time. What it was doing then is written in {report}."]
    _, told = started(qapp, tmp_path, str(tmp_path / "mine.keras"), after_crash=True, crash_report=report)
    assert "with “mine.keras” open" in told[0]
    assert told[0].endswith(f"What it was doing then is written in {report}.")


def test_an_epoch_that_is_no_number_keeps_no_window_from_opening(qapp: QApplication, tmp_path: Path) -> None:
    for epoch in ("²", "9" * 4000, "٣", "", "worst"):  # the first two are digits of which Python makes no number
        assert started(qapp, tmp_path, "lenet", epoch=epoch) == ("lenet", [])


def test_a_model_is_remembered_once_it_was_shown(qapp: QApplication, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.json")
    session = Session(places_in(tmp_path), settings)
    remembered_while_painting: list[str] = []
    session.model_changed.connect(lambda model: remembered_while_painting.append(settings["model"]))
    session.start()
    wait_until(lambda: session.model is not None and session.model.ref.name == "pen", 120)
    assert remembered_while_painting == ["pen"]
    session.open_model("lenet")
    wait_until(lambda: session.model is not None and session.model.ref.name == "lenet", 120)
    assert settings["model"] == "pen"
    wait_until(lambda: settings["model"] == "lenet", 30)
    session.end()


class Timed(Session):
    """Its timers run out when the test says so."""

    timers = 0

    def startTimer(self, *_: object) -> int:
        self.timers += 1
        return self.timers

    def killTimer(self, *_: object) -> None:
        pass


def test_a_model_that_was_only_passed_is_not_remembered(qapp: QApplication, tmp_path: Path) -> None:
    """As by the time machine: else every step would write the settings to the disk, in the window's thread."""
    settings = Settings(tmp_path / "settings.json")
    session = Timed(places_in(tmp_path), settings)
    for name in ("pen", "lenet"):
        session._on_opened(open_model(name, session.places))
    session.timerEvent(QTimerEvent(1))  # of pen, while lenet has only come
    assert settings["model"] == "pen"
    assert not (tmp_path / "settings.json").exists()
    session.timerEvent(QTimerEvent(2))
    assert settings["model"] == "lenet"
    session.end()


def test_a_file_is_in_the_menus_as_soon_as_it_is_open(qapp: QApplication, tmp_path: Path) -> None:
    """Opened and not yet remembered for the next start: a second in which no menu of models offered it."""
    path = tmp_path / "mine.keras"
    path.write_bytes((MODELS / "lenet.keras").read_bytes())
    session = Timed(places_in(tmp_path), Settings(tmp_path / "settings.json"))
    session._on_opened(open_model(str(path), session.places))
    assert session.settings["recent_models"] == [str(path)]
    assert session.settings["model"] == "pen"
    session.end()
