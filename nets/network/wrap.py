"""A network as a model: its card checked against it, and what the card leaves open read off the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nets.data.specs import ImageInput
from nets.errors import LensletError
from nets.network.card import Card
from nets.network.model import Model

if TYPE_CHECKING:
    import keras


def wrap(
    network: keras.Model,
    *,
    name: str = "",
    title: str = "",
    card: Card | None = None,
    labels: tuple[str, ...] = (),
    input: ImageInput | None = None,
    source: str = "training",
    origin: str = "",
    notes: tuple[str, ...] = (),
) -> Model:
    """A network as a Model, checked: one input that a picture can become, one answer a class.

    What ``card``, ``labels`` and ``input`` leave open is read off the network and noted. LensletError for what cannot
    be shown at all.
    """
    from nets.network.inputs import classes_of, guess_input, wrong_input

    said = list(notes)
    if card is not None:
        problem = wrong_input(network, card.input)
        said += [f"The card is left aside: {problem}."] if problem else []
        input, labels, card = (None, card.labels, None) if problem else (card.input, card.labels, card)
    if input is None:
        input, assumed = guess_input(network)
        said += assumed
    elif problem := wrong_input(network, input):
        raise LensletError(problem)
    classes, more = classes_of(network, input)
    said += more
    if labels and len(labels) != classes:
        said.append(f"{len(labels)} labels do not fit {classes} classes; the classes are numbered instead.")
        labels, card = (), None
    if card is None:
        labels = labels or tuple(str(number) for number in range(classes))
        name = name or network.name
        card = Card(name, title or name, network.name, labels, input, parameters=network.count_params())
    return Model(card, network, source, origin or card.name, tuple(said))
