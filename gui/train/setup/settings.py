"""The settings that "More" unfolds: optimiser, rate, schedule, batch, augmentation, validation share, seed, numbers."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from gui import theme
from gui.train.setup.fields import NumberEdit, Option
from gui.widgets import Select
from nets.runs.config import AUGMENTATIONS, OPTIMIZERS, PRECISIONS, SCHEDULES, TrainConfig
from nets.zoo import NETS

SHORTEST = 6  # characters a menu keeps where there is little room


class Row(Protocol):
    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...


class MoreSettings(QWidget):
    """``config(base)`` puts what stands here into ``base``; ``changed`` follows the person's own changes alone."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.optimizer = menu(OPTIMIZERS)
        self.schedule = menu(SCHEDULES)
        self.augmentation = menu(AUGMENTATIONS)
        self.engine = shrinking(Select([("tensorflow", "TensorFlow"), ("numpy", self.tr("NumPy, by hand"))]))
        self.precision = Select([(name, name) for name in PRECISIONS])
        self.learning_rate = NumberEdit(whole=False, factor=2.0)
        self.batch_size = NumberEdit(whole=True, factor=2.0)
        self.validation = NumberEdit(whole=False, factor=1.25)
        self.seed = NumberEdit(whole=True)
        self.options: dict[str, Option] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        tips = {
            "optimizer": self.tr("How a gradient becomes a step"),
            "learning_rate": self.tr("Size of a step, the schedule's highest value. Up and Down double and halve it"),
            "schedule": self.tr("How the learning rate goes over the whole run"),
            "batch_size": self.tr("Images in one step. Small ones are slower and noisier"),
            "augmentation": self.tr("Random changes to the training images, new in every epoch"),
            "validation": self.tr("The share of the training images that is held out to measure on, 0 to 0.9"),
            "seed": self.tr("Decides all that is random: the same seed gives the same run"),
            "engine": self.tr("Who computes: TensorFlow, or every layer by hand in NumPy"),
            "precision": self.tr("16-bit products are faster on this device"),
        }
        names = {
            "optimizer": self.tr("Optimiser"),
            "learning_rate": self.tr("Rate"),
            "schedule": self.tr("Schedule"),
            "batch_size": self.tr("Batch"),
            "augmentation": self.tr("Augmentation"),
            "validation": self.tr("Validation"),
            "seed": self.tr("Seed"),
            "engine": self.tr("Engine"),
            "precision": self.tr("Numbers"),
        }
        for name in names:
            control = getattr(self, name)
            option = self.options[name] = Option(names[name], control, tips[name])
            wide = isinstance(control, QComboBox)
            row.addWidget(option, 8 if wide else 2)
            if isinstance(control, NumberEdit):
                control.setMinimumWidth(60 if name == "learning_rate" else 48)
                option.setMaximumWidth(88)
                control.textEdited.connect(self.changed)
            else:
                option.setMaximumWidth(190)
                control.activated.connect(self._on_chosen)
        self.optimizer.activated.connect(self._suggest_rate)
        self.options["precision"].hide()
        row.addStretch(1)

    def offer_precision(self, helps: bool) -> None:
        """Mixed precision is shown only where the device is faster with it."""
        self.options["precision"].setVisible(helps)
        if not helps:
            self.precision.choose("float32")

    def show_config(self, config: TrainConfig) -> None:
        for name, option in self.options.items():
            value = getattr(config, name)
            if isinstance(option.control, NumberEdit):
                option.control.set_number(value)
            elif isinstance(option.control, Select):
                option.control.choose(value)

    def config(self, base: TrainConfig) -> TrainConfig:
        """May hold words where numbers belong: ``problems`` says so."""
        values: dict[str, Any] = {}
        for name, option in self.options.items():
            if isinstance(option.control, NumberEdit):
                values[name] = option.control.number()
            elif isinstance(option.control, Select):
                values[name] = option.control.value()
        return dataclasses.replace(base, **values)

    def _on_chosen(self) -> None:
        self.changed.emit()

    def _suggest_rate(self) -> None:
        self.learning_rate.set_number(OPTIMIZERS[self.optimizer.value()].learning_rate)
        self.changed.emit()


def menu(rows: Mapping[str, Row]) -> Select:
    """A menu of a table's rows, each with its description as its tooltip; it shrinks where there is little room."""
    made = Select([(name, row.title) for name, row in rows.items()])
    describe(made, rows)
    return shrinking(made)


def menu_of_networks() -> Select:
    made = shrinking(Select([(name, row.title) for name, row in NETS.items()]))
    for number, row in enumerate(NETS.values()):
        made.setItemData(number, f"{row.parameters:,} parameters. {row.paper}", Qt.ItemDataRole.ToolTipRole)
    return made


def describe(select: Select, rows: Mapping[str, Row]) -> None:
    for number in range(select.count()):
        row = rows.get(select.itemData(number))
        if row is not None:
            select.setItemData(number, row.description, Qt.ItemDataRole.ToolTipRole)


def shrinking(select: Select) -> Select:
    select.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    select.setMinimumContentsLength(SHORTEST)
    return select
