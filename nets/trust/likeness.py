"""How like its training images a picture is to a network, by the distance in what its layers answer.

Source: Lee, Lee, Lee and Shin 2018, A simple unified framework for detecting out-of-distribution samples and
adversarial attacks, arXiv:1807.03888: the Mahalanobis distance to the nearest class mean with one covariance for all
classes, summed over layers. Here each layer of maps counts by the means of its channels, and the logarithms of the
distances are summed, each in units of its own spread on images that were held out. The doubt of the answer itself
counts like one more layer (Hendrycks and Gimpel 2017, arXiv:1610.02136): with it ``pen`` tells letters from digits with
an AUROC of 0.969 instead of 0.960.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from nets.network.layers import LayerInfo

WIDEST = 256
"""A layer with more numbers is projected onto so many random directions: the covariance of 4,096 would take 67 MB."""
STAGES = 2
"""So many of the last layers that halve the maps are looked at, and the last hidden vector."""
HALVES = 0.6
"""A layer whose maps have at most this share of its input's height ends a stage."""
FEWEST = 50
"""With fewer images to learn from or held out there is no telling what is usual."""
EDGE = 0.975
"""The share of held-out images that count as usual."""
SURE_STEEPNESS = 4.6
"""Logit of the trust of the middle held-out image: 0.99."""
UNUSUAL, UNLIKE = 0.5, 0.2
"""A trust below these is called so. At the edge of what is usual the trust is 0.5."""


@dataclass(frozen=True, eq=False)
class LayerLikeness:
    """What one layer usually answers.

    path: the layer. projection: (D, d) onto random directions, or None. whitening: (d, d), after which the differences
    from the class means have the covariance 1. means: (classes, d) of the classes, whitened. middle, spread: of the
    logarithm of the squared distance on the held-out images.
    """

    path: str
    projection: np.ndarray | None
    whitening: np.ndarray
    means: np.ndarray
    middle: float
    spread: float

    def score(self, value: np.ndarray) -> np.ndarray:
        """(N,) float64: how far from the nearest class, in spreads of the held-out images; 0 is usual.

        value: (N, H, W, C) or (N, D), what the layer answers to N pictures.
        """
        return (self.log_distances(value) - self.middle) / self.spread

    def log_distances(self, value: np.ndarray) -> np.ndarray:
        return _log_distances(_vectors(value, self.projection), self.whitening, self.means)


@dataclass(frozen=True, eq=False)
class Likeness:
    """What a network's layers usually answer.

    doubt: mean and spread of the logarithm of the doubt, see ``log_doubts``, on the held-out images.
    middle, edge: the scores that half and 97.5 % of the held-out images stay below.
    """

    layers: tuple[LayerLikeness, ...]
    doubt: tuple[float, float]
    middle: float = 0.0
    edge: float = 1.0

    @property
    def paths(self) -> tuple[str, ...]:
        """The layers whose answers ``trust`` needs."""
        return tuple(layer.path for layer in self.layers)

    def scores(self, values: Mapping[str, np.ndarray], probabilities: np.ndarray) -> np.ndarray:
        """(N,) float64: how unusual N pictures are, in spreads; 0 is usual.

        Args:
            values: what each layer answers to them, by path: (N, H, W, C) or (N, D).
            probabilities: (N, classes) as the network gives them.
        """
        middle, spread = self.doubt
        doubts = (log_doubts(probabilities) - middle) / spread
        return np.mean([doubts, *(layer.score(values[layer.path]) for layer in self.layers)], axis=0)

    def trust(self, values: Mapping[str, np.ndarray], probabilities: np.ndarray) -> np.ndarray:
        """(N,) float64 from 0 to 1: 0.99 for the middle held-out image, 0.5 at the edge of what is usual.

        The arguments are those of ``scores``.
        """
        steps = (self.scores(values, probabilities) - self.edge) / max(self.edge - self.middle, 1e-6)
        return 1 / (1 + np.exp(np.clip(SURE_STEEPNESS * steps, -60, 60)))


def log_doubts(probabilities: np.ndarray) -> np.ndarray:
    """(N, classes) -> (N,) float64: the logarithm of what the answer's probability lacks to 1."""
    return np.log(np.maximum(1 - probabilities.max(axis=1).astype(np.float64), 0) + 1e-6)


def level_of(trust: float) -> str:
    """ "like", "unusual" or "unlike": what a trust from 0 to 1 is called."""
    return "like" if trust >= UNUSUAL else "unusual" if trust >= UNLIKE else "unlike"


def layers_to_watch(rows: Sequence[LayerInfo]) -> tuple[str, ...]:
    """The paths of the last layers that end a stage, and of the last hidden vector."""
    hidden = [row for row in rows if row.shows in ("maps", "units")]
    heights = {row.path: row.output_shape[0] for row in hidden if row.shows == "maps"}
    ends = [row.path for row in hidden if row.shows == "maps" and _halves(row, heights)]
    if not ends:
        ends = [row.path for row in hidden if row.shows == "maps"][-1:]
    vectors = [row.path for row in hidden if row.shows == "units" and row.kind not in ("Flatten", "Dropout")]
    return (*ends[-STAGES:], *vectors[-1:])


