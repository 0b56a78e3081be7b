"""Networks of the zoo that are opened without having been trained."""

from __future__ import annotations

import numpy as np
import pytest

from nets.compute.lens import Lens
from nets.data.datasets import DATASETS
from nets.errors import LensletError, UsageError
from nets.models import open_model, ref_of, title_of
from nets.network import untrained
from nets.network.model import ModelRef
from nets.places import Places
from nets.runs.config import transfer_config
from nets.runs.problems import problems


@pytest.fixture
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    home = tmp_path_factory.mktemp("home")
    return Places(home / "runs", home / "drawings", home / "cache", home / "settings.json")


def test_a_network_is_opened_without_a_training(places: Places) -> None:
    """Earlier, no network of the zoo could be looked into before it was trained, and only the costs were compared."""
    model = open_model("net:simple_cnn", places)
    assert model.ref == ModelRef("untrained", "net:simple_cnn")
    assert (model.card.title, model.card.accuracy, model.card.parameters) == ("Simple CNN", None, 137_660)
    assert model.card.labels == DATASETS["mnist"].classes
    assert [str(note) for note in model.notes] == [
        "This network is not trained: its weights are random, and its answers are chance."
    ]
    image = np.random.default_rng(1).random((28, 28, 1), np.float32)
    reading = Lens(model).read(image, ("conv2",))
    assert reading.maps["conv2"].shape == (11, 11, 50)
    np.testing.assert_allclose(reading.probabilities.sum(), 1, atol=1e-5)
    assert title_of("net:simple_cnn") == "Simple CNN, not trained"


def test_a_name_that_no_network_has_lists_the_networks(places: Places) -> None:
    with pytest.raises(UsageError, match=r"no network 'lenett'; there are: lenet5, lenet, pen"):
        ref_of("net:lenett", places)


def test_a_network_that_does_not_fit_into_memory_is_not_built(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(untrained, "available_memory", lambda: 100_000_000)
    expected = r"VGG-16 needs about 1.3 GB of memory .* 100 MB are free; .* GoogLeNet would fit"
    with pytest.raises(LensletError, match=expected):
        open_model("net:vgg16", places)
    assert open_model("net:lenet", places).card.title == "LeNet (modern)"
    monkeypatch.setattr(untrained, "available_memory", lambda: 1_000)
    with pytest.raises(LensletError, match=r"take a smaller network$"):
        open_model("net:lenet", places)


def test_its_features_are_no_source_of_a_transfer() -> None:
    found = problems(transfer_config("lenet", "digits", "net:lenet"))
    assert "needs a trained model" in str(found["start_from"])
