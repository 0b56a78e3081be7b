"""Occlusion by squares of each layer against occlusion by whole pictures."""

from __future__ import annotations

import numpy as np
import pytest

from nets.compute.lens import Lens
from nets.explain import EXPLAINERS
from nets.explain.patched import AxisWindow, patched_front
from nets.network.wrap import wrap
from tests.nets.conftest import chain


def strided():
    """As MobileNet begins: padded by a layer of its own, strides, depthwise convolutions, ReLU6; an uneven size."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(3)
    return chain(
        layers.Rescaling(2.0, offset=-1.0, name="scaled"),
        layers.ZeroPadding2D(((0, 1), (1, 2)), name="pad"),
        layers.Conv2D(6, 3, strides=2, use_bias=False, name="conv"),
        layers.BatchNormalization(name="norm"),
        layers.ReLU(max_value=6.0, name="relu"),
        layers.DepthwiseConv2D(3, padding="same", name="depthwise"),
        layers.ReLU(name="relu2"),
        layers.Conv2D(8, 1, activation="relu", name="pointwise"),
        layers.MaxPooling2D(3, strides=2, padding="same", name="pool"),
        layers.Conv2D(8, 3, activation="relu", name="last"),
        layers.Flatten(name="flat"),
        layers.Dense(3, activation="softmax", name="answer"),
        shape=(43, 38, 3),
    )


def pooled():
    """A convolution and a pooling without overlap: the squares are aligned to its windows."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(4)
    return chain(
        layers.Conv2D(5, 5, padding="same", activation="relu", name="conv"),
        layers.AveragePooling2D(3, name="pool"),
        layers.BatchNormalization(name="norm"),
        layers.Conv2D(7, 3, dilation_rate=2, activation="relu", name="wide"),
        layers.MaxPooling2D(2, name="pool2"),
        layers.Flatten(name="flat"),
        layers.Dense(4, activation="softmax", name="answer"),
        shape=(37, 31, 1),
    )


@pytest.mark.parametrize(
    ("build", "least", "patch", "stride"), [(strided, 8, 5, 2), (pooled, 3, 5, 2), (pooled, 3, 4, 3)]
)
def test_squares_give_what_pictures_give(build, least, patch, stride, monkeypatch):
    model = wrap(build())
    shape = model.card.input.shape
    image = np.random.default_rng(1).uniform(0, 1, shape).astype(np.float32)
    value = np.random.default_rng(2).uniform(0, 1, shape).astype(np.float32)
    front = patched_front(model, (patch, patch))
    assert front is not None
    assert len(front.stages) >= least
    row = EXPLAINERS["occlusion"]
    found = row.run(Lens(model), image, target=1, patch=patch, stride=stride, value=value)
    monkeypatch.setattr("nets.explain.occlusion.patched_front", lambda model, size: None)
    expected = row.run(Lens(model), image, target=1, patch=patch, stride=stride, value=value)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5 * np.abs(expected).max())


def test_what_a_patch_does_not_change_is_not_computed(lens, image, monkeypatch):
    told = []
    monkeypatch.setattr(
        "nets.explain.occlusion.parts", lambda count, size: told.append(count) or [slice(0, count)] * bool(count)
    )
    EXPLAINERS["occlusion"].run(lens, image, target=7)
    assert 100 < told[0] < 22 * 22, "patches over the black ground alone are left out"


@pytest.mark.parametrize(
    "window", [AxisWindow(3, 1, 1), AxisWindow(5, 2, 1), AxisWindow(2, 2, 0), AxisWindow(3, 2, 0), AxisWindow(1, 1, 2)]
)
def test_a_window_knows_which_outputs_a_change_reaches(window):
    for first in range(12):
        for count in (1, 4, 7):
            reached = [
                output
                for output in range(-20, 40)
                if any(
                    first <= at < first + count
                    for at in range(window.start(output), window.start(output) + window.reach)
                )
            ]
            assert reached[0] == window.first_changed(first)
            assert len(reached) <= window.changed(count)


def test_a_network_that_branches_at_once_has_no_squares(units):
    assert patched_front(units, (7, 7)) is None
