"""``nets.data.value_ranges.to_values`` on the device that computes, inside a compiled function."""

from __future__ import annotations

from typing import Any

from nets.data.specs import ImageInput
from nets.data.value_ranges import NORM_AXES, order_of, range_of, scale_and_offset

Tensor = Any


def values_of(images: Tensor, input: ImageInput) -> Tensor:
    """The numbers that the network receives.

    Args:
        images: (N, H, W, C) float32 of 0 to 255, colours in the order red, green, blue.
        input: whose range and order they get.
    """
    from keras import ops

    scale, offset = map(ops.convert_to_tensor, scale_and_offset(input))
    images = images * scale + offset
    if norm := range_of(input).norm:
        squares = ops.sum(ops.square(images), axis=NORM_AXES[norm], keepdims=True)
        images = ops.divide_no_nan(images, ops.sqrt(squares))
    return images[..., ::-1] if order_of(input) == "bgr" and input.channels == 3 else images
