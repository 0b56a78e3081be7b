"""``Trust``: how far a network's answers can be trusted, kept beside its card; and the badge for one answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.array_files import read_arrays
from nets.errors import LensletError
from nets.files import write_with
from nets.json_files import parse_json, record
from nets.trust.calibration import Reliability, at_temperature
from nets.trust.likeness import Likeness, from_arrays, level_of, to_arrays

if TYPE_CHECKING:
    from nets.network.model import Model
    from nets.places import Places

SUFFIX = ".trust.npz"
LARGEST = 64_000_000  # bytes of a file beside a model, which anybody may have made


@dataclass(frozen=True)
class Badge:
    """The badge beside one answer.

    probability: calibrated, 0 to 1. trust: 0 to 1, higher is more like the training images; None if that was not
    measured. level: "like", "unusual", "unlike", or "" without a trust.
    """

    probability: float
    trust: float | None
    level: str


@dataclass(frozen=True, eq=False)
class Trust:
    """Fitted for one set of weights.

    temperature: of the calibrated probabilities. likeness: None if there were too few images. reliability: of the
    calibrated answers to the held-out images. epoch: of a run, whose weights it was fitted for; 0 for other models.
    images: how many were held out.
    """

    temperature: float
    likeness: Likeness | None
    reliability: Reliability
    epoch: int = 0
    images: int = 0

    @property
    def paths(self) -> tuple[str, ...]:
        """The layers whose answers ``badge`` needs."""
        return self.likeness.paths if self.likeness is not None else ()

    def calibrated(self, probabilities: np.ndarray) -> np.ndarray:
        """(..., classes) float64: the network's probabilities at the fitted temperature."""
        return at_temperature(probabilities, self.temperature)

    def badge(self, probabilities: np.ndarray, maps: Mapping[str, np.ndarray]) -> Badge:
        """What is said beside an answer.

        Args:
            probabilities: (classes,) float, as the network gives them.
            maps: what the layers of ``paths`` answer, (H, W, C) or (D,) each; the others are passed over.
        """
        probability = float(self.calibrated(probabilities).max())
        if self.likeness is None or any(path not in maps for path in self.paths):
            return Badge(probability, None, "")
        values = {path: maps[path][None] for path in self.paths}
        trust = float(self.likeness.trust(values, np.asarray(probabilities)[None])[0])
        return Badge(probability, trust, level_of(trust))


def write_trust(path: Path, trust: Trust) -> None:
    """Write the file beside a card, whole or not at all.

    Raises:
        OSError: It cannot be written.
    """
    about = {
        "temperature": trust.temperature,
        "epoch": trust.epoch,
        "images": trust.images,
        "reliability": trust.reliability.to_values(),
    }
    arrays: dict[str, Any] = {"about": np.array(json.dumps(about))}
    if trust.likeness is not None:
        arrays |= to_arrays(trust.likeness)

    def save(temporary: Path) -> None:
        np.savez(temporary, **arrays)

    write_with(path, save)


@dataclass(frozen=True)
class _About:
    """What the file says beside the arrays; the fields of ``Trust``. reliability: a row for each bin."""

    temperature: float
    reliability: tuple[tuple[float, float, float], ...]
    epoch: int
    images: int


def read_trust(path: Path) -> Trust | None:
    """The trust in a file; None if there is no file, or if this program did not write it."""
    try:
        arrays = read_arrays(path, largest=LARGEST)
        about = record(_About, parse_json(str(arrays.pop("about"))), name="about")
        if about.temperature <= 0:
            return None
        likeness = from_arrays(arrays) if "likeness_paths" in arrays else None
        return Trust(about.temperature, likeness, Reliability.from_values(about.reliability), about.epoch, about.images)
    except (OSError, LensletError, KeyError, ValueError, TypeError):
        return None  # the badge is left out: nothing depends on it


def trust_of(model: Model, places: Places) -> Trust | None:
    """What is known about a model's answers.

    For another epoch of the run than the fitted one only the temperature is known, fitted on that epoch's answers to
    the held-out images.
    """
    ref = model.ref
    if not model.output.kind.has_classes or model.output.kind.name == "labels":
        return None
    if ref.kind == "shipped":
        return _fitting(trust_of_shipped(ref.name), model)
    if ref.kind == "file":
        return _fitting(read_trust(Path(ref.name).with_suffix(SUFFIX)), model)
    if ref.kind == "run":
        found = _fitting(read_trust(places.runs / ref.name / "trust.npz"), model)
        if found is not None and found.epoch == ref.epoch:
            return found
        return _of_epoch(model, places)
    return None


def trust_of_shipped(name: str) -> Trust | None:
    """What is known of the answers of the shipped model called ``name``."""
    from nets.places import MODELS

    return read_trust(MODELS / f"{name}{SUFFIX}")


def _fitting(trust: Trust | None, model: Model) -> Trust | None:
    """The trust, or None if the model lacks one of its layers, as when another file took its place."""
    if trust is None:
        return None
    numbers = {"maps": 2, "units": 1}  # that a channel or a unit counts by
    widths = {row.path: numbers[row.shows] * row.maps for row in model.layers if row.shows in numbers}
    for layer in trust.likeness.layers if trust.likeness is not None else ():
        if widths.get(layer.path) != layer.width:
            return None
    return trust


def _of_epoch(model: Model, places: Places) -> Trust | None:
    from nets.runs.store import RunStore
    from nets.trust.calibration import fit_temperature, reliability

    try:
        evaluation = RunStore(places.runs).open(model.ref.name).evaluation(model.ref.epoch)
    except LensletError:
        return None
    if evaluation is None or not len(evaluation):
        return None
    temperature = fit_temperature(evaluation.probabilities, evaluation.labels)
    calibrated = at_temperature(evaluation.probabilities, temperature)
    epoch = model.ref.epoch if isinstance(model.ref.epoch, int) else 0
    return Trust(temperature, None, reliability(calibrated, evaluation.labels), epoch, len(evaluation))
