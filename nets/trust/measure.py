"""How well the badge of a shipped model tells what it knows: the figures on its card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nets.data import datasets
from nets.data.prepare import fit, prepare
from nets.data.value_ranges import to_values
from nets.network.outputs import meaning_of
from nets.places import Places
from nets.trust.calibration import reliability
from nets.trust.fit import PART, answers
from nets.trust.probes import PROBES, drawn
from nets.trust.trust import Trust

if TYPE_CHECKING:
    from nets.compute.lens import Lens

PROBED = 1000
"""So many pictures of each kind are looked at, and all test images."""
SEED = 11
OTHERS = {"mnist": "fashion-mnist", "fashion-mnist": "mnist", "cifar10": "fashion-mnist"}
"""Whose images are unlike those of a dataset."""


def measure_trust(lens: Lens, trust: Trust, test: str, places: Places) -> dict[str, Any]:
    """What the card says of the badge.

    Args:
        lens: the model.
        trust: fitted for it.
        test: the dataset on whose test images the calibration is measured, and which the others are told from.
        places: where the data are.

    Returns:
        "temperature"; "images" and "error" (expected calibration error) of the test images, "error before" without
        the temperature; "reliability" of them; "told apart": the AUROC of test images against each kind of picture.
    """
    data = datasets.load(test, places)
    input = lens.card.input
    inputs = to_values(fit(data.test.pixels(), data.spec.input, input), input)
    probabilities = lens.classify(inputs)
    calibrated = reliability(trust.calibrated(probabilities), data.test.labels)
    usual = trusts(lens, trust, inputs)
    others = {name: drawn(name, PROBED, SEED, input) for name in PROBES}
    if "digit" not in input.fit:
        others = {"scribbles": others["scribbles"]}
    other = datasets.load(OTHERS[test], places)
    some = other.test.images.read(np.arange(PROBED))
    others[f"images of {other.spec.title}"] = np.stack([prepare(image, input).input for image in some])
    letters = "; letters without I, O, S and Z, which drawn by hand are digits" if "letters" in others else ""
    return {
        "temperature": round(trust.temperature, 4),
        "images": len(inputs),
        "error": round(calibrated.error, 4),
        "error before": round(reliability(probabilities, data.test.labels).error, 4),
        "reliability": calibrated.to_values(),
        "told apart": {
            name: round(auroc(usual, trusts(lens, trust, pictures)), 4) for name, pictures in others.items()
        },
        "note": f"on the test images of {data.spec.title}; the temperature is fitted on {trust.images:,} images of the "
        f"training data that were held out. Told apart: the AUROC of these test images against {PROBED:,} of each "
        f"kind, drawn by the program from a seed that nothing was fitted to{letters}",
    }


def trusts(lens: Lens, trust: Trust, inputs: np.ndarray) -> np.ndarray:
    """(N,) float64 from 0 to 1 for inputs (N, H, W, C) as the network receives them."""
    assert trust.likeness is not None
    meaning = meaning_of(lens.model.graph)
    parts = [inputs[start : start + PART] for start in range(0, len(inputs), PART)]
    found = [answers(lens.model.structure, part, trust.paths, meaning) for part in parts]
    return np.concatenate([trust.likeness.trust(values, probabilities) for values, probabilities in found])


def auroc(usual: np.ndarray, unlike: np.ndarray) -> float:
    """How often one of ``usual`` is above one of ``unlike``, from 0 to 1; a tie counts half (Mann and Whitney 1947)."""
    both = np.concatenate([usual, unlike])
    _, place, counts = np.unique(both, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    above = ranks[: len(usual)].sum() - len(usual) * (len(usual) + 1) / 2
    return float(above / (len(usual) * len(unlike)))
