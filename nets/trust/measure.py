"""How well the badge of a shipped model recognises what the model knows: the figures on its card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nets.data import datasets
from nets.data.prepare import fit, prepare
from nets.data.specs import ImageInput
from nets.data.value_ranges import to_values
from nets.network.outputs import meaning_of
from nets.places import Places
from nets.trust.calibration import reliability
from nets.trust.fit import PART, answers
from nets.trust.probes import AMBIGUOUS, DIGITS_TOO, PROBES, drawn, in_two_colours, noise, photograph_part
from nets.trust.trust import Trust

if TYPE_CHECKING:
    from nets.compute.lens import Lens

PROBED = 1000
"""At most this many pictures of each kind, and all test images."""
SEED = 11
OTHERS: dict[str, tuple[str, ...]] = {
    "mnist": ("fashion-mnist",),
    "fashion-mnist": ("mnist",),
    "cifar10": ("fashion-mnist", "mnist"),
}
"""By dataset, the datasets whose images are unlike its own."""


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
    others = unlike_pictures(test, input, places)
    letters = ""
    if AMBIGUOUS in others:
        letters = (
            f"; letters are without {', '.join(DIGITS_TOO)}, which drawn by hand are digits, unless they are named"
        )
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
        f"kind, from a seed that nothing was fitted to{letters}",
    }


def unlike_pictures(test: str, input: ImageInput, places: Places) -> dict[str, np.ndarray]:
    """Pictures that the test images of a dataset are to be told from, by kind: (N, H, W, C) as the network gets them.

    Args:
        test: the dataset's name.
        input: what the network receives. One that reads digits gets drawings; one of colours gets photographs of other
            things, noise, and grey pictures in two random colours.
        places: where the data are.
    """
    colours = input.channels == 3
    names = (*PROBES, AMBIGUOUS) if input.fit == "digit" else ("scribbles",)
    found = {name: drawn(name, PROBED, SEED, input) for name in names}
    random = np.random.default_rng(SEED)
    for name in OTHERS[test]:
        other = datasets.load(name, places)
        some = other.test.images.read(np.arange(PROBED))
        found[f"images of {other.spec.title}"] = np.stack([prepare(image, input).input for image in some])
        if colours:
            tinted = [prepare(in_two_colours(image, random), input).input for image in some]
            found[f"images of {other.spec.title} in two colours"] = np.stack(tinted)
    if colours:
        for words, picture in (("noise", noise), ("parts of two photographs", photograph_part)):
            found[words] = np.stack([prepare(picture(random), input).input for _ in range(PROBED)])
    return found


def trusts(lens: Lens, trust: Trust, inputs: np.ndarray) -> np.ndarray:
    """How like its training images a network finds other images.

    Args:
        lens: of the network.
        trust: fitted for it, with a likeness.
        inputs: (N, H, W, C) float32 as the network receives them.

    Returns:
        (N,) float64 from 0 to 1.
    """
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
