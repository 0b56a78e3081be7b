"""Deletion and insertion: is what an explanation marks what the network uses?

Petsiuk, Das and Saenko 2018, RISE, arXiv:1806.07421: pixels are taken away in the order of the explanation, the most
important first, and the class's probability is followed; then they are added to an empty picture in the same order. A
faithful explanation lets the probability fall early and rise early. Both are also done in random order, because a
network whose answer falls with any pixels says nothing of the explanation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nets.events import Progress, Report, no_report
from nets.explain.enlarge import enlarge
from nets.explain.values import bounds

if TYPE_CHECKING:
    from nets.compute.lens import Lens

STEPS = 24
RANDOM_ORDERS = 4
SENSITIVITIES = ("gradient", "smoothgrad", "guided_backprop", "deconvnet")
"""Their sign says which way to change a pixel, not whether it speaks for the class: the size counts."""


@dataclass(frozen=True, eq=False)
class Faithfulness:
    """shares: (S,) of the ``pixels`` that were taken away or added. The others: (S,) probabilities of the class.

    random_deletion, random_insertion: the mean of ``RANDOM_ORDERS`` random orders.
    """

    shares: np.ndarray
    deletion: np.ndarray
    insertion: np.ndarray
    random_deletion: np.ndarray
    random_insertion: np.ndarray
    pixels: int

    def area(self, name: str) -> float:
        """Under a curve, 0 to 1; for deletion less is better, for insertion more."""
        return float(np.trapezoid(getattr(self, name), self.shares))


def importance(values: np.ndarray, method: str, height: int, width: int) -> np.ndarray:
    """(height, width) float32: in which order the pixels count, the largest first.

    Args:
        values: what the method gave, (h, w) at a layer's resolution or (H, W, C).
        method: a key of ``EXPLAINERS``.
        height: of the network's input.
        width: of the network's input.
    """
    if values.ndim == 2:
        return enlarge(values, height, width)
    return np.abs(values).max(axis=-1) if method in SENSITIVITIES else values.sum(axis=-1)


def deletion_and_insertion(
    lens: Lens, image: np.ndarray, order_by: np.ndarray, target: int, *, seed: int = 0, report: Report = no_report
) -> Faithfulness:
    """Both curves, in the explanation's order and in random ones.

    Args:
        lens: the model.
        image: (H, W, C) float32, as the network receives it.
        order_by: (H, W), from ``importance``.
        target: the class whose probability is followed.
        seed: decides the random orders.
        report: receives a Progress after each order; it may raise Cancelled.
    """
    low, _ = bounds(lens.card.input)
    empty = np.broadcast_to(low, image.shape).astype(np.float32)
    count = order_by.size
    random = np.random.default_rng(seed)
    # Pixels of equal importance, as the zeros of a CAM, come in a random order: from the top would mean something.
    shuffled = random.permutation(count)
    order = shuffled[np.argsort(-order_by.ravel()[shuffled], kind="stable")]
    taken = np.rint(np.linspace(0, count, STEPS + 1)).astype(int)

    def curves(order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        place = np.empty(count, int)
        place[order] = np.arange(count)
        gone = (place[None] < taken[:, None]).reshape(len(taken), *image.shape[:2], 1)
        inputs = np.concatenate([np.where(gone, empty, image), np.where(gone, image, empty)])
        found = lens.classify(inputs)[:, target]
        return found[: len(taken)], found[len(taken) :]

    report(Progress("deletion and insertion", 0, 1 + RANDOM_ORDERS, "orders"))
    deletion, insertion = curves(order)
    at_random = []
    for number in range(RANDOM_ORDERS):
        report(Progress("deletion and insertion", 1 + number, 1 + RANDOM_ORDERS, "orders"))
        at_random.append(curves(random.permutation(count)))
    random_deletion, random_insertion = (np.mean([pair[k] for pair in at_random], axis=0) for k in (0, 1))
    return Faithfulness(taken / count, deletion, insertion, random_deletion, random_insertion, count)
