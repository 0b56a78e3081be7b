"""Blocks with parallel branches, written as tables: what every Inception network is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nets.zoo.stages import Block, Tensor, applied, block

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Conv:
    """A convolution of ``filters`` kernels of ``kernel`` = (height, width), or a side."""

    filters: int
    kernel: int | tuple[int, int] = 1
    strides: int = 1
    padding: str = "same"


@dataclass(frozen=True)
class Pool:
    """Pooling of 3x3; ``kind`` is "average" or "max"."""

    kind: str = "average"
    strides: int = 1
    padding: str = "same"


@dataclass(frozen=True)
class Fork:
    """Convolutions that read the same maps; their results are joined."""

    convs: tuple[Conv, ...]


Branch = Sequence[Conv | Pool | Fork]
ConvMaker = Callable[[Conv, str, str], Sequence["keras.Layer"]]
"""The layers of a convolution, from its numbers and the beginning and the end of its layers' names."""


def inception(name: str, branches: Sequence[Branch], conv: ConvMaker) -> Block:
    """A block of branches that read the same input and are joined along the maps.

    Args:
        name: of the block. Its layers are named after their branch and their place in it, both from 1.
        branches: what each branch does, in order.
        conv: makes the layers of a convolution.
    """
    return block(name, lambda x: joined(x, branches, conv))


def joined(x: Tensor, branches: Sequence[Branch], conv: ConvMaker, name: str = "joined") -> Tensor:
    """The branches' results along the maps: (batch, height, width, sum of the branches' maps).

    Args:
        x: (batch, height, width, maps).
        branches: what each does with ``x``.
        conv: makes a convolution.
        name: of the layer that joins them.
    """
    from keras import layers

    return layers.Concatenate(name=name)([_branch(x, row, f"branch{n}", conv) for n, row in enumerate(branches, 1)])


def _branch(x: Tensor, branch: Branch, stage: str, conv: ConvMaker) -> Tensor:
    from keras import layers

    count = 0
    for part in branch:
        if isinstance(part, Pool):
            kind = layers.MaxPooling2D if part.kind == "max" else layers.AveragePooling2D
            x = kind(3, strides=part.strides, padding=part.padding, name=f"{stage}_pool")(x)
            continue
        count += 1
        if isinstance(part, Conv):
            x = applied(conv(part, stage, str(count)), x)
        else:
            arms = [
                applied(conv(arm, stage, f"{count}{letter}"), x) for letter, arm in zip("ab", part.convs, strict=True)
            ]
            x = layers.Concatenate(name=f"{stage}_joined")(arms)
    return x
