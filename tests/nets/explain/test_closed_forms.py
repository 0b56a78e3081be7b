"""Explanations against their closed forms in NumPy with float64, to 1e-5 of the largest value."""

from __future__ import annotations

import numpy as np
import pytest

from nets.compute.lens import Lens
from nets.explain import EXPLAINERS
from nets.network.wrap import wrap
from tests.nets.conftest import chain
from tests.nets.explain.oracle import ByHand, close


def mixed():
    """Three channels, padding, strides, ReLU6, average pooling, normalisation; weights that are not all alike."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(4)
    network = chain(
        layers.Conv2D(5, 3, strides=2, padding="same", name="first"),
        layers.BatchNormalization(name="norm"),
        layers.ReLU(max_value=6.0, name="relu6"),
        layers.MaxPooling2D(3, strides=2, padding="same", name="pool"),
        layers.Conv2D(6, 3, activation="relu", name="second"),
        layers.AveragePooling2D(2, name="mean"),
        layers.Flatten(name="flat"),
        layers.Dense(9, activation="relu", name="hidden"),
        layers.Dense(4, activation="softmax", name="answer"),
        shape=(17, 19, 3),
    )
    random = np.random.default_rng(5)
    network.set_weights([w + random.normal(0, 0.2, w.shape) ** 2 for w in network.get_weights()])
    return wrap(network)


@pytest.fixture(scope="module", params=["lenet", "mixed"])
def case(request, lenet, image):
    """(lens, the same by hand, picture, class, layer)."""
    if request.param == "lenet":
        return Lens(lenet), ByHand(lenet), image, 7, "conv2"
    model = mixed()
    picture = np.random.default_rng(6).uniform(0, 1, model.card.input.shape).astype(np.float32)
    return Lens(model), ByHand(model), picture, 2, "second"


def one_hot(lens, target):
    return np.eye(lens.model.output.labels)[[target]]


def test_the_score_is_the_logit(case):
    lens, by_hand, image, target, _ = case
    whole = EXPLAINERS["occlusion"].run(lens, image, target=target, patch=512)
    expected = by_hand.logits(image[None])[0, target] - by_hand.logits(np.zeros_like(image)[None])[0, target]
    assert close(whole[..., 0], np.full(image.shape[:2], expected))


def test_gradient(case):
    lens, by_hand, image, target, _ = case
    expected = by_hand.gradient(image[None], one_hot(lens, target))[0]
    assert close(EXPLAINERS["gradient"].run(lens, image, target=target), expected)
    assert close(EXPLAINERS["gradient_x_input"].run(lens, image, target=target), expected * image)


def test_grad_cam(case):
    lens, by_hand, image, target, layer = case
    maps = by_hand.maps(image[None], layer)
    gradient = by_hand.gradient(image[None], one_hot(lens, target), at=layer)
    expected = np.maximum((maps * gradient.mean(axis=(1, 2), keepdims=True)).sum(axis=-1), 0)[0]
    assert close(EXPLAINERS["grad_cam"].run(lens, image, target=target, layer=layer), expected)


def test_grad_cam_pp(case):
    lens, by_hand, image, target, layer = case
    maps = by_hand.maps(image[None], layer)
    g = by_hand.gradient(image[None], one_hot(lens, target), at=layer)
    below = 2 * g**2 + maps.sum(axis=(1, 2), keepdims=True) * g**3
    alpha = np.divide(g**2, below, out=np.zeros_like(g), where=below != 0)
    weights = (alpha * np.maximum(g, 0)).sum(axis=(1, 2), keepdims=True)
    expected = np.maximum((maps * weights).sum(axis=-1), 0)[0]
    assert close(EXPLAINERS["grad_cam_pp"].run(lens, image, target=target, layer=layer), expected)


@pytest.mark.parametrize(("patch", "stride", "value"), [(7, 1, 0.0), (5, 3, 0.5)])
def test_occlusion(case, patch, stride, value):
    lens, by_hand, image, target, _ = case
    height, width, _ = image.shape
    rows, columns = (sorted({*range(0, side - patch + 1, stride), side - patch}) for side in (height, width))
    total, count, covered = np.zeros((height, width)), np.zeros((height, width)), []
    for top in rows:
        for left in columns:
            covered.append(image.copy())
            covered[-1][top : top + patch, left : left + patch] = value
    falls = by_hand.logits(image[None])[0, target] - by_hand.logits(np.stack(covered))[:, target]
    for number, fall in enumerate(falls):
        top, left = rows[number // len(columns)], columns[number % len(columns)]
        total[top : top + patch, left : left + patch] += fall
        count[top : top + patch, left : left + patch] += 1
    expected = np.repeat((total / count)[..., None], image.shape[-1], axis=-1)
    found = EXPLAINERS["occlusion"].run(lens, image, target=target, patch=patch, stride=stride, value=value)
    assert close(found, expected)
