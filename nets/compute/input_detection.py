"""Finds what a network without a card receives, by trying: on labelled digits and on photographs."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nets.compute.compiled import CompiledPass
from nets.data.labelled_digits import labelled_digits
from nets.data.photographs import photographs
from nets.data.prepare import fit
from nets.data.specs import ImageInput
from nets.data.value_ranges import OWN, RANGES, to_values
from nets.errors import LensletError
from nets.network.graph import Graph, Step
from nets.network.inputs import InputGuess
from nets.network.outputs import meaning_of, to_probabilities
from nets.text import Text

LARGEST_DIGIT = 64  # side of an input that may read digits
MOST_STEPS = 40  # most steps of a network that is tried on colour digits; steps that are searched for a normalisation
READS = 0.5  # share of the digits that a network for digits gets right in its own range; in others it reaches 0.2
# 0 to 1 is kept unless the mean squared error is above GOOD with it and below BETTER of that with another range. Of 23
# networks trained on MNIST in seven ranges this was right for 20 and cost the others 0.1 % of their accuracy. (The
# logarithm of the probability is a worse judge: large values make any network sure.)
GOOD = 0.1
BETTER = 0.8
SAME = 0.01
NEAR = 2  # most layers with weights before the batch normalisation that is examined
CLOSER = 0.7  # the same for the divergence of a batch normalisation's statistics
DEAD = 1e-6  # of the largest variance: channels below it are always 0, whatever the input, and say nothing


def detect_input(
    graph: Graph, guess: InputGuess, classes: int, labels: tuple[str, ...] = ()
) -> tuple[ImageInput, tuple[str, ...]]:
    """Decide by computing what ``guess`` leaves open; under a second for a small network.

    Args:
        graph: the network's.
        guess: what is known of its input.
        classes: how many outputs it has.
        labels: their names, where they are known.

    Returns:
        The input, and a sentence for each thing that was assumed, with the reason.
    """
    try:
        return _Detection(graph, guess, classes, labels).run()
    except Exception as problem:  # what a stranger's layers and XLA raise is only known by trying
        reason = str(problem).split("\n")[0][:120] or type(problem).__name__
        words = Text(
            "It is assumed to get the range “0 to 1”, the most usual one. It could not be tried ({reason}). If that is "
            "wrong, change it: Ctrl+I in the window, --range on the command line.",
            reason=reason,
        )
        return guess.input, (words,)


ASSUMED = Text(
    "It is assumed to get the range “0 to 1”, the most usual one. If that is wrong, change it: Ctrl+I in the window, "
    "--range on the command line."
)
UNDECIDED = Text(
    "It is assumed to get the range “0 to 1”, the most usual one: its first batch normalisation does not tell it from "
    "others. If that is wrong, change it: Ctrl+I in the window, --range on the command line."
)
PICTURE = Text("Pictures are fitted in whole: not cropped, centred or inverted as digits are.")
NO_DIGITS = Text(
    "It does not read drawn digits. Pictures are fitted in whole: not cropped, centred or inverted as digits are."
)


@dataclass(frozen=True)
class _Reading:
    """How well the digits are read in a range. error: the mean squared error of the probabilities, 0 to 2."""

    right: int
    error: float


class _Detection:
    def __init__(self, graph: Graph, guess: InputGuess, classes: int, labels: tuple[str, ...]) -> None:
        self._graph = graph
        self._guess = guess
        self._classes = classes
        self._labels = labels
        self._input = guess.input

    def run(self) -> tuple[ImageInput, tuple[str, ...]]:
        knows_range, knows_fit = "range" in self._guess.known, "fit" in self._guess.known
        if knows_range and knows_fit:
            return self._input, ()
        outputs = self._digit_outputs()
        if outputs is not None and not (knows_fit and self._input.fit != "digit"):
            readings = self._read_digits(outputs)
            best = self._best(readings)
            if readings[best].right >= READS * 64:
                return self._digits(readings, best)
        notes: tuple[str, ...] = ()
        if not knows_fit:
            self._input = replace(self._input, fit="picture")
            if self._input.channels == 1:
                if "polarity" not in self._guess.known:
                    self._input = replace(self._input, polarity="as-it-is")
                notes = (PICTURE if outputs is None else NO_DIGITS,)
        if not knows_range:
            notes = (*notes, self._set_range())
        return self._input, notes

    def _digits(self, readings: dict[str, _Reading], best: str) -> tuple[ImageInput, tuple[str, ...]]:
        words = Text(
            "It reads {right} of 64 drawn digits in the range “{range}”; so it gets that range, and drawings are "
            "cropped and centred as in MNIST.",
            right=readings[best].right,
            range=RANGES[best].title,
        )
        if best != "unit" and "unit" in readings:
            words = Text(
                "It reads {right} of 64 drawn digits in the range “{range}”, {usual} in “0 to 1”; so it gets that "
                "range, and drawings are cropped and centred as in MNIST.",
                right=readings[best].right,
                range=RANGES[best].title,
                usual=readings["unit"].right,
            )
        return replace(self._input, fit="digit", range=best), (words,)

    # --- digits -----------------------------------------------------------------------------------------------------

    def _digit_outputs(self) -> np.ndarray | None:
        """(10,) the outputs for the digits 0 to 9; None for a network that reads no digits."""
        if max(self._input.height, self._input.width) > LARGEST_DIGIT or min(self._input.shape[:2]) < 8:
            return None
        if self._input.channels == 3 and len(self._graph.steps) > MOST_STEPS:
            return None
        names = [str(digit) for digit in range(10)]
        if set(names) <= set(self._labels):
            return np.array([self._labels.index(name) for name in names])
        return np.arange(10) if 10 <= self._classes <= 62 else None  # whatever their names are: "zero", "class 0"

    def _read_digits(self, outputs: np.ndarray) -> dict[str, _Reading]:
        """The results by the range's name, for the ranges that fit the channels, or for the known one."""
        images, labels = labelled_digits()
        compute = CompiledPass(self._graph, (len(images), *self._input.shape), lambda results, output: output)
        meaning = meaning_of(self._graph)
        wanted = np.zeros((len(images), self._classes), np.float32)
        wanted[np.arange(len(images)), outputs[labels]] = 1
        found = {}
        for name in self._candidates():
            trial = replace(self._input, fit="digit", range=name)
            raw = np.asarray(compute(to_values(fit(images, ImageInput(), trial), trial)), np.float32)
            probabilities = to_probabilities(raw.reshape(len(images), -1), meaning)
            error = float(np.square(probabilities - wanted).sum(axis=1).mean())
            right = int((probabilities.argmax(axis=1) == outputs[labels]).sum())
            found[name] = _Reading(right, error if math.isfinite(error) else math.inf)
        return found

    def _best(self, readings: dict[str, _Reading]) -> str:
        errors = {name: reading.error for name, reading in readings.items()}
        least = min(errors.values())
        # Of equally good ranges the first in the table, which is the more usual.
        best = next(name for name, error in errors.items() if error <= least + SAME)
        unit = errors.get("unit", math.inf)
        return "unit" if unit <= GOOD or unit * BETTER <= errors[best] else best

    def _candidates(self) -> list[str]:
        if "range" in self._guess.known:
            return [self._input.range]
        return [row.name for row in RANGES.values() if row.name != OWN and self._input.channels in row.channels]

    # --- pictures ---------------------------------------------------------------------------------------------------

    def _set_range(self) -> Text:
        """Set the range by the first batch normalisation; returns a sentence about it."""
        gaps = self._divergences()
        if gaps:
            best = min(gaps, key=gaps.__getitem__)
            other = min((name for name in gaps if name != "unit"), key=gaps.__getitem__)
            if gaps["unit"] * CLOSER <= gaps[other] and gaps[other] * CLOSER <= gaps["unit"]:
                return UNDECIDED  # 0 to 1 and another range fit equally well
            other = min((name for name in gaps if name != best), key=gaps.__getitem__)
            self._input = replace(self._input, range=best)
            found = Text(
                "It gets the range “{range}”: what its first batch normalisation then receives of photographs is "
                "nearest to what it received in training (divergence {gap:.2g}; in “{other}” {other_gap:.2g}).",
                range=RANGES[best].title,
                gap=gaps[best],
                other=RANGES[other].title,
                other_gap=gaps[other],
            )
            return found
        return ASSUMED

    def _divergences(self) -> dict[str, float]:
        """By the range's name: the distance of the statistics that arrive at the first batch normalisation from the
        stored ones.
        """
        found = _first_normalisation(self._graph)
        if found is None:
            return {}
        part, step = found
        try:
            images = photographs(*self._input.shape)
        except LensletError:
            return {}
        mean, variance = (_numbers(value) for value in (step.operation.moving_mean, step.operation.moving_variance))
        if not (np.isfinite(mean).all() and np.isfinite(variance).all()) or _is_untrained(mean, variance):
            return {}
        alive = variance > DEAD * variance.max()
        axis = step.operation.axis
        compute = CompiledPass(part, (len(images), *self._input.shape), lambda results, output: output)
        gaps = {}
        for name in self._candidates():
            arrived = np.asarray(compute(to_values(images, replace(self._input, range=name))), np.float64)
            channels = np.moveaxis(arrived, axis, -1).reshape(-1, len(mean))
            arrived_mean, arrived_variance = channels.mean(axis=0)[alive], channels.var(axis=0)[alive]
            gaps[name] = divergence(arrived_mean, arrived_variance, mean[alive], variance[alive])
        return gaps


