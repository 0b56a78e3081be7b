"""The image of the playground: the drawing as the network sees it, a test digit, or a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui import theme
from gui.session import Session
from gui.threads.job import Job
from gui.threads.loader import Loader
from gui.widgets import ElidedLabel, IconButton, Select
from gui.widgets.file_dialogs import ask_to_open
from nets.events import Report, no_report
from nets.places import Places

if TYPE_CHECKING:
    from gui.threads.live import LiveAnswer

LARGEST = 64  # largest side of a file's picture: its pixels should be visible one by one
KEPT = 200  # number of test images


def some_digits(places: Places, *, report: Report = no_report) -> tuple[str, np.ndarray, list[str]]:
    """(title, images (N, H, W) uint8, labels): MNIST's where it is on this machine, else scikit-learn's digits."""
    from nets.data import datasets

    name = "mnist" if datasets.find("mnist", places).found else "digits"
    data = datasets.load(name, places, report=report)
    labels = [data.classes[number] for number in data.test.labels[:KEPT]]
    return data.spec.title, data.test.images.read(np.arange(min(KEPT, len(data.test))))[..., 0].copy(), labels


def from_file(path: Path, report: Report = no_report) -> np.ndarray:
    """The picture in the file in grey, (H, W) float32 in [0, 1], at most ``LARGEST`` on its longer side."""
    from PIL import Image

    from nets.data.pictures import read_picture

    pixels = read_picture(path)
    whole = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    if whole.mode == "RGBA":  # transparent pixels are laid over white, as on paper
        whole = Image.alpha_composite(Image.new("RGBA", whole.size, "white"), whole)
    small = whole.convert("L")
    small.thumbnail((LARGEST, LARGEST))
    return np.asarray(small, np.float32) / 255


class ImageSource(QWidget):
    """``picked`` carries (H, W) float32 in [0, 1] or None; ``message`` says why."""

    picked = Signal(object)
    message = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._drawing: np.ndarray | None = None
        self._tests: tuple[str, np.ndarray, list[str]] | None = None
        self._number = 0
        self._job: Job | None = None
        self._begun = False
        self._stands_in = False  # a test digit is shown until something is drawn
        self._chosen = "drawing"  # the kind that is shown
        self._loader = Loader(self)
        self.kind = Select(
            [("drawing", self.tr("The drawing")), ("test", self.tr("A test digit")), ("file", self.tr("A file …"))]
        )
        self.kind.setToolTip(self.tr("The drawing follows the pad; a file becomes grey and small"))
        self.kind.setAccessibleName(self.tr("Image"))
        self.before = IconButton("chevron-left", self.tr("The test digit before"))
        self.after = IconButton("chevron-right", self.tr("The next test digit"))
        self.words = ElidedLabel("", "small")
        row = QHBoxLayout()
        row.setSpacing(theme.TIGHT)
        row.addWidget(self.kind, 1)
        row.addWidget(self.before)
        row.addWidget(self.after)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.TIGHT)
        layout.addLayout(row)
        layout.addWidget(self.words)
        self.kind.activated.connect(lambda _: self._on_kind())
        self.before.clicked.connect(lambda: self.next_test(-1))
        self.after.clicked.connect(lambda: self.next_test(1))
        session.answered.connect(self._on_answer)
        session.picture_changed.connect(self._on_picture)
        if session.answer is not None:
            self._on_answer(session.answer)
        self._show_buttons()

    def begin(self) -> None:
        """When first shown: take the drawing, or a test digit while the pad is empty."""
        if self._begun:
            return
        self._begun = True
        if self._drawing is None and self._session.picture is None:
            self._stands_in = True
            self.choose("test")
        else:
            self.choose("drawing")

    def choose(self, kind: str) -> None:
        self.kind.choose(kind)
        self._chosen = kind
        self._show_buttons()
        if kind == "drawing":
            self._show_drawing()
        elif kind == "test" and self._tests is None:
            self._load()
        elif kind == "test":
            self._show_test()

    def open(self, path: Path) -> None:
        """Open a file. If it cannot be read, say so and keep the present image."""
        before = self.words.text()
        self.words.setText(self.tr("reading {0} …").format(path.name))
        done = lambda image: self._on_file(path, image)  # noqa: E731
        self._loader.ask(from_file, path, done=done, failed=lambda why: self._on_unreadable(why, before))

    def _on_file(self, path: Path, image: np.ndarray) -> None:
        self._stands_in = False
        self.choose("file")
        self.words.setText(self.tr("{0}, {1} × {2}").format(path.name, *image.shape))
        self.picked.emit(image)

    def _on_unreadable(self, why: str, before: str) -> None:
        self._session.notify(why, "error")
        self.kind.choose(self._chosen)
        self.words.setText(before)

    def next_test(self, step: int) -> None:
        if self._tests is not None:
            self._stands_in = False
            self._number = (self._number + step) % len(self._tests[1])
            self._show_test()

    def end(self) -> None:
        self._loader.finish()
        if self._job is not None:
            self._job.cancel()
            self._job.wait()

    def _on_kind(self) -> None:
        kind = self.kind.value()
        self._stands_in = False
        if kind != "file":
            self.choose(kind)
            return
        from nets.data.pictures import SUFFIXES

        title, kinds = self.tr("Open a picture"), self.tr("Pictures") + " (" + " ".join(f"*{s}" for s in SUFFIXES) + ")"
        path = ask_to_open(self, self._session.settings, "pictures", title, kinds)
        if path is not None:
            self.open(path)
        else:
            self.kind.choose(self._chosen)  # the present image stays

    def _on_answer(self, answer: LiveAnswer) -> None:
        if answer.prepared is None:
            return
        picture = answer.prepared.stages[-1].picture  # (H, W) or (H, W, 3) in [0, 1], as the network sees it
        self._drawing = (picture if picture.ndim == 2 else picture.mean(axis=2)).astype(np.float32)
        if self._stands_in:
            self._stands_in = False
            self.choose("drawing")
        elif self._chosen == "drawing" and self._begun:
            self._show_drawing()

    def _on_picture(self, picture: np.ndarray | None) -> None:
        if picture is None:
            self._drawing = None
            if self._chosen == "drawing" and self._begun:
                self._show_drawing()

    def _show_drawing(self) -> None:
        if self._drawing is None:
            self.words.setText(self.tr("nothing drawn yet"))
            self.message.emit(self.tr("Draw on the pad, or choose a test digit."))
        else:
            self.words.setText(self.tr("as the network sees it, {0} × {1}").format(*self._drawing.shape))
        self.picked.emit(self._drawing)

    def _show_test(self) -> None:
        assert self._tests is not None
        title, images, labels = self._tests
        self.words.setText(self.tr("{0}, test image {1}: a {2}").format(title, self._number, labels[self._number]))
        self.picked.emit(images[self._number].astype(np.float32) / 255)

    def _show_buttons(self) -> None:
        for widget in (self.before, self.after):
            widget.setEnabled(self.kind.value() == "test" and self._tests is not None)

    def _load(self) -> None:
        self.words.setText(self.tr("reading the test digits …"))
        if self._job is not None:
            return
        self._job = Job(some_digits, self._session.places, parent=self)
        self._job.succeeded.connect(self._on_tests)
        self._job.failed.connect(self._on_failed)
        self._job.start()

    def _on_tests(self, tests: tuple[str, np.ndarray, list[str]]) -> None:
        self._tests, self._job = tests, None
        self._show_buttons()
        if self.kind.value() == "test":
            self._show_test()

    def _on_failed(self, why: str, trace: str) -> None:
        self._job = None
        self.words.setText(self.tr("no test digits"))
        self.message.emit(why)
