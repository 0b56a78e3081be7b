"""Whether a method shows what a network has learned: its picture for ever more random weights.

Adebayo et al. 2018, Sanity checks for saliency maps, arXiv:1810.03292: the weights are randomised layer by layer, from
the answer down, and each picture is compared with the first. A method whose picture stays for a network that has
learned nothing shows the drawing, not the network.

Conventions: a layer is randomised by shuffling the values of each of its arrays, which keeps their size and so the
scale of what the layer answers; similarity is Spearman's rank correlation of the absolute values, of channels the
largest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.compute.lens import Lens
from nets.events import Progress, Report, no_report
from nets.explain.partial import Partial
from nets.explain.subject import Target
from nets.explain.table import EXPLAINERS

if TYPE_CHECKING:
    from nets.network.model import Model

MOST_STEPS = 11
"""Of the check: a network with more layers is made random in groups of neighbouring ones, to be looked at at once."""
SAME = 0.5
"""A method whose picture for a wholly random network is so similar shows the drawing more than the network."""


@dataclass(frozen=True, eq=False)
class RandomStep:
    """layer: the path of the layer that became random last. similarity: -1 to 1, of its picture and the first one.

    layers: how many layers are random, from the answer down.
    """

    layer: str
    layers: int
    similarity: float
    values: np.ndarray


@dataclass(frozen=True, eq=False)
class SanityCheck:
    """values: the picture of the trained network. steps: from the answer down, each with all layers above it random.

    layers: how many have weights.
    """

    values: np.ndarray
    layers: int
    steps: tuple[RandomStep, ...]

    @property
    def similarity(self) -> float:
        """Of the picture for the wholly random network."""
        return self.steps[-1].similarity if self.steps else 1.0

    @property
    def shows_the_network(self) -> bool:
        """Whether the picture changes with what the network has learned."""
        return self.similarity < SAME


def sanity_check(
    model: Model,
    method: str,
    image: np.ndarray,
    *,
    target: Target,
    layer: str = "",
    seed: int = 0,
    report: Report = no_report,
    **options: Any,
) -> SanityCheck:
    """The method's picture for ever more random weights. The model itself is only read.

    Args:
        model: as ``open_model`` gives it.
        method: a key of ``EXPLAINERS``.
        image: (H, W, C) float32, as the network receives it.
        target: the class, or a pair, that the picture explains; fixed, since a random network answers anything.
        layer: as for ``Explainer.run``.
        seed: decides how the weights are shuffled.
        report: is told of every layer, and after each group of them of the check so far (``Partial``); it may raise
            Cancelled.
        options: as for ``Explainer.run``.

    Raises:
        UsageError: the method cannot be used so; see ``Explainer.refusal``.
    """
    explainer = EXPLAINERS[method]
    copy = model.copy()
    lens = Lens(copy)

    def explained() -> np.ndarray:
        return explainer.run(lens, image, target=target, layer=layer, **options)

    first = explained()
    random = np.random.default_rng(seed)
    layers = layers_with_weights(copy)
    steps: list[RandomStep] = []
    shown_after = set(np.rint(np.linspace(0, len(layers), min(len(layers), MOST_STEPS) + 1)).astype(int)[1:].tolist())
    for number, (path, operation) in enumerate(layers, start=1):
        report(Progress("sanity check", number, len(layers), "layers"))
        operation.set_weights(
            [random.permuted(array.ravel()).reshape(array.shape) for array in operation.get_weights()]
        )
        if number in shown_after:
            values = explained()
            steps.append(RandomStep(path, number, similarity(first, values), values))
            report(Partial("sanity check", number, len(layers), SanityCheck(first, len(layers), tuple(steps))))
    return SanityCheck(first, len(layers), tuple(steps))


def layers_with_weights(model: Model) -> list[tuple[str, Any]]:
    """(path, layer) of every layer that has weights, from the answer down; a layer that is called twice once."""
    found: dict[int, tuple[str, Any]] = {}
    for step in reversed(model.graph.steps):
        if getattr(step.operation, "weights", None):
            found.setdefault(id(step.operation), (step.path, step.operation))
    return list(found.values())


def similarity(one: np.ndarray, other: np.ndarray) -> float:
    """Spearman's rank correlation of the absolute values, -1 to 1; 0 where one of them is the same everywhere.

    Args:
        one: (h, w) or (H, W, C): of channels the largest absolute value counts.
        other: of the same shape.
    """
    ranks = [_ranks(_strength(values)) for values in (one, other)]
    away = [row - row.mean() for row in ranks]
    size = float(np.sqrt(np.square(away[0]).sum() * np.square(away[1]).sum()))
    return float(away[0] @ away[1] / size) if size > 0 else 0.0


def _strength(values: np.ndarray) -> np.ndarray:
    sizes = np.abs(np.asarray(values, np.float64))
    return (sizes.max(axis=-1) if sizes.ndim == 3 else sizes).ravel()


def _ranks(values: np.ndarray) -> np.ndarray:
    """(N,) -> (N,) float64: the rank of each, ties with their mean."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[place]
