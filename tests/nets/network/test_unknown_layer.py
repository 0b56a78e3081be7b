"""A message about a layer that does not exist names similar ones, never all of a deep network."""

from __future__ import annotations

import numpy as np
import pytest
from keras import layers

from nets.compute.lens import Lens
from nets.errors import UsageError
from nets.explain.layers import refusal_of_layer
from nets.explain.lesion import refusal_of_lesion
from nets.explain.patches import best_patches
from nets.explain.rectified import refusal_of_map
from nets.network.model import Model
from nets.network.unknown_layer import most_similar, names_like, unknown_layer
from nets.network.wrap import wrap
from nets.training.freezing import frozen_count
from tests.nets.conftest import chain

DEEP = [f"block{block}_{name}" for block in range(1, 18) for name in ("conv1", "conv2", "conv3", "add", "pool")]


def test_few_names_are_all_listed_in_their_order() -> None:
    words = unknown_layer("conv9", ["second", "conv1", "first", "conv1"])
    assert words == "there is no layer 'conv9'; there are: second, conv1, first"
    assert unknown_layer("conv9", []) == "there is no layer 'conv9'; there are: none"


def test_of_many_names_the_most_similar_are_listed() -> None:
    assert len(DEEP) == 85
    words = unknown_layer("block4_conv9", DEEP, offer="these have maps", place="to look at")
    assert words == (
        "there is no layer 'block4_conv9' to look at; these have maps: "
        "block4_conv1, block4_conv2, block4_conv3 (the most similar of 85)"
    )
    assert names_like("Block3_Pol", DEEP).startswith("block3_pool, ")


def test_a_name_without_the_model_that_it_is_nested_in_is_found() -> None:
    names = ["stem/conv", "features/dense", "features/mixed3_conv", "answer", "mixed", "conv", "mixed3"]
    assert most_similar("mixed3_conv", names)[0] == "features/mixed3_conv"


@pytest.fixture(scope="module")
def deep() -> Model:
    """Twenty layers with maps."""
    convolutions = [layers.Conv2D(1, 1, activation="relu", name=f"conv{number}") for number in range(1, 21)]
    return wrap(chain(*convolutions, layers.Flatten(), layers.Dense(2, activation="softmax", name="answer")))


def raised(call: object, *args: object) -> str:
    with pytest.raises(UsageError) as refusal:
        call(*args)  # type: ignore[operator]
    return str(refusal.value)


def test_every_message_about_an_unknown_layer_is_short(deep: Model) -> None:
    """The graph, the Lens, freezing, an explanation, a lesion, a projected map, the best patches."""
    lens = Lens(deep)
    option = {"map": 0, "row": None, "column": None}
    image = np.zeros((1, *deep.card.input.shape), np.float32)
    sentences = [
        raised(deep.graph.step, "conv77"),
        raised(lambda: lens.gradient(image, 0, wrt="conv77")),
        raised(frozen_count, deep.network, "conv77"),
        refusal_of_layer(deep, "conv77", "Grad-CAM"),
        refusal_of_lesion(deep, "conv77"),
        refusal_of_map(deep, "conv77", option),
        raised(best_patches, lens, [], "conv77"),
    ]
    for words in sentences:
        assert "there is no layer 'conv77'" in words
        assert ": conv7, conv17, " in words
        assert "(the most similar of 2" in words, "how many there are"
        assert words.count("conv") == 4, "the name that was given and three that exist"
    for words in (refusal_of_layer(deep, "answer", "Grad-CAM"), refusal_of_lesion(deep, "answer")):
        assert words.startswith("answer ")
        assert words.endswith("(the most similar of 20)")
