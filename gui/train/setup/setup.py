"""The form: network, dataset, recipe, epochs, further settings on demand, and one button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.session import Session
from gui.threads.loader import Loader
from gui.train.setup.choices import Choices
from gui.train.setup.details import Details
from gui.train.setup.main_fields import FOLDER, OWN, TRANSFERRED, MainFields
from gui.train.setup.memory_estimate import MemoryEstimate
from gui.train.setup.message_row import MessageRow
from gui.train.setup.misfit import Misfit, misfit_of
from gui.train.setup.settings import MoreSettings
from gui.train.setup.sources import FEATURES, FILE, source_of_file
from gui.train.setup.starts import Starts
from gui.train.setup.summary import few_images_words, summary
from gui.train.setup.train_buttons import TrainButtons
from gui.train.task import Availability, availability_task
from gui.train.training_state import TrainingState
from gui.widgets import Panel, button, label
from gui.widgets.file_dialogs import ask_for_folder, ask_to_open
from gui.words import capitalised, translated
from nets.data.drawings import set_of_dataset
from nets.data.specs import DatasetSpec, ImageInput
from nets.runs.changes import CHANGEABLE, SettingsChange
from nets.runs.config import TrainConfig
from nets.runs.problems import problems
from nets.zoo import NETS

if TYPE_CHECKING:
    from nets.runs.store import RunSummary
    from nets.training.memory import TransferCosts

LOW = 780  # pixels of the window's height
FILES = "Keras models (*.keras *.h5 *.hdf5);;All files (*)"
WHILE_PAUSED = ("schedule", "changes")  # views of settings that a paused training can take over
SAVE_AFTER = 500  # milliseconds after the last change until the choices are written to the disk
FIRST = Choices("lenet", "digits", "default")


class SetupBar(Panel):
    """Shows ``choices`` and lets the person change them; ``train_requested`` carries a configuration without problems.

    The other signals are emitted while a training runs: then the form shows its settings, locked, and keeps the choices
    for later.
    """

    train_requested = Signal(object)  # TrainConfig
    pause_requested = Signal(bool)  # False: continue
    stop_requested = Signal()
    adjust_requested = Signal(dict)  # fields of TrainConfig with which the paused training continues

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._session = session
        self._loader = Loader(self)
        self._starts = Starts(session, self)
        self.memory = MemoryEstimate(self)
        self._found: Availability | None = None  # of the chosen dataset; None while it is being looked up
        self._training = TrainingState()
        self._wanted: dict[str, Any] = {}  # settings with which a paused training continues
        self.choices = FIRST
        self._build()
        self._saving = QTimer(self)
        self._saving.setSingleShot(True)
        self._saving.setInterval(SAVE_AFTER)
        self._saving.timeout.connect(self._save)
        self.network.activated.connect(self._on_network)
        self.dataset.activated.connect(self._on_dataset)
        self.recipe.activated.connect(self._on_recipe)
        self.epochs.textEdited.connect(lambda: self._on_edit("epochs", self.epochs.number()))
        self.more.edited.connect(self._on_edit)
        self._starts.layers_found.connect(self._on_layers)
        session.engine_changed.connect(self._on_engine)
        self.memory.changed.connect(self.check)
        session.drawings_changed.connect(self._on_drawings)
        session.settings.changed.connect(lambda name: self.refresh() if name == "data_dir" else None)
        self.choose(self._stored())
        self._on_engine()

    # --- what is chosen -------------------------------------------------------------------------------------

    def config(self) -> TrainConfig:
        """What Train would start; it may have ``problems``."""
        return self.choices.config(self._spec.train_images if self._spec is not None else 0)

    def problems(self) -> dict[str, str]:
        """A sentence for each field with something wrong; "" is the key for what concerns several fields."""
        if self._found is None:
            return {"dataset": self.tr("Looking for the data …")}
        spec = self._found.spec
        if spec is None:
            own = self.tr("Keep drawings of two or more digits first: draw on the pad and press 0 to 9")
            return {"dataset": own if set_of_dataset(self._found.name) is not None else self._found.problem}
        found = problems(self.config(), images=spec.train_images, classes=len(spec.classes), input=spec.input)
        sentences = {field: translated(sentence) for field, sentence in found.items()}
        if self.choices.source is not None and self._starts.found is None:  # the rates depend on the source's layers
            opening = self.tr("Opening {0} …").format(self.choices.source.title)
            sentences.setdefault("start_from", self._starts.problem or opening)
        misfit = self._misfit()
        if misfit is not None and misfit.is_refused:
            sentences.setdefault("start_from", misfit.words)
        return sentences

    def _misfit(self) -> Misfit | None:
        """The mismatch between the chosen data and the trained network to start from."""
        config = self.config()
        plain = bool(config.start_from) and not config.transfers
        return misfit_of(config, self._starts.card(config.start_from), self._spec) if plain else None

    def give_new_head(self, reference: str, dataset: str) -> None:
        """Fill in the form for a transfer: the features of a model are kept, and a new head learns the classes of other
        data.
        """
        source = self._starts.source_of(reference)
        if self.running or source is None:
            running, gone = self.tr("A training runs; stop it first"), self.tr("This model is not here any more")
            self._session.notify(running if self.running else gone, "warning")
            return
        self.choose(self.choices.with_dataset(dataset).with_source(source))
        self.unfold.setChecked(True)

    def choose(self, choices: Choices) -> None:
        """Show other choices; another dataset is looked up."""
        if choices.dataset != self.choices.dataset or self._found is None:
            self._found = None
        if choices.source is not None:
            choices = replace(choices, source=self._starts.known(choices.source))
        self.choices = choices
        self._show(choices.config(self._spec.train_images if self._spec is not None else 0))
        if self._found is None:
            self._look_for_data()
        self._saving.start()

    def show_config(self, config: TrainConfig) -> None:
        """Take over the settings of ``config``, e.g. of an earlier run."""
        self.choose(Choices.of(config))

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Set the runs whose weights a training can start from."""
        self._starts.show_runs(runs)
        if not self.running:
            self._fill_starts()

    def refresh(self) -> None:
        """Look again whether the data are available."""
        if not self.running:
            self._look_for_data()

    def finish(self) -> None:
        self._loader.finish()
        self._starts.finish()
        self.memory.finish()
        self.details.finish()
        if self._saving.isActive():
            self._saving.stop()
            self._save()

    @property
    def _spec(self) -> DatasetSpec | None:
        """The chosen dataset, if it was found."""
        return self._found.spec if self._found is not None else None

    def _stored(self) -> Choices:
        """The choices of the last session."""
        try:
            return Choices.from_dict(self._session.settings["training"])
        except ValueError:  # there are none yet, or they name a network that no longer exists
            return FIRST

    def _save(self) -> None:
        self._session.settings.set("training", self.choices.to_dict())

    # --- while a training runs ------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        return self._training.running

    def show_training(self, state: TrainingState) -> None:
        """While a training runs, show its settings, locked, with Pause and Stop in place of Train."""
        before, self._training = self._training, state
        if state.running != before.running:
            self._lock(state)
        elif state.running and (state.paused != before.paused or state.config != before.config):
            self._show_paused(state)
        self.stop.setEnabled(not state.stopping)
        self.pause.setEnabled(not state.stopping)
        self.pause.setText(self.tr("Resume") if state.paused else self.tr("Pause"))

    def _show_paused(self, state: TrainingState) -> None:
        """While the training is paused, its rate and augmentation can be changed; the rest stays locked."""
        if state.config is not None:
            self._show(state.config)
        self._wanted = {}
        for name in WHILE_PAUSED:
            self.details.tabs[name].setEnabled(state.paused)
        if not state.paused:
            self.details.open("")
        self._show_details_of(state.config)
        for name in CHANGEABLE:
            self.options[name].control.setEnabled(state.paused)
            self.options[name].set_problem("")
        self.unfold.setChecked(state.paused)
        words = self.tr("Paused: the rate and the augmentation can be changed; they hold from here on")
        self.message.show_words(words if state.paused else self._locked_words())

    def _locked_words(self) -> str:
        return self.tr("The settings of the training that runs. Pause it to change rate or augmentation")

    def _show_details_of(self, config: TrainConfig | None) -> None:
        """The views under the form show the paused training, including the changed settings."""
        if config is not None:
            self.details.show_config(replace(config, **self._wanted), self._found, "")

    def _adjust(self, name: str, value: object) -> None:
        """The person changed a setting of the paused training; an impossible value is reported and not passed on."""
        config, spec = self._training.config, self._spec
        field: dict[str, Any] = {name: value}
        if config is None or name not in CHANGEABLE or not self._training.paused:
            return
        wanted = replace(config, **field)
        found = translated(problems(wanted, input=spec.input if spec is not None else None).get(name, ""))
        self.options[name].set_problem(found)
        if not found:
            self._wanted |= field
        words = self.tr("From here on, when you resume: {0}").format(SettingsChange(1, 0, **self._wanted).text())
        self.message.show_words(capitalised(found) if found else words, warning=bool(found))
        if not found:
            self._show_details_of(config)
            self.adjust_requested.emit(field)

    def _lock(self, state: TrainingState) -> None:
        if state.running:
            self.unfold.setChecked(False)  # the curves need the room
            self.details.open("")
            if state.config is not None:
                self._show(state.config)
            # A sentence about the form's own choices, e.g. that data are being looked up, does not apply to this
            # training.
            self.start_from.hide()
            self.new_head.hide()
            self.message.show_words(self._locked_words())
        for control in (*(option.control for option in self.options.values()), *self.details.tabs.values()):
            control.setEnabled(not state.running)
        # Pause and Stop are wider than Train, but nothing may move because of them
        self.fields.keeps_rows = state.running
        self._buttons.show_page(running=state.running)
        # two buttons need the room; a paused training shows the fields by itself
        self.unfold.setVisible(not state.running)
        if not state.running:
            self._show(self.config())
            # drawings may have been kept meanwhile; the old number stays until the new one is known
            self._ask_for_data()

    def press_train(self) -> None:
        if self.train.isEnabled() and not self.running:
            self.train_requested.emit(self.config())

    def press_pause(self) -> None:
        if self.running and self.pause.isEnabled():
            self.pause_requested.emit(not self._training.paused)

    # --- showing --------------------------------------------------------------------------------------------

    def _show(self, config: TrainConfig) -> None:
        """Put a configuration into the fields."""
        source = self.choices.source
        title = source.title if source is not None and source.network == config.network else config.network
        self.fields.show_network(config, title)
        self._starts.look_into(source)
        self.more.offer_transfer(config.transfers)
        self.more.offer_layers(self._starts.layers, config.freeze)
        self._show_dataset(config.dataset)
        self.fields.show_recipe(config)
        self._fill_starts()
        data = self._spec.input if self._spec is not None else ImageInput()
        self.more.offer_sizes(NETS.get(config.network), data, config.size)
        self.epochs.show_number(config.epochs)
        self.more.show_config(config)
        self.check()

    def check(self) -> None:
        """Mark the fields with problems and list them; without problems, say what will be trained."""
        shown = (self._training.config if self.running else None) or self.config()
        known = self._spec is not None and shown.dataset == self.choices.dataset
        self.fields.name_recipe(shown, self._spec.train_images if self._spec is not None and known else 0)
        if self.running:
            return
        found = self.problems()
        known = self._found is not None
        if not found and self._session.engine == "ready":  # the estimate needs Keras
            self.memory.follow(self.config(), self._spec, self._costs())
            found = {"": self.memory.problem} if self.memory.problem else {}
        if known and not self.more.options.keys().isdisjoint(found):
            self.unfold.setChecked(True)  # a field with a problem must be visible
        for name, option in self.options.items():
            option.set_problem(found.get(name, "") if known else "")
        first, *others = [capitalised(problem) for problem in found.values()] or [""]
        self.train.setEnabled(not found and self._session.engine == "ready")
        engine = {"ready": "", "failed": self.tr("TensorFlow could not be loaded")}
        reason = "\n".join((first, *others)) or engine.get(self._session.engine, self.tr("TensorFlow is still loading"))
        self.details.show_config(self.config(), self._found, first)
        self.train.setToolTip(reason or self.tr("Trains in the background; every epoch is kept (Ctrl+Return)"))
        warning = "" if found else few_images_words(self.config(), self._spec)
        self.start_from.setVisible(bool(warning) and not self.config().start_from and self.more.has_starts)
        self.new_head.setVisible(self._misfit() is not None)
        words = first or warning or self._summary()
        self.message.show_words(words, warning=bool((found and known) or warning))
        self.others.setText("\n".join(others))
        self.others.setVisible(bool(others))

    def _costs(self) -> TransferCosts | None:
        """The costs of the features that the form's transfer keeps; None while unknown, and for other trainings."""
        return self._starts.found.costs if self.choices.source is not None and self._starts.found else None

    def _summary(self) -> str:
        source, misfit = self.choices.source, self._misfit()
        return summary(self.config(), self._found, source=source, misfit=misfit, memory=self.memory.words)

    def _show_dataset(self, dataset: str) -> None:
        self.fields.show_dataset(dataset, self._session.places)
        self.gallery.setVisible(set_of_dataset(dataset) is not None)

    def _fill_starts(self) -> None:
        config = self._training.config if self.running and self._training.config is not None else self.config()
        start = FEATURES + config.start_from if config.transfers else config.start_from
        starts = self._starts
        self.more.offer_starts(starts.weights(self.choices.network), start, starts.features(self.choices.source))

    def _build(self) -> None:
        self.fields = MainFields(self)
        self.network, self.dataset, self.recipe = self.fields.network, self.fields.dataset, self.fields.recipe
        self.epochs = self.fields.epochs
        self.more = MoreSettings(self)
        self.more.hide()
        self.options = self.fields.options | self.more.options
        self.unfold = button(self.tr("More"), "plain", tip=self.tr("Optimiser, rate, schedule, batch and the rest"))
        self.unfold.setCheckable(True)
        self.unfold.toggled.connect(self._on_unfold)
        self.fields.add(self.unfold)
        self._buttons = TrainButtons()
        self.train, self.pause, self.stop = self._buttons.train, self._buttons.pause, self._buttons.stop
        self.train.clicked.connect(self.press_train)
        self.pause.clicked.connect(self.press_pause)
        self.stop.clicked.connect(self.stop_requested)
        self.fields.add(self._buttons, at_the_end=True)
        self.body.setSpacing(6)
        self.body.addWidget(self.fields)
        self.body.addWidget(self.more)
        self.details = Details(self._session, self)
        self.details.shown.connect(self._on_details)
        self.details.rate_chosen.connect(lambda rate: self._on_edit("learning_rate", rate))
        self.body.addWidget(self._message_row())
        self.body.addWidget(self.details)
        self.others = label("", "warning", wrap=True)
        self.others.hide()
        self.body.addWidget(self.others)

    def _message_row(self) -> MessageRow:
        """The line of text under the fields, the kept drawings, and a remedy for too few images."""
        self.gallery = button(
            self.tr("Kept drawings …"), "plain", tip=self.tr("The kept drawings, their labels and sets")
        )
        self.gallery.clicked.connect(self._open_gallery)
        tip = self.tr("Begin with the weights of a trained network instead of random ones")
        self.start_from = button(self.tr("Start from …"), "plain", tip=tip)
        self.start_from.clicked.connect(self._show_starts)
        tip = self.tr("Keep what it sees, its features, and let a new last layer learn these classes")
        self.new_head = button(self.tr("A new head"), "plain", tip=tip)
        self.new_head.clicked.connect(lambda: self.give_new_head(self.config().start_from, self.choices.dataset))
        for one in (self.gallery, self.start_from, self.new_head):
            one.hide()
        self.message = MessageRow((self.gallery, self.start_from, self.new_head, *self.details.tabs.values()))
        return self.message

    # --- what the person does -------------------------------------------------------------------------------

    def _on_dataset(self) -> None:
        chosen = self.dataset.value()
        if chosen == FOLDER:
            self.dataset.choose(self.choices.dataset)
            title = self.tr("A folder with a sub-folder for every class")
            chosen = str(ask_for_folder(self, self._session.settings, "data", title) or "")
        if chosen:
            self.choose(self.choices.with_dataset(chosen))

    def _on_recipe(self) -> None:
        if self.recipe.value() != OWN:
            self.choose(self.choices.with_recipe(self.recipe.value()))
        else:
            self.unfold.setChecked(True)

    def _on_edit(self, name: str, value: object) -> None:
        if self.running:
            self._adjust(name, value)
            return
        if name == "start_from" and self._choose_source(str(value)):
            return
        images = self._spec.train_images if self._spec is not None else 0
        self.choose(self.choices.with_field(name, value, images))

    def _on_network(self) -> None:
        if self.network.value() != TRANSFERRED:
            self.choose(self.choices.with_network(self.network.value()))

    def _choose_source(self, value: str) -> bool:
        """Whether the menu "Start from" concerns a transfer: one was chosen, or was chosen before."""
        source = self._starts.source(value)
        if value == FILE:
            path = ask_to_open(self, self._session.settings, "models", self.tr("Whose features?"), FILES)
            if path is None:
                self._fill_starts()
                return True
            source = source_of_file(path)
        if source is None and self.choices.source is None:
            return False
        choices = self.choices.with_source(source)
        self.choose(choices if source is not None else choices.with_field("start_from", value))
        return True

    def _on_layers(self) -> None:
        """Rates and epochs depend on the source's layers."""
        if self.choices.source is not None:
            self.choices = replace(self.choices, source=self._starts.known(self.choices.source))
        if not self.running:
            self._show(self.config())

    def _on_unfold(self, on: bool) -> None:
        self.more.setVisible(on)
        if on and self._is_low:
            self.details.open("")

    def _on_details(self) -> None:
        if self._is_low and not self.running:  # a paused training has no button that would show it again
            self.unfold.setChecked(False)

    @property
    def _is_low(self) -> bool:
        """Whether the window is too low for both the settings and one of the details."""
        return self.window().height() < theme.px(LOW)

    def _open_gallery(self) -> None:
        from gui.drawings.gallery import open_gallery

        open_gallery(self._session, self, set_of_dataset(self.choices.dataset))

    def _show_starts(self) -> None:
        self.unfold.setChecked(True)
        self.more.start_from.setFocus()
        self.more.start_from.showPopup()

    def _look_for_data(self) -> None:
        self._found = None
        self.check()
        self._ask_for_data()

    def _ask_for_data(self) -> None:
        name = self.choices.dataset
        self._loader.ask(
            availability_task,
            name,
            self._session.places,
            done=self._on_found,
            failed=lambda words: self._on_found(Availability(name, None, False, "", words)),
        )

    def _on_drawings(self) -> None:
        """Drawings were kept, moved or deleted; there may be a new set."""
        if not self.running:
            self._show_dataset(self.choices.dataset)
            self.refresh()

    def _on_found(self, found: Availability) -> None:
        self._found = found
        if found.spec is not None:
            self.choices = self.choices.fitting_images(found.spec.train_images)
        if not self.running:
            self._show(self.config())  # fitted to the present number of images

    def _on_engine(self, *_: object) -> None:
        self._starts.look_into(self.choices.source)
        device = self._session.device
        helps = bool(device is not None and device.mixed_precision_helps)
        self.more.offer_precision(helps)
        if not helps and self.choices.fields.get("precision") == "mixed":
            self._on_edit("precision", "float32")
        self.check()
