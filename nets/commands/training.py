"""``train`` and ``evaluate``."""

from __future__ import annotations

import argparse
import signal
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from nets.commands.output import Output
from nets.errors import UsageError
from nets.events import Cancelled, Event, Report
from nets.places import Places
from nets.training.config import OPTIMIZERS, TrainConfig, check, config_for, split_sizes
from nets.training.runs import Run, RunStore

INTERRUPTED = 128


def train(options: argparse.Namespace, places: Places, out: Output) -> int:
    """Trains a new run, or goes on with one. Ctrl+C keeps the finished epochs."""
    from nets import backend, zoo
    from nets.data import datasets
    from nets.training.train import resume
    from nets.training.train import train as start

    store = RunStore(places.runs)
    earlier = store.open(options.resume) if options.resume else None
    config = earlier.summary.config if earlier else _config(options)
    if earlier and (options.net, options.dataset) not in ((None, None), (config.network, config.dataset)):
        raise UsageError(f"run {earlier.id} is {config.network} on {config.dataset}: leave NET and DATASET out")
    zoo.get(config.network)
    datasets.get(config.dataset, places)
    check(config)
    backend.configure(options.threads)
    began = time.perf_counter()
    known = {run.id for run in store.list()}
    with _stoppable(out) as (report, received):
        try:
            data = datasets.load(config.dataset, places, report=report)
            if earlier:
                run = resume(earlier, data, store, epochs=options.epochs, report=report)
            else:
                run = start(config, data, store, report)
        except Cancelled:
            out.close()
            run_id = earlier.id if earlier else next((run.id for run in store.list() if run.id not in known), "")
            _say_kept(store, run_id, out)
            return INTERRUPTED + received[0]
    out.close()
    _tell(run, len(data.train), time.perf_counter() - began, out)
    return 0


def evaluate(options: argparse.Namespace, places: Places, out: Output) -> int:
    """How good a model is on a dataset's test images."""
    from nets import backend
    from nets.data import datasets
    from nets.data.prepare import fit
    from nets.models import open_model
    from nets.training.evaluate import evaluate as measure

    datasets.get(options.dataset, places)
    backend.configure(options.threads)
    model = open_model(options.model, places)
    data = datasets.load(options.dataset, places, report=out)
    labels = model.card.labels
    if len(labels) != len(data.classes):
        raise UsageError(f"{options.model} knows {len(labels)} classes, {options.dataset} has {len(data.classes)}")
    images = fit(data.test.images, data.spec.input, model.card.input)
    found = measure(model.network, images, data.test.labels, model.card.input, out)
    out.close()
    out.result(
        model=options.model,
        dataset=options.dataset,
        images=len(found),
        loss=found.loss,
        accuracy=found.accuracy,
        per_class=found.per_class,
        confusion=found.confusion,
    )
    right = [f"{100 * share:.1f} %" for share in found.per_class]
    out.table(("class", "right"), [*zip(labels, right, strict=True), ("all", f"{100 * found.accuracy:.2f} %")])
    return 0


def _config(options: argparse.Namespace) -> TrainConfig:
    """The network's usual settings, the recipe's, then what was said on the command line."""
    if options.net is None or options.dataset is None:
        raise UsageError("train needs NET and DATASET, or --resume RUN")
    from nets import zoo

    zoo.get(options.net)
    said = {
        "optimizer": options.optimizer,
        "learning_rate": options.lr,
        "batch_size": options.batch,
        "epochs": options.epochs,
        "seed": options.seed,
        "limit": options.limit,
        "schedule": options.schedule,
        "augmentation": options.augmentation,
        "validation": options.validation,
    }
    changes: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    if options.optimizer and options.lr is None:
        changes["learning_rate"] = OPTIMIZERS[options.optimizer].learning_rate
    return config_for(options.net, options.dataset, options.recipe or "", **changes)


@contextmanager
def _stoppable(report: Report) -> Iterator[tuple[Report, list[int]]]:
    """Ctrl+C and SIGTERM stop the work at its next report; a second one stops it wherever it is."""
    received: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        if received:
            raise KeyboardInterrupt
        received.append(number)

    def stopping(event: Event) -> None:
        if received:
            raise Cancelled
        report(event)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopping, received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say_kept(store: RunStore, run_id: str, out: Output) -> None:
    if not run_id:
        out.say("stopped before the training began")
        return
    done = store.open(run_id).summary.epochs_done
    kept = f"{done} finished epochs are kept" if done != 1 else "1 finished epoch is kept"
    out.say(f"stopped; {kept}; go on with: main.py train --resume {run_id}")


def _tell(run: Run, images: int, seconds: float, out: Output) -> None:
    summary, history = run.summary, run.summary.history
    trained, _ = split_sizes(summary.config, images)
    median = statistics.median(history.seconds)
    speed = trained / median
    out.result(
        run=run.id,
        net=summary.network,
        dataset=summary.dataset,
        epochs=summary.epochs_done,
        seconds=seconds,
        epoch_seconds=history.seconds,
        images_per_second=speed,
        history={
            "loss": history.loss,
            "accuracy": history.accuracy,
            "val_loss": history.val_loss,
            "val_accuracy": history.val_accuracy,
        },
        test_accuracy=summary.test_accuracy,
    )
    tested = "" if summary.test_accuracy is None else f"{100 * summary.test_accuracy:.2f} %"
    heads = ("run", "epochs", "test accuracy", "median epoch", "images/s")
    out.table(heads, [(run.id, summary.epochs_done, tested, f"{median:.2f} s", f"{speed:,.0f}")])
