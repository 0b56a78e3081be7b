"""Deep dream, style transfer and the fooling image: pictures that a network changes."""

from __future__ import annotations

import numpy as np
import pytest

from nets.compute.lens import Lens
from nets.errors import LensletError, UsageError
from nets.events import Cancelled, Event, Progress
from nets.explain.dream import dream
from nets.explain.fooling import fool
from nets.explain.partial import Partial
from nets.explain.style import Styled, Styling, transfer, usual_layers
from nets.explain.values import bounds, to_numbers
from nets.network.part import part_up_to
from nets.network.wrap import wrap
from tests.nets.conftest import chain
from tests.nets.explain.conftest import photo


class Stop:
    """A report that cancels at a partial result number ``at`` and keeps them."""

    def __init__(self, at: int) -> None:
        self.at, self.seen = at, []

    def __call__(self, event: Event) -> None:
        if isinstance(event, Partial):
            self.seen.append(event)
            if len(self.seen) == self.at:
                raise Cancelled


def test_a_part_of_a_network_takes_other_sizes(colours):
    graph = colours.model.graph
    part = part_up_to(graph, ["relu", "deep"])
    assert [step.path for step in part.steps] == ["small", "norm", "relu", "middle", "pool", "deep"]
    image = np.random.default_rng(2).uniform(-1, 1, (1, 32, 32, 3)).astype(np.float32)
    whole = colours.read(image, ("deep",)).maps["deep"]
    import keras

    results, output = part.run(keras.ops.convert_to_tensor(image))
    np.testing.assert_allclose(np.asarray(output)[0], whole, atol=1e-5)
    assert np.asarray(part.run(keras.ops.convert_to_tensor(image[:, :20, :26]))[0]["deep"]).shape == (1, 5, 6, 16)
    assert results["relu"].shape == (1, 16, 16, 8)
    with pytest.raises(UsageError, match="there is no layer 'what'"):
        part_up_to(graph, ["what"])


def answer_of(lens, picture, path):
    """The mean square of a layer for a picture of any size, from 0 to 1."""
    import keras

    part = part_up_to(lens.model.graph, [path])
    numbers = to_numbers(picture, lens.card.input)[None]
    return float(np.mean(np.square(part.run(keras.ops.convert_to_tensor(numbers))[1])))


def test_a_dream_makes_the_layer_answer_more(colours):
    picture = photo(36, 48)
    found = dream(colours, picture, layers=["deep"], octaves=2, steps=4)
    assert found.shape == picture.shape
    assert found.min() >= 0
    assert found.max() <= 1
    assert answer_of(colours, found, "deep") > 1.2 * answer_of(colours, picture, "deep")
    np.testing.assert_array_equal(found, dream(colours, picture, layers=["deep"], octaves=2, steps=4))
    one = dream(colours, picture, layers=["deep"], map=3, octaves=1, steps=3)
    assert np.abs(one - picture).max() > 0


def test_a_dream_that_is_stopped_leaves_its_last_picture(colours):
    stop = Stop(5)
    with pytest.raises(Cancelled):
        dream(colours, photo(36, 48), layers=["deep"], octaves=2, steps=4, report=stop)
    assert stop.seen[-1].done == 5
    assert stop.seen[-1].result.shape == (36, 48, 3), "in the picture's size at every octave"


@pytest.mark.parametrize(
    ("size", "layers", "map", "reason"),
    [
        ((36, 48), ["answer"], None, "answer has no rows and columns"),
        ((36, 48), [], None, "expected a layer"),
        ((36, 48), ["deep"], 16, "deep has maps 0 to 15, not 16"),
        ((20, 48), ["deep"], None, "expected 24 or more"),
        ((1100, 1100), ["deep"], None, "make it smaller"),
    ],
)
def test_dreams_that_are_refused(colours, size, layers, map, reason):
    with pytest.raises(UsageError, match=reason):
        dream(colours, photo(*size), layers=layers, map=map)


