"""The images, and the patches in them, that excite each filter of a layer most.

Zeiler, Fergus 2013, Visualizing and understanding convolutional networks, arXiv:1311.2901, section 4.1.

For each image a filter's largest value counts, so no image appears twice. The patch is the receptive field of that
value's position: the pixels that the value can depend on. Of equal values the image that comes first wins.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.compute.compiled import to_layout
from nets.data.fitting import fitted
from nets.data.images import Images
from nets.data.specs import ImageInput
from nets.data.value_ranges import to_values
from nets.errors import UsageError
from nets.events import ProgressCounter, Report, no_report
from nets.explain.partial import Partial
from nets.explain.scores import compiled, per_call
from nets.network.part import part_up_to
from nets.network.receptive_field import Box
from nets.network.unknown_layer import names_like, unknown_layer

if TYPE_CHECKING:
    from nets.compute.lens import Lens

EVERY = 0.2  # seconds from one partial result to the next


@dataclass(frozen=True, eq=False)
class Patches:
    """For each of a layer's maps (or units), the strongest images first.

    images: (maps, count) int64, positions in the data set; -1 where there were fewer images than ``count``.
    values: (maps, count) float32, the largest value in the map. rows, columns: (maps, count) int64, where it lies in
    the map; 0 for units. seen: how many images were looked at.
    """

    layer: str
    images: np.ndarray
    values: np.ndarray
    rows: np.ndarray
    columns: np.ndarray
    seen: int

    def box(self, lens: Lens, map: int, place: int) -> Box | None:
        """The pixels of the input that a value can depend on.

        Args:
            lens: The model.
            map: The number of the map or unit.
            place: Its rank among the images of ``map``, 0 for the strongest.

        Returns:
            The box; None if the value depends on padding alone.
        """
        return lens.model.fields.box(self.layer, int(self.rows[map, place]), int(self.columns[map, place]))


def best_patches(
    lens: Lens,
    images: Images,
    layer: str,
    *,
    source: ImageInput | None = None,
    count: int = 9,
    report: Report = no_report,
) -> Patches:
    """The ``count`` images that excite each map of a layer most.

    Args:
        lens: The model.
        images: Of a data set, uint8.
        layer: The path of a layer that shows maps or units.
        source: The form of ``images``, if it is not the network's own; they are converted when read.
        count: How many images for each map.
        report: Receives a Progress with the number of images seen, and several times a second a Partial with the result
            so far. May raise Cancelled.

    Returns:
        For each map the images, their largest values and where these lie.

    Raises:
        UsageError: There is no such layer, it shows nothing, or there are no images.
    """
    shown = next((row for row in lens.layers if row.path == layer), None)
    if shown is None or shown.shows == "nothing":
        usable = [row.path for row in lens.layers if row.shows != "nothing"]
        if not any(row.path == layer for row in lens.layers):
            raise UsageError(unknown_layer(layer, usable, offer="these have maps or units"))
        raise UsageError(
            "{layer} has no maps or units; take one of: {known}", layer=layer, known=names_like(layer, usable)
        )
    if count < 1 or not len(images):
        raise UsageError(
            "expected at least one image and one place, found {images} and {count}", images=len(images), count=count
        )
    own = fitted(images, source or lens.card.input, lens.card.input)
    total, size = len(own), per_call(lens.model)
    best = _nothing(layer, shown.maps, count)
    width = int(shown.output_shape[1] or 1) if shown.shows == "maps" else 1
    told, shown_at = ProgressCounter(report, "images", total, ""), time.monotonic()
    for start in range(0, total, size):
        told(start)
        numbers = np.arange(start, min(start + size, total))
        values = to_values(own.read(numbers), lens.card.input)
        largest, places = _largest(lens, values, layer)
        best = _merged(best, numbers, largest, places, width)
        if time.monotonic() - shown_at > EVERY:
            report(Partial("patches", best.seen, total, best))
            shown_at = time.monotonic()
    told(total)
    return best


def _nothing(layer: str, maps: int, count: int) -> Patches:
    whole = np.zeros((maps, count), np.int64)
    return Patches(layer, whole - 1, np.full((maps, count), -np.inf, np.float32), whole, whole, 0)


def _largest(lens: Lens, images: np.ndarray, layer: str) -> tuple[np.ndarray, np.ndarray]:
    """Each map's largest value in each image and its position, counted row by row: (N, maps) float32 and int."""
    from keras import ops

    from nets import backend

    part = part_up_to(lens.model.graph, [layer])

    def largest(values: Any) -> tuple[Any, Any]:
        _, maps = part.run(to_layout(values, part))
        maps = ops.cast(maps, "float32")
        if len(maps.shape) == 4:
            if part.channels_first:
                maps = ops.transpose(maps, (0, 2, 3, 1))
            maps = ops.reshape(maps, (-1, maps.shape[1] * maps.shape[2], maps.shape[3]))
        else:
            maps = ops.reshape(maps, (len(images), 1, -1))
        return ops.max(maps, axis=1), ops.argmax(maps, axis=1)

    def make(xla: bool) -> Callable[..., Any]:
        return backend.compile(largest, xla=xla)

    found = compiled(lens, ("largest", layer), len(images), make)(images)
    return backend.to_array(found[0]), backend.to_array(found[1])


def _merged(best: Patches, numbers: np.ndarray, largest: np.ndarray, places: np.ndarray, width: int) -> Patches:
    """The best of the images known before and of new ones. ``largest`` and ``places``: (n, maps), of the new images."""
    count = best.values.shape[1]
    # A stable sort with the known images first, then the new ones in their order: among equals the earlier image wins.
    values = np.concatenate([best.values, largest.T], axis=1)
    chosen = np.argsort(-values, axis=1, kind="stable")[:, :count]

    def of(known: np.ndarray, new: np.ndarray) -> np.ndarray:
        return np.take_along_axis(np.concatenate([known, new], axis=1), chosen, axis=1)

    everywhere = np.broadcast_to(numbers, largest.T.shape)
    rows, columns = np.divmod(places.T.astype(np.int64), width)
    return Patches(
        best.layer,
        of(best.images, everywhere),
        np.take_along_axis(values, chosen, axis=1),
        of(best.rows, rows),
        of(best.columns, columns),
        best.seen + len(numbers),
    )
