"""The table of a model's layers: kind, output shape, cost, and what can be shown."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from nets.errors import UsageError
from nets.network.graph import Graph, Step


@dataclass(frozen=True)
class LayerInfo:
    """A row of the table, in the order of computing. The model's input has no row.

    path: names through nested models, "block/conv1"; what every function of ``nets`` takes for a layer.
    kind: the Keras class, "Conv2D"; title: in words, "Convolution 5 × 5, same".
    output_shape: without the batch axis: (H, W, C) for maps, (N,) for units.
    multiply_adds: of one image; counted for convolutions and dense layers, 0 for everything else.
    shows: "maps", "units", "probabilities" (the answer; see ``Model.layers``) or "nothing"; then ``why_not`` says why.
    kernel_shape: (height, width, input channels) of one kernel, None if there is none.
    activation: "relu", "softmax", ... or "" if the layer has none of its own.
    inputs: the paths of the layers whose outputs it reads, "" for the model's input.
    frozen: whether it has weights and none of them learned in its last training, as in a transfer.
    """

    name: str
    path: str
    kind: str
    title: str
    output_shape: tuple[int | None, ...]
    parameters: int
    multiply_adds: int
    shows: str
    why_not: str = ""
    kernel_shape: tuple[int, int, int] | None = None
    activation: str = ""
    inputs: tuple[str, ...] = ()
    frozen: bool = False

    @property
    def maps(self) -> int:
        """How many maps or units it has; 0 if it shows nothing."""
        return int(self.output_shape[-1] or 0) if self.shows != "nothing" else 0


def row_of(graph: Graph, step: Step, shapes: dict[int, tuple[int | None, ...]]) -> LayerInfo:
    """The row of the layer table for one step.

    Args:
        graph: the network's.
        step: one of ``graph.steps``.
        shapes: of every value, with the batch axis, as ``graph.shapes`` gives them.
    """
    operation = step.operation
    output = shapes[step.outputs[0]][1:]
    if graph.channels_first and len(output) == 3:
        output = (*output[1:], output[0])
    inputs = shapes[step.inputs[0]][1:]
    shows, why_not = ("probabilities", "") if graph.output in step.outputs else shows_of(output)
    return LayerInfo(
        name=step.path.rsplit("/", 1)[-1],
        path=step.path,
        kind=type(operation).__name__,
        title=title_of(operation),
        output_shape=output,
        parameters=operation.count_params() if hasattr(operation, "count_params") else 0,
        multiply_adds=multiply_adds(operation, inputs, shapes[step.outputs[0]][1:]),
        shows=shows,
        why_not=why_not,
        kernel_shape=_kernel_shape(operation),
        activation=activation_of(operation),
        inputs=graph.sources(step),
        frozen=bool(getattr(operation, "weights", ())) and not operation.trainable,
    )


def kernel_of(graph: Graph, path: str, map_index: int) -> tuple[np.ndarray, float | None] | None:
    """The kernel of one map of a convolution.

    The two kernels of a separable convolution are multiplied out.

    Args:
        graph: the network's.
        path: of the layer.
        map_index: which of its maps, from 0.

    Returns:
        The kernel, (h, w, input channels) float32, and the bias, None if the layer has none. None for a layer
        without two-dimensional kernels.

    Raises:
        UsageError: the layer has no such map.
    """
    found = kernels_of(graph, path)
    if found is None:
        return None
    kernels, bias = found
    if not 0 <= map_index < kernels.shape[-1]:
        raise UsageError(
            "{path} has maps 0 to {last}, not {map_index}", path=path, last=kernels.shape[-1] - 1, map_index=map_index
        )
    return kernels[..., map_index], None if bias is None else float(bias[map_index])


def kernels_of(graph: Graph, path: str) -> tuple[np.ndarray, np.ndarray | None] | None:
    """All kernels of a layer at once: ((h, w, input channels, maps) float32, biases (maps,) or None); None as above."""
    return _kernels(graph.step(path).operation)


def activation_of(operation: Any) -> str:
    """The name of the layer's last activation: "" for none, or for a function without a name."""
    import keras

    if isinstance(operation, keras.layers.Softmax):
        return "softmax"
    if isinstance(operation, keras.layers.ReLU):
        return "relu"
    name = getattr(getattr(operation, "activation", None), "__name__", "")
    return "" if name == "linear" else name


