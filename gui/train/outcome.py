"""How a training ended, in words: what happened, what was kept, what to try."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from gui.train.training import Outcome
from gui.train.curves.trace import Trace
from gui.widgets import run_dialog

if TYPE_CHECKING:
    from nets.runs.store import RunSummary


@dataclass(frozen=True)
class Words:
    """What the progress panel shows. actions: (name, words) of buttons; role: a colour's name."""

    icon: str
    title: str
    sentence: str
    actions: tuple[tuple[str, str], ...] = ()
    role: str = "quiet"


def idle() -> Words:
    return Words(
        "info",
        _tr("Choose what to train and press Train"),
        _tr("Loss and accuracy are drawn while it learns. Every epoch is kept and can be used on the pad."),
    )


def words_for(outcome: Outcome, trace: Trace | None, *, guessing: bool = False) -> Words:
    """``trace``: the curves of the run that ended, cut to its finished epochs; None when it had not begun.

    ``guessing``: on the images held out it ended no better than a guess.
    """
    done = trace.done if trace is not None else 0
    if outcome.kind == "failed":
        return _failed(outcome, done)
    resume, use = ("resume", _tr("Resume")), ("use", _tr("Use it on the pad"))
    if outcome.resumed and trace is None:
        return Words("pause", _tr("Stopped before the run went on"), _tr("What it had is kept."))
    if outcome.resumed and not done:
        return Words("pause", _tr("Stopped before the first epoch ended"), _tr("Its settings are kept."), (resume,))
    if trace is None or not done:
        return Words("pause", _tr("Stopped before the first epoch ended"), _tr("Nothing was kept."))
    found = _best(float(trace.validation[trace.best_epoch - 1, 1]) if trace.best_epoch else math.nan, trace.best_epoch)
    if done < trace.epochs:
        title = _tr("Stopped after epoch {0} of {1}").format(done, trace.epochs)
        kept = found + " " + _tr("All finished epochs are kept.")
        return Words("pause", title, kept, (resume, use))
    title = _tr("{0}: {1} epochs finished").format(trace.title, done)
    if guessing:
        found = _tr("On the images held out it is no better than guessing. Try a smaller learning rate.")
        return Words("triangle-alert", title, found, (use,), "second")
    return Words("circle-check", title, found, (use,), "accent")


def words_of(run: RunSummary) -> Words:
    """How a run from the list stands."""
    resume, use = ("resume", _tr("Resume")), ("use", _tr("Use it on the pad"))
    done = run.epochs_done
    if run.state == "running":
        return Words("info", run.title, _tr("It is in training in another window."), (use,) if done else ())
    kept: tuple[tuple[str, str], ...] = (use,) if done else ()
    if run.state == "failed":
        return Words("triangle-alert", run.title, _begun(run.message), kept, "error")
    if done >= run.epochs:
        title = _tr("{0}: {1} epochs finished").format(run.title, done)
        return Words("circle-check", title, _best(run.best_val_accuracy, run.best_epoch), kept, "accent")
    if not done:
        return Words("pause", run.title, _tr("Stopped before the first epoch ended. Its settings are kept."), (resume,))
    title = _tr("{0}: stopped after epoch {1} of {2}").format(run.title, done, run.epochs)
    return Words("pause", title, _best(run.best_val_accuracy, run.best_epoch), (resume, *kept))


def _best(accuracy: float, epoch: int) -> str:
    if math.isnan(accuracy):
        return _tr("No images were held out to measure on.")
    return _tr("{0:.2f} % right on validation after epoch {1}, the best.").format(100 * accuracy, epoch)


def _failed(outcome: Outcome, done: int) -> Words:
    """``nets`` says "what happened; what was kept; what to try": the first part becomes the title."""
    what, _, rest = outcome.sentence.partition("; ")
    title, sentence = (what, rest) if rest else (_tr("The training failed"), what)
    actions: tuple[tuple[str, str], ...] = (("details", _tr("Details")),)
    if done:
        actions = (*actions, ("use", _tr("Use what was kept")))
    return Words("triangle-alert", _begun(title), _begun(sentence), actions, "error")


def _begun(sentence: str) -> str:
    """With a capital letter."""
    return sentence[:1].upper() + sentence[1:]


def show_details(outcome: Outcome, parent: QWidget) -> None:
    """What failed, with the traceback to copy."""
    box = QMessageBox(parent)
    box.setWindowTitle(_tr("What failed"))
    box.setText(outcome.sentence)
    box.setDetailedText(outcome.trace)
    run_dialog(box)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Outcome", text)
