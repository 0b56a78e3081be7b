"""The table of a comparison in words: for the command line and the window."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nets.data.datasets import DATASETS
from nets.experiments.comparison import Compared, Comparison, setting
from nets.experiments.comparison_row import ComparisonRow
from nets.experiments.words import bytes_words, count_words, speed_words, time_words
from nets.runs.config import AUGMENTATIONS, CLASS_WEIGHTS, LOSSES, OPTIMIZERS, RECIPES, SCHEDULES

NOTHING = "–"  # stands in a cell that has nothing to say, so that a column is not taken for another

COSTS = {
    "parameters": "All numbers that are stored; a layer that is called twice counts once",
    "multiply-adds, one image": "Of convolutions and dense layers; batch normalisation joins the convolution beside it",
    "weights in memory": "As they lie in memory, four bytes a number",
    "activations, batch of {batch}": "The input and every layer's output, which training keeps",
    "depth": "Convolutions and dense layers one after the other, on the longest way through",
    "receptive field, last maps": "Side of the input that one position of the last maps depends on",
    "accuracy": "The share of the test images that it recognised",
    "95 % interval": "Where the share lies for images that were not measured (Wilson 1927)",
    "test images of": "The data that the accuracy was measured on",
    "time for one image": "The median answer on this machine, compiled as for the pad",
    "speed, one image at a time": "The same the other way round",
    "speed, training": "Of a run as it was recorded, without a head that learns alone; else timed now on batches of 32",
    "size on disk": "Of the file, or of the weights of the run's epoch",
}
"""What each row counts."""

SETTINGS = {
    "dataset": "trained on",
    "epochs": "epochs planned",
    "class_weights": "weights of the classes",
    "validation": "share for validation",
    "stratified": "classes shared out alike",
    "limit": "training images at most",
    "size": "input size in pixels",
    "start_from": "started from",
    "head_epochs": "epochs of the new head alone",
    "fine_rate": "learning rate afterwards",
    "freeze": "frozen up to",
    "precision": "numbers",
}
"""What fields of ``TrainConfig`` are called where their own names say too little."""
MENUS: dict[str, Mapping[str, Any]] = {
    "dataset": DATASETS,
    "recipe": RECIPES,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "augmentation": AUGMENTATIONS,
    "class_weights": CLASS_WEIGHTS,
    "loss": LOSSES,
}
"""The tables that have a title for each value of a field."""


def rows_of(found: Comparison, batch: int = 1) -> list[ComparisonRow]:
    """Costs, accuracy and speed, then the settings of the trainings in which the models differ.

    Args:
        found: the comparison.
        batch: how many images the memory of the activations is of.
    """
    columns = [_costs(row, batch) for row in found.rows]
    rows = [
        ComparisonRow(title.format(batch=batch), values, tip)
        for (title, tip), values in zip(COSTS.items(), zip(*columns, strict=True), strict=True)
    ]
    for field in found.differing_settings:
        values = tuple("" if not row.settings else _value(field, setting(row.settings, field)) for row in found.rows)
        title = SETTINGS.get(field, field.replace("_", " "))
        rows.append(ComparisonRow(title, values, "A setting of the training"))
    return [replace(row, values=tuple(value or NOTHING for value in row.values)) for row in rows]


def _costs(row: Compared, batch: int) -> tuple[str, ...]:
    """The cells of one model, in the order of ``COSTS``."""
    costs, accuracy = row.costs, row.accuracy
    return (
        f"{costs.parameters:,}",
        count_words(costs.multiply_adds),
        bytes_words(costs.weights_bytes),
        bytes_words(batch * costs.activation_bytes),
        str(costs.depth),
        _field(row),
        "not measured" if accuracy is None else accuracy.text(),
        "" if accuracy is None else accuracy.interval_text(),
        row.measured_on,
        time_words(row.milliseconds),
        speed_words(1000 / row.milliseconds),
        speed_words(row.training_speed),
        bytes_words(row.file_bytes),
    )


def _field(row: Compared) -> str:
    """With the size of the input that it lies in."""
    if not row.costs.receptive_field:
        return "none: no maps"
    height, width = row.card.input.height, row.card.input.width
    return f"{row.costs.receptive_field} of {height if height == width else f'{height} x {width}'} pixels"


def _value(field: str, value: object) -> str:
    row = MENUS.get(field, {}).get(str(value))
    if row is not None:
        return str(row.title)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, float) and math.isfinite(value):
        return f"{value:g}"
    return "" if value is None else str(value)
