"""The scores of one picture under many patches, computing only what a patch can change.

A patch changes an interval of rows and columns of each layer: those whose windows touch it. So for each patch only that
square of each layer is computed, from the square of the layer before and, around it, from that layer's values for the
whole picture. Where the square has grown to most of its layer, it is put into the layer's values and the rest is
computed as usual.

Rows are gathered by index: the layer's values for the whole picture, the squares of all patches and one row of padding
are stacked as rows of channels, and integers say which row each position of a window takes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.explain.scores import compiled, scores_of
from nets.network.graph import Graph, Step, infer
from nets.network.layers import is_augmentation

if TYPE_CHECKING:
    from nets.compute.lens import Lens
    from nets.network.model import Model

GROWN = 0.8
"""From this share of a layer on, computing only the square saves nothing."""
WORTH = 0.9
"""A share of the multiply-adds of the whole network: if more than this is left, nothing is gained."""


@dataclass(frozen=True)
class AxisWindow:
    """How a layer looks at its input along one axis.

    ``reach`` positions, beginning at every ``stride``-th; the first begins ``front`` outside. ``padding``: what stands
    there.
    """

    reach: int
    stride: int
    front: int
    padding: float = 0.0

    def first_changed(self, first: Any) -> Any:
        """The first output that a change at input ``first`` reaches; integers or integer tensors."""
        return -((self.reach - 1 - self.front - first) // self.stride)

    def changed(self, count: int) -> int:
        """How many outputs a change of ``count`` neighbouring inputs reaches at most."""
        return (count + self.reach - 2) // self.stride + 1

    def start(self, output: Any) -> Any:
        """The first input of the window of ``output``; it may lie outside."""
        return output * self.stride - self.front

    def length(self, count: int) -> int:
        """How many inputs the windows of ``count`` neighbouring outputs cover."""
        return (count - 1) * self.stride + self.reach


@dataclass(frozen=True, eq=False)
class PatchedStage:
    """One step of the chain.

    step: of the graph. rows, columns: its windows along each axis; None if it works on each position alone. size: of
    its output, (height, width). square: (height, width) of the part of its output that is computed for each patch.
    aligned: the squares start at multiples of these, so that a following pooling without overlap can take them as they
    are.
    """

    step: Step
    rows: AxisWindow | None
    columns: AxisWindow | None
    size: tuple[int, int]
    square: tuple[int, int]
    aligned: tuple[int, int] = (1, 1)


@dataclass(frozen=True, eq=False)
class PatchedFront:
    """The stages that are computed by squares, for one network and one patch size."""

    model: Model
    patch: tuple[int, int]
    stages: tuple[PatchedStage, ...]
    share: float  # of the multiply-adds of the whole network

    def base(self, lens: Lens) -> Callable[[np.ndarray], tuple[list[Any], np.ndarray]]:
        """A function from a picture (1, H, W, C) to all stages' values, as tensors, and the logits (outputs,)."""
        from keras import ops

        from nets import backend

        paths = [stage.step.path for stage in self.stages]

        def values(images: Any) -> tuple[list[Any], Any]:
            results, logits = scores_of(self.model, images)
            return [ops.cast(results[path], "float32") for path in paths], logits

        def make(xla: bool) -> Callable[..., Any]:
            return backend.compile(values, xla=xla)

        function = compiled(lens, ("patched base", tuple(paths)), 1, make)

        def run(image: np.ndarray) -> tuple[list[Any], np.ndarray]:
            found, logits = function(image)
            return list(found), backend.to_array(logits)[0]

        return run

    def patched(self, lens: Lens, image: np.ndarray, filled: np.ndarray) -> Callable[..., np.ndarray]:
        """A function from the values of ``base`` and the patches' tops and lefts (P,) to logits (P, outputs).

        Args:
            lens: The model.
            image: (H, W, C) float32.
            filled: (H, W, C) float32, the picture that shows where a patch lies.

        Returns:
            ``run(levels, tops, lefts)``: ``levels`` as from ``base``, ``tops`` and ``lefts`` (P,) int.
        """
        from keras import ops

        from nets import backend

        def values(windows: Any, levels: list[Any], tops: Any, lefts: Any) -> Any:
            squares, top, left = self._squares(windows, levels, tops, lefts)
            last, begin = self.stages[-1], (ops.zeros_like(tops), ops.zeros_like(lefts))
            whole = _gathered(levels[-1], squares, (top, left), last.square, begin, last.size, 0.0)

            def take(operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
                return ops.cast(whole, self.model.network.compute_dtype)

            nothing = ops.zeros((1, *image.shape), "float32")  # the values have no effect
            return scores_of(self.model, nothing, {last.step.path: take})[1]

        size = self._first_windows(np.zeros(1, np.int64), np.zeros(1, np.int64))[1]
        sizes = [((1, *stage.size, self._channels(stage)), "float32") for stage in self.stages]
        places = ((None,), "int32")
        signature = [((None, *size, image.shape[2]), "float32"), sizes, places, places]

        def make(xla: bool) -> Callable[..., Any]:
            return backend.compile(values, signature=signature)

        function = compiled(lens, ("patched", self.patch), 0, make)
        views = [_views(picture, size) for picture in (image, filled)]

        def run(levels: list[Any], tops: np.ndarray, lefts: np.ndarray) -> np.ndarray:
            (rows, columns), _ = self._first_windows(tops, lefts)
            seen, covering = (view[rows + size[0], columns + size[1]] for view in views)
            under = []
            for start, length, place, side in zip((rows, columns), size, (tops, lefts), self.patch, strict=True):
                at = start[:, None] + np.arange(length) - place[:, None]
                under.append((at >= 0) & (at < side))
            covered = under[0][:, :, None] & under[1][:, None, :]
            windows = np.where(covered[..., None], covering, seen)
            found = function(windows, levels, tops.astype(np.int32), lefts.astype(np.int32))
            return np.asarray(backend.to_array(found))

        return run

    def _first_windows(
        self, tops: np.ndarray, lefts: np.ndarray
    ) -> tuple[tuple[np.ndarray, np.ndarray], tuple[int, int]]:
        """The first row and column of each window of the first stage, (P,) twice, and the size of these windows."""
        first = self.stages[0]
        if first.rows is None or first.columns is None:
            return (tops, lefts), self.patch
        row, column = (
            window.start(window.first_changed(places) // by * by)
            for window, places, by in zip((first.rows, first.columns), (tops, lefts), first.aligned, strict=True)
        )
        return (row, column), (first.rows.length(first.square[0]), first.columns.length(first.square[1]))

    def _channels(self, stage: PatchedStage) -> int:
        return int(self.model.structure.shapes[stage.step.outputs[0]][3] or 1)

    def _squares(self, squares: Any, levels: list[Any], top: Any, left: Any) -> tuple[Any, Any, Any]:
        """From windows of the picture to the last stage's squares (P, h, w, C) and their first rows and columns, (P,)
        twice.
        """
        from keras import ops

        square = self.patch
        for number, stage in enumerate(self.stages):
            if stage.rows is not None and stage.columns is not None:
                new_top, new_left = (
                    window.first_changed(first) // step * step
                    for window, first, step in zip((stage.rows, stage.columns), (top, left), stage.aligned, strict=True)
                )
                begin = stage.rows.start(new_top), stage.columns.start(new_left)
                size = stage.rows.length(stage.square[0]), stage.columns.length(stage.square[1])
                if number and self.stages[number - 1].aligned == (1, 1):
                    squares = _gathered(
                        levels[number - 1], squares, (top, left), square, begin, size, stage.rows.padding
                    )
                squares = infer(_valid(stage.step.operation), (squares,), {})
                top, left, square = new_top, new_left, stage.square
            else:
                squares = infer(stage.step.operation, (squares,), {})
        return ops.cast(squares, "float32"), top, left


def _views(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """All windows of ``size`` of a picture (H, W, C) with zeros around it, as a view: index [top + size, left + size].

    Nothing is copied until windows are taken out.
    """
    border = np.pad(picture, ((size[0], size[0]), (size[1], size[1]), (0, 0)))
    return np.moveaxis(np.lib.stride_tricks.sliding_window_view(border, size, axis=(0, 1)), 2, -1)


def _gathered(
    known: Any,
    squares: Any,
    place: tuple[Any, Any],
    square: tuple[int, int],
    begin: tuple[Any, Any],
    size: tuple[int, int],
    padding: float,
) -> Any:
    """Windows of a layer in which each patch has changed its own square.

    Args:
        known: (1, H, W, C), the layer for the whole picture.
        squares: (P, h, w, C), the changed squares.
        place: (P,) twice, the first row and column of each square in the layer; it may lie outside.
        square: (h, w).
        begin: (P,) twice, the first row and column of each window.
        size: (rows, columns) of the windows.
        padding: What stands outside of the layer.

    Returns:
        (P, rows, columns, C) float32.
    """
    from keras import ops

    height, width, channels = (int(side) for side in known.shape[1:])
    inside, changed, numbers, within = [], [], [], []
    for first, start, count, length, side in zip(begin, place, size, square, (height, width), strict=True):
        at = ops.expand_dims(first, 1) + ops.arange(count, dtype="int32")  # (P, count)
        offset = at - ops.expand_dims(start, 1)
        inside.append(ops.logical_and(at >= 0, at < side))
        changed.append(ops.logical_and(offset >= 0, offset < length))
        numbers.append(at)
        within.append(offset)

    def crossed(rows: Any, columns: Any) -> Any:
        return ops.expand_dims(rows, 2) + ops.expand_dims(columns, 1)

    def both(pair: list[Any]) -> Any:
        return ops.logical_and(ops.expand_dims(pair[0], 2), ops.expand_dims(pair[1], 1))

    patches = ops.expand_dims(ops.arange(ops.shape(place[0])[0], dtype="int32") * (square[0] * square[1]), 1)
    own = crossed(numbers[0] * width, numbers[1])
    other = crossed(within[0] * square[1] + patches + height * width, within[1])
    flat = [ops.reshape(ops.cast(each, "float32"), (-1, channels)) for each in (known, squares)]
    last = height * width + ops.shape(flat[1])[0]
    index = ops.where(both(inside), ops.where(both(changed), other, own), last)
    outside = ops.full((1, channels), padding, dtype="float32")
    return ops.take(ops.concatenate([*flat, outside], axis=0), index, axis=0)


def patched_front(model: Model, patch: tuple[int, int]) -> PatchedFront | None:
    """The stages that are worth computing by squares of ``patch`` pixels; None if nothing is gained by it."""
    graph, shapes = model.graph, model.structure.shapes
    before = shapes[graph.input]
    if graph.channels_first or len(before) != 4:
        return None
    chain = _chain(graph, shapes)
    work = {row.path: row.multiply_adds for row in model.layers}
    total = max(1, sum(work.values()))
    size, square = (int(before[1] or 1), int(before[2] or 1)), patch
    stages: list[PatchedStage] = []
    kept, saved = 0, 0.0
    for number, step in enumerate(chain):
        windows = _windows(step.operation, size)
        size = _size(shapes[step.outputs[0]])
        aligned = (1, 1)
        if windows is not None:
            if stages and stages[-1].aligned != (1, 1):
                square = square[0] // windows[0].stride, square[1] // windows[1].stride
            else:
                square = windows[0].changed(square[0]), windows[1].changed(square[1])
            aligned = _alignment(chain[number + 1 :], size)
            if aligned != (1, 1):
                # Enlarged until it can start and end at multiples, wherever the change starts.
                larger = [-(-(side + by - 1) // by) * by for side, by in zip(square, aligned, strict=True)]
                aligned = aligned if _share(larger, size) <= GROWN and number == 0 else (1, 1)
                square = (larger[0], larger[1]) if aligned != (1, 1) else square
        elif stages:
            aligned = stages[-1].aligned
        share = _share(square, size)
        if share > GROWN:
            break
        rows, columns = windows or (None, None)
        stages.append(PatchedStage(step, rows, columns, size, square, aligned))
        saved += work[step.path] * (1 - share)
        # Squares are put into their layer where that costs least: after the last layer that was worth it.
        is_free = windows is None or (len(stages) > 1 and stages[-2].aligned != (1, 1))
        if work[step.path] or (kept == len(stages) - 1 and is_free):
            kept = len(stages)
    left = 1 - saved / total
    return PatchedFront(model, patch, tuple(stages[:kept]), left) if kept and left < WORTH else None


def _chain(graph: Graph, shapes: dict[int, Any]) -> list[Step]:
    """The steps from the input on that form a chain, have positions and can be computed by squares."""
    found: list[Step] = []
    value = graph.input
    for step in graph.steps[:-1]:
        output = shapes[step.outputs[0]]
        if step.inputs != (value,) or len(output) != 4 or graph.uses(step.outputs[0]) != 1:
            break
        if _windows(step.operation, _size(shapes[value])) is None and not _is_per_position(step.operation):
            break
        found.append(step)
        value = step.outputs[0]
    return found


def _alignment(behind: Sequence[Step], size: tuple[int, int]) -> tuple[int, int]:
    """The strides of the next pooling if its windows neither overlap nor reach outside; else (1, 1)."""
    from keras import layers

    for step in behind:
        windows = _windows(step.operation, size)
        if windows is not None:
            pools = isinstance(step.operation, layers.MaxPooling2D | layers.AveragePooling2D)
            fits = all(window.reach == window.stride and window.front == 0 for window in windows)
            valid = pools and step.operation.padding == "valid"
            return (windows[0].stride, windows[1].stride) if fits and valid else (1, 1)
    return (1, 1)


def _share(square: Sequence[int], size: tuple[int, int]) -> float:
    return min(1.0, square[0] / size[0]) * min(1.0, square[1] / size[1])


def _size(shape: Any) -> tuple[int, int]:
    return int(shape[1] or 1), int(shape[2] or 1)


def _windows(operation: Any, size: tuple[int, int]) -> tuple[AxisWindow, AxisWindow] | None:
    """The windows of a convolution, pooling or padding along rows and columns; None for everything else."""
    from keras import layers

    if isinstance(operation, layers.ZeroPadding2D):
        (top, _), (left, _) = operation.padding
        return AxisWindow(1, 1, top), AxisWindow(1, 1, left)
    is_pool = isinstance(operation, layers.MaxPooling2D | layers.AveragePooling2D)
    is_convolution = isinstance(operation, layers.Conv2D | layers.DepthwiseConv2D) and not isinstance(
        operation, layers.Conv2DTranspose
    )
    if not (is_pool or is_convolution):
        return None
    same = operation.padding == "same"
    if same and isinstance(operation, layers.AveragePooling2D):
        return None  # its mean leaves out positions outside
    padding = float("-inf") if isinstance(operation, layers.MaxPooling2D) else 0.0
    kernels = operation.pool_size if is_pool else operation.kernel_size
    dilations = (1, 1) if is_pool else operation.dilation_rate
    found = []
    for kernel, stride, dilation, side in zip(kernels, operation.strides, dilations, size, strict=True):
        reach = (kernel - 1) * dilation + 1
        front = max((-(-side // stride) - 1) * stride + reach - side, 0) // 2 if same else 0
        if stride > reach:
            return None
        found.append(AxisWindow(reach, stride, front, padding))
    return found[0], found[1]


def _is_per_position(operation: Any) -> bool:
    from keras import layers

    kinds = (
        *(layers.Activation, layers.ReLU, layers.LeakyReLU, layers.ELU, layers.BatchNormalization, layers.Rescaling),
        *(layers.Dropout, layers.SpatialDropout2D, layers.GaussianNoise, layers.GaussianDropout, layers.Identity),
    )
    return isinstance(operation, kinds) or is_augmentation(operation)


def _valid(operation: Any) -> Any:
    """The layer without its own padding: a copy of the Python object that shares the layer's variables."""
    from keras import layers

    if isinstance(operation, layers.ZeroPadding2D):
        return lambda value: value
    twin = object.__new__(type(operation))
    twin.__dict__.update(operation.__dict__)
    twin.__dict__["padding"] = "valid"
    return twin
