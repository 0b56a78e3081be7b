"""Style transfer: a picture with the content of one picture and the style of another, as a network sees them.

Gatys, Ecker, Bethge 2015, A neural algorithm of artistic style, arXiv:1508.06576.

The content is the output of a deep layer. The style is which maps of some layers are active together, wherever in the
picture (their Gram matrices). Gradient descent (Adam) on the picture lowers the distances to both and the total
variation. Each distance is divided by the size of its target, so that the same weights suit every network; the paper's
distances are absolute.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.array_files import read_arrays
from nets.compute.compiled import to_layout
from nets.errors import LensletError, UsageError
from nets.events import Progress, Report, no_report
from nets.explain.ascent import FADES, SQUARES, TINY
from nets.explain.layers import refusal_of_layer, spatial_layers
from nets.explain.memory import needed, refusal_of_memory
from nets.explain.option import FITTING, Option
from nets.explain.other_sizes import refusal_of_layers
from nets.explain.partial import Partial
from nets.explain.resized import in_channels, refusal_of_size, resized
from nets.explain.scores import compiled
from nets.explain.smoothing import total_variation
from nets.explain.values import bounds, to_numbers, to_picture
from nets.network.part import part_up_to
from nets.text import Text

if TYPE_CHECKING:
    from nets.compute.lens import Lens
    from nets.network.model import Model

_LAYERS = "layers by name, set apart by commas"
OPTIONS = (
    Option("content", "Content from", "names", None, description=_LAYERS, unset=FITTING),
    Option("styles", "Style from", "names", None, description=_LAYERS, unset=FITTING),
    Option("steps", "Steps", "int", 100, 1, 100_000, description="of the descent"),
    Option("content_weight", "Content weight", "float", 1.0, 0, 1e9, description="how much the content counts"),
    Option("style_weight", "Style weight", "float", 10.0, 0, 1e9, description="how much the style counts"),
    Option("tv", "Total variation", "float", 0.5, 0, 1e9, description="penalty on neighbours that differ"),
    Option("rate", "Step size", "float", 0.02, 1e-6, 1, description="of Adam, as a share of the range"),
)
"""The options: ``steps`` is a parameter of ``transfer``, the others are fields of ``Styling``."""
EVERY = 0.5  # seconds between partial results


@dataclass(frozen=True)
class Styling:
    """The layers and weights of a transfer.

    content, styles: the paths of the layers; empty: those of ``usual_layers``. content_weight, style_weight, tv:
    weights of the two distances and of the total variation. rate: Adam's step size, as a share of the network's range.
    """

    content: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    content_weight: float = 1.0
    style_weight: float = 10.0
    tv: float = 0.5
    rate: float = 0.02


@dataclass(frozen=True, eq=False)
class Styled:
    """The state of a transfer, from which it can go on.

    numbers: (h, w, C) float32, the picture in the network's numbers. first, second: Adam's moments of the same shape.
    steps: how many were done. losses: (steps, 3) float32, unweighted before each step: the distances of content and
    style, and the total variation.
    """

    numbers: np.ndarray
    first: np.ndarray
    second: np.ndarray
    steps: int
    losses: np.ndarray

    def picture(self, lens: Lens) -> np.ndarray:
        """(h, w, C) float32 from 0 to 1, red, green, blue."""
        return to_picture(self.numbers, lens.card.input)

    def write(self, path: Path) -> None:
        """Write the state to a ``.npz`` file; ``read`` gives it back, and ``transfer`` goes on from it."""
        arrays = {name: getattr(self, name) for name in ("numbers", "first", "second", "losses")}
        np.savez(path, steps=np.int64(self.steps), **arrays)

    @classmethod
    def read(cls, path: Path) -> Styled:
        """Read the file that ``write`` wrote.

        Raises:
            OSError: The file cannot be read.
            LensletError: The file is something else, or damaged.
        """
        found = read_arrays(path, ("numbers", "first", "second", "losses", "steps"), largest=10**9)
        shapes = {found[name].shape for name in ("numbers", "first", "second")}
        if len(shapes) != 1 or found["numbers"].ndim != 3 or found["steps"].shape or found["losses"].ndim != 2:
            raise LensletError("{file} holds no transfer of style that could go on", file=path.name)
        arrays = {name: found[name].astype(np.float32) for name in ("numbers", "first", "second", "losses")}
        return cls(**arrays, steps=int(found["steps"]))


def usual_layers(model: Model) -> Styling:
    """Layers that suit any network.

    Style: for each map size the first layer that computes features. Content: the last layer of the second smallest map
    size. The layers of VGG19 named in the paper lie at these places.
    """
    rows = [row for row in spatial_layers(model) if row.activation in ("relu", "relu6", "leaky_relu", "tanh")]
    rows += [row for row in spatial_layers(model) if row.kind in ("ReLU", "LeakyReLU") and row not in rows]
    if not rows:
        rows = [row for row in spatial_layers(model) if row.kernel_shape]
    order = {row.path: number for number, row in enumerate(model.layers)}
    rows.sort(key=lambda row: order[row.path])
    sizes = list(dict.fromkeys(row.output_shape[:2] for row in rows))
    if not sizes:
        return Styling()
    styles = [next(row.path for row in rows if row.output_shape[:2] == size) for size in sizes]
    content = [row.path for row in rows if row.output_shape[:2] == sizes[max(0, len(sizes) - 2)]]
    return Styling(content=(content[-1],), styles=tuple(styles))


def transfer(
    lens: Lens,
    content: np.ndarray,
    style: np.ndarray,
    *,
    wanted: Styling | None = None,
    steps: int = 100,
    after: Styled | None = None,
    report: Report = no_report,
) -> Styled:
    """The content of one picture in the style of another.

    Args:
        lens: The model; only the part of its network up to the deepest named layer is used.
        content: (h, w, C) float32 from 0 to 1, or uint8, of at most a million pixels; the result has this size.
        style: As ``content``; of any size, it is brought to the content's.
        wanted: The layers and the weights.
        steps: How many more steps.
        after: The state of an earlier transfer of the same two pictures; None: start with the content.
        report: Receives a Progress for every step, and twice a second a Partial with the ``Styled`` so far, which is
            all that is needed to go on. May raise Cancelled.

    Returns:
        The state after the steps.

    Raises:
        UsageError: A layer is unknown or has no rows and columns, or the pictures cannot be used.
    """
    chosen = _completed(lens.model, wanted or Styling())
    if problem := refusal(lens.model, content, chosen, after):
        raise UsageError(problem)
    input = lens.card.input
    numbers = to_numbers(in_channels(content, input.channels), input)
    height, width = numbers.shape[:2]
    look = to_numbers(resized(in_channels(style, input.channels), height, width), input)
    step = _Step(lens, chosen, (height, width))
    goals = step.goals(numbers, look)
    zeros = np.zeros_like(numbers)
    here = after or Styled(numbers.astype(np.float32), zeros, zeros, 0, np.zeros((0, 3), np.float32))
    shown = time.monotonic()
    for done in range(steps):
        report(Progress("steps", done, steps))
        here = step(here, goals)
        if time.monotonic() - shown > EVERY:
            report(Partial("picture", done + 1, steps, here))
            shown = time.monotonic()
    report(Partial("picture", steps, steps, here))
    return here


def refusal(model: Model, content: np.ndarray, wanted: Styling, after: Styled | None = None) -> str:
    """Why the transfer cannot be done, as one sentence; "" if it can.

    Args:
        model: The network.
        content: (h, w, C), as for ``transfer``.
        wanted: The layers and the weights.
        after: As for ``transfer``.
    """
    chosen = _completed(model, wanted)
    if not chosen.content or not chosen.styles:
        return Text("{title} has no layer with rows and columns to take a style from", title=model.card.title)
    for path in (*chosen.content, *chosen.styles):
        if problem := refusal_of_layer(model, path, "Style transfer"):
            return problem
    height, width = content.shape[:2]
    paths = (*chosen.content, *chosen.styles)
    if problem := refusal_of_size(height, width) or refusal_of_layers(model, paths, height, width):
        return problem
    if after is not None and after.numbers.shape != (height, width, model.card.input.channels):
        found, size = (" × ".join(map(str, shape[:2])) for shape in (after.numbers.shape, content.shape))
        return Text(
            "the earlier transfer is of a picture of {found} pixels, this one has {size}", found=found, size=size
        )
    return refusal_of_memory(needed(model, height=height, width=width, pictures=2), "take a smaller picture")


def _completed(model: Model, wanted: Styling) -> Styling:
    usual = usual_layers(model)
    return replace(wanted, content=wanted.content or usual.content, styles=wanted.styles or usual.styles)


class _Step:
    """One step of the descent, compiled for one network, one choice of layers and one size."""

    def __init__(self, lens: Lens, wanted: Styling, size: tuple[int, int]) -> None:
        self._lens, self._wanted, self._size = lens, wanted, size
        paths = (*wanted.content, *wanted.styles)
        self._part = part_up_to(lens.model.graph, paths)
        self._key = (wanted.content, wanted.styles, size)

    def goals(self, content: np.ndarray, look: np.ndarray) -> list[Any]:
        """The targets: the content layers' maps of the content, and the style layers' Gram matrices of the style."""
        from nets import backend

        def goals(pictures: Any) -> list[Any]:
            maps, grams = self._seen(pictures)
            return [*(each[:1] for each in maps), *(each[1:] for each in grams)]

        make: Callable[[bool], Any] = lambda xla: backend.compile(goals, xla=xla)  # noqa: E731
        function = compiled(self._lens, ("style goals", *self._key), 1, make)
        return list(function(np.stack([content, look])))

    def __call__(self, here: Styled, goals: list[Any]) -> Styled:
        from nets import backend

        low, high = bounds(self._lens.card.input)
        weights = [self._wanted.content_weight, self._wanted.style_weight, self._wanted.tv]
        function = compiled(self._lens, ("style", *self._key), 1, self._compiled)
        (_, losses), gradient = function(here.numbers[None], np.array(weights, np.float32), goals)
        slope = backend.to_array(gradient)[0]
        count = here.steps + 1
        first = FADES * here.first + (1 - FADES) * slope
        second = SQUARES * here.second + (1 - SQUARES) * slope * slope
        spread = np.sqrt(second / (1 - SQUARES**count)) + TINY
        moved = here.numbers - self._wanted.rate * (high - low) * (first / (1 - FADES**count)) / spread
        known = np.concatenate([here.losses, backend.to_array(losses)[None]])
        return Styled(np.clip(moved, low, high).astype(np.float32), first, second, count, known)

    def _compiled(self, xla: bool) -> Any:
        from keras import ops

        from nets import backend

        low, high = bounds(self._lens.card.input)

        def loss(pictures: Any, weights: Any, goals: list[Any]) -> tuple[Any, Any]:
            maps, grams = self._seen(pictures)
            wanted_maps, wanted_grams = goals[: len(maps)], goals[len(maps) :]
            parts = ops.stack(
                [
                    _distance(maps, wanted_maps),
                    _distance(grams, wanted_grams),
                    ops.mean(total_variation((pictures - low) / (high - low))),
                ]
            )
            return ops.sum(weights * parts), parts

        return backend.gradient(loss, xla=xla)

    def _seen(self, pictures: Any) -> tuple[list[Any], list[Any]]:
        """The content layers' maps and the style layers' Gram matrices, (N, maps, maps)."""
        results, _ = self._part.run(to_layout(pictures, self._part, cast=False))
        maps = [_maps(results[path], self._part.channels_first) for path in self._wanted.content]
        grams = [_gram(_maps(results[path], self._part.channels_first)) for path in self._wanted.styles]
        return maps, grams


def _maps(values: Any, channels_first: bool) -> Any:
    from keras import ops

    values = ops.cast(values, "float32")
    return ops.transpose(values, (0, 2, 3, 1)) if channels_first else values


def _gram(maps: Any) -> Any:
    """(N, h, w, maps) -> (N, maps, maps): for each pair of maps the mean of their product over the positions."""
    from keras import ops

    height, width, number = maps.shape[1:]
    flat = ops.reshape(maps, (-1, height * width, number))
    return ops.matmul(ops.transpose(flat, (0, 2, 1)), flat) / (height * width)


def _distance(found: Sequence[Any], wanted: Sequence[Any]) -> Any:
    """The mean over the layers of the squared distance, relative to the target's square."""
    from keras import ops

    each = [
        ops.sum(ops.square(one - other)) / (ops.sum(ops.square(other)) + 1e-12)
        for one, other in zip(found, wanted, strict=True)
    ]
    return sum(each) / len(each)
