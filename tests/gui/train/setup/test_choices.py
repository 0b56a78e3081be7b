"""What the person chose stays chosen; everything else follows the recipe and the number of images."""

from __future__ import annotations

import dataclasses

import pytest

from gui.train.setup.choices import Choices
from gui.train.setup.sources import Source
from nets.runs.config import TrainConfig, config_for, fitted, transfer_config
from nets.runs.problems import problems
from nets.zoo import NETS

MNIST = Choices("lenet", "mnist", "default")


def test_nothing_chosen_is_the_recipe() -> None:
    assert MNIST.config(60_000) == config_for("lenet", "mnist", "default")
    assert not MNIST.is_own()


def test_few_images_change_what_was_not_chosen() -> None:
    own = Choices("lenet", "drawings", "default")
    usual = fitted(config_for("lenet", "drawings", "default"), 25)
    assert own.config(25) == usual
    chosen = own.with_field("batch_size", 3, 25)
    assert chosen.config(25).batch_size == 3
    assert chosen.config(25).epochs != 5  # still fitted, to the batch that was chosen
    assert chosen.config(25).recipe == ""


def test_a_field_that_is_set_back_follows_the_recipe_again() -> None:
    changed = MNIST.with_field("batch_size", 64)
    assert changed.config().batch_size == 64
    assert changed.with_field("batch_size", 128) == MNIST


def test_another_network_keeps_what_fits() -> None:
    chosen = MNIST.with_field("learning_rate", 0.01).with_field("loss", "crossentropy").with_field("seed", 7)
    other = chosen.with_network("lenet5")
    config = other.config()
    assert (config.network, config.seed, config.learning_rate) == ("lenet5", 7, 0.01)
    assert config.loss == "squared_error"  # cross-entropy does not go with this network
    assert problems(config) == {}
    assert chosen.with_network("simple_cnn").with_network("lenet").config() == chosen.config()


def test_a_size_is_of_the_networks_that_have_it() -> None:
    """Earlier, after looking at VGG, a network with the data's own size trained on MNIST at 224 x 224."""
    large = Choices("vgg16", "cifar10", "deep").with_field("size", 224)
    assert large.with_network("resnet18").config().size == 224
    assert large.with_network("pen").config().size == 0


def test_a_recipe_that_is_not_meant_for_the_network_gives_way() -> None:
    assert Choices("lenet", "mnist", "lenet-sgd").with_network("simple_cnn").recipe == "default"
    assert Choices("lenet", "fashion-mnist", "clothes").with_dataset("mnist").recipe == "default"


def test_the_trained_network_to_start_from_is_of_the_network() -> None:
    chosen = MNIST.with_field("start_from", "lenet")
    assert not chosen.is_own()
    assert chosen.with_recipe("quick").config().start_from == "lenet"
    assert chosen.with_network("simple_cnn").config().start_from == ""


def test_the_settings_of_a_run_are_not_fitted_again() -> None:
    config = config_for("lenet", "drawings", "default", batch_size=64, epochs=5, validation=0.1)
    assert Choices.of(config).config(500) == dataclasses.replace(config, recipe="")
    small = fitted(config_for("lenet", "drawings", "default"), 25)
    assert Choices.of(small).config(25) == small


@pytest.mark.parametrize("network", NETS)
def test_the_choices_of_a_configuration_give_it_again(network: str) -> None:
    config = config_for(network, "digits", epochs=7, seed=5, learning_rate=0.03, limit=200, recipe="")
    assert Choices.of(config).config(1437).to_dict() | {"recipe": ""} == config.to_dict() | {"recipe": ""}


def test_wrong_numbers_are_carried_on_to_be_said() -> None:
    for value in ("two", 0, float("nan"), -1, 2):
        chosen = MNIST.with_field("validation", value, 1000).with_field("batch_size", "x", 1000)
        found = problems(chosen.config(1000), images=1000)
        assert "batch_size" in found


def test_choices_survive_being_stored() -> None:
    chosen = MNIST.with_field("optimizer", "sgd").with_field("epochs", 9)
    assert Choices.from_dict(chosen.to_dict()) == chosen


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"network": "gone", "dataset": "mnist", "fields": {}},
        {"network": "lenet", "dataset": 3, "fields": {}},
        {"network": "lenet", "dataset": "mnist", "fields": {"epochs": "many"}},
        {"network": "lenet", "dataset": "mnist", "fields": [1]},
    ],
)
def test_what_is_no_choice_is_refused(stored: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"expected|not a training"):
        Choices.from_dict(stored)


def test_an_unknown_setting_of_another_version_is_passed_over() -> None:
    stored = Choices("lenet", "mnist", "gone", {"epochs": 9}).to_dict()
    stored["fields"]["novelty"] = 1
    found = Choices.from_dict(stored)
    assert (found.recipe, found.config().epochs) == ("default", 9)
    assert isinstance(found.config(), TrainConfig)


def test_the_batch_of_a_run_on_many_images_does_not_stay_on_few() -> None:
    run = TrainConfig("lenet", "mnist", batch_size=128, epochs=4, optimizer="sgd", learning_rate=0.02)
    chosen = Choices.of(run).with_dataset("drawings")
    assert "batch_size" in problems(chosen.config(15), images=15)
    fitting = chosen.fitting_images(15)
    config = fitting.config(15)
    assert problems(config, images=15) == {}
    assert (config.epochs, config.optimizer, config.learning_rate) == (4, "sgd", 0.02)
    assert Choices.of(run).fitting_images(60_000) == Choices.of(run)


PEN = Source("pen", "pen", "Pen")


def test_the_features_of_a_model_take_the_place_of_network_and_recipe() -> None:
    chosen = MNIST.with_field("seed", 7).with_field("batch_size", 64).with_source(PEN)
    config = chosen.config()
    assert config == transfer_config("pen", "mnist", "pen", seed=7)
    assert problems(config) == {}
    assert chosen.with_network("lenet").config().transfers is False
    assert chosen.with_recipe("quick").source is None
    assert chosen.with_source(None).config() == dataclasses.replace(MNIST.config(), seed=7)


def test_the_phases_of_a_transfer_follow_from_each_other_until_they_are_chosen() -> None:
    chosen = MNIST.with_source(PEN).with_field("epochs", 6, 60_000)
    assert (chosen.config(60_000).head_epochs, chosen.config(60_000).epochs) == (2, 6)
    chosen = chosen.with_field("head_epochs", 6, 60_000)
    assert (chosen.config(60_000).head_epochs, chosen.config(60_000).epochs) == (6, 6)
    faster = MNIST.with_source(PEN).with_field("learning_rate", 0.1)
    assert faster.config().fine_rate == pytest.approx(0.02)
    wrong = MNIST.with_source(PEN).with_field("head_epochs", "many")
    assert "head_epochs" in problems(wrong.config(60_000))
    few = MNIST.with_source(PEN).config(40)
    assert few == fitted(transfer_config("pen", "mnist", "pen"), 40)


def test_a_transfer_is_remembered_and_taken_over_from_a_run() -> None:
    chosen = MNIST.with_source(Source("a/b.keras", "b", "b.keras", large=True)).with_field("freeze", "conv1")
    assert Choices.from_dict(chosen.to_dict()) == chosen
    config = chosen.config(500)
    again = Choices.of(config)
    assert again.config(500) == config
    assert again.source is not None
    assert (again.source.reference, again.source.large) == ("a/b.keras", True)
