"""Explanations against their closed forms in NumPy with float64, to 1e-5 of the largest value."""

from __future__ import annotations

import numpy as np
import pytest

from nets.compute.lens import Lens
from nets.explain import EXPLAINERS
from nets.explain.rise import drawn
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
def case(request, lens, image):
    """(lens, the same by hand, picture, class, layer)."""
    if request.param == "lenet":
        return lens, ByHand(lens.model), image, 7, "conv2"
    model = mixed()
    picture = np.random.default_rng(6).uniform(0, 1, model.card.input.shape).astype(np.float32)
    return Lens(model), ByHand(model), picture, 2, "second"


def alone(name, lens, image, **question):
    """The explanation of one picture; of the mixed network it is one of two, which takes a batch's way."""
    if lens.model.card.name == "lenet":
        return EXPLAINERS[name].run(lens, image, **question)
    return EXPLAINERS[name].run(lens, np.stack([image[::-1], image]), **question)[1]


def one_hot(lens, target):
    return np.eye(lens.model.output.labels)[[target]]


def test_the_score_is_the_logit(case):
    lens, by_hand, image, target, _ = case
    whole = EXPLAINERS["occlusion"].run(lens, image, target=target, patch=512)
    expected = by_hand.logits(image[None])[0, target] - by_hand.logits(np.zeros_like(image)[None])[0, target]
    assert close(whole[..., 0], np.full(image.shape[:2], expected))


def test_the_gradient_equals_its_closed_form(case):
    lens, by_hand, image, target, _ = case
    expected = by_hand.gradient(image[None], one_hot(lens, target))[0]
    assert close(alone("gradient", lens, image, target=target), expected)
    assert close(alone("gradient_x_input", lens, image, target=target), expected * image)


def test_grad_cam_equals_its_closed_form(case):
    lens, by_hand, image, target, layer = case
    maps = by_hand.maps(image[None], layer)
    gradient = by_hand.gradient(image[None], one_hot(lens, target), at=layer)
    expected = np.maximum((maps * gradient.mean(axis=(1, 2), keepdims=True)).sum(axis=-1), 0)[0]
    assert close(alone("grad_cam", lens, image, target=target, layer=layer), expected)


def test_grad_cam_pp(case):
    lens, by_hand, image, target, layer = case
    maps = by_hand.maps(image[None], layer)
    g = by_hand.gradient(image[None], one_hot(lens, target), at=layer)
    below = 2 * g**2 + maps.sum(axis=(1, 2), keepdims=True) * g**3
    alpha = np.divide(g**2, below, out=np.zeros_like(g), where=below != 0)
    weights = (alpha * np.maximum(g, 0)).sum(axis=(1, 2), keepdims=True)
    expected = np.maximum((maps * weights).sum(axis=-1), 0)[0]
    assert close(alone("grad_cam_pp", lens, image, target=target, layer=layer), expected)


@pytest.mark.parametrize(("patch", "stride", "value"), [(7, 1, 0.0), (5, 3, 0.5)])
def test_occlusion_equals_its_closed_form(case, patch, stride, value):
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


def test_guided_backpropagation_equals_its_closed_form(case):
    lens, by_hand, image, target, _ = case
    guided = by_hand.gradient(image[None], one_hot(lens, target), relu=lambda g, passed: passed * (g > 0))[0]
    assert close(alone("guided_backprop", lens, image, target=target), guided)


def positive(arriving, passed):
    return np.maximum(arriving, 0)


def test_deconvnet_equals_its_closed_form(case):
    lens, by_hand, image, target, layer = case
    expected = by_hand.gradient(image[None], one_hot(lens, target), relu=positive)[0]
    assert close(alone("deconvnet", lens, image, target=target), expected)
    maps = by_hand.maps(image[None], layer)
    number = int(maps.sum(axis=(0, 1, 2)).argmax())
    seed = np.zeros_like(maps)
    seed[..., number] = maps[..., number]
    found = alone("deconvnet", lens, image, layer=layer, map=number)
    assert close(found, by_hand.projected(image[None], layer, seed, positive)[0])
    row, column = (int(place) for place in np.unravel_index(maps[0, ..., number].argmax(), maps.shape[1:3]))
    seed = np.zeros_like(maps)
    seed[0, row, column, number] = maps[0, row, column, number]
    found = alone("deconvnet", lens, image, layer=layer, map=number, row=row, column=column)
    assert close(found, by_hand.projected(image[None], layer, seed, positive)[0])


def test_score_cam_equals_its_closed_form(case):
    lens, by_hand, image, target, layer = case
    maps = by_hand.maps(image[None], layer)[0]
    height, width, _ = image.shape
    masks = enlarged(maps, height, width)
    low, high = masks.min(axis=(0, 1)), masks.max(axis=(0, 1))
    varies = high > low
    masks = (masks - low) / np.where(varies, high - low, 1)
    masked = np.stack([image * masks[..., number, None] for number in range(masks.shape[-1])])
    rise = by_hand.logits(masked)[:, target] - by_hand.logits(np.zeros_like(image)[None])[0, target]
    weights = np.where(varies, np.exp(rise), 0)
    expected = np.maximum(maps @ (weights / weights.sum()), 0)
    assert close(EXPLAINERS["score_cam"].run(lens, image, target=target, layer=layer), expected)


def enlarged(maps, height, width):
    """Bilinearly, pixel centres on pixel centres, as Keras resizes."""
    import keras

    return np.asarray(keras.ops.image.resize(maps.astype(np.float32), (height, width), interpolation="bilinear"))


def test_integrated_gradients_equal_their_closed_form(case):
    """Float32 beside a ReLU's switch has another gradient than float64: the median is exact, single pixels are not."""
    lens, by_hand, image, target, _ = case
    steps, baseline = 16, np.full_like(image, 0.1)
    weights = np.full(steps + 1, 1 / steps)
    weights[[0, -1]] /= 2
    points = np.stack([baseline + share * (image - baseline) for share in np.linspace(0, 1, steps + 1)])
    gradients = by_hand.gradient(points, np.repeat(one_hot(lens, target), steps + 1, axis=0))
    expected = (image - baseline) * np.tensordot(weights, gradients, axes=1)
    found = EXPLAINERS["integrated_gradients"].run(lens, image, target=target, steps=steps, baseline=baseline)
    assert close(found, expected, 2e-3)
    assert np.median(np.abs(found - expected)) < 1e-5 * np.abs(expected).max()


def test_smoothgrad_without_noise_is_the_gradient(case):
    lens, by_hand, image, target, _ = case
    expected = by_hand.gradient(image[None], one_hot(lens, target))[0]
    assert close(EXPLAINERS["smoothgrad"].run(lens, image, target=target, samples=3, deviation=0), expected)


def test_rise_is_the_mean_score_where_a_pixel_is_left(case):
    lens, by_hand, image, target, _ = case
    height, width, channels = image.shape
    masks = drawn(0, height, width, 7, 0.5, 3)[:40]
    scores = by_hand.logits(image * masks[..., None].astype(np.float64))[:, target]
    expected = np.tensordot(scores, masks, axes=1) / masks.sum(axis=0)
    found = EXPLAINERS["rise"].run(lens, image, target=target, masks=40, seed=3)
    assert close(found, np.repeat(expected[..., None], channels, axis=-1))
