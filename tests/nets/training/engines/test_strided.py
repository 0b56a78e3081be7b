"""Convolutions of one pixel with a stride: the numbers of Keras's own layers, and a training that stays alive."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from nets.training.engines.strided import safe_strides

ROOT = Path(__file__).resolve().parents[4]


@pytest.mark.parametrize("size", [4, 7, 10])
@pytest.mark.parametrize(
    "layer",
    [
        keras.layers.Conv2D(3, 1, strides=2, activation="relu"),
        keras.layers.Conv2D(4, 1, strides=(3, 1), padding="same", use_bias=False),
        keras.layers.Conv2D(4, 1, strides=2, groups=2),
        keras.layers.Conv1D(3, 1, strides=2),
        keras.layers.Conv2DTranspose(3, 1, strides=2, activation="tanh"),
        keras.layers.Conv2DTranspose(3, 1, strides=(2, 3), padding="same", use_bias=False),
        keras.layers.Conv2DTranspose(3, 1, strides=3, output_padding=0),
        keras.layers.Conv1DTranspose(3, 1, strides=2),
    ],
    ids=lambda layer: layer.name if isinstance(layer, keras.Layer) else str(layer),
)
def test_the_numbers_of_keras(layer: keras.Layer, size: int) -> None:
    x = np.random.default_rng(0).random((2, *[size] * layer.rank, 2), np.float32)
    expected = layer(x).numpy()
    replaced = "convolution_op" if "Transpose" not in type(layer).__name__ else "call"
    with safe_strides(layer):
        assert replaced in vars(layer)
        found = layer(x).numpy()
    assert replaced not in vars(layer)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_other_layers_are_left_alone() -> None:
    network = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Conv2D(2, 3, strides=2), keras.layers.Conv2D(2, 1)]
    )
    with safe_strides(network):
        assert not any("convolution_op" in vars(layer) for layer in network.layers)


CODE = """
import keras, numpy as np, tensorflow as tf
from nets.runs.config import TrainConfig
from nets.training.engines.forward import build_forward
from nets.training.engines.step import FlatEngine
layers = keras.layers
x = inner = keras.Input((10, 10, 1))
x = layers.Conv2D(2, 1, strides=2)(x)
x = layers.Conv2DTranspose(1, 1, strides=2)(x)
block = keras.Model(inner, x)
network = keras.Sequential([keras.Input((10, 10, 1)), block, layers.Flatten(), layers.Dense(2, activation="softmax")])
engine = FlatEngine(network, build_forward(network), TrainConfig("lenet", "x"), xla=False)
images = tf.constant(np.random.default_rng(0).random((1, 3, 10, 10, 1), np.float32))
for _ in range(60):
    labels, shares = np.zeros((1, 3), np.int32), np.full((1, 3), 1 / 3, np.float32)
    loss, _ = engine.run(images, labels, shares, np.ones(1, np.float32))
for size in range(1, 20_000, 77):
    np.ones(size)
print("alive", float(loss[0]))
"""


def test_a_training_step_does_not_corrupt_memory() -> None:
    """In a process of its own: where the layers are Keras's own, it dies (on a processor with AVX-512)."""
    done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.startswith("alive")
