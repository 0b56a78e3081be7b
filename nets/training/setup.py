"""Everything a training needs before its first batch: the network, its data as it receives them, the compiled step."""

from __future__ import annotations

import datetime
import shlex
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from nets import backend, zoo
from nets.data.fitting import fitted
from nets.data.images import ChosenImages, Images
from nets.data.specs import Dataset, ImageInput, Split
from nets.errors import LensletError
from nets.events import Cancelled, Event, Progress, Report
from nets.network.card import Card
from nets.runs.config import AUGMENTATIONS, TrainConfig, config_for, input_for
from nets.training.batches import ArrayBatches, Batches
from nets.training.engines.engine import Engine
from nets.training.engines.forward import build_forward
from nets.training.engines.keras_engine import KerasEngine
from nets.training.engines.sent_batches import SentBatches
from nets.training.engines.step import WORTH_COMPILING, FlatEngine
from nets.training.engines.tensor_batches import TensorBatches
from nets.training.evaluate import Compute, compiled
from nets.training.events import Preparing
from nets.training.memory import check_memory
from nets.training.pixels import reading_input
from nets.training.split import training_indices, validation_indices
from nets.training.training import Training
from nets.versions import versions

if TYPE_CHECKING:
    import keras

POLL = 0.05
STACK = 64 * 1024 * 1024  # XLA recurses deeply; macOS gives threads 512 kB


@dataclass(frozen=True, eq=False)
class Setup:
    """What a training needs before its first batch.

    held_out: the validation images in the network's size, and their labels. compute: the network's answers, compiled.
    images_for: for an augmentation's name, the training images in the size in which they are read. held_out_features:
    the frozen part's results for ``held_out`` with their labels, and the answers of the part that learns to them; None
    if the network is computed as a whole.
    """

    network: keras.Model
    input: ImageInput
    batches: Batches
    held_out: Split
    engine: Engine
    compute: Compute
    images_for: Callable[[str], Images]
    held_out_features: tuple[Split, Compute] | None = None

    def weights(self) -> list[np.ndarray]:
        """Copies of the present weights, in the order of ``network.get_weights()``."""
        found = self.engine.weights()
        if self.engine.network is self.network:
            return found
        learned = {id(variable): array for variable, array in zip(self.engine.network.weights, found, strict=True)}
        return [learned[id(v)] if id(v) in learned else np.array(v) for v in self.network.weights]


def set_up(training: Training, work: Callable[[Training], Setup] | None = None) -> Setup:
    """Builds the network, the batches and the compiled step. The training's report hears of it and may cancel.

    Args:
        training: what is trained.
        work: what builds them; None: the network of the zoo that the configuration names.

    Raises:
        LensletError: the network has layers that the NumPy engine does not know, or the state that was saved or the
            weights it starts from are another network's.
    """
    build = work or _prepare

    def work_with(report: Report) -> Setup:
        return build(replace(training, report=report))

    return _while_reporting(work_with, training.report, Preparing(training.config.network))


def _prepare(training: Training) -> Setup:
    backend.configure()
    config, data = training.config, training.data
    check_memory(config, training.input, len(data.classes))
    network = build(config, training.input, len(data.classes))
    if training.start is not None:
        training.start.give_weights(network, data.classes)
    images = fitted(data.train.images, data.spec.input, training.input)

    def images_for(augmentation: str) -> Images:
        reading = reading_input(AUGMENTATIONS[augmentation], training.input)
        return images if reading == training.input else fitted(data.train.images, data.spec.input, reading)

    engine, batches, compute = _engine(training, network, images_for(config.augmentation))
    if training.saved is not None:
        engine.restore(training.saved.arrays)
    chosen = validation_indices(config, data.train.labels)
    held_out = Split(ChosenImages(images, chosen), data.train.labels[chosen])
    if len(held_out):
        compute(np.zeros((1, *training.input.shape), np.float32))
    return Setup(network, training.input, batches, held_out, engine, compute, images_for)


def _engine(training: Training, network: keras.Model, images: Images) -> tuple[Engine, Batches, Compute]:
    """The engine according to the settings and the network's size; for a resumed run, the one that began it."""
    config, saved = training.config, training.saved
    arguments = (images, training.data.train.labels, training.input, config)
    if config.engine == "numpy":
        from nets.training.engines.by_hand import HandEngine

        by_hand = HandEngine(network, config)
        return by_hand, ArrayBatches(*arguments), by_hand.compute
    on_cpu = backend.device().name == "CPU"
    is_large = saved.engine == "keras" if saved else network.count_params() > training.large
    engine: Engine
    batches: Batches
    if backend.name() != "tensorflow":
        if saved and saved.engine != "keras":
            raise LensletError(
                "the run's steps were computed by TensorFlow alone, and KERAS_BACKEND is {library!r}; resume it "
                "without that variable",
                library=backend.name(),
            )
        engine = KerasEngine(network, build_forward(network, faster=False), config)
        batches = SentBatches(*arguments)
    elif is_large:
        engine = KerasEngine(network, build_forward(network, faster=False), config)
        batches = TensorBatches(*arguments)
    else:
        forward = build_forward(network, faster=on_cpu)
        xla = saved.xla if saved else training.xla
        if xla is None:
            work = len(training_indices(config, training.data.train.labels)) * config.epochs
            xla = on_cpu and forward.plain and work >= WORTH_COMPILING
        engine = FlatEngine(network, forward, config, xla=xla)
        batches = TensorBatches(*arguments, fill=xla)
    compile_step(engine, batches)
    return engine, batches, compiled(network)


