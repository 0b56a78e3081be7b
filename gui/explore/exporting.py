"""The explorer's Save: asks for a file name, writes in a job, and reports the result in the status bar."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QWidget

from gui.explore.export import MapExport, save
from gui.explore.selection import Selection
from gui.session import Session
from gui.threads.job import Job
from gui.widgets.file_dialogs import ask_to_save
from nets.pictures.ranges import Range


class Exporting(QObject):
    def __init__(self, session: Session, choice: Selection, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._choice, self._window = session, choice, parent
        self._jobs: list[Job] = []
        if (app := QCoreApplication.instance()) is not None:
            app.aboutToQuit.connect(self.wait)

    def shown(self, what: str, span: Range) -> MapExport | None:
        """What would be saved now; None if nothing is drawn or no layer has maps."""
        answer, layer = self._session.answer, self._choice.layer
        if answer is None or answer.model is None or answer.prepared is None:
            return None
        if layer is None or layer.path not in answer.maps:
            return None
        card = answer.model.card
        return MapExport(
            what=what if layer.shows == "maps" or what == "arrays" else "layer",
            model=card.name,
            title=card.title,
            layer=layer,
            values=answer.maps[layer.path],
            labels=tuple(card.labels),
            map=self._choice.map,
            span=span,
            mode=self._choice.range,
            by_strength=self._choice.sorted,
            arrays={"input": answer.prepared.input, **answer.maps},
            drawing=answer.prepared.stages[-1].picture,
            whole=all(row.path in answer.maps for row in self._choice.layers if row.shows != "nothing"),
        )

    def ask(self, what: str, span: Range) -> None:
        shown = self.shown(what, span)
        if shown is None:
            self._session.notify(self.tr("Draw something first: there are no maps to save yet."), "warning")
            return
        kind = self.tr("NumPy arrays (*.npz)") if what == "arrays" else self.tr("PNG pictures (*.png)")
        chosen = ask_to_save(self._window, self._session.settings, self.tr("Save"), shown.name, kind)
        if chosen is not None:
            self.start(shown, chosen)

    def start(self, shown: MapExport, target: Path) -> Job:
        """Saves in a thread; the status bar says when it is done."""
        job = Job(save, shown, target, parent=self)
        self._jobs.append(job)
        job.succeeded.connect(lambda path: self._session.notify(self.tr("Saved {0}").format(path)))
        job.failed.connect(lambda why, trace: self._session.notify(why, "error"))
        job.finished.connect(partial(self._forget, job))
        job.start()
        return job

    @property
    def idle(self) -> bool:
        return not self._jobs

    def wait(self) -> None:
        """Waits until all files are written. Called before the program ends."""
        for job in self._jobs:
            job.wait()

    def _forget(self, job: Job) -> None:
        self._jobs.remove(job)
        job.deleteLater()
