"""The settings of a training as one frozen value, and what is wrong with them, field by field.

>>> config_for("lenet", "mnist", recipe="lenet-sgd").learning_rate
0.001
>>> problems(TrainConfig("lenet", "mnist", epochs=0))
{'epochs': 'epochs: a whole number from 1 to 10,000, not 0'}
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
    PHOTOGRAPHED_DIGITS,
    PRECISIONS,
    SCHEDULES,
)
from nets.runs.recipes import RECIPES, Recipe, recipes_for
from nets.text import Text
from nets.zoo import NETS, VARIANTS, NetSpec, get

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
    "check",
    "config_for",
    "few_images_warning",
    "fitted",
    "input_for",
    "problems",
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


def problems(
    config: TrainConfig, *, images: int | None = None, classes: int | None = None, input: ImageInput | None = None
) -> dict[str, str]:
    """What is wrong with a configuration. Instant, without Keras.

    Args:
        config: the configuration; fields may have values of any type.
        images: the number of images in the dataset's training set; None: not known yet.
        classes: its number of classes; None: not known yet.
        input: what its images are; None: not known yet.

    Returns:
        A sentence for each field with something wrong; empty when nothing is.
    """
    return _field_problems(config) or _combination_problems(config, images, classes, input)


def check(
    config: TrainConfig, *, images: int | None = None, classes: int | None = None, input: ImageInput | None = None
) -> None:
    """Refuse settings that cannot be trained with; parameters as for ``problems``.

    Args:
        config: the settings.
        images: to train on; None if that is not known.
        classes: of the data; None if that is not known.
        input: what the data are; None if that is not known.

    Raises:
        UsageError: with the first of the ``problems``.
    """
    for sentence in problems(config, images=images, classes=classes, input=input).values():
        raise UsageError(sentence)


def _field_problems(config: TrainConfig) -> dict[str, str]:
    found: dict[str, str] = {}
    tables: dict[str, Mapping[str, object]] = {
        "network": NETS,
        "optimizer": OPTIMIZERS,
        "schedule": SCHEDULES,
        "augmentation": AUGMENTATIONS,
        "loss": LOSSES,
        "precision": PRECISIONS,
        "engine": ENGINES,
        "class_weights": CLASS_WEIGHTS,
    }
    if config.transfers:
        del tables["network"]  # any model's network may be named
    for name, table in tables.items():
        known = {**table, **VARIANTS} if name == "network" else table  # the experiments train networks of their own
        if getattr(config, name) not in known:
            found[name] = Text(
                "{field}: there is no {value!r}; there are: {known}",
                field=name.replace("_", " "),
                value=getattr(config, name),
                known=", ".join(table),
            )
    if not config.dataset:
        found["dataset"] = Text("dataset: choose one")
    if config.recipe and config.recipe not in RECIPES:
        names = ", ".join(RECIPES)
        found["recipe"] = Text("recipe: there is no {value!r}; there are: {known}", value=config.recipe, known=names)
    whole = (("epochs", 1, 10_000), ("batch_size", 1, 65_536), ("seed", 0, 2**31 - 1), ("head_epochs", 0, 10_000))
    for name, low, high in whole:
        value = getattr(config, name)
        if not _whole(value) or not low <= value <= high:
            words = name.replace("_", " ")
            found[name] = Text(
                "{field}: a whole number from {low:,} to {high:,}, not {value}",
                field=words,
                low=low,
                high=high,
                value=value,
            )
    if not _whole(config.size) or not 0 <= config.size <= LARGEST_SIZE:
        found["size"] = Text(
            "size: a whole number of pixels up to {largest:,}, or 0 for the usual one, not {value}",
            largest=LARGEST_SIZE,
            value=config.size,
        )
    if config.limit is not None and (not _whole(config.limit) or config.limit < 1):
        found["limit"] = Text("limit: a whole number of at least 1, not {value}", value=config.limit)
    if not _number(config.learning_rate) or not 0 < config.learning_rate <= 100:
        found["learning_rate"] = Text(
            "learning rate: a number above 0 and at most 100, not {value}", value=config.learning_rate
        )
    if not _number(config.fine_rate) or not 0 <= config.fine_rate <= 100:
        found["fine_rate"] = Text("fine rate: a number from 0 to 100, not {value}", value=config.fine_rate)
    for name, top in (("validation", 0.9), ("momentum", 0.9999), ("label_smoothing", 0.9), ("weight_decay", 1.0)):
        value = getattr(config, name)
        if not _number(value) or not 0 <= value <= top:
            field = name.replace("_", " ")
            found[name] = Text("{field}: a number from 0 to {top:g}, not {value}", field=field, top=top, value=value)
    return found


def _combination_problems(
    config: TrainConfig, images: int | None, classes: int | None, input: ImageInput | None
) -> dict[str, str]:
    found = _transfer_problems(config) if config.transfers else {}
    network = None if config.transfers else get(config.network)
    if network is not None and config.loss == "crossentropy" and network.loss != "crossentropy":
        found["loss"] = Text(
            "loss: {network} answers with tanh, not with probabilities; choose squared_error", network=network.title
        )
    if network is not None and config.size and config.size < network.smallest:
        found["size"] = Text(
            "size: {network} needs at least {smallest} pixels, not {value}",
            network=network.title,
            smallest=network.smallest,
            value=config.size,
        )
    if config.label_smoothing and config.loss != "crossentropy":
        found["label_smoothing"] = Text("label smoothing: belongs to cross-entropy; set it to 0 for squared error")
    if config.schedule == "plateau" and not config.validation:
        found["schedule"] = Text(
            "schedule: reduce on plateau needs validation images; choose a validation share above 0"
        )
    if config.engine == "numpy" and config.precision != "float32":
        found["precision"] = Text("precision: the NumPy engine computes in float32")
    if classes is not None and classes < 2:
        found["dataset"] = Text(
            "dataset: at least two classes are needed, {dataset} has {classes}",
            dataset=config.dataset,
            classes=classes,
        )
    augmentation = AUGMENTATIONS[config.augmentation]
    is_digits = config.dataset in PHOTOGRAPHED_DIGITS or (input is not None and input.fit == "digit")
    if is_digits and augmentation.flip:
        found["augmentation"] = Text("augmentation: a mirrored digit is no digit; choose shift, affine or elastic")
    if input is not None and input.channels != 3 and augmentation.needs_colour:
        found["augmentation"] = Text(
            "augmentation: {augmentation} changes colours, and these images are grey; choose brightness or none",
            augmentation=augmentation.title,
        )
    if images is not None:
        trained, held_out = split_sizes(config, images)
        if config.validation and not held_out:
            found["validation"] = Text(
                "validation: {share:g} of {images:,} images is not one image; choose more or 0",
                share=config.validation,
                images=images,
            )
        if trained < 1:
            found["validation"] = Text(
                "validation: nothing is left to train on of {images:,} images; choose less", images=images
            )
        elif config.batch_size > trained:
            found["batch_size"] = Text(
                "batch size: at most the {trained:,} images that are trained on, not {value:,}",
                trained=trained,
                value=config.batch_size,
            )
    return found


def _transfer_problems(config: TrainConfig) -> dict[str, str]:
    found: dict[str, str] = {}
    if not config.start_from:
        found["start_from"] = Text("start from: a transfer needs a trained model whose features it keeps")
    if config.engine != "tensorflow":
        found["engine"] = Text("engine: a transfer is computed by TensorFlow; choose tensorflow")
    if config.precision != "float32":
        found["precision"] = Text("precision: a transfer computes in float32")
    return found


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
    if not changes.get("fine_rate") and _number(rate):
        usual["fine_rate"] = rate * (LARGE_FINE if large else SMALL_FINE)
    return TrainConfig(network=network, dataset=dataset, start_from=source, **usual)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
