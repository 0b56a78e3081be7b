"""Activation maximisation: the picture that makes an output, a filter or a unit answer most.

Erhan et al. 2009, Visualizing higher-layer features of a deep network; Simonyan et al. 2013, arXiv:1312.6034; with
jitter and frequencies Olah et al. 2017, doi:10.23915/distill.00007.

Gradient ascent (Adam) on the picture. The objective is the mean of what is looked at, an output's logit, a filter's
whole map or one position in it (both before the layer's activation), less l1 times the mean distance from the lowest
number (black) and tv times the total variation. The start, the optimiser, the range and the seed are part of the
result: another start ends elsewhere. An output's ideal picture convinces the network, seldom the eye.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.errors import UsageError
from nets.events import Progress, Report, no_report
from nets.explain.parametrised import Parametrised, Space
from nets.explain.partial import Partial
from nets.explain.scores import compiled, scores_of
from nets.explain.smoothing import blur_matrix, shifted, total_variation
from nets.explain.subject import Target, weights_of
from nets.explain.values import bounds
from nets.network.graph import Rule
from nets.network.outputs import before_activation

if TYPE_CHECKING:
    from nets.compute.lens import Lens
    from nets.network.model import Model

FADES, SQUARES, TINY = 0.9, 0.999, 1e-8  # Adam's
SHOWN = 20  # steps from one partial result to the next
STARTS = ("noise", "grey", "image")
NOISE, MIDDLE = 0.2, 0.5  # of the range: how bright the noise to begin with is at most, and the grey


@dataclass(frozen=True, eq=False)
class Maximised:
    """What an ascent found.

    pictures: (N, H, W, C) float32 in the network's numbers. course: (steps, N) float32, the objective without penalties
    before each step.
    """

    pictures: np.ndarray
    course: np.ndarray


def activation_maximization(
    lens: Lens,
    image: np.ndarray | None,
    *,
    target: Target | Sequence[Target] | None = None,
    layer: str = "",
    report: Report = no_report,
    **options: Any,
) -> np.ndarray:
    """The picture that answers most, as ``maximise`` finds it.

    Args:
        lens: The model.
        image: Where the ascent begins with ``start="image"``; not used otherwise.
        target: The output, or a list of them, for as many pictures; not used where ``map`` is given. None: the
            picture's answer, or the first.
        layer: The layer of ``map``.
        report: Told of every step; partial results now and then.
        options: As for ``maximise``.

    Returns:
        (H, W, C) float32 in the network's numbers, or (N, H, W, C).
    """
    if target is None:
        target = int(lens.classify(image[None])[0].argmax()) if image is not None else 0
    one = not isinstance(target, list | np.ndarray)
    targets: list[Any] = [target] if one else list(target)  # type: ignore[arg-type]
    found = maximise(lens, targets, layer=layer, image=image, report=report, **options)
    return found.pictures[0] if one else found.pictures


def maximise(
    lens: Lens,
    targets: Sequence[Target],
    *,
    layer: str = "",
    image: np.ndarray | None = None,
    report: Report = no_report,
    map: int | None = None,
    row: int | None = None,
    column: int | None = None,
    steps: int = 200,
    rate: float = 0.05,
    l1: float = 0.0,
    tv: float = 5.0,
    blur: float = 0.0,
    jitter: int = 0,
    space: Space = "pixels",
    start: str = "noise",
    seed: int = 0,
) -> Maximised:
    """Gradient ascent on one picture for each of ``targets``, all at once.

    Args:
        lens: The model.
        targets: Outputs; where ``map`` is given their number alone counts.
        layer: The layer of ``map``.
        image: (H, W, C) float32 in the network's numbers, for ``start="image"``.
        report: Told of every step; of partial results, (N, H, W, C), every ``SHOWN`` steps.
        map: A map (or unit) of ``layer`` to be looked at in place of the output.
        row: With ``column``, of one position in the map; None: the mean over the map.
        column: See ``row``.
        steps: How many.
        rate: Of Adam, as a share of the range of the network's numbers.
        l1: How much the mean distance from black counts, in units of the objective.
        tv: How much the total variation counts.
        blur: The deviation in pixels of the Gaussian that smooths the picture after each step; in pixels alone.
        jitter: The picture is moved by up to so many pixels, at random, before each step.
        space: What is optimised: "pixels" or "frequencies".
        start: "noise", "grey" or "image".
        seed: Decides the noise and the jitter.
    """
    from keras import ops

    generator = np.random.default_rng(seed)
    made = Parametrised(lens.card.input, space)
    low, high = bounds(lens.card.input)
    shape, count = lens.card.input.shape, len(targets)
    begun = _begun(start, image, low, high, shape, generator)
    parameters = made.of_picture(np.repeat(begun[None], count, axis=0))
    by = np.stack([weights_of(lens.model, target) for target in targets])
    size = rate * (high - low) if space == "pixels" else np.full_like(low, rate)
    smooth = [blur_matrix(side, blur if space == "pixels" else 0) for side in shape[:2]]
    chosen = (map, row, column) if map is not None else None
    step = compiled(
        lens,
        ("ascent", count, space, layer if chosen else "", chosen, bool(l1 or tv), blur > 0, jitter > 0),
        1,
        lambda xla: _compiled(
            lens, made, layer, chosen, penalised=bool(l1 or tv), blurs=blur > 0, moves=jitter > 0, xla=xla
        ),
    )
    moves = generator.integers(-jitter, jitter + 1, size=(steps, 2)).astype(np.int32)
    fixed = [ops.convert_to_tensor(np.asarray(array, np.float32)) for array in (by, size, l1, tv, *smooth)]
    state = [ops.convert_to_tensor(array) for array in (parameters, 0 * parameters, 0 * parameters)]
    course = []
    report(Progress("steps", 0, steps))
    for number in range(1, steps + 1):
        moved = [ops.convert_to_tensor(value) for value in (np.float32(number), *moves[number - 1])]
        *state, reached = step(*state, *fixed, *moved)
        course.append(reached)
        report(Progress("steps", number, steps))
        if number % SHOWN == 0:
            report(Partial("picture", number, steps, np.asarray(made.picture(state[0]), np.float32)))
    pictures = np.asarray(made.picture(state[0]), np.float32)
    return Maximised(pictures, np.stack([np.asarray(each) for each in course]))


def _begun(
    start: str,
    image: np.ndarray | None,
    low: np.ndarray,
    high: np.ndarray,
    shape: tuple[int, int, int],
    generator: np.random.Generator,
) -> np.ndarray:
    """(H, W, C) float32: where the ascent begins."""
    if start == "image":
        if image is None:
            raise UsageError("expected a picture to begin with, found none; give one, or begin with noise")
        return np.asarray(image, np.float32).reshape(shape)
    middle = low + (high - low) * (MIDDLE if start == "grey" else NOISE * generator.random(shape, dtype=np.float32))
    return np.broadcast_to(middle, shape).astype(np.float32)


def _compiled(
    lens: Lens,
    made: Parametrised,
    layer: str,
    chosen: tuple[int, int | None, int | None] | None,
    *,
    penalised: bool,
    blurs: bool,
    moves: bool,
    xla: bool,
) -> Callable[..., Any]:
    """One step of Adam: (parameters, two moments, targets, step size, l1, tv, two blurs, number, down, right) -> the
    first three anew, and the objective before the step, (N,)."""
    from keras import ops

    from nets import backend

    low = bounds(lens.card.input)[0]

    def step(
        parameters: Any,
        first: Any,
        second: Any,
        by: Any,
        size: Any,
        l1: Any,
        tv: Any,
        rows: Any,
        columns: Any,
        number: Any,
        down: Any,
        right: Any,
    ) -> tuple[Any, ...]:
        def objective(values: Any) -> Any:
            pictures = made.picture(values)
            seen = shifted(pictures, down, right) if moves else pictures
            kept: list[Any] = []
            _, logits = scores_of(lens.model, seen, {layer: _keeping(kept)} if chosen else None)
            reached = _answer(lens.model, kept[0], chosen) if chosen else ops.sum(logits * by, axis=1)
            wanted = ops.sum(reached)
            if penalised:
                wanted -= l1 * ops.sum(ops.mean(pictures - low, axis=(1, 2, 3)))
                wanted -= tv * ops.sum(total_variation(pictures))
            return wanted, reached

        (_, reached), gradient = backend.value_and_gradient(objective, parameters)
        first = FADES * first + (1 - FADES) * gradient
        second = SQUARES * second + (1 - SQUARES) * gradient * gradient
        unbiased = first / (1 - ops.power(FADES, number))
        spread = ops.sqrt(second / (1 - ops.power(SQUARES, number))) + TINY
        parameters = made.within(parameters + size * unbiased / spread)
        if blurs:
            parameters = ops.einsum("yk,nklc,xl->nyxc", rows, parameters, columns)
        return parameters, first, second, reached

    return backend.compile(step, xla=xla)


def _keeping(kept: list[Any]) -> Rule:
    """A rule that leaves a layer as it is, and keeps its value before the activation.

    Behind a ReLU that is off there is no gradient to climb.
    """

    def rule(operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        before, activation = before_activation(operation, args, kwargs)
        kept.append(before)
        return activation(before)

    return rule


def _answer(model: Model, values: Any, chosen: tuple[int, int | None, int | None]) -> Any:
    """(N,): the mean of one map, one position in it, or one unit."""
    from keras import ops

    number, row, column = chosen
    values = ops.cast(values, "float32")
    if len(values.shape) < 4:
        return values[..., number]
    one = values[:, number] if model.graph.channels_first else values[..., number]
    return ops.mean(one, axis=(1, 2)) if row is None or column is None else one[:, row, column]
