"""The explorer's Save: asks for a file name, writes in a job, and reports the result in the status bar."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gui.explore.export import MapExport, save
from gui.explore.selection import Selection
from gui.session import Session
from gui.threads.job import Job
from gui.threads.saving import Saving
from gui.widgets.file_dialogs import ask_to_save
from nets.pictures.ranges import Range


class Exporting(QObject):
    def __init__(self, session: Session, choice: Selection, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._choice, self._window = session, choice, parent
        self._saving = Saving(session.notify, self)

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
        return self._saving.start(save, shown, target)

    @property
    def idle(self) -> bool:
        """Whether no file is being written."""
        return self._saving.idle

    def wait(self) -> None:
        """Wait until all files are written."""
        self._saving.wait()
