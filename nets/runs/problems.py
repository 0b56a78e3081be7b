"""What is wrong with the settings of a training, field by field.

>>> problems(TrainConfig("lenet", "mnist", epochs=0))
{'epochs': 'epochs: a whole number from 1 to 10,000, not 0'}
"""

from __future__ import annotations

from collections.abc import Mapping

from nets.data.specs import ImageInput
from nets.errors import UsageError
from nets.network.untrained import UNTRAINED
from nets.runs.config import LARGEST_SIZE, TrainConfig, is_number, split_sizes
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
from nets.runs.recipes import RECIPES
from nets.text import Text
from nets.zoo import NETS, VARIANTS, get


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
    if not is_number(config.learning_rate) or not 0 < config.learning_rate <= 100:
        found["learning_rate"] = Text(
            "learning rate: a number above 0 and at most 100, not {value}", value=config.learning_rate
        )
    if not is_number(config.fine_rate) or not 0 <= config.fine_rate <= 100:
        found["fine_rate"] = Text("fine rate: a number from 0 to 100, not {value}", value=config.fine_rate)
    for name, top in (("validation", 0.9), ("momentum", 0.9999), ("label_smoothing", 0.9), ("weight_decay", 1.0)):
        value = getattr(config, name)
        if not is_number(value) or not 0 <= value <= top:
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
    if not config.start_from or config.start_from.startswith(UNTRAINED):
        found["start_from"] = Text("start from: a transfer needs a trained model whose features it keeps")
    if config.engine != "tensorflow":
        found["engine"] = Text("engine: a transfer is computed by TensorFlow; choose tensorflow")
    if config.precision != "float32":
        found["precision"] = Text("precision: a transfer computes in float32")
    return found


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
