"""The column at the left: which models are compared, on which images, and the button that compares them."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QMenu,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.compare.state import CompareState, Comparing
from gui.session import Session
from gui.threads.loader import Loader
from gui.widgets import ElidedLabel, Field, IconButton, Panel, Select, button, label, rest_after
from gui.widgets.file_dialogs import ask_to_open
from gui.widgets.network_menu import add_networks
from gui.widgets.scroll_column import ScrollColumn
from nets.data.datasets import DATASETS
from nets.events import Report
from nets.experiments.candidates import LEAST, MOST, Candidate
from nets.network.untrained import UNTRAINED
from nets.places import Places
from nets.zoo.registry import NetSpec

if TYPE_CHECKING:
    from nets.runs.store import RunSummary

WIDTH, NARROWEST = 264, 188
RUNS_SHOWN = 20
LIMITS = (None, 2000, 500, 100)
BATCHES = (1, 32, 128)
FIRST = ("pen", "lenet")
"""Shipped models that read the same digits: chosen when the workspace is first opened, after the one on the pad."""


def runs_task(places: Places, report: Report) -> list[RunSummary]:
    """The runs with at least one finished epoch, newest first."""
    from nets.runs.store import RunStore

    return [run for run in RunStore(places.runs).list() if run.epochs_done > 0]


def data_task(candidates: tuple[Candidate, ...], places: Places, report: Report) -> str:
    """The dataset that the models share."""
    from nets.errors import LensletError
    from nets.experiments.choices import usual_data

    try:
        return usual_data(candidates, places)
    except LensletError:  # a run was deleted meanwhile; the comparison will say so
        return ""


class ChosenRow(QWidget):
    """A chosen model in its colour, with a button that removes it."""

    def __init__(self, number: int, title: str, remove: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = number
        self.mark = label("●")
        self.words = ElidedLabel(title, mode=Qt.TextElideMode.ElideMiddle)
        self.take_out = IconButton("x", self.tr("Take {0} out of the comparison").format(title), look="plain")
        self.take_out.clicked.connect(remove)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        row.addWidget(self.mark)
        row.addWidget(self.words, 1)
        row.addWidget(self.take_out)
        theme.theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        colors = theme.now().runs
        self.mark.setStyleSheet(f"color: {colors[self._number % len(colors)]};")


class ChoosingPanel(ScrollColumn):
    """Shows the state; every choice changes the state."""

    def __init__(self, session: Session, comparing: Comparing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._comparing = session, comparing
        self._runs: list[RunSummary] = []
        self._chooses_data = True  # until the person chooses
        self._asked: tuple[Candidate, ...] = ()
        self._reader, self._finder = Loader(self), Loader(self)
        self.rows: list[ChosenRow] = []
        self.add = button(self.tr("Add a model …"), tip=self.tr("A shipped model, a run, one of its epochs, a file"))
        self.data = Select([("", self.tr("none: costs alone")), *((row.name, row.title) for row in DATASETS.values())])
        self.limit = Select([(str(n or ""), self._limit_words(n)) for n in LIMITS])
        self.batch = Select(
            [(str(n), self.tr("1 image") if n == 1 else self.tr("{0} images").format(n)) for n in BATCHES]
        )
        self.training = QCheckBox(self.tr("Time training too"))
        self.training.setToolTip(self.tr("Some steps on random images, for models whose runs did not record it"))
        self.compare = button(self.tr("Compare"), "primary")
        self.stop = button(self.tr("Stop"), tip=self.tr("Stop what is measured (Escape)"))
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.words = label("", "small", wrap=True)
        self._compose()
        self._connect()
        self._render(comparing.state)

    def _compose(self) -> None:
        panel = Panel(self.tr("Models"))
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        panel.body.addLayout(self._list)
        panel.body.addWidget(self.add)
        for title, control, tip in (
            (self.tr("Test images of"), self.data, self.tr("All models are asked the same images")),
            (self.tr("How many"), self.limit, self.tr("Large networks are slow: ask them fewer, evenly chosen")),
            (self.tr("Memory of activations for"), self.batch, self.tr("As many as a batch of training has")),
        ):
            control.setToolTip(tip)
            control.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            field = Field(title, control)
            field.problem.hide()
            panel.body.addWidget(field)
        panel.body.addWidget(self.training)
        panel.body.addSpacing(theme.TIGHT)
        panel.body.addWidget(self.compare)
        panel.body.addWidget(self.stop)
        panel.body.addWidget(self.progress)
        panel.body.addWidget(self.words)
        panel.body.addStretch(1)
        self.hold(panel)
        self.set_room(4 * WIDTH)

    def set_room(self, width: int) -> None:
        """``width``: of the whole workspace. The column takes a quarter, but never less than it needs."""
        self.setFixedWidth(min(max(width * 26 // 100, theme.px(NARROWEST)), theme.px(WIDTH)))

    def _connect(self) -> None:
        comparing = self._comparing
        comparing.changed.connect(self._render)
        self.add.clicked.connect(self._open_menu)
        self.compare.clicked.connect(comparing.start)
        self.stop.clicked.connect(comparing.stop)
        self.data.activated.connect(self._on_data)
        self.limit.activated.connect(lambda _: comparing.set(limit=int(self.limit.value() or 0) or None))
        self.batch.activated.connect(lambda _: comparing.set(batch=int(self.batch.value())))
        self.training.toggled.connect(lambda on: comparing.set(measures_training=on))
        self._session.engine_changed.connect(lambda *_: self._render(comparing.state))
        self._session.runs_changed.connect(self.refresh)

    # --- what can be chosen -------------------------------------------------------------------------------------

    def begin(self) -> None:
        """When the workspace is first shown, choose the model on the pad and a shipped one, or two shipped ones: then
        one click compares them.
        """
        from nets.models import shipped

        if not self._comparing.state.chosen:
            first = {Candidate(name): card.title for name, card in shipped().items() if name in FIRST}
            chosen = self._on_pad() | first
            for candidate in list(chosen)[:LEAST]:
                self._comparing.add(candidate, chosen[candidate])
        self.refresh()

    def _on_pad(self) -> dict[Candidate, str]:
        """The model that answers, and its title; nothing if it is in no file, e.g. in training."""
        model = self._session.model
        if model is None or model.ref.kind in ("training", "edited"):
            return {}
        if model.ref.kind == "untrained":
            return {Candidate(model.ref.name): self.tr("{0}, not trained").format(model.card.title)}
        if model.ref.kind != "run":
            return {Candidate(model.ref.name): model.card.title}
        run = next((run.title for run in self._runs if run.id == model.ref.name), model.card.title)
        return {Candidate(model.ref.name, model.ref.epoch): self.tr("{0} · epoch {1}").format(run, model.ref.epoch)}

    def refresh(self) -> None:
        """Read the list of runs again, in a thread."""
        self._reader.ask(runs_task, self._session.places, done=self._on_runs, failed=self._session.notify)

    def finish(self) -> None:
        self._reader.finish()
        self._finder.finish()

    def _on_runs(self, runs: list[RunSummary]) -> None:
        self._runs = runs

    def _open_menu(self) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        rest_after(self.add, menu)
        menu.popup(self.add.mapToGlobal(QPoint(0, self.add.height() + 2)))

    def menu(self) -> QMenu:
        """Everything that can be compared, as a menu."""
        from nets.models import shipped

        menu = QMenu(self)
        for candidate, title in self._on_pad().items():
            row = menu.addAction(self.tr("On the pad: {0}").format(title).replace("&", "&&"))
            row.triggered.connect(self._adder(candidate, title))
            menu.addSeparator()
        for name, card in shipped().items():
            menu.addAction(card.title).triggered.connect(self._adder(Candidate(name), card.title))
        self._add_pretrained(menu)
        runs = menu.addMenu(self.tr("Runs"))
        runs.setEnabled(bool(self._runs))
        for run in self._runs[:RUNS_SHOWN]:
            self._add_run(runs, run)
        networks = menu.addMenu(self.tr("Networks, not trained"))
        add_networks(networks, self._add_network)
        for path in self._session.settings["recent_models"]:
            if os.path.isfile(path):
                menu.addAction(Path(path).name).triggered.connect(self._adder(Candidate(path), Path(path).stem))
        menu.addSeparator()
        menu.addAction(self.tr("A model file …")).triggered.connect(self._choose_file)
        return menu

    def _add_pretrained(self, menu: QMenu) -> None:
        """Add the models whose files are here; the menu of models at the top downloads the others."""
        from nets.network.pretrained import missing_files
        from nets.zoo.pretrained import PRETRAINED

        here = [row for row in PRETRAINED.values() if not missing_files(row, self._session.places)]
        made = menu.addMenu(self.tr("Trained on ImageNet"))
        made.setEnabled(bool(here))
        for row in here:
            made.addAction(row.title).triggered.connect(self._adder(Candidate(row.name), row.title))

    def _add_run(self, menu: QMenu, run: RunSummary) -> None:
        """Add the best epoch, the last, and every epoch: a run can be compared with itself."""
        epochs = menu.addMenu(run.title.replace("&", "&&"))
        for epoch, words in (("best", self.tr("its best epoch")), ("last", self.tr("its last epoch"))):
            number = run.best_epoch if epoch == "best" else run.epochs_done
            title = self.tr("{0} · epoch {1}").format(run.title, number)
            epochs.addAction(f"{words}: {number}").triggered.connect(self._adder(Candidate(run.id, number), title))
        epochs.addSeparator()
        for number in range(1, run.epochs_done + 1):
            title = self.tr("{0} · epoch {1}").format(run.title, number)
            epochs.addAction(self.tr("epoch {0}").format(number)).triggered.connect(
                self._adder(Candidate(run.id, number), title)
            )

    def _add_network(self, spec: NetSpec) -> None:
        self._comparing.add(Candidate(UNTRAINED + spec.name), self.tr("{0}, not trained").format(spec.title))

    def _adder(self, candidate: Candidate, title: str) -> Callable[[], None]:
        return lambda: self._comparing.add(candidate, title)

    def _choose_file(self) -> None:
        kinds = self.tr("Keras models (*.keras *.h5 *.hdf5);;All files (*)")
        path = ask_to_open(self, self._session.settings, "models", self.tr("Compare a model"), kinds)
        if path is not None:
            self._comparing.add(Candidate(str(path)), path.stem)

    # --- the data -----------------------------------------------------------------------------------------------

    def _on_data(self, _: int) -> None:
        self._chooses_data = False
        self._comparing.set(data=self.data.value())

    def _find_data(self, candidates: tuple[Candidate, ...]) -> None:
        """Choose the data that the models share, until the person chooses."""
        self._asked = candidates
        if self._chooses_data and candidates:
            self._finder.ask(
                data_task,
                candidates,
                self._session.places,
                done=lambda name: self._comparing.set(data=name),
                failed=self._session.notify,
            )

    # --- rendering ----------------------------------------------------------------------------------------------

    def _limit_words(self, count: int | None) -> str:
        return self.tr("all of them") if count is None else self.tr("{0:,} of them").format(count)

    def _render(self, state: CompareState) -> None:
        titles = [one.title for one in state.chosen]
        if titles != [row.words.text() for row in self.rows]:
            self._make_rows(titles)
        if state.candidates != self._asked:
            self._find_data(state.candidates)
        if self.data.findData(state.data) < 0:  # the folder that a run was trained on
            self.data.addItem(Path(state.data).name, state.data)
        self.data.choose(state.data)
        self.limit.choose(str(state.limit or ""))
        self.batch.choose(str(state.batch))
        ready = self._session.engine == "ready"
        self.compare.setVisible(not state.busy)
        self.stop.setVisible(state.busy)
        self.compare.setEnabled(state.enough and ready)
        self.add.setEnabled(len(state.chosen) < MOST and not state.busy)
        for row in self.rows:
            row.take_out.setEnabled(not state.busy)
        self.progress.setVisible(state.busy)
        self.progress.setRange(0, 0 if state.share is None else 100)
        self.progress.setValue(round(100 * (state.share or 0)))
        self.words.setText(self._sentence(state, ready))

    def _sentence(self, state: CompareState, ready: bool) -> str:
        if state.busy:
            return state.progress
        if len(state.chosen) < 2:
            return self.tr("Add at least two models.")
        if not ready:
            return self.tr("TensorFlow is being loaded …")
        if state.stale:
            return self.tr("What is shown is of the models before: press Compare.")
        return ""

    def _make_rows(self, titles: list[str]) -> None:
        for row in self.rows:
            self._list.removeWidget(row)
            row.hide()  # it is deleted later than the next paint if this is within a dialog's loop
            row.deleteLater()
        self.rows = []
        for number, title in enumerate(titles):
            row = ChosenRow(number, title, partial(self._comparing.remove, number))
            self._list.addWidget(row)
            self.rows.append(row)
