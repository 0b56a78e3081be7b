"""What holds for every method of EXPLAINERS."""

from __future__ import annotations

import time

import numpy as np
import pytest

from nets.compute.lens import Lens
from nets.errors import UsageError
from nets.events import Cancelled, Event
from nets.explain import EXPLAINERS, NEEDS, memory, scores
from nets.explain.explainer import Explainer
from nets.explain.option import Option
from nets.explain.partial import Partial
from nets.models import open_model
from nets.network.card import CardFields
from nets.network.wrap import wrap
from tests.nets.conftest import chain

CHEAP = {"patch": 9, "stride": 5, "steps": 12, "samples": 6, "masks": 24}
"""Options that make a method quick here; the contract does not depend on them."""

ROWS = pytest.mark.parametrize("row", EXPLAINERS.values(), ids=list(EXPLAINERS))


def run(row: Explainer, lens, image, **more):
    options = {name: value for name, value in CHEAP.items() if name in row.defaults()}
    return row.run(lens, image, **{"target": 7, "layer": "conv2", **options, **more})


@ROWS
def test_the_row_says_everything(row):
    assert row.title
    assert row.paper
    assert len(row.shows) > 100, "a paragraph: what it shows, and what it does not"
    assert set(row.needs) <= set(NEEDS)
    assert row.gives in ("pixels", "map", "picture")
    for option in row.options:
        assert isinstance(option, Option)
        assert option.refusal(option.default, (28, 28, 1)) == ""


@ROWS
def test_the_shape_and_finite_numbers(row, lens, image):
    found = run(row, lens, image)
    assert found.shape == ((10, 10) if row.gives == "map" else image.shape)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    assert np.abs(found).max() > 0
    assert row.signed or found.min() >= 0


@ROWS
def test_the_same_again_and_the_model_as_before(row, lenet, lens, image):
    before, copy = [np.array(w) for w in lenet.network.get_weights()], image.copy()
    config, answer = lenet.network.get_config(), lens.classify(image[None])
    first, second = run(row, lens, image), run(row, lens, image)
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(image, copy)
    for was, now in zip(before, lenet.network.get_weights(), strict=True):
        assert was.tobytes() == now.tobytes()
    assert lenet.network.get_config() == config
    np.testing.assert_array_equal(lens.classify(image[None]), answer)


@ROWS
def test_it_is_stopped_within_a_tenth_of_a_second(row, lens, image):
    """By the processor's time, of two cores: how busy the machine is with other work does not count."""
    run(row, lens, image)
    told: list[float] = []

    def note(event: Event) -> None:
        told.append(time.process_time())

    began = time.process_time()
    run(row, lens, image, report=note)
    gaps = np.diff([began, *told, time.process_time()])
    assert max(gaps) < 0.2

    seen: list[Event] = []

    def stop(event: Event) -> None:
        seen.append(event)
        raise Cancelled

    with pytest.raises(Cancelled):
        run(row, lens, image, report=stop)
    assert len(seen) == 1


@ROWS
def test_what_is_refused_has_a_reason(row, lenet, tanh, numbers, units, image):
    def reason(model, picture=image, **question) -> str:
        refused = row.refusal(model, picture, **question)
        if refused:
            with pytest.raises(UsageError) as raised:
                row.run(model, picture, **question)
            assert str(raised.value) == refused
        return refused

    assert reason(lenet, target=7) == ""
    assert "expected a class from 0 to 9, found 10" in reason(lenet, target=10)
    assert "does not tell classes apart" in reason(numbers, target=0)
    assert "has no option 'colour'" in reason(lenet, target=7, colour=1)
    assert "there is no layer 'convolution'" in reason(lenet, target=7, layer="convolution")
    assert "expected a class from 0 to 9, found '7'" in reason(lenet, target="7")
    if "picture" in row.needs:
        assert "found numbers of type <U" in reason(lenet, image.astype(str), target=7)
        assert "found numbers of type complex64" in reason(lenet, image.astype(np.complex64), target=7)
        assert "found numbers of type object" in reason(lenet, image.astype(object), target=7)
        assert "draw something" in reason(lenet, np.zeros_like(image), target=7)
        assert "expected a picture of 28 × 28 × 1" in reason(lenet, image[1:], target=7)
        assert "not finite" in reason(lenet, np.full_like(image, np.nan), target=7)
    if "relu" in row.needs:
        assert "has none" in reason(tanh, np.zeros((32, 32, 1), np.float32) + np.eye(32, dtype="f")[..., None])
    if "layer" in row.needs:
        assert "fc1 has no rows and columns" in reason(lenet, target=7, layer="fc1")
        assert "needs a layer with rows and columns" in reason(units, target=7)


