"""Training by Keras's optimisers against the flat engine, and its state to the bit."""

from __future__ import annotations

import dataclasses

import keras
import numpy as np
import pytest

from nets import backend
from nets.data.images import ArrayImages
from nets.data.specs import Dataset, ImageInput
from nets.errors import LensletError
from nets.events import Cancelled, Event
from nets.runs import recording
from nets.runs.config import OPTIMIZERS, TrainConfig
from nets.runs.recording import read_saved
from nets.runs.store import RunStore
from nets.training import setup
from nets.training.engines.keras_engine import KerasEngine
from nets.training.engines.sent_batches import SentBatches
from nets.training.engines.step import FlatEngine
from nets.training.engines.tensor_batches import TensorBatches
from nets.training.events import BatchesDone
from nets.training.loop import Loop
from nets.training.schedules import rates
from nets.training.setup import Setup, set_up
from nets.training.train import resume, train
from nets.training.training import Training

CONFIG = TrainConfig("lenet", "bars", epochs=2, batch_size=16, limit=40, learning_rate=2e-3)
AUGMENTED = dataclasses.replace(CONFIG, augmentation="affine")


@pytest.fixture(autouse=True)
def small_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dropout, batch normalisation, a strided convolution of one pixel in a nested block, a weight penalty."""

    def build(config: TrainConfig, input: ImageInput, classes: int) -> keras.Model:
        layers = keras.layers
        keras.utils.set_random_seed(config.seed)
        inner = keras.Input((13, 13, 4))
        block = keras.Model(inner, layers.Conv2D(6, 1, strides=2)(inner), name="block")
        return keras.Sequential(
            [
                keras.Input(input.shape),
                layers.Conv2D(4, 3, activation="tanh", kernel_regularizer=keras.regularizers.L2(1e-3)),
                layers.MaxPooling2D(2),
                layers.BatchNormalization(),
                block,
                layers.Dropout(0.3),
                layers.Flatten(),
                layers.Dense(classes, activation="softmax"),
            ]
        )

    monkeypatch.setattr(setup, "build", build)


def trained(config: TrainConfig, data: Dataset, large: int) -> tuple[Setup, list[np.ndarray]]:
    """The engine after ``config.epochs`` epochs, and the losses of each."""
    training = Training(config, data, lambda event: None, large=large)
    made = set_up(training)
    loop = Loop(training, made)
    losses = [
        loop.epoch(epoch, lambda config, epoch=epoch: rates(config, made.batches.steps, epoch, ())).losses
        for epoch in range(1, config.epochs + 1)
    ]
    return made, losses


def one_layer(config: TrainConfig, input: ImageInput, classes: int) -> keras.Model:
    """Enough to compare how two engines update weights; compiled in a third of the time."""
    layers = keras.layers
    keras.utils.set_random_seed(config.seed)
    return keras.Sequential(
        [
            keras.Input(input.shape),
            layers.Flatten(),
            layers.Dense(classes, activation="softmax", kernel_regularizer="l2"),
        ]
    )


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_both_engines_learn_the_same(name: str, data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every optimiser; two of them with every kind of layer."""
    if name not in ("adam", "nesterov"):
        monkeypatch.setattr(setup, "build", one_layer)
    rate = OPTIMIZERS[name].learning_rate / 4
    config = dataclasses.replace(
        AUGMENTED if name == "adam" else CONFIG,  # both engines get the same batches, whatever was done to the images
        optimizer=name,
        learning_rate=rate,
        schedule="cosine",
        label_smoothing=0.1,
        validation=0.0,  # otherwise each engine compiles the network once more, to evaluate it
    )
    flat, flat_losses = trained(config, data, 10**9)
    large, large_losses = trained(config, data, 1)
    assert isinstance(flat.engine, FlatEngine)
    assert isinstance(large.engine, KerasEngine)
    np.testing.assert_allclose(large_losses, flat_losses, atol=1e-5)
    for found, expected in zip(large.engine.weights(), flat.engine.weights(), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_the_size_of_the_network_decides(data: Dataset) -> None:
    network = setup.build(CONFIG, ImageInput(), 4)
    at, above = network.count_params(), network.count_params() - 1
    assert isinstance(set_up(Training(CONFIG, data, lambda event: None, large=at)).engine, FlatEngine)
    assert isinstance(set_up(Training(CONFIG, data, lambda event: None, large=above)).engine, KerasEngine)


@pytest.mark.backends
def test_the_same_seed_gives_the_same_bits(data: Dataset) -> None:
    first, again = (trained(AUGMENTED, data, 1)[0].engine.arrays() for _ in range(2))
    assert all(a.tobytes() == b.tobytes() for a, b in zip(first, again, strict=True))


@pytest.mark.backends
def test_no_epoch_waits_for_the_compiler(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """JAX compiles for each size of a batch, and the last one is smaller: 16, 16 and 8 images."""
    traced = []
    usual = KerasEngine._take_step
    monkeypatch.setattr(KerasEngine, "_take_step", lambda *given: traced.append(given[1].shape) or usual(*given))
    training = Training(CONFIG, data, lambda event: None, large=1)
    made = set_up(training)
    before = len(traced)
    Loop(training, made).epoch(1, lambda config: rates(config, made.batches.steps, 1, ()))
    assert traced
    steps = 0 if backend.name() != "torch" else made.batches.steps  # PyTorch computes the function as it is written
    assert len(traced) == before + steps


def test_blocks_are_larger_where_a_card_computes(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    images = np.zeros((512, 224, 224, 1), np.uint8)
    given = (ArrayImages(images), np.zeros(512, np.int64), ImageInput(224, 224, 1), TrainConfig("lenet", "bars"))
    for kind in (TensorBatches, SentBatches):
        alone = kind(*given).block
        with monkeypatch.context() as patch:
            patch.setattr(backend, "device", lambda: backend.Device("GPU", "a card", True))
            assert kind(*given).block > 2 * alone


@pytest.mark.backends
def test_resumed_is_not_stopped(data: Dataset, store: RunStore) -> None:
    config = dataclasses.replace(AUGMENTED, epochs=3, schedule="cosine")
    whole = train(config, data, store, large=1)

    def stop_in_the_second(event: Event) -> None:
        if isinstance(event, BatchesDone) and event.epoch == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        train(config, data, store, stop_in_the_second, large=1)
    run = next(store.open(summary.id) for summary in store.list() if summary.id != whole.id)
    assert run.summary.epochs_done == 1
    resumed = resume(run, data, store)  # by the engine that began it, whatever is large now
    saved, expected = read_saved(resumed.folder), read_saved(whole.folder)
    assert saved is not None
    assert expected is not None
    assert saved.engine == expected.engine == "keras"
    assert all(a.tobytes() == b.tobytes() for a, b in zip(saved.arrays, expected.arrays, strict=True))
    assert resumed.summary.history.val_loss == whole.summary.history.val_loss


def test_a_state_of_another_network_is_refused(data: Dataset) -> None:
    engine = set_up(Training(CONFIG, data, lambda event: None, large=1)).engine
    arrays = engine.arrays()
    with pytest.raises(LensletError, match="its state is of another network"):
        engine.restore(arrays[:-1])
    with pytest.raises(LensletError, match="its state is of another network"):
        engine.restore((arrays[0][..., :-1], *arrays[1:]))
    engine.restore(arrays)


def test_a_disk_with_too_little_room_is_said(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """VGG16 has 138 million weights: 0.55 GB an epoch, and 1.66 GB of state."""
    recorder = recording.Recorder(store.create(CONFIG))
    assert recorder.too_little_room(60_000, 5) == ""
    usage = recording.shutil.disk_usage(store.folder)._replace(free=5_000_000_000)
    monkeypatch.setattr(recording.shutil, "disk_usage", lambda folder: usage)
    assert "has 5.0 GB free and 5 epochs need about 6.1 GB" in recorder.too_little_room(138_357_544, 5)
    assert recorder.too_little_room(138_357_544, 2) == ""
