"""Activation maximisation: the picture that makes an output, a filter or a unit answer most.

Erhan et al. 2009, Visualizing higher-layer features of a deep network; Simonyan et al. 2013, arXiv:1312.6034; jitter
and frequencies: Olah et al. 2017, doi:10.23915/distill.00007.

Gradient ascent (Adam) on the picture. The objective is the mean of the chosen output's logit, of a filter's whole map
or of one position in it (maps before the layer's activation). Two penalties are subtracted: l1 times the mean distance
from the lowest number (black), and tv times the total variation.

The result depends on the start, the optimiser, the range and the seed. It convinces the network, but rarely looks like
the class to the eye.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.data.value_ranges import range_of
from nets.errors import UsageError
from nets.events import Progress, Report, no_report
from nets.explain.ascent import Ascent, AscentState, Objective, climb, steps_together
from nets.explain.parametrised import Parametrised, Space
from nets.explain.partial import Partial
from nets.explain.query import Target, weights_of
from nets.explain.rectified import position_mask
from nets.explain.scores import scores_of
from nets.explain.values import bounds
from nets.network.outputs import before_activation
from nets.text import Text

if TYPE_CHECKING:
    from nets.compute.lens import Lens
    from nets.data.specs import ImageInput
    from nets.network.model import Model

SHOWN = 20  # steps from one partial result to the next
STARTS = ("noise", "grey", "image")
JITTERED = 14  # the shorter side is divided by this: 16 pixels of 224
# as a share of the range: the largest brightness of the initial noise, and the grey to start from
NOISE, MIDDLE = 0.2, 0.5


@dataclass(frozen=True)
class Usual:
    """Defaults of ``maximise`` that depend on the network; the fields have the names of its parameters."""

    space: Space
    start: str
    tv: float
    jitter: int


def usual(input: ImageInput, space: Space | None = None) -> Usual:
    """The defaults that give a recognisable picture for a network with this input.

    Optimised in pixels, the picture of a network for photographs is coloured noise (which convinces the network all the
    same). Optimised in frequencies, from grey and moved a little before each step, it shows shapes. For small grey
    drawings pixels are enough.

    Args:
        input: What the network receives.
        space: "pixels" or "frequencies" if the caller has chosen already, else None.
    """
    if input.channels != 3:
        return Usual(space or "pixels", "noise", 5.0, 0)
    jitter = max(1, min(input.height, input.width) // JITTERED)
    if space == "pixels":
        return Usual("pixels", "noise", 5.0, jitter)
    return Usual("frequencies", "grey", 0.0, jitter)


@dataclass(frozen=True, eq=False)
class Maximised:
    """The result of an ascent.

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
    """The picture with the highest objective that ``maximise`` finds.

    Args:
        lens: The model.
        image: Where the ascent begins with ``start="image"``; not used otherwise.
        target: The output, or a list of them, for as many pictures; not used where ``map`` is given. None: the
            picture's answer, or the first.
        layer: The layer of ``map``.
        report: Receives the number of steps done before every call, and sometimes a partial result.
        options: As for ``maximise``.

    Returns:
        (H, W, C) float32 in the network's numbers, or (N, H, W, C).
    """
    if target is None:
        by_answer = image is not None and options.get("map") is None
        target = int(lens.classify(image[None])[0].argmax()) if by_answer else 0  # type: ignore[index]
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
    tv: float | None = None,
    blur: float = 0.0,
    jitter: int | None = None,
    space: Space | None = None,
    start: str | None = None,
    seed: int = 0,
) -> Maximised:
    """Gradient ascent on one picture for each of ``targets``, all at once.

    For parameters that are None, ``usual`` decides by the network.

    Args:
        lens: The model.
        targets: Classes, or pairs of classes; if ``map`` is given, only their number counts.
        layer: The path of the layer that ``map`` belongs to.
        image: (H, W, C) float32 in the network's numbers, for ``start="image"``.
        report: Receives a Progress before each compiled call, and every ``SHOWN`` steps a Partial with the pictures so
            far, (N, H, W, C). May raise Cancelled.
        map: The number of a map (or unit) of ``layer`` to maximise in place of the output.
        row: With ``column``, one position in the map; None: the mean over the map.
        column: See ``row``.
        steps: Number of steps.
        rate: Adam's step size, as a share of the range of the network's numbers.
        l1: Weight of the mean distance from black.
        tv: Weight of the total variation.
        blur: Standard deviation, in pixels, of the Gaussian that smooths the picture after each step; only for
            "pixels".
        jitter: Before each step the picture is moved at random by up to so many pixels.
        space: What is optimised: "pixels" or "frequencies".
        start: "noise", "grey" or "image".
        seed: Decides the noise and the jitter.

    Returns:
        The pictures in the order of ``targets``, and the course of the objective.

    Raises:
        UsageError: ``start`` is "image" and there is no image.
    """
    chosen = usual(lens.card.input, space)
    space, start = chosen.space, start or chosen.start
    tv = chosen.tv if tv is None else tv
    jitter = chosen.jitter if jitter is None else jitter
    generator = np.random.default_rng(seed)
    made = Parametrised(lens.card.input, space)
    low, high = bounds(lens.card.input)
    shape, count = lens.card.input.shape, len(targets)
    begun = _begun(start, image, low, high, shape, generator)
    parameters = made.of_picture(np.repeat(begun[None], count, axis=0))
    moves = generator.integers(-jitter, jitter + 1, size=(steps, 2))
    key, objective, by = _of_score(lens, targets) if map is None else _of_map(lens, layer, map, row, column, count)
    ascent = Ascent(key, objective, by, made, rate, l1, tv, blur, jitter)
    state = AscentState(parameters, np.zeros_like(parameters), np.zeros_like(parameters), 0)
    course: list[np.ndarray] = []
    together = steps_together(lens, count)
    while state.steps < steps:
        report(Progress("steps", state.steps, steps))
        taken = min(together, SHOWN - state.steps % SHOWN, steps - state.steps)
        state, reached = climb(lens, ascent, state, moves[state.steps : state.steps + taken])
        course.append(reached)
        if state.steps % SHOWN == 0:
            report(Partial("picture", state.steps, steps, made.picture(state.parameters).astype(np.float32)))
    report(Progress("steps", steps, steps))
    return Maximised(made.picture(state.parameters).astype(np.float32), np.concatenate(course))


