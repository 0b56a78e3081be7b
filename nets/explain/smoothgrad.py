"""SmoothGrad: the mean gradient of many noisy copies of the picture.

Smilkov et al. 2017, SmoothGrad: removing noise by adding noise, arXiv:1706.03825.

The score is the logit. 50 samples, their noise normal with a deviation of 0.2 of the range of the network's numbers,
not clipped; the mean is taken of the signed gradients. The generator is seeded by itself: a seed gives the same result
again, for a picture alone or among others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.events import ProgressCounter, Report, no_report
from nets.explain.affine_front import affine_front
from nets.explain.partial import Partial
from nets.explain.query import Target, query_of
from nets.explain.scores import compiled, parts, per_call
from nets.explain.values import bounds

if TYPE_CHECKING:
    from nets.compute.lens import Lens


def smoothgrad(
    lens: Lens,
    image: np.ndarray,
    *,
    target: Target | Sequence[Target] | None = None,
    layer: str = "",
    report: Report = no_report,
    samples: int = 50,
    deviation: float = 0.2,
    seed: int = 0,
) -> np.ndarray:
    """The mean of the gradients at ``samples`` noisy copies.

    Args:
        lens: The model.
        image: (H, W, C) or (N, H, W, C) float32.
        target: As for ``Explainer.run``.
        layer: Not used.
        report: Receives the number of samples done; of partial results, (N, H, W, C), where they take several calls.
        samples: How many copies.
        deviation: Of the noise, as a share of the range of the network's numbers.
        seed: Decides the noise.

    Returns:
        float32 of the shape of ``image``.
    """
    query = query_of(lens, image, target)
    low, high = bounds(lens.card.input)
    scale = (np.float32(deviation) * (high - low)).astype(np.float32)  # (C,)
    generator = np.random.default_rng(seed)
    size = per_call(lens.model, backward=True)
    together = max(1, size // samples)  # pictures whose samples all go into one call
    told = ProgressCounter(report, "samples", len(query) * samples, "")
    total = np.zeros_like(query.images)
    done = 0
    for part in parts(samples, size):
        shape = (part.stop - part.start, *query.images.shape[1:])
        noise = generator.standard_normal(shape, dtype=np.float32) * scale
        for some in parts(len(query), together):
            told(done)
            total[some] += _summed(lens, query.images[some], query.weights[some], noise)
            done += (some.stop - some.start) * len(noise)
        if part.stop < samples:
            report(Partial("samples", part.stop, samples, total / part.stop))
    told(done)
    return query.answer(total / samples)


def _summed(lens: Lens, images: np.ndarray, by: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """The sum of the gradients of (n, H, W, C) ``images``, each with each of the noises added: (n, H, W, C)."""
    from nets import backend

    count, samples = len(images), len(noise)
    function = compiled(lens, ("noisy", samples), count * samples, lambda xla: _compiled(lens, count, samples, xla))
    return backend.to_array(function(images, by, noise))


def _compiled(lens: Lens, count: int, samples: int, xla: bool) -> Callable[..., Any]:
    from keras import ops

    from nets import backend

    front = affine_front(lens.model)

    def summed(images: Any, by: Any, noise: Any) -> Any:
        noisy = ops.expand_dims(images, 1) + ops.expand_dims(noise, 0)  # (n, samples, H, W, C)
        values = front.values(ops.reshape(noisy, (count * samples, *images.shape[1:])))

        def score(at: Any) -> Any:
            return ops.sum(front.logits(at, images) * ops.repeat(by, samples, axis=0))

        _, gradient = backend.value_and_gradient(score, values)
        total = ops.sum(ops.reshape(gradient, (count, samples, *gradient.shape[1:])), axis=1)
        return front.taken_back(images, total)

    return backend.compile(summed, xla=xla)
