"""What the progress panel says while nothing trains: how a training ended, or the state of the run in focus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from gui.train.training_state import Outcome, TrainingState
from gui.widgets import run_dialog
from gui.words import capitalised
from nets.data.datasets import DATASETS
from nets.data.drawings import DATASET as DRAWINGS
from nets.runs.evaluation import FEW, Accuracy

if TYPE_CHECKING:
    from nets.runs.config import TrainConfig
    from nets.runs.store import RunSummary


LONGEST_TITLE = 90  # characters of a failure's first part that make a title; a longer one is the sentence below it
UNSURE = 1000  # with fewer images a number is shown with its interval


@dataclass(frozen=True)
class StatusText:
    """The text of the panel.

    actions: (name, text) of its buttons. role: the name of the icon's colour. brief: the sentence without its
    intervals, for too little room; "" if it has none.
    """

    icon: str
    title: str
    sentence: str
    actions: tuple[tuple[str, str], ...] = ()
    role: str = "quiet"
    brief: str = ""


def text_of_nothing() -> StatusText:
    """Nothing has been trained yet, or nothing is in focus."""
    return StatusText(
        "info",
        _tr("Choose what to train and press Train"),
        _tr("Loss and accuracy are drawn while it learns. Every epoch is kept and can be used on the pad."),
    )


def text_of_outcome(state: TrainingState, *, on_pad: int = 0, before: str = "") -> StatusText:
    """How the last training ended: what happened, what was kept, what to try.

    Args:
        state: after the end; its ``outcome`` is not None.
        on_pad: the epoch of this run that the pad answers with; 0 if it answers with another model.
        before: what the model is called that answered before the training was watched; "" for none.
    """
    outcome, done = state.outcome, state.epochs_done
    assert outcome is not None
    use = _use_actions(on_pad, state.best.epoch if state.best else done, before) if outcome.kept else ()
    resume = ("resume", _tr("Resume"))
    if outcome.kind == "failed":
        return _failed(outcome, done, use)
    if outcome.kind == "stopped":
        if not done:
            kept = _tr("Its settings are kept.") if outcome.kept and outcome.run else _tr("Nothing was kept.")
            actions = (resume,) if outcome.kept and state.resumed else ()
            return StatusText("pause", _tr("Stopped before the first epoch ended"), kept, actions)
        if not outcome.kept:
            title = _tr("{0}: stopped after epoch {1} of {2}").format(state.title, done, state.epochs)
            return StatusText("triangle-alert", title, _tr("Its folder is gone: nothing of it is kept."), (), "second")
        if state.started is None:
            return StatusText(
                "pause", _tr("Stopped before the run went on"), _tr("What it had is kept."), (resume, *use)
            )
        title = _tr("{0}: stopped after epoch {1} of {2}").format(state.title, done, state.epochs)
        best = (state.best.accuracy, state.best.epoch) if state.best else (None, 0)
        kept = " " + _tr("All finished epochs are kept.")
        brief = _validation(*best, interval=False) + kept
        return StatusText("pause", title, _validation(*best) + kept, (resume, *use), brief=brief)
    title = _finished_title(state.title, done)
    if state.guessing:
        sentence = _tr("On the validation images it is no better than guessing. Try a smaller learning rate.")
        return StatusText("triangle-alert", title, sentence, use, "second")
    measured = (outcome.test, state.best.accuracy if state.best else None, state.best.epoch if state.best else 0, done)
    return _finished(title, measured, use, _on_own_pictures(state.config))


def text_of_run(run: RunSummary, *, on_pad: int = 0) -> StatusText:
    """The state of a run from the list. ``on_pad``: its epoch that the pad answers with; 0 if none."""
    done = run.epochs_done
    resume, use = ("resume", _tr("Resume")), _use_actions(on_pad, run.best_epoch or done)
    if run.state == "running":
        return StatusText(
            "info", run.title, _tr("It is in training in another window or program."), use if done else ()
        )
    use = use if done else ()
    if run.state == "failed":
        return StatusText("triangle-alert", run.title, capitalised(run.message), use, "error")
    if not done:
        sentence = _tr("Stopped before the first epoch ended. Its settings are kept.")
        return StatusText("pause", run.title, sentence, (resume,))
    if done >= run.epochs:
        measured = (run.test, run.validation, run.best_epoch, done)
        return _finished(_finished_title(run.title, done), measured, use, _on_own_pictures(run.config))
    title = _tr("{0}: stopped after epoch {1} of {2}").format(run.title, done, run.epochs)
    best = (run.validation, run.best_epoch)
    return StatusText("pause", title, _validation(*best), (resume, *use), brief=_validation(*best, interval=False))


def _finished(
    title: str,
    measured: tuple[Accuracy | None, Accuracy | None, int, int],
    use: tuple[tuple[str, str], ...],
    own: bool,
) -> StatusText:
    """``measured``: the arguments of ``_measured``. ``own``: whether it learned the person's own pictures."""
    brief, whole = _measured(*measured, interval=False), _measured(*measured)
    if own and measured[0] is None:
        whole += " " + _tr("No picture was kept apart to test it on: give every class two pictures or more.")
    return StatusText("circle-check", title, whole, use, "accent", brief)