@pytest.fixture(scope="module")
def shrinking():
    """Without padding, for pictures of 64 x 64; what is smaller than 39 has no position left in "last"."""
    from keras import layers

    network = chain(
        layers.Conv2D(4, 5, strides=2, activation="relu", name="first"),
        layers.MaxPooling2D(3, name="pool"),
        layers.Conv2D(4, 6, activation="relu", name="last"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(3, activation="softmax"),
        shape=(64, 64, 3),
    )
    return Lens(wrap(network))


def test_a_picture_that_a_layer_cannot_take_is_refused_before(shrinking):
    reason = "the picture has 38 × 60 pixels, too few for last; expected 39 or more on each side"
    with pytest.raises(UsageError, match=reason):
        dream(shrinking, photo(38, 60), layers=["first", "last"])
    with pytest.raises(UsageError, match=reason):
        transfer(shrinking, photo(38, 60), photo(60, 60), wanted=Styling(styles=("first", "last")))
    assert transfer(shrinking, photo(39, 60), photo(60, 60), steps=1).steps == 1


def test_a_dream_leaves_out_sizes_that_its_layer_cannot_take(shrinking):
    seen: list[Event] = []
    picture = photo(58, 60)
    assert dream(shrinking, picture, layers=["last"], octaves=3, steps=1, report=seen.append).shape == picture.shape
    assert [event.total for event in seen if isinstance(event, Progress)][-1] == 2, "58 and 41 rows, not 30"


def test_a_layer_of_one_size_says_so():
    from keras import layers

    network = chain(
        layers.Conv2D(4, 3, padding="same", name="first"),
        layers.Reshape((16, 64, 4), name="folded"),
        layers.Conv2D(4, 3, activation="relu", name="after"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(3, activation="softmax"),
        shape=(32, 32, 3),
    )
    for side in (28, 40):
        with pytest.raises(UsageError, match=f"the picture has {side} × {side} pixels, and after takes 32 × 32 alone"):
            dream(Lens(wrap(network)), photo(side, side), layers=["after"])


def test_style_comes_nearer_and_goes_on_where_it_stopped(colours, tmp_path):
    content, look = photo(28, 32), photo(40, 24, phase=2.0)
    whole = transfer(colours, content, look, steps=8)
    assert whole.steps == 8
    assert whole.losses.shape == (8, 3)
    assert whole.losses[-1, 1] < 0.8 * whole.losses[0, 1], "the style's distance falls"
    assert whole.losses[0, 0] < 1e-6, "it begins with the content"
    half = transfer(colours, content, look, steps=3)
    half.write(tmp_path / "half.npz")
    rest = transfer(colours, content, look, steps=5, after=Styled.read(tmp_path / "half.npz"))
    np.testing.assert_array_equal(rest.numbers, whole.numbers)
    shown = whole.picture(colours)
    assert shown.shape == content.shape
    assert 0 <= shown.min() <= shown.max() <= 1


def test_the_total_variation_makes_it_smoother(colours):
    content, look = photo(28, 32), photo(28, 32, phase=2.0)
    rough, smooth = (transfer(colours, content, look, steps=8, wanted=Styling(tv=tv)).numbers for tv in (0.0, 100.0))
    assert np.abs(np.diff(smooth, axis=0)).mean() < 0.9 * np.abs(np.diff(rough, axis=0)).mean()


def test_the_layers_are_chosen_by_name_or_found(colours):
    usual = usual_layers(colours.model)
    assert usual.styles == ("relu", "deep")
    assert usual.content == ("middle",)
    wanted = Styling(content=("deep",), styles=("middle",))
    found = transfer(colours, photo(28, 32), photo(28, 32, 1.0), steps=2, wanted=wanted)
    assert found.steps == 2
    with pytest.raises(UsageError, match="there is no layer 'block1'"):
        transfer(colours, photo(28, 32), photo(28, 32), wanted=Styling(styles=("block1",)))


def test_a_transfer_that_cannot_go_on_is_refused(colours, tmp_path):
    begun = transfer(colours, photo(28, 32), photo(28, 32, 1.0), steps=1)
    with pytest.raises(
        UsageError, match="the earlier transfer is of a picture of 28 × 32 pixels, this one has 30 × 32"
    ):
        transfer(colours, photo(30, 32), photo(28, 32), after=begun)
    np.savez(tmp_path / "other.npz", numbers=np.zeros(3))
    with pytest.raises(LensletError, match="lacks the array"):
        Styled.read(tmp_path / "other.npz")


def test_a_fooling_image_is_nearly_the_picture(lens, image):
    found = fool(lens, image, target=3, confidence=0.9)
    assert lens.classify(image[None])[0].argmax() != 3
    assert found.after[3] >= 0.9
    np.testing.assert_allclose(lens.classify(found.picture[None])[0], found.after, atol=1e-6)
    low, high = bounds(lens.card.input)
    assert low.min() <= found.picture.min() <= found.picture.max() <= high.max()
    np.testing.assert_allclose(found.rms, np.sqrt(np.mean((found.picture - image) ** 2)), rtol=1e-5)
    assert found.rms < 0.25
    assert found.largest == pytest.approx(np.abs(found.change).max())
    # Half the change would not have been enough, nor anything much below the whole.
    assert lens.classify((image + 0.97 * found.change)[None])[0, 3] < 0.9
    repeated = fool(lens, image, target=3, confidence=0.9)
    np.testing.assert_array_equal(repeated.picture, found.picture)


def test_what_is_seen_already_needs_no_change(lens, image):
    answer = int(lens.classify(image[None])[0].argmax())
    found = fool(lens, image, target=answer, confidence=0.5)
    assert (found.steps, found.rms) == (0, 0.0)


def test_fooling_that_fails_says_how_far_it_came(lens, image):
    with pytest.raises(LensletError, match=r"could not be brought to see 3 in it: .* after 1 steps"):
        fool(lens, image, target=3, confidence=0.999999, steps=1)
    with pytest.raises(UsageError, match="expected a class from 0 to 9, found 12"):
        fool(lens, image, target=12)
