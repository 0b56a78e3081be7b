"""``trust``: how far the answers to pictures can be trusted."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from nets.commands.model_options import open_said
from nets.commands.output import Output
from nets.commands.streams import printable, tell
from nets.errors import LensletError, UsageError
from nets.files import user_path
from nets.places import Places

if TYPE_CHECKING:
    from nets.compute.lens import Lens
    from nets.trust.trust import Trust

WORDS = {
    "like": "like its training images",
    "unusual": "unusual for it",
    "unlike": "unlike anything it was trained on",
    "": "not measured for this model",
}


def trust(options: argparse.Namespace, places: Places, out: Output) -> int:
    """One line for each picture; one that cannot be read is reported, and the others follow."""
    from nets.compute.lens import Lens
    from nets.trust.trust import trust_of

    model = open_said(options, places, out)
    if not model.output.kind.has_classes:
        raise UsageError(f"{model.card.title} gives no probabilities that could be believed. {model.output.note}")
    known = trust_of(model, places)
    if known is None:
        raise LensletError(
            f"nothing is known of how far {model.card.title}'s answers can be believed: that is measured when a run "
            "ends; train it here, or use a shipped model or a run"
        )
    if known.likeness is None:
        out.warn(
            f"{model.card.title}: how like its training images a picture is was not measured for this epoch; the "
            "probability is calibrated all the same, and trust is null"
        )
    lens = Lens(model)
    rows: list[tuple[str, ...]] = []
    failed = False
    for file in options.images:
        try:
            rows.append(_row(lens, known, file, out))
        except LensletError as problem:
            failed = True
            out.result(file=file, error=str(problem))
            if not out.as_json:
                named = Path(file).name in str(problem)
                tell(printable(str(problem) if named else f"{file}: {problem}") + "\n")
    if rows:
        out.say("calibrated: of answers with this probability so many are right; classify prints what the network says")
        out.table(("file", "answer", "calibrated", "trust", "", "small shifts"), rows)
    return 1 if failed else 0


def _row(lens: Lens, known: Trust, file: str, out: Output) -> tuple[str, ...]:
    from nets.data.pictures import read_picture
    from nets.data.prepare import prepare
    from nets.trust.shifts import agreement, shifted

    prepared = prepare(read_picture(user_path(file, "picture")), lens.card.input)
    reading = lens.read(prepared.input, known.paths)
    badge = known.badge(reading.probabilities, reading.maps)
    best = int(reading.probabilities.argmax())
    moved = agreement(best, lens.classify(shifted(prepared.input)))
    label = lens.card.labels[best]
    if prepared.hint:
        out.say(f"{file}: {prepared.hint}")
    out.result(
        file=file,
        label=label,
        probability=badge.probability,
        trust=badge.trust,
        level=badge.level,
        agreement=moved.share,
    )
    value = "–" if badge.trust is None else f"{badge.trust:.3f}"
    same = f"{moved.same} of {moved.shifts} the same"
    return file, label, f"{100 * badge.probability:.1f} %", value, WORDS[badge.level], same
