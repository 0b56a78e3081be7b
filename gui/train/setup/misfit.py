"""Whether the weights that a training is to start from fit its data; and if not, what a new head would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from nets.runs.config import TrainConfig, input_for
from nets.zoo import NETS

if TYPE_CHECKING:
    from nets.data.specs import DatasetSpec
    from nets.network.card import Card


@dataclass(frozen=True)
class Misfit:
    """A mismatch. words: what does not fit, and what then happens. is_refused: whether the training cannot start like
    this.
    """

    words: str
    is_refused: bool


def misfit_of(config: TrainConfig, card: Card | None, spec: DatasetSpec | None) -> Misfit | None:
    """The mismatch between a trained network and the data of the training that starts from its weights.

    Args:
        config: the training. Of a transfer, or one from random weights, everything fits.
        card: of the model ``config.start_from``; None if it is gone.
        spec: the data; None while they are not known.
    """
    if not config.start_from or config.transfers or card is None or spec is None or config.network not in NETS:
        return None
    wanted = input_for(NETS[config.network], spec.input, config.size if isinstance(config.size, int) else 0)
    if card.input.shape != wanted.shape:
        words = _tr("{0} receives images of {1}, these data give {2}: choose another start, or give it a new head")
        return Misfit(words.format(card.title, _size(card.input.shape), _size(wanted.shape)), True)
    if not set(spec.classes) <= set(card.labels):
        words = _tr("{0} does not know these classes: its last layer starts from random weights")
        return Misfit(words.format(card.title), False)
    return None


def _size(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Misfit", text)
