"""What to train: network, dataset, recipe, epochs, more on demand, and the one button."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from gui import theme
from gui.session import Session
from gui.threads.loader import Loader
from gui.train.setup.fields import NumberEdit, Option
from gui.train.setup.settings import MoreSettings, describe, menu_of_networks, shrinking
from gui.train.setup.train_buttons import TrainButtons
from gui.train.task import Availability, availability_task
from gui.train.training_state import TrainingState
from gui.widgets import ElidedLabel, Panel, Select, button, label
from nets.runs.config import RECIPES, TrainConfig, config_for, fitted, problems, recipes_for, split_sizes

FOLDER = "…"  # the row of the dataset menu that asks for a folder
OWN = ""  # the recipe's row once a setting was changed


class SetupBar(Panel):
    """``train_requested`` carries a configuration without problems; the other signals come while a training runs."""

    train_requested = Signal(object)  # TrainConfig
    pause_requested = Signal(bool)  # False: go on
    stop_requested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._session = session
        self._loader = Loader(self)
        self._found: Availability | None = None
        self._base = TrainConfig("lenet", "digits")
        self._as_usual = True  # the fields under More are the recipe's, for as many images as there are
        self._folders: list[str] = []
        self._folder_before = "digits"
        self._training = TrainingState()
        self._own: TrainConfig | None = None  # what the person had chosen, while another training's is shown
        self._build()
        self.network.activated.connect(self._on_network)
        self.dataset.activated.connect(self._on_dataset)
        self.recipe.activated.connect(self._on_recipe)
        self.epochs.textEdited.connect(self.check)
        self.more.changed.connect(self._on_own_setting)
        session.engine_changed.connect(self._on_engine)
        session.drawings_changed.connect(self.refresh)
        session.settings.changed.connect(lambda name: self.refresh() if name == "data_dir" else None)
        self._fill_datasets()
        self.choose("lenet", "digits")
        self._on_engine()

    # --- what is chosen -------------------------------------------------------------------------------------

    def config(self) -> TrainConfig:
        """As the fields stand; it may have ``problems``."""
        typed: dict[str, Any] = {"epochs": self.epochs.number(), "recipe": self.recipe.value()}
        return dataclasses.replace(self.more.config(self._base), **typed)

    def problems(self) -> dict[str, str]:
        """A sentence for each field with something wrong; "" for what concerns several."""
        if self._found is None:
            return {"dataset": self.tr("Looking for the data …")}
        spec = self._found.spec
        if spec is None:
            own = self.tr("Keep drawings of two or more digits first: draw on the pad and press 0 to 9")
            return {"dataset": own if self._found.name == "drawings" else self._found.problem}
        return problems(
            self.config(),
            images=spec.train_images if spec else None,
            classes=len(spec.classes) if spec else None,
            input=spec.input if spec else None,
        )

    def choose(self, network: str, dataset: str, recipe: str | None = None) -> None:
        """Sets the three menus and fills the rest from the recipe (None: the one that fits best)."""
        self._found = None  # of the dataset before
        self.network.choose(network)
        if self.dataset.findData(dataset) < 0:
            self._folders.append(dataset)
            self._fill_datasets()
        self.dataset.choose(dataset)
        self._fill_recipes(recipe)
        self._look_for_data()

    def show_config(self, config: TrainConfig) -> None:
        """Takes over all settings of ``config``, e.g. of an earlier run."""
        self.choose(config.network, config.dataset, config.recipe)
        self._base, self._as_usual = config, False
        self.recipe.choose(config.recipe if self.recipe.findData(config.recipe) >= 0 else OWN)
        self.epochs.set_number(config.epochs)
        self.more.show_config(config)
        self.check()

    def refresh(self) -> None:
        """Looks again whether the data are there."""
        if not self.running:
            self._look_for_data()

    def finish(self) -> None:
        self._loader.finish()

    # --- while a training runs ------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        return self._training.running

    def show_training(self, state: TrainingState) -> None:
        """While a training runs its settings stand here, locked, and Pause and Stop take the place of Train."""
        before, self._training = self._training, state
        if state.running != before.running:
            self._lock(state)
        self.stop.setEnabled(not state.stopping)
        self.pause.setEnabled(not state.stopping)
        self.pause.setText(self.tr("Resume") if state.paused else self.tr("Pause"))

    def _lock(self, state: TrainingState) -> None:
        if state.running:
            self.unfold.setChecked(False)  # the curves need the room
            own = self.config()
            if state.config is not None and state.config != own:
                self._own = own
                self.show_config(state.config)
        elif self._own is not None:
            own, self._own = self._own, None
            self.show_config(own)
        for option in self.options.values():
            option.control.setEnabled(not state.running)
        self._buttons.setCurrentIndex(1 if state.running else 0)
        self.check()

    def press_train(self) -> None:
        if self.train.isEnabled() and not self.running:
            self.train_requested.emit(self.config())

    def press_pause(self) -> None:
        if self.running and self.pause.isEnabled():
            self.pause_requested.emit(not self._training.paused)

    # --- inside ---------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Marks what is wrong and says all of it; without anything wrong, what will be trained on."""
        found = self.problems()
        if self._found is not None and not self.more.options.keys().isdisjoint(found):
            self.unfold.setChecked(True)  # what is to be mended is to be seen
        self._name_recipe()
        for name, option in self.options.items():
            option.set_problem(found.get(name, "") if self._found is not None else "")
        first, *others = [problem[:1].upper() + problem[1:] for problem in found.values()] or [""]
        self.train.setEnabled(not found and self._session.engine == "ready")
        engine = {"ready": "", "failed": self.tr("TensorFlow could not be loaded")}
        reason = "\n".join((first, *others)) or engine.get(self._session.engine, self.tr("TensorFlow is still loading"))
        self.train.setToolTip(reason or self.tr("Trains in the background; every epoch is kept (Ctrl+Return)"))
        wrong = bool(found) and self._found is not None
        self.message.setProperty("look", "warning" if wrong else "small")
        self.message.style().unpolish(self.message)
        self.message.style().polish(self.message)
        self.message.setText(first or self._about())
        self.others.setText("\n".join(others))
        self.others.setVisible(bool(others))

    def _about(self) -> str:
        """One line about the data and the recipe."""
        words = []
        found = self._found
        if found is not None and found.spec is not None:
            trained, held_out = split_sizes(self.config(), found.spec.train_images)
            three = self.tr("{0:,} images to train on, {1:,} held out, {2:,} to test on")
            two = self.tr("{0:,} images to train on, {2:,} to test on")
            counts = (three if held_out else two).format(trained, held_out, found.spec.test_images)
            words = [counts] if found.found else [counts, found.problem]
        rows = recipes_for(self.network.value(), self.dataset.value())
        words += [row.description for row in rows if row.name == self.recipe.value()]
        return "  ·  ".join(words)

    def _build(self) -> None:
        self.network = menu_of_networks()
        self.dataset = shrinking(Select())
        self.recipe = shrinking(Select())
        self.epochs = NumberEdit(whole=True)
        self.epochs.setFixedWidth(60)
        self.more = MoreSettings(self)
        self.more.hide()
        self.options = {
            "network": Option(self.tr("Network"), self.network, self.tr("What learns")),
            "dataset": Option(self.tr("Dataset"), self.dataset, self.tr("What it learns from")),
            "recipe": Option(self.tr("Recipe"), self.recipe, self.tr("Settings that belong together")),
            "epochs": Option(self.tr("Epochs"), self.epochs, self.tr("How often it sees every image")),
        }
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        for name, option in self.options.items():
            row.addWidget(option, 0 if name == "epochs" else 8)
            if name != "epochs":
                option.setMaximumWidth(250 if name == "recipe" else 220)
        self.options |= self.more.options
        self.unfold = button(self.tr("More"), "plain", tip=self.tr("Optimiser, rate, schedule, batch and the rest"))
        self.unfold.setCheckable(True)
        self.unfold.toggled.connect(self.more.setVisible)
        row.addWidget(self.unfold, 0, Qt.AlignmentFlag.AlignBottom)
        row.addStretch(1)
        self._buttons = TrainButtons()
        self.train, self.pause, self.stop = self._buttons.train, self._buttons.pause, self._buttons.stop
        self.train.clicked.connect(self.press_train)
        self.pause.clicked.connect(self.press_pause)
        self.stop.clicked.connect(self.stop_requested)
        row.addWidget(self._buttons, 0, Qt.AlignmentFlag.AlignBottom)
        self.message = ElidedLabel(look="small")
        self.message.setFixedHeight(self.message.fontMetrics().height())
        self.body.setSpacing(6)
        self.body.addLayout(row)
        self.body.addWidget(self.more)
        self.body.addWidget(self.message)
        self.others = label("", "warning", wrap=True)
        self.others.hide()
        self.body.addWidget(self.others)

    def _fill_datasets(self) -> None:
        from nets.data.datasets import DATASETS

        rows = [(name, row.title) for name, row in DATASETS.items()]
        rows += [(folder, Path(folder).name) for folder in self._folders]
        self.dataset.set_rows([*rows, (FOLDER, self.tr("Folder …"))])

    def _fill_recipes(self, recipe: str | None = None) -> None:
        rows = recipes_for(self.network.value(), self.dataset.value())
        self.recipe.set_rows([*((row.name, row.title) for row in rows), (OWN, self.tr("Own settings"))])
        describe(self.recipe, {row.name: row for row in rows})
        names = [row.name for row in rows]
        fitting = recipe if recipe in names else ("default" if "default" in names else next(iter(names), OWN))
        self.recipe.choose(fitting)
        self._take_recipe()

    def _take_recipe(self) -> None:
        self._base, self._as_usual = self._usual(), True
        self.epochs.set_number(self._base.epochs)
        self.more.show_config(self._base)
        self.check()

    def _usual(self) -> TrainConfig:
        """The recipe's settings, for as many images as there are where that is known."""
        usual = config_for(self.network.value(), self.dataset.value(), self.recipe.value())
        spec = self._found.spec if self._found is not None else None
        return fitted(usual, spec.train_images) if spec is not None and spec.train_images else usual

    def _name_recipe(self) -> None:
        """A recipe with other epochs than its own says so; other settings under More make it own settings."""
        row, recipe = self.recipe.currentIndex(), RECIPES.get(self.recipe.value())
        if recipe is not None:
            changed = self.config() != self._usual() and self._found is not None
            title = self.tr("{0} (changed)").format(recipe.title) if changed else recipe.title
            self.recipe.setItemText(row, title)

    def _look_for_data(self) -> None:
        self._found = None
        self.check()
        name = self.dataset.value()
        self._loader.ask(
            availability_task,
            name,
            self._session.places,
            done=self._on_found,
            failed=lambda words: self._on_found(Availability(name, None, False, "", words)),
        )

    def _on_found(self, found: Availability) -> None:
        self._found = found
        if self._as_usual and self.recipe.value() != OWN:
            before, self._base = self._base, self._usual()
            if self.epochs.number() == before.epochs:  # nobody typed another number
                self.epochs.set_number(self._base.epochs)
            self.more.show_config(self._base)
        self.check()

    def _on_network(self) -> None:
        self._fill_recipes(self.recipe.value())

    def _on_dataset(self) -> None:
        if self.dataset.value() == FOLDER:
            self.dataset.choose(self._folder_before)
            folder = QFileDialog.getExistingDirectory(self, self.tr("A folder with a sub-folder for every class"))
            if not folder:
                return
            self.choose(self.network.value(), folder)
        else:
            self.choose(self.network.value(), self.dataset.value(), self.recipe.value())
        self._folder_before = self.dataset.value()

    def _on_recipe(self) -> None:
        if self.recipe.value() != OWN:
            self._take_recipe()
        else:
            self.unfold.setChecked(True)
            self.check()

    def _on_own_setting(self) -> None:
        self.recipe.choose(OWN)
        self.check()

    def _on_engine(self) -> None:
        device = self._session.device
        self.more.offer_precision(bool(device is not None and device.mixed_precision_helps))
        self.check()
