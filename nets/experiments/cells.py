"""A value of an experiment as its tables show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nets.experiments.experiment import ResultColumn
from nets.experiments.words import NONE, bytes_words, count_words
from nets.runs.evaluation import Accuracy


def cell(column: ResultColumn, result: Mapping[str, Any]) -> str:
    """A value as the table shows it; a dash if the row has none."""
    value = result.get(column.key)
    if value is None or value == "":
        return NONE
    if column.kind == "accuracy":
        right, images = result.get("right"), result.get("of")
        return NONE if right is None or images is None else Accuracy(int(right), int(images)).text()
    if column.kind == "bytes":
        return bytes_words(value)
    if column.kind == "seconds":
        return f"{value:.1f}"
    if column.kind == "milliseconds":
        return f"{value:,.2f}" if value < 100 else f"{value:,.0f}"
    if column.kind == "share":
        return f"{value:.4f}"
    if column.kind == "count":
        return f"{value:,}"
    if column.kind == "work":
        return count_words(value)
    return str(value)
