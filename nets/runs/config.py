"""The settings of a training as one frozen value; ``nets.runs.problems`` says what is wrong with them.

>>> config_for("lenet", "mnist", recipe="lenet-sgd").learning_rate
0.001
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from nets.data.specs import ImageInput
from nets.errors import UsageError
from nets.json_files import record
from nets.runs.options import (
    AUGMENTATIONS,
    CLASS_WEIGHTS,
    ENGINES,
    LOSSES,
    OPTIMIZERS,
    PRECISIONS,
    SCHEDULES,
)
from nets.runs.recipes import RECIPES, Recipe, recipes_for
from nets.text import Text
from nets.zoo import NETS, NetSpec

FEW_IMAGES = 1000
"""Number of images below which a data set gets smaller batches and more epochs than the recipe's."""
FEW_TO_MEASURE = 100
"""Number of images below which a fifth is held out, so that the accuracy is measured on more than a handful."""
ENOUGH_STEPS = 200
"""Steps after which a small network has learned what a few images can teach it."""
MOST_EPOCHS = 60
"""The most epochs that are chosen for few images: each writes its weights to the disk."""
LARGEST_SIZE = 4096
"""Largest height and width of a network's input, in pixels."""
FEW_PER_CLASS = 10
"""With fewer training images of a class than this, a network memorises them and learns little else."""

HEAD_EPOCHS, FINE_EPOCHS = 10, 5
"""A transfer's usual epochs: those in which only the head learns, and those that follow."""
HEAD_RATE = 0.01
"""Learning rate of a head that learns alone: it starts from zeros on features that are good already."""
LARGE_FINE, SMALL_FINE = 0.001, 0.2
"""The rate of the second phase as a share of the first, for networks that need care and for others.

Measured on 32 images of two classes of CIFAR-10, with 200 to test on: at a hundredth MobileNet 0.75 fell from 94 to 72
% right, at a thousandth it rose to 95. LeNet on 40 digits learns too little at a fiftieth (47 against 66 %).
"""

__all__ = [
    "AUGMENTATIONS",
    "CLASS_WEIGHTS",
    "ENGINES",
    "LOSSES",
    "OPTIMIZERS",
    "PRECISIONS",
    "RECIPES",
    "SCHEDULES",
    "Recipe",
    "TrainConfig",
    "config_for",
    "few_images_warning",
    "fitted",
    "input_for",
    "recipes_for",
    "split_sizes",
    "transfer_config",
]


@dataclass(frozen=True)
class TrainConfig:
    """One training.

    ``validation`` is the share of the training set that is held out; ``limit`` cuts what remains to so many images.
    ``stratified``: every class gives its share of the held-out images (False only in runs of earlier versions).
    ``seed`` decides everything that is random: first weights, split, order, augmentation, dropout.
    ``start_from`` is a run's id or a shipped model's name: training begins with its weights; "": with random ones.
    ``momentum`` and ``weight_decay`` matter to the optimisers that use them.
    ``size``: height and width of the network's input in pixels; 0: the network's usual ones for the data.

    A transfer (``transfers``) has the features of ``start_from``, which is then any model, and a new head. Its
    ``network`` is what that model's network is called. For ``head_epochs`` epochs the head alone learns; in those that
    follow, the layers behind ``freeze`` ("": all of them) learn too, at ``fine_rate`` (0: a tenth of the learning
    rate).
    """

    network: str
    dataset: str
    recipe: str = ""
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    schedule: str = "constant"
    batch_size: int = 128
    epochs: int = 5
    augmentation: str = "none"
    validation: float = 0.1
    seed: int = 1
    limit: int | None = None
    loss: str = "crossentropy"
    momentum: float = 0.9
    weight_decay: float = 0.004
    label_smoothing: float = 0.0
    precision: str = "float32"
    engine: str = "tensorflow"
    start_from: str = ""
    stratified: bool = True
    class_weights: str = "none"
    size: int = 0
    head_epochs: int = 0
    freeze: str = ""
    fine_rate: float = 0.0

    @property
    def transfers(self) -> bool:
        """Whether a new head learns on the features of another model."""
        return bool(self.head_epochs)

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> TrainConfig:
        """The configuration that ``to_dict`` wrote. Unknown fields of newer versions are ignored.

        Raises:
            ValueError: a field is missing or has a value of another type.
        """
        # Runs of versions without the field were split without regard to the classes; resuming must split them so, too.
        earlier = {"stratified": False} if isinstance(values, Mapping) else {}
        return record(cls, {**earlier, **values} if earlier else values, name="the training configuration")


def config_for(network: str, dataset: str, recipe: str = "", **changes: Any) -> TrainConfig:
    """The network's own loss, then the recipe's settings, then ``changes``.

    Args:
        network: a name of ``NETS``.
        dataset: a dataset's name or a folder's path.
        recipe: a name of ``RECIPES``; "": none, or the network's only one where the default is not meant for it.
        **changes: fields of ``TrainConfig``.

    Raises:
        UsageError: there is no such recipe.
    """
    own: dict[str, Any] = {"loss": NETS[network].loss} if network in NETS else {}
    if not recipe and network in NETS and not RECIPES["default"].fits(network, dataset):
        recipe = next((row.name for row in recipes_for(network, dataset)), "")
    if recipe:
        if recipe not in RECIPES:
            raise UsageError(
                "there is no recipe {recipe!r}; there are: {known}", recipe=recipe, known=", ".join(RECIPES)
            )
        own |= {**RECIPES[recipe].changes, "recipe": recipe}
    return TrainConfig(network=network, dataset=dataset, **(own | changes))


