"""The range of a layer's colours; its dead and its strong maps; and writing its arrays to a file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from nets.errors import UsageError
from nets.files import write_with

# Values beyond this share of the largest ones are clipped, but only if they would darken everything else.
ORDINARY = 0.995
OUTLYING = 1.5


@dataclass(frozen=True)
class RangeMode:
    """A row of the choice of range: the values over which one range is computed."""

    name: str
    title: str
    description: str


RANGES: dict[str, RangeMode] = {
    row.name: row
    for row in (
        RangeMode(
            "map", "This map", "Each map uses all colours: its own pattern is clear, strengths cannot be compared."
        ),
        RangeMode("layer", "This layer", "One range for all maps of the layer: weak maps are dark beside strong ones."),
        RangeMode("network", "Whole network", "One range for all layers: shows where in the network values are large."),
    )
}


@dataclass(frozen=True)
class Range:
    """The values of the first and the last colour.

    signed: low is -high, and zero lies in the middle. clipped: whether the share ``beyond`` of the shown values lies
    outside and has the last colour. largest: the largest of the shown values.
    """

    low: float
    high: float
    signed: bool
    clipped: bool = False
    beyond: int = 0
    largest: float = 0.0

    @property
    def note(self) -> str:
        """A sentence if values are clipped, otherwise ""."""
        if not self.clipped:
            return ""
        return f"{self.beyond:,} value{'s' if self.beyond > 1 else ''} clipped, the largest {self.largest:.3g}"

    def within(self, values: np.ndarray) -> Range:
        """The same colours for a part of the values: what is clipped there, and its largest value."""
        sizes = np.abs(values) if self.signed else np.maximum(values, 0)
        sizes = sizes[np.isfinite(sizes)]
        beyond = int(np.count_nonzero(sizes > self.high))
        largest = float(sizes.max()) if sizes.size else 0.0
        return replace(self, clipped=beyond > 0, beyond=beyond, largest=largest)


def value_range(values: np.ndarray | Iterable[np.ndarray], *, clip: bool = True, signed: bool | None = None) -> Range:
    """The one range of an array of any shape, or of several (the layers of a network).

    Args:
        values: One array or several; NaN and infinity are left out.
        clip: Whether the largest 0.5 % of the values share the last colour, where the rest would otherwise use less
            than two thirds of the colours.
        signed: Whether zero lies in the middle. None: where there are negative values; else the range starts at 0.
    """
    arrays = [values] if isinstance(values, np.ndarray) else list(values)
    flat = [np.asarray(array, dtype=np.float32).ravel() for array in arrays]
    joined = flat[0] if len(flat) == 1 else np.concatenate(flat or [np.zeros(1, np.float32)])
    if not np.isfinite(joined).all():
        joined = joined[np.isfinite(joined)]
    if joined.size == 0:
        return Range(0.0, 0.0, bool(signed))
    if signed is None:
        signed = bool(joined.min() < 0)
    sizes = np.abs(joined) if signed else np.maximum(joined, 0)
    largest = limit = float(sizes.max())
    if clip and largest > 0:
        # Zeros are left out: in a map with few values they would make all others outliers.
        some = sizes[sizes > 0]
        rank = int(ORDINARY * (some.size - 1))
        limit = float(np.partition(some, rank)[rank])
    if largest <= OUTLYING * limit:
        return Range(-largest if signed else 0.0, largest, signed, largest=largest)
    beyond = int(np.count_nonzero(sizes > limit))
    return Range(-limit if signed else 0.0, limit, signed, True, beyond, largest)


def ranges(
    layer: np.ndarray, mode: str, network: Mapping[str, np.ndarray] | None = None, *, clip: bool = True
) -> tuple[Range, ...]:
    """A range for each of the C maps of ``layer`` (H, W, C), by a row of ``RANGES``.

    Args:
        layer: (H, W, C). If one of its maps has negative values, all ranges are signed.
        mode: A row of ``RANGES``: one range for each map, the layer, or the network.
        network: The arrays of all layers, needed for "network" alone.
        clip: As for ``value_range``.

    Raises:
        UsageError: The mode is unknown, or "network" without ``network``.
    """
    if mode not in RANGES:
        raise UsageError("there is no range {mode!r}; there are: {known}", mode=mode, known=", ".join(RANGES))
    count = layer.shape[-1]
    if mode == "map":
        signed = bool((layer < 0).any())
        return tuple(value_range(layer[..., number], clip=clip, signed=signed) for number in range(count))
    if mode == "layer":
        return (value_range(layer, clip=clip),) * count
    if network is None:
        raise UsageError("the range of the whole network needs the arrays of all its layers")
    return (value_range(network.values(), clip=clip).within(layer),) * count


def dead_maps(layer: np.ndarray) -> np.ndarray:
    """(H, W, C) or (N,) -> bool (C,) or (N,): those that are zero everywhere for this input."""
    return np.asarray(~(layer != 0).any(axis=tuple(range(layer.ndim - 1))))


def strengths(layer: np.ndarray) -> np.ndarray:
    """(H, W, C) or (N,) -> float32 (C,) or (N,): the mean absolute value of each map, or the unit's absolute value."""
    return np.asarray(np.abs(layer).mean(axis=tuple(range(layer.ndim - 1))), dtype=np.float32)


def order(layer: np.ndarray, *, by_strength: bool) -> np.ndarray:
    """The indices of the maps or units, strongest first or as they lie."""
    if not by_strength:
        return np.arange(layer.shape[-1])
    return np.argsort(-strengths(layer), kind="stable")


def file_name(model: str, path: str, suffix: str, *, map_index: int | None = None, shape: Iterable[int] = ()) -> str:
    """A name that says what the file contains: "pen_block1_conv1_map-03_28x28.png".

    Args:
        model: The model's name.
        path: The layer's path, or other words.
        suffix: With its dot.
        map_index: The number of the map, if it is one.
        shape: Sizes to be named; none where it is empty.
    """
    parts = [model, path.replace("/", "-")]
    if map_index is not None:
        parts.append(f"map-{map_index:02d}")
    sizes = [str(size) for size in shape]
    if sizes:
        parts.append("x".join(sizes))
    return re.sub(r"[^\w.\-]+", "-", "_".join(part for part in parts if part)).strip("-_.") + suffix


def save_npz(target: Path, arrays: Mapping[str, np.ndarray], about: Mapping[str, Any]) -> None:
    """Raw arrays in one compressed .npz.

    Args:
        target: Appears whole or not at all.
        arrays: By layer path. "/" becomes "." so that every member is a plain file; a name that NumPy or this file
            uses gets a "_".
        about: What they are (model, input, versions, ...); JSON text in the member "about".
    """
    reserved = {"file", "allow_pickle", "about", "args", "kwds"}
    members: dict[str, Any] = {"about": np.array(json.dumps(dict(about), ensure_ascii=False))}
    for path, array in arrays.items():
        name = path.replace("/", ".")
        while name in reserved or name in members:
            name += "_"
        members[name] = np.asarray(array)

    def write(temporary: Path) -> None:
        np.savez_compressed(temporary, **members)

    write_with(target, write)