def build(config: TrainConfig, input: ImageInput, classes: int) -> keras.Model:
    """The network of a training, with random weights from its seed.

    Args:
        config: its network, seed and precision are used.
        input: what the network receives.
        classes: the number of outputs.
    """
    import keras

    keras.utils.set_random_seed(config.seed)
    usual = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16" if config.precision == "mixed" else "float32")
    try:
        return zoo.get(config.network).build(input_shape=input.shape, classes=classes)
    finally:
        keras.config.set_dtype_policy(usual)


def compile_step(engine: Engine, batches: Batches) -> None:
    """Trace and compile with a call that does no step, so that no epoch's time includes the compilation."""
    batches.begin(1)
    count = batches.block_length(0, batches.block)
    images, labels, shares = batches.take(0, count)
    engine.run(images, labels, shares, np.zeros(0, np.float32))
    last = batches.steps - 1
    if backend.compiles_each_shape() and batches.size(last) < batches.size(0):
        engine.run(*batches.take(last, 1), np.zeros(0, np.float32))


def _while_reporting(work: Callable[[Report], Setup], report: Report, event: Preparing) -> Setup:
    """Run ``work`` in a thread and report meanwhile: compiling takes seconds, and Stop must take effect at once.

    Reports of the work itself are passed on from here; its progress replaces ``event`` until it is complete. When the
    report cancels, the work ends at its next report, and its result is dropped.
    """
    results: list[Setup] = []
    problems: list[BaseException] = []
    told: deque[Event] = deque()
    cancelled = threading.Event()

    def tell(one: Event) -> None:
        if cancelled.is_set():
            raise Cancelled
        told.append(one)

    def run() -> None:
        try:
            results.append(work(tell))
        except BaseException as problem:
            problems.append(problem)

    usual = threading.stack_size(STACK)
    try:
        thread = threading.Thread(target=run, name="preparing a training")
        thread.start()
    finally:
        threading.stack_size(usual)
    shown: Event = event
    try:
        while True:
            report(shown)
            thread.join(POLL)
            is_over = not thread.is_alive()  # before its last reports are taken
            while told:
                one = told.popleft()
                report(one)
                if isinstance(one, Progress):
                    shown = one if one.total and one.done < one.total else event
            if is_over:
                break
    except BaseException:
        cancelled.set()
        raise
    if problems:
        raise problems[0]
    return results[0]


def card_of(config: TrainConfig, data: Dataset, run: str) -> Card:
    """The card of the network that a run trains, before it is built and its accuracy is known.

    Args:
        config: the settings, which the card keeps as its recipe.
        data: what it learns from.
        run: the run's id, which becomes its name.
    """
    network = zoo.get(config.network)
    return Card(
        name=run,
        title=network.title,
        network=config.network,
        labels=data.classes,
        input=input_for(network, data.spec.input, config.size),
        dataset=config.dataset,
        dataset_title=data.spec.title,
        dataset_md5=data.md5,
        recipe=config.to_dict(),
        seed=config.seed,
        versions=versions(),
        date=datetime.date.today().isoformat(),
        command=command_of(config),
    )


def command_of(config: TrainConfig) -> str:
    """The command line that trains this again, as far as its options can express it."""
    words = ["python main.py train", config.network, shlex.quote(config.dataset)]
    if config.transfers:
        words = ["python main.py transfer", shlex.quote(config.start_from), shlex.quote(config.dataset)]
        words += ["--head-epochs", str(config.head_epochs)]
        words += ["--freeze", shlex.quote(config.freeze)] if config.freeze else []
        words += ["--fine-lr", f"{config.fine_rate:g}"] if config.fine_rate else []
    if config.recipe:
        words += ["--recipe", config.recipe]
    words += ["--epochs", str(config.epochs), "--batch", str(config.batch_size), "--optimizer", config.optimizer]
    words += ["--lr", f"{config.learning_rate:g}", "--seed", str(config.seed)]
    usual = config_for(config.network, config.dataset, config.recipe)
    for name in ("schedule", "augmentation", "validation", "class_weights"):
        if getattr(config, name) != getattr(usual, name):
            words += [f"--{name.replace('_', '-')}", f"{getattr(config, name)}"]
    if config.engine != "tensorflow":
        words += ["--engine", config.engine]
    if config.start_from and not config.transfers:
        words += ["--start-from", shlex.quote(config.start_from)]
    if config.limit is not None:
        words += ["--limit", str(config.limit)]
    if config.size:
        words += ["--size", str(config.size)]
    return " ".join(words)
