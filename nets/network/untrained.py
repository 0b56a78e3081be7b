"""Networks of the zoo as models that were never trained: to look into, before or without a training."""

from __future__ import annotations

from nets.data.datasets import DATASETS
from nets.errors import LensletError, UsageError
from nets.network.card import Card
from nets.network.files.limits import FLOAT
from nets.network.files.machine import available_memory, bytes_text
from nets.network.model import Model, ModelRef
from nets.text import Text
from nets.zoo import NETS
from nets.zoo.registry import NetSpec

UNTRAINED = "net:"
"""Prefix of a zoo network's name: the network itself, not the shipped or pretrained model of the same name."""
BUILDING = 2.4
"""How many times the memory of its weights a network takes while they are drawn: measured 2.3 for VGG-16, whose largest
layer has three quarters of them, 1.8 for AlexNet and 1.4 for Inception-ResNet."""


def untrained_ref(reference: str) -> ModelRef:
    """The reference of a network of the zoo, from ``net:`` and its name.

    Raises:
        UsageError: there is no such network; the message lists what there is.
    """
    network = reference.removeprefix(UNTRAINED)
    if network not in NETS:
        raise UsageError("there is no network {network!r}; there are: {known}", network=network, known=", ".join(NETS))
    return ModelRef("untrained", UNTRAINED + network)


def untrained_title(reference: str) -> str:
    """ "GoogLeNet, not trained"."""
    network = reference.removeprefix(UNTRAINED)
    return f"{NETS[network].title}, not trained" if network in NETS else reference


def open_untrained(ref: ModelRef) -> Model:
    """The network with random weights; its card has no accuracy, and a note says what its answers are.

    Raises:
        LensletError: its weights do not fit into the memory that is free; the message names the largest that would.
    """
    spec = NETS[ref.name.removeprefix(UNTRAINED)]
    _check_memory(spec)
    names = next((row.classes for row in DATASETS.values() if len(row.classes) == spec.classes), ())
    labels = names or tuple(str(number) for number in range(spec.classes))
    network = spec.build()
    card = Card(spec.name, spec.title, spec.name, labels, spec.input, parameters=network.count_params())
    note = Text("This network is not trained: its weights are random, and its answers are chance.")
    return Model.of(ref, card, network, (note,))


def _check_memory(spec: NetSpec) -> None:
    needed, free = _building_bytes(spec), available_memory()
    if needed <= free:
        return
    fitting = [row for row in NETS.values() if _building_bytes(row) <= free]
    advice = Text("close other programs, or take a smaller network")
    if fitting:
        largest = max(fitting, key=lambda row: row.parameters)
        advice = Text("close other programs, or take a smaller network: {network} would fit", network=largest.title)
    raise LensletError(
        "{title} needs about {needed} of memory while it is built, and {free} are free; {advice}",
        title=spec.title,
        needed=bytes_text(needed),
        free=bytes_text(free),
        advice=advice,
    )


def _building_bytes(spec: NetSpec) -> int:
    return round(BUILDING * FLOAT * spec.parameters)
