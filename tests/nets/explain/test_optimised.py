"""Pictures that are optimised: the objective rises, a penalty lowers what it penalises, a seed repeats."""

from __future__ import annotations

import numpy as np
import pytest

from nets.data.specs import ImageInput
from nets.errors import UsageError
from nets.events import Cancelled, Event
from nets.explain import EXPLAINERS
from nets.explain.activation_maximization import maximise
from nets.explain.parametrised import Parametrised
from nets.explain.partial import Partial
from nets.explain.smoothing import total_variation, total_variation_slope

ROW = EXPLAINERS["activation_maximization"]


def test_ten_of_ten_outputs_are_reached(lens):
    found = ROW.run(lens, None, target=list(range(10)))
    assert found.shape == (10, 28, 28, 1)
    assert lens.classify(found).diagonal().min() > 0.99
    assert found.min() >= 0
    assert found.max() <= 1


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"space": "frequencies"},
        {"jitter": 2, "blur": 0.4},
        {"layer": "conv2", "map": 3, "tv": 0.0},
        {"layer": "conv2", "map": 3, "row": 4, "column": 5},
        {"layer": "fc1", "map": 7},
    ],
    ids=str,
)
def test_the_objective_rises(lens, options):
    found = maximise(lens, [7], steps=30, **options)
    assert found.course[-5:].mean() > found.course[0] + 0.2
    again = maximise(lens, [7], steps=30, **options)
    np.testing.assert_array_equal(found.pictures, again.pictures)


def test_a_unit_answers_as_the_network_itself_says(lens):
    found = maximise(lens, [0], steps=20, layer="conv2", map=3, row=4, column=5)
    assert lens.read(found.pictures[0], ("conv2",)).maps["conv2"][4, 5, 3] > found.course[0]


def test_penalties_lower_what_they_penalise(lens):
    plain, dark, smooth = (
        maximise(lens, [7], steps=40, **{"tv": 0.0, **more}).pictures for more in ({}, {"l1": 20.0}, {"tv": 30.0})
    )
    assert np.abs(dark).mean() < 0.7 * np.abs(plain).mean()

    def variation(pictures):
        return sum(np.abs(np.diff(pictures, axis=axis)).mean() for axis in (1, 2))

    assert variation(smooth) < 0.7 * variation(plain)


def test_what_is_stopped_leaves_its_last_picture(lens):
    pictures = []

    def stop(event: Event) -> None:
        if isinstance(event, Partial):
            pictures.append(event)
            if len(pictures) == 2:
                raise Cancelled

    with pytest.raises(Cancelled):
        ROW.run(lens, None, target=3, report=stop)
    assert pictures[-1].result.shape == (1, 28, 28, 1)
    assert lens.classify(pictures[-1].result)[0, 3] > lens.classify(pictures[0].result)[0, 3] - 0.1


def test_it_can_begin_with_a_picture(lens, image):
    found = ROW.run(lens, image, target=3, start="image", steps=1, rate=0.001)
    assert np.abs(found - image).max() < 0.01
    with pytest.raises(UsageError, match="expected a picture to begin with"):
        ROW.run(lens, None, target=3, start="image")


@pytest.mark.parametrize("input", [ImageInput(9, 12, 3, range="caffe"), ImageInput(8, 8, 1)], ids=["bgr", "grey"])
def test_frequencies_hold_every_picture(input):
    made = Parametrised(input, "frequencies")
    low, high = -130, 160
    values = np.random.default_rng(1).uniform(0.05, 0.95, (2, *input.shape)).astype(np.float32)
    if input.channels == 3:
        values = values * (high - low) * 0.5 - 60
    parameters = made.of_picture(values)
    np.testing.assert_allclose(made.picture(parameters), values, rtol=0, atol=2e-3 * np.abs(values).max())
    # The way back: the change of any sum over the picture, by a small change of the parameters.
    by = np.random.default_rng(2).normal(size=values.shape)
    change = np.random.default_rng(3).normal(0, 1e-3, values.shape)
    moved = [(made.picture(parameters + sign * change).astype(np.float64) * by).sum() for sign in (1, -1)]
    slope = made.back(parameters, by)
    assert (slope * change).sum() == pytest.approx((moved[0] - moved[1]) / 2, rel=2e-2)


def test_the_slope_of_the_total_variation():
    import keras

    from nets import backend

    images = np.random.default_rng(4).uniform(0, 1, (2, 6, 5, 3)).astype(np.float32)
    function = backend.gradient(lambda values: keras.ops.sum(total_variation(values)))
    _, expected = function(keras.ops.convert_to_tensor(images))
    np.testing.assert_allclose(total_variation_slope(images), np.asarray(expected), atol=1e-6)
