"""Opening, dropping, pasting, saving and copying pictures and strokes. Pictures are read in a thread."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from gui.draw.pad.drawing import from_json
from gui.draw.pad.pad import Pad
from gui.draw.pad.pictures import from_clipboard, png_bytes, read, to_image
from gui.session import Session
from gui.threads.job import Job
from gui.widgets.file_dialogs import ask_to_open, ask_to_save
from gui.words import translated
from nets.errors import LensletError
from nets.files import read_text, write_bytes, write_text

STROKES = ".json"
LONGEST = 10_000_000  # largest file of strokes that is read, in bytes


class PadFiles(QObject):
    """Opens and saves for the pad. Failures are shown in the status bar and leave the drawing unchanged."""

    def __init__(self, session: Session, pad: Pad, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._pad, self._window = session, pad, parent
        self._job: Job | None = None
        self._jobs: set[Job] = set()  # running jobs: the newest, and older ones whose results are not used
        session.picture_offered.connect(pad.put_dataset_image)
        app = QApplication.instance()
        assert app is not None
        app.aboutToQuit.connect(self.end)

    @property
    def idle(self) -> bool:
        return self._job is None

    # --- in -------------------------------------------------------------------------------------------------

    def ask_open(self) -> None:
        from nets.data.pictures import SUFFIXES

        patterns = " ".join(f"*{suffix}" for suffix in (*SUFFIXES, STROKES))
        kinds = self.tr("Pictures and strokes ({0});;All files (*)").format(patterns)
        settings = self._session.settings
        chosen = ask_to_open(self._window, settings, "pictures", self.tr("Open on the pad"), kinds)
        if chosen is not None:
            self.open(chosen)

    def open(self, path: Path) -> None:
        """Opens a JSON file as strokes and any other file as a picture. Only the newest request is shown."""
        if path.suffix.lower() == STROKES:
            self._open_strokes(path)
            return
        job = self._job = Job(read, path, parent=self)
        self._jobs.add(job)
        job.succeeded.connect(lambda pixels: self._show(job, pixels, path.name))
        job.failed.connect(lambda why, trace: self._session.notify(why, "error"))
        job.finished.connect(lambda: self._release(job))
        job.start()

    def _open_strokes(self, path: Path) -> None:
        try:
            text = read_text(path, largest=LONGEST)
        except OSError as problem:
            reason = problem.strerror or problem
            self._session.notify(self.tr("{0} could not be read: {1}").format(path, reason), "error")
            return
        except LensletError as problem:  # the message already names the file
            self._session.notify(translated(problem), "error")
            return
        try:
            self._pad.put(from_json(text))
            self._notify_opened(path.name)
        except LensletError as problem:
            self._session.notify(f"{path.name}: {problem}", "error")

    def _show(self, job: Job, pixels: np.ndarray, title: str) -> None:
        if job is self._job:
            self._pad.put_picture(pixels, title)
            self._notify_opened(title)

    def _notify_opened(self, title: str) -> None:
        """Replace an earlier error message in the status bar."""
        self._session.notify(self.tr("{0} is on the pad").format(title))

    def _release(self, job: Job) -> None:
        if job is self._job:
            self._job = None
        self._jobs.discard(job)
        job.deleteLater()

    def end(self) -> None:
        """Wait for the threads that read pictures."""
        for job in self._jobs:
            job.wait()

    @staticmethod
    def accepts(data: QMimeData) -> bool:
        """Whether the data is a picture or a file other than a model; models are opened by the window."""
        if data.hasImage():
            return True
        return any(_is_not_a_model(Path(url.toLocalFile())) for url in data.urls() if url.isLocalFile())

    def open_data(self, data: QMimeData) -> None:
        """Opens what was dropped or pasted: a file or a picture."""
        for url in data.urls():
            if url.isLocalFile() and _is_not_a_model(Path(url.toLocalFile())):
                self.open(Path(url.toLocalFile()))
                return
        image = QGuiApplication.clipboard().image() if data is QGuiApplication.clipboard().mimeData() else None
        if image is None or image.isNull():
            image = data.imageData()
        if image is None or image.isNull():
            self._session.notify(self.tr("There is no picture to paste: copy one first."), "warning")
            return
        from nets.data.pictures import reduced_picture  # Pillow is loaded when it is first needed

        self._pad.put_picture(reduced_picture(from_clipboard(image)), self.tr("pasted picture"))

    def paste(self) -> None:
        self.open_data(QGuiApplication.clipboard().mimeData())

    # --- out ------------------------------------------------------------------------------------------------

    def ask_save(self) -> None:
        self._ask_target(self.tr("Save the drawing"), "drawing.png", self.tr("PNG pictures (*.png)"), self.save_picture)

    def ask_save_strokes(self) -> None:
        if not self._pad.drawing.strokes:
            self._session.notify(self.tr("There are no strokes to save: draw something first."), "warning")
            return
        self._ask_target(self.tr("Save the strokes"), "strokes.json", self.tr("Strokes (*.json)"), self.save_strokes)

    def _ask_target(self, title: str, name: str, kind: str, save: Callable[[Path], None]) -> None:
        if self._warn_if_empty():
            return
        chosen = ask_to_save(self._window, self._session.settings, title, name, kind)
        if chosen is not None:
            save(chosen)

    def save_picture(self, path: Path) -> None:
        """Saves the picture as it is before preparation: light ink on black, or the picture that was opened."""
        picture = self._pad.picture()
        if picture is not None:
            self._write(path, png_bytes(to_image(picture)))

    def save_strokes(self, path: Path) -> None:
        self._write(path, json.dumps(self._pad.drawing.to_dict()) + "\n")

    def copy(self) -> None:
        picture = self._pad.picture()
        if not self._warn_if_empty() and picture is not None:
            QGuiApplication.clipboard().setImage(to_image(picture))
            self._session.notify(self.tr("The drawing was copied as a picture."))

    def _warn_if_empty(self) -> bool:
        if self._pad.drawing.empty:
            self._session.notify(self.tr("The pad is empty: draw something first."), "warning")
        return self._pad.drawing.empty

    def _write(self, path: Path, content: bytes | str) -> None:
        try:
            if isinstance(content, bytes):
                write_bytes(path, content)
            else:
                write_text(path, content)
        except OSError as problem:
            reason = problem.strerror or problem
            self._session.notify(self.tr("{0} could not be written: {1}").format(path, reason), "error")
            return
        self._session.notify(self.tr("Saved {0}").format(path))


def _is_not_a_model(path: Path) -> bool:
    return path.suffix.lower() not in (".keras", ".h5", ".hdf5")
