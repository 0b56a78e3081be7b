"""The shipped models by hand, before TensorFlow is there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nets.byhand.answering import twin_of
from nets.compute.lens import Lens
from nets.data import datasets
from nets.data.photographs import photographs
from nets.data.prepare import fit
from nets.data.value_ranges import to_values
from nets.errors import UsageError
from nets.models import open_model, shipped
from nets.places import Places


@pytest.mark.parametrize("name", shipped())
def test_both_engines_agree_on_test_images(name: str, data_dir: Path) -> None:
    places = Places.default(data=data_dir)
    twin, model = twin_of(name), open_model(name, places)
    assert twin is not None
    if name == "colour":
        inputs = to_values(photographs(32, 32, 3), model.card.input)
    else:
        data = datasets.load("fashion-mnist" if name == "simple_cnn" else "mnist", places)
        inputs = to_values(fit(data.test.pixels()[:200], data.spec.input, model.card.input), model.card.input)
    by_hand, keras = twin.classify(inputs), Lens(model).classify(inputs)
    np.testing.assert_allclose(by_hand, keras, atol=1e-5)
    assert (by_hand.argmax(1) == keras.argmax(1)).all()


@pytest.mark.parametrize("name", ["", "nothing", "../models/pen", "20261122-101010-lenet-digits"])
def test_what_is_not_shipped_has_no_twin(name: str) -> None:
    assert twin_of(name) is None


def test_a_wrong_input_is_refused() -> None:
    twin = twin_of("pen")
    assert twin is not None
    with pytest.raises(UsageError, match="expected inputs of shape"):
        twin.classify(np.zeros((1, 32, 32, 1), np.float32))
