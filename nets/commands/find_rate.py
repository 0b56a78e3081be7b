"""``find-rate``: a learning rate to begin with."""

from __future__ import annotations

import argparse

from nets import zoo
from nets.commands.output import Output
from nets.data import datasets
from nets.places import Places
from nets.runs.config import OPTIMIZERS, config_for, fitted
from nets.runs.store import RunStore

FIELDS = ("optimizer", "augmentation", "class_weights", "engine", "seed", "start_from")
SHOWN = 12
"""Rows of the table; JSON has every batch."""


def find(options: argparse.Namespace, places: Places, out: Output) -> int:
    """Raises the rate with every batch and proposes one (Smith 2015)."""
    from nets import backend
    from nets.training.find_rate import find_rate

    zoo.get(options.net)
    dataset = datasets.get(options.dataset, places).name
    changes = {name: getattr(options, name) for name in FIELDS if getattr(options, name) is not None}
    if options.batch is not None:
        changes["batch_size"] = options.batch
    config = config_for(options.net, dataset, options.recipe or "", **changes)
    backend.configure(options.threads)
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
    usual = OPTIMIZERS[config.optimizer]
    out.say(
        f"proposed for {usual.title}: {found.proposal:g} (usual: {usual.learning_rate:g}); the loss was lowest at "
        f"{found.lowest:.1e}; train with --lr {found.proposal:g}"
    )
    return 0
