"""Convolutions of one pixel with a stride, computed so that their kernel's gradient does not corrupt memory.

On processors with AVX-512 the gradient of such a kernel (every residual network has one in its shortcuts) writes beyond
its buffer in TensorFlow 2.21's oneDNN, and the process crashes, eager or compiled, unless XLA compiles it; tried with
images of 10 to 56 pixels and batches of 1 to 5. A kernel of one pixel with stride s reads every s-th pixel, so taking
these pixels first and convolving with stride 1 gives the same numbers with another routine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

Tensor = Any


@contextmanager
def safe_strides(network: keras.Layer) -> Iterator[None]:
    """Inside the block, such convolutions of ``network``, also nested ones, are computed in two steps."""
    with ExitStack() as stack:
        for layer in network._flatten_layers():
            if _is_conv(layer):
                stack.enter_context(replaced(layer, "convolution_op", _convolution(layer)))
            elif _is_transposed(layer):
                stack.enter_context(replaced(layer, "call", _transposed_call(layer)))
        yield


def _is_conv(layer: Any) -> bool:
    from keras import layers

    return isinstance(layer, layers.Conv1D | layers.Conv2D | layers.Conv3D) and _has_single_pixel(layer)


def _is_transposed(layer: Any) -> bool:
    from keras import layers

    kinds = (layers.Conv1DTranspose, layers.Conv2DTranspose, layers.Conv3DTranspose)
    return isinstance(layer, kinds) and _has_single_pixel(layer)


def _has_single_pixel(layer: Any) -> bool:
    return max(layer.kernel_size) == 1 and max(layer.strides) > 1


@contextmanager
def replaced(layer: Any, name: str, function: Callable[..., Tensor]) -> Iterator[None]:
    """Replace one method of a layer inside the block; the replacement hides the method of the layer's class.

    Args:
        layer: a Keras layer.
        name: of the method.
        function: what is called in its place.
    """
    object.__setattr__(layer, name, function)
    try:
        yield
    finally:
        object.__delattr__(layer, name)


def _convolution(layer: Any) -> Callable[[Tensor, Tensor], Tensor]:
    from keras import ops

    def convolution(inputs: Tensor, kernel: Tensor) -> Tensor:
        every = [slice(None, None, stride) for stride in layer.strides]
        whole = slice(None)
        kept = inputs[(whole, *every, whole) if layer.data_format == "channels_last" else (whole, whole, *every)]
        return ops.conv(kept, kernel, strides=1, padding="valid", data_format=layer.data_format)

    return convolution


def _transposed_call(layer: Any) -> Callable[[Tensor], Tensor]:
    """Every pixel's products at its own position with zeros between, then the layer's bias and activation."""
    from keras import ops

    def call(inputs: Tensor) -> Tensor:
        last = layer.data_format == "channels_last"
        order = [*range(layer.rank), layer.rank + 1, layer.rank]  # (1, ..., out, in) to (1, ..., in, out)
        x = ops.conv(inputs, ops.transpose(layer.kernel, order), padding="valid", data_format=layer.data_format)
        target = layer.compute_output_shape(tuple(inputs.shape))
        for axis, stride in enumerate(layer.strides, start=1 if last else 2):
            x = _spread(x, axis, stride, target[axis])
        if layer.use_bias:
            x = ops.add(x, layer.bias if last else ops.reshape(layer.bias, (-1, *[1] * layer.rank)))
        return x if layer.activation is None else layer.activation(x)

    return call


def _spread(x: Tensor, axis: int, stride: int, size: int) -> Tensor:
    """``x`` with ``stride`` - 1 zeros after each position of ``axis``, cut or zero-padded to ``size``."""
    from keras import ops

    length = x.shape[axis]
    x = ops.expand_dims(x, axis + 1)
    x = ops.pad(x, [(0, stride - 1) if at == axis + 1 else (0, 0) for at in range(len(x.shape))])
    x = ops.reshape(x, [-1, *x.shape[1:axis], length * stride, *x.shape[axis + 2 :]])
    missing = max(0, size - length * stride)
    x = ops.pad(x, [(0, missing) if at == axis else (0, 0) for at in range(len(x.shape))])
    return x[tuple(slice(0, size) if at == axis else slice(None) for at in range(len(x.shape)))]
