"""What a person waits for goes before what computes for minutes."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gui.threads.thread import NICENESS, give_way

ROOT = Path(__file__).resolve().parents[3]
linux = pytest.mark.skipif(sys.platform != "linux", reason="a thread has a priority of its own on Linux alone")

CODE = """
import contextlib, os, threading
from gui.threads.live import load_tensorflow

loading = threading.Thread(target=load_tensorflow, args=(2,))
loading.start()
loading.join()
found = []
for thread in sorted(os.listdir("/proc/self/task"), key=int):
    with contextlib.suppress(ProcessLookupError):  # one that has just ended
        found.append(os.getpriority(os.PRIO_PROCESS, int(thread)))
print(found)
"""


def niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@linux
def test_a_thread_that_gives_way_leaves_the_others_as_they_are() -> None:
    usual = niceness()
    found: list[int] = []

    def work() -> None:
        give_way()
        found.append(niceness())
        started = threading.Thread(target=lambda: found.append(niceness()))
        started.start()
        started.join()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [usual + NICENESS] * 2
    assert niceness() == usual


@linux
def test_tensorflow_computes_in_threads_that_give_way_to_the_window() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, timeout=300)
    found = json.loads(done.stdout or "[]")
    assert found.count(niceness() + NICENESS) >= 2, done.stderr  # one for each core
    assert found[0] == niceness()
