"""The program as a process: closed or full streams, no screen, Ctrl+C at any moment, other versions of Python."""

from __future__ import annotations

import ast
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a shell, /dev/full and X11")


def environment(home: Path) -> dict[str, str]:
    return os.environ | {"LENSLET_HOME": str(home)}


def start(words: str, home: Path) -> subprocess.Popen[str]:
    """Run ``words`` in a shell that prints the status; in its own process group, so that a signal reaches the
    program.
    """
    line = f'trap "" INT; (trap - INT; exec "$0" main.py {words}); echo "status $?"'
    return subprocess.Popen(
        ["bash", "-c", line, sys.executable],
        cwd=ROOT,
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def run(words: str, home: Path) -> str:
    return start(words, home).communicate(timeout=120)[0]


def interrupt(process: subprocess.Popen[str]) -> None:
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does


@pytest.mark.parametrize("words", ["runs 2>&-", "evaluate lenet digits <&- >&- 2>&-", "runs 2>/dev/full"])
def test_a_command_needs_no_streams(words: str, tmp_path: Path) -> None:
    assert run(words, tmp_path).splitlines()[-1] == "status 0"


@pytest.mark.parametrize("words", ["nets", "data --json", "--help"])
def test_results_that_cannot_be_written_are_said_in_one_line(words: str, tmp_path: Path) -> None:
    said = run(f"{words} >/dev/full", tmp_path)
    assert said == "standard output could not be written: No space left on device\nstatus 1\n"


@pytest.mark.parametrize("streams", ["<&- >&- 2>&-", ">/dev/full 2>/dev/full"])
def test_the_window_needs_no_streams(streams: str, tmp_path: Path) -> None:
    process = start(f"lenet {streams}", tmp_path)
    end = time.monotonic() + 60
    while not (tmp_path / "settings.json").exists():  # written once the workspaces exist
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)
    interrupt(process)
    assert process.communicate(timeout=60)[0] == "status 130\n"


@pytest.mark.parametrize("display", ["", ":58123", "nowhere:0"])
def test_no_screen_is_said_in_one_line(display: str, tmp_path: Path) -> None:
    environment_without = {
        name: value
        for name, value in environment(tmp_path).items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_SESSION_TYPE")
    }
    if display:
        environment_without["DISPLAY"] = display
    done = subprocess.run(
        [sys.executable, "main.py"], cwd=ROOT, env=environment_without, capture_output=True, text=True, timeout=60
    )
    said = done.stderr
    assert done.returncode == 1
    assert said.count("\n") == 1
    assert said.startswith("there is no screen to open the window on: ")
    assert display in said
    assert "the commands" in said


def started_in_main(words: str, home: Path) -> subprocess.Popen[str]:
    """The program at the moment when main.py has started and nothing else."""
    for _ in range(5):
        process = start(words, home)
        if reached_main(process):
            return process
        os.killpg(process.pid, signal.SIGKILL)  # the moment passed while this process was not running
        process.wait()
        shutil.rmtree(home)  # a killed window leaves its lock behind
        home.mkdir()
    pytest.fail("the beginning of main.py was missed five times")


def reached_main(process: subprocess.Popen[str]) -> bool:
    """Wait until Python has started main.py, which first removes Python's own handler of Ctrl+C.

    A fraction of a second later the program has its own handler: a later check would never see this moment.
    """
    caught = False
    end = time.monotonic() + 2
    while time.monotonic() < end:
        for child in children(process):
            try:
                lines = Path(f"/proc/{child}/status").read_text().splitlines()
            except OSError:
                continue
            mask = int(next(line for line in lines if line.startswith("SigCgt")).split()[1], 16)
            if caught and not mask & 1 << signal.SIGINT - 1:
                return True
            caught = caught or bool(mask & 1 << signal.SIGINT - 1)
    return False


@pytest.mark.parametrize("pauses", [(0.0,), (0.3,), (0.1, 0.02)])
@pytest.mark.parametrize("words", ["", "train lenet digits"])
def test_an_early_ctrl_c_is_silent(words: str, pauses: tuple[float, ...], tmp_path: Path) -> None:
    process = started_in_main(words, tmp_path)
    for pause in pauses:
        time.sleep(pause)
        interrupt(process)
    said = process.communicate(timeout=60)[0].splitlines()
    assert said[-1] == "status 130"
    assert not any("Traceback" in line for line in said)
    assert len(said) == 1 or said[0].startswith(("preparing", "stopped"))
    if len(pauses) == 1:
        assert not list(tmp_path.rglob("window.lock"))  # the next start does not report a crash


# Loading TensorFlow takes two minutes, as opening a network of thousands of layers does on a slow machine.
SLOW = """
import importlib.abc, sys, time
class Slow(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "tensorflow":
            open({flag!r}, "w").close()
            time.sleep(120)
sys.meta_path.insert(0, Slow())
"""


def test_a_window_closed_while_tensorflow_loads_does_not_wait_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loading cannot be interrupted, nor can opening a large model."""
    (tmp_path / "slow").mkdir()
    loading = tmp_path / "loading"
    (tmp_path / "slow" / "sitecustomize.py").write_text(SLOW.format(flag=str(loading)))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "slow"))
    process = start("lenet", tmp_path)
    end = time.monotonic() + 60
    while not ((tmp_path / "settings.json").exists() and loading.exists()):
        assert time.monotonic() < end
        time.sleep(0.02)
    interrupt(process)
    try:
        assert process.communicate(timeout=30)[0].splitlines()[-1] == "status 130"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def children(process: subprocess.Popen[str]) -> list[str]:
    """The ids of the processes that the shell has started."""
    return Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()


def test_another_python_is_told_what_is_needed() -> None:
    source = (ROOT / "main.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))
    for version in ((3, 6, 15), (3, 10, 1), (3, 14, 0)):
        code = f"import sys; sys.version_info = {version}; import main"
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
        needed = f"Lenslet needs Python 3.11, 3.12 or 3.13; this is Python {version[0]}.{version[1]}.\n"
        assert (done.returncode, done.stderr) == (1, needed)