def is_augmentation(operation: Any) -> bool:
    """Whether it changes images at random, and only in training."""
    return isinstance(operation, _augmentations())


@functools.cache
def _augmentations() -> tuple[type, ...]:
    from keras import layers

    # RandomCrop is not one of them: outside of training it crops or resizes.
    return tuple(getattr(layers, name) for name in dir(layers) if name.startswith("Random") and name != "RandomCrop")


def is_recurrent(operation: Any) -> bool:
    """Whether it reads its input as a sequence, step by step."""
    from keras import layers

    return isinstance(operation, layers.RNN | layers.Bidirectional | layers.TimeDistributed)


def title_of(operation: Any) -> str:
    """The layer in words, from its class and settings, never from its name."""
    from keras import layers

    def size(pair: Any) -> str:
        return " × ".join(str(number) for number in pair)

    def kernel(what: str) -> str:
        stride = (
            "" if set(operation.strides) == {1} else f", stride {'/'.join(map(str, dict.fromkeys(operation.strides)))}"
        )
        wide = getattr(operation, "dilation_rate", (1, 1))
        dilation = "" if set(wide) == {1} else f", dilation {'/'.join(map(str, dict.fromkeys(wide)))}"
        return f"{what} {size(operation.kernel_size)}{stride}{dilation}, {operation.padding}"

    def pool(what: str) -> str:
        same = tuple(operation.strides) == tuple(operation.pool_size)
        stride = "" if same else f", stride {'/'.join(map(str, dict.fromkeys(operation.strides)))}"
        return f"{what} {size(operation.pool_size)}{stride}"

    # Subclasses come before their base classes: the first matching row names the layer.
    rows = (
        (layers.DepthwiseConv2D, lambda: kernel("Depthwise convolution")),
        (layers.SeparableConv2D, lambda: kernel("Separable convolution")),
        (layers.Conv2DTranspose, lambda: kernel("Transposed convolution")),
        (layers.Conv2D, lambda: kernel("Convolution")),
        (layers.MaxPooling2D, lambda: pool("Max pooling")),
        (layers.AveragePooling2D, lambda: pool("Average pooling")),
        (layers.GlobalAveragePooling2D, lambda: "Global average"),
        (layers.GlobalMaxPooling2D, lambda: "Global maximum"),
        (layers.Dense, lambda: "Dense"),
        (layers.Flatten, lambda: "Flatten"),
        (layers.BatchNormalization, lambda: "Batch normalisation"),
        (layers.LayerNormalization, lambda: "Layer normalisation"),
        (layers.SpatialDropout2D, lambda: f"Spatial dropout {operation.rate:g}"),
        (layers.Dropout, lambda: f"Dropout {operation.rate:g}"),
        (layers.Softmax, lambda: "Softmax"),
        (layers.ReLU, lambda: "ReLU"),
        (layers.Activation, lambda: f"Activation {activation_of(operation) or 'linear'}"),
        (layers.ZeroPadding2D, lambda: "Zero padding"),
        (layers.Cropping2D, lambda: "Cropping"),
        (layers.UpSampling2D, lambda: f"Upsampling {size(operation.size)}"),
        (layers.Rescaling, lambda: "Rescaling"),
        (layers.Normalization, lambda: "Normalisation"),
        (layers.Add, lambda: "Sum"),
        (layers.Concatenate, lambda: "Concatenation"),
        (layers.Multiply, lambda: "Product"),
        (layers.Reshape, lambda: "Reshape"),
    )
    named = next((words() for kind, words in rows if isinstance(operation, kind)), type(operation).__name__)
    return f"{named}, in training only" if is_augmentation(operation) else named


