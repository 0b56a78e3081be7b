"""Functions that wait in a worker's thread until the test lets them go on, so that no test of threads needs a clock."""

from __future__ import annotations

import threading
from typing import Any

from nets.events import Message, Report

LONG = 30.0  # seconds after which a test that waits in vain fails


class Gate:
    """``function(value, report=...)`` says that it has begun, waits until it may go on, reports, and returns value."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.go_on = threading.Semaphore(0)
        self.calls: list[Any] = []
        self.passed: list[Any] = []  # those whose report came back
        self.threads: set[threading.Thread] = set()

    def __call__(self, value: Any, report: Report) -> Any:
        self.threads.add(threading.current_thread())
        self.calls.append(value)
        self.begun.release()
        assert self.go_on.acquire(timeout=LONG)
        report(Message("half way"))
        self.passed.append(value)
        if isinstance(value, Exception):
            raise value
        return value

    def wait_until_begun(self) -> None:
        assert self.begun.acquire(timeout=LONG)

    def let_go(self, count: int = 1) -> None:
        self.go_on.release(count)
