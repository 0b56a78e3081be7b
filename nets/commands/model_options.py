"""The options that say what a model receives and what its classes are called, and opening it with them."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Any

from nets.commands.output import Output
from nets.data.prepare import FITS, POLARITIES
from nets.data.value_ranges import ORDERS, OWN, RANGES
from nets.errors import LensletError, UsageError
from nets.files import user_path
from nets.network.card import CardFields
from nets.network.inputs import LARGEST
from nets.network.labels import read_labels
from nets.places import Places

if TYPE_CHECKING:
    from nets.data.specs import DatasetSpec
    from nets.network.model import Model

GROUP = "what the model receives, where its card or what was found out is wrong"


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Add --range, --fit, --polarity, --order, --size and --labels, with choices from the tables."""
    group = parser.add_argument_group(GROUP)
    rows = [name for name in RANGES if name != OWN]
    group.add_argument("--range", choices=rows, metavar="R", help=f"of its numbers: {', '.join(rows)}")
    group.add_argument(
        "--fit", choices=FITS, metavar="F", help="; ".join(f"{r.name}: {r.description}" for r in FITS.values())
    )
    polarity = "; ".join(f"{name}: grey pictures are {words}" for name, words in POLARITIES.items())
    group.add_argument("--polarity", choices=POLARITIES, metavar="P", help=polarity)
    group.add_argument("--order", choices=ORDERS, metavar="O", help=f"of the channels: {', '.join(ORDERS)}")
    group.add_argument("--size", metavar="N", help="side in pixels, or HEIGHTxWIDTH, of a model that takes any size")
    group.add_argument("--labels", metavar="FILE", help="the names of its classes: one a line, or JSON")


def said_by(options: argparse.Namespace) -> CardFields:
    """The values of the options of ``add_model_options``.

    Raises:
        UsageError: A size or a file cannot be used.
    """
    input: dict[str, Any] = {}
    for name in ("range", "fit", "polarity", "order"):
        if getattr(options, name) is not None:
            input[name] = getattr(options, name)
    if options.size is not None:
        input |= _size(options.size)
    if options.labels is None:
        return CardFields({}, input)
    try:
        return CardFields({"labels": read_labels(user_path(options.labels, "file"))}, input)
    except (OSError, LensletError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else str(problem)
        raise UsageError(f"--labels: {options.labels} cannot be used: {reason}") from problem


def open_said(options: argparse.Namespace, places: Places, out: Output) -> Model:
    """Open ``options.model``, with TensorFlow loaded.

    Its notes are printed, so that nobody takes an assumption for a fact. So are damaged weights, which the answers
    alone may hide.
    """
    from nets import backend
    from nets.models import open_model
    from nets.network.outputs import REMEDY, broken_words

    said = said_by(options)
    backend.configure(options.threads)
    model = open_model(options.model, places, said=said)
    for note in model.notes:
        out.say(f"{model.card.title}: {note}")
    if model.broken_weights:
        out.warn(f"{model.card.title}: {broken_words(model.broken_weights)}; {REMEDY}")
    return model


def check_classes_before_data(model: Model, options: argparse.Namespace, spec: DatasetSpec) -> None:
    """Refuse data whose classes the model does not know, where they are known without reading anything.

    Unpacking CIFAR-10 takes half a minute, and other data would be downloaded first.

    Args:
        model: with the classes that it tells apart.
        options: with the names of ``model`` and ``dataset`` that the person gave.
        spec: of the dataset; a folder's own classes are found when it is read.

    Raises:
        UnknownClasses: the model does not know all of the classes.
    """
    from nets.data.datasets import DATASETS
    from nets.network.card import outputs_of_classes

    if spec.name in DATASETS and spec.classes:
        outputs_of_classes(model.card, spec.classes, options.model, options.dataset)


def _size(text: str) -> dict[str, int]:
    found = re.fullmatch(r"(\d{1,5})(?:[x×](\d{1,5}))?", text)
    sides = [int(side) for side in found.groups() if side] if found else []
    if not sides or not all(1 <= side <= LARGEST for side in sides):
        raise UsageError(f"--size: expected pixels from 1 to {LARGEST}, as in 96 or 96x128, found {text}")
    return {"height": sides[0], "width": sides[-1]}
