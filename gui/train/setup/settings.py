"""The fields under "More": optimiser, rate, schedule, batch, augmentation, start, validation share, seed, engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from gui import theme
from gui.train.setup.fields import LabelledControl, NumberEdit
from gui.widgets import Select
from nets.data.specs import ImageInput
from nets.runs.config import (
    AUGMENTATIONS,
    CLASS_WEIGHTS,
    OPTIMIZERS,
    PRECISIONS,
    SCHEDULES,
    TrainConfig,
    input_for,
)
from nets.zoo import NETS, NetSpec

SHORTEST = 4  # fewest characters that a menu shows in a narrow window


class DescribedRow(Protocol):
    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...


class MoreSettings(QWidget):
    """``edited`` carries the name of a field of TrainConfig and its new value, only for the person's own changes."""

    edited = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.optimizer = menu(OPTIMIZERS)
        self.schedule = menu(SCHEDULES)
        self.augmentation = menu(AUGMENTATIONS)
        self.class_weights = menu(CLASS_WEIGHTS)
        self.input_size = shrinking(Select())
        self.start_from = shrinking(Select())
        self.freeze = shrinking(Select())
        self.head_epochs = NumberEdit(whole=True)
        self.fine_rate = NumberEdit(whole=False, factor=2.0)
        self.engine = shrinking(Select([("tensorflow", "TensorFlow"), ("numpy", self.tr("NumPy, by hand"))]))
        self.precision = Select([(name, name) for name in PRECISIONS])
        self.learning_rate = NumberEdit(whole=False, factor=2.0)
        self.batch_size = NumberEdit(whole=True, factor=2.0)
        self.validation = NumberEdit(whole=False, factor=1.25)
        self.seed = NumberEdit(whole=True)
        self.options: dict[str, LabelledControl] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for fields in self._rows():
            row = QHBoxLayout()
            row.setSpacing(theme.GAP)
            for name, title, tip in fields:
                row.addWidget(self._option(name, title, tip), 8 if self._is_menu(name) else 2)
            row.addStretch(1)
            layout.addLayout(row)
        self.options["precision"].hide()
        self.offer_transfer(False)

    def _rows(self) -> tuple[tuple[tuple[str, str, str], ...], ...]:
        """Two rows of fields: (field of TrainConfig, its name for people, its tooltip)."""
        tr = self.tr
        return (
            (
                ("optimizer", tr("Optimiser"), tr("How a gradient becomes a step")),
                (
                    "learning_rate",
                    tr("Rate"),
                    tr("Size of a step, the schedule's highest value. Up and Down double and halve it"),
                ),
                ("schedule", tr("Schedule"), tr("How the learning rate goes over the whole run")),
                ("batch_size", tr("Batch"), tr("Images in one step. Small ones are slower and noisier")),
                (
                    "augmentation",
                    tr("Augmentation"),
                    tr("Random changes to the training images, new in every epoch"),
                ),
            ),
            (
                (
                    "size",
                    tr("Input size"),
                    tr("Height and width that every image is fitted to. Half of it is four times as fast"),
                ),
                (
                    "start_from",
                    tr("Start from"),
                    tr("Random weights, or those of a trained network of the same kind: few images then go further"),
                ),
                ("head_epochs", tr("Head alone"), tr("Epochs in which the new head learns and nothing else")),
                ("fine_rate", tr("Rate after"), tr("The rate when more than the head learns: smaller than the head's")),
                ("freeze", tr("Freeze up to"), tr("This layer and all before it never learn")),
                (
                    "validation",
                    tr("Validation"),
                    tr("The share of the training images that is measured on instead of trained on, 0 to 0.9"),
                ),
                (
                    "class_weights",
                    tr("Classes"),
                    tr("Whether a class with few images counts as much as one with many"),
                ),
                ("seed", tr("Seed"), tr("Decides all that is random: the same seed gives the same run")),
                ("engine", tr("Engine"), tr("Who computes: TensorFlow, or every layer by hand in NumPy")),
                ("precision", tr("Numbers"), tr("16-bit products are faster on this device")),
            ),
        )

    def _is_menu(self, name: str) -> bool:
        return isinstance(self._control(name), QComboBox)

    def _control(self, name: str) -> NumberEdit | Select:
        return getattr(self, "input_size" if name == "size" else name)  # a widget has a size of its own

    def _option(self, name: str, title: str, tip: str) -> LabelledControl:
        control = self._control(name)
        option = self.options[name] = LabelledControl(title, control, tip)
        if isinstance(control, NumberEdit):
            control.setMinimumWidth(76 if name in ("learning_rate", "fine_rate") else 60)  # 0.0001
            option.setMaximumWidth(88)
            control.textEdited.connect(lambda: self.edited.emit(name, control.number()))
        else:
            option.setMaximumWidth(260 if name == "start_from" else 190)
            control.activated.connect(lambda: self._on_chosen(name, control.currentData()))
        return option

    @property
    def has_starts(self) -> bool:
        """Whether there is a trained network to start from."""
        return self.start_from.count() > 1

    def offer_starts(
        self, rows: Sequence[tuple[str, str]], chosen: str, features: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Offer the trained networks to start from, as (reference, title); one that is gone is kept until another is
        chosen.

        Args:
            rows: those of the same kind, whose weights are taken.
            chosen: the reference that stands in the settings.
            features: those whose features are taken, below a line.
        """
        known = {reference for reference, _ in (*rows, *features)}
        gone = [(chosen, chosen)] if chosen and chosen not in known else []
        self.start_from.set_rows([("", self.tr("Random weights")), *rows, *gone])
        if features:
            self.start_from.insertSeparator(self.start_from.count())
            for reference, title in features:
                self.start_from.addItem(title, reference)
        self.start_from.setCurrentIndex(max(self.start_from.findData(chosen), 0))

    def offer_transfer(self, on: bool) -> None:
        """Show the fields of a transfer only for a transfer, which TensorFlow always computes."""
        for name in ("head_epochs", "fine_rate", "freeze"):
            self.options[name].setVisible(on)
        self.options["engine"].setVisible(not on)

    def offer_layers(self, names: Sequence[str], chosen: str) -> None:
        """Offer the layers of a transfer's source that can be the last frozen one."""
        rows = [("", self.tr("nothing")), *((name, name) for name in names)]
        gone = [(chosen, chosen)] if chosen and chosen not in names else []
        self.freeze.set_rows([*rows, *gone])
        self.freeze.setCurrentIndex(max(self.freeze.findData(chosen), 0))

    def offer_sizes(self, network: NetSpec | None, data: ImageInput, chosen: int) -> None:
        """Offer the usual sizes of a network; a network that takes the data's own size has no such field.

        Args:
            network: the chosen one; None: one that is not in the menu.
            data: the images of the chosen data set.
            chosen: the size that stands in the settings, 0 for the usual one.
        """
        if network is None:
            self.options["size"].hide()
            return
        usual = input_for(network, data).height
        sizes = sorted({*network.sizes, *([chosen] if chosen else [])} - {usual}, reverse=True)
        words = self.tr("{0} × {0}")
        self.input_size.set_rows([(0, words.format(usual)), *((size, words.format(size)) for size in sizes)])
        tip = self.tr("The size of this network that suits these data best")
        self.input_size.setItemData(0, tip, Qt.ItemDataRole.ToolTipRole)
        self.options["size"].setVisible(bool(network.sizes) or bool(chosen))

    def offer_precision(self, helps: bool) -> None:
        """Offer mixed precision only if the device is faster with it."""
        self.options["precision"].setVisible(helps)

    def show_config(self, config: TrainConfig) -> None:
        for name, option in self.options.items():
            value = getattr(config, name)
            if name == "start_from":
                continue  # its problem is shown by ``offer_starts``
            if isinstance(option.control, NumberEdit):
                option.control.show_number(value)
            elif isinstance(option.control, Select):
                option.control.setCurrentIndex(max(option.control.findData(value), 0))

    def _on_chosen(self, name: str, value: Any) -> None:
        self.edited.emit(name, value)
        if name == "optimizer":  # a rate that usually works with this optimiser
            self.edited.emit("learning_rate", OPTIMIZERS[value].learning_rate)


def menu(rows: Mapping[str, DescribedRow]) -> Select:
    """A menu of a table's rows with their descriptions as tooltips; it shrinks if there is little room."""
    made = Select([(name, row.title) for name, row in rows.items()])
    describe(made, rows)
    return shrinking(made)


def menu_of_networks() -> Select:
    """The networks, with a line between families."""
    made = shrinking(Select())
    family = ""
    for name, row in NETS.items():
        if family and row.family != family:
            made.insertSeparator(made.count())
        family = row.family
        made.addItem(row.title, name)
        tip = f"{row.summary} {row.parameters:,} parameters. {row.paper}"
        made.setItemData(made.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
    made.setMaxVisibleItems(made.count())
    return made


def describe(select: Select, rows: Mapping[str, DescribedRow]) -> None:
    for number in range(select.count()):
        row = rows.get(select.itemData(number))
        if row is not None:
            select.setItemData(number, row.description, Qt.ItemDataRole.ToolTipRole)


def shrinking(select: Select) -> Select:
    select.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    select.setMinimumContentsLength(SHORTEST)
    return select
