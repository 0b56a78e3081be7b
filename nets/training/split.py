"""Which images are trained on, which are held out, and in which order: pure functions of seed and labels."""

from __future__ import annotations

import numpy as np

from nets.runs.config import TrainConfig, split_sizes

# Each purpose has its own random stream of the seed, so that one draw never changes another.
SPLIT, ORDER, AUGMENT, PIXELS = 0, 1, 2, 3


def validation_indices(config: TrainConfig, labels: np.ndarray) -> np.ndarray:
    """Positions of the images that are held out for validation.

    Args:
        config: the training; its seed, validation share and ``stratified`` decide.
        labels: (N,) integers, the class of each image of the dataset's training set.

    Returns:
        (held out,) int64, sorted positions in the training set.
    """
    held_out, _ = _split(config, labels)
    return np.sort(held_out)


def training_indices(config: TrainConfig, labels: np.ndarray) -> np.ndarray:
    """Positions of the images that are trained on, at most ``config.limit``.

    Args:
        config: the training; its seed, validation share, ``stratified`` and limit decide.
        labels: (N,) integers, the class of each image of the dataset's training set.

    Returns:
        (trained,) int64 positions in the training set, in a random order that depends on the seed alone.
    """
    _, rest = _split(config, labels)
    return rest if config.limit is None else rest[: config.limit]


def order(seed: int, epoch: int, images: int) -> np.ndarray:
    """The order in which an epoch visits the training images.

    Args:
        seed: of the training.
        epoch: from 1.
        images: how many.

    Returns:
        (images,) int32, a permutation.
    """
    return np.random.default_rng([seed, ORDER, epoch]).permutation(images).astype(np.int32)


def _split(config: TrainConfig, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(held out, rest), both int64 positions in the order of one random permutation."""
    _, count = split_sizes(config, len(labels))
    shuffled = np.random.default_rng([config.seed, SPLIT]).permutation(len(labels))
    if not config.stratified:
        return shuffled[:count], shuffled[count:]
    classes = np.asarray(labels)[shuffled]
    held_out = np.zeros(len(labels), bool)
    for label, share in _shares(np.bincount(classes), count).items():
        held_out[np.flatnonzero(classes == label)[:share]] = True
    return shuffled[held_out], shuffled[~held_out]


def _shares(sizes: np.ndarray, count: int) -> dict[int, int]:
    """How many of ``count`` held-out images each class gives: in proportion, at least one, never all of a class.

    Fewer than ``count`` in total if the classes are too small.
    """
    room = np.maximum(sizes - 1, 0)
    exact = np.minimum(sizes * (count / max(1, sizes.sum())), room)
    shares = np.floor(exact).astype(int)
    # Classes that have given nothing come first, then those with the largest remainder.
    while shares.sum() < count and (shares < room).any():
        waiting = np.where(shares < room, (shares == 0) * 1e9 + exact - shares, -np.inf)
        shares[int(np.argmax(waiting))] += 1
    return {int(label): int(share) for label, share in enumerate(shares) if share}
