"""The state that all panels share: the model, the picture on the pad, and the latest answer.

Panels never import each other. They read the session, call its methods and listen to its signals.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, QTimerEvent, Signal

from gui.settings import Settings
from gui.threads.downloads import Downloads
from gui.threads.live import Live, LiveAnswer, PictureQuestion, Snapshot
from gui.words import translated
from nets.network.pretrained import missing_files
from nets.network.shipped_cards import DEFAULT, shipped
from nets.places import Places
from nets.zoo.pretrained import PRETRAINED, Pretrained

if TYPE_CHECKING:
    from nets.network.card import Card
    from nets.network.model import Epoch, Model

SHOWN = 1000  # milliseconds after which a model counts as successfully shown
RECENT = 6  # model files that the menu of models remembers


@dataclass(frozen=True)
class Detour:
    """Another model was opened to look at one picture: why, and the model before."""

    sentence: str
    reference: str
    epoch: Epoch
    title: str


@dataclass(frozen=True, eq=False)
class Tint:
    """An explanation over the pad.

    pixels: (H, W) uint32, premultiplied, in the shape of the network's input; transparent where nothing is shown.
    window: (top, left, height, width) of the part of the picture that the input shows, in the picture's pixels. shape:
    (height, width) of the picture on the pad.
    """

    pixels: np.ndarray
    window: tuple[float, float, float, float]
    shape: tuple[int, int]


class Session(QObject):
    """The shared state.

    ``answer`` is always the newest. While the pen moves, a newer question has often been asked before an answer
    arrives. The answer is shown all the same; otherwise the bars would stand still until the pen rests. Answers to
    questions from before the pad was cleared, or before other layers came into view, are dropped.
    """

    card_changed = Signal(object)  # Card: of the model that answers, in Keras or by hand
    engine_changed = Signal(str, str)  # "loading" | "by hand" | "ready" | "failed", and a sentence
    model_opening = Signal(str)  # the reference
    model_changed = Signal(object)  # Model: opened, or in training while that is watched
    model_refused = Signal(str, str)  # the reference, and why
    picture_changed = Signal(object)  # (h, w[, c]) uint8 or None
    picture_offered = Signal(object, str, str)  # put this dataset image on the pad; its title, its true class or ""
    answered = Signal(object)  # LiveAnswer
    overlay_changed = Signal(object)  # (H, W) uint32 over what the network sees, or None
    tint_changed = Signal(object)  # Tint over the pad, or None
    runs_changed = Signal()
    drawings_changed = Signal()
    input_requested = Signal()  # show what the network receives
    workspace_wanted = Signal(str)  # "train", "explore"
    new_head_wanted = Signal(str, str)  # the reference of a model and a dataset whose classes it does not know
    notified = Signal(str, str)  # a sentence for the status bar; "info" | "warning" | "error"

    def __init__(
        self, places: Places, settings: Settings, *, threads: int | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.places = places
        self.settings = settings
        self.engine = "idle"
        self.device: Any = None
        self.model: Model | None = None
        self.card: Card | None = None
        self.picture: np.ndarray | None = None
        self.picture_label = ""  # the picture's true class, if it is known
        self.picture_is_dataset_image = False  # whether the picture has the form in which its dataset holds images
        self.answer: LiveAnswer | None = None
        self.reference = ""  # the model that was requested last
        self.patience: float | None = None  # seconds; None: no limit
        self.after_crash = False  # whether the last window crashed
        self.crash_report: Path | None = None  # what it was doing then
        self.detour: Detour | None = None
        self._to_remember: Model | None = None
        self._remembering = 0  # id of the timer after which the model counts as shown
        self._paths: tuple[str, ...] = ()
        self._epoch: Epoch = "best"  # the epoch of the run that was requested last
        self._id = 0
        self.downloads = Downloads(self)
        self.downloads.arrived.connect(self._on_arrived)
        self.downloads.failed.connect(lambda _, why: self.notify(why, "error"))
        self.downloads.cancelled.connect(self._on_download_cancelled)
        self._opens_on_arrival = ""  # the pretrained network that the person chose last, while its files are downloaded
        self.live = Live(places, threads, self)
        self.live.loading.connect(self._on_loading)
        self.live.ready.connect(self._on_ready)
        self.live.by_hand.connect(self._on_by_hand)
        self.live.opened.connect(self._on_opened)
        self.live.refused.connect(self._on_refused)
        self.live.answered.connect(self._on_answered)
        self.live.broken.connect(self._on_broken)

    def start(self, *, load: bool = True) -> None:
        """Open the given model or the last one; a shipped one answers by hand until TensorFlow is loaded.

        Args:
            load: Load TensorFlow at once. Otherwise ``live.load`` does it later.
        """
        suspected = self.after_crash and not self.reference and self.settings["model"] not in shipped()
        if suspected or self.crash_report is not None:
            self._tell_of_crash(suspected)
        if self.reference:
            self.open_model(self.reference)
        elif suspected:
            self.open_model(DEFAULT)
        elif self._lacks_files(self.settings["model"]):
            # Nothing is downloaded without being asked for.
            self.notify(
                self.tr("The files of {0}, which was open the last time, are gone: choose it again to download").format(
                    PRETRAINED[self.settings["model"]].title
                ),
                "warning",
            )
            self.open_model(DEFAULT)
        else:
            epoch = self.settings["model_epoch"]
            is_number = epoch.isascii() and epoch.isdecimal() and len(epoch) < 7
            self.open_model(self.settings["model"], int(epoch) if is_number else epoch)
        if load:
            self.live.load()
        self.live.start()

    def end(self) -> None:
        """End all threads and wait for them, at most ``patience`` seconds."""
        if self._to_remember is not None:
            self._remember()
        self.downloads.end(self.patience)
        self.live.end(self.patience)

    @property
    def running(self) -> bool:
        """Whether a thread that could not be stopped is still running."""
        return self.live.running or self.downloads.running

    def open_model(self, reference: str, epoch: Epoch = "best", *, detour: str = "") -> None:
        """Open a model; ``model_changed`` or ``model_refused`` follows, unless another model is opened first.

        Missing files of a pretrained network are downloaded first; the open model stays meanwhile.

        Args:
            reference: A shipped or pretrained model's name, a run's id or the path of a file.
            epoch: Which of a run's weights.
            detour: Why this model is opened, as a sentence, if the person did not ask for it; then a way back is
                offered.
        """
        if self._lacks_files(reference):
            self._opens_on_arrival = reference
            self.downloads.start(PRETRAINED[reference], self.places)
            return
        self._opens_on_arrival = ""
        before = self.model
        self.detour = None
        if detour and before is not None and before.ref.kind not in ("training", "edited"):
            self.detour = Detour(detour, before.ref.name, before.ref.epoch, before.card.title)
        self.reference, self._epoch = reference, epoch
        self.live.open(reference, epoch=epoch)
        self.model_opening.emit(reference)

    def _tell_of_crash(self, suspected: bool) -> None:
        """Say that the last window crashed, with the model that is suspected, and where it is written down."""
        words = self.tr("Lenslet ended unexpectedly the last time.")
        if suspected:
            words = self.tr(
                "Lenslet ended unexpectedly the last time, with “{0}” open. It begins with the shipped model; open the "
                "other again from the menu of models."
            ).format(Path(self.settings["model"]).name)
        if self.crash_report is not None:
            words += " " + self.tr("What it was doing then is written in {0}.").format(self.crash_report)
        self.notify(words, "warning")

    def _lacks_files(self, reference: str) -> bool:
        return reference in PRETRAINED and bool(missing_files(PRETRAINED[reference], self.places))

    def _on_arrived(self, row: Pretrained) -> None:
        if row.name == self._opens_on_arrival:
            self.open_model(row.name)
        else:  # the person has opened another model meanwhile
            self.notify(self.tr("{0} is here now: open it from the menu of models").format(row.title))

    def _on_download_cancelled(self, row: Pretrained) -> None:
        self.notify(self.tr("The download of {0} was stopped; nothing of it is kept").format(row.title))

    def end_detour(self) -> None:
        """Open the model from before the detour."""
        if self.detour is not None:
            self.open_model(self.detour.reference, self.detour.epoch)

    def use_model(self, model: Model) -> None:
        """Make a model that is in no file, e.g. one with an edited kernel, the live one."""
        self._opens_on_arrival = ""
        self.live.open(model)

    def change_card(self, model: Model) -> None:
        """Replace the card of the open model: what it receives, or the names of its classes."""
        self.live.change_card(model)

    def set_picture(self, picture: np.ndarray | None, *, label: str = "", is_dataset_image: bool = False) -> None:
        """The pad's picture changed.

        Args:
            picture: (h, w) or (h, w, 1|3|4) uint8; None for an empty pad.
            label: The true class, if it is known.
            is_dataset_image: Whether the picture has its dataset's own form and must not be centred or fitted again.
        """
        self.picture, self.picture_label, self.picture_is_dataset_image = picture, label, is_dataset_image
        self.picture_changed.emit(picture)
        self._ask(drops_earlier=picture is None)

    def offer_picture(self, picture: np.ndarray, title: str, label: str = "") -> None:
        """Put an image of a dataset on the pad, e.g. one that was clicked in the confusion matrix.

        Args:
            picture: (H, W, 1|3) uint8, as the dataset holds it.
            title: The text beside the pad.
            label: The true class; "" if unknown.
        """
        self.picture_offered.emit(picture, title, label)

    def set_overlay(self, pixels: np.ndarray | None, tint: Tint | None = None) -> None:
        """Set what is painted in place of the network's input, and over the pad.

        Args:
            pixels: (H, W) uint32 as Qt's RGB32, the input with an explanation over it; None: only the input.
            tint: The explanation alone, for the pad; None: only the drawing.
        """
        self.overlay_changed.emit(pixels)
        self.tint_changed.emit(tint)

    def watch(self, paths: tuple[str, ...]) -> None:
        """Set the layers whose maps every answer contains from now on."""
        if paths != self._paths:
            self._paths = paths
            self._ask(drops_earlier=True)

    def refresh(self) -> None:
        """Request the picture's answer again, because the live model's weights have changed."""
        self._ask()

    def ask_means(self) -> None:
        """Request, with the next answer to the same picture, the mean of every layer's maps."""
        self._ask(means=True)

    def ask_shifts(self) -> None:
        """Request, with the next answer to the same picture, whether the network keeps its answer when the picture is
        moved.
        """
        self._ask(shifts=True)

    def watch_training(self, snapshot: Snapshot | None) -> None:
        """Let the pad answer with the network in training; None: with the opened model again."""
        self.live.follow(snapshot)

    def notify(self, sentence: str, level: str = "info") -> None:
        self.notified.emit(translated(sentence), level)

    def _ask(self, *, drops_earlier: bool = False, means: bool = False, shifts: bool = False) -> None:
        self._id += 1
        question = PictureQuestion(
            self.picture, self._paths, self.picture_label, self.picture_is_dataset_image, means, shifts, id=self._id
        )
        self.live.ask(question, drops_earlier=drops_earlier)

    def _set_engine(self, state: str, words: str) -> None:
        self.engine = state
        self.engine_changed.emit(state, words)

    def _on_ready(self, device: Any) -> None:
        self.device = device
        self._set_engine("ready", self.tr("TensorFlow ready"))

    def _on_loading(self, what: str) -> None:
        if self.engine != "by hand":
            self._set_engine("loading", self.tr("Loading {0} …").format(what))

    def _on_by_hand(self, card: Card) -> None:
        """A shipped model answers without Keras until TensorFlow is loaded."""
        self._set_engine("by hand", self.tr("By hand in NumPy"))
        self._set_card(card)

    def _set_card(self, card: Card) -> None:
        self.card = card
        self.card_changed.emit(card)

    def _on_opened(self, model: Model) -> None:
        self.model = model
        self._set_card(model.card)
        if model.ref.kind == "file":  # at once: every menu of models offers what is open
            others = [path for path in self.settings["recent_models"] if path != model.ref.name]
            self.settings.set("recent_models", [model.ref.name, *others][:RECENT])
        self.model_changed.emit(model)
        if model.ref.kind not in ("training", "edited", "untrained"):  # these are in no file
            self._to_remember = model
            self._remembering = self.startTimer(SHOWN)  # ``timerEvent`` follows

    def timerEvent(self, event: QTimerEvent) -> None:
        self.killTimer(event.timerId())
        # The timer of an earlier model must not count for the present one.
        is_last = event.timerId() == self._remembering
        if is_last and self._to_remember is not None and self._to_remember is self.model:
            self._remember()

    def _remember(self) -> None:
        """The model was shown without a crash: it may be opened at the next start.

        Not earlier: a model that crashes the process while it is painted would crash every later start too.
        """
        assert self._to_remember is not None
        ref, self._to_remember = self._to_remember.ref, None
        self.settings.set("model", ref.name)
        self.settings.set("model_epoch", str(self._epoch) if ref.kind == "run" else "best")

    def _on_refused(self, reference: str, why: str) -> None:
        self.model_refused.emit(reference, why)
        self.notify(why, "error")
        if self.model is None and reference != "pen":  # the last model is gone: the shipped one is always available
            self.open_model("pen")

    def _on_answered(self, answer: LiveAnswer) -> None:
        self.answer = answer
        self.answered.emit(answer)

    def _on_broken(self, what: str, trace: str) -> None:
        if self.engine != "ready":
            self._set_engine("failed", what)
        self.notify(what, "error")
