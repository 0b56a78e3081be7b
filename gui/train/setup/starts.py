"""The menu of what a training starts from, and the layers of the model whose features it keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.session import Session
from gui.threads.loader import Loader
from gui.train.setup.sources import FILE, Source, SourceLayers, layers_task, source_of_file, sources
from nets.errors import LensletError
from nets.network.shipped_cards import shipped
from nets.runs.store import RunStore

if TYPE_CHECKING:
    from nets.network.card import Card
    from nets.runs.store import RunSummary

Rows = list[tuple[str, str]]  # (value, words) of a menu


class Starts(QObject):
    """The available weights and features; ``found``: what is known of the source that was examined last.

    problem: why nothing can be known of it.
    """

    layers_found = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.found: SourceLayers | None = None
        self.problem = ""
        self._session = session
        self._loader = Loader(self)
        self._looked_into = ""  # the reference of a source
        self._shipped = shipped()
        self._runs: Sequence[RunSummary] = ()
        self._sources: dict[str, Source] = {}  # by their value in the menu

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        self._runs = runs

    def finish(self) -> None:
        self._loader.finish()

    def weights(self, network: str) -> Rows:
        """The trained networks of the same kind: shipped ones and runs."""
        words = self.tr("{0}: its weights")
        rows = [(name, words.format(card.title)) for name, card in self._shipped.items() if card.network == network]
        return rows + [
            (run.id, words.format(run.title))
            for run in self._runs
            if run.network == network and run.epochs_done and not run.config.transfers
        ]

    def features(self, chosen: Source | None) -> Rows:
        """All models whose features can be kept, including the chosen one, and a row that asks for a file."""
        found = sources(self._session.places, self._runs, self._session.settings["recent_models"])
        if chosen is not None and chosen.value not in [source.value for source in found]:
            found = (*found, chosen)
        self._sources = {source.value: source for source in found}
        words = self.tr("{0}: its features, a new head")
        rows = [(source.value, words.format(source.title)) for source in found]
        return [*rows, (FILE, self.tr("A model file: its features …"))]

    def source_of(self, reference: str) -> Source | None:
        """The model whose features are to be kept; None if it no longer exists."""
        known = sources(self._session.places, self._runs, self._session.settings["recent_models"])
        found = next((source for source in known if source.reference == reference), None)
        path = Path(reference)
        return source_of_file(path) if found is None and path.is_file() else found

    def card(self, reference: str) -> Card | None:
        """The card of a shipped model or run whose weights a training starts from; None if it is gone."""
        if reference in self._shipped:
            return self._shipped[reference]
        try:
            return RunStore(self._session.places.runs).open(reference).card
        except LensletError:
            return None

    def source(self, value: str) -> Source | None:
        """The source of that row of ``features``; None if it is none of them."""
        return self._sources.get(value)

    def look_into(self, source: Source | None) -> None:
        """Find out, in a thread with TensorFlow, which layers of the source can be frozen."""
        if source is None or source.reference == self._looked_into or self._session.engine != "ready":
            return
        self.found, self.problem, self._looked_into = None, "", source.reference
        self._loader.ask(
            layers_task, source.reference, self._session.places, done=self._on_layers, failed=self._on_problem
        )

    def known(self, source: Source) -> Source:
        """The source with what was found out about it."""
        if self.found is None or source.reference != self._looked_into:
            return source
        return replace(source, large=self.found.large)

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers up to which the source can be frozen; none while unknown."""
        return () if self.found is None else self.found.names

    def _on_layers(self, found: SourceLayers) -> None:
        self.found = found
        self.layers_found.emit()

    def _on_problem(self, words: str) -> None:
        self.problem = words
        self.layers_found.emit()
