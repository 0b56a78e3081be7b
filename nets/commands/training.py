"""``train`` and ``evaluate``."""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from nets import zoo
from nets.commands.model_options import check_classes_before_data, open_said
from nets.commands.output import Output
from nets.commands.stopping import INTERRUPTED, stoppable
from nets.data import datasets, drawings
from nets.data.specs import Dataset, Split
from nets.errors import LensletError, UsageError
from nets.events import Cancelled
from nets.files import user_path
from nets.network.card import Card, outputs_of_classes
from nets.places import Places
from nets.runs.config import (
    OPTIMIZERS,
    TrainConfig,
    config_for,
    few_images_warning,
    fitted,
    split_sizes,
)
from nets.runs.evaluation import FEW
from nets.runs.options import PHOTOGRAPHED_DIGITS
from nets.runs.problems import check
from nets.runs.recording import LEFT_OUT
from nets.runs.store import Run, RunStore

SETTINGS = {
    "recipe": "recipe",
    "optimizer": "optimizer",
    "lr": "learning_rate",
    "batch": "batch_size",
    "epochs": "epochs",
    "seed": "seed",
    "limit": "limit",
    "size": "size",
    "schedule": "schedule",
    "augmentation": "augmentation",
    "class_weights": "class_weights",
    "validation": "validation",
    "engine": "engine",
    "start_from": "start_from",
    "head_epochs": "head_epochs",
    "freeze": "freeze",
    "fine_lr": "fine_rate",
}
"""The field of TrainConfig that each option of ``train`` and ``transfer`` sets."""


def train(options: argparse.Namespace, places: Places, out: Output) -> int:
    """Trains a new run, or resumes one. Ctrl+C keeps the finished epochs."""
    from nets import backend
    from nets.training.memory import check_memory_before_data
    from nets.training.start import named_start
    from nets.training.train import resume
    from nets.training.train import train as start

    store = RunStore(places.runs)
    earlier = store.open(options.resume) if options.resume else None
    if earlier:
        config = earlier.summary.config
        _check_there(earlier, places)
        _check_same(options, earlier, places)
    else:
        config = _config(options, places)
        named_start(config, store)  # before the data, which may have to be downloaded
    check(config if options.epochs is None else replace(config, epochs=options.epochs))
    backend.configure(options.threads)
    if not earlier:
        check_memory_before_data(config, datasets.get(config.dataset, places), said(options))
    began = time.perf_counter()
    known = {run.id for run in store.list()}
    with stoppable(out) as (report, received):
        try:
            data = datasets.load(config.dataset, places, report=report)
            if earlier:
                run = resume(earlier, data, store, epochs=options.epochs, report=report)
            else:
                config = fitted(config, len(data.train), said=said(options))
                if warning := few_images_warning(config, len(data.train), len(data.classes)):
                    out.warn(warning)
                run = start(config, data, store, report)
        except Cancelled:
            out.close()
            run_id = earlier.id if earlier else next((run.id for run in store.list() if run.id not in known), "")
            say_kept(store, run_id, out)
            return INTERRUPTED + received[0]
    out.close()
    say_trained(run, len(data.train), time.perf_counter() - began, out)
    return 0


def evaluate(options: argparse.Namespace, places: Places, out: Output) -> int:
    """Measures a model on the test images of a dataset."""

    from nets.data.fitting import fitted
    from nets.data.specs import without_test_images
    from nets.network.outputs import REMEDY
    from nets.training.evaluate import evaluate as measure
    from nets.training.ten_crops import reading_size

    spec = datasets.get(options.dataset, places)
    model = open_said(options, places, out)
    labels = model.card.labels
    if not model.output.kind.has_classes:
        raise UsageError(f"{model.card.title} cannot be right or wrong about classes. {model.output.note}")
    check_classes_before_data(model, options, spec)
    data = datasets.load(options.dataset, places, report=out)
    if not len(data.test):
        raise without_test_images(options.dataset)
    outputs = outputs_of_classes(model.card, data.classes, options.model, options.dataset)
    truth = outputs[data.test.labels]
    for sentence in _doubts(model.card, data, options):
        out.warn(sentence)
    _check_views(options, model.card, data)
    size = reading_size(model.card.input) if options.ten_crop else model.card.input
    test = Split(fitted(data.test.images, data.spec.input, size), truth)
    loss = model.card.recipe.get("loss", "crossentropy")
    found = measure(model.network, test, model.card.input, out, loss=loss, ten_views=options.ten_crop)
    out.close()
    if found.not_finite:
        raise LensletError(
            f"{found.not_finite:,} of {len(found):,} test images are answered with numbers that are not finite (NaN): "
            f"the weights of {options.model} are damaged or its training diverged; {REMEDY}"
        )
    every = found.measured
    out.result(
        model=options.model,
        dataset=options.dataset,
        images=len(found),
        loss=found.loss,
        accuracy=found.accuracy,
        interval=every.interval(),
        per_class=found.per_class,
        confusion=found.confusion,
        **({"views": 10} if options.ten_crop else {}),
    )
    right = [one.text() if one.images else "no image" for one in found.measured_per_class]
    counts = [one.images for one in found.measured_per_class]
    rows = [*zip(labels, right, counts, strict=True), ("all", every.text(), every.images)]
    out.table(("class", "right", "images"), rows)
    out.say(
        f"{every.right:,} of the {every.images:,} test images of {data.spec.title} are right; "
        f"95 % confidence interval {every.interval_text()}"
    )
    return 0


