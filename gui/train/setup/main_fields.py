"""The row of fields that every training needs: network, dataset, recipe and epochs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from gui import theme
from gui.train.setup.choices import Choices
from gui.train.setup.fields import LabelledControl, NumberEdit
from gui.train.setup.settings import describe, menu_of_networks, shrinking
from gui.widgets import Select
from nets.data.drawings import DATASET as DRAWINGS
from nets.data.drawings import dataset_of_set, set_of_dataset
from nets.data.drawings import sets as sets_of_drawings
from nets.places import Places
from nets.runs.config import RECIPES, TrainConfig, recipes_for

FOLDER = "…"  # row of the dataset menu that asks for a folder
TRANSFERRED = "…"  # row of the network menu while another model's features are kept
OWN = ""  # row of the recipe menu once a setting was changed
SHARES = {"network": 8, "dataset": 7, "recipe": 10}  # shares of the width: recipes have the longest names
WIDEST = {"network": 220, "dataset": 220, "recipe": 250}  # pixels
ARROW = 40  # pixels of a menu in addition to its text


class MainFields(QWidget):
    """The fields by their names in TrainConfig: ``options``. ``add`` puts buttons behind them.

    If the menus' texts would be cut, the epochs and the buttons stand below the menus, and the recipe, if that is not
    enough, in a row of its own between them, unless ``keeps_rows`` forbids moving anything.
    """

    rows_changed = Signal()  # the recipe has got a row of its own, or has one no longer

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keeps_rows = False
        self._folders: list[str] = []  # folders chosen since the window opened
        self.network = menu_of_networks()
        self.dataset = shrinking(Select())
        self.recipe = shrinking(Select())
        self.epochs = NumberEdit(whole=True)
        self.epochs.setFixedWidth(60)
        tip = self.tr(
            "A recipe is a set of settings that belong together: optimiser, learning rate, batch size, epochs and "
            "changes to the images. More shows them, and each can be changed"
        )
        self.options = {
            "network": LabelledControl(self.tr("Network"), self.network, self.tr("What learns")),
            "dataset": LabelledControl(self.tr("Dataset"), self.dataset, self.tr("What it learns from")),
            "recipe": LabelledControl(self.tr("Recipe"), self.recipe, tip),
            "epochs": LabelledControl(self.tr("Epochs"), self.epochs, self.tr("How often it sees every image")),
        }
        self._menus, self._own_row, self._tail = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        for layout in (self._menus, self._own_row, self._tail, self._rows):
            layout.setSpacing(theme.GAP)
        for name, widest in WIDEST.items():
            self.options[name].setMaximumWidth(widest)
            self._menus.addWidget(self.options[name], SHARES[name])
        self._tail.addWidget(self.options["epochs"])
        self._rows.addLayout(self._menus, 100)  # up to the menus' greatest widths; the rest is the tail's
        self._own_row.addStretch(1)
        self._rows.addLayout(self._own_row)
        self._rows.addLayout(self._tail, 1)

    def add(self, button: QWidget, *, at_the_end: bool = False) -> None:
        """Puts a button into the row, beside the fields or at its right end."""
        if at_the_end:
            self._tail.addStretch(1)
        self._tail.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)

    def show_network(self, config: TrainConfig, title: str) -> None:
        """Choose the network. ``title``: the name of a transfer's network, which the menu may not contain."""
        extra = self.network.findData(TRANSFERRED)
        if extra >= 0:
            self.network.removeItem(extra)
            self.network.removeItem(extra - 1)  # the line above it
        if config.transfers:
            self.network.insertSeparator(self.network.count())
            self.network.addItem(title, TRANSFERRED)
            self.network.choose(TRANSFERRED)
        else:
            self.network.choose(config.network)

    def show_dataset(self, dataset: str, places: Places) -> None:
        """Offer the datasets, the sets of kept drawings and the folders chosen so far, and choose one."""
        from nets.data.datasets import DATASETS

        chosen_set = set_of_dataset(dataset)
        if dataset not in DATASETS and chosen_set is None and dataset not in self._folders:
            self._folders.append(dataset)
        sets = dict.fromkeys((*sets_of_drawings(places), chosen_set or ""))
        rows = [(name, row.title) for name, row in DATASETS.items()]
        rows += [(dataset_of_set(name), f"{DATASETS[DRAWINGS].title}, {name}") for name in sets if name]
        rows += [(folder, Path(folder).name) for folder in self._folders]
        self.dataset.set_rows([*rows, (FOLDER, self.tr("Folder …"))])
        for number, row in enumerate(DATASETS.values()):
            self.dataset.setItemData(number, row.source, Qt.ItemDataRole.ToolTipRole)
        self.dataset.choose(dataset)

    def show_recipe(self, config: TrainConfig) -> None:
        """Offer the recipes for the network and its data, and choose the one of ``config``."""
        rows = {row.name: row for row in recipes_for(config.network, config.dataset)}
        self.recipe.set_rows([*((row.name, row.title) for row in rows.values()), (OWN, self.tr("Own settings"))])
        describe(self.recipe, rows)
        self.recipe.choose(config.recipe if config.recipe in rows else OWN)

    def name_recipe(self, config: TrainConfig, images: int) -> None:
        """A recipe whose numbers were fitted to few images, or changed by the person, says so.

        Args:
            config: what is shown.
            images: to train on; 0 where that is not known.
        """
        recipe = RECIPES.get(self.recipe.value())
        if recipe is not None:
            start = {"start_from": config.start_from} if config.start_from else {}
            usual = Choices(config.network, config.dataset, recipe.name, start)
            title = recipe.title
            if config != usual.config(images):
                title = self.tr("{0} (changed)").format(title)
            elif config != usual.config():
                title = self.tr("{0} (for few images)").format(title)
            self.recipe.setItemText(self.recipe.currentIndex(), title)
        self._share_room()

    def minimumSizeHint(self) -> QSize:
        """As narrow as with two rows; otherwise the window could never get narrow enough for two rows."""
        width = max(self._menus.minimumSize().width(), self._tail.minimumSize().width())
        return QSize(width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    @property
    def is_in_two_rows(self) -> bool:
        return self._rows.direction() == QBoxLayout.Direction.TopToBottom

    @property
    def is_in_three_rows(self) -> bool:
        return self._own_row.indexOf(self.options["recipe"]) >= 0

    @property
    def extra_height(self) -> int:
        """Pixels that the recipe's own row adds."""
        height: int = self.options["recipe"].sizeHint().height()
        return height + self._rows.spacing() if self.is_in_three_rows else 0

    def _fit_rows(self, needed: dict[str, int]) -> None:
        """``needed``: by the name of a menu, the width in pixels at which its texts are not cut."""
        if self.keeps_rows:
            return
        gap = theme.px(theme.GAP)
        menus = sum(min(width, theme.px(WIDEST[name])) + gap for name, width in needed.items())
        two = menus + self._tail.sizeHint().width() > self.width()
        if two != self.is_in_two_rows:
            down, right = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
            self._rows.setDirection(down if two else right)
        three = two and menus - theme.px(theme.GAP) > self.width()
        if three != self.is_in_three_rows:
            recipe = self.options["recipe"]
            if three:
                self._menus.removeWidget(recipe)
                self._own_row.insertWidget(0, recipe, 100)  # up to its greatest width; the rest stays empty
            else:
                self._own_row.removeWidget(recipe)
                self._menus.addWidget(recipe, SHARES["recipe"])
            self.rows_changed.emit()

    def _share_room(self) -> None:
        """In a narrow window each menu gets a share as wide as its text; otherwise the shares stay as they are."""
        menus = {"network": self.network, "dataset": self.dataset, "recipe": self.recipe}
        needed = {
            name: menu.fontMetrics().horizontalAdvance(menu.currentText()) + theme.px(ARROW)
            for name, menu in menus.items()
        }
        self._fit_rows(needed)
        room = sum(menu.width() for menu in menus.values())
        usual = {name: room * SHARES[name] / sum(SHARES[name] for name in menus) for name in menus}
        shares = SHARES if all(needed[name] <= usual[name] for name in menus) else needed
        for number, name in enumerate(menus):
            self._menus.setStretch(number, shares[name])
