"""Measures, when a run ends, how far the answers of its best epoch can be trusted, and writes it beside its card."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np

from nets.array_files import read_arrays
from nets.data.fitting import fitted
from nets.data.images import ChosenImages
from nets.data.specs import Split
from nets.errors import LensletError
from nets.network.structure import Structure
from nets.runs.run import epoch_file
from nets.training.setup import Setup
from nets.training.split import training_indices
from nets.training.training import Training
from nets.trust.fit import fit_trust
from nets.trust.trust import write_trust

FILE = "trust.npz"


def fit_run(training: Training, setup: Setup, folder: Path, epoch: int) -> dict[str, Any]:
    """Fits the badge with the weights after ``epoch`` and writes it into the run's folder.

    Args:
        training: what was trained; its report receives the progress and may raise Cancelled.
        setup: the network, which has its own weights again when this returns.
        folder: the run's.
        epoch: from 1; 0 where no epoch is the best.

    Returns:
        What the card says of it; {} if nothing was held out. A run without its badge is whole: what goes wrong here
        is no fault of the training.
    """
    if not epoch or not len(setup.held_out):
        return {}
    data = training.data
    indices = training_indices(training.config, data.train.labels)
    known = Split(
        ChosenImages(fitted(data.train.images, data.spec.input, setup.input), indices), data.train.labels[indices]
    )
    network = setup.network
    now = network.get_weights()
    with contextlib.suppress(OSError, LensletError):
        arrays = read_arrays(epoch_file(folder, epoch, "weights"))
        network.set_weights([arrays[name] for name in sorted(arrays)])
        try:
            structure = Structure.of(network, setup.input)
            seed = training.config.seed
            trust = fit_trust(structure, known, setup.held_out, setup.input, training.report, epoch=epoch, seed=seed)
        finally:
            network.set_weights(now)
        if trust is not None and np.isfinite(trust.temperature):
            write_trust(folder / FILE, trust)
            return {
                "epoch": epoch,
                "temperature": round(trust.temperature, 4),
                "images": trust.images,
                "error": round(trust.reliability.error, 4),
                "note": "on the validation images: the temperature is fitted on them, the error measured with it",
            }
    return {}
