"""Explanations of the drawing: one picture or two, live with the pen or on request, and the checks below them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from gui import theme
from gui.explain.checking import Checks
from gui.explain.controls import ExplainControls
from gui.explain.explanation_column import ExplanationColumn
from gui.explain.shown import Layered, layered, likely, overlaid, picture_of, range_of, tinted
from gui.session import Session, Tint
from gui.threads.explaining import Explained, Explaining, ExplainQuestion
from gui.threads.job import Job, compile_beside
from gui.threads.worker import Worker
from gui.widgets import BusySign, ElidedLabel, button
from nets.events import Progress
from nets.explain import EXPLAINERS
from nets.files import saving, write_with

if TYPE_CHECKING:
    from gui.threads.live import LiveAnswer
    from nets.network.model import Model

SLOW = 0.1  # seconds: an explanation that took longer waits until the pen rests
WIDE = 640  # width in pixels from which a check stands beside the picture
RESTED = 200  # milliseconds without a new drawing before such an explanation is computed


class ExplainPage(QWidget):
    """``painted``: the page shows another picture, or none; ``overlay`` gives it for the pad's column."""

    painted = Signal()

    def __init__(self, session: Session, controls: ExplainControls, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self.controls = session, controls
        self._id = 0
        self._model: Model | None = None
        self._answer: LiveAnswer | None = None
        self.results: list[Explained | None] = []
        self._question: ExplainQuestion | None = None  # the question whose results are shown or being computed
        self._waits = False  # whether the answer to the present picture is awaited; then it is explained
        self._slow = False
        self._busy_shown: tuple[bool, bool] | None = None  # the last arguments of _show_busy
        self._timed: tuple[Any, ...] = ()  # the last network and question
        self.columns = [ExplanationColumn(), ExplanationColumn()]
        self.checks = Checks(session)
        self.checks.checked.connect(self._on_checked)
        self._passed: dict[str, bool] = {}  # whether each method passed the sanity check of the open network
        self.explaining = Explaining(self)
        self.worker = Worker(self.explaining, self)  # a quick result is shown although the pen has moved on
        self.worker.answered.connect(self._on_answered)
        self.worker.failed.connect(lambda _, words, __: self._on_failed(words))
        self.explaining.reported.connect(self._on_reported)
        self.explaining.arrived.connect(self._on_arrived)
        self.explaining.compiles.connect(self._compile_beside)
        self._compilers: list[Job] = []
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(RESTED)
        self._rest.timeout.connect(self._ask)
        self._is_marked = False  # whether what is shown is said to be what was chosen before
        self._compiles_long = QTimer(self)
        self._compiles_long.setSingleShot(True)
        self._compiles_long.setInterval(RESTED)
        self._compiles_long.timeout.connect(self._show_what_was_chosen_before)
        self._compose()
        controls.changed.connect(self._on_choice)
        controls.painted.connect(self._paint)
        theme.theme.changed.connect(self._paint)
        self.columns[1].setVisible(len(controls.asked()) > 1)
        self._paint()

    def _compose(self) -> None:
        pictures = QHBoxLayout()
        pictures.setSpacing(theme.GUTTER)
        for column in self.columns:
            pictures.addWidget(column, 1)
            column.resized.connect(self._fit)
        self.compute = button(self.tr("Compute (Return)"), "primary")
        self.compute.clicked.connect(self.compute_now)
        self.stop_button = button(self.tr("Stop (Esc)"))
        self.stop_button.clicked.connect(self.stop_computing)
        self.busy = BusySign(self)
        self.busy.setFixedSize(16, 16)
        self.progress = ElidedLabel("", "small")  # gives way to the buttons
        self.sanity = button(self.tr("Sanity check"), tip=self.tr("Does the picture change with random weights? (S)"))
        self.sanity.clicked.connect(lambda: self.check("sanity"))
        self.faith = button(self.tr("Deletion and insertion"), tip=self.tr("Does the network use what is marked? (D)"))
        self.faith.clicked.connect(lambda: self.check("curves"))
        foot = QHBoxLayout()
        foot.setSpacing(theme.GAP)
        for widget in (self.compute, self.stop_button, self.busy):
            foot.addWidget(widget)
        foot.addWidget(self.progress, 1)
        foot.addWidget(self.sanity)
        foot.addWidget(self.faith)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(theme.GAP)
        self.slide = QWidget()  # what a picture of this page contains: no buttons
        self._body = QBoxLayout(QBoxLayout.Direction.TopToBottom, self.slide)
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.setSpacing(theme.GAP)
        self._body.addLayout(pictures, 3)
        self._body.addWidget(self.checks, 2)
        outer.addWidget(self.slide, 1)
        outer.addLayout(foot)
        self._show_busy(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_checks()

    def _place_checks(self) -> None:
        """Beside a single picture if the page is wide, so that the picture stays large; otherwise below."""
        beside = self.columns[1].isHidden() and self.width() >= max(self.height() * 9 // 10, theme.px(WIDE))
        way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        self._body.setDirection(way)

    # --- what is asked ------------------------------------------------------------------------------------------

    def set_model(self, model: Model) -> None:
        self._model = model
        self._slow = False
        self._forget_other_network()
        if not self._has_drawing:
            self._waits = self._session.picture is not None
        self.refresh()

    def show_waiting(self) -> None:
        """The pad or the engine changed; the answer, and then the explanation, will follow."""
        self._waits = self._session.picture is not None
        if not any(self.results):
            self._paint()

    def set_answer(self, answer: LiveAnswer | None) -> None:
        """The drawing changed: live explanations are requested again, the others are marked as of an earlier
        drawing.
        """
        before, self._answer = self._answer, answer
        nothing = answer is None or (answer.prepared is None and not answer.problem)  # or of the pad before
        self._waits = nothing and self._session.picture is not None
        if answer is not None:
            self.controls.set_likely(likely(answer))
        same = before is not None and answer is not None and before.prepared is answer.prepared
        if not same:
            self.refresh()

    def refresh(self) -> None:
        """Request the live explanations; if there is nothing to explain, say what to do."""
        if self._model is None or not self._has_drawing:
            self._rest.stop()
            self.worker.drop()
            self._show_busy(False)
            self.results = []
            self._paint()
        elif not self._is_live:
            self._paint()
        elif self._slow:
            self._rest.start()
        else:
            self._ask()

    def compute_now(self) -> None:
        """Compute the chosen explanation, live or not."""
        if self._model is not None and self._has_drawing:
            self._ask()

    def stop_computing(self) -> bool:
        """Stop the computation; its last picture stays. Returns whether something was stopped."""
        was = self.worker.busy or self.checks.busy
        self.worker.drop()
        self.checks.stop()
        self._unmark()
        self._show_busy(False)
        self._paint()  # the results so far are no longer being computed
        return was

    def check(self, kind: str) -> None:
        """Runs a check of the first picture."""
        found = self.results[0] if self.results else None
        if self._model is None or found is None or found.values is None or found.image is None:
            self._session.notify(self.tr("Draw or open a picture first: a check needs an explanation."), "warning")
            return
        self.checks.start(kind, self._model, found)

    def finish(self) -> None:
        self.checks.stop()
        self.worker.end()
        for job in self._compilers:
            job.wait()

    @property
    def computing(self) -> bool:
        """Whether an explanation is being computed, or waits for the pen to rest."""
        return self.worker.busy or self._rest.isActive()

    @property
    def _best(self) -> int | None:
        """The class that the open network answers; None if its answer is awaited, or is not a class."""
        answer = self._answer
        if answer is None or answer.answer is None or answer.model is not self._model:
            return None
        return int(answer.answer.probabilities.argmax())

    @property
    def _has_drawing(self) -> bool:
        """Whether there is an input for the open network: until it has answered, the answer is another network's."""
        model, answer = self._model, self._answer
        if model is None or answer is None or answer.model is None or answer.prepared is None:
            return False
        return bool(answer.model.card.input == model.card.input)

    @property
    def _is_live(self) -> bool:
        return self._follows_pen(self.controls.asked())

    def _follows_pen(self, asked: tuple[Any, ...]) -> bool:
        if self._model is None:
            return all(EXPLAINERS[one.method].live for one in asked)
        return all(EXPLAINERS[one.method].follows_pen(self._model, **dict(one.options)) for one in asked)

    def _on_choice(self) -> None:
        self.columns[1].setVisible(len(self.controls.asked()) > 1)
        self._place_checks()
        self._slow = False
        self.worker.drop()
        self._unmark()
        self._show_busy(False)
        self.refresh()
        self._compiles_long.start()

    def _show_what_was_chosen_before(self) -> None:
        """A first explanation of a large network is compiled for seconds: what is shown meanwhile is marked."""
        asked = self.controls.asked()
        if self._is_live and self.worker.busy and any(found and found.asked not in asked for found in self.results):
            self._is_marked = True
            self.busy.show()
            self._paint()

    def _unmark(self) -> None:
        if self._is_marked:
            self._is_marked = False
            self.busy.hide()

    def _ask(self) -> None:
        if self._model is None or self._answer is None or self._answer.prepared is None:
            return
        self._id += 1
        asked = self.controls.asked()
        is_live = self._follows_pen(asked)
        window = self._answer.prepared.window
        question = ExplainQuestion(
            self._model,
            self._session.places,
            asked,
            self._answer.prepared.input,
            self._answer.prepared.picture,
            self._session.picture_is_dataset_image,
            (window.top, window.left, window.height, window.width),
            self._best,
            id=self._id,
        )
        if not is_live:
            self._show_busy(True)
            self._paint()  # the picture still belongs to the earlier question
        if self._slow or not is_live:
            self.worker.drop()  # the running computation is stale
        self.worker.ask(question)

    # --- what comes back ----------------------------------------------------------------------------------------

    def _on_answered(self, question: ExplainQuestion, results: tuple[Explained, ...]) -> None:
        self._question, self.results = question, list(results)
        key = (question.model.network, question.asked)
        if self._timed == key:  # the first time includes the compilation and says nothing about later ones
            self._slow = sum(found.seconds for found in results) > SLOW
        self._timed = key
        self._unmark()
        self._show_busy(False)
        self._paint()

    def _compile_beside(self, compiling: Callable[[], None]) -> None:
        job = Job(compile_beside, compiling, parent=self)
        self._compilers.append(job)
        job.failed.connect(lambda words, _: self._on_failed(words))
        job.finished.connect(lambda: self._compilers.remove(job))
        job.start()

    def _on_failed(self, words: str) -> None:
        self._show_busy(False)
        self._session.notify(words, "error")

    def _on_reported(self, question: ExplainQuestion, event: Any) -> None:
        if question.id == self._id and isinstance(event, Progress) and not self.stop_button.isHidden():
            whole = f" / {event.total:.0f}" if event.total else ""
            self.progress.setText(f"{event.what} {event.done:.0f}{whole}")

    def _on_arrived(self, question: ExplainQuestion, number: int, part: Explained) -> None:
        if question.id != self._id or self.stop_button.isHidden():
            return
        if self._question is not question:
            self._question, self.results = question, [None] * len(question.asked)
        self.results[number] = part
        self._paint()

    def _show_busy(self, on: bool) -> None:
        waits_for_return = not on and not self._is_live
        if not on and (on, waits_for_return) == self._busy_shown:  # as after every answer while the pen moves
            return
        self._busy_shown = on, waits_for_return
        self.busy.setVisible(on)
        self.stop_button.setVisible(on)
        self.compute.setVisible(waits_for_return)
        self.progress.setText(self.tr("does not follow the pen") if waits_for_return else "")

    # --- painting -----------------------------------------------------------------------------------------------

    def _forget_other_network(self) -> None:
        """Remove results of another network, so that they do not stand under this one's name."""
        question = self._question
        if question is not None and self._model is not None and question.model.network is not self._model.network:
            self._question, self.results = None, []
            self._passed = {}

    def _paint(self) -> None:
        asked = self.controls.asked()
        for number, column in enumerate(self.columns[: len(asked)]):
            if number >= len(self.results) or self.results[number] is None:
                self._paint_state(column)
        parts = self._parts()
        whole = [part for part in parts if part is not None]
        shares = len(whole) == 2 and len({found.asked.method for found in self.results if found is not None}) == 1
        both = range_of(whole) if shares else None
        for column, found, part in zip(self.columns, self.results, parts, strict=False):
            if found is None:
                continue
            if part is None:
                words = " ".join(filter(None, (found.problem.rstrip(".") + ".", self._next_step(found))))
                column.show_state(self.tr("Not possible here"), words, failed=True)
                continue
            picture = self._picture(found)
            column.show_explained(
                found,
                part,
                both or range_of([part]),
                picture,
                jet=self.controls.jet,
                opacity=self.controls.opacity.value() / 100,
                shared=both is not None,
                stale=self._stale(found, asked),
                mark=self._mark(found),
            )
        self.painted.emit()

    def _next_step(self, found: Explained) -> str:
        """What to do about an explanation that is not possible; "" if nothing would help."""
        model = self._model
        if model is not None and not model.output.kind.has_classes:
            return ""
        target, layer = found.target, found.layer
        if model is not None and not EXPLAINERS[found.asked.method].refusal(model, target=target, layer=layer):
            return self.tr("Change or empty the field of that option at the left.") if found.asked.options else ""
        return self.tr("Choose another method, class or layer at the left.")

    def _mark(self, found: Explained) -> str:
        """A warning if the method failed the sanity check of the open network; "" otherwise."""
        own = not found.asked.reference
        if own and not self._passed.get(found.asked.method, True):
            return self.tr("failed the sanity check")
        return ""

    def _on_checked(self, method: str, passed: bool) -> None:
        self._passed[method] = passed
        self._paint()

    def _fit(self) -> None:
        """Give pictures side by side the same size."""
        shown = [column for column in self.columns if not column.isHidden()]
        room = shown[0].room
        for column in shown[1:]:
            room = room.boundedTo(column.room)
        for column in shown:
            column.fit(room)

    def _paint_state(self, column: ExplanationColumn) -> None:
        if self._session.engine == "failed":
            words = self.tr("Explanations need TensorFlow, and it could not be loaded.")
            column.show_state(self.tr("Not possible here"), words, failed=True)
        elif self._session.engine != "ready":
            loading = self.tr("TensorFlow is still being loaded: explanations come when it is here.")
            column.show_state(self.tr("In a moment"), loading, busy=True)
        elif self._model is None and self._session.model is None:
            column.show_state(
                self.tr("No model yet"), self.tr("The explanation follows when a model is open."), busy=True
            )
        elif (self._waits and not self._has_drawing) or self._model is None:
            column.show_state(self.tr("Computing"), self.tr("The explanation follows the answer."), busy=True)
        elif not self._has_drawing and self._answer is not None and self._answer.problem:
            column.show_state(self.tr("Not possible here"), self._answer.problem, failed=True)
        elif not self._has_drawing:
            column.show_state(
                self.tr("Nothing to explain yet"),
                self.tr("Draw on the pad, open a picture, or take a test image, at the pad or in its menu."),
            )
        else:
            if (
                self._is_live or not self.stop_button.isHidden()
            ):  # one that was stopped may still run to its next report
                column.show_state(self.tr("Computing"), self.tr("The first one takes a moment."), busy=True)
            else:
                column.show_state(self.tr("Computed on request"), self.tr("Press Return, or Compute below."))

    def _parts(self) -> list[Layered | None]:
        found: list[Layered | None] = []
        for result in self.results:
            if result is None or result.values is None or result.image is None:
                found.append(None)
                continue
            height, width = result.image.shape[:2]
            found.append(layered(EXPLAINERS[result.asked.method], result.values, height, width))
        return found

    def _picture(self, found: Explained) -> np.ndarray:
        assert found.image is not None
        assert self._model is not None
        return picture_of(found.image, replace(self._model.card.input, channels=found.image.shape[-1]))

    def _stale(self, found: Explained, asked: tuple[Any, ...]) -> str:
        """Why a picture does not belong to the present choices and drawing; "" if it does."""
        if not found.done and not self.stop_button.isHidden():
            return self.tr("so far: it is still being computed")
        if not found.done:
            return self.tr("stopped: as far as it was computed; Return begins anew")
        if self._follows_pen(asked):
            return self.tr("as it was chosen before: what is chosen now is being computed") if self._is_marked else ""
        if found.asked not in asked:
            if not self.stop_button.isHidden():
                return self.tr("as it was chosen before: what is chosen now is being computed")
            return self.tr("as it was chosen before: Return computes what is chosen now")
        question, answer = self._question, self._answer
        now = answer.prepared.input if answer is not None and answer.prepared is not None else None
        of = question.image if question is not None else None
        if now is not None and of is not None and now is not of and not np.array_equal(of, now):
            return self.tr("of an earlier picture: Return computes it anew")
        return ""

    def overlay(self) -> tuple[np.ndarray | None, Tint | None]:
        """(H, W) uint32 of the first picture and its Tint; None if there is none, or if it is of an earlier drawing."""
        first = self.results[0] if self.results else None
        column = self.columns[0]
        part = column.layered if column.found is first else None
        if first is None or part is None or self._stale(first, self.controls.asked()):
            return None, None
        question = self._question
        span, jet, opacity = range_of([part]), self.controls.jet, self.controls.opacity.value() / 100
        pixels = overlaid(self._picture(first), part, span, jet=jet, opacity=opacity)
        if question is None or question.window is None or question.picture is None:
            return pixels, None
        height, width = question.picture.shape[:2]
        return pixels, Tint(tinted(part, span, jet=jet, opacity=opacity), question.window, (height, width))

    # --- files --------------------------------------------------------------------------------------------------

    def raw(self) -> tuple[str, np.ndarray] | None:
        """The raw array to save: a name without suffix, and the values; None if there is nothing."""
        found = self.results[0] if self.results else None
        if found is None or found.values is None:
            return None
        return "_".join(filter(None, (found.title, found.asked.method, found.layer.replace("/", "-")))), found.values


def save_raw(values: np.ndarray, target: Path, *, report: Any) -> Path:
    """Write a .npy file, whole or not at all.

    Raises:
        LensletError: The file cannot be written.
    """

    def write(temporary: Path) -> None:
        with temporary.open("wb") as file:  # by its name np.save would add a suffix
            np.save(file, values)

    with saving(target):
        write_with(target, write)
    return target
