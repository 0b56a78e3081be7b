"""The settings and results of runs in words: the texts of the list, and the rows of the table that compares runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication

from gui.train.progress import duration
from nets.data.drawings import set_of_dataset
from nets.experiments.comparison_row import ComparisonRow
from nets.models import title_of
from nets.runs.config import AUGMENTATIONS, CLASS_WEIGHTS, LOSSES, OPTIMIZERS, RECIPES, SCHEDULES, TrainConfig
from nets.runs.evaluation import FEW, Accuracy
from nets.zoo import NETS

if TYPE_CHECKING:
    from nets.runs.store import RunSummary

LEAST = 0.001  # below this a loss has an exponent: four decimals would leave one figure of it, or none


@dataclass(frozen=True)
class SettingRow:
    """The name of a field of TrainConfig, and its value in words; ``short`` can stand alone, without the title."""

    field: str
    title: str
    words: Callable[[Any], str]
    short: Callable[[Any], str]


def setting_rows(titles: Mapping[str, str] | None = None) -> tuple[SettingRow, ...]:
    """All settings, the most important first. ``titles``: by id, of runs that others start from."""

    def model(name: str) -> str:
        return (titles or {}).get(name) or (title_of(name) if name else "")

    return (
        _menu("network", _tr("Network"), NETS),
        SettingRow("dataset", _tr("Dataset"), dataset_title, dataset_title),
        SettingRow("recipe", _tr("Recipe"), lambda name: _title(RECIPES, name) or _tr("own settings"), str),
        _menu("optimizer", _tr("Optimiser"), OPTIMIZERS),
        _number("learning_rate", _tr("Learning rate"), _tr("rate {0:g}")),
        _menu("schedule", _tr("Schedule"), SCHEDULES),
        _number("batch_size", _tr("Batch size"), _tr("batch {0}")),
        _number("epochs", _tr("Epochs planned"), _tr("{0} epochs")),
        _menu("augmentation", _tr("Augmentation"), AUGMENTATIONS),
        _menu("class_weights", _tr("Class weights"), CLASS_WEIGHTS),
        _number("validation", _tr("Share for validation"), _tr("{0:g} validation")),
        _number("limit", _tr("Images at most"), _tr("{0:,} images")),
        _number("size", _tr("Input size, in pixels"), _tr("{0} pixels")),
        _number("seed", _tr("Seed"), _tr("seed {0}")),
        SettingRow(
            "start_from",
            _tr("Start from"),
            lambda name: model(name) or _tr("random weights"),
            lambda name: _tr("from {0}").format(model(name)) if name else "",
        ),
        _number("head_epochs", _tr("Epochs of the new head alone"), _tr("head {0} epochs")),
        _number("fine_rate", _tr("Rate afterwards"), _tr("then rate {0:g}")),
        SettingRow("freeze", _tr("Frozen up to"), lambda name: name or _tr("nothing"), _frozen),
        _menu("loss", _tr("Loss"), LOSSES),
        _number("label_smoothing", _tr("Label smoothing"), _tr("smoothing {0:g}")),
        _number("momentum", _tr("Momentum"), _tr("momentum {0:g}")),
        _number("weight_decay", _tr("Weight decay"), _tr("decay {0:g}")),
        SettingRow("engine", _tr("Engine"), str, str),
        SettingRow("precision", _tr("Numbers"), str, str),
    )


def differing_settings(runs: Sequence[RunSummary]) -> dict[str, str]:
    """For each run by its id: optimiser, rate, batch, and settings that differ from other runs of the same network and
    data.

    "Adam · rate 0.001 · batch 128 · seed 2".
    """
    found = {}
    kinds: dict[tuple[str, str], list[TrainConfig]] = {}
    for run in runs:
        kinds.setdefault((run.network, run.dataset), []).append(run.config)
    always = ("optimizer", "learning_rate", "batch_size")
    titles = {run.id: run.title for run in runs}
    rows = [row for row in setting_rows(titles) if row.field not in ("network", "dataset", "recipe", "epochs")]
    for run in runs:
        alike = kinds[run.network, run.dataset]
        named = [
            row
            for row in rows
            if row.field in always or (_matters(run.config, row.field) and _differs(alike, row.field))
        ]
        words = (row.short(getattr(run.config, row.field)) for row in named)
        found[run.id] = " · ".join(word for word in words if word)
    return found


def table_rows(runs: Sequence[RunSummary], titles: Mapping[str, str] | None = None) -> list[ComparisonRow]:
    """Results and then settings of runs side by side, without settings that none of them uses.

    ``titles``: of all runs by their ids.
    """
    rows = [ComparisonRow(title, tuple(words(run) for run in runs)) for title, words in _results()]
    for row in setting_rows(titles):
        if any(_matters(run.config, row.field) for run in runs):
            values = (
                row.words(getattr(run.config, row.field)) if _matters(run.config, row.field) else "–" for run in runs
            )
            rows.append(ComparisonRow(row.title, tuple(values)))
    return rows


def dataset_title(dataset: str) -> str:
    """The name of a dataset for people: its title, the name of a set of drawings, or the last part of a
    folder's path.
    """
    from nets.data.datasets import DATASETS

    own = set_of_dataset(dataset)
    if own:
        return _tr("My drawings, {0}").format(own)
    return DATASETS[dataset].title if dataset in DATASETS else Path(dataset).name


def _results() -> tuple[tuple[str, Callable[[RunSummary], str]], ...]:
    return (
        (_tr("State"), lambda run: run.state),
        (_tr("Epochs done"), lambda run: str(run.epochs_done)),
        (_tr("Best epoch"), lambda run: str(run.best_epoch or "–")),
        (_tr("Right, validation images, best epoch"), lambda run: _measured(run.validation)),
        (_tr("Right, test images, last epoch"), lambda run: _measured(run.test)),
        (_tr("Loss, validation, best epoch"), _best_loss),
        (_tr("Loss, training, last epoch"), lambda run: _figure(run.history.loss[-1] if run.epochs_done else math.nan)),
        (_tr("Time of all epochs"), lambda run: duration(sum(run.history.seconds)) if run.epochs_done else "–"),
    )


def _measured(accuracy: Accuracy | None) -> str:
    if accuracy is None:
        return "–"
    template = _tr("{0} ({2})") if accuracy.images < FEW else _tr("{0} of {1:,} ({2})")
    return template.format(accuracy.text(), accuracy.images, accuracy.interval_text())


def _best_loss(run: RunSummary) -> str:
    return _figure(run.history.val_loss[run.best_epoch - 1] if run.best_epoch else math.nan)


def _figure(value: float) -> str:
    if not math.isfinite(value):
        return "–"
    return f"{value:.4f}" if value >= LEAST or not value else f"{value:.1e}"


def _matters(config: TrainConfig, field: str) -> bool:
    """Whether a setting has an effect in this training."""
    optimizer = OPTIMIZERS.get(config.optimizer)
    if field in ("momentum", "weight_decay"):
        return optimizer is not None and field in optimizer.uses
    if field == "label_smoothing":
        return bool(config.label_smoothing)
    if field == "limit":
        return config.limit is not None
    if field == "size":
        return bool(config.size)
    if field in ("head_epochs", "fine_rate", "freeze"):
        return config.transfers
    usual = TrainConfig(config.network, config.dataset)
    if field in ("engine", "precision", "start_from", "loss"):
        return bool(getattr(config, field) != getattr(usual, field))
    return True


def _differs(configs: Sequence[TrainConfig], field: str) -> bool:
    return len({getattr(config, field) for config in configs}) > 1


def _frozen(layer: str) -> str:
    return _tr("frozen up to {0}").format(layer) if layer else _tr("nothing frozen")


def _menu(field: str, title: str, table: Any) -> SettingRow:
    return SettingRow(field, title, lambda name: _title(table, name), lambda name: _title(table, name))


def _number(field: str, title: str, short: str) -> SettingRow:
    def words(value: Any) -> str:
        return f"{value:g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else "–"

    return SettingRow(field, title, words, lambda value: short.format(value) if value is not None else "")


def _title(table: Any, name: str) -> str:
    row = table.get(name)
    return row.title if row is not None else name


def _tr(text: str) -> str:
    return QCoreApplication.translate("RunSettings", text)
