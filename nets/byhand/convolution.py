"""Convolution over all channels, over each channel alone (depthwise), and transposed."""

from __future__ import annotations

import numpy as np

from nets.byhand.layer import Layer
from nets.byhand.methods import METHODS, Im2col, columns_back
from nets.byhand.window import Margins, Pair, Window, crop, pad
from nets.errors import UsageError


class Conv2D(Layer):
    """y = x * w + b; see ``nets.byhand.methods`` for the sum and its gradients; dL/db sums dL/dy over all positions.

    kernel (kh, kw, C, F); bias (F,) or None. ``method`` names a row of METHODS. learns_from: whether dL/dx is needed;
    if no earlier layer learns it is not computed, and zeros are returned.
    """

    kind = "Conv2D"

    def __init__(
        self,
        kernel: np.ndarray,
        bias: np.ndarray | None = None,
        *,
        strides: Pair = (1, 1),
        padding: str | Margins = "valid",
        dilation: Pair = (1, 1),
        method: str = "im2col",
        name: str = "",
    ) -> None:
        super().__init__(name)
        self.window = Window(_pair(kernel), strides, dilation, padding)
        self.weights = {"kernel": kernel} if bias is None else {"kernel": kernel, "bias": bias}
        self.method = METHODS[method]
        self.learns_from = True

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        _check_channels(x, self.weights["kernel"].shape[2], self.name)
        self._shape = x.shape
        self._convolution = self.method.make(self.window)
        y = self._convolution.forward(x, self.weights["kernel"])  # (N, OH, OW, F)
        if "bias" in self.weights:
            y += self.weights["bias"]
        return y

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        self.gradients["kernel"] = self._convolution.kernel_gradient(gradient)
        if "bias" in self.weights:
            self.gradients["bias"] = _sum_over_positions(gradient)  # (F,)
        if not self.learns_from:
            return np.zeros(self._shape, gradient.dtype)
        return self._convolution.input_gradient(gradient)


class DepthwiseConv2D(Layer):
    """Each channel has kernels of its own and is summed with no other: y[c m + k] = x[c] * w[c, k] + b[c m + k].

    Howard et al. 2017, MobileNets, arXiv:1704.04861. kernel (kh, kw, C, m): m maps for each of C channels; bias (C m,)
    or None.
    """

    kind = "DepthwiseConv2D"

    def __init__(
        self,
        kernel: np.ndarray,
        bias: np.ndarray | None = None,
        *,
        strides: Pair = (1, 1),
        padding: str | Margins = "valid",
        dilation: Pair = (1, 1),
        name: str = "",
    ) -> None:
        super().__init__(name)
        self.window = Window(_pair(kernel), strides, dilation, padding)
        self.weights = {"kernel": kernel} if bias is None else {"kernel": kernel, "bias": bias}

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        kernel = self.weights["kernel"]
        _check_channels(x, kernel.shape[2], self.name)
        self._shape, self._size = x.shape, self.window.output_size(*x.shape[1:3])
        self._padded = pad(x, self.window.margins(*x.shape[1:3]))
        y = np.zeros((len(x), *self._size, *kernel.shape[2:]), x.dtype)  # (N, OH, OW, C, m)
        for i, j, row, column in self.window.offsets():
            vertical, horizontal = self.window.reach(row, column, self._size)
            y += self._padded[:, vertical, horizontal, :, None] * kernel[i, j]
        y = y.reshape(*y.shape[:3], -1)
        return y + self.weights["bias"] if "bias" in self.weights else y

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        kernel = self.weights["kernel"]
        if "bias" in self.weights:
            self.gradients["bias"] = _sum_over_positions(gradient)
        g = gradient.reshape(*gradient.shape[:3], *kernel.shape[2:])  # (N, OH, OW, C, m)
        self.gradients["kernel"] = np.zeros_like(kernel)
        spread = np.zeros(self._padded.shape, gradient.dtype)
        for i, j, row, column in self.window.offsets():
            vertical, horizontal = self.window.reach(row, column, self._size)
            read = self._padded[:, vertical, horizontal]  # (N, OH, OW, C)
            self.gradients["kernel"][i, j] = np.einsum("nhwc,nhwcm->cm", read, g)
            spread[:, vertical, horizontal] += (g * kernel[i, j]).sum(-1)
        return crop(spread, self.window.margins(*self._shape[1:3]))


class Conv2DTranspose(Layer):
    """The gradient of a convolution for its input, used forward: from few positions to many.

    Zeiler et al. 2010, Deconvolutional networks; Dumoulin and Visin, section 4. The kernel is Keras's, (kh, kw, F, C):
    from C channels to F. The output has the size whose convolution gives the input: (H - 1) s + k, "same": H s.
    """

    kind = "Conv2DTranspose"

    def __init__(
        self,
        kernel: np.ndarray,
        bias: np.ndarray | None = None,
        *,
        strides: Pair = (1, 1),
        padding: str = "valid",
        dilation: Pair = (1, 1),
        name: str = "",
    ) -> None:
        super().__init__(name)
        self.window = Window(_pair(kernel), strides, dilation, padding)
        self.weights = {"kernel": kernel} if bias is None else {"kernel": kernel, "bias": bias}

    def output_size(self, height: int, width: int) -> Pair:
        """Keras's: H s for "same", (H - 1) s + max(k, s) for "valid"."""
        if self.window.padding == "same":
            return height * self.window.strides[0], width * self.window.strides[1]
        rows, columns = (
            (size - 1) * stride + max(span, stride)
            for size, stride, span in zip((height, width), self.window.strides, self.window.span, strict=True)
        )
        return rows, columns

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        kernel = self.weights["kernel"]
        _check_channels(x, kernel.shape[3], self.name)
        self._x = x
        shape = (len(x), *self.output_size(*x.shape[1:3]), kernel.shape[2])
        # x stands where a convolution from F channels to C has its dL/dy.
        y = columns_back(x.reshape(-1, x.shape[3]), kernel, shape, self.window)  # (N, OH, OW, F)
        if "bias" in self.weights:
            y = y + self.weights["bias"]
        return y

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        convolution = Im2col(self.window)
        to_input = convolution.forward(gradient, self.weights["kernel"])  # (N, H, W, C)
        self.gradients["kernel"] = convolution.kernel_gradient(self._x)
        if "bias" in self.weights:
            self.gradients["bias"] = _sum_over_positions(gradient)  # (F,)
        return to_input


def _sum_over_positions(gradient: np.ndarray) -> np.ndarray:
    """(N, OH, OW, F) -> (F,), as a product with ones: NumPy's own sum is slow over many short rows."""
    flat = gradient.reshape(-1, gradient.shape[3])
    return np.ones(len(flat), flat.dtype) @ flat


def _pair(kernel: np.ndarray) -> Pair:
    if kernel.ndim != 4:
        raise UsageError(
            "expected a kernel (height, width, channels, kernels), found the shape {shape}", shape=kernel.shape
        )
    return kernel.shape[0], kernel.shape[1]


def _check_channels(x: np.ndarray, channels: int, name: str) -> None:
    if x.ndim != 4 or x.shape[3] != channels:
        raise UsageError(
            "{name} expected images (N, H, W, {channels}), found the shape {shape}",
            name=name,
            channels=channels,
            shape=x.shape,
        )
