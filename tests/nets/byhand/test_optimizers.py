"""The optimisers on NumPy's arrays, ten steps beside Keras's: equal to 1e-9 in float64.

Keras takes its constants through float32 even where the variable is float64 (0.9 becomes 0.89999998), so the comparison
in float64 uses constants that float32 has exactly, all but AdaGrad's first 0.1. With the constants that the program
uses, in float32, the bound is 1e-6 on weights of about 1: some ten units in the last place (for tensors the
same stands in tests/nets/training/test_blocks.py).
"""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras.optimizers import SGD, Adadelta, Adagrad, Adam, AdamW, RMSprop

from nets.runs.config import OPTIMIZERS, TrainConfig
from nets.training.engines.optimizers import _MAKERS, FlatOptimizer, flat_optimizer

RATE, MOMENTUM, DECAY = 2.0**-4, 0.875, 2.0**-7
BETAS = {"beta_1": 0.875, "beta_2": 1 - 2.0**-10}
CONFIG = TrainConfig("lenet", "mnist", momentum=MOMENTUM, weight_decay=DECAY)
EXACT = {
    "sgd": (SGD, {}, {}),
    "momentum": (SGD, {}, {"momentum": MOMENTUM}),
    "nesterov": (SGD, {}, {"momentum": MOMENTUM, "nesterov": True}),
    "adagrad": (Adagrad, {}, {"initial_accumulator_value": 0.1}),
    "rmsprop": (RMSprop, {"rho": 0.875}, {}),
    "adadelta": (Adadelta, {"rho": 0.875}, {}),
    "adam": (Adam, BETAS, {}),
    "adamw": (AdamW, BETAS, {"weight_decay": DECAY}),
}


def ten_steps(flat: FlatOptimizer, optimizer: keras.optimizers.Optimizer, dtype: type) -> tuple[np.ndarray, np.ndarray]:
    """Weights after ten steps with the same gradients: ours, Keras's."""
    random = np.random.default_rng(0)
    ours = random.standard_normal(20).astype(dtype)
    theirs = keras.Variable(ours, dtype=np.dtype(dtype).name)
    slots = tuple(np.full(20, value, dtype) for value in flat.first)
    for step in range(1, 11):
        gradient = random.standard_normal(20).astype(dtype)
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [theirs])
        ours, slots = flat.update(ours, slots, gradient, dtype(RATE), dtype(step))
    assert {ours.dtype, *(slot.dtype for slot in slots)} == {np.dtype(dtype)}
    return ours, keras.ops.convert_to_numpy(theirs)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_ten_steps_in_float64(name: str) -> None:
    kind, both, theirs = EXACT[name]
    ours, expected = ten_steps(_MAKERS[name](CONFIG, **both), kind(RATE, **both, **theirs), np.float64)
    np.testing.assert_allclose(ours, expected, atol=1e-9, rtol=0)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_ten_steps_in_float32_with_the_usual_constants(name: str) -> None:
    kind, _, theirs = EXACT[name]
    ours, expected = ten_steps(
        flat_optimizer(TrainConfig("lenet", "mnist", optimizer=name, momentum=MOMENTUM, weight_decay=DECAY)),
        kind(RATE, **theirs),
        np.float32,
    )
    np.testing.assert_allclose(ours, expected, atol=1e-6, rtol=0)
