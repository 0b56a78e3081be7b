"""The faster forward pass against Keras's own layers, and the flat optimisers against Keras's."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from nets import backend
from nets.runs.config import OPTIMIZERS, TrainConfig
from nets.training.engines.forward import build_forward
from nets.training.engines.optimizers import flat_optimizer
from nets.zoo import get


def outputs_and_gradients(network: keras.Sequential, x: tf.Tensor, *, faster: bool) -> tuple[np.ndarray, list]:
    forward = build_forward(network, faster=faster)
    weights = [tf.constant(v.numpy()) for v in network.trainable_variables]
    others = [tf.constant(v.numpy()) for v in network.non_trainable_variables]

    def weighed(weights: list) -> tuple:
        outputs, _ = forward(weights, others, x)
        if forward.logits:
            outputs = tf.nn.softmax(outputs)
        return tf.reduce_sum(outputs * tf.constant(np.linspace(-1, 1, outputs.shape[1]), tf.float32)), outputs

    (_, outputs), gradients = backend.gradient(weighed)(weights)
    return outputs.numpy(), [g.numpy() for g in gradients]


def small(*, side: int, kernel: int, padding: str, activation: str, bias: bool) -> keras.Sequential:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((side, side + 2, 2)),
            layers.Conv2D(3, kernel, padding=padding, activation=activation, use_bias=bias),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(4, activation="softmax"),
        ]
    )


@pytest.mark.parametrize(
    "network",
    [
        *(pytest.param(lambda n=name: get(n).build(), id=name) for name in ("lenet5", "lenet", "simple_cnn")),
        *(
            pytest.param(
                lambda s=side, k=kernel, p=padding, a=activation, b=bias: small(
                    side=s, kernel=k, padding=p, activation=a, bias=b
                ),
                id=f"{side}-{kernel}-{padding}-{activation}-{bias}",
            )
            for side, kernel, padding, activation, bias in [
                (7, 1, "valid", "linear", True),
                (8, 2, "same", "relu", True),
                (9, 2, "valid", "tanh", False),
                (7, 3, "same", "sigmoid", True),
                (11, 4, "same", "relu", False),
                (12, 5, "valid", "relu", True),
            ]
        ),
    ],
)
def test_same_outputs_and_gradients(network) -> None:
    keras.utils.set_random_seed(3)
    built = network()
    x = np.random.default_rng(0).random((5, *built.input_shape[1:]), dtype=np.float32)
    # Weights off their zeros, and a blank image: where everything is equal, too, pooling must choose as Keras does.
    for variable in built.trainable_variables:
        variable.assign(variable + 0.05 * np.random.default_rng(1).standard_normal(variable.shape))
    x[0] = 0
    assert build_forward(built).plain
    plain = outputs_and_gradients(built, tf.constant(x), faster=False)
    fast = outputs_and_gradients(built, tf.constant(x), faster=True)
    np.testing.assert_allclose(fast[0], plain[0], atol=1e-5)
    for one, other in zip(fast[1], plain[1], strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


@pytest.mark.parametrize(
    "change",
    [{"strides": 2}, {"dilation_rate": 2}, {"groups": 2}, {"kernel_size": (3, 2)}, {"activation": "swish"}],
    ids=str,
)
def test_other_convolutions_are_left_to_keras(change: dict) -> None:
    options = {"filters": 4, "kernel_size": 3} | change
    network = keras.Sequential([keras.Input((12, 12, 2)), keras.layers.Conv2D(**options), keras.layers.MaxPooling2D(2)])
    assert not build_forward(network).plain


def test_networks_with_branches_go_through_keras() -> None:
    inputs = keras.Input((4,))
    network = keras.Model(inputs, keras.layers.Add()([inputs, keras.layers.Dense(4)(inputs)]))
    x = np.ones((2, 4), np.float32)
    forward = build_forward(network)
    outputs, _ = forward([v.value for v in network.trainable_variables], [], tf.constant(x))
    np.testing.assert_allclose(outputs, network(x), atol=1e-6)


def test_batch_statistics_and_dropout_seeds_come_out_changed() -> None:
    network = get("pen").build(input_shape=(8, 8, 1), classes=3)
    forward = build_forward(network)
    others = [v.value for v in network.non_trainable_variables]
    x = tf.constant(np.random.default_rng(0).random((4, 8, 8, 1), dtype=np.float32))
    _, changed = forward([v.value for v in network.trainable_variables], list(others), x)
    assert all(np.any(a.numpy() != b.numpy()) for a, b in zip(others, changed, strict=True))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_ten_steps_as_keras_does_them(name: str) -> None:
    config = TrainConfig("lenet", "mnist", optimizer=name, learning_rate=0.05, weight_decay=0.01)
    makers = {
        "sgd": lambda: keras.optimizers.SGD(0.05),
        "momentum": lambda: keras.optimizers.SGD(0.05, momentum=0.9),
        "nesterov": lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
        "adagrad": lambda: keras.optimizers.Adagrad(0.05),
        "rmsprop": lambda: keras.optimizers.RMSprop(0.05),
        "adadelta": lambda: keras.optimizers.Adadelta(0.05),
        "adam": lambda: keras.optimizers.Adam(0.05),
        "adamw": lambda: keras.optimizers.AdamW(0.05, weight_decay=0.01),
    }
    random = np.random.default_rng(0)
    theirs = keras.Variable(random.standard_normal(20).astype(np.float32))
    optimizer, flat = makers[name](), flat_optimizer(config)
    ours = tf.constant(theirs.numpy())
    slots = tuple(tf.fill([20], tf.constant(value)) for value in flat.first)
    for step in range(1, 11):
        gradient = tf.constant(random.standard_normal(20).astype(np.float32))
        optimizer.apply([gradient], [theirs])
        ours, slots = flat.update(ours, slots, gradient, tf.constant(0.05), tf.constant(float(step)))
    np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-6)


def test_mixed_precision_is_left_to_keras() -> None:
    half = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax", dtype="mixed_bfloat16")])
    assert not build_forward(half).plain
