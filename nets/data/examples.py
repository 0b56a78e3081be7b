"""A few test images of the data that a model was trained on, to try the model with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nets.data import datasets, drawings, stored
from nets.data.fitting import decoded
from nets.data.folder import listing
from nets.data.specs import DatasetSpec, without_test_images
from nets.errors import LensletError
from nets.events import Progress, Report, no_report
from nets.places import Places

OF_PICTURES = ("fashion-mnist", "cifar10")


@dataclass(frozen=True, eq=False)
class Examples:
    """images: (N, H, W, C) uint8, as the dataset holds them. labels: the true classes. numbers: in the test set."""

    title: str
    images: np.ndarray
    labels: tuple[str, ...]
    numbers: tuple[int, ...]


def examples(
    dataset: str, classes: tuple[str, ...], places: Places, seed: int = 0, count: int = 24, report: Report = no_report
) -> Examples:
    """Test images chosen by chance.

    Args:
        dataset: The name of the dataset that the model was trained on; "" if that is not known.
        classes: The model's classes. Without a known dataset they say which images are meant.
        places: Where datasets are looked for. Nothing is downloaded.
        seed: Another seed chooses other images.
        count: How many at most.
        report: Called between the steps; may raise ``Cancelled``.

    Raises:
        LensletError: There are none on this machine, with what to do about it.
    """
    name = suiting(dataset, classes, places)
    spec = datasets.get(name, places)
    own = own_folder(name, places)
    if own is not None:
        return _of_folder(own, spec, classes, np.random.default_rng(seed), count, report)
    if not spec.files:
        test = datasets.load(name, places, report=report).test
        images, labels = test.pixels(), test.labels
    else:
        images, labels = stored.load_test(spec, places)
    chosen = np.random.default_rng(seed).choice(len(labels), min(count, len(labels)), replace=False)
    return Examples(
        title=spec.title,
        images=np.ascontiguousarray(images[chosen]),
        labels=tuple(spec.classes[number] for number in labels[chosen]),
        numbers=tuple(int(number) for number in chosen),
    )


def own_folder(dataset: str, places: Places) -> Path | None:
    """The folder of a set of drawings, or of a dataset that is a folder; None for any other, and if it is gone."""
    if not dataset or (dataset in datasets.DATASETS and dataset != drawings.DATASET):
        return None
    own = drawings.set_of_dataset(dataset)
    folder = Path(dataset) if own is None else drawings.set_folder(places, own)
    return folder if folder.is_dir() else None


def _of_folder(
    where: Path,
    spec: DatasetSpec,
    classes: tuple[str, ...],
    random: np.random.Generator,
    count: int,
    report: Report,
) -> Examples:
    """Test pictures of a folder of classes, of which only the chosen ones are read: there may be thousands."""
    files, input = listing(where), replace(spec.input, range="byte")
    known = [number for number, (_, label) in enumerate(files.test) if files.classes[label] in classes]
    images, labels, numbers = [], [], []
    for number in random.permutation(known).astype(int).tolist():
        path, label = files.test[number]
        try:
            images.append(decoded(path, input))
        except LensletError:  # was left out of the training, too, which said so
            continue
        labels.append(files.classes[label])
        numbers.append(number)
        report(Progress(spec.title, len(images), min(count, len(known)), "pictures"))
        if len(images) == count:
            break
    if not images:
        raise without_test_images(spec.title)
    return Examples(spec.title, np.stack(images), tuple(labels), tuple(numbers))


def suiting(dataset: str, classes: tuple[str, ...], places: Places) -> str:
    """The dataset whose test images suit a model: its own, or the one with its classes.

    Of a model that was trained on the person's own pictures, those that were kept out of its training. MNIST stands
    for all handwritten digits, and the digits in scikit-learn's package for MNIST where that is not on this machine.

    Args:
        dataset: the name of the one that the model was trained on, "" if it is not known.
        classes: the model's, in order.
        places: where datasets lie.

    Returns:
        The name of a dataset on this machine.

    Raises:
        LensletError: no dataset suits, or the one that does is not on this machine.
    """
    for name in OF_PICTURES:
        row = datasets.DATASETS[name]
        if dataset == name or (set(classes) == set(row.classes) and row.classes != datasets.TEN):
            if not datasets.find(name, places).found:
                raise LensletError(
                    "{title} is not on this machine yet: it is downloaded when you train on it", title=row.title
                )
            return name
    if dataset == "digits":
        return "digits"
    if set(classes) == set(datasets.TEN):
        return "mnist" if datasets.find("mnist", places).found else "digits"
    if own_folder(dataset, places) is not None:
        return dataset
    raise LensletError("no pictures of what this network knows are on this machine: draw, open or paste one")
