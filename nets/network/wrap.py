"""A network as a model: its card checked against it, and what the card leaves open read off the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nets.data.specs import ImageInput
from nets.errors import LensletError
from nets.network.card import Card
from nets.network.graph import unroll
from nets.network.inputs import classes_of, guess_input, wrong_input
from nets.network.model import Model, ModelRef
from nets.network.structure import Structure, own_shape

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
    ref: ModelRef | None = None,
    notes: tuple[str, ...] = (),
) -> Model:
    """A network as a Model, checked: one input that a picture can become, one answer a class.

    Args:
        network: built, Sequential or functional, with one input.
        name: of its card where it has none; otherwise the network's own name.
        title: the same in words; otherwise ``name``.
        card: what is known of it. It is left aside, with a note, where the network contradicts it.
        labels: class names in the order of the outputs, for a network without a card.
        input: what it receives, for a network without a card.
        ref: which model it is; otherwise a network in training that is called as its card.
        notes: sentences for the person that come before those found here.

    Returns:
        The model. What ``card``, ``labels`` and ``input`` leave open is read off the network and noted.

    Raises:
        LensletError: the network cannot be shown at all, or cannot receive ``input``.
    """
    graph = unroll(network)
    found = list(notes)
    if card is not None:
        problem = wrong_input(graph, card.input)
        found += [f"The card is left aside: {problem}."] if problem else []
        input, labels, card = (None, card.labels, None) if problem else (card.input, card.labels, card)
    if input is None:
        input, assumed = guess_input(graph)
        found += assumed
    elif problem := wrong_input(graph, input):
        raise LensletError(problem)
    structure = Structure(graph, own_shape(graph, input))
    classes, more = classes_of(structure)
    found += more
    if labels and len(labels) != classes:
        found.append(f"{len(labels)} labels do not fit {classes} classes; the classes are numbered instead.")
        labels, card = (), None
    if card is None:
        labels = labels or tuple(str(number) for number in range(classes))
        name = name or network.name
        card = Card(name, title or name, network.name, labels, input, parameters=network.count_params())
    return Model(ref or ModelRef("training", card.name), card, network, structure, tuple(found))
