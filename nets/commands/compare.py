"""``compare``: models side by side."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from nets.commands.output import Output
from nets.places import Places

if TYPE_CHECKING:
    from nets.experiments.candidates import Candidate
    from nets.experiments.comparison import Comparison


def compare(options: argparse.Namespace, places: Places, out: Output) -> int:
    """One line for each model, then the number of images on which they differ."""
    from nets import backend
    from nets.experiments import comparison
    from nets.experiments.candidates import candidate_of, check_count
    from nets.experiments.choices import usual_data

    check_count(len(options.models))
    candidates = [candidate_of(name, places) for name in options.models]
    backend.configure(options.threads)
    data = options.data if options.data is not None else usual_data(candidates, places)
    found = comparison.compare(
        candidates, places, data=data, limit=options.limit, measure_training=options.training_speed, report=out
    )
    out.close()
    for row in found.rows:
        if row.problem:
            command = shlex.join(["main.py", "transfer", row.candidate.reference, data])
            out.warn(f"{row.problem}; a new head learns them: {command}" if row.needs_head else row.problem)
    for row in found.rows:
        interval = None if row.accuracy is None else row.accuracy.interval()
        out.result(
            model=row.candidate.name,
            parameters=row.costs.parameters,
            multiply_adds=row.costs.multiply_adds,
            weights_bytes=row.costs.weights_bytes,
            activation_bytes=options.batch * row.costs.activation_bytes,
            depth=row.costs.depth,
            receptive_field=row.costs.receptive_field,
            accuracy=None if row.accuracy is None else row.accuracy.share,
            interval=interval,
            milliseconds=row.milliseconds,
            file_bytes=row.file_bytes,
        )
    answered = sum(row.answers is not None for row in found.rows)
    if answered < 2:
        out.warn(_why_no_disagreements(found, answered))
    out.result(disagreements=len(found.disagreements) if answered > 1 else None, images=found.images)
    if not out.as_json:
        _table(found, options.batch, out)
    return 0


def _why_no_disagreements(found: Comparison, answered: int) -> str:
    """Why there is no number of disagreements."""
    if not found.images:
        return "disagreements are not counted: no test images were asked; name a dataset with --data"
    know = "none of the models knows" if not answered else "one of the models alone knows"
    return f"disagreements are not counted: {know} the classes of {found.dataset}, and it takes two to differ"


def _table(found: Comparison, batch: int, out: Output) -> None:
    """One column for each model, as in the window."""
    from nets.experiments.table import rows_of

    heads = _heads([row.candidate for row in found.rows])
    out.table(("", *heads), [(row.title, *row.values) for row in rows_of(found, batch)])
    if sum(row.answers is not None for row in found.rows) > 1:
        out.say(
            f"they differ on {len(found.disagreements):,} of the {found.images:,} test images of {found.dataset}; "
            "Compare in the window shows them"
        )


def _heads(candidates: list[Candidate]) -> list[str]:
    """The heads of the columns: for a file its name alone, unless another file has the same name."""
    names = [candidate.network or candidate.name for candidate in candidates]
    short = [Path(name).name for name in names]
    return [one if short.count(one) == 1 else name for one, name in zip(short, names, strict=True)]
