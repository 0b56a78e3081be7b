"""``Model``: a network with its reference, its card, and everything that is computed from the network's structure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from nets import backend
from nets.network.card import Card
from nets.network.layers import LayerInfo, shows_of
from nets.network.outputs import ModelOutput, output_of
from nets.network.structure import Structure

if TYPE_CHECKING:
    import keras

    from nets.network.graph import Graph
    from nets.network.receptive_field import ReceptiveFields

Epoch = Literal["best", "last"] | int
Kind = Literal["shipped", "run", "file", "pretrained", "untrained", "edited", "training"]


@dataclass(frozen=True)
class ModelRef:
    """Which model it is, including the epoch.

    kind: where it comes from. "untrained": a network of the zoo with random weights; "edited": changed by hand;
        "training": being fitted now; none of these is in a file. name: a shipped model's name, a run's id (also in
        training), a file's path, or "net:" and a network's name. epoch: of a run, its number; "best" and
    "last" are resolved when it is opened. Other kinds have only "last".
    """

    kind: Kind
    name: str
    epoch: Epoch = "last"


@dataclass(frozen=True, eq=False)
class Model:
    """A network with its reference and card. ``notes``: sentences for the person about assumptions and adaptations.

    Nothing in ``nets`` changes ``network``, except a Lens of this very object that loads other weights.
    """

    ref: ModelRef
    card: Card
    network: keras.Model
    structure: Structure
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, ref: ModelRef, card: Card, network: keras.Model, notes: tuple[str, ...] = ()) -> Model:
        """The model of a network that fits its card; whether it does is checked by ``nets.network.wrap.wrap``.

        Args:
            ref: which model it is.
            card: what is known of it.
            network: built; its input and outputs are those of the card.
            notes: sentences for the person.
        """
        return cls(ref, card, network, Structure.of(network, card.input), notes)

    @property
    def graph(self) -> Graph:
        return self.structure.graph

    @cached_property
    def output(self) -> ModelOutput:
        """What its output is. A card without class names belongs to a network that gives numbers or a picture."""
        labels = len(self.card.labels)
        loss = "" if labels else "mse"
        return output_of(self.structure, labels=labels, loss=loss, picture=self.card.input.shape)

    @cached_property
    def layers(self) -> tuple[LayerInfo, ...]:
        """The table of its layers. A Lens computes it first, in its own thread, so that the window need not wait.

        The last layer shows probabilities if its values are those of the classes, otherwise what its shape allows.
        """
        return tuple(self._as_shown(row) for row in self.structure.layers)

    def _as_shown(self, row: LayerInfo) -> LayerInfo:
        if row.shows != "probabilities" or self.output.shows_probabilities:
            return row
        shows, why_not = shows_of(row.output_shape)
        return replace(row, shows=shows, why_not=why_not)

    @cached_property
    def broken_weights(self) -> tuple[str, ...]:
        """The paths of the weights that contain NaN or infinity.

        The answers alone do not show it: a compiled ``max(x, 0)`` may turn NaN into 0, while a plain one keeps it.
        """
        arrays = {weight.path: backend.numbers_of(weight) for weight in self.network.weights}
        return tuple(path for path, array in arrays.items() if array.size and not _is_finite(array))

    @property
    def fields(self) -> ReceptiveFields:
        return self.structure.fields

    def copy(self) -> Model:
        """The same model with its own network, whose weights can be changed."""
        import keras

        network = keras.models.clone_model(self.network)
        network.set_weights(self.network.get_weights())
        return replace(self, network=network, structure=Structure.of(network, self.card.input))


def _is_finite(array: np.ndarray) -> bool:
    """Both extremes are finite: either passes NaN on, and a large array is not copied."""
    return bool(np.isfinite(array.min()) and np.isfinite(array.max()))
