"""Three ways to convolve, with one interface and equal results: the definition, one matrix product, and Fourier's.

What networks call convolution is the cross-correlation: the kernel is not turned. With x padded, s the stride and d the
dilation, for image n, position (p, q) and kernel f

    y[n, p, q, f] = sum over i, j, c of  x[n, p s + i d, q s + j d, c]  w[i, j, c, f]

and by the chain rule, with g = dL/dy,

    dL/dw[i, j, c, f] = sum over n, p, q of  x[n, p s + i d, q s + j d, c]  g[n, p, q, f]
    dL/dx             = the full convolution of g (spread out by s) with w turned by 180 degrees.

(Goodfellow, Bengio, Courville 2016, Deep Learning, section 9.5.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from nets.byhand.im2col import im2col, put_back
from nets.byhand.window import Window, crop, pad

Shape = tuple[int, int, int, int]
Index = tuple[int, int, int, int]


class Convolution(Protocol):
    """x (N, H, W, C) and kernel (kh, kw, C, F) to y (N, OH, OW, F), and both gradients for the last of them."""

    def forward(self, x: np.ndarray, kernel: np.ndarray) -> np.ndarray: ...

    def kernel_gradient(self, gradient: np.ndarray) -> np.ndarray:
        """dL/dy (N, OH, OW, F) -> dL/dw (kh, kw, C, F)."""
        ...

    def input_gradient(self, gradient: np.ndarray) -> np.ndarray:
        """dL/dy (N, OH, OW, F) -> dL/dx (N, H, W, C)."""
        ...


class Loops:
    """The definition, one product after the other. To read and to check: hours where the others take seconds."""

    def __init__(self, window: Window) -> None:
        self.window = window

    def forward(self, x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
        self._x, self._kernel = x, kernel
        y = np.zeros((len(x), *self.window.output_size(*x.shape[1:3]), kernel.shape[3]), x.dtype)
        padded = pad(x, self.window.margins(*x.shape[1:3]))
        for pixel, weight in self._pairs(y.shape):
            y[pixel[0]] += padded[pixel[1]] * kernel[weight]
        return y

    def kernel_gradient(self, gradient: np.ndarray) -> np.ndarray:
        found = np.zeros_like(self._kernel)
        padded = pad(self._x, self.window.margins(*self._x.shape[1:3]))
        for pixel, weight in self._pairs(gradient.shape):
            found[weight] += padded[pixel[1]] * gradient[pixel[0]]
        return found

    def input_gradient(self, gradient: np.ndarray) -> np.ndarray:
        margins = self.window.margins(*self._x.shape[1:3])
        found = np.zeros_like(pad(self._x, margins))
        for pixel, weight in self._pairs(gradient.shape):
            found[pixel[1]] += gradient[pixel[0]] * self._kernel[weight]
        return crop(found, margins)

    def _pairs(self, shape: tuple[int, ...]) -> Iterator[tuple[tuple[Index, Index], Index]]:
        """((result's index, padded image's index), kernel's index) of every product in the sum."""
        images, rows, columns, kernels = shape
        vertical, horizontal = self.window.strides
        for n in range(images):
            for p in range(rows):
                for q in range(columns):
                    for f in range(kernels):
                        for i, j, row, column in self.window.offsets():
                            for c in range(self._kernel.shape[2]):
                                here = (n, p * vertical + row, q * horizontal + column, c)
                                yield ((n, p, q, f), here), (i, j, c, f)


class Im2col:
    """Patches as rows of a matrix: y = columns @ kernel, dL/dw = columns^T @ g, dL/dx = col2im(g @ kernel^T)."""

    def __init__(self, window: Window) -> None:
        self.window = window

    def forward(self, x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
        self._shape: Shape = x.shape
        self._kernel = kernel
        self._columns = im2col(x, self.window)  # (N OH OW, kh kw C)
        y = self._columns @ kernel.reshape(-1, kernel.shape[3])  # (N OH OW, F)
        return y.reshape(len(x), *self.window.output_size(*x.shape[1:3]), kernel.shape[3])

    def kernel_gradient(self, gradient: np.ndarray) -> np.ndarray:
        flat = gradient.reshape(-1, gradient.shape[3])  # (N OH OW, F)
        return (self._columns.T @ flat).reshape(self._kernel.shape)

    def input_gradient(self, gradient: np.ndarray) -> np.ndarray:
        flat = gradient.reshape(-1, gradient.shape[3])
        return columns_back(flat, self._kernel, self._shape, self.window)


def columns_back(flat: np.ndarray, kernel: np.ndarray, shape: Shape, window: Window) -> np.ndarray:
    """``col2im(flat @ kernelᵀ)``, with one product for each entry of the kernel.

    Args:
        flat: (N OH OW, F), the gradient at every position.
        kernel: (kh, kw, C, F).
        shape: (N, H, W, C) of the images.
        window: How the kernel slides.

    Returns:
        The gradient for the images, of ``shape``.
    """
    kh, kw, channels, kernels = kernel.shape
    entries = flat @ kernel.reshape(kh * kw, channels, kernels).swapaxes(1, 2)  # (kh kw, N OH OW, C)
    return put_back(entries, shape, window)


class Fourier:
    """A convolution is a product of spectra (Mathieu, Henaff, LeCun 2013, arXiv:1312.5851).

    All positions are computed and those between the strides thrown away: it pays for large kernels at stride one.
    """

    def __init__(self, window: Window) -> None:
        self.window = window

    def forward(self, x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
        self._shape, self._kernel = x.shape, kernel
        rows, columns = self.window.output_size(*x.shape[1:3])
        padded = pad(x, self.window.margins(*x.shape[1:3]))
        # Correlating multiplies with the conjugate; a circle as large as the image is enough for its valid part.
        self._circle = padded.shape[1:3]
        self._x_hat = np.fft.rfft2(padded, axes=(1, 2))  # (N, h, w / 2 + 1, C)
        self._kernel_hat = np.fft.rfft2(self._dilated(kernel), self._circle, axes=(0, 1))  # (h, w / 2 + 1, C, F)
        y_hat = _matmul(self._x_hat, self._kernel_hat.conj())  # (N, h, w / 2 + 1, F)
        y = self._back(y_hat, (1, 2))
        vertical, horizontal = self.window.reach(0, 0, (rows, columns))
        return np.ascontiguousarray(y[:, vertical, horizontal].astype(x.dtype, copy=False))

    def kernel_gradient(self, gradient: np.ndarray) -> np.ndarray:
        spread_hat = self._spread_hat(gradient)  # (N, h, w / 2 + 1, F)
        x_hat = self._x_hat.transpose(1, 2, 3, 0)  # (h, w / 2 + 1, C, N)
        found = self._back(x_hat @ spread_hat.conj().transpose(1, 2, 0, 3), (0, 1))  # (h, w, C, F)
        (kh, kw), (dh, dw) = self.window.kernel, self.window.dilation
        return found[: kh * dh : dh, : kw * dw : dw][:kh, :kw].astype(gradient.dtype)

    def input_gradient(self, gradient: np.ndarray) -> np.ndarray:
        spread_hat = self._spread_hat(gradient)
        found = self._back(_matmul(spread_hat, self._kernel_hat.swapaxes(2, 3)), (1, 2))  # (N, h, w, C)
        return crop(found, self.window.margins(*self._shape[1:3])).astype(gradient.dtype)

    def _spread_hat(self, gradient: np.ndarray) -> np.ndarray:
        """The spectrum of the gradient with zeros between the strides."""
        n, rows, columns, kernels = gradient.shape
        spread = np.zeros((n, *self._circle, kernels), gradient.dtype)
        vertical, horizontal = self.window.reach(0, 0, (rows, columns))
        spread[:, vertical, horizontal] = gradient
        return np.fft.rfft2(spread, axes=(1, 2))

    def _dilated(self, kernel: np.ndarray) -> np.ndarray:
        if self.window.dilation == (1, 1):
            return kernel
        spread = np.zeros((*self.window.span, *kernel.shape[2:]), kernel.dtype)
        spread[:: self.window.dilation[0], :: self.window.dilation[1]] = kernel
        return spread

    def _back(self, spectrum: np.ndarray, axes: tuple[int, int]) -> np.ndarray:
        return np.fft.irfft2(spectrum, self._circle, axes=axes)


def _matmul(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """For every frequency the product over channels: (N, h, w, C) and (h, w, C, F) -> (N, h, w, F)."""
    return np.moveaxis(np.moveaxis(a, 0, 2) @ b, 2, 0)


@dataclass(frozen=True)
class ConvolutionMethod:
    """A row of ``METHODS``. ``multiplications(window, x's shape, kernels)`` counts them for a forward pass."""

    name: str
    title: str
    make: Callable[[Window], Convolution]
    multiplications: Callable[[Window, Shape, int], int]


def _direct(window: Window, shape: Shape, kernels: int) -> int:
    rows, columns = window.output_size(*shape[1:3])
    return shape[0] * rows * columns * window.kernel[0] * window.kernel[1] * shape[3] * kernels


def _spectral(window: Window, shape: Shape, kernels: int) -> int:
    """Three transforms of 2 h w log2(h w) each (a real transform of even size), and 4 a product of complex numbers."""
    (top, bottom), (left, right) = window.margins(*shape[1:3])
    h, w = shape[1] + top + bottom, shape[2] + left + right
    n, channels = shape[0], shape[3]
    transforms = n * channels + channels * kernels + n * kernels
    return int(transforms * h * w * max(np.log2(h * w), 1)) + 4 * n * h * (w // 2 + 1) * channels * kernels


METHODS: dict[str, ConvolutionMethod] = {
    row.name: row
    for row in (
        ConvolutionMethod("loops", "Loops", Loops, _direct),
        ConvolutionMethod("im2col", "Matrix product (im2col)", Im2col, _direct),
        ConvolutionMethod("fft", "Fourier (FFT)", Fourier, _spectral),
    )
}
