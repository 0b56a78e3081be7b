"""``transfer``: a new head on the features of a trained model."""

from __future__ import annotations

import argparse
import time

from nets.commands.output import Output
from nets.commands.training import INTERRUPTED, said, say_kept, say_trained, stoppable
from nets.data import datasets
from nets.errors import UsageError
from nets.events import Cancelled, Message
from nets.models import network_name, open_model
from nets.places import Places
from nets.runs.config import OPTIMIZERS, RECIPES, fitted, transfer_config
from nets.runs.problems import check
from nets.runs.store import RunStore


def transfer(options: argparse.Namespace, places: Places, out: Output) -> int:
    """Train the head, then the layers that are not frozen, as a new run. Ctrl+C keeps the finished epochs."""
    from nets import backend
    from nets.training.freezing import needs_care
    from nets.training.transfer import transfer as start

    dataset = datasets.get(options.dataset, places).name
    chosen = said(options)
    recipe = chosen.pop("recipe", "")
    changes = {**(RECIPES[recipe].changes if recipe else {}), "recipe": recipe, **chosen}
    if options.optimizer and options.lr is None:
        changes["learning_rate"] = OPTIMIZERS[options.optimizer].learning_rate
    check(transfer_config(options.model, dataset, options.model, **changes))
    if options.epochs and options.head_epochs and options.head_epochs > options.epochs:
        raise UsageError(
            f"transfer: expected at most {options.epochs} epochs of the head, as many as there are in all, found "
            f"{options.head_epochs}; give more --epochs or fewer --head-epochs"
        )
    backend.configure(options.threads)
    began = time.perf_counter()
    store = RunStore(places.runs)
    known = {run.id for run in store.list()}
    with stoppable(out) as (report, received):
        try:
            source = open_model(options.model, places, report=report)
            data = datasets.load(dataset, places, report=report)
            large = needs_care(source.network)
            config = transfer_config(network_name(source), dataset, source.ref.name, large=large, **changes)
            fixed = chosen.keys() | ({"epochs"} if options.head_epochs else set())
            config = fitted(config, len(data.train), said=fixed)
            report(Message(summary(config.epochs, config.head_epochs, source.card.title, data.spec.title)))
            run = start(config, source, data, store, report)
        except Cancelled:
            out.close()
            say_kept(store, next((run.id for run in store.list() if run.id not in known), ""), out)
            return INTERRUPTED + received[0]
    out.close()
    say_trained(run, len(data.train), time.perf_counter() - began, out)
    return 0


def summary(epochs: int, head_epochs: int, source: str, data: str) -> str:
    """What will happen, as a sentence."""
    alone = min(head_epochs, epochs)
    counted = "one epoch" if alone == 1 else f"{alone} epochs"
    words = f"the features of {source} are kept and a new head learns {data}: {counted} alone"
    after = epochs - head_epochs
    return words + (f", then {after} with the layers that are not frozen" if after > 0 else "")
