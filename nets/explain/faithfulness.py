"""Deletion and insertion: does the network use what an explanation marks?

Petsiuk, Das and Saenko 2018, RISE, arXiv:1806.07421: pixels are removed in the order of the explanation, the most
important first, and the class's probability is followed; then they are added to an empty picture in the same order. If
the explanation is faithful, the probability falls early in the first case and rises early in the second. Both are also
done in random order: if any pixels make the answer fall, the fall says nothing about the explanation.
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
"""Methods whose sign says in which direction to change a pixel, not whether it speaks for the class: their absolute
values count.
"""


@dataclass(frozen=True, eq=False)
class Faithfulness:
    """The probability of a class while pixels are removed and added.

    shares: (S,) of the ``pixels`` that were removed or added. The other arrays: (S,) probabilities of the class.
    random_deletion, random_insertion: means over ``RANDOM_ORDERS`` random orders.
    """

    shares: np.ndarray
    deletion: np.ndarray
    insertion: np.ndarray
    random_deletion: np.ndarray
    random_insertion: np.ndarray
    pixels: int

    def area(self, name: str) -> float:
        """The area under a curve, 0 to 1. For deletion less is better, for insertion more."""
        return float(np.trapezoid(getattr(self, name), self.shares))


def importance(values: np.ndarray, method: str, height: int, width: int) -> np.ndarray:
    """The importance of each pixel; the largest is removed or added first.

    Args:
        values: The method's result, (h, w) at a layer's resolution or (H, W, C).
        method: A key of ``EXPLAINERS``.
        height: Of the network's input, in pixels.
        width: Of the network's input, in pixels.

    Returns:
        (height, width) float32.
    """
    if values.ndim == 2:
        return enlarge(values, height, width)
    return np.abs(values).max(axis=-1) if method in SENSITIVITIES else values.sum(axis=-1)


def deletion_and_insertion(
    lens: Lens, image: np.ndarray, order_by: np.ndarray, target: int, *, seed: int = 0, report: Report = no_report
) -> Faithfulness:
    """Both curves, in the explanation's order and in random orders.

    Args:
        lens: The model.
        image: (H, W, C) float32, as the network receives it.
        order_by: (H, W), from ``importance``.
        target: The class whose probability is followed.
        seed: Decides the random orders.
        report: Receives a Progress before each order; it may raise Cancelled.

    Returns:
        The curves at ``STEPS`` + 1 shares of the pixels, from none to all.
    """
    low, _ = bounds(lens.card.input)
    empty = np.broadcast_to(low, image.shape).astype(np.float32)
    count = order_by.size
    random = np.random.default_rng(seed)
    # Pixels of equal importance (the zeros of a CAM) come in random order: an order from top to bottom would have a
    # meaning.
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
