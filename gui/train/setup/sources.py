"""The trained models whose features a training can keep under a new head: the rows of "Start from" for a transfer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nets.events import Report, no_report
from nets.json_files import record
from nets.network.pretrained import missing_files
from nets.network.shipped_cards import shipped
from nets.places import Places
from nets.training.training import LARGE
from nets.zoo import NETS
from nets.zoo.pretrained import PRETRAINED

if TYPE_CHECKING:
    from nets.runs.store import RunSummary
    from nets.training.memory import TransferCosts

FEATURES = "features of "  # prefix of a reference: the row's value in the menu
FILE = "features of a file"  # the row that asks for a file


@dataclass(frozen=True)
class Source:
    """A model whose features are kept. reference: for ``nets.models.open_model``. network: the name of its network.
    large: see ``nets.runs.config.transfer_config``.
    """

    reference: str
    network: str
    title: str
    large: bool = False

    @property
    def value(self) -> str:
        return FEATURES + self.reference

    @classmethod
    def from_dict(cls, stored: Any) -> Source | None:
        """The source that ``dataclasses.asdict`` gave; None for nothing.

        Raises:
            ValueError: Nothing can be made of it.
        """
        return None if stored is None else record(cls, stored, name="the source")


def sources(places: Places, runs: Sequence[RunSummary], files: Sequence[str]) -> tuple[Source, ...]:
    """All of them: pretrained networks whose files are here, shipped models, runs, and recently opened files."""
    found = [
        Source(row.name, row.name, row.title, row.parameters > LARGE)
        for row in PRETRAINED.values()
        if not missing_files(row, places)
    ]
    found += [Source(name, card.network, card.title) for name, card in shipped().items()]
    found += [Source(run.id, run.network, run.title, _is_large(run)) for run in runs if run.epochs_done]
    found += [source_of_file(Path(file)) for file in files if Path(file).is_file()]
    return tuple(found)


def source_of_file(path: Path) -> Source:
    """A model file; whether it is large is judged by the size on the disk."""
    return Source(str(path), path.stem, path.name, path.stat().st_size > 4 * LARGE)


def _is_large(run: RunSummary) -> bool:
    if run.config.transfers:
        return run.config.fine_rate < run.config.learning_rate / 10
    return run.network in NETS and NETS[run.network].parameters > LARGE


@dataclass(frozen=True)
class SourceLayers:
    """names: the layers with weights before a model's head, in order: up to which of them can be frozen.

    large: as ``Source.large``, now that the network is known. costs: what a transfer from it takes of memory.
    """

    names: tuple[str, ...]
    large: bool
    costs: TransferCosts


def layers_task(reference: str, places: Places, report: Report = no_report) -> SourceLayers:
    """Open the model and look at its layers."""
    from nets.models import open_model
    from nets.training.freezing import head_of, needs_care, nodes_of
    from nets.training.memory import TransferCosts

    network = open_model(reference, places, report=report).network
    nodes, head = nodes_of(network), head_of(network)
    before = [node.operation for node in nodes[: nodes.index(head)]]
    names = dict.fromkeys(layer.name for layer in before if getattr(layer, "weights", ()))
    return SourceLayers(tuple(names), needs_care(network), TransferCosts.of(network))
