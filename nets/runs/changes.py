"""Settings that were changed during a training, and where: a run keeps them beside its history.

``changes.json`` in a run's folder is a list in the order of the changes. Resuming a run makes them again at the same
steps, so that the result is exact.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nets.errors import LensletError
from nets.files import write_text
from nets.json_files import read_json, record
from nets.runs.config import AUGMENTATIONS, TrainConfig

CHANGEABLE = ("learning_rate", "augmentation")
"""The fields of ``TrainConfig`` that can change during a training."""
FILE = "changes.json"


@dataclass(frozen=True)
class SettingsChange:
    """New settings from the batch after ``step`` batches of ``epoch`` (from 1) on. None: unchanged."""

    epoch: int
    step: int
    learning_rate: float | None = None
    augmentation: str | None = None

    def fields(self) -> dict[str, Any]:
        """The changed settings, by the names of ``TrainConfig``."""
        return {name: getattr(self, name) for name in CHANGEABLE if getattr(self, name) is not None}

    def text(self) -> str:
        """ "rate 0.0005, Crop and mirror"."""
        words = [] if self.learning_rate is None else [f"rate {self.learning_rate:g}"]
        if self.augmentation is not None:
            row = AUGMENTATIONS.get(self.augmentation)
            words.append(row.title if row is not None else self.augmentation)
        return ", ".join(words)


def changed(config: TrainConfig, changes: Sequence[SettingsChange], epoch: int, step: int) -> TrainConfig:
    """A training's settings at some batch, after the changes up to and including it.

    Args:
        config: the settings that it began with.
        changes: in their order.
        epoch: the batch's, from 1.
        step: how many batches of that epoch are done.
    """
    fields: dict[str, Any] = {}
    for change in changes:
        if (change.epoch, change.step) <= (epoch, step):
            fields |= change.fields()
    return dataclasses.replace(config, **fields)


def difference(config: TrainConfig, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The changeable fields of ``wanted`` that differ from ``config``'s."""
    return {name: wanted[name] for name in CHANGEABLE if name in wanted and wanted[name] != getattr(config, name)}


def write_changes(folder: Path, changes: Sequence[SettingsChange]) -> None:
    write_text(folder / FILE, json.dumps([dataclasses.asdict(change) for change in changes], indent=2) + "\n")


def read_changes(folder: Path) -> tuple[SettingsChange, ...]:
    """The changes of a run, none if nothing was changed.

    Raises:
        LensletError: The file is damaged.
    """
    path = folder / FILE
    try:
        stored = read_json(path)
        if not isinstance(stored, list):
            raise LensletError("it is no list")
        return tuple(record(SettingsChange, row, name="a change") for row in stored)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, LensletError) as problem:
        raise LensletError(
            "{path} cannot be read ({problem}): it says what was changed during the training; without it the run "
            "cannot go on as it began",
            path=path,
            problem=problem,
        ) from problem
