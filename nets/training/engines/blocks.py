"""A convolution and the 2x2 pooling after it as one matrix product, for training on a CPU.

Where the time of a small network goes is the gradient of max pooling and the convolutions with few channels
(33 ms for a batch of 128 through LeNet and back with the usual operations on two cores; 6 to 8 ms this way, compiled
by XLA, which on its own makes convolutions slower than TensorFlow does). Three changes give the same result:

* The four positions that a pooling window covers are computed as four output maps of one larger kernel at stride two:
  a k x k kernel, set at four offsets into (k + 1) x (k + 1). Pooling is then a maximum of four whole arrays, its
  gradient three comparisons, and nothing is computed that pooling at odd sizes would drop.
* Images lie innermost, (channels, height, width, images): cutting patches out (im2col) copies long runs of memory,
  and the patches are the right factor of the product without a transposition.
* Bias and activation come after pooling, on a quarter of the numbers: a maximum and a function that never falls may
  change places.
"""

from __future__ import annotations

from typing import Any

Tensor = Any


def out_size(size: int, kernel: int, padding: str) -> int:
    """Height or width after a convolution at stride one and pooling of two by two.

    Args:
        size: height or width before.
        kernel: of the convolution.
        padding: "same" or "valid".
    """
    return (size if padding == "same" else size - kernel + 1) // 2


def pooled_convolution(x: Tensor, kernel: Tensor, padding: str) -> Tensor:
    """2x2 max pooling of a convolution at stride one, without bias.

    Args:
        x: (C, H, W, N) float32, images innermost.
        kernel: (k, k, C, F) float32.
        padding: "same" or "valid", of the convolution.

    Returns:
        (F, H', W', N) float32; H' and W' as ``out_size`` says.
    """
    import tensorflow as tf

    channels, height, width = x.shape[:3]
    side, filters = kernel.shape[0], kernel.shape[3]
    rows, columns = out_size(height, side, padding), out_size(width, side, padding)
    taps = side // 2 + 1  # of the enlarged kernel, counted in steps of two pixels
    before = (side - 1) // 2 if padding == "same" else 0
    x = _frame(x, before, 2 * (rows + taps - 1), 2 * (columns + taps - 1))
    cells = _cells(x)  # (4 C, rows + taps - 1, columns + taps - 1, N)
    patches = tf.reshape(_patches(cells, taps, rows, columns), [taps * taps * 4 * channels, -1])
    products = tf.matmul(_four_kernels(kernel, taps), patches)  # (4 F, rows columns N)
    return tf.reshape(_largest(tf.reshape(products, [4, filters, -1])), [filters, rows, columns, -1])


def _frame(x: Tensor, before: int, height: int, width: int) -> Tensor:
    """``x`` with ``before`` rows and columns of zeros in front, padded or cut to height x width."""
    import tensorflow as tf

    x = x[:, : height - before, : width - before]
    below, right = height - before - x.shape[1], width - before - x.shape[2]
    if before or below or right:
        x = tf.pad(x, [[0, 0], [before, below], [before, right], [0, 0]])
    return x


def _cells(x: Tensor) -> Tensor:
    """The four pixels of every 2x2 cell as channels: (C, H, W, N) -> (4 C, H / 2, W / 2, N)."""
    import tensorflow as tf

    channels, height, width = x.shape[:3]
    x = tf.reshape(x, [channels, height // 2, 2, width // 2, 2, -1])
    return tf.reshape(tf.transpose(x, [2, 4, 0, 1, 3, 5]), [4 * channels, height // 2, width // 2, -1])


def _patches(x: Tensor, taps: int, rows: int, columns: int) -> Tensor:
    """Every taps x taps patch (im2col): (C, h, w, N) -> (taps taps C, rows, columns, N)."""
    import tensorflow as tf

    places = [(i, j) for i in range(taps) for j in range(taps)]

    @tf.custom_gradient
    def cut(x: Tensor) -> tuple[Tensor, Any]:
        def gradient(upstream: Tensor) -> Tensor:
            parts = tf.split(upstream, len(places))
            margin = taps - 1
            return tf.add_n(
                [
                    tf.pad(part, [[0, 0], [i, margin - i], [j, margin - j], [0, 0]])
                    for part, (i, j) in zip(parts, places, strict=True)
                ]
            )

        return tf.concat([x[:, i : i + rows, j : j + columns] for i, j in places], 0), gradient

    return cut(x)


def _four_kernels(kernel: Tensor, taps: int) -> Tensor:
    """(k, k, C, F) -> (4 F, taps taps 4 C): the kernel at each of the four offsets, in the order of the patches."""
    import tensorflow as tf

    side, _, channels, filters = kernel.shape
    rest = 2 * taps - side
    placed = [tf.pad(kernel, [[i, rest - i], [j, rest - j], [0, 0], [0, 0]]) for i in (0, 1) for j in (0, 1)]
    four = tf.reshape(tf.stack(placed), [4, taps, 2, taps, 2, channels, filters])
    return tf.reshape(tf.transpose(four, [0, 6, 1, 3, 2, 4, 5]), [4 * filters, -1])


def _largest(four: Tensor) -> Tensor:
    """The maximum over the first axis, (4, ...) -> (...). Of equal values the first gets the gradient."""
    import tensorflow as tf

    @tf.custom_gradient
    def largest(four: Tensor) -> tuple[Tensor, Any]:
        a, b, c, d = tf.unstack(four)
        upper, lower = tf.maximum(a, b), tf.maximum(c, d)

        def gradient(upstream: Tensor) -> Tensor:
            up = upstream * tf.cast(upper >= lower, upstream.dtype)
            down = upstream - up
            first = up * tf.cast(a >= b, upstream.dtype)
            third = down * tf.cast(c >= d, upstream.dtype)
            return tf.stack([first, up - first, third, down - third])

        return tf.maximum(upper, lower), gradient

    return largest(four)