def multiply_adds(operation: Any, inputs: tuple[int | None, ...], outputs: tuple[int | None, ...]) -> int:
    """Multiplications, each with its addition, for one image.

    Args:
        operation: a Keras layer or operation.
        inputs: the shape of its input, without the batch axis.
        outputs: the same of its output.
    """
    from keras import layers

    def positions(shape: tuple[int | None, ...]) -> int:
        flat = [number or 0 for number in shape]
        return math.prod(flat[1:] if _channels_first(operation) else flat[:-1])

    if isinstance(operation, layers.SeparableConv2D):
        depthwise, pointwise = operation.depthwise_kernel.shape, operation.pointwise_kernel.shape
        return positions(outputs) * (math.prod(depthwise) + math.prod(pointwise))
    if isinstance(operation, (layers.Conv1DTranspose, layers.Conv2DTranspose, layers.Conv3DTranspose)):
        return positions(inputs) * math.prod(operation.kernel.shape)
    kinds = (layers.Conv1D, layers.Conv2D, layers.Conv3D, layers.DepthwiseConv1D, layers.DepthwiseConv2D, layers.Dense)
    if isinstance(operation, kinds):
        return positions(outputs) * math.prod(operation.kernel.shape)
    return 0


def shows_of(output: tuple[int | None, ...]) -> tuple[str, str]:
    """What a layer with outputs of this shape (no batch axis) shows, and if it shows nothing, why."""
    if len(output) == 3:
        return "maps", ""
    if len(output) == 1:
        return "units", ""
    shape = " × ".join("?" if number is None else str(number) for number in output) or "a single number"
    return "nothing", f"its output is {shape}; maps are height × width × channels, and units are one row of numbers"


def _kernel_shape(operation: Any) -> tuple[int, int, int] | None:
    """(height, width, input channels) of one kernel of a two-dimensional convolution, from its variable's shape."""
    from keras import layers

    if isinstance(operation, layers.SeparableConv2D):
        return tuple(operation.depthwise_kernel.shape[:3])
    if isinstance(operation, layers.DepthwiseConv2D):
        return (*operation.kernel.shape[:2], 1)
    if isinstance(operation, layers.Conv2DTranspose):
        height, width, _, channels = operation.kernel.shape
        return (height, width, channels)
    return tuple(operation.kernel.shape[:3]) if isinstance(operation, layers.Conv2D) else None


def _kernels(operation: Any) -> tuple[np.ndarray, np.ndarray | None] | None:
    """((height, width, input channels, maps), biases (maps,) or None) of a two-dimensional convolution, else None."""
    from keras import layers, ops

    def array(variable: Any) -> np.ndarray:
        return np.asarray(ops.convert_to_numpy(variable), dtype=np.float32)

    if isinstance(operation, layers.SeparableConv2D):
        depthwise = array(operation.depthwise_kernel)  # (kh, kw, cin, multiplier)
        pointwise = array(operation.pointwise_kernel)[0, 0]  # (cin * multiplier, maps)
        mixing = pointwise.reshape(*depthwise.shape[2:], -1)
        kernels = np.einsum("hwcm,cmf->hwcf", depthwise, mixing)
    elif isinstance(operation, layers.DepthwiseConv2D):
        kernels = array(operation.kernel)
        kernels = kernels.reshape(*kernels.shape[:2], 1, -1)
    elif isinstance(operation, layers.Conv2DTranspose):
        kernels = array(operation.kernel).swapaxes(2, 3)
    elif isinstance(operation, layers.Conv2D):
        kernels = array(operation.kernel)
    else:
        return None
    return kernels, None if operation.bias is None else array(operation.bias)


def _channels_first(operation: Any) -> bool:
    return getattr(operation, "data_format", None) == "channels_first"
