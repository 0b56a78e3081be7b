"""``Saving``: writes files in threads, and reports each in the status bar."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject

from gui.threads.job import Job


class Saving(QObject):
    """Runs functions that write a file, each in a job.

    ``notify(sentence, level)`` shows a sentence; a failure has the level "error". The program's end waits for the
    files that are being written.
    """

    def __init__(self, notify: Callable[[str, str], None], parent: QObject) -> None:
        super().__init__(parent)
        self._notify = notify
        self._jobs: list[Job] = []
        if (app := QCoreApplication.instance()) is not None:
            app.aboutToQuit.connect(self.wait)

    def start(self, write: Callable[..., Path], *values: Any) -> Job:
        """Run ``write(*values, report=...)``, which returns the path of the file."""
        job = Job(write, *values, parent=self)
        self._jobs.append(job)
        job.succeeded.connect(lambda path: self._notify(self.tr("Saved {0}").format(path), "info"))
        job.failed.connect(lambda why, _: self._notify(why, "error"))
        job.finished.connect(lambda: self._forget(job))
        job.start()
        return job

    @property
    def idle(self) -> bool:
        """Whether no file is being written."""
        return not self._jobs

    def wait(self) -> None:
        """Wait until all files are written."""
        for job in self._jobs:
            job.wait()

    def _forget(self, job: Job) -> None:
        self._jobs.remove(job)
        job.deleteLater()
