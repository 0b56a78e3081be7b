"""Patches of images as the rows of a matrix, and back: a convolution is then one matrix product.

Chellapilla, Puri and Simard 2006, High performance convolutional neural networks for document processing.
"""

from __future__ import annotations

import numpy as np

from nets.byhand.window import Pair, Window, crop, pad


def patches(x: np.ndarray, window: Window) -> np.ndarray:
    """Every position of the kernel on the padded images, as a view: (N, OH, OW, kh, kw, C). Copies nothing of x.

    AlexNet's first layer, 227x227x3 under 11x11 at stride 4: (1, 55, 55, 11, 11, 3).
    """
    rows, columns = window.output_size(*x.shape[1:3])
    x = pad(x, window.margins(*x.shape[1:3]))
    n, _, _, channels = x.shape
    (sn, sh, sw, sc), (vertical, horizontal), (dh, dw) = x.strides, window.strides, window.dilation
    return np.lib.stride_tricks.as_strided(
        x,
        (n, rows, columns, *window.kernel, channels),
        (sn, sh * vertical, sw * horizontal, sh * dh, sw * dw, sc),
        writeable=False,
    )


def im2col(x: np.ndarray, window: Window) -> np.ndarray:
    """(N, H, W, C) -> (N OH OW, kh kw C): a row for every position, as long as a kernel."""
    found = patches(x, window)
    n, rows, columns, kh, kw, channels = found.shape
    return found.reshape(n * rows * columns, kh * kw * channels)


def col2im(columns: np.ndarray, shape: tuple[int, int, int, int], window: Window) -> np.ndarray:
    """The transpose of ``im2col``: adds every entry back to the pixel that it was read from.

    Args:
        columns: (N OH OW, kh kw C), as ``im2col`` returns them.
        shape: (N, H, W, C) of the images.
        window: The window they were read with.

    Returns:
        Images of ``shape``; a pixel that k positions read is the sum of k terms.
    """
    kh, kw = window.kernel
    return put_back(columns.reshape(-1, kh * kw, shape[3]).swapaxes(0, 1), shape, window)


def put_back(entries: np.ndarray, shape: tuple[int, int, int, int], window: Window) -> np.ndarray:
    """What ``col2im`` computes, from columns sorted by the entry of the kernel: each is then added in one go.

    Args:
        entries: (kh kw, N OH OW, C): for each entry of the kernel what it met at every position.
        shape: (N, H, W, C) of the images.
        window: The window they were read with.

    Returns:
        Images of ``shape``.
    """
    n, height, width, channels = shape
    size: Pair = window.output_size(height, width)
    margins = window.margins(height, width)
    (top, bottom), (left, right) = margins
    image = np.zeros((n, height + top + bottom, width + left + right, channels), entries.dtype)
    for entry, (_, _, row, column) in zip(entries, window.offsets(), strict=True):
        vertical, horizontal = window.reach(row, column, size)
        image[:, vertical, horizontal] += entry.reshape(n, *size, channels)
    return crop(image, margins)
