"""The fooling image: how little of a picture must change for the network to see another class in it.

Szegedy et al. 2013, Intriguing properties of neural networks, arXiv:1312.6199; the steps are those of Moosavi-Dezfooli
et al. 2016, DeepFool, arXiv:1511.04599, towards one chosen class.

If the network were linear, the shortest way to the border between two classes would follow the gradient of the
difference of their logits. That step is repeated; then the whole change is scaled down as far as the probability
allows. The change is small, but not proven to be the smallest. The picture stays within the network's range.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nets.errors import LensletError, UsageError
from nets.events import Progress, Report, no_report
from nets.explain.partial import Partial
from nets.explain.query import refusal_of_image, refusal_of_network, refusal_of_target, weights_of
from nets.explain.scores import input_gradient
from nets.explain.values import bounds

if TYPE_CHECKING:
    from nets.compute.lens import Lens

LONGEST = 0.05  # longest step: root mean square, as a share of the range; further away the gradient is no longer right
BEYOND = 1.1  # each step goes so much further than a linear network would need
HALVINGS = 10


@dataclass(frozen=True, eq=False)
class Fooled:
    """A picture that the network takes for another class.

    picture: (H, W, C) float32 in the network's numbers. change: ``picture`` minus the original. before, after:
    (classes,) float32 probabilities. target: the class that it is now taken for. steps: number of steps. rms, largest:
    the change's root mean square and largest absolute number, as shares of the network's range.
    """

    picture: np.ndarray
    change: np.ndarray
    before: np.ndarray
    after: np.ndarray
    target: int
    steps: int
    rms: float
    largest: float


def fool(
    lens: Lens,
    image: np.ndarray,
    *,
    target: int,
    report: Report = no_report,
    confidence: float = 0.9,
    steps: int = 100,
) -> Fooled:
    """Change a picture as little as possible until the network takes it for ``target``.

    Args:
        lens: The model.
        image: (H, W, C) float32, as the network receives it.
        target: The class that the network is to answer.
        report: Receives a Progress and a Partial with the picture so far before every step. May raise Cancelled.
        confidence: The probability of ``target`` to reach, 0 to 1.
        steps: At most so many steps.

    Returns:
        The changed picture, and how large the change is.

    Raises:
        UsageError: There is no such class, or the picture is one colour all over.
        LensletError: The class was not reached.
    """
    model = lens.model
    if problem := refusal_of_network(model) or refusal_of_target(model, target, None) or refusal_of_image(model, image):
        raise UsageError(problem)
    if not 0 < confidence < 1:
        raise UsageError(
            "confidence: expected a probability between 0 and 1, found {confidence}", confidence=confidence
        )
    low, high = bounds(lens.card.input)
    start = np.asarray(image, np.float32)
    before = lens.classify(start[None])[0]
    here, reached, taken = start, before, 0
    while reached[target] < confidence:
        if taken == steps:
            found = f"{100 * reached[target]:.0f} % after {steps} steps"
            raise LensletError(
                "the network could not be brought to see {label} in it: {found}",
                label=lens.card.labels[target],
                found=found,
            )
        report(Progress("steps", taken, steps))
        report(Partial("picture", taken, steps, here))
        others = np.where(np.arange(len(reached)) == target, -np.inf, reached)
        here = np.clip(here + _step(lens, here, target, int(others.argmax()), confidence), low, high)
        reached = lens.classify(here[None])[0]
        taken += 1
    near, far = 0.0, 1.0  # shares of the change: too little, enough
    for _ in range(HALVINGS if taken else 0):
        report(Progress("steps", taken, steps))
        middle = (near + far) / 2
        enough = lens.classify((start + middle * (here - start))[None])[0, target] >= confidence
        near, far = (near, middle) if enough else (middle, far)
    picture = (start + np.float32(far) * (here - start)).astype(np.float32)
    change = picture - start
    shares = change / np.where(high > low, high - low, 1)
    return Fooled(
        picture,
        change,
        before,
        lens.classify(picture[None])[0],
        target,
        taken,
        float(np.sqrt(np.mean(shares**2))),
        float(np.abs(shares).max()),
    )


def _step(lens: Lens, image: np.ndarray, target: int, other: int, confidence: float) -> np.ndarray:
    """(H, W, C): the shortest step to ``target``'s probability if the network were linear."""
    by = weights_of(lens.model, (target, other))
    (ahead,), (gradient,) = input_gradient(lens, image[None], by[None])
    squares = float(np.square(gradient, dtype=np.float64).sum())
    if squares == 0:
        raise LensletError("the network does not react to small changes of this picture; take another one")
    # Of two classes the probability is the logistic function of the difference of the logits.
    missing = np.log(confidence / (1 - confidence)) - ahead
    step = (BEYOND * max(missing, 0.1) / squares * gradient).astype(np.float32)
    low, high = bounds(lens.card.input)
    size = float(np.sqrt(np.mean((step / np.where(high > low, high - low, 1)) ** 2)))
    return step * np.float32(min(1, LONGEST / size))
