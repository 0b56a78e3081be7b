"""Everything a training needs before its first batch: the network, its data as it receives them, the compiled step."""

from __future__ import annotations

import datetime
import shlex
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nets import backend, zoo
from nets.data.specs import Dataset, ImageInput, Split
from nets.events import Report
from nets.network.card import Card
from nets.runs.config import TrainConfig, config_for, input_for
from nets.training.batches import Batches
from nets.training.engines.forward import build_forward
from nets.training.engines.step import WORTH_COMPILING, State, Stepper
from nets.training.evaluate import Compute, compiled
from nets.training.events import Preparing
from nets.training.split import training_indices, validation_indices
from nets.training.start import Start

if TYPE_CHECKING:
    import keras

    from nets.training.engines.by_hand import HandBatches, HandStepper

POLL = 0.05
STACK = 64 * 1024 * 1024  # XLA recurses deeply; macOS gives threads 512 kB


@dataclass(frozen=True, eq=False)
class Setup:
    """held_out: the validation images as the network receives them, (n, H, W, C) uint8, and their labels.

    compute: the network's answers, compiled.
    """

    network: keras.Model
    input: ImageInput
    batches: Batches | HandBatches
    held_out: Split
    stepper: Stepper | HandStepper
    state: State
    compute: Compute


def prepare(
    config: TrainConfig, data: Dataset, report: Report, xla: bool | None = None, start: Start | None = None
) -> Setup:
    """Builds all of it; ``xla`` None decides by the amount of work whether compiling pays. A report may cancel.

    start: the trained network whose weights the training begins with; None: with random ones.
    """
    return _while_reporting(lambda: _prepare(config, data, xla, start), report, Preparing(config.network))


def _prepare(config: TrainConfig, data: Dataset, xla: bool | None, start: Start | None) -> Setup:
    backend.configure()
    from nets.data.prepare import fit

    input = input_for(zoo.get(config.network), data.spec.input)
    network = build(config, input, len(data.classes))
    if start is not None:
        start.give_weights(network, data.classes)
    if config.engine == "numpy":
        return _by_hand(config, data, input, network)
    on_cpu = backend.device().name == "CPU"
    forward = build_forward(network, faster=on_cpu)
    chosen = training_indices(config, data.train.labels)
    if xla is None:
        xla = on_cpu and forward.plain and len(chosen) * config.epochs >= WORTH_COMPILING
    images = fit(data.train.images, data.spec.input, input)
    batches = Batches(images, data.train.labels, chosen, input, config, fill=xla)
    held_out = validation_indices(config, data.train.labels)
    stepper = Stepper(network, forward, config, xla=xla)
    state = stepper.first_state()
    _compile(stepper, state, batches)
    split = Split(images[held_out], data.train.labels[held_out])
    compute = compiled(network)
    if len(split):
        compute(np.zeros((1, *input.shape), np.float32))
    return Setup(network, input, batches, split, stepper, state, compute)


def _by_hand(config: TrainConfig, data: Dataset, input: ImageInput, network: keras.Model) -> Setup:
    """The same for the NumPy engine. LensletError names the layers that are not written by hand."""
    from nets.data.prepare import fit
    from nets.training.engines.by_hand import HandBatches, HandStepper

    images = fit(data.train.images, data.spec.input, input)
    chosen = training_indices(config, data.train.labels)
    held_out = validation_indices(config, data.train.labels)
    stepper = HandStepper(network, config)
    batches = HandBatches(images, data.train.labels, chosen, input, config)
    split = Split(images[held_out], data.train.labels[held_out])
    return Setup(network, input, batches, split, stepper, stepper.first_state(), stepper.compute)


def build(config: TrainConfig, input: ImageInput, classes: int) -> keras.Model:
    """The network with first weights from the seed."""
    import keras

    keras.utils.set_random_seed(config.seed)
    usual = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16" if config.precision == "mixed" else "float32")
    try:
        return zoo.get(config.network).build(input_shape=input.shape, classes=classes)
    finally:
        keras.config.set_dtype_policy(usual)


def _compile(stepper: Stepper, state: State, batches: Batches) -> None:
    """Traces and compiles with a call that does no step, so that no epoch's time includes it."""
    batches.begin(1)
    count = batches.full(0, batches.block)
    images, labels, shares = batches.take(0, count)
    stepper.run(state, images, labels, shares, np.zeros(0, np.float32))


def _while_reporting(work: Callable[[], Setup], report: Report, event: Preparing) -> Setup:
    """Runs ``work`` aside and reports meanwhile: compiling takes seconds, and Stop is to be answered at once.

    When the report cancels, the work is left to end by itself and its result dropped.
    """
    results: list[Setup] = []
    problems: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as problem:
            problems.append(problem)

    usual = threading.stack_size(STACK)
    try:
        thread = threading.Thread(target=run, name="preparing a training")
        thread.start()
    finally:
        threading.stack_size(usual)
    while True:
        report(event)
        thread.join(POLL)
        if not thread.is_alive():
            break
    if problems:
        raise problems[0]
    return results[0]


def card_of(config: TrainConfig, data: Dataset, run: str) -> Card:
    """The card of the network that a run trains, before it is built and known how well it does."""
    network = zoo.get(config.network)
    return Card(
        name=run,
        title=network.title,
        network=config.network,
        labels=data.classes,
        input=input_for(network, data.spec.input),
        dataset=config.dataset,
        dataset_title=data.spec.title,
        dataset_md5=data.md5,
        recipe=config.to_dict(),
        seed=config.seed,
        versions=backend.versions(),
        date=datetime.date.today().isoformat(),
        command=command_of(config),
    )


def command_of(config: TrainConfig) -> str:
    """The command line that trains this again, as far as the command line has words for it."""
    words = ["python main.py train", config.network, shlex.quote(config.dataset)]
    if config.recipe:
        words += ["--recipe", config.recipe]
    words += ["--epochs", str(config.epochs), "--batch", str(config.batch_size), "--optimizer", config.optimizer]
    words += ["--lr", f"{config.learning_rate:g}", "--seed", str(config.seed)]
    usual = config_for(config.network, config.dataset, config.recipe)
    for name in ("schedule", "augmentation", "validation"):
        if getattr(config, name) != getattr(usual, name):
            words += [f"--{name}", f"{getattr(config, name)}"]
    if config.engine != "tensorflow":
        words += ["--engine", config.engine]
    if config.start_from:
        words += ["--start-from", shlex.quote(config.start_from)]
    if config.limit is not None:
        words += ["--limit", str(config.limit)]
    return " ".join(words)
