"""The parts of a training in which different layers learn at different rates: one, or the two of a transfer."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nets.runs.config import TrainConfig
from nets.text import Text

ALL = "*"
"""Stands for the last frozen layer where everything but the head is frozen."""
FINE = 0.1
"""The second phase's rate as a part of the first one's, where nothing else is said."""


@dataclass(frozen=True)
class Phase:
    """Epochs ``first`` to ``last``.

    frozen: the last layer that does not learn, nor any before it; ALL: the head alone learns; "": all learn.
    config: the training's, with this phase's rate and number of epochs: what its schedule follows.
    """

    first: int
    last: int
    frozen: str
    config: TrainConfig

    @property
    def learning(self) -> Text:
        """What learns, in few words: for a label."""
        if self.frozen == ALL:
            return Text("head alone")
        return Text("all behind {layer}", layer=self.frozen) if self.frozen else Text("all layers")


def phases_of(config: TrainConfig) -> tuple[Phase, ...]:
    """The phases of a training, in order."""
    if not config.transfers:
        return (Phase(1, config.epochs, "", config),)
    head = min(config.head_epochs, config.epochs)
    phases = [Phase(1, head, ALL, replace(config, epochs=head))]
    if config.epochs > head:
        rate = config.fine_rate or config.learning_rate * FINE
        fine = replace(config, learning_rate=rate, epochs=config.epochs - head)
        phases.append(Phase(head + 1, config.epochs, config.freeze, fine))
    return tuple(phases)


def phase_at(config: TrainConfig, epoch: int) -> Phase:
    """The phase of ``epoch`` (from 1); of a later one than the last, the last."""
    phases = phases_of(config)
    return next((phase for phase in phases if epoch <= phase.last), phases[-1])
