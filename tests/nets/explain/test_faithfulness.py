"""Deletion and insertion on a network whose use of the pixels is known."""

import numpy as np
import pytest

from nets.compute.lens import Lens
from nets.data.specs import ImageInput
from nets.explain.faithfulness import deletion_and_insertion, importance
from nets.network.card import Card
from nets.network.model import Model, ModelRef

SIDE = 8


@pytest.fixture(scope="module")
def lens() -> Lens:
    """Its first class is the light in the upper left quarter, the second a constant."""
    import keras

    network = keras.Sequential([keras.Input((SIDE, SIDE, 1)), keras.layers.Flatten(), keras.layers.Dense(2)])
    kernel = np.zeros((SIDE, SIDE, 2), np.float32)
    kernel[: SIDE // 2, : SIDE // 2, 0] = 1
    network.set_weights([kernel.reshape(-1, 2), np.array([-8.0, 0.0], np.float32)])
    card = Card("quarter", "Quarter", "", ("light", "dark"), ImageInput(SIDE, SIDE, 1, "picture"))
    return Lens(Model.of(ModelRef("edited", "quarter"), card, network))


def test_the_pixels_that_count_let_the_probability_fall_and_rise_early(lens: Lens) -> None:
    image = np.ones((SIDE, SIDE, 1), np.float32)
    right = np.zeros((SIDE, SIDE), np.float32)
    right[: SIDE // 2, : SIDE // 2] = 1
    good, bad = (deletion_and_insertion(lens, image, order, 0) for order in (right, -right))
    assert good.deletion[0] > 0.99
    assert good.deletion[-1] < 0.01
    assert good.area("deletion") < good.area("random_deletion") < bad.area("deletion")
    assert good.area("insertion") > good.area("random_insertion") > bad.area("insertion")
    assert (good.insertion[0], good.insertion[-1]) == (
        pytest.approx(good.deletion[-1]),
        pytest.approx(good.deletion[0]),
    )


def test_importance_is_the_size_of_a_sensitivity_and_the_sign_of_a_contribution() -> None:
    values = np.array([[[-2.0], [1.0]], [[0.0], [0.5]]])
    assert importance(values, "gradient", 2, 2).ravel() == pytest.approx([2, 1, 0, 0.5])
    assert importance(values, "occlusion", 2, 2).ravel() == pytest.approx([-2, 1, 0, 0.5])
    assert importance(np.ones((2, 2)), "grad_cam", 4, 4).shape == (4, 4)
