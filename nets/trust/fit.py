"""Measures, on a network's own data, what is usual for it and how far its probabilities can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nets import backend
from nets.data.specs import ImageInput, Split
from nets.data.value_ranges import to_values
from nets.events import Progress, Report, no_report
from nets.trust.calibration import at_temperature, fit_temperature, reliability
from nets.trust.likeness import fit_likeness, layers_to_watch, summary
from nets.trust.trust import Trust

if TYPE_CHECKING:
    from nets.network.structure import Structure

MOST_KNOWN, MOST_HELD_OUT = 10_000, 4_000
"""The most images that are used: more change little, and a network of VGG's size takes a second for ten."""
WORK = 4e11
"""Multiply-adds at most, some seconds on two cores: a large network uses fewer images."""
PART = 256


def fit_trust(
    structure: Structure,
    known: Split,
    held_out: Split,
    input: ImageInput,
    report: Report = no_report,
    *,
    epoch: int = 0,
    seed: int = 0,
) -> Trust | None:
    """Fits the badge to the network's present weights.

    Args:
        structure: the network's, whose layers compute.
        known: the images that it was trained on, in the size of ``input``, and their labels.
        held_out: images that it was not trained on, likewise.
        input: what the network receives.
        report: receives a Progress after each part; it may raise Cancelled.
        epoch: of a run, after which the weights are these.
        seed: which of the training images are looked at, where there are too many.

    Returns:
        None if the output is no classes, or nothing was held out.
    """
    from nets.network.outputs import meaning_of

    meaning = meaning_of(structure.graph)
    if not len(held_out) or (meaning == "sigmoid" and structure.shapes[structure.graph.output][-1] != 1):
        return None
    work = sum(row.multiply_adds for row in structure.layers)
    share = min(1.0, WORK / max(1, work) / (MOST_KNOWN + MOST_HELD_OUT))
    random = np.random.default_rng(seed)
    paths = layers_to_watch(structure.layers)
    chosen = [
        np.sort(random.permutation(len(split))[: max(1, round(most * share))])
        for split, most in ((known, MOST_KNOWN), (held_out, MOST_HELD_OUT))
    ]
    total, done = sum(map(len, chosen)), 0
    found: list[tuple[dict[str, np.ndarray], np.ndarray]] = []
    for split, indices in zip((known, held_out), chosen, strict=True):
        parts = []
        for start in range(0, len(indices), PART):
            some = indices[start : start + PART]
            parts.append(answers(structure, to_values(split.images.read(some), input), paths, meaning))
            done += len(some)
            report(Progress("how far it can be trusted", done, total, "images"))
        values = {path: np.concatenate([part[0][path] for part in parts]) for path in paths}
        found.append((values, np.concatenate([part[1] for part in parts])))
    (usual, _), (others, probabilities) = found
    labels = held_out.labels[chosen[1]]
    temperature = fit_temperature(probabilities, labels)
    calibrated = reliability(at_temperature(probabilities, temperature), labels)
    vectors = {row.path for row in structure.layers if row.shows == "units"}
    likeness = fit_likeness(usual, known.labels[chosen[0]], others, probabilities, vectors)
    return Trust(temperature, likeness, calibrated, epoch, len(labels))


def answers(
    structure: Structure, images: np.ndarray, paths: tuple[str, ...], meaning: str
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The answers of layers to images, summed up, and the network's probabilities.

    Not compiled: a training ends with a few dozen calls of it, and compiling takes longer than they do.

    Args:
        structure: the network's.
        images: (N, H, W, C) float32 as the network receives them.
        paths: of the layers.
        meaning: what the network's output is, see ``nets.network.outputs.meaning_of``.

    Returns:
        By path the ``summary`` of the layer's answers, (N, D) float32, and the probabilities, (N, classes) float32.
    """
    from nets.compute.compiled import to_layout
    from nets.network.outputs import to_probabilities

    graph = structure.graph
    results, output = graph.run(to_layout(_tensor(images), graph))
    values = {}
    for path in paths:
        value = np.asarray(backend.to_array(results[path]), np.float32)
        if value.ndim == 4:
            value = summary(value.transpose(0, 2, 3, 1) if graph.channels_first else value)
        values[path] = value.reshape(len(images), -1)
    raw = np.asarray(backend.to_array(output), np.float32).reshape(len(images), -1)
    return values, to_probabilities(raw, meaning)


def _tensor(images: np.ndarray) -> Any:
    from keras import ops

    return ops.convert_to_tensor(images, dtype="float32")
