"""Which numbers a network receives for the bytes of a picture: one table, and the conversion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nets.data.specs import ImageInput
from nets.errors import UsageError


@dataclass(frozen=True)
class ValueRange:
    """A row of ``RANGES``: a byte ``b`` of a channel becomes ``b * scale + offset``.

    scale, offset: one number for all channels, or one each for red, green and blue.
    order: the order of the channels that networks of this range usually take.
    norm: "image": every picture is divided by the L2 norm of all its numbers; "columns": each column by its own, as
        ``keras.utils.normalize(images, axis=1)`` does.
    channels: the numbers of channels for which it is offered and tried; a card may name it for any.
    """

    name: str
    title: str
    description: str
    scale: tuple[float, ...]
    offset: tuple[float, ...]
    order: str = "rgb"
    norm: str = ""
    channels: tuple[int, ...] = (1, 3)


MNIST = ((0.1307,), (0.3081,))  # mean and deviation of its training images, 0 to 1
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
CAFFE = (123.68, 116.779, 103.939)  # ImageNet's mean, 0 to 255


def _scale(mean: tuple[float, ...], deviation: tuple[float, ...]) -> tuple[float, ...]:
    """The scale of (b / 255 - mean) / deviation."""
    return tuple(1 / 255 / one for one in deviation)


def _offset(mean: tuple[float, ...], deviation: tuple[float, ...]) -> tuple[float, ...]:
    """The offset of (b / 255 - mean) / deviation."""
    return tuple(-one / other for one, other in zip(mean, deviation, strict=True))


RANGES: dict[str, ValueRange] = {
    row.name: row
    for row in (
        ValueRange("unit", "0 to 1", "divided by 255", (1 / 255,), (0.0,)),
        ValueRange("byte", "0 to 255", "as they are in the file", (1.0,), (0.0,)),
        ValueRange("signed", "-1 to 1", "divided by 127.5, less 1: MobileNet, Inception", (2 / 255,), (-1.0,)),
        ValueRange("centred", "-0.5 to 0.5", "divided by 255, less 0.5", (1 / 255,), (-0.5,)),
        ValueRange(
            "mnist",
            "MNIST's mean and deviation",
            "mean 0.1307, deviation 0.3081",
            _scale(*MNIST),
            _offset(*MNIST),
            channels=(1,),
        ),
        ValueRange(
            "imagenet",
            "ImageNet's mean and deviation",
            "of each colour, as PyTorch's and DenseNet's models take them",
            _scale(*IMAGENET),
            _offset(*IMAGENET),
            channels=(3,),
        ),
        ValueRange(
            "caffe",
            "Caffe: BGR less ImageNet's mean",
            "0 to 255, less the mean of each colour, blue first: VGG and ResNet",
            (1.0,),
            tuple(-mean for mean in CAFFE),
            order="bgr",
            channels=(3,),
        ),
        ValueRange(
            "l2",
            "divided by its L2 norm",
            "the squares of a picture's numbers add up to 1",
            (1.0,),
            (0.0,),
            norm="image",
            channels=(1,),
        ),
        ValueRange(
            "l2-columns",
            "columns divided by their L2 norm",
            "as keras.utils.normalize(images, axis=1) does",
            (1.0,),
            (0.0,),
            norm="columns",
            channels=(1,),
        ),
        ValueRange("own", "scale and offset of the card", "b * scale + offset, as the card says", (1.0,), (0.0,)),
    )
}
# largest scale or offset in a card: larger ones would make infinity of a picture, as from a damaged network
LARGEST = 1e6
OWN = "own"  # the row whose numbers are in the ImageInput itself
NORM_AXES = {"image": (1, 2, 3), "columns": (1,)}  # axes of (N, H, W, C) whose numbers are divided by one norm
ORDERS = {"rgb": "red, green, blue", "bgr": "blue, green, red"}


def range_of(input: ImageInput) -> ValueRange:
    """The row that ``input.range`` names. Raises UsageError if there is none."""
    try:
        return RANGES[input.range]
    except KeyError:
        raise UsageError(
            "there is no range of values {range!r}; there are: {known}", range=input.range, known=", ".join(RANGES)
        ) from None


def order_of(input: ImageInput) -> str:
    """The order of the channels that the network takes, "rgb" or "bgr": its own, or the usual one of its range."""
    order = input.order or range_of(input).order
    if order not in ORDERS:
        raise UsageError(
            "there is no order of channels {order!r}; there are: {known}", order=order, known=", ".join(ORDERS)
        )
    return order


def scale_and_offset(input: ImageInput) -> tuple[np.ndarray, np.ndarray]:
    """(C,) float32 each, for the channels in the order in which the picture has them: red, green, blue."""
    row = range_of(input)
    own = input.range == OWN
    return _by_channel(input.scale if own else row.scale, input), _by_channel(
        input.offset if own else row.offset, input
    )


def to_values(images: np.ndarray, input: ImageInput) -> np.ndarray:
    """The numbers that the network receives.

    Args:
        images: (N, H, W, C) uint8, colours in the order red, green, blue.
        input: whose range and order they get.

    Returns:
        (N, H, W, C) float32, a new array.
    """
    row = range_of(input)
    scale, offset = scale_and_offset(input)
    values = images.astype(np.float32)
    if (scale != 1).any():
        values *= scale
    if offset.any():
        values += offset
    if row.norm:
        norms = np.sqrt(np.square(values).sum(axis=NORM_AXES[row.norm], keepdims=True))
        values /= np.where(norms > 0, norms, 1)
    return values[..., ::-1].copy() if order_of(input) == "bgr" and input.channels == 3 else values


def _by_channel(numbers: tuple[float, ...], input: ImageInput) -> np.ndarray:
    """(C,) float32: a number for each channel; a grey picture takes the mean of three colours' numbers."""
    if (largest := max(map(abs, numbers), default=0.0)) > LARGEST:
        raise UsageError(
            "expected a scale and an offset of at most {largest:,.0f}, found {number:.3g}",
            largest=LARGEST,
            number=largest,
        )
    if len(numbers) == input.channels:
        return np.array(numbers, np.float32)
    if len(numbers) not in (1, 3):
        raise UsageError(
            "expected a scale and an offset for each of {channels} channels or for all, found {numbers}",
            channels=input.channels,
            numbers=len(numbers),
        )
    return np.full(input.channels, np.mean(numbers), np.float32)