def input_for(network: NetSpec, data: ImageInput, size: int = 0) -> ImageInput:
    """The input of a network that learns from ``data``: the data's channels and fit, in one of the network's sizes.

    Args:
        network: a row of the zoo.
        data: what the images of the data set are.
        size: height and width in pixels; 0: of the network's usual sizes the smallest that is not below the data's,
            else its largest. A network without usual sizes takes pictures at their own size, unless that is below the
            network's, and digits at the network's (28 x 28 is zero-padded for ``lenet5``).
    """
    own = network.input
    height, width = own.height, own.width
    if size:
        height = width = size
    elif network.sizes:
        enough = [usual for usual in network.sizes if usual >= max(data.height, data.width)]
        height = width = min(enough, default=max(network.sizes))
    elif not (data.fit == "digit" and data.channels == own.channels) and data.height >= height and data.width >= width:
        height, width = data.height, data.width
    return dataclasses.replace(own, height=height, width=width, channels=data.channels, fit=data.fit)


def split_sizes(config: TrainConfig, images: int) -> tuple[int, int]:
    """How many of ``images`` are trained on, and how many are held out."""
    held_out = round(images * config.validation)
    trained = images - held_out
    return (trained if config.limit is None else min(trained, config.limit), held_out)


def fitted(config: TrainConfig, images: int, *, said: Collection[str] = ()) -> TrainConfig:
    """``config`` with the batch size, epochs and validation share that suit a data set of few images.

    A recipe's batches of 128 over 25 drawings would be five steps in all, measured on two images: too few to learn
    and to tell. Below ``FEW_IMAGES`` images the batches become smaller and the epochs more, until there are about
    ``ENOUGH_STEPS`` steps; below ``FEW_TO_MEASURE`` a fifth is held out.

    Args:
        config: the network's and the recipe's usual settings.
        images: the number of images in the data set's training set, from 1.
        said: names of fields that the person chose; they stay as they are.

    Returns:
        A configuration that ``problems`` accepts for so many images. A single image is trained on and not held out.
    """
    if "validation" not in said and config.validation:
        share = max(config.validation, 0.2) if images < FEW_TO_MEASURE else config.validation
        if not split_sizes(dataclasses.replace(config, validation=share), images)[1]:
            share = math.ceil(100 / images) / 100 if images > 1 else 0.0
        config = dataclasses.replace(config, validation=share)
    trained, _ = split_sizes(config, images)
    if "batch_size" not in said:
        batch = min(config.batch_size, trained)
        if images < FEW_IMAGES:
            # At least eight batches in an epoch, their size a power of two from 4 on.
            batch = min(batch, max(4, 2 ** int(math.log2(max(1, trained / 8)))))
        config = dataclasses.replace(config, batch_size=max(1, batch))
    if "epochs" not in said and images < FEW_IMAGES:
        steps = math.ceil(trained / max(1, config.batch_size))
        wanted = math.ceil(ENOUGH_STEPS / max(1, steps))
        epochs = max(config.epochs, min(wanted, MOST_EPOCHS))
        if config.transfers and "head_epochs" not in said:
            config = dataclasses.replace(config, head_epochs=config.head_epochs + epochs - config.epochs)
        config = dataclasses.replace(config, epochs=epochs)
    return config


def few_images_warning(config: TrainConfig, images: int, classes: int) -> str:
    """A sentence for the person if there are too few images to learn from or to measure on; "" otherwise.

    Args:
        config: the training, as ``fitted`` or the person set it.
        images: the number of images in the data set's training set.
        classes: the number of classes.
    """
    trained, held_out = split_sizes(config, images)
    if trained < FEW_PER_CLASS * classes:
        share = max(trained, 1) / max(images, 1)  # of more images, as many will be held out
        values = {"trained": trained, "classes": classes}
        values["missing"] = math.ceil((FEW_PER_CLASS * classes - trained) / share)
        if config.start_from:
            return Text("{trained:,} images to train on for {classes} classes are few: add about {missing:,}", **values)
        return Text(
            "{trained:,} images to train on for {classes} classes are few: add about {missing:,}, or start from a "
            "trained network",
            **values,
        )
    if 0 < held_out < 2 * classes:
        return Text(
            "{held_out:,} validation images are too few to measure on: the accuracy will be a rough figure",
            held_out=held_out,
        )
    return ""


def transfer_config(network: str, dataset: str, source: str, *, large: bool = False, **changes: Any) -> TrainConfig:
    """A transfer's usual settings, then ``changes``.

    Args:
        network: what the source's network is called.
        dataset: a dataset's name or a folder's path.
        source: a run's id, a shipped or pretrained model's name, or the path of a file.
        large: whether the source's network is one that is changed with care (``nets.training.freezing.needs_care``):
            for few epochs, at a small rate.
        **changes: fields of ``TrainConfig``. What is missing of ``head_epochs``, ``epochs`` and ``fine_rate`` follows
            from the others and the learning rate.
    """
    head: int | None = changes.get("head_epochs")
    epochs: int | None = changes.get("epochs")
    if epochs is None:
        head = HEAD_EPOCHS if head is None else head
        epochs = head + FINE_EPOCHS
    elif head is None:
        head = max(1, epochs - FINE_EPOCHS if large else epochs // 3)
    usual = {"batch_size": 32, "learning_rate": HEAD_RATE, **changes, "head_epochs": head, "epochs": epochs}
    rate = usual["learning_rate"]
    if not changes.get("fine_rate") and is_number(rate):
        usual["fine_rate"] = rate * (LARGE_FINE if large else SMALL_FINE)
    return TrainConfig(network=network, dataset=dataset, start_from=source, **usual)


def is_number(value: object) -> bool:
    """Whether it is a finite int or float, and not a bool."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
