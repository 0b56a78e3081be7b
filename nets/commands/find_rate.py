"""``find-rate``: searches for a learning rate."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from nets import zoo
from nets.commands.output import Output
from nets.data import datasets
from nets.errors import UsageError
from nets.models import network_name, open_model
from nets.places import Places
from nets.runs.config import HEAD_RATE, OPTIMIZERS, RECIPES, TrainConfig, config_for, fitted, transfer_config
from nets.runs.problems import check
from nets.runs.store import RunStore

if TYPE_CHECKING:
    from nets.training.find_rate import RateSearch

FIELDS = ("optimizer", "augmentation", "class_weights", "engine", "seed", "size", "start_from")
SHOWN = 12
"""Rows of the table; JSON has every batch."""


def find(options: argparse.Namespace, places: Places, out: Output) -> int:
    """Raise the rate with every batch and propose one (Smith 2015)."""
    from nets import backend
    from nets.training.find_rate import find_rate
    from nets.training.memory import check_memory_before_data

    dataset = datasets.get(options.dataset, places).name
    changes = {name: getattr(options, name) for name in FIELDS if getattr(options, name) is not None}
    if options.batch is not None:
        changes["batch_size"] = options.batch
    if options.transfer:
        config, found = _find_of_head(options, dataset, changes, places, out)
    else:
        zoo.get(options.net)
        config = config_for(options.net, dataset, options.recipe or "", **changes)
        check(config)
        backend.configure(options.threads)
        check_memory_before_data(config, datasets.get(dataset, places), changes)
        data = datasets.load(dataset, places, report=out)
        config = fitted(config, len(data.train), said=changes)
        found = find_rate(config, data, out, store=RunStore(places.runs))
    out.close()
    for rate, loss, smoothed in zip(found.rates, found.losses, found.smoothed, strict=True):
        out.result(rate=rate, loss=loss, smoothed=smoothed)
    out.result(
        net=options.net,
        dataset=dataset,
        optimizer=config.optimizer,
        batch=config.batch_size,
        batches=len(found.rates),
        lowest=found.lowest,
        proposal=found.proposal,
    )
    every = max(1, len(found.rates) // SHOWN)
    rows = [(f"{found.rates[n]:.1e}", f"{found.smoothed[n]:.4f}") for n in range(0, len(found.rates), every)]
    out.table(("rate", "loss"), rows)
    row = OPTIMIZERS[config.optimizer]
    usual = HEAD_RATE if options.transfer and options.optimizer is None else row.learning_rate
    out.say(
        f"proposed for {row.title}: {found.proposal:g} (usual: {usual:g}); the loss was lowest at "
        f"{found.lowest:.1e}; train with --lr {found.proposal:g}"
    )
    return 0


def _find_of_head(
    options: argparse.Namespace, dataset: str, changes: dict[str, Any], places: Places, out: Output
) -> tuple[TrainConfig, RateSearch]:
    """The rate for a new head on the features of a model; ``changes``: the fields set on the command line."""
    from nets import backend
    from nets.training.find_rate import find_rate
    from nets.training.freezing import needs_care
    from nets.training.transfer import beginning

    for name in ("start_from", "size"):
        if changes.get(name):
            raise UsageError(
                "--{option} is not for --transfer, where {model} says what it begins with; leave it out",
                option=name.replace("_", "-"),
                model=options.net,
            )
    changes = {**(RECIPES[options.recipe].changes if options.recipe else {}), **changes}
    check(transfer_config(options.net, dataset, options.net, **changes))
    backend.configure(options.threads)
    source = open_model(options.net, places, report=out)
    data = datasets.load(dataset, places, report=out)
    large = needs_care(source.network)
    config = transfer_config(network_name(source), dataset, source.ref.name, large=large, **changes)
    config = fitted(config, len(data.train), said=changes)
    return config, find_rate(config, data, out, begins=beginning(config, source, data))
