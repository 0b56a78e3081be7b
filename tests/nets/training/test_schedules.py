"""The schedules beside Keras's, where Keras has the same one (it has no one-cycle)."""

from __future__ import annotations

import dataclasses
import math

import keras
import numpy as np
import pytest

from nets.runs.config import SCHEDULES, TrainConfig
from nets.training.schedules import plateaus, rates

STEPS, EPOCHS, RATE = 20, 10, 0.1
TOTAL = STEPS * EPOCHS
CONFIG = TrainConfig("lenet", "mnist", epochs=EPOCHS, learning_rate=RATE)
LOSSES = [3, 2, 2.5, 2.4, 2.1, 2.2, 1.9, 1.95, 1.9, 1.8]

KERAS = {
    "constant": lambda: lambda step: RATE,
    "step": lambda: keras.optimizers.schedules.PiecewiseConstantDecay(
        [TOTAL / 2, 0.75 * TOTAL], [RATE, RATE / 10, RATE / 100]
    ),
    "exponential": lambda: keras.optimizers.schedules.ExponentialDecay(RATE, TOTAL, 0.01),
    "cosine": lambda: keras.optimizers.schedules.CosineDecay(
        0.0, round(0.95 * TOTAL), warmup_target=RATE, warmup_steps=round(0.05 * TOTAL)
    ),
}


def course(schedule: str) -> np.ndarray:
    config = dataclasses.replace(CONFIG, schedule=schedule)
    return np.concatenate([rates(config, STEPS, epoch, LOSSES) for epoch in range(1, EPOCHS + 1)])


@pytest.mark.parametrize("name", KERAS)
def test_the_course_is_keras_in_the_middle_of_every_step(name: str) -> None:
    theirs = KERAS[name]()
    expected = [float(theirs(np.float32(step + 0.5))) for step in range(TOTAL)]
    np.testing.assert_allclose(course(name), expected, rtol=1e-5, atol=1e-6 * RATE)


def test_plateau_is_keras_reduce_on_plateau() -> None:
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(RATE), "mse")
    watch = keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=2, min_delta=0)
    watch.set_model(model)
    watch.on_train_begin()
    for epoch, loss in enumerate(LOSSES):
        expected = float(model.optimizer.learning_rate)
        assert course("plateau")[epoch * STEPS] == pytest.approx(expected, rel=1e-6)
        watch.on_epoch_end(epoch, {"val_loss": loss})
    assert plateaus(LOSSES) == 3


def test_one_cycle_is_two_halves_of_a_cosine() -> None:
    assert set(SCHEDULES) == {*KERAS, "plateau", "onecycle"}
    where = (np.arange(TOTAL) + 0.5) / TOTAL
    up = 0.04 + 0.96 * (1 - np.cos(math.pi * where / 0.3)) / 2
    down = 1e-4 + (1 - 1e-4) * (1 + np.cos(math.pi * (where - 0.3) / 0.7)) / 2
    np.testing.assert_allclose(course("onecycle"), RATE * np.where(where < 0.3, up, down), rtol=1e-5)
