"""The menu of models: shipped and pretrained models, the person's runs, model files, and the networks of the zoo."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget, QWidgetAction

from gui import theme
from gui.session import Session
from gui.shell.top_bar import count, describe
from gui.widgets import label
from gui.widgets.file_dialogs import ask_to_open
from gui.widgets.network_menu import add_networks
from nets.network.untrained import UNTRAINED

if TYPE_CHECKING:
    from nets.zoo.pretrained import Pretrained

FILES = "Keras models (*.keras *.h5 *.hdf5);;All files (*)"
RUNS_SHOWN = 12
FOLDER_WIDTH = 260  # width in pixels for the folder of a file


def choose_file(session: Session, parent: QWidget) -> None:
    """Asks for a model file and opens it."""
    path = ask_to_open(parent, session.settings, "models", parent.tr("Open a model"), parent.tr(FILES))
    if path is not None:
        session.open_model(str(path))


class ModelMenu(QMenu):
    """Filled each time it opens, so that it lists the present runs and files."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)

    def open_below(self, widget: QWidget) -> None:
        self.popup(widget.mapToGlobal(QPoint(0, widget.height() + 2)))

    def _fill(self) -> None:
        from nets.models import shipped
        from nets.runs.store import RunStore
        from nets.zoo import NETS

        self.clear()
        self._head(self.tr("Shipped with Lenslet"))
        for name, card in shipped().items():
            self._add(f"{card.title}   {describe(card)}", name, tip=NETS[card.network].summary)
        self._fill_pretrained()
        usable = [run for run in RunStore(self._session.places.runs).list() if run.epochs_done > 0]
        if usable:
            self._head(self.tr("Your runs: their best epoch, right on validation images"))
            for run in usable[:RUNS_SHOWN]:
                measured = "" if run.validation is None else "   " + run.validation.text()
                self._add(run.title + measured, run.id)
        self.addSeparator()
        networks = self.addMenu(self.tr("Networks of the field, not trained"))
        networks.setToolTipsVisible(True)
        add_networks(networks, lambda row: self._session.open_model(UNTRAINED + row.name))
        recent = [Path(path) for path in self._session.settings["recent_models"]]
        recent = [path for path in recent if os.path.isfile(path)]  # returns False for names for which Path raises
        if recent:
            self._head(self.tr("Files opened lately"))
            for path in recent:
                folder = self.fontMetrics().elidedText(str(path.parent), Qt.TextElideMode.ElideMiddle, FOLDER_WIDTH)
                self._add(f"{path.name}   {folder}".replace("&", "&&"), str(path), tip=str(path))
        self.addSeparator()
        if self._session.model is not None:
            receives = self.addAction(self.tr("What this network receives …"))
            receives.setToolTip(self.tr("Range of values, fit, order of channels, class names (Ctrl+I)"))
            receives.triggered.connect(self._session.input_requested)
        opening = self.addAction(self.tr("Open a model file …"))
        opening.setToolTip(self.tr("A .keras file or a whole-model .h5 file of your own"))
        opening.triggered.connect(lambda: choose_file(self._session, self))

    def _fill_pretrained(self) -> None:
        """The networks with ImageNet's weights: the downloaded ones, and the others in a submenu."""
        from nets.network.pretrained import missing_files
        from nets.zoo.pretrained import PRETRAINED

        places, downloads = self._session.places, self._session.downloads
        here = [row for row in PRETRAINED.values() if not missing_files(row, places)]
        self._head(self.tr("Trained on ImageNet: 1,000 kinds of things in photographs, right on its test images"))
        for row in here:
            self._add(f"{row.title}   {self._published(row)}", row.name, tip=f"{row.paper} · {row.licence}")
        others = self.addMenu(self.tr("To download …"))
        others.setToolTipsVisible(True)
        for row in PRETRAINED.values():
            if row in here:
                continue
            size = self.tr("{0} MB").format(row.megabytes)
            if row == downloads.current or row in downloads.waiting:
                size = self.tr("is being fetched") if row == downloads.current else self.tr("waits")
            action = others.addAction(f"{row.title}   {self._published(row)}\t{size}")
            action.setToolTip(f"{row.paper} · {row.licence}")
            action.setEnabled(row != downloads.current and row not in downloads.waiting)
            action.triggered.connect(self._opener(row.name))
        others.menuAction().setVisible(len(here) < len(PRETRAINED))

    def _published(self, row: Pretrained) -> str:
        words = self.tr("{0:.1f} % as published · {1} parameters")
        return words.format(100 * row.top1, count(row.parameters))

    def _head(self, words: str) -> None:
        """Adds a heading as a disabled widget: ``addSection`` shows no text under a style sheet."""
        if self.actions():
            self.addSeparator()
        heading = label(words, "small")
        heading.setContentsMargins(theme.GUTTER, theme.TIGHT, theme.GUTTER, 0)
        row = QWidgetAction(self)
        row.setDefaultWidget(heading)
        row.setEnabled(False)
        self.addAction(row)

    def _add(self, title: str, reference: str, *, tip: str = "") -> None:
        action = self.addAction(title)
        action.setToolTip(tip)
        action.setCheckable(True)
        model = self._session.model
        action.setChecked(model is not None and model.ref.name == reference)
        action.triggered.connect(self._opener(reference))

    def _opener(self, reference: str) -> Callable[[], None]:
        return lambda: self._session.open_model(reference)