def reached(lens: Lens, picture: np.ndarray, target: Target | None, layer: str, options: Mapping[str, Any]) -> float:
    """The objective of a picture, by which an ascent is judged, without penalties.

    Args:
        lens: The model.
        picture: (H, W, C) float32 in the network's numbers.
        target: The class or pair; None: the first, as ``activation_maximization`` takes it without a picture.
        layer: The layer of ``map``.
        options: Of the method; ``map``, ``row`` and ``column`` are read.

    Returns:
        The logit; the map's mean, or its value at one position, before the layer's activation if a map is given.
    """
    from nets import backend

    place = [options.get(name) for name in ("map", "row", "column")]
    if place[0] is None:
        key, objective, by = _of_score(lens, [0 if target is None else target])
    else:
        key, objective, by = _of_map(lens, layer, place[0], place[1], place[2], 1)
    function = lens.kept(("reached", *key), lambda: backend.compile(objective))
    return float(backend.to_array(function(picture[None], by))[0])


def way(input: ImageInput, options: Mapping[str, Any]) -> str:
    """How a picture was made: the start, the optimiser, the range and the seed, which are part of the result.

    Args:
        input: What the network receives.
        options: All options of the method.
    """
    chosen = usual(input, options.get("space"))
    return Text(
        "{steps} steps of Adam from {start}, in {space}, {range}; seed {seed}",
        steps=options["steps"],
        start={"image": "a picture"}.get(str(options.get("start")), options.get("start") or chosen.start),
        space=chosen.space,
        range=range_of(input).title,
        seed=options["seed"],
    )


def _of_score(lens: Lens, targets: Sequence[Target]) -> tuple[tuple[Any, ...], Objective, np.ndarray]:
    """The objective of the outputs' logits: its key, the function, and each picture's weights of the logits."""
    from keras import ops

    def reached(pictures: Any, by: Any) -> Any:
        return ops.sum(scores_of(lens.model, pictures)[1] * by, axis=1)

    return ("score",), reached, np.stack([weights_of(lens.model, target) for target in targets]).astype(np.float32)


def _of_map(
    lens: Lens, layer: str, number: int, row: int | None, column: int | None, count: int
) -> tuple[tuple[Any, ...], Objective, np.ndarray]:
    """The objective of a map's mean, of one position in it or of a unit, taken before the layer's activation: where a
    ReLU is off, its output has no gradient to climb.
    """
    from keras import ops

    chosen = position_mask(lens.model, layer, number, row, column)
    chosen /= chosen.sum()

    def reached(pictures: Any, mask: Any) -> Any:
        kept: list[Any] = []

        def keep(operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            before, activation = before_activation(operation, args, kwargs)
            kept.append(before)
            return activation(before)

        scores_of(lens.model, pictures, {layer: keep})
        return ops.sum(ops.reshape(ops.cast(kept[0], "float32") * mask, (pictures.shape[0], -1)), axis=1)

    return ("map", layer), reached, np.repeat(chosen, count, axis=0)


def numbers_held(model: Model, options: Mapping[str, Any], target: Any) -> int:
    """How many numbers ``maximise`` holds: per picture its values, its gradient, Adam's two moments and their
    intermediate results; and the course of the objective.

    Args:
        model: The network.
        options: Of the method, all of them; ``steps`` is read.
        target: One target, or a list with one for each picture.

    Returns:
        A count of float32 numbers.
    """
    count = len(target) if isinstance(target, list | np.ndarray) else 1
    return count * (8 * int(np.prod(model.card.input.shape)) + int(options["steps"]))


def _begun(
    start: str,
    image: np.ndarray | None,
    low: np.ndarray,
    high: np.ndarray,
    shape: tuple[int, int, int],
    generator: np.random.Generator,
) -> np.ndarray:
    """(H, W, C) float32: the picture that the ascent starts from."""
    if start == "image":
        if image is None:
            raise UsageError("expected a picture to begin with, found none; give one, or begin with noise")
        return np.asarray(image, np.float32).reshape(shape)
    middle = low + (high - low) * (MIDDLE if start == "grey" else NOISE * generator.random(shape, dtype=np.float32))
    return np.broadcast_to(middle, shape).astype(np.float32)
