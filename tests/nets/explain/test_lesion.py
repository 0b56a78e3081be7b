"""Channels off, halved, frozen: against the network with other weights, and the accuracy without each."""

from typing import TYPE_CHECKING

import numpy as np
import pytest

from nets.compute.lens import Lens
from nets.errors import UsageError
from nets.explain.lesion import LesionedNetwork, layers_with_channels, refusal_of_lesion

if TYPE_CHECKING:
    from nets.network.model import Model


@pytest.fixture(scope="module")
def layer(lenet: "Model") -> str:
    """The last convolution, whose bias and kernel of a channel can be set to zero by hand."""
    return next(row.path for row in reversed(lenet.layers) if row.kind == "Conv2D")


@pytest.fixture(scope="module")
def lesioned(lenet: "Model", layer: str) -> LesionedNetwork:
    return LesionedNetwork(lenet, layer)


def without(model: "Model", layer: str, channel: int) -> Lens:
    """A copy whose channel has neither kernel nor bias: after ReLU it is zero everywhere."""
    copy = model.copy()
    kernel, bias = copy.network.get_layer(layer).get_weights()
    kernel[..., channel] = 0
    bias[channel] = 0
    copy.network.get_layer(layer).set_weights([kernel, bias])
    return Lens(copy)


def test_a_channel_off_is_a_kernel_of_zeros(
    lenet: "Model", layer: str, lesioned: LesionedNetwork, image: np.ndarray
) -> None:
    reading = lesioned.read(image, *lesioned.change({1: "off"}))
    expected = without(lenet, layer, 1).read(image)
    assert reading.probabilities == pytest.approx(expected.probabilities, abs=1e-6)
    assert not reading.maps[layer][..., 1].any()
    whole = lesioned.read(image, *lesioned.change({}))
    assert whole.probabilities == pytest.approx(Lens(lenet).read(image).probabilities, abs=1e-6)


def test_scaled_and_frozen_at_the_mean(lesioned: LesionedNetwork, layer: str, image: np.ndarray) -> None:
    whole = lesioned.read(image, *lesioned.change({})).maps[layer]
    for mode, scale in (("quarter", 0.25), ("half", 0.5), ("double", 2)):
        scaled = lesioned.read(image, *lesioned.change({0: mode})).maps[layer]
        assert scaled[..., 0] == pytest.approx(scale * whole[..., 0], abs=1e-6)
        assert scaled[..., 1:] == pytest.approx(whole[..., 1:], abs=1e-6)
    means = lesioned.means(image[None])
    assert means == pytest.approx(whole.mean(axis=(0, 1)), abs=1e-5)
    frozen = lesioned.read(image, *lesioned.change({0: "mean"}, means)).maps[layer]
    assert frozen[..., 0] == pytest.approx(np.full(whole.shape[:2], means[0]), abs=1e-6)


def test_the_maps_come_in_the_order_of_the_network(lesioned: LesionedNetwork, layer: str, image: np.ndarray) -> None:
    """A compiled function sorts its results by name: "pool1" after "conv2", and layer 10 before layer 2."""
    found = list(lesioned.read(image, *lesioned.change({})).maps)
    assert found == list(lesioned.shown_above())
    assert found != sorted(found)


def test_the_accuracy_without_each_channel(lenet: "Model", layer: str, lesioned: LesionedNetwork) -> None:
    random = np.random.default_rng(0)
    images = random.uniform(0, 1, (40, *lenet.card.input.shape)).astype(np.float32)
    labels = Lens(lenet).classify(images).argmax(axis=1)  # so that the whole network is right
    found = lesioned.measure(images, labels)
    assert found.accuracy == 1
    for channel in (0, lesioned.channels - 1):
        expected = without(lenet, layer, channel).classify(images).argmax(axis=1) == labels
        assert found.without[channel] == pytest.approx(expected.mean())
    assert found.importance.shape == (lesioned.channels, len(lenet.card.labels))
    present = np.unique(labels)
    assert np.isfinite(found.importance[:, present]).all()
    shares = np.bincount(labels, minlength=len(lenet.card.labels)) / len(labels)
    assert np.nansum(found.without_per_class * shares, axis=1) == pytest.approx(found.without)


def test_refused_with_a_reason(lenet: "Model") -> None:
    assert "the answer itself" in refusal_of_lesion(lenet, lenet.layers[-1].path)
    assert "there is no layer 'nowhere'" in refusal_of_lesion(lenet, "nowhere")
    with pytest.raises(UsageError, match="these have channels"):
        LesionedNetwork(lenet, "nowhere")
    assert all(not refusal_of_lesion(lenet, row.path) for row in layers_with_channels(lenet))
