"""Whether a method shows what a network has learned: its picture while more and more weights are made random.

Adebayo et al. 2018, Sanity checks for saliency maps, arXiv:1810.03292: the weights are randomised layer by layer, from
the output down, and each picture is compared with the first. If a method gives the same picture for a network that has
learned nothing, it shows the drawing, not the network.

A layer is randomised by shuffling the values of each of its arrays, which keeps their size and so the scale of the
layer's output. Similarity is Spearman's rank correlation of absolute values (the largest over channels).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.compute.lens import Lens
from nets.events import Progress, Report, no_report
from nets.explain.partial import Partial
from nets.explain.query import Target
from nets.explain.table import EXPLAINERS

if TYPE_CHECKING:
    from nets.network.model import Model

MOST_STEPS = 11
"""Of the check: in a network with more layers, neighbouring layers are made random together."""
SAME = 0.5
"""If the picture for a wholly random network is this similar, the method shows the drawing more than the network."""


@dataclass(frozen=True, eq=False)
class RandomStep:
    """The picture after some layers were made random.

    layer: the path of the layer that became random last. layers: how many layers are random, from the output down.
    similarity: of this picture and the first one, -1 to 1. values: the picture.
    """

    layer: str
    layers: int
    similarity: float
    values: np.ndarray


@dataclass(frozen=True, eq=False)
class SanityCheck:
    """The result of a check.

    values: the picture of the trained network. layers: how many layers have weights. steps: from the output down; in
    each all layers above are random too.
    """

    values: np.ndarray
    layers: int
    steps: tuple[RandomStep, ...]

    @property
    def similarity(self) -> float:
        """Between the first picture and that of the wholly random network, -1 to 1."""
        return self.steps[-1].similarity if self.steps else 1.0

    @property
    def shows_the_network(self) -> bool:
        """Whether the picture changes when the network loses what it has learned."""
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
    """The method's picture while more and more weights are made random. The model itself is only read.

    Args:
        model: From ``open_model``.
        method: A key of ``EXPLAINERS``.
        image: (H, W, C) float32, as the network receives it.
        target: The class, or a pair, that the picture explains; given, because a random network answers anything.
        layer: As for ``Explainer.run``.
        seed: Decides how the weights are shuffled.
        report: Receives a Progress for every layer, and after each group of layers a Partial with the check so far; it
            may raise Cancelled.
        options: As for ``Explainer.run``.

    Returns:
        The first picture, and one picture with its similarity for each group of layers.

    Raises:
        UsageError: ``Explainer.refusal`` gives a reason.
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
    """(path, layer) of every layer with weights, from the output down; a layer that is called twice appears once."""
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
