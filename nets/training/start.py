"""Starting a training from the weights of a trained network of the same kind: a run's, or a shipped model's."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nets import zoo
from nets.data.specs import Dataset
from nets.errors import LensletError, UsageError
from nets.network.card import Card
from nets.network.shipped_cards import shipped
from nets.places import MODELS
from nets.runs.architecture import difference
from nets.runs.config import TrainConfig, input_for
from nets.runs.store import RunStore

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True, eq=False)
class Start:
    """A trained network whose weights another training starts from.

    load: reads its weights, in the order of ``model.get_weights()``, when they are needed.
    """

    name: str
    card: Card
    load: Callable[[], list[np.ndarray]]

    def knows(self, classes: tuple[str, ...]) -> bool:
        """Whether each of ``classes`` is one of its own classes."""
        return set(classes) <= set(self.card.labels)

    def give_weights(self, network: keras.Model, classes: tuple[str, ...]) -> None:
        """Copy the weights into ``network``, which must be of the same kind.

        The last layer gets the outputs for its own ``classes``, found by name; if the trained network does not know all
        of them, the last layer keeps its random weights.

        Raises:
            LensletError: A layer before the last one has weights of another shape.
        """
        weights = self.load()
        variables = network.weights
        last = next(layer for layer in reversed(network.layers) if layer.weights)
        own = {id(variable) for variable in last.weights}
        if len(weights) != len(variables):
            raise LensletError(
                "start from: {name} is another network than {network}: {difference}; start from another model, or "
                "keep its features: main.py transfer {name}",
                name=self.name,
                network=network.name,
                difference=difference(network, weights),
            )
        known = self.card.labels
        outputs = [known.index(name) for name in classes] if self.knows(classes) else None
        for variable, array in zip(variables, weights, strict=True):
            if id(variable) in own:
                if outputs is None:
                    continue
                array = array[..., outputs]
            if tuple(variable.shape) != array.shape:
                raise LensletError(
                    "start from: {name} is another network than {network}: {path} has the shape {found}, expected "
                    "{expected}; start from another model, or keep its features: main.py transfer {name}",
                    name=self.name,
                    network=network.name,
                    path=variable.path,
                    found=_size(array.shape),
                    expected=_size(tuple(variable.shape)),
                )
            variable.assign(array)


def find_start(config: TrainConfig, data: Dataset, store: RunStore) -> Start | None:
    """The trained network that ``config.start_from`` names; None if it names none.

    Args:
        config: the training that is about to begin.
        data: what it learns from.
        store: the runs among which ``start_from`` is looked for, after the shipped models.

    Raises:
        UsageError: there is no such model, or its network or its input is another.
        LensletError: the run that it names is damaged.
    """
    start = named_start(config, store)
    if start is None:
        return None
    wanted = input_for(zoo.get(config.network), data.spec.input, config.size)
    if start.card.input.shape != wanted.shape:
        raise UsageError(
            "start from: {start_from} takes images of {found}, but {title} gives {expected}; choose another model, or "
            "give its features a new head: {command}",
            start_from=config.start_from,
            found=_size(start.card.input.shape),
            title=data.spec.title,
            expected=_size(wanted.shape),
            command=_transfer_command(config),
        )
    return start


def named_start(config: TrainConfig, store: RunStore) -> Start | None:
    """``find_start`` as far as possible before the data are loaded, which may be a long download."""
    if not config.start_from:
        return None
    start = _open(config.start_from, store)
    if start.card.network != config.network:
        raise UsageError(
            "start from: expected a model of the network {network}, but {start_from} is of {other}; choose another "
            "model or that network, or give its features a new head: {command}",
            network=config.network,
            start_from=config.start_from,
            other=start.card.network or "a network of its own",
            command=_transfer_command(config),
        )
    return start


def _transfer_command(config: TrainConfig) -> str:
    return shlex.join(["main.py", "transfer", config.start_from, config.dataset])


def _open(name: str, store: RunStore) -> Start:
    cards = shipped()
    if name in cards:
        return Start(name, cards[name], lambda: _shipped_weights(name))
    try:
        run = store.open(name)
    except UsageError:
        runs = ", ".join(summary.id for summary in store.list()[:5]) or "none yet"
        raise UsageError(
            "start from: there is no run or shipped model {name!r}; shipped models: {cards}; runs: {runs}",
            name=name,
            cards=", ".join(cards),
            runs=runs,
        ) from None
    return Start(name, run.card, lambda: run.weights("best"))


def _shipped_weights(name: str) -> list[np.ndarray]:
    from nets.network.files import read_own_network

    network = read_own_network(MODELS / f"{name}.keras")
    return network.get_weights()


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