@ROWS
def test_the_options_are_checked(row, lenet, image):
    for option in row.options:
        if option.kind == "choice":
            assert "expected one of" in row.refusal(lenet, image, target=7, **{option.name: "what"})
        else:
            assert f"{option.name}: expected" in row.refusal(lenet, image, target=7, **{option.name: "what"})
            assert f"{option.name}: expected" in row.refusal(lenet, image, target=7, **{option.name: float("nan")})
        if option.low is not None:
            assert f"{option.name}: expected" in row.refusal(lenet, image, target=7, **{option.name: option.low - 1})
        if option.kind == "baseline":
            wrong = np.zeros((3, 3, 1), np.float32)
            assert "found 3 × 3 × 1" in row.refusal(lenet, image, target=7, **{option.name: wrong})
        if option.kind == "int":
            assert "found '12'" in row.refusal(lenet, image, target=7, **{option.name: "12"})
            if option.high is not None:
                words = f"a number from {option.low} to {option.high}, found {2**80}"
                assert words in row.refusal(lenet, image, target=7, **{option.name: 2**80})


@pytest.fixture(scope="module")
def halves():
    """A network that computes in 16 bits, with weights in 32, and its twin in 32 bits."""
    import keras
    from keras import layers

    found = []
    for policy in ("mixed_bfloat16", "float32"):
        keras.utils.set_random_seed(2)
        network = chain(
            layers.Conv2D(4, 3, activation="relu", dtype=policy, name="first"),
            layers.MaxPooling2D(2, dtype=policy),
            layers.Conv2D(4, 3, activation="relu", dtype=policy, name="second"),
            layers.Flatten(dtype=policy),
            layers.Dense(3, dtype=policy),
            layers.Softmax(dtype="float32"),
            shape=(12, 12, 1),
        )
        found.append(Lens(wrap(network)))
    return found


@ROWS
def test_a_network_in_half_precision_is_explained_as_its_twin(row, halves, monkeypatch):
    monkeypatch.setattr(scores, "QUICK", 0)  # XLA takes a second for each method
    picture = np.random.default_rng(4).uniform(0, 1, (12, 12, 1)).astype(np.float32)
    half, whole = (run(row, lens, picture, target=1, layer="second") for lens in halves)
    assert half.dtype == np.float32
    assert np.corrcoef(half.ravel(), whole.ravel())[0, 1] > 0.9


@ROWS
def test_another_thing_than_a_model_is_refused(row, lenet, image):
    for other in (lenet.network, "lenet", None):
        with pytest.raises(UsageError, match=f"open_model gives it, or a Lens of one, found {type(other).__name__}"):
            row.run(other, image, target=7)


def test_a_map_is_of_a_layer(lenet, image):
    for name in ("deconvnet", "activation_maximization"):
        assert "name the layer too, conv2 for one" in EXPLAINERS[name].refusal(lenet, image, target=7, map=3)


def test_a_map_needs_no_classes(numbers):
    picture = np.random.default_rng(1).uniform(0, 1, numbers.card.input.shape).astype(np.float32)
    kernel = numbers.network.get_layer("conv").get_weights()[0][..., 1]
    row = EXPLAINERS["activation_maximization"]
    place = {"layer": "conv", "map": 1, "row": 5, "column": 7}
    grown = row.run(numbers, picture, steps=60, start="image", tv=0.0, **place)
    most = np.maximum(kernel, 0).sum()  # of pixels from 0 to 1
    assert (grown[5:8, 7:10] * kernel).sum() == pytest.approx(most, abs=0.01)
    assert (picture[5:8, 7:10] * kernel).sum() < most - 0.05
    projected = EXPLAINERS["deconvnet"].refusal(numbers, picture, **place)
    assert "has none" in projected, "no ReLU, and nothing about classes"
    assert "does not tell classes apart" in row.refusal(numbers, layer="conv")


def test_patches_leave_no_pixel_between_them(lens, lenet, image):
    row = EXPLAINERS["occlusion"]
    assert "stride: expected at most the side of the patch, 7" in row.refusal(lenet, image, target=7, stride=8)
    assert np.isfinite(row.run(lens, image, target=7, patch=7, stride=7)).all()
    assert np.isfinite(row.run(lens, image, target=7, patch=28, stride=99)).all()  # one patch hides all


