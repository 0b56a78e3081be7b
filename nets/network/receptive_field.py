"""The part of the input that a unit depends on, computed backwards through the graph, kernel by kernel.

Along one axis a unit reads an interval. Every kind of layer maps the needed interval of outputs to the interval of
inputs that it is computed from; where branches meet, the intervals are united. The part in the padding is cut off.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from nets.errors import UsageError
from nets.network.graph import Graph, Step
from nets.network.receptive_rules import (
    Extent,
    Interval,
    Region,
    Rule,
    Shape,
    all_of_it,
    in_place,
    is_laid_back,
    rows_of_pixels,
    rule_of,
    whole,
)


@dataclass(frozen=True)
class Box:
    """Pixels of the input, clipped to it: rows top to top + height - 1, columns left to left + width - 1."""

    top: int
    left: int
    height: int
    width: int


class ReceptiveFields:
    """The receptive fields of one network at one input size; ``shapes`` as from ``graph.shapes``."""

    def __init__(self, graph: Graph, shapes: dict[int, Shape]) -> None:
        self._graph = graph
        self._shapes = shapes
        # pictures by value: of values whose rows are the pixels of a picture of that size
        self._pixels: dict[int, Extent] = {}
        self._rules = [self._rule(step) for step in self._graph.steps]
        self._sizes: dict[str, tuple[int, int]] = {}
        self._steps = {step.path: number for number, step in enumerate(self._graph.steps)}

    def _rule(self, step: Step) -> Rule:
        """The step's rule. Also records values whose rows are pixels: their regions are those of the picture."""
        shapes, output = [self._shapes[number] for number in step.inputs], self._shapes[step.outputs[0]]
        if self._graph.channels_first or not step.inputs:
            return rule_of(step.operation, shapes, output)
        before = self._pixels.get(step.inputs[0])
        pixels = rows_of_pixels(step.operation, shapes, output, before)
        if pixels is not None:
            self._pixels[step.outputs[0]] = pixels
            return in_place
        if before is not None:
            return in_place if is_laid_back(step.operation, output, before) else all_of_it
        return rule_of(step.operation, shapes, output)

    def has_positions(self, path: str) -> bool:
        """Whether its units have rows and columns."""
        return len(self._shapes[self._step(path).outputs[0]]) == 4

    def extent(self, path: str) -> Extent:
        """Height and width of the layer's maps; (1, 1) if it has none."""
        number = self._step(path).outputs[0]
        return _extent(self._shapes[number], self._graph, is_input=number == self._graph.input)

    def box(self, path: str, row: int = 0, column: int = 0) -> Box | None:
        """The pixels that the unit at (row, column) of a layer depends on; None if it depends only on padding.

        Args:
            path: the layer, as the layer table names it.
            row: in the layer's maps. Ignored, as ``column``, for layers without positions (dense, flattened, global
                pooling).
            column: in the layer's maps.

        Raises:
            UsageError: the path is unknown, or the position lies outside the maps.
        """
        rows, columns = self._of(path, row, column, clip=True)
        height, width = rows.last - rows.first + 1, columns.last - columns.first + 1
        return Box(rows.first, columns.first, height, width) if height > 0 and width > 0 else None

    def size(self, path: str) -> tuple[int, int]:
        """(height, width) of the receptive field of a unit far from the border, padding included; cached for each
        layer.

        It may be larger than the input. For layers without positions it is the part of the input that they see.
        """
        if path not in self._sizes:
            extent = self.extent(path)
            rows, columns = self._of(path, extent[0] // 2, extent[1] // 2, clip=not self.has_positions(path))
            self._sizes[path] = rows.last - rows.first + 1, columns.last - columns.first + 1
        return self._sizes[path]

    def _of(self, path: str, row: int, column: int, *, clip: bool) -> Region:
        """Rows and columns of the input that the unit depends on."""
        step = self._step(path)
        height, width = self.extent(path)
        if self.has_positions(path) and not (0 <= row < height and 0 <= column < width):
            raise UsageError(
                "{path} has rows 0 to {last_row} and columns 0 to {last_column}, not ({row}, {column})",
                path=path,
                last_row=height - 1,
                last_column=width - 1,
                row=row,
                column=column,
            )
        if (pixels := self._pixels.get(step.outputs[0])) is not None:
            row, column = divmod(row, pixels[1])
        start = (Interval(row, row), Interval(column, column)) if self.has_positions(path) else whole((1, 1))
        needed: dict[int, Region] = {step.outputs[0]: start}
        for place in range(self._steps[path], -1, -1):
            earlier = self._graph.steps[place]
            for region in (needed[number] for number in earlier.outputs if number in needed):
                if region[0].empty or region[1].empty:
                    continue
                for number, part in self._before(earlier, self._rules[place], region):
                    cut = self._cut(number, part) if clip else part
                    known = needed.get(number)
                    needed[number] = cut if known is None else (known[0] | cut[0], known[1] | cut[1])
        return needed.get(self._graph.input, (Interval(0, -1), Interval(0, -1)))

    def _step(self, path: str) -> Step:
        return self._graph.step(path)

    def _cut(self, number: int, region: Region) -> Region:
        height, width = self._extent(number)
        return region[0].within(height), region[1].within(width)

    def _extent(self, number: int) -> Extent:
        if (pixels := self._pixels.get(number)) is not None:
            return pixels
        return _extent(self._shapes[number], self._graph, is_input=number == self._graph.input)

    def _before(self, step: Step, rule: Rule, region: Region) -> list[tuple[int, Region]]:
        """For each of the step's inputs, the region from which the region of its output is computed."""
        sizes = [self._extent(number) for number in step.inputs]
        output = self._extent(step.outputs[0])
        return list(zip(step.inputs, rule(step.operation, region, sizes, output), strict=True))


def _extent(shape: Shape, graph: Graph, *, is_input: bool) -> Extent:
    """Height and width of a value; for a flat input those of the square picture that it stands for, otherwise
    (1, 1).
    """
    if len(shape) == 4:
        height, width = shape[2:] if graph.channels_first else shape[1:3]
        return int(height or 1), int(width or 1)
    if is_input and len(shape) == 3:
        return int(shape[1] or 1), int(shape[2] or 1)
    if is_input and len(shape) == 2:
        count = int(shape[1] or 1)
        side = next((math.isqrt(count // c) for c in (1, 3) if math.isqrt(count // c) ** 2 * c == count), count)
        return (side, side) if side != count else (1, count)
    return 1, 1
