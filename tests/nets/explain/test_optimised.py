"""Pictures that are optimised: the objective rises, a penalty lowers what it penalises, a seed repeats."""

from __future__ import annotations

import numpy as np
import pytest

from nets.compute.lens import Lens
from nets.data.specs import ImageInput
from nets.errors import UsageError
from nets.events import Cancelled, Event
from nets.explain import EXPLAINERS
from nets.explain.activation_maximization import Usual, maximise, usual
from nets.explain.parametrised import Parametrised
from nets.explain.partial import Partial
from nets.models import open_model

ROW = EXPLAINERS["activation_maximization"]


def test_photographs_grow_from_grey_in_frequencies_and_digits_from_noise_in_pixels() -> None:
    digit, photograph = ImageInput(28, 28, 1), ImageInput(224, 224, 3)
    assert usual(digit) == Usual("pixels", "noise", 5.0, 0)
    assert usual(photograph) == Usual("frequencies", "grey", 0.0, 16)
    assert usual(photograph, "pixels").start == "noise"


def test_an_ascent_begins_as_is_usual_where_nothing_is_said() -> None:
    """Grey and frequencies give another picture than noise and pixels, and are what a network of colours gets."""
    model = open_model("colour")
    said = maximise(Lens(model), [1], steps=2, space="frequencies", start="grey", tv=0.0, jitter=2)
    assert (maximise(Lens(model), [1], steps=2).pictures == said.pictures).all()
    pixels = maximise(Lens(model), [1], steps=2, space="pixels")
    assert np.abs(pixels.pictures - said.pictures).max() > 0.1


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
    found = maximise(lens, [7, 3], steps=30, **options)
    assert (found.course[-5:].mean(axis=0) > found.course[0] + 0.2).all()
    again = maximise(lens, [7, 3], steps=30, **options)
    np.testing.assert_array_equal(found.pictures, again.pictures)


def test_a_unit_answers_as_the_network_itself_says(lens):
    found = maximise(lens, [0, 0], steps=20, layer="conv2", map=3, row=4, column=5)
    assert lens.read(found.pictures[0], ("conv2",)).maps["conv2"][4, 5, 3] > found.course[0, 0]


def test_penalties_lower_what_they_penalise(lens):
    plain, dark, smooth = (
        maximise(lens, [7, 3], steps=40, **{"tv": 0.0, **more}).pictures for more in ({}, {"l1": 20.0}, {"tv": 30.0})
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
    import keras

    from nets import backend

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
    function = backend.gradient(lambda x: keras.ops.sum(made.picture(x, keras.ops) * keras.ops.cast(by, "float32")))
    _, slope = function(keras.ops.convert_to_tensor(parameters))
    slope = backend.to_array(slope)
    assert (slope * change).sum() == pytest.approx((moved[0] - moved[1]) / 2, rel=2e-2)


def test_steps_are_those_of_adam_on_the_objective_less_the_penalties(lens, monkeypatch):
    """By a loop of single gradients in NumPy; and as many steps in a call as may be end where single ones do."""
    from nets.explain import ascent
    from nets.explain.scores import input_gradient

    start, rate, l1, tv = np.linspace(0, 1, 784, dtype=np.float32).reshape(28, 28, 1), 0.03, 4.0, 3.0
    options = {"steps": 7, "start": "image", "image": start, "rate": rate, "l1": l1, "tv": tv}
    found = maximise(lens, [3, 8], **options)
    here, first, second = np.stack([start, start]), 0.0, 0.0
    for step in range(1, 8):
        _, slope = input_gradient(lens, here, np.eye(10, dtype=np.float32)[[3, 8]])
        down, right = (np.sign(np.diff(here, axis=axis)) / (27 * 28) for axis in (1, 2))
        variation = np.zeros_like(here)
        variation[:, 1:] += down
        variation[:, :-1] -= down
        variation[:, :, 1:] += right
        variation[:, :, :-1] -= right
        slope = slope - l1 / 784 - tv * variation
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        moved = rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        here = np.clip(here + moved, 0, 1).astype(np.float32)
    # Where a slope is nearly zero, Adam makes a whole step of its rounding: such pixels are few.
    assert np.mean(np.abs(found.pictures - here) > 1e-3) < 0.02
    monkeypatch.setattr(ascent, "CALL", 1)
    np.testing.assert_array_equal(maximise(lens, [3, 8], **options).pictures, found.pictures)