def _halves(row: LayerInfo, heights: Mapping[str, int | None]) -> bool:
    before = [heights[path] for path in row.inputs if heights.get(path)]
    return bool(before and row.output_shape[0] and row.output_shape[0] <= HALVES * max(filter(None, before)))


def fit_likeness(
    known: Mapping[str, np.ndarray],
    labels: np.ndarray,
    held_out: Mapping[str, np.ndarray],
    probabilities: np.ndarray,
) -> Likeness | None:
    """Learns what is usual.

    Args:
        known: what each layer answers to training images, by path: (N, H, W, C) or (N, D) float32.
        labels: (N,) int, the classes of these images.
        held_out: what each layer answers to M images that were not trained on, in the same form.
        probabilities: (M, classes), what the network answers to those.

    Returns:
        None where there are too few images.
    """
    counts = [len(value) for value in (*known.values(), *held_out.values())]
    if not counts or min(counts) < FEWEST:
        return None
    layers = tuple(_fit_layer(path, value, labels, held_out[path]) for path, value in known.items())
    doubts = log_doubts(probabilities)
    found = Likeness(layers, (float(doubts.mean()), max(float(doubts.std()), 1e-6)))
    middle, edge = np.quantile(found.scores(held_out, probabilities), (0.5, EDGE))
    return replace(found, middle=float(middle), edge=float(edge))


def _fit_layer(path: str, value: np.ndarray, labels: np.ndarray, held_out: np.ndarray) -> LayerLikeness:
    width = value.shape[-1]
    projection = None
    if width > WIDEST:
        directions = np.random.default_rng(0).normal(0, width**-0.5, (width, WIDEST))
        projection = directions.astype(np.float32)
    vectors = _vectors(value, projection)
    classes, numbers = np.unique(labels, return_inverse=True)
    means = np.stack([vectors[numbers == number].mean(axis=0) for number in range(len(classes))])
    away = vectors - means[numbers]
    size = vectors.shape[1]
    covariance = away.T @ away / len(away)
    # A covariance of few images has directions without any spread, in which everything would be infinitely far.
    ridge = (1e-3 + 0.1 * min(1.0, size / len(away))) * np.trace(covariance) / size
    covariance += max(ridge, 1e-12) * np.eye(size)
    whitening = np.linalg.cholesky(np.linalg.inv(covariance)).astype(np.float32)
    whitened = (means @ whitening).astype(np.float32)
    usual = _log_distances(_vectors(held_out, projection), whitening, whitened)
    return LayerLikeness(path, projection, whitening, whitened, float(usual.mean()), max(float(usual.std()), 1e-6))


def _vectors(value: np.ndarray, projection: np.ndarray | None) -> np.ndarray:
    """(N, H, W, C) -> the means of the channels, (N, C); (N, D) as they are; projected where that is wanted."""
    vectors = np.asarray(value, np.float32)
    if vectors.ndim == 4:
        vectors = vectors.mean(axis=(1, 2))
    return vectors if projection is None else vectors @ projection


def _log_distances(vectors: np.ndarray, whitening: np.ndarray, means: np.ndarray) -> np.ndarray:
    """(N,) float64: the logarithm of the squared distance to the nearest of ``means``, whitened."""
    away = (vectors @ whitening)[:, None] - means  # (N, classes, d)
    nearest = np.square(away).sum(axis=2).min(axis=1)
    return np.log(np.maximum(nearest.astype(np.float64), 1e-12))


def to_arrays(likeness: Likeness) -> dict[str, np.ndarray]:
    """As arrays by name, for a file."""
    arrays: dict[str, np.ndarray] = {
        "likeness_paths": np.array(likeness.paths),
        "likeness_range": np.array([likeness.middle, likeness.edge, *likeness.doubt]),
    }
    for number, layer in enumerate(likeness.layers):
        arrays |= {
            f"{number}_whitening": layer.whitening,
            f"{number}_means": layer.means,
            f"{number}_range": np.array([layer.middle, layer.spread]),
        }
        if layer.projection is not None:
            arrays[f"{number}_projection"] = layer.projection
    return arrays


def from_arrays(arrays: Mapping[str, Any]) -> Likeness:
    """What ``to_arrays`` wrote. KeyError or ValueError for anything else."""
    layers = []
    for number, path in enumerate(arrays["likeness_paths"]):
        middle, spread = (float(value) for value in arrays[f"{number}_range"])
        parts = (arrays.get(f"{number}_projection"), arrays[f"{number}_whitening"], arrays[f"{number}_means"])
        layers.append(LayerLikeness(str(path), *parts, middle, spread))
    middle, edge, *doubt = (float(value) for value in arrays["likeness_range"])
    doubt_middle, doubt_spread = doubt
    return Likeness(tuple(layers), (doubt_middle, doubt_spread), middle, edge)
