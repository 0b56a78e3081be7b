"""``compare``: models side by side."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING

from nets.commands.output import Output
from nets.places import Places

if TYPE_CHECKING:
    from nets.experiments.comparison import Compared, Comparison


def compare(options: argparse.Namespace, places: Places, out: Output) -> int:
    """A line for each model, then on how many images they differ."""
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
            out.say(row.problem)
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
    out.result(disagreements=len(found.disagreements) if answered > 1 else None, images=found.images)
    if not out.as_json:
        _table(found, options.batch, out)
    return 0


def _table(found: Comparison, batch: int, out: Output) -> None:
    """A column for each model, as in the window; two to six are few."""
    from nets.experiments.comparison import setting
    from nets.experiments.words import bytes_words, count_words, speed_words, time_words

    rows: list[tuple[str, list[str]]] = [
        ("parameters", [f"{row.costs.parameters:,}" for row in found.rows]),
        ("multiply-adds, one image", [count_words(row.costs.multiply_adds) for row in found.rows]),
        ("memory of the weights", [bytes_words(row.costs.weights_bytes) for row in found.rows]),
        (f"memory of the activations, batch {batch}", [_activations(row, batch) for row in found.rows]),
        ("depth", [str(row.costs.depth) for row in found.rows]),
        ("receptive field at the end", [_field(row) for row in found.rows]),
        ("accuracy", ["not measured" if r.accuracy is None else r.accuracy.text() for r in found.rows]),
        ("  95 % interval", ["" if r.accuracy is None else r.accuracy.interval_text() for r in found.rows]),
        ("  of the test images of", [row.measured_on for row in found.rows]),
        ("time, one image", [time_words(row.milliseconds) for row in found.rows]),
        ("speed of training", [speed_words(row.training_speed) for row in found.rows]),
        ("size on disk", [bytes_words(row.file_bytes) for row in found.rows]),
    ]
    for field in found.differing_settings:
        values = ["" if not row.settings else _value(setting(row.settings, field)) for row in found.rows]
        rows.append((field.replace("_", " "), values))
    out.table(("", *(row.candidate.name for row in found.rows)), [(title, *values) for title, values in rows])
    if sum(row.answers is not None for row in found.rows) > 1:
        out.say(
            f"they differ on {len(found.disagreements):,} of the {found.images:,} test images of {found.dataset}; "
            "Compare in the window shows them"
        )


def _activations(row: Compared, batch: int) -> str:
    from nets.experiments.words import bytes_words

    return bytes_words(batch * row.costs.activation_bytes)


def _field(row: Compared) -> str:
    """With the size of the input that it lies in."""
    if not row.costs.receptive_field:
        return "none: no maps"
    height, width = row.card.input.height, row.card.input.width
    return f"{row.costs.receptive_field} of {height if height == width else f'{height} x {width}'} pixels"


def _value(value: object) -> str:
    if isinstance(value, float) and math.isfinite(value):
        return f"{value:g}"
    return "" if value is None else str(value)
