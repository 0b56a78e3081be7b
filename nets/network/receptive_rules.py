"""For each kind of layer, a function from the needed outputs to the inputs that they are computed from."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nets.network.layers import is_augmentation

Shape = tuple[int | None, ...]
Extent = tuple[int, int]  # height, width of a value

# Operations of functional models (x + 1, keras.ops.relu) that work on each position separately.
ELEMENTWISE_OPERATIONS = frozenset(
    (
        *(
            "Add",
            "Subtract",
            "Multiply",
            "Divide",
            "TrueDivide",
            "Maximum",
            "Minimum",
            "Negative",
            "Absolute",
            "Square",
        ),
        *("Sqrt", "Exp", "Log", "Power", "Clip", "Relu", "Relu6", "LeakyRelu", "Elu", "Selu", "Gelu", "Silu", "Swish"),
        *("HardSigmoid", "HardSwish", "HardSilu", "Sigmoid", "Tanh", "Softplus", "Softsign", "Cast"),
    )
)


@dataclass(frozen=True)
class Interval:
    """first to last along one axis, both included; empty when last < first."""

    first: int
    last: int

    def __or__(self, other: Interval) -> Interval:
        if self.empty or other.empty:
            return other if self.empty else self
        return Interval(min(self.first, other.first), max(self.last, other.last))

    @property
    def empty(self) -> bool:
        return self.last < self.first

    def within(self, size: int) -> Interval:
        return Interval(max(self.first, 0), min(self.last, size - 1))


Region = tuple[Interval, Interval]  # rows, columns


Rule = Callable[[Any, Region, list[Extent], Extent], list[Region]]


def rule_of(operation: Any, shapes: list[Shape], output: Shape) -> Rule:
    """The rule for an operation: which inputs a value of its output depends on.

    An unknown operation is assumed to read all of its inputs, which is never too little.

    Args:
        operation: a Keras layer or operation.
        shapes: of its inputs, with the batch axis.
        output: the shape of its output, with the batch axis.
    """
    if len(output) != 4:
        return all_of_it
    if _only_renamed(shapes[0], output):
        return _elementwise
    for kinds, rule in _table():
        if isinstance(operation, kinds):
            return rule
    return _elementwise if _is_per_position(operation) else all_of_it


def rows_of_pixels(operation: Any, shapes: list[Shape], output: Shape, before: Extent | None) -> Extent | None:
    """The picture whose pixels are the rows of ``output``, one after another; None if they are not.

    Local response normalisation arranges its maps like this, to pool over neighbouring maps at each pixel.

    Args:
        operation: what gives ``output``.
        shapes: of its inputs, batch axes included.
        output: its shape, batch axis included.
        before: the picture whose pixels are the rows of its first input already.
    """
    from keras import layers

    if before is None:
        first = shapes[0]
        picture = (int(first[1] or 1), int(first[2] or 1)) if len(first) == 4 else (1, 1)
        is_laid_out = isinstance(operation, layers.Reshape) and tuple(output[1:]) == (math.prod(picture), first[-1], 1)
        return picture if is_laid_out and min(picture) > 1 else None
    if isinstance(operation, layers.ZeroPadding2D):
        return before if operation.padding[0] == (0, 0) else None
    if isinstance(operation, (layers.MaxPooling2D, layers.AveragePooling2D)):
        return before if (operation.pool_size[0], operation.strides[0]) == (1, 1) else None
    return before if _is_per_position(operation) else None


def is_laid_back(operation: Any, output: Shape, pixels: Extent) -> bool:
    """Whether rows of pixels become the maps of a picture again.

    Args:
        operation: a Keras layer or operation.
        output: the shape of its output, with the batch axis.
        pixels: (height, width) of the picture before it was unfolded.
    """
    from keras import layers

    return isinstance(operation, layers.Reshape) and len(output) == 4 and tuple(output[1:3]) == pixels


def in_place(operation: Any, region: Region, sizes: list[Extent], output: Extent) -> list[Region]:
    """The rule of operations that keep every position in its place, even if the values are reshaped.

    Args:
        operation: a Keras layer or operation.
        region: positions of its output.
        sizes: (height, width) of each of its inputs.
        output: (height, width) of its output.

    Returns:
        The positions of each input that the region depends on.
    """
    return [region] * len(sizes)


def _table() -> tuple[tuple[tuple[type, ...], Rule], ...]:
    from keras import layers

    return (
        ((layers.Conv2DTranspose,), _transposed),
        ((layers.Conv2D, layers.DepthwiseConv2D, layers.SeparableConv2D), _convolution),
        ((layers.MaxPooling2D, layers.AveragePooling2D), _pooling),
        ((layers.ZeroPadding2D,), _padding),
        ((layers.Cropping2D,), _cropping),
        ((layers.UpSampling2D,), _upsampling),
        ((layers.Concatenate,), _concatenate),
    )


def _is_per_position(operation: Any) -> bool:
    """Whether each output position depends only on the same position of the inputs."""
    from keras import layers

    # Normalising over the channels works on each position; over rows or columns it does not.
    if isinstance(operation, (layers.Softmax, layers.LayerNormalization, layers.UnitNormalization)):
        axis = operation.axis
        axes = list(axis) if isinstance(axis, (list, tuple)) else [axis]
        return axes in ([-1], [3])
    kinds = (
        *(layers.Activation, layers.ReLU, layers.LeakyReLU, layers.PReLU, layers.ELU, layers.BatchNormalization),
        *(layers.Dropout, layers.SpatialDropout2D, layers.GaussianNoise, layers.GaussianDropout, layers.AlphaDropout),
        *(layers.Rescaling, layers.Normalization, layers.Identity, layers.ActivityRegularization, layers.Dense),
        *(layers.Add, layers.Subtract, layers.Multiply, layers.Average, layers.Maximum, layers.Minimum),
    )
    if isinstance(operation, kinds) or is_augmentation(operation):
        return True
    module, name = type(operation).__module__, type(operation).__name__
    if module.startswith("keras.src.applications") and name == "CustomScaleLayer":
        return True  # the sum of Inception-ResNet's branches
    return module.startswith("keras.src.ops") and name in ELEMENTWISE_OPERATIONS


def _window(kernel: int, stride: int, dilation: int, same: bool, before: int, needed: Interval) -> Interval:
    """Padding "same" puts the smaller half in front, as TensorFlow does. ``before`` is the size of the input."""
    reach = (kernel - 1) * dilation + 1
    outputs = -(-before // stride)
    front = max((outputs - 1) * stride + reach - before, 0) // 2 if same else 0
    return Interval(needed.first * stride - front, needed.last * stride - front + reach - 1)


def _convolution(operation: Any, region: Region, sizes: list[Extent], output: Extent) -> list[Region]:
    same = operation.padding == "same"
    rows, columns = (
        _window(kernel, stride, dilation, same, before, needed)
        for kernel, stride, dilation, before, needed in zip(
            operation.kernel_size, operation.strides, operation.dilation_rate, sizes[0], region, strict=True
        )
    )
    return [(rows, columns)]


def _pooling(operation: Any, region: Region, sizes: list[Extent], output: Extent) -> list[Region]:
    same = operation.padding == "same"
    rows, columns = (
        _window(pool, stride, 1, same, before, needed)
        for pool, stride, before, needed in zip(operation.pool_size, operation.strides, sizes[0], region, strict=True)
    )
    return [(rows, columns)]


def _transposed(operation: Any, region: Region, sizes: list[Extent], output: Extent) -> list[Region]:
    """A convolution read backwards: output o is computed from the inputs whose window contains o."""
    found = []
    for axis in (0, 1):
        kernel, stride = operation.kernel_size[axis], operation.strides[axis]
        reach = (kernel - 1) * operation.dilation_rate[axis] + 1
        same = operation.padding == "same"
        front = max((sizes[0][axis] - 1) * stride + reach - output[axis], 0) // 2 if same else 0
        first = math.ceil((region[axis].first + front - reach + 1) / stride)
        found.append(Interval(first, math.floor((region[axis].last + front) / stride)))
    return [(found[0], found[1])]


def _padding(operation: Any, region: Region, sizes: list[Extent], output: Extent) -> list[Region]:
    (top, _), (left, _) = operation.padding
    return [_moved(region, -top, -left)]


def _cropping(operation: Any, region: Region, sizes: list[Extent], output: Extent) -> list[Region]:
    (top, _), (left, _) = operation.cropping
    return [_moved(region, top, left)]


def _upsampling(operation: Any, region: Region, sizes: list[Extent], output: Extent) -> list[Region]:
    if operation.interpolation == "nearest":
        rows, columns = (
            Interval(needed.first // factor, needed.last // factor)
            for needed, factor in zip(region, operation.size, strict=True)
        )
        return [(rows, columns)]
    # Pixel centres: output o lies at (o + 1/2) / factor - 1/2; wider kernels reach beyond the two neighbours.
    more = {"bilinear": 0, "bicubic": 1, "lanczos3": 2, "lanczos5": 4}.get(operation.interpolation, 4)
    rows, columns = (
        Interval(
            math.floor((needed.first + 0.5) / factor - 0.5) - more, math.ceil((needed.last + 0.5) / factor - 0.5) + more
        )
        for needed, factor in zip(region, operation.size, strict=True)
    )
    return [(rows, columns)]


def _concatenate(operation: Any, region: Region, sizes: list[Extent], output: Extent) -> list[Region]:
    along = operation.axis % 4 - 1
    if any(size != output for size in sizes) and along in (0, 1):
        found, start = [], 0
        for size_ in sizes:
            part = _moved(region, -start, 0) if along == 0 else _moved(region, 0, -start)
            found.append((part[0].within(size_[0]), part[1].within(size_[1])))
            start += size_[along]
        return found
    return [region] * len(sizes)


def _elementwise(operation: Any, region: Region, sizes: list[Extent], output: Extent) -> list[Region]:
    """The same position in every input; an input with a single row or column is spread over all."""
    found = []
    for height, width in sizes:
        rows = Interval(0, 0) if height == 1 else region[0]
        columns = Interval(0, 0) if width == 1 else region[1]
        found.append((rows, columns))
    return found


def all_of_it(operation: Any, region: Region, sizes: list[Extent], output: Extent) -> list[Region]:
    """The rule of operations that read every position: dense layers, global pooling, and operations without their own
    rule.

    Args:
        operation: a Keras layer or operation.
        region: positions of its output.
        sizes: (height, width) of each of its inputs.
        output: (height, width) of its output.

    Returns:
        The positions of each input that the region depends on.
    """
    return [whole(size_) for size_ in sizes]


def _moved(region: Region, down: int, right: int) -> Region:
    rows, columns = region
    return Interval(rows.first + down, rows.last + down), Interval(columns.first + right, columns.last + right)


def whole(extent: Extent) -> Region:
    return Interval(0, extent[0] - 1), Interval(0, extent[1] - 1)


def _only_renamed(before: Shape, after: Shape) -> bool:
    """Whether a reshape leaves every position in its place: a channel axis added, or a flat picture unfolded."""
    if len(before) == 3:
        return before[1:] == after[1:3] and after[3] == 1
    return (
        len(before) == 2
        and after[1] == after[2]
        and after[3] in (1, 3)
        and math.prod(s or 0 for s in after[1:]) == before[1]
    )