def _on_own_pictures(config: TrainConfig | None) -> bool:
    """Whether the data are kept drawings or a folder, of which a class may have too few pictures to test on."""
    return config is not None and (config.dataset not in DATASETS or config.dataset == DRAWINGS)


def _finished_title(title: str, epochs: int) -> str:
    template = _tr("{0}: one epoch finished") if epochs == 1 else _tr("{0}: {1} epochs finished")
    return template.format(title, epochs)


def measured_on(accuracy: Accuracy, images: str, *, explained: bool = True, interval: bool = True) -> str:
    """ "98.93 % of 10,000 test images right", with the interval for few images.

    Args:
        accuracy: what was measured.
        images: which images, in words.
        explained: whether the interval is called one; not where the sentence before has done so.
        interval: whether there is room for it.
    """
    template = _tr("{0} {2} right") if accuracy.images < FEW else _tr("{0} of {1:,} {2} right")
    words = template.format(accuracy.text(), accuracy.images, images)
    if accuracy.images < UNSURE and interval:
        template = _tr("(95 % interval: {0})") if explained else _tr("({0})")
        words += " " + template.format(accuracy.interval_text())
    return words


def _measured(
    test: Accuracy | None, validation: Accuracy | None, best: int, epochs: int, *, interval: bool = True
) -> str:
    """The test result, which belongs to the last epoch, and the best validation result."""
    parts = []
    if test is not None:
        words = measured_on(test, _tr("test images"), interval=interval)
        parts.append(_tr("Epoch {0}: {1}.").format(epochs, words))
    explained = test is None or test.images >= UNSURE
    parts.append(_validation(validation, best, explained=explained, interval=interval))
    return " ".join(parts)


def _validation(accuracy: Accuracy | None, epoch: int, *, explained: bool = True, interval: bool = True) -> str:
    if accuracy is None:
        return _tr("There are no validation images to measure on.")
    words = measured_on(accuracy, _tr("validation images"), explained=explained, interval=interval)
    return _tr("Best epoch {0}: {1}.").format(epoch, words)


def _use_actions(on_pad: int, epoch: int, before: str = "") -> tuple[tuple[str, str], ...]:
    """The buttons: use ``epoch`` of the run on the pad; if the pad uses it already, go back to the model before."""
    if not on_pad:
        return (("use", _tr("Use it on the pad")),)
    if on_pad != epoch:  # the person chose earlier, or the run had no better epoch before it continued
        return (("use", _tr("Use epoch {0} on the pad").format(epoch)),)
    return (("back", _tr("Back to {0}").format(before)),) if before else ()


def _failed(outcome: Outcome, done: int, use: tuple[tuple[str, str], ...]) -> StatusText:
    """``nets`` says "what happened; what was kept; what to try": the first part becomes the title."""
    what, _, rest = outcome.sentence.partition("; ")
    title, sentence = (what, rest) if rest else (_tr("The training failed"), what)
    if len(what) > LONGEST_TITLE:  # it has one line, and what was found stands at its end
        title, sentence = _tr("The training failed"), outcome.sentence
    actions = (("details", _tr("Details")), *(use if done else ()))
    return StatusText("triangle-alert", capitalised(title), capitalised(sentence), actions, "error")


def show_details(outcome: Outcome, parent: QWidget) -> None:
    """Show what failed, with the traceback to copy."""
    box = QMessageBox(parent)
    box.setWindowTitle(_tr("What failed"))
    box.setTextFormat(Qt.TextFormat.PlainText)  # the sentence may name what somebody else called a layer
    box.setText(outcome.sentence)
    box.setDetailedText(outcome.traceback)
    run_dialog(box)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Outcome", text)
