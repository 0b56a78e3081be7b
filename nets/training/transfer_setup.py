"""What a phase of a transfer needs before its first batch, read from the run's folder, so that resuming is the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from nets import backend
from nets.array_files import read_arrays
from nets.data.fitting import fitted
from nets.data.images import ChosenImages, Images
from nets.data.specs import Split
from nets.errors import LensletError
from nets.network.card import Card
from nets.runs.architecture import blank_network
from nets.runs.config import AUGMENTATIONS, TrainConfig
from nets.runs.recording import Saved
from nets.runs.run import epoch_file
from nets.training.batches import Batches
from nets.training.engines.engine import Engine
from nets.training.engines.forward import forward_of_parts
from nets.training.engines.keras_engine import KerasEngine
from nets.training.engines.sent_batches import SentBatches
from nets.training.engines.step import FlatEngine
from nets.training.engines.tensor_batches import TensorBatches
from nets.training.evaluate import compiled
from nets.training.features import FeatureBatches, compiled_part, compute_features, fit_in_memory
from nets.training.freezing import Parts, freeze, split
from nets.training.phases import phase_at
from nets.training.pixels import reading_input
from nets.training.setup import Setup, compile_step
from nets.training.split import training_indices, validation_indices
from nets.training.training import Training

if TYPE_CHECKING:
    import keras

START = "start.npz"
"""In a run's folder: the weights with which a transfer began."""


def network_at(folder: Path, card: Card, done: int, seed: int) -> keras.Model:
    """The network of a transfer as it is after ``done`` epochs.

    Args:
        folder: of the run.
        card: of the run.
        done: epochs; 0 for the features as they came, and the new head.
        seed: of its dropout.

    Raises:
        LensletError: its weights cannot be read.
    """
    import keras

    keras.utils.set_random_seed(seed)
    network = blank_network(folder, card)
    path = epoch_file(folder, done, "weights") if done else folder / START
    try:
        found = read_arrays(path)
        network.set_weights([found[name] for name in sorted(found)])
    except (OSError, ValueError, LensletError) as problem:
        raise LensletError(
            "the run cannot go on: {path} is missing or damaged ({problem})", path=path, problem=problem
        ) from problem
    return network


def prepare_phase(training: Training) -> Setup:
    """Network, batches and compiled step for the epochs from the next one to the end of its phase."""
    backend.configure()
    config, data, done = training.config, training.data, len(training.history)
    assert training.folder is not None
    assert training.card is not None
    phase = phase_at(config, done + 1)
    network = network_at(training.folder, training.card, done, config.seed)
    freeze(network, phase.frozen)
    saved = training.saved if training.saved and phase_at(config, training.saved.epoch) == phase else None
    images = fitted(data.train.images, data.spec.input, training.input)

    def images_for(augmentation: str) -> Images:
        reading = reading_input(AUGMENTATIONS[augmentation], training.input)
        return images if reading == training.input else fitted(data.train.images, data.spec.input, reading)

    labels = data.train.labels
    trained, chosen = training_indices(config, labels), validation_indices(config, labels)
    held_out = Split(ChosenImages(images, chosen), labels[chosen])
    parts = split(network, phase.frozen)
    known = None
    batches: Batches
    if parts and config.augmentation == "none" and fit_in_memory(parts.features, len(trained) + len(chosen)):
        numbers = np.concatenate([trained, chosen])
        found = compute_features(parts.features, images, numbers, training.input, training.report)
        features = cast(Images, found)  # read like images, but of any shape
        batches = FeatureBatches(features, labels, training.input, config)
        known = (Split(ChosenImages(features, chosen), labels[chosen]), compiled_part(parts.learning))
        engine = _engine(parts.learning, None, config, training.large, saved)
    else:
        kind = TensorBatches if backend.name() == "tensorflow" else SentBatches
        batches = kind(images_for(config.augmentation), labels, training.input, config)
        engine = _engine(network, parts, config, training.large, saved)
    compute = compiled(network)
    setup = Setup(network, training.input, batches, held_out, engine, compute, images_for, known)
    compile_step(setup.engine, setup.batches)
    if saved is not None:
        engine.restore(saved.arrays)
    return setup


def _engine(network: keras.Model, parts: Parts | None, config: TrainConfig, large: int, saved: Saved | None) -> Engine:
    """The engine of a phase; for a resumed phase, the one that began it."""
    forward = forward_of_parts(network, parts)
    is_large = saved.engine == "keras" if saved else network.count_params() > large
    if is_large or backend.name() != "tensorflow":
        return KerasEngine(network, forward, config)
    return FlatEngine(network, forward, config, xla=False)
