"""What the network responds to: a picture optimised for it, a drawing that fools it, a dream, patches that excite a
filter.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui import theme
from gui.explain.making import Made, MakeRequest
from gui.explain.option_fields import OptionFields
from gui.explain.shown import likely
from gui.explain.ways import WAYS, Way
from gui.paint.picture import PixelPicture
from gui.paint.pixels import picture_pixels
from gui.session import Session
from gui.threads.job import Job
from gui.threads.saving import Saving
from gui.widgets import BusySign, ElidedLabel, Panel, SearchSelect, Select, StateView, button, label
from gui.widgets.file_dialogs import ask_to_open, ask_to_save
from gui.words import as_sentence
from nets.events import Event, Progress
from nets.explain.activation_maximization import usual
from nets.explain.layers import spatial_layers
from nets.explain.lesion import layers_with_channels
from nets.explain.partial import Partial
from nets.explain.style import usual_layers
from nets.files import saving
from nets.pictures.ranges import file_name

if TYPE_CHECKING:
    from gui.threads.live import LiveAnswer
    from nets.network.model import Model

FRAME = 80  # milliseconds of a frame of the GIF
ENLARGED = 8  # frames of the GIF, at most
MOST_FRAMES = 240
# files that come with scikit-learn
LOOKS = (("flower.jpg", "Flower (photograph)"), ("china.jpg", "Temple (photograph)"))
OTHER = "other"


class LooksPage(QWidget):
    """Makes a picture while the person watches; the steps become the frames of a GIF."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._model: Model | None = None
        self._image: np.ndarray | None = None
        self._photograph: np.ndarray | None = None  # the opened picture from which ``_image`` was made
        self._request: MakeRequest | None = None  # the request of the shown picture
        self.shown: Made | None = None
        self.done = False
        self.frames: list[np.ndarray] = []
        self._job: Job | None = None
        self._saving = Saving(session.notify, self)
        self.way = Select([(row.name, self.tr(row.title)) for row in WAYS])
        self.what, self.number, self.space = Select(), SearchSelect(), Select()
        self.what.setSizeAdjustPolicy(Select.SizeAdjustPolicy.AdjustToContents)
        self.what.setMaximumWidth(theme.px(240))
        self.number.setSizeAdjustPolicy(Select.SizeAdjustPolicy.AdjustToContents)  # "map 12" is wider than "7"
        self.number.setMaximumWidth(theme.px(240))
        self._likely: list[tuple[str, str]] = []
        self._picked = False  # whether the person chose a class or map; otherwise the answer is used
        self.space.set_rows([("pixels", self.tr("In pixels")), ("frequencies", self.tr("In frequencies"))])
        begins = (
            ("noise", self.tr("From noise")),
            ("grey", self.tr("From grey")),
            ("image", self.tr("From my picture")),
        )
        self.start_from = Select(begins)
        self.look = Select()
        self._looks = [(name, self.tr(title)) for name, title in LOOKS]
        self.look.set_rows([*self._looks, (OTHER, self.tr("Another picture …"))])
        for select, name in (
            (self.way, self.tr("What is made")),
            (self.what, self.tr("Of a class, or of which layer")),
            (self.number, self.tr("Class, map or unit")),
            (self.space, self.tr("What is changed: pixels, or frequencies of which pictures are made")),
            (self.start_from, self.tr("The first picture")),
            (self.look, self.tr("The picture whose style is taken")),
        ):
            select.setAccessibleName(name)
            select.setToolTip(name)
        self.more = button(self.tr("Options"), tip=self.tr("What else can be said to this method"))
        self.more.setCheckable(True)
        self.options = OptionFields(columns=5)
        self.go = button(self.tr("Make it (Return)"), "primary")
        self.go_on = button(self.tr("Go on"), tip=self.tr("From the picture that is shown, for as many steps again"))
        self.halt = button(self.tr("Stop (Esc)"))
        self.busy = BusySign(self)
        self.busy.setFixedSize(16, 16)
        self.progress = label("", "small")
        self.title, self.details = ElidedLabel("", "strong"), ElidedLabel("", "small")
        self.picture = PixelPicture(fills=True)
        self.state = StateView()
        self.paragraph = label("", "small", wrap=True)
        self._compose()
        self.way.currentIndexChanged.connect(self._on_way)
        self.look.activated.connect(self._on_look)
        self.more.toggled.connect(lambda *_: self._show_options())
        self.go_on.clicked.connect(self.continue_it)
        self.what.currentIndexChanged.connect(self._on_what)
        self.number.activated.connect(self._on_picked)
        self.go.clicked.connect(self.start)
        self.halt.clicked.connect(self.stop)
        self._show_busy(False)
        self._on_way()

    def _compose(self) -> None:
        head, second = QHBoxLayout(), QHBoxLayout()
        for row, widgets in (
            (head, (self.way, self.what, self.number)),
            (second, (self.space, self.start_from, self.look, self.more, self.go, self.halt, self.go_on)),
        ):
            row.setSpacing(theme.GAP)
            for widget in widgets:
                row.addWidget(widget)
        second.addWidget(self.busy)
        second.addWidget(self.progress)
        for row in (head, second):
            row.addStretch(1)
        panel = self.slide = Panel()  # what a picture of this page contains: no buttons
        panel.body.addWidget(self.title)
        panel.body.addWidget(self.details)
        self._room = QWidget()
        room = QVBoxLayout(self._room)
        room.setContentsMargins(0, 0, 0, 0)
        room.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignCenter)
        room.addWidget(self.state)
        panel.body.addWidget(self._room, 1)
        panel.body.addWidget(self.paragraph)
        self._say_empty()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(theme.GAP)
        outer.addLayout(head)
        outer.addLayout(second)
        outer.addWidget(self.options)
        outer.addWidget(panel, 1)
        self.picture.hide()

    def _say_empty(self) -> None:
        self.go.setEnabled(self._model is not None)
        if self._model is None:
            words = self.tr("Pictures can be made when TensorFlow and a model are here.")
            self.state.busy(self.tr("No model yet"), words)
            return
        self.state.empty(
            self.tr("What does it look for?"), self.tr("Choose a class, or a layer and a filter, and press Return.")
        )

    # --- what is wanted -----------------------------------------------------------------------------------------

    @property
    def chosen(self) -> Way:
        return next((row for row in WAYS if row.name == self.way.value()), WAYS[0])

    def set_model(self, model: Model) -> None:
        before, self._model = self._model, model
        if before is not None and before.card.input != model.card.input:
            self._image, self._photograph = None, None  # prepared for the other network; its own answer brings others
        if before is not None and before.network is model.network:
            return
        self.stop()
        self._picked, self._likely = False, []
        self.shown, self.frames, self._request = None, [], None
        self._show_busy(False)
        self.picture.hide()
        self.title.setText("")
        self.details.setText("")
        self._say_empty()
        self.state.show()
        begins = usual(model.card.input)
        self.space.choose(begins.space)
        self.start_from.choose(begins.start)
        self._show_options()
        self._fill()

    def set_answer(self, answer: LiveAnswer) -> None:
        prepared = answer.prepared
        self._image, self._photograph = (prepared.input, prepared.picture) if prepared is not None else (None, None)
        self._likely = likely(answer)
        self._propose()

    def start(self) -> None:
        """Start making the chosen picture."""
        model = self._model
        if model is None:
            return
        if self.start_from.value() == "image" and self.chosen.name == "grow" and self._image is None:
            self._session.notify(self.tr("Draw or open a picture first, or begin from noise."), "warning")
            return
        self._make(
            MakeRequest(
                model,
                self._session.places,
                self.what.value(),
                int(self.number.value() or 0),
                self._image,
                self.space.value(),
                self.start_from.value(),
                self._photograph,
                self.options.values(),
                self.look.value(),
            )
        )

    def continue_it(self) -> None:
        """Continue from the shown picture, whatever is on the pad now."""
        if self._request is not None and self.shown is not None and self.shown.state is not None:
            self._make(replace(self._request, after=self.shown.state))

    def _make(self, request: MakeRequest) -> None:
        self.stop()
        self._request = request
        if request.after is None:
            self.frames = []
        self.done = False
        self._show_busy(True)
        job = self._job = Job(self.chosen.run, request, parent=self)
        job.progressed.connect(self._on_events)
        job.succeeded.connect(self._on_made)
        job.failed.connect(lambda words, _: self._on_failed(words))
        job.cancelled.connect(self._end)
        job.start()

    def stop(self) -> bool:
        """Stop; the last picture stays."""
        was = self._job is not None
        if self._job is not None:
            self._job.cancel()
            self._job.wait()
            self._end()
        return was

    def walk(self, by: int) -> None:
        if self.number.count():
            self._picked = True
            self.number.setCurrentIndex((self.number.currentIndex() + by) % self.number.count())

    def finish(self) -> None:
        self.stop()
        self._saving.wait()

    def _on_way(self) -> None:
        row = self.chosen
        self.paragraph.setText(self.tr(row.shows))
        for select in (self.space, self.start_from):
            select.setVisible(row.name == "grow")
        self.look.setVisible(row.style)
        self.more.setVisible(bool(row.options))
        self._show_busy(self._job is not None)
        self._show_options()
        self._fill()

    def _show_options(self) -> None:
        model = self._model
        if model is None:
            self.options.set_rows(self.chosen.options)
        else:
            fitting = usual_layers(model)
            names = [row.path for row in spatial_layers(model)]
            usual = {"content": fitting.content, "styles": fitting.styles}
            self.options.set_rows(self.chosen.options, model.card.input.shape, names, usual)
        self.options.setVisible(self.more.isChecked() and bool(self.chosen.options))

    def _on_look(self) -> None:
        """Choose another picture for the style: a file, which is then added to the choices."""
        if self.look.value() != OTHER:
            return
        title, kinds = self.tr("A picture whose style is taken"), self.tr("Pictures (*.png *.jpg *.jpeg *.bmp *.webp)")
        chosen = ask_to_open(self, self._session.settings, "pictures", title, kinds)
        if chosen is not None:
            self._looks.append((str(chosen), chosen.name))
            self.look.set_rows([*self._looks, (OTHER, self.tr("Another picture …"))])
        self.look.choose(str(chosen) if chosen is not None else self._looks[0][0])

    def _fill(self) -> None:
        model, row = self._model, self.chosen
        if model is None:
            return
        rows = [("", self.tr("A class"))] if row.classes and (model.output.kind.has_classes or not row.layers) else []
        if row.layers:
            rows += [(info.path, info.path) for info in layers_with_channels(model)]
        self.what.blockSignals(True)
        self.what.set_rows(rows)
        if row.usual_layer is not None and not row.classes:
            self.what.choose(row.usual_layer(model))
        self.what.blockSignals(False)
        self.what.setVisible(bool(rows))
        self._fill_numbers()

    def _fill_numbers(self) -> None:
        model = self._model
        if model is None:
            return
        self.number.setVisible(self.chosen.numbered and (self.chosen.classes or self.chosen.layers))
        path = self.what.value()
        if not path:
            self.number.set_rows([(str(n), name) for n, name in enumerate(model.card.labels)])
            self._propose()
            return
        self.number.set_first(())
        row = next(row for row in layers_with_channels(model) if row.path == path)
        words = self.tr("map {0}") if row.shows == "maps" else self.tr("unit {0}")
        self.number.set_rows([(str(n), words.format(n)) for n in range(row.maps)])

    def _on_what(self) -> None:
        self._picked = False
        self._fill_numbers()

    def _on_picked(self) -> None:
        self._picked = True

    def _propose(self) -> None:
        """Propose the answered class, until the person chooses one; for fooling, the class after it."""
        if self.what.value() or not self.chosen.classes:
            return
        self.number.set_first(self._likely)
        place = 1 if self.chosen.name == "fool" else 0
        if not self._picked and self._job is None and len(self._likely) > place:
            self.number.choose(self._likely[place][0])

    # --- what comes back ----------------------------------------------------------------------------------------

    def _on_events(self, events: list[Event]) -> None:
        if self._job is None:
            return
        for event in events:
            if isinstance(event, Partial):
                self._show(event.result)
            elif isinstance(event, Progress) and event.total:
                self.progress.setText(f"{event.what} {event.done:,.0f} / {event.total:,.0f}")

    def _on_made(self, made: Made) -> None:
        self.done = True
        self._show(made)
        self._end()

    def _on_failed(self, words: str) -> None:
        self._end()
        self.picture.hide()
        self.title.setText("")
        self.details.setText("")
        self.state.failed(self.tr("Not possible here"), as_sentence(words))
        self.state.show()

    def _show(self, made: Made) -> None:
        self.shown = made
        if len(self.frames) < MOST_FRAMES and (not self.frames or self.frames[0].shape == made.picture.shape):
            self.frames.append(made.picture)
        self.title.setText(made.title)
        self.details.setText(made.details)
        self.state.hide()
        self.picture.show()
        self.picture.set_crisp(made.crisp)
        self.picture.set_shape(*made.picture.shape[:2])
        self._fit()
        self.picture.set_pixels(picture_pixels(made.picture))

    def _end(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.deleteLater()
        self._show_busy(False)

    def _show_busy(self, on: bool) -> None:
        self.go.setVisible(not on)
        can = self.shown is not None and self.shown.state is not None and self._request is not None
        self.go_on.setVisible(can and not on and self.chosen.style)
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
        """Ask for a file and write all steps from the beginning to the end."""
        if len(self.frames) < 2:
            self._session.notify(self.tr("Let something grow or dream first: a GIF shows the way there."), "warning")
            return
        title, kinds = self.tr("Save the way there"), self.tr("GIF pictures (*.gif)")
        chosen = ask_to_save(self, self._session.settings, title, file_name(name, self.chosen.name, ".gif"), kinds)
        if chosen is None:
            return
        self._saving.start(save_gif, list(self.frames), chosen)


def save_gif(frames: list[np.ndarray], target: Path, *, report: Any) -> Path:
    """Write pictures (H, W, 1|3) 0 to 1 as an animation that pauses on its last frame, whole or not at all.

    Raises:
        LensletError: The file cannot be written.
    """
    from nets.pictures.animation import write_gif

    side = max(frames[0].shape[:2])
    scale = max(1, min(ENLARGED, 320 // side))
    pixels = [np.rint(255 * np.clip(frame, 0, 1)).astype(np.uint8) for frame in frames]
    large = [np.repeat(np.repeat(frame, scale, axis=0), scale, axis=1) for frame in pixels]
    with saving(target):
        write_gif(target, large, FRAME)
    return target
