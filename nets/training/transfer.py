"""Transfer: the features of a trained network with a new head, which first learns alone and then with layers before it.

Yosinski et al. 2014, How transferable are features in deep neural networks, arXiv:1411.1792. The frozen layers' results
are computed once for each image, so that a head learns in seconds.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nets import backend
from nets.data.specs import Dataset
from nets.events import Report, no_report
from nets.files import write_with
from nets.network.card import Card
from nets.runs.architecture import write_architecture
from nets.runs.config import TrainConfig
from nets.runs.store import Run, RunStore
from nets.training.freezing import freeze, frozen_count
from nets.training.memory import TransferCosts, check_transfer_memory
from nets.training.new_head import with_new_head
from nets.training.phases import phases_of
from nets.training.train import train
from nets.training.training import LARGE, Adjust, Beginning, no_adjustment
from nets.training.transfer_setup import START
from nets.versions import versions

if TYPE_CHECKING:
    from nets.network.model import Model


def transfer(
    config: TrainConfig,
    source: Model,
    data: Dataset,
    store: RunStore,
    report: Report = no_report,
    *,
    title: str = "",
    large: int = LARGE,
    adjust: Adjust = no_adjustment,
) -> Run:
    """Trains a new head on the features of ``source``, then the layers that are not frozen; keeps it as a new run.

    Args:
        config: the settings; ``nets.runs.config.transfer_config`` makes them.
        source: whose features are kept. Its network is not changed.
        data: the images and labels, of any classes.
        store: where the run is kept.
        report: receives the events of the training; it may raise Cancelled.
        title: what the run is called; "": after the source and the data, with a number.
        large: networks with more parameters are trained by Keras's optimisers.
        adjust: as for ``train``.

    Returns:
        The finished run. A run cancelled before its first epoch ended is deleted.

    Raises:
        UsageError: the configuration cannot be, or there is no such layer to freeze; nothing was written.
        LensletError: the source has no features, or the training failed; its finished epochs are in the run.
        Cancelled: ``report`` raised it; the epochs finished until then are in the run.
    """
    begins = beginning(config, source, data)
    return train(config, data, store, report, title=title, large=large, adjust=adjust, begins=begins)


def beginning(config: TrainConfig, source: Model, data: Dataset) -> Beginning:
    """What a transfer begins with: the features of ``source`` under a new head for the classes of ``data``.

    Args:
        config: its seed, what it freezes and its number of epochs are used.
        source: whose features are kept. Its network is not changed.
        data: the images and labels.

    Raises:
        UsageError: there is no such layer to freeze.
        LensletError: the source has no features, or the transfer takes more memory than there is.
    """
    backend.configure()
    network = with_new_head(source.network, len(data.classes), config.seed)
    frozen_count(network, config.freeze)
    check_transfer_memory(config, TransferCosts.of(source.network), len(data.classes))
    weights = network.get_weights()
    freeze(network, phases_of(config)[-1].frozen)  # the run's architecture records which layers never learn

    def begin(folder: Path) -> None:
        write_architecture(folder, network)
        write_with(folder / START, lambda path: np.savez(path, **{f"{i:04d}": w for i, w in enumerate(weights)}))

    return Beginning(card_for(config, source.card, data), begin)


def card_for(config: TrainConfig, source: Card, data: Dataset) -> Card:
    """The card of a network with the features of the one of ``source``, before it is trained.

    Args:
        config: the training.
        source: the card of the model whose features are kept.
        data: what it learns from.
    """
    return Card(
        name=source.name,
        title=source.title,
        network=config.network,
        labels=data.classes,
        input=source.input,
        dataset=config.dataset,
        dataset_title=data.spec.title,
        dataset_md5=data.md5,
        recipe=config.to_dict(),
        seed=config.seed,
        versions=versions(),
    )
