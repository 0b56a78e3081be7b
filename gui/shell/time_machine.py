"""The time machine: a slider over the epochs of the open run. Maps, bars and explanations follow in every workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSlider, QStackedWidget, QWidget

from gui import theme
from gui.session import Session
from gui.threads.saving import Saving
from gui.widgets import IconButton, PartsLabel, label
from gui.widgets.file_dialogs import ask_to_save
from nets.errors import LensletError
from nets.files import saving
from nets.pictures.ranges import file_name
from nets.runs.evaluation import FEW, Accuracy

if TYPE_CHECKING:
    from nets.network.model import Model
    from nets.runs.run import RunSummary

STEP = 350  # milliseconds for each epoch while it plays
# milliseconds after an epoch is open until a frame of the GIF is taken, because explanations follow the answer
SETTLED = 300
AGAIN = 50  # milliseconds between checks whether the workspace shows the epoch
FRAME = 400  # milliseconds of a frame of the GIF
PATIENCE = 20_000  # milliseconds without an answer after which the recording ends


class TimeMachine(QFrame):
    """Shown while a run with two or more epochs is open.

    ``frames_of``: what a GIF shows. ``recorded`` carries the frames, (H, W, 3) uint8 each, when all epochs were shown.
    """

    recorded = Signal(list)

    def __init__(self, session: Session, frames_of: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._frames_of = session, frames_of
        self._run: RunSummary | None = None
        self._shown = 0  # the epoch that answers
        self._frames: list[np.ndarray] = []
        self._target: Path | None = None
        self._saving = Saving(session.notify, self)
        self.setProperty("look", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.play = IconButton("play", self.tr("Play the epochs (/)"), look="plain", checkable=True)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setPageStep(1)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.setAccessibleName(self.tr("Epoch"))
        self.slider.setToolTip(self.tr("The network as it was after each epoch (, and .)"))
        self.words = PartsLabel("", "small", between=" · ")
        self.save = IconButton("download", self.tr("Save all epochs as a GIF of this workspace"), look="plain")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.INSET, 2, theme.INSET, 2)
        row.setSpacing(theme.GAP)
        row.addWidget(label(self.tr("Epochs"), "heading"))
        row.addWidget(self.play)
        row.addWidget(self.slider, 3)
        row.addWidget(self.words, 3)
        row.addWidget(self.save)
        self._timer = QTimer(self)
        self._timer.setInterval(STEP)
        self._timer.timeout.connect(self._next)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self._take)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(self._give_up)
        self.slider.valueChanged.connect(self.go_to)
        self.play.toggled.connect(self._on_play)
        self.save.clicked.connect(self.ask_save)
        session.model_changed.connect(self._on_model)
        session.runs_changed.connect(self._on_runs)
        self.hide()

    @property
    def epochs(self) -> int:
        return self._run.epochs_done if self._run is not None else 0

    @property
    def recording(self) -> bool:
        return self._target is not None

    def go_to(self, epoch: int) -> None:
        """Open another epoch. Takes milliseconds, because only the weights are exchanged."""
        if self._run is not None and 1 <= epoch <= self.epochs and epoch != self._shown:
            self._shown = epoch
            self._show_words()
            self._session.open_model(self._run.id, epoch)

    def walk(self, by: int) -> None:
        if self.isVisible():
            self.slider.setValue(min(max(self.slider.value() + by, 1), self.epochs))

    def toggle_play(self) -> None:
        if self.isVisible():
            self.play.toggle()

    def stop(self) -> None:
        """Wait for a file that is being written, before the window closes."""
        self._timer.stop()
        self._give_up()
        self._saving.wait()

    # --- the run ------------------------------------------------------------------------------------------------

    def _on_model(self, model: Model) -> None:
        if model.ref.kind != "run":
            self._run = None
            self.play.setChecked(False)
            self._give_up()
            self.hide()
            return
        if self._run is None or self._run.id != model.ref.name:
            self._read(model.ref.name)
        epoch = model.ref.epoch if isinstance(model.ref.epoch, int) else 0
        # While the slider is dragged, the answer may belong to an earlier position.
        if not self.slider.isSliderDown():
            self._shown = epoch
            self.slider.blockSignals(True)
            self.slider.setValue(epoch)
            self.slider.blockSignals(False)
        self._show_words()
        self.setVisible(self.epochs > 1)
        if self.recording and epoch == len(self._frames) + 1:
            self._patience.start()
            self._settle.start(SETTLED)

    def _on_runs(self) -> None:
        """A run that is continued has more epochs now."""
        model = self._session.model
        if model is not None and model.ref.kind == "run":
            self._run = None
            self._on_model(model)

    def _read(self, run: str) -> None:
        from nets.runs.store import RunStore

        try:
            self._run = RunStore(self._session.places.runs).open(run).summary
        except LensletError:
            self._run = None  # the run was deleted: the open model keeps answering
        self.slider.blockSignals(True)
        self.slider.setRange(1, max(1, self.epochs))
        self.slider.blockSignals(False)

    def _show_words(self) -> None:
        run = self._run
        if run is None or not 1 <= self._shown <= self.epochs:
            return
        words = self.tr("epoch {0} of {1}").format(self._shown, self.epochs)
        held = Accuracy.from_share(run.history.val_accuracy[self._shown - 1], run.held_out)
        if held is not None:
            few = held.images < FEW
            share = self.tr(" · {0} of {1:,} validation images right")
            template = self.tr(" · {0} validation images right") if few else share
            words += template.format(held.text(), held.images)
        if self._shown == run.best_epoch:
            words += self.tr(" · the best")
        self.words.setText(words)

    # --- playing ------------------------------------------------------------------------------------------------

    def _on_play(self, on: bool) -> None:
        self.play.set_icon("pause" if on else "play")
        if on:
            if self.slider.value() >= self.epochs:
                self.slider.setValue(1)
            self._timer.start()
        else:
            self._timer.stop()

    def _next(self) -> None:
        if self.slider.value() >= self.epochs:
            self.play.setChecked(False)
        else:
            self.slider.setValue(self.slider.value() + 1)

    # --- the GIF ------------------------------------------------------------------------------------------------

    def ask_save(self) -> None:
        """Ask for a file, show every epoch, and write what the workspace showed."""
        if self._run is None:
            return
        title, kinds = self.tr("Save all epochs"), self.tr("GIF pictures (*.gif)")
        name = file_name(self._run.title or self._run.id, "epochs", ".gif")
        chosen = ask_to_save(self, self._session.settings, title, name, kinds)
        if chosen is not None:
            self.record(chosen)

    def record(self, target: Path) -> None:
        self.play.setChecked(False)
        self._target, self._frames = target, []
        self._patience.start()
        self._session.notify(self.tr("Recording the epochs; the GIF follows when all were shown."))
        if self._shown == 1:
            self._settle.start(SETTLED)
        else:
            self.slider.setValue(1)

    def _is_settled(self) -> bool:
        """Whether the workspace shows the open epoch: its answer has arrived, and what depends on the answer too."""
        session = self._session
        if session.picture is not None and (session.answer is None or session.answer.model is not session.model):
            return False
        shown = self._frames_of.currentWidget() if isinstance(self._frames_of, QStackedWidget) else self._frames_of
        return bool(getattr(shown, "settled", True))

    def _take(self) -> None:
        if not self.recording:
            return
        if not self._is_settled():
            self._settle.start(AGAIN)
            return
        self._frames.append(_pixels(self._frames_of.grab().toImage()))
        if len(self._frames) < self.epochs:
            self.slider.setValue(len(self._frames) + 1)
            return
        target, frames = self._target, self._frames
        self._target, self._frames = None, []
        self._patience.stop()
        self.recorded.emit(frames)
        assert target is not None
        self._saving.start(save_frames, frames, target)

    def _give_up(self) -> None:
        """Another model was opened, or an epoch could not be opened: nothing is written."""
        if self.recording:
            self._session.notify(self.tr("The recording of the epochs was ended; nothing was saved."), "warning")
        self._target, self._frames = None, []
        self._settle.stop()
        self._patience.stop()


def _pixels(image: QImage) -> np.ndarray:
    """(H, W, 3) uint8."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3).copy()


def save_frames(frames: list[np.ndarray], target: Path, *, report: Any) -> Path:
    """Write the frames as a GIF, whole or not at all.

    Raises:
        LensletError: The file cannot be written.
    """
    from nets.pictures.animation import write_gif

    height = min(frame.shape[0] for frame in frames)
    width = min(frame.shape[1] for frame in frames)
    with saving(target):
        write_gif(target, [frame[:height, :width] for frame in frames], FRAME)
    return target