def _check_views(options: argparse.Namespace, card: Card, data: Dataset) -> None:
    """Raises UsageError if the mirror images among ten crops would mean something else."""
    if options.ten_crop and (card.input.fit == "digit" or data.spec.name in PHOTOGRAPHED_DIGITS):
        raise UsageError("--ten-crop mirrors half of its views, and a mirrored digit is no digit; leave it out")


def _doubts(card: Card, data: Dataset, options: argparse.Namespace) -> Iterator[str]:
    """Sentences on why the accuracy may mean little: classes matched only by number, or unknown to the data."""
    if not set(data.classes) <= set(card.labels):
        pairs = [f"{label} for “{name}”" for label, name in list(zip(card.labels, data.classes, strict=True))[:3]]
        yield (
            f"{options.model} numbers its classes, which are taken for those of {data.spec.title} in their order: "
            f"{', '.join(pairs)} ...; if it learned other classes, the accuracy means nothing (--labels names them)"
        )
    if card.dataset and card.dataset != data.spec.name:
        yield f"{options.model} was trained on {card.dataset_title or card.dataset}, not on {data.spec.title}"
    more = [name for name in card.labels if name not in data.classes]
    if more and set(data.classes) <= set(card.labels):
        yield f"{data.spec.title} has no images of {', '.join(more[:5])}, which {options.model} knows too"


def said(options: argparse.Namespace) -> dict[str, Any]:
    """The fields that the command line sets."""
    values = {field: getattr(options, option, None) for option, field in SETTINGS.items()}
    return {field: value for field, value in values.items() if value is not None}


def _check_there(run: Run, places: Places) -> None:
    """Raises LensletError if the folder that a run was trained on has gone."""
    config = run.summary.config
    if not config.transfers:
        zoo.get(config.network)
    known = config.dataset in datasets.DATASETS or drawings.set_of_dataset(config.dataset) is not None
    if not known and not user_path(config.dataset, "folder").is_dir():
        raise LensletError(
            f"the pictures of run {run.id}, {config.dataset}, are gone: put them back there, or start a new run"
        )


def _check_same(options: argparse.Namespace, run: Run, places: Places) -> None:
    """Refuse options that would change a resumed run in more than its number of epochs.

    Raises:
        UsageError: There is such an option.
    """
    config = run.summary.config
    asked = said(options)
    asked.pop("epochs", None)
    if options.net is not None:
        asked["network"] = options.net
    if options.dataset is not None:
        asked["dataset"] = datasets.get(options.dataset, places).name
    for field, value in asked.items():
        if value != getattr(config, field):
            raise UsageError(
                f"run {run.id} is {config.network} on {config.dataset}, its {field.replace('_', ' ')} "
                f"{getattr(config, field)}, not {value}: a run goes on as it began; leave all but --epochs out, "
                "or start a new run"
            )


def _config(options: argparse.Namespace, places: Places) -> TrainConfig:
    """The settings: the network's defaults, then the recipe's, then the command line's."""
    if options.net is None or options.dataset is None:
        raise UsageError("train needs NET and DATASET, or --resume RUN")
    zoo.get(options.net)
    # The folder's full path, so that the run finds its data from any working directory.
    dataset = datasets.get(options.dataset, places).name
    changes = said(options)
    recipe = changes.pop("recipe", "")
    if options.optimizer and options.lr is None:
        changes["learning_rate"] = OPTIMIZERS[options.optimizer].learning_rate
    return config_for(options.net, dataset, recipe, **changes)


def say_kept(store: RunStore, run_id: str, out: Output) -> None:
    if not run_id:
        out.warn("stopped before the first epoch ended; nothing was kept")
        return
    done = store.open(run_id).summary.epochs_done
    kept = f"{done} finished epochs are kept" if done != 1 else "1 finished epoch is kept"
    out.warn(f"stopped; {kept}; go on with: main.py train --resume {run_id}")


def say_trained(run: Run, images: int, seconds: float, out: Output) -> None:
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
    if (run.folder / LEFT_OUT).exists():
        out.warn(f"what was left out of the data is listed in {run.folder / LEFT_OUT}")
    last = run.evaluation("last")
    if last is not None and last.is_guessing:
        out.warn("on the validation images it is no better than guessing: try a smaller learning rate, or more epochs")
    tested = ""
    if summary.test is not None:
        few = summary.test.images < FEW  # then its text gives the number
        tested = f"{summary.test.text()} images" if few else f"{summary.test.text()} of {summary.test.images:,} images"
    heads = ("run", "epochs", "test accuracy", "median epoch", "images/s")
    out.table(heads, [(run.id, summary.epochs_done, tested, f"{median:.2f} s", f"{speed:,.0f}")])
