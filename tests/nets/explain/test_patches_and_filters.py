"""The images that excite a filter most, and the filters of the first layer."""

from __future__ import annotations

import numpy as np
import pytest

from nets.data.images import ArrayImages
from nets.data.specs import ImageInput
from nets.errors import LensletError, UsageError
from nets.events import Cancelled, Event, Progress
from nets.explain.filters import WHY_NOT_DEEPER, first_filters
from nets.explain.partial import Partial
from nets.explain.patches import best_patches


@pytest.fixture(scope="module")
def images():
    """300 pictures of random squares, the last twenty equal to the first."""
    random = np.random.default_rng(7)
    found = np.zeros((300, 28, 28, 1), np.uint8)
    for one in found:
        top, left = random.integers(2, 18, size=2)
        one[top : top + 8, left : left + 8] = random.integers(80, 255, (8, 8, 1))
    found[-20:] = found[:20]
    return ArrayImages(found)


@pytest.mark.parametrize("layer", ["conv2", "fc1"])
def test_the_best_patches_are_those_of_every_single_pass(lens, images, layer):
    found = best_patches(lens, images, layer, count=4)
    values = np.stack([lens.read(one / np.float32(255), (layer,)).maps[layer] for one in images.array])
    flat = values.reshape(len(values), -1, values.shape[-1])
    largest = flat.max(axis=1)
    order = np.argsort(-largest, axis=0, kind="stable")[:4].T
    np.testing.assert_allclose(found.values, np.take_along_axis(largest.T, order, axis=1), atol=1e-5)
    assert found.seen == 300
    for map in range(values.shape[-1]):
        assert len(set(found.images[map])) == 4, "no image twice"
        for place in range(4):
            number = found.images[map, place]
            where = (number, found.rows[map, place], found.columns[map, place])[: values.ndim - 1]
            assert values[(*where, map)] == pytest.approx(found.values[map, place], abs=1e-5)


def test_the_box_is_all_that_the_value_depends_on(lens, images):
    found = best_patches(lens, images, "conv2", count=1)
    map = int(found.values[:, 0].argmax())
    box = found.box(lens, map, 0)
    alone = np.zeros((28, 28, 1), np.float32)
    inside = slice(box.top, box.top + box.height), slice(box.left, box.left + box.width)
    alone[inside] = images.array[found.images[map, 0]][inside] / np.float32(255)
    row, column = found.rows[map, 0], found.columns[map, 0]
    value = lens.read(alone, ("conv2",)).maps["conv2"][row, column, map]
    assert value == pytest.approx(found.values[map, 0], abs=1e-5)


def test_images_of_another_form_are_brought_into_the_network_s(lens, images):
    larger = ArrayImages(np.repeat(images.array[:40].repeat(2, axis=1).repeat(2, axis=2), 3, axis=-1))
    source = ImageInput(56, 56, 3, fit="picture", range="byte")
    found = best_patches(lens, larger, "conv2", source=source, count=2)
    same = best_patches(lens, ArrayImages(images.array[:40]), "conv2", count=2)
    np.testing.assert_array_equal(found.images, same.images)


def test_results_come_while_it_runs_and_it_can_be_stopped(lens, images, monkeypatch):
    monkeypatch.setattr("nets.explain.patches.EVERY", 0.0)
    monkeypatch.setattr("nets.explain.patches.per_call", lambda model: 100)
    seen: list[Event] = []

    def stop(event: Event) -> None:
        seen.append(event)
        if isinstance(event, Progress) and event.done == 200:
            raise Cancelled

    with pytest.raises(Cancelled):
        best_patches(lens, images, "conv2", report=stop)
    partial = [event for event in seen if isinstance(event, Partial)][-1]
    assert (partial.done, partial.total, partial.result.seen) == (200, 300, 200)
    few = best_patches(lens, ArrayImages(images.array[:200]), "conv2")
    np.testing.assert_array_equal(partial.result.images, few.images)


def test_fewer_images_than_places(lens, images):
    found = best_patches(lens, ArrayImages(images.array[:3]), "conv2", count=5)
    assert (found.images[:, 3:] == -1).all()
    with pytest.raises(UsageError, match="there is no layer 'nothing'; these have maps or units: "):
        best_patches(lens, images, "nothing")


def test_the_first_filters_are_pictures(lens, colours):
    found = first_filters(lens.model)
    assert found.layer == "conv1"
    assert found.kernels.shape == (6, 5, 5, 1)
    assert found.note == WHY_NOT_DEEPER
    kernel = lens.model.network.get_layer("conv1").get_weights()[0]
    np.testing.assert_array_equal(found.kernels[2, ..., 0], kernel[..., 0, 2])
    pictures = found.pictures()
    assert np.abs(pictures - 0.5).max(axis=(1, 2, 3)) == pytest.approx(np.full(6, 0.5))
    assert ((pictures > 0.5) == (found.kernels > 0)).all()
    assert first_filters(colours.model).kernels.shape == (8, 3, 3, 3)


def test_a_network_without_convolutions_has_no_filters_to_look_at(units):
    with pytest.raises(LensletError, match="has no convolution"):
        first_filters(units)
