"""What can be compared: a shipped or pretrained model, a run at one of its epochs, a file, a network of the zoo."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nets.errors import LensletError, UsageError
from nets.events import Report, no_report
from nets.models import open_model, ref_of
from nets.network.model import Epoch, Model, ModelRef
from nets.network.pretrained import find_weights
from nets.network.untrained import UNTRAINED
from nets.places import MODELS, Places
from nets.zoo import NETS
from nets.zoo.pretrained import PRETRAINED

LEAST, MOST = 2, 6


@dataclass(frozen=True)
class Candidate:
    """A model to compare. reference: for ``open_model``, or ``net:`` and the name of a network. epoch: of a run."""

    reference: str
    epoch: Epoch = "best"

    @property
    def network(self) -> str:
        """The name of the network if it is an untrained one; otherwise ""."""
        return self.reference.removeprefix(UNTRAINED) if self.reference.startswith(UNTRAINED) else ""

    @property
    def name(self) -> str:
        """As on the command line: ``RUN@3`` for a chosen epoch."""
        return self.reference if self.epoch == "best" else f"{self.reference}@{self.epoch}"


def candidate_of(text: str, places: Places) -> Candidate:
    """The model that a person means by ``text``: a model's name, ``RUN@EPOCH``, a file, or a network of the zoo.

    Raises:
        UsageError: There is none; the message lists what there is.
    """
    stem, at, epoch = text.rpartition("@")
    if at and (places.runs / stem / "config.json").exists():
        if epoch in ("best", "last"):
            return Candidate(stem, "best" if epoch == "best" else "last")
        if not epoch.isdecimal():
            raise UsageError(
                "expected the number of an epoch, best or last after {stem}@, found {epoch!r}", stem=stem, epoch=epoch
            )
        return Candidate(stem, int(epoch))
    found = Candidate(text)
    try:
        ref_of(text, places)
    except UsageError:
        if text in NETS:
            return Candidate(UNTRAINED + text)
        raise
    return found


def check_count(count: int) -> None:
    """Check how many models are to be compared.

    Raises:
        UsageError: The number is not allowed.
    """
    if not LEAST <= count <= MOST:
        raise UsageError(
            "expected {least} to {most} models to compare, found {count}", least=LEAST, most=MOST, count=count
        )


def open_candidate(candidate: Candidate, places: Places, report: Report = no_report) -> Model:
    """Opens the model. A network of the zoo has random weights, and its card no accuracy.

    Args:
        candidate: what was named.
        places: where runs and the files of pretrained networks lie.
        report: receives what is being opened.

    Raises:
        LensletError: why it cannot be opened, or that its weights do not fit into the memory that is free.
    """
    return open_model(candidate.reference, places, report=report, epoch=candidate.epoch)


def file_bytes(ref: ModelRef, places: Places) -> int | None:
    """The model's size on the disk; None if it is in no file. For a run: the weights of its epoch."""
    paths: dict[str, Callable[[], Path | None]] = {
        "shipped": lambda: MODELS / f"{ref.name}.keras",
        "pretrained": lambda: find_weights(PRETRAINED[ref.name], places),
        "file": lambda: Path(ref.name),
        "run": lambda: places.runs / ref.name / "epochs" / f"{ref.epoch:04d}.weights.npz",
    }
    path = paths[ref.kind]() if ref.kind in paths else None
    try:
        return None if path is None else os.path.getsize(path)
    except OSError as problem:
        raise LensletError(
            "the file of {name} is gone: {reason}; open it again", name=ref.name, reason=problem.strerror
        ) from problem
