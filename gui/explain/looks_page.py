"""What it looks for: the picture that a class, or a filter, answers most, as gradient ascent finds it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui import theme
from gui.explain.shown import picture_of
from gui.paint.picture import PixelPicture
from gui.paint.pixels import picture_pixels
from gui.session import Session
from gui.threads.explaining import Asked, Explained, Explaining, ExplainQuestion
from gui.threads.job import Job
from gui.threads.worker import Worker
from gui.widgets import BusySign, ElidedLabel, Panel, Select, StateView, button, label
from gui.widgets.file_dialogs import ask_to_save
from nets.errors import LensletError
from nets.events import Progress
from nets.explain import EXPLAINERS
from nets.explain.lesion import layers_with_channels
from nets.pictures.ranges import file_name

if TYPE_CHECKING:
    from gui.threads.live import LiveAnswer
    from nets.network.model import Model

METHOD = "activation_maximization"
FRAME = 80  # milliseconds of a frame of the GIF
ENLARGED = 8  # at most, in the GIF


class LooksPage(QWidget):
    """Grown from noise while one watches; the frames become a GIF."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._id = 0
        self._model: Model | None = None
        self._image: np.ndarray | None = None
        self.shown: Explained | None = None
        self.frames: list[np.ndarray] = []
        self.explaining = Explaining(self)
        self.worker = Worker(self.explaining, self, newest_cancels=True)
        self.worker.answered.connect(lambda _, results: self._on_arrived(self._question, 0, results[0]))
        self.worker.failed.connect(lambda _, words, __: self._on_failed(words))
        self.explaining.arrived.connect(self._on_arrived)
        self.explaining.reported.connect(self._on_reported)
        self._question: ExplainQuestion | None = None
        self._jobs: list[Job] = []
        self.what, self.number, self.space = Select(), Select(), Select()
        self.space.set_rows([("pixels", self.tr("In pixels")), ("frequencies", self.tr("In frequencies"))])
        self.start_from = Select(
            [("noise", self.tr("From noise")), ("grey", self.tr("From grey")), ("image", self.tr("From my drawing"))]
        )
        self.go = button(self.tr("Let it grow (Return)"), "primary")
        self.halt = button(self.tr("Stop (Esc)"))
        self.busy = BusySign(self)
        self.busy.setFixedSize(16, 16)
        self.progress = label("", "small")
        self.title, self.details = ElidedLabel("", "strong"), ElidedLabel("", "small")
        self.picture = PixelPicture()
        self.state = StateView()
        self.paragraph = label(EXPLAINERS[METHOD].shows, "small", wrap=True)
        self._compose()
        self.what.currentIndexChanged.connect(self._fill_numbers)
        self.go.clicked.connect(self.start)
        self.halt.clicked.connect(self.stop)
        self._show_busy(False)

    def _compose(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.GAP)
        for widget in (
            self.what,
            self.number,
            self.space,
            self.start_from,
            self.go,
            self.halt,
            self.busy,
            self.progress,
        ):
            head.addWidget(widget)
        head.addStretch(1)
        panel = Panel()
        panel.body.addWidget(self.title)
        panel.body.addWidget(self.details)
        self._room = QWidget()
        room = QVBoxLayout(self._room)
        room.setContentsMargins(0, 0, 0, 0)
        room.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignCenter)
        room.addWidget(self.state)
        panel.body.addWidget(self._room, 1)
        panel.body.addWidget(self.paragraph)
        self.state.empty(
            self.tr("What does it look for?"), self.tr("Choose a class, or a layer and a filter, and press Return.")
        )
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(theme.GAP)
        outer.addLayout(head)
        outer.addWidget(panel, 1)
        self.picture.hide()

    def set_model(self, model: Model) -> None:
        before, self._model = self._model, model
        if before is not None and before.network is model.network:
            return
        self.stop()
        self.shown, self.frames = None, []
        self.picture.hide()
        self.title.setText("")
        self.details.setText("")
        self.state.show()
        layers = layers_with_channels(model)
        self.what.set_rows([("", self.tr("A class")), *((row.path, row.path) for row in layers)])
        self._fill_numbers()

    def set_answer(self, answer: LiveAnswer) -> None:
        self._image = answer.prepared.input if answer.prepared is not None else None

    def start(self) -> None:
        """Begins anew."""
        model = self._model
        if model is None:
            return
        layer, number = self.what.value(), int(self.number.value() or 0)
        options: list[tuple[str, Any]] = [("space", self.space.value()), ("start", self.start_from.value())]
        if layer:
            options.append(("map", number))
        if self.start_from.value() == "image" and self._image is None:
            self._session.notify(self.tr("Draw something first, or begin from noise."), "warning")
            return
        self._id += 1
        asked = Asked(METHOD, None if layer else number, layer, options=tuple(options))
        self._question = ExplainQuestion(model, self._session.places, (asked,), self._image, id=self._id)
        self.frames = []
        self._show_busy(True)
        self.worker.ask(self._question)

    def stop(self) -> bool:
        """The last good picture stays."""
        was = self.worker.busy
        self.worker.drop()
        self._show_busy(False)
        return was

    def walk(self, by: int) -> None:
        if self.number.count():
            self.number.setCurrentIndex((self.number.currentIndex() + by) % self.number.count())

    def finish(self) -> None:
        self.worker.end()
        for job in self._jobs:
            job.wait()

    def _fill_numbers(self) -> None:
        model = self._model
        if model is None:
            return
        path = self.what.value()
        if not path:
            self.number.set_rows([(str(n), name) for n, name in enumerate(model.card.labels)])
            return
        row = next(row for row in layers_with_channels(model) if row.path == path)
        words = self.tr("map {0}") if row.shows == "maps" else self.tr("unit {0}")
        self.number.set_rows([(str(n), words.format(n)) for n in range(row.maps)])

    # --- what comes back ----------------------------------------------------------------------------------------

    def _on_arrived(self, question: ExplainQuestion | None, number: int, found: Explained) -> None:
        if question is None or question.id != self._id:
            return
        if found.done:
            self._show_busy(False)
        if found.values is None:
            self.picture.hide()
            self.state.show()
            self.state.failed(self.tr("Not possible here"), found.problem[:1].upper() + found.problem[1:])
            return
        self.shown = found
        assert self._model is not None
        picture = picture_of(found.values, self._model.card.input)
        self.frames.append(picture)
        self.title.setText(self._title(question.asked[0], found))
        self.details.setText(found.title if found.done else self.tr("{0} · growing").format(found.title))
        self.state.hide()
        self.picture.show()
        self.picture.set_shape(*picture.shape[:2])
        self._fit()
        self.picture.set_pixels(picture_pixels(picture))

    def _title(self, asked: Asked, found: Explained) -> str:
        options = dict(asked.options)
        if "map" in options:
            return self.tr("What {0} of {1} answers most").format(options["map"], asked.layer)
        name = found.labels[asked.target] if isinstance(asked.target, int) and found.labels else str(asked.target)
        return self.tr("What it takes most for {0}").format(name)

    def _on_reported(self, question: ExplainQuestion, event: Any) -> None:
        if question.id == self._id and isinstance(event, Progress) and event.total and not self.halt.isHidden():
            self.progress.setText(self.tr("step {0:.0f} of {1:.0f}").format(event.done, event.total))

    def _on_failed(self, words: str) -> None:
        self._show_busy(False)
        self._session.notify(words, "error")

    def _show_busy(self, on: bool) -> None:
        self.go.setVisible(not on)
        self.halt.setVisible(on)
        self.busy.setVisible(on)
        if not on:
            self.progress.setText("")

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.picture.fit(max(40, self._room.width()), max(40, self._room.height()))

    # --- files --------------------------------------------------------------------------------------------------

    def ask_save_gif(self, name: str) -> None:
        """Asks for a file and writes the way from the beginning to the end."""
        if len(self.frames) < 2:
            self._session.notify(self.tr("Let something grow first: a GIF shows the way there."), "warning")
            return
        chosen = ask_to_save(
            self,
            self._session.settings,
            self.tr("Save the way there"),
            file_name(name, "grown", ".gif"),
            self.tr("GIF pictures (*.gif)"),
        )
        if chosen is None:
            return
        job = Job(save_gif, list(self.frames), chosen, parent=self)
        self._jobs.append(job)
        job.succeeded.connect(lambda path: self._session.notify(self.tr("Saved {0}").format(path)))
        job.failed.connect(lambda why, _: self._session.notify(why, "error"))
        job.finished.connect(lambda: self._jobs.remove(job))
        job.start()


def save_gif(frames: list[np.ndarray], target: Path, *, report: Any) -> Path:
    """Writes pictures (H, W, 1|3) 0 to 1 as an animation that stays on its last one for a while."""
    from nets.pictures.animation import write_gif

    side = max(frames[0].shape[:2])
    scale = max(1, min(ENLARGED, 320 // side))
    pixels = [np.rint(255 * np.clip(frame, 0, 1)).astype(np.uint8) for frame in frames]
    large = [np.repeat(np.repeat(frame, scale, axis=0), scale, axis=1) for frame in pixels]
    try:
        write_gif(target, large, FRAME)
    except OSError as problem:
        raise LensletError(f"{target.name} could not be saved: {problem.strerror or problem}") from problem
    return target
