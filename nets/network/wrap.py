"""A network as a model: its card is checked against it, and what the card leaves open is found in the network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from nets.data.specs import ImageInput
from nets.network.card import Card, CardFields
from nets.network.graph import Graph, unroll
from nets.network.inputs import InputGuess, guess_input, wrong_input
from nets.network.model import Model, ModelRef
from nets.network.outputs import ModelOutput, output_of
from nets.network.structure import Structure, own_shape
from nets.text import Text

if TYPE_CHECKING:
    import keras

# From a graph, what is known of its input, the number of its classes and their names, to the input and notes.
Detect = Callable[[Graph, InputGuess, int, tuple[str, ...]], tuple[ImageInput, tuple[str, ...]]]


def wrap(
    network: keras.Model,
    *,
    name: str = "",
    title: str = "",
    said: CardFields | None = None,
    ref: ModelRef | None = None,
    loss: str = "",
    notes: tuple[str, ...] = (),
    detect: Detect | None = None,
) -> Model:
    """A network as a Model, checked: one input that a picture can become, and an output that can be shown.

    Args:
        network: built, Sequential or functional, with one input.
        name: of its card where nothing else is said; otherwise the network's own name.
        title: the same in words; otherwise ``name``.
        said: what a card or the person says of it. Where the network contradicts it, it is left aside with a note.
        ref: which model it is; otherwise a network in training that is called as its card.
        loss: the name of the loss that the network was trained with, where it is known.
        notes: sentences for the person that come before those found here.
        detect: settles what neither the network's first layers nor ``said`` tell of its input, by computing; without
            it the most usual is taken.

    Returns:
        The model. What ``said`` leaves open is read off the network and noted.

    Raises:
        LensletError: the network cannot be shown at all.
    """
    graph = unroll(network, name=Path(ref.name).name if ref is not None and ref.kind == "file" else name)
    said = said or CardFields()
    found = list(notes)
    if problem := wrong_input(graph, said.input):
        found.append(Text("The card is left aside: {problem}.", problem=problem))
        said = CardFields({key: value for key, value in said.fields.items() if key == "labels"})
    guess = guess_input(graph, said.input)
    found += guess.notes
    labels, picture = said.fields.get("labels", ()), guess.input.shape
    structure = Structure(graph, own_shape(graph, guess.input))
    output = output_of(structure, labels=len(labels), loss=loss, picture=picture)
    if (names := len(labels)) and names != output.labels:
        expected = output.labels
        said, labels = CardFields({}, said.input), ()
        output = output_of(structure, loss=loss, picture=picture)
        found.append(_left_aside(names, expected, output))
    found += [output.note] if output.note else []
    if graph.outputs > 1:
        found.append(
            Text("The network has {outputs} outputs; the first one is taken as its answer.", outputs=graph.outputs)
        )
    input = guess.input
    if detect is not None:
        input, more = detect(graph, guess, output.labels, labels)
        found += more
    known = {
        "name": name or network.name,
        "title": title or name or network.name,
        "network": network.name,
        "labels": tuple(str(number) for number in range(output.labels)),
        "parameters": network.count_params(),
    }
    card = Card(**{**known, **said.fields, "input": input})
    if own_shape(graph, input) != structure.input_shape:
        structure = Structure(graph, own_shape(graph, input))
    return Model(ref or ModelRef("training", card.name), card, network, structure, tuple(found))


def _left_aside(names: int, expected: int, output: ModelOutput) -> Text:
    """Why ``names`` class names are not used."""
    if not expected:
        return Text("The class names are left aside: its output is not classes.")
    if output.kind.has_classes:
        return Text(
            "The class names are left aside: expected {expected}, found {names}; the classes are numbered instead.",
            expected=expected,
            names=names,
        )
    return Text("The class names are left aside: expected {expected}, found {names}.", expected=expected, names=names)
