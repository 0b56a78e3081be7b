"""Local response normalisation, as a block of Keras's own layers and operations."""

from __future__ import annotations

from typing import Any

from nets.zoo.stages import Block, Tensor, block


def local_response_norm(name: str, *, depth: int = 5, k: float = 2.0, alpha: float = 1e-4, beta: float = 0.75) -> Block:
    """Divides every number by what the maps around it answer at the same pixel (Krizhevsky et al. 2012, 3.3).

    y[c] = x[c] / (k + alpha * sum of x[c']^2) ^ beta, over the ``depth`` maps c' around c, as many as there are.

    Args:
        name: of the block.
        depth: number of neighbouring maps, odd; the map itself is one of them.
        k, alpha, beta: the constants; those of the paper unless given.
    """

    def compute(x: Tensor) -> Tensor:
        from keras import layers, ops

        height, width, maps = x.shape[1:]
        side = depth // 2
        squares = layers.Multiply(name="squares")([x, x])
        # The maps become the columns of a picture with a row for each pixel, so that pooling averages neighbours.
        rows = layers.Reshape((height * width, maps, 1), name="rows")(squares)
        padded = layers.ZeroPadding2D(((0, 0), (side, side)), name="pad")(rows)
        means = layers.AveragePooling2D((1, depth), strides=1, name="neighbours")(padded)  # H W x maps x 1
        energy = layers.Reshape((height, width, maps), name="energy")(means)
        scaled = layers.Rescaling(alpha * depth, offset=k, name="scale")(energy)
        factors = _named(ops.power(scaled, -beta), "factors")
        return layers.Multiply(name="normalised")([x, factors])

    return block(name, compute)


def _named(tensor: Any, name: str) -> Any:
    """Names the operation that gives the tensor: Keras would number it by how many it made before."""
    tensor._keras_history.operation.name = name
    return tensor
