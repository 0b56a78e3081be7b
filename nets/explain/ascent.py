"""Gradient ascent (Adam) on pictures: several steps in one compiled call.

On a small network a step takes less time than calling TensorFlow and returning from it, so several steps share one
call. The objective, the penalties and the update are one function, differentiated as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.explain.parametrised import Parametrised
from nets.explain.scores import compiled, multiply_adds, parts, per_call
from nets.explain.smoothing import blur_matrix, total_variation
from nets.explain.values import bounds

if TYPE_CHECKING:
    from nets.compute.lens import Lens

FADES, SQUARES, TINY = 0.9, 0.999, 1e-8  # Adam's
TOGETHER = 20  # steps in one call, at most
CALL = 500_000_000  # multiply-adds in one call at most: the work can be stopped only between calls
TINY_NETWORK = 5_000_000  # multiply-adds up to which XLA is faster: 110 ms instead of 170 for 200 steps of lenet

# From pictures (N, H, W, C) and the rows of ``Ascent.by`` to the objective of each picture, (N,); tensors.
Objective = Callable[[Any, Any], Any]


@dataclass(frozen=True, eq=False)
class Ascent:
    """What is maximised, and how.

    key: distinguishes ``objective`` from others of the same network. by: (N, ...) float32, one row per picture: the
    data that the objective needs. The other fields are options of ``maximise``.
    """

    key: tuple[Any, ...]
    objective: Objective
    by: np.ndarray
    made: Parametrised
    rate: float
    l1: float
    tv: float
    blur: float
    jitter: int


@dataclass(frozen=True, eq=False)
class AscentState:
    """The state of an ascent: the parameters of the pictures and Adam's two moments, (N, H, W, C) float32 each."""

    parameters: np.ndarray
    first: np.ndarray
    second: np.ndarray
    steps: int


def steps_together(lens: Lens, count: int) -> int:
    """Number of steps for ``count`` pictures that go into one call."""
    return max(1, min(TOGETHER, CALL // (2 * count * multiply_adds(lens.model))))


def climb(lens: Lens, ascent: Ascent, state: AscentState, moves: np.ndarray) -> tuple[AscentState, np.ndarray]:
    """Do some steps of an ascent in one compiled call for each group of pictures that fits into memory.

    Args:
        lens: The model.
        ascent: What is maximised.
        state: The state before.
        moves: (steps, 2) int, at most ``TOGETHER`` rows: by how many pixels the pictures are moved down and right
            before each step.

    Returns:
        The state after the steps, and the objective without penalties before each step, (steps, N) float32.
    """
    from nets import backend

    steps = len(moves)
    padded = np.zeros((TOGETHER, 2), np.int32)
    padded[:steps] = moves
    numbers = [np.array(value, np.int32) for value in (state.steps, steps)]
    weights = np.array([ascent.rate, ascent.l1, ascent.tv], np.float32)
    found = []
    for part in parts(len(state.parameters), per_call(lens.model, backward=True)):
        count = part.stop - part.start
        key = ("ascent", *ascent.key, ascent.made.space, ascent.blur, bool(ascent.jitter))
        live = multiply_adds(lens.model) <= TINY_NETWORK
        function = compiled(lens, key, count, lambda xla: _compiled(lens, ascent, xla), live=live)
        own = (state.parameters[part], state.first[part], state.second[part], ascent.by[part])
        found.append([backend.to_array(each) for each in function(*own, padded, *numbers, weights)])
    *arrays, courses = zip(*found, strict=True)
    parameters, first, second = (np.concatenate(each) for each in arrays)
    return AscentState(parameters, first, second, state.steps + steps), np.concatenate(courses, axis=1)[:steps]


def _compiled(lens: Lens, ascent: Ascent, xla: bool) -> Callable[..., Any]:
    from keras import ops

    from nets import backend

    made, blur = ascent.made, ascent.blur
    low, high = bounds(lens.card.input)
    span = high - low if made.space == "pixels" else np.float32(1)
    blurs = [blur_matrix(side, blur) for side in lens.card.input.shape[:2]] if blur and made.space == "pixels" else []

    def gained(parameters: Any, by: Any, move: Any, weights: Any) -> tuple[Any, Any]:
        pictures = made.picture(parameters, ops)
        reached = ascent.objective(_moved(pictures, move) if ascent.jitter else pictures, by)
        dark = ops.mean(pictures - low, axis=(1, 2, 3))  # no picture is darker than black
        return ops.sum(reached - weights[1] * dark - weights[2] * total_variation(pictures)), reached

    def climbed(
        parameters: Any, first: Any, second: Any, by: Any, moves: Any, done: Any, steps: Any, weights: Any
    ) -> Any:
        places = ops.arange(TOGETHER, dtype="int32")

        def step(number: Any, state: Any) -> Any:
            parameters, first, second, course = state
            (_, reached), slope = backend.value_and_gradient(
                gained, parameters, by, ops.take(moves, number, 0), weights
            )
            first = first + (1 - FADES) * (slope - first)
            second = second + (1 - SQUARES) * (slope * slope - second)
            count = ops.cast(done + number + 1, "float32")
            size = weights[0] * span / (1 - ops.power(FADES, count))
            spread = ops.sqrt(second / (1 - ops.power(SQUARES, count))) + TINY
            parameters = made.within(parameters + size * first / spread, ops)
            if blurs:
                parameters = ops.einsum("yk,nklc,xl->nyxc", blurs[0], parameters, blurs[1])
            here = ops.cast(places == number, "float32")
            return parameters, first, second, course + here[:, None] * reached[None]

        course = ops.zeros((TOGETHER, parameters.shape[0]), "float32")
        return ops.fori_loop(0, steps, step, (parameters, first, second, course))

    return backend.compile(climbed, xla=xla)


def _moved(pictures: Any, move: Any) -> Any:
    """Pictures (N, H, W, C) moved down and right by ``move`` (2,) int; pixels that leave on one side enter on the
    other.
    """
    from keras import ops

    for axis in (1, 2):
        side = pictures.shape[axis]
        places = ops.mod(ops.arange(side, dtype="int32") - move[axis - 1], side)
        pictures = ops.take(pictures, places, axis=axis)
    return pictures
