"""Which images are trained on, which are held out, and in which order: pure functions of the seed."""

from __future__ import annotations

import numpy as np

from nets.runs.config import TrainConfig, split_sizes

# The streams of one seed: what is drawn for one purpose must not depend on what was drawn for another.
SPLIT, ORDER, AUGMENT = 0, 1, 2


def validation_indices(config: TrainConfig, n_train: int) -> np.ndarray:
    """(held out,) int64 sorted positions in the dataset's training set of the images that validation uses."""
    _, held_out = split_sizes(config, n_train)
    return np.sort(_shuffled(config.seed, n_train)[:held_out])


def training_indices(config: TrainConfig, n_train: int) -> np.ndarray:
    """(trained,) int64 positions in the dataset's training set of the images that are trained on."""
    trained, held_out = split_sizes(config, n_train)
    return _shuffled(config.seed, n_train)[held_out : held_out + trained]


def order(seed: int, epoch: int, images: int) -> np.ndarray:
    """(images,) int32 permutation in which ``epoch`` (from 1) visits the training images."""
    return np.random.default_rng([seed, ORDER, epoch]).permutation(images).astype(np.int32)


def _shuffled(seed: int, images: int) -> np.ndarray:
    return np.random.default_rng([seed, SPLIT]).permutation(images)
