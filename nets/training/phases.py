"""The phases of a training, in which different layers learn at different rates: one, or two for a transfer."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nets.runs.config import TrainConfig
from nets.text import Text

ALL = "*"
"""As the last frozen layer: everything but the head is frozen."""
FINE = 0.1
"""The second phase's default rate as a share of the first phase's."""


@dataclass(frozen=True)
class Phase:
    """Epochs ``first`` to ``last``.

    frozen: the last layer that does not learn; layers before it do not learn either. ALL: only the head learns; "": all
    layers learn. config: the training's, with this phase's rate and number of epochs, from which its schedule follows.
    """

    first: int
    last: int
    frozen: str
    config: TrainConfig

    @property
    def learning(self) -> Text:
        """What learns, in a few words, for a label."""
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
    """The phase of ``epoch`` (from 1); for an epoch after the last phase, the last phase."""
    phases = phases_of(config)
    return next((phase for phase in phases if epoch <= phase.last), phases[-1])
