"""What a training would do, in words: the line under the fields, or in its place the warning of too few images."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gui.train.setup.misfit import Misfit
from gui.train.setup.sources import Source
from gui.train.task import Availability
from gui.words import capitalised, translated
from nets.data.specs import DatasetSpec, ImageInput
from nets.runs.config import RECIPES, TrainConfig, few_images_warning, input_for, split_sizes
from nets.zoo import NETS

BETWEEN = "  ·  "


def few_images_words(config: TrainConfig, spec: DatasetSpec | None) -> str:
    """What is possible but unwise with so few images, and how many there are; "" if there are enough."""
    if spec is None:
        return ""
    sentence = translated(few_images_warning(config, spec.train_images, len(spec.classes)))
    if not sentence:
        return ""
    _, held_out = split_sizes(config, spec.train_images)
    rest = _tr("{0:,} to validate, {1:,} to test") if held_out else _tr("{1:,} to test")
    return f"{capitalised(sentence)}{BETWEEN}{rest.format(held_out, spec.test_images)}"


def summary(
    config: TrainConfig,
    found: Availability | None,
    *,
    source: Source | None = None,
    misfit: Misfit | None = None,
    memory: str = "",
) -> str:
    """One line about what will happen, the data and the recipe.

    Args:
        config: the training.
        found: its data; None while they are looked for.
        source: the model whose features are kept; None if none are.
        misfit: what does not fit between the data and the weights it starts from.
        memory: about how much it takes, "" if that is not known.
    """
    words = [_transfer_words(config, source)] if source is not None else [misfit.words] if misfit else []
    if found is not None and found.spec is not None:
        trained, held_out = split_sizes(config, found.spec.train_images)
        three = _tr("{0:,} images to train on, {1:,} to validate, {2:,} to test")
        two = _tr("{0:,} images to train on, {2:,} to test")
        counts = (three if held_out else two).format(trained, held_out, found.spec.test_images)
        words += [counts] if found.found else [counts, found.problem]
        words += _size_words(config, found.spec.input)
    if memory:
        words.append(_tr("takes about {0} of memory").format(memory))
    if config.recipe in RECIPES:
        words.append(RECIPES[config.recipe].description)
    return BETWEEN.join(words)


def _transfer_words(config: TrainConfig, source: Source) -> str:
    head, rest = config.head_epochs, config.epochs - config.head_epochs
    alone = _tr("Keeps the features of {0}; a new head learns for {1} epochs")
    both = _tr("Keeps the features of {0}; a new head learns for {1} epochs, then {2} for {3}")
    behind = _tr("all behind {0}").format(config.freeze) if config.freeze else _tr("all layers")
    return (both if rest > 0 else alone).format(source.title, min(head, config.epochs), behind, rest)


def _size_words(config: TrainConfig, data: ImageInput) -> list[str]:
    """The size to which the images are fitted, if it is not their own."""
    if config.transfers:
        return []
    made = input_for(NETS[config.network], data, config.size if isinstance(config.size, int) else 0)
    if (made.height, made.width) == (data.height, data.width):
        return []
    return [_tr("fitted to {0} × {1} pixels").format(made.height, made.width)]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Summary", text)
