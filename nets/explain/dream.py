"""Deep dream: a picture changed so that a layer responds more strongly to what it already found in it.

Mordvintsev, Olah, Tyka 2015, Inceptionism: going deeper into neural networks (Google Research blog).

Gradient ascent on the mean square of a layer's values (or of one map's), in several sizes from small to full (octaves):
each octave starts with the picture in its size plus the enlarged change so far. The gradient is smoothed by less than a
pixel and divided by its mean size, and the picture is moved by a few pixels before each step: without that, a grid
would show. Only the part of the network up to the layer is used, so pictures of any size can be taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.compute.compiled import to_layout
from nets.errors import UsageError
from nets.events import Progress, Report, no_report
from nets.explain.layers import own_layers, refusal_of_layer
from nets.explain.memory import needed, refusal_of_memory
from nets.explain.option import Option
from nets.explain.other_sizes import can_take, refusal_of_layers
from nets.explain.partial import Partial
from nets.explain.resized import SMALLEST, in_channels, refusal_of_size, resized
from nets.explain.scores import compiled
from nets.explain.smoothing import blur_matrix
from nets.explain.values import bounds, to_numbers, to_picture
from nets.network.part import part_up_to
from nets.text import Text

if TYPE_CHECKING:
    from nets.compute.lens import Lens
    from nets.network.model import Model

SMOOTH = 0.7  # pixels: the standard deviation of the Gaussian that smooths each gradient
OPTIONS = (
    Option("octaves", "Octaves", "int", 4, 1, 12, description="sizes, smallest first"),
    Option("scale", "Octave scale", "float", 1.4, 1.05, 4, description="from one size to the next"),
    Option("steps", "Steps", "int", 10, 1, 100_000, description="for each size"),
    Option("rate", "Step size", "float", 0.01, 1e-6, 1, description="of one step, as a share of the range"),
    Option("seed", "Seed", "int", 0, 0, 2**31 - 1, description="decides how the picture is moved"),
)
"""The options besides the layer, named as the parameters of ``dream``."""
JITTER = 16  # pixels at most; an eighth of the shorter side for small pictures


def dream(
    lens: Lens,
    picture: np.ndarray,
    *,
    layers: Sequence[str],
    map: int | None = None,
    report: Report = no_report,
    octaves: int = 4,
    scale: float = 1.4,
    steps: int = 10,
    rate: float = 0.01,
    seed: int = 0,
) -> np.ndarray:
    """The dream of a picture, in the picture's own size.

    Args:
        lens: The model.
        picture: (h, w, C) float32 from 0 to 1, red, green, blue (or grey, which is converted to the network's
            channels).
        layers: The paths of the layers whose response is maximised; all have the same weight.
        map: The number of one map of every layer to maximise in place of all.
        report: Receives a Progress before and a Partial with the picture after every step. May raise Cancelled.
        octaves: Number of sizes; those whose shorter side would be below 24 pixels, or that are too small for the
            layers, are left out.
        scale: Ratio of one size to the next.
        steps: Steps in each size.
        rate: How far one step goes, as a share of the network's range: the mean over the pixels.
        seed: Decides how the picture is moved.

    Returns:
        (h, w, C) float32 from 0 to 1.

    Raises:
        UsageError: A layer is unknown or has no rows and columns, there is no such map, or the picture is too large.
    """
    if problem := refusal(lens, picture, layers, map):
        raise UsageError(problem)
    low, high = bounds(lens.card.input)
    source = to_numbers(in_channels(picture, lens.card.input.channels), lens.card.input)
    height, width = source.shape[:2]
    sizes = [size for size in _sizes(height, width, octaves, scale) if can_take(lens.model, layers, *size)]
    generator = np.random.default_rng(seed)
    change = np.zeros((*sizes[0], source.shape[2]), np.float32)
    here, done, total = source, 0, len(sizes) * steps
    for size in sizes:
        base = resized(source, *size)
        here = base + resized(change, *size)
        blurs = [blur_matrix(side, SMOOTH) for side in size]
        jitter = max(1, min(JITTER, min(size) // 8))
        for _ in range(steps):
            report(Progress("steps", done, total))
            down, right = (int(move) for move in generator.integers(-jitter, jitter + 1, size=2))
            moved = np.roll(here, (down, right), axis=(0, 1))
            gradient = np.roll(_gradient(lens, moved, tuple(layers), map), (-down, -right), axis=(0, 1))
            gradient = np.einsum("yk,klc,xl->yxc", blurs[0], gradient, blurs[1], optimize=True)
            mean = float(np.abs(gradient).mean())
            if mean > 0:
                here = np.clip(here + (rate / mean) * (high - low) * gradient, low, high).astype(np.float32)
            done += 1
            report(Partial("picture", done, total, to_picture(resized(here, height, width), lens.card.input)))
        change = here - base
    report(Progress("steps", total, total))
    return to_picture(here, lens.card.input)


def usual_layer(model: Model) -> str:
    """The layer to start with: two thirds of the way up, where maps respond to parts of things and still have room for
    them.

    "" if no layer has rows and columns.
    """
    rows = own_layers(model)
    return rows[(len(rows) - 1) * 2 // 3].path if rows else ""


def refusal(lens: Lens, picture: np.ndarray, layers: Sequence[str], map: int | None = None) -> str:
    """Why ``dream`` cannot be used so, as one sentence; "" if it can.

    Args:
        lens: The model.
        picture: (h, w, C), as for ``dream``.
        layers: The paths of the layers.
        map: The number of the map, or None for all maps.
    """
    if not layers:
        return Text("expected a layer to dream with, found none")
    for path in layers:
        if problem := refusal_of_layer(lens.model, path, "Deep dream"):
            return problem
        maps = next(row.maps for row in lens.layers if row.path == path)
        if map is not None and not 0 <= map < maps:
            return Text("{path} has maps 0 to {maps}, not {map}", path=path, maps=maps - 1, map=map)
    height, width = picture.shape[:2]
    if problem := refusal_of_size(height, width) or refusal_of_layers(lens.model, layers, height, width):
        return problem
    return refusal_of_memory(needed(lens.model, height=height, width=width), "take a smaller picture")


def _sizes(height: int, width: int, octaves: int, scale: float) -> list[tuple[int, int]]:
    """The sizes of the octaves, smallest first; the last one is the picture's own."""
    found = [(round(height / scale**number), round(width / scale**number)) for number in range(octaves)]
    return [size for size in reversed(found) if min(size) >= SMALLEST] or [(height, width)]


def _gradient(lens: Lens, image: np.ndarray, layers: tuple[str, ...], map: int | None) -> np.ndarray:
    """(h, w, C): the gradient of the layers' mean squares with respect to the picture's numbers."""
    from keras import ops

    from nets import backend

    part = part_up_to(lens.model.graph, layers)

    def seen(values: Any) -> Any:
        results, _ = part.run(to_layout(values, part, cast=False))
        total = 0.0
        for path in layers:
            maps = ops.cast(results[path], "float32")
            if map is not None:
                maps = maps[:, map] if part.channels_first else maps[..., map]
            total += ops.mean(ops.square(maps))
        return total

    def make(xla: bool) -> Callable[..., Any]:
        return backend.gradient(seen, xla=xla)

    function = compiled(lens, ("dream", layers, map, image.shape), 1, make)
    return backend.to_array(function(image[None])[1])[0]