def divergence(mean: np.ndarray, variance: np.ndarray, other_mean: np.ndarray, other_variance: np.ndarray) -> float:
    """Jeffreys' divergence of two normal distributions, the median over channels.

    Of first layers drawn at random and statistics of CIFAR-10 and Fashion-MNIST, this found the range 153 times of 156.

    Args:
        mean: (channels,) of the first distribution.
        variance: (channels,) of the first distribution, 0 or more.
        other_mean: (channels,) of the second.
        other_variance: (channels,) of the second, 0 or more.

    Returns:
        0 where they are alike; there is no upper limit.
    """
    one, other = variance + 1e-6, other_variance + 1e-6
    apart = np.square(mean - other_mean)
    return float(np.median((one + apart) / (2 * other) + (other + apart) / (2 * one) - 1))


def _first_normalisation(graph: Graph) -> tuple[Graph, Step] | None:
    """The first batch normalisation, with the part of the graph before it, which ends in its input.

    None if there is none near the front: further back the statistics depend on the pictures' content.
    """
    from keras import layers

    before = 0
    for number, step in enumerate(graph.steps[:MOST_STEPS]):
        if isinstance(step.operation, layers.BatchNormalization):
            return replace(graph, steps=graph.steps[:number], output=step.inputs[0]), step
        before += bool(getattr(step.operation, "weights", ()))
        if before > NEAR:
            return None
    return None


def _is_untrained(mean: np.ndarray, variance: np.ndarray) -> bool:
    """Whether the statistics are those of a new layer."""
    return bool((mean == 0).all() and (variance == 1).all())


def _numbers(value: Any) -> np.ndarray:
    from keras import ops

    return np.asarray(ops.convert_to_numpy(value), np.float64)
