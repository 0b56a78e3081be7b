"""Conversion between the numbers that a network receives and a picture that can be shown; the range of the numbers."""

from __future__ import annotations

import numpy as np

from nets.data.specs import ImageInput
from nets.data.value_ranges import order_of, range_of, scale_and_offset


def bounds(input: ImageInput) -> tuple[np.ndarray, np.ndarray]:
    """The smallest and the largest number of each channel, (C,) float32 each, in the network's own channel order.

    For ranges that divide by a norm: 0 and 1.
    """
    if range_of(input).norm:
        return np.zeros(input.channels, np.float32), np.ones(input.channels, np.float32)
    scale, offset = scale_and_offset(input)
    ends = np.stack([offset, 255 * scale + offset]).astype(np.float32)
    low, high = ends.min(axis=0), ends.max(axis=0)
    return (low[::-1].copy(), high[::-1].copy()) if _is_reversed(input) else (low, high)


def to_picture(values: np.ndarray, input: ImageInput) -> np.ndarray:
    """The network's numbers as a picture.

    Args:
        values: (..., H, W, C) in the network's numbers.
        input: Whose range and order they have.

    Returns:
        float32 of the same shape, 0 to 1; colours in the order red, green, blue. What lies outside the range is cut
        off; of ranges that are divided by a norm the largest number becomes 1.
    """
    if range_of(input).norm:
        top = values.max(axis=(-3, -2, -1), keepdims=True)
        return np.clip(values / np.where(top > 0, top, 1), 0, 1).astype(np.float32)
    low, high = bounds(input)
    shown = np.clip((values - low) / np.where(high > low, high - low, 1), 0, 1).astype(np.float32)
    return shown[..., ::-1].copy() if _is_reversed(input) else shown


def to_numbers(picture: np.ndarray, input: ImageInput) -> np.ndarray:
    """The network's numbers of a picture (..., H, W, C) from 0 to 1, red, green, blue; the inverse of ``to_picture``.

    For a range that divides by a norm the numbers stay as they are.
    """
    values = np.asarray(picture, np.float32)
    if range_of(input).norm:
        return values
    low, high = bounds(input)
    return (values[..., ::-1] if _is_reversed(input) else values) * (high - low) + low


def _is_reversed(input: ImageInput) -> bool:
    return order_of(input) == "bgr" and input.channels == 3
