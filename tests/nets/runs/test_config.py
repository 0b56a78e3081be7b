"""What is wrong with a training is said at once, field by field."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys

import pytest

from nets.data.specs import ImageInput
from nets.errors import UsageError
from nets.runs.config import (
    AUGMENTATIONS,
    RECIPES,
    TrainConfig,
    config_for,
    few_images_warning,
    fitted,
    input_for,
    recipes_for,
    split_sizes,
)
from nets.runs.options import Augmentation
from nets.runs.problems import check, problems
from nets.text import Text
from nets.zoo import NETS

FINE = TrainConfig("lenet", "mnist")


def with_(**changes: object) -> TrainConfig:
    return dataclasses.replace(FINE, **changes)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("network", "lenett", "there is no 'lenett'; there are: lenet5, lenet"),
        ("dataset", "", "choose one"),
        ("recipe", "soup", "there is no 'soup'"),
        ("optimizer", "lion", "sgd, momentum, nesterov, adagrad, rmsprop, adadelta, adam, adamw"),
        ("schedule", "zigzag", "constant, step"),
        ("augmentation", "cutmix", "none, shift"),
        ("epochs", 0, "a whole number from 1 to 10,000, not 0"),
        ("epochs", 1.5, "not 1.5"),
        ("batch_size", 0, "batch size: a whole number from 1"),
        ("learning_rate", 0.0, "a number above 0"),
        ("learning_rate", -1.0, "not -1.0"),
        ("learning_rate", float("nan"), "not nan"),
        ("learning_rate", float("inf"), "not inf"),
        ("validation", 1.0, "a number from 0 to 0.9"),
        ("momentum", 1.0, "not 1.0"),
        ("seed", -1, "seed"),
        ("limit", 0, "at least 1"),
        ("label_smoothing", True, "label smoothing"),
        ("precision", "float8", "float32, mixed"),
    ],
)
def test_a_bad_field_is_said(field: str, value: object, words: str) -> None:
    found = problems(with_(**{field: value}))
    assert set(found) == {field}
    assert words in found[field]
    with pytest.raises(UsageError, match=field.split("_")[0]):
        check(with_(**{field: value}))


def test_a_batch_larger_than_the_data() -> None:
    assert problems(with_(batch_size=91), images=100)["batch_size"].endswith(
        "at most the 90 images that are trained on, not 91"
    )
    assert not problems(with_(batch_size=90), images=100)
    assert "batch_size" in problems(with_(limit=100), images=60_000)


def test_what_nobody_chose_gives_way_to_few_images() -> None:
    assert fitted(with_(batch_size=128), 1000) == with_(batch_size=128)
    assert fitted(with_(batch_size=128), 100).batch_size == 8
    assert fitted(with_(batch_size=4), 100).batch_size == 4
    assert fitted(with_(batch_size=128), 100, said={"batch_size"}).batch_size == 128
    assert fitted(with_(validation=0.1), 3, said={"validation"}).validation == 0.1
    assert fitted(with_(epochs=5), 100, said={"epochs"}).epochs == 5
    assert fitted(with_(epochs=90), 100).epochs == 90


@pytest.mark.parametrize("images", [10, 25, 60, 100, 300, 999])
def test_few_images_are_trained_on_for_enough_steps(images: int) -> None:
    """Earlier, 25 drawings were trained on for five steps and measured on two images."""
    config = fitted(with_(batch_size=128, epochs=5, validation=0.1), images)
    trained, held_out = split_sizes(config, images)
    steps = config.epochs * -(-trained // config.batch_size)
    assert 100 <= steps <= 400
    assert config.batch_size <= trained / 2
    assert held_out >= images // 10
    assert images != 25 or (trained, held_out, config.batch_size, config.epochs) == (20, 5, 4, 40)


@pytest.mark.parametrize(
    "config",
    [
        with_(network="none", dataset="", recipe="none", epochs=0, size=-1, limit=0, learning_rate=0, fine_rate=-1),
        with_(validation=1.0, label_smoothing=2.0, loss="none", engine="none"),
        with_(network="lenet5", loss="crossentropy", label_smoothing=0.1, schedule="plateau", validation=0.0),
        with_(augmentation="flip", engine="numpy", precision="mixed", batch_size=500, loss="squared_error"),
        with_(augmentation="pca", validation=0.001),
        with_(network="alexnet", size=3),
        with_(head_epochs=2, engine="numpy", precision="mixed"),
    ],
)
def test_every_problem_can_be_translated(config: TrainConfig) -> None:
    found = problems(config, images=20, classes=1, input=ImageInput())
    assert found
    assert all(isinstance(sentence, Text) for sentence in found.values()), found


def test_too_few_images_are_said() -> None:
    assert "20 images to train on for 10 classes are few" in few_images_warning(with_(validation=0.2), 25, 10)
    assert "12 validation images are too few to measure on" in few_images_warning(with_(validation=0.1), 120, 10)
    assert few_images_warning(with_(validation=0.2), 20, 2) == (
        "16 images to train on for 2 classes are few: add about 5, or start from a trained network"
    )
    started = few_images_warning(with_(validation=0.2, start_from="pen"), 20, 2)
    assert started.endswith("add about 5"), "what was done already is not advised"
    assert few_images_warning(with_(validation=0.1), 60_000, 10) == ""
    assert few_images_warning(with_(validation=0.0), 120, 10) == ""


@pytest.mark.parametrize("validation", [0.0, 0.05, 0.1, 0.25])
@pytest.mark.parametrize("images", [1, 2, 3, 4, 5, 9, 10, 11, 60_000])
def test_any_number_of_images_can_be_trained_on(images: int, validation: float) -> None:
    config = fitted(with_(batch_size=128, validation=validation), images)
    assert not problems(config, images=images)
    trained, held_out = split_sizes(config, images)
    assert trained >= 1
    assert bool(held_out) == (images > 1 and validation > 0)
    if images >= 20:
        assert config.validation == validation


def test_settings_that_do_not_go_together_are_refused() -> None:
    assert "answers with tanh" in problems(with_(network="lenet5"))["loss"]
    assert "set it to 0" in problems(with_(loss="squared_error", label_smoothing=0.1))["label_smoothing"]
    assert "needs validation" in problems(with_(schedule="plateau", validation=0.0))["schedule"]
    assert "at least two classes" in problems(FINE, classes=1)["dataset"]
    assert "no digit" in problems(with_(augmentation="flip"), input=ImageInput())["augmentation"]
    assert not problems(with_(augmentation="flip"), input=ImageInput(fit="picture"))
    assert "is not one image" in problems(with_(validation=0.01, batch_size=2), images=10)["validation"]


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=lambda recipe: recipe.name)
def test_every_recipe_fits_where_it_says(recipe: object) -> None:
    for network in recipe.networks or NETS:
        for dataset in recipe.datasets or ("mnist",):
            chain = "picture" if dataset == "fashion-mnist" else "digit"
            config = config_for(network, dataset, recipe.name)
            assert not problems(config, images=60_000, classes=10, input=ImageInput(fit=chain))
            assert recipe in recipes_for(network, dataset)


@pytest.mark.parametrize("network", NETS)
def test_every_network_has_a_start(network: str) -> None:
    assert not problems(config_for(network, "mnist"), images=60_000)


def test_unknown_recipe_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="there is no recipe 'soup'; there are: default"):
        config_for("lenet", "mnist", "soup")


def test_configuration_survives_json() -> None:
    config = config_for("pen", "mnist", "thorough", limit=7)
    assert TrainConfig.from_dict({**config.to_dict(), "of_a_newer_version": 1}) == config
    with pytest.raises(ValueError, match="the training configuration lacks 'dataset'"):
        TrainConfig.from_dict({"network": "lenet"})


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("network", ["lenet"], "expected network to be text, found a list of 1"),
        ("epochs", "five", 'expected epochs to be a whole number, found the text "five"'),
        ("learning_rate", None, "expected learning_rate to be a number, found nothing"),
        ("limit", 1.5, "expected limit to be a whole number"),
        ("stratified", 1, "expected stratified to be true or false"),
        ("seed", True, "expected seed to be a whole number"),
    ],
)
def test_stored_values_of_another_type_are_refused(field: str, value: object, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        TrainConfig.from_dict({**FINE.to_dict(), field: value})


def test_limit_cuts_training_images_alone() -> None:
    assert split_sizes(with_(limit=1000), 60_000) == (1000, 6000)
    assert split_sizes(with_(validation=0.25), 70_000) == (52_500, 17_500)


def test_what_the_network_is_built_for() -> None:
    assert input_for(NETS["lenet5"], ImageInput()).shape == (32, 32, 1)
    assert input_for(NETS["lenet"], ImageInput(64, 48, 3, "picture")).shape == (64, 48, 3)
    assert input_for(NETS["lenet"], ImageInput(16, 16, 3, "picture")).shape == (28, 28, 3)


@pytest.mark.parametrize(
    ("network", "data", "size"),
    [
        ("resnet18", ImageInput(32, 32, 3, "picture"), 32),
        ("resnet18", ImageInput(28, 28, 1, "digit"), 32),
        ("vgg16", ImageInput(50, 40, 3, "picture"), 64),
        ("small_vgg", ImageInput(640, 480, 3, "picture"), 224),
        ("alexnet", ImageInput(32, 32, 3, "picture"), 96),
        ("inception_v3", ImageInput(32, 32, 3, "picture"), 75),
    ],
)
def test_of_several_sizes_the_smallest_that_holds_the_data_is_taken(network: str, data: ImageInput, size: int) -> None:
    made = input_for(NETS[network], data)
    assert made.shape == (size, size, data.channels)
    assert made.fit == data.fit


def test_a_size_can_be_asked_for() -> None:
    assert input_for(NETS["small_vgg"], ImageInput(fit="picture"), 224).shape == (224, 224, 1)
    assert input_for(NETS["lenet"], ImageInput(), 40).shape == (40, 40, 1)
    assert not problems(with_(network="alexnet", size=63))
    assert problems(with_(network="alexnet", size=62)) == {"size": "size: AlexNet needs at least 63 pixels, not 62"}
    assert "up to 4,096, or 0" in problems(with_(size=5000))["size"]
    assert TrainConfig.from_dict({"network": "lenet", "dataset": "mnist"}).size == 0, "of a version without sizes"


def test_augmentations_change_something_but_for_none() -> None:
    unchanged = [
        row.name for row in AUGMENTATIONS.values() if row == Augmentation(row.name, row.title, row.description)
    ]
    assert unchanged == ["none"]


def test_what_a_digit_or_a_grey_picture_is_not_changed_by() -> None:
    digits, clothes, photographs = ImageInput(), ImageInput(fit="picture"), ImageInput(32, 32, 3, "picture")
    for row in AUGMENTATIONS.values():
        on_digits = problems(with_(augmentation=row.name), input=digits).get("augmentation", "")
        assert bool(on_digits) == (row.flip or row.needs_colour)
        assert ("mirrored digit" in on_digits) == (row.flip and not row.needs_colour)
        on_numbers = problems(with_(augmentation=row.name, dataset="svhn"), input=photographs)
        assert ("mirrored digit" in on_numbers.get("augmentation", "")) == row.flip
        assert ("augmentation" in problems(with_(augmentation=row.name), input=clothes)) == row.needs_colour
        assert not problems(with_(augmentation=row.name, dataset="cifar10"), input=photographs)


def test_importing_stays_cheap() -> None:
    code = (
        "import sys, nets.backend, nets.export\n"
        "from nets.training import augment, batches, evaluate, events, start, train\n"
        "from nets.training.engines import blocks, by_hand, forward, step\n"
        "from nets.runs import config, store\n"
        "print([m for m in ('keras', 'tensorflow', 'sklearn', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
