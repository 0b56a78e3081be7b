"""How a training ended, in words: what happened, what was kept, what to try."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from gui.train.control import Outcome
from gui.train.trace import Trace


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


def words_for(outcome: Outcome, trace: Trace | None) -> Words:
    """``trace``: the curves of the run that ended, cut to its finished epochs; None when it had not begun."""
    done = trace.done if trace is not None else 0
    if outcome.kind == "failed":
        return _failed(outcome, done)
    if trace is None or not done:
        return Words("pause", _tr("Stopped before the first epoch ended"), _tr("Nothing was kept."))
    found = _tr("No images were held out to measure on.")
    if trace.best_epoch:
        score = 100 * float(trace.validation[trace.best_epoch - 1, 1])
        found = _tr("{0:.2f} % right on validation after epoch {1}, the best.").format(score, trace.best_epoch)
    use = ("use", _tr("Use it on the pad"))
    if done < trace.epochs:
        title = _tr("Stopped after epoch {0} of {1}").format(done, trace.epochs)
        kept = found + " " + _tr("All finished epochs are kept.")
        return Words("pause", title, kept, (("resume", _tr("Resume")), use))
    title = _tr("{0}: {1} epochs finished").format(trace.title, done)
    return Words("circle-check", title, found, (use,), "accent")


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
    box.exec()


def _tr(text: str) -> str:
    return QCoreApplication.translate("Outcome", text)