@ROWS
def test_several_pictures_are_explained_as_each_alone(row, lens, image):
    if "picture" not in row.needs:
        pytest.skip("it makes a picture, and is given none")
    others = np.stack([image, image[:, ::-1] * 0.8])
    found = run(row, lens, others, target=[7, 3])
    for picture, target, one in zip(others, (7, 3), found, strict=True):
        alone = run(row, lens, picture, target=target)
        np.testing.assert_allclose(one, alone, rtol=0, atol=2e-5 * np.abs(alone).max())
    np.testing.assert_allclose(run(row, lens, others, target=7)[0], found[0], rtol=0, atol=2e-5 * np.abs(found).max())


def test_a_pair_of_classes_explains_their_difference(lens, image):
    row = EXPLAINERS["gradient"]
    seven, one = (row.run(lens, image, target=target) for target in (7, 1))
    np.testing.assert_allclose(row.run(lens, image, target=(7, 1)), seven - one, atol=1e-6)
    covered = EXPLAINERS["occlusion"]
    seven, one, both = (covered.run(lens, image, target=t, patch=9, stride=5) for t in (7, 1, (7, 1)))
    np.testing.assert_allclose(both, seven - one, atol=1e-5)


def test_without_a_target_it_is_the_answer(lens, image):
    answer = int(lens.classify(image[None])[0].argmax())
    row = EXPLAINERS["gradient"]
    np.testing.assert_array_equal(row.run(lens, image), row.run(lens, image, target=answer))


@pytest.mark.parametrize(("name", "options"), [("rise", {"masks": 100_000}), ("gradient", {})])
def test_too_little_memory_is_said_before(lenet, image, monkeypatch, tmp_path, name, options):
    (tmp_path / "meminfo").write_text("MemTotal: 9000 kB\nMemAvailable: 10 kB\n", encoding="ascii")
    row = EXPLAINERS[name]
    assert row.refusal(lenet, image, target=7, **options) == ""
    monkeypatch.setattr(memory, "MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "ALWAYS", 0)
    assert "GB of memory, and 0.0 GB are free" in row.refusal(lenet, image, target=7, **options)
    monkeypatch.setattr(memory, "MEMINFO", tmp_path / "nothing")
    assert row.refusal(lenet, image, target=7, **options) == "", "where the system does not say, it is tried"


@pytest.mark.parametrize(
    ("name", "together", "options"),
    [
        ("rise", 200, {"masks": 600}),
        ("smoothgrad", 200, {"samples": 600}),
        ("occlusion", 200, {"value": -1.0}),
        ("integrated_gradients", 10, {}),
        ("score_cam", 5, {}),
    ],
)
def test_what_takes_several_calls_shows_what_it_has(lens, image, name, together, options, monkeypatch):
    monkeypatch.setattr(scores, "CALL", together * scores.multiply_adds(lens.model))
    found: list[Event] = []
    whole = EXPLAINERS[name].run(lens, image, target=7, layer="conv2", report=found.append, **options)
    partial = [event for event in found if isinstance(event, Partial)]
    assert [event.done for event in partial] == sorted(event.done for event in partial)
    assert all(event.result.shape == (1, *whole.shape) for event in partial)
    last = partial[-1].result
    assert 0.7 < np.corrcoef(last.ravel(), whole.ravel())[0, 1] < 1, "nearly the whole, and not yet"


def test_what_follows_the_pen_depends_on_the_network(lenet):
    pen, colour = open_model("pen"), open_model("colour")
    for name in ("gradient", "grad_cam"):
        assert all(EXPLAINERS[name].follows_pen(model) for model in (lenet, pen, colour))
    for name in ("smoothgrad", "integrated_gradients"):
        assert all(EXPLAINERS[name].follows_pen(model) for model in (lenet, pen))
        assert not EXPLAINERS[name].follows_pen(colour), "about 100 ms there"
    assert EXPLAINERS["smoothgrad"].follows_pen(colour, samples=20)
    assert not EXPLAINERS["smoothgrad"].follows_pen(pen, samples=500)
    assert not any(EXPLAINERS[name].follows_pen(lenet) for name in ("occlusion", "rise", "activation_maximization"))


def test_the_baseline_of_zero_is_not_always_black():
    """Where a network's numbers go from -1 to 1, black pixels count and grey ones do not; the paragraphs say so."""
    from keras import layers

    network = chain(layers.Flatten(), layers.Dense(3, activation="softmax"), shape=(4, 4, 1))
    model = wrap(network, said=CardFields({}, {"range": "signed"}))
    picture = np.linspace(-1, 1, 16, dtype=np.float32).reshape(4, 4, 1)
    picture[2, 2] = 0
    for name in ("gradient_x_input", "integrated_gradients"):
        found = EXPLAINERS[name].run(model, picture, target=1)
        assert found[2, 2] == 0
        assert found[0, 0] != 0
        assert "black where they go from 0 up, grey where they go from -1 to 1" in EXPLAINERS[name].shows
