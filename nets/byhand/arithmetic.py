"""How one number of a network came to be: the numbers it was made of, layer by layer.

A Keras layer with an activation is two steps, the sum and the function of the sum. The last step's result is the value
that the layer's map shows, to float32.
"""

from __future__ import annotations

import numpy as np

from nets.byhand.activations import Softmax
from nets.byhand.calculations import (
    Back,
    ConvolutionStep,
    DenseStep,
    FunctionStep,
    Index,
    NormStep,
    PassStep,
    PoolStep,
    SoftmaxStep,
    Step,
    TransposedStep,
)
from nets.byhand.convolution import Conv2D, Conv2DTranspose
from nets.byhand.dense import Dense, Dropout, Flatten
from nets.byhand.health import Place, first_not_finite
from nets.byhand.layer import Layer
from nets.byhand.network import Network, Part
from nets.byhand.normalisation import BatchNorm
from nets.byhand.padding import ZeroPad2D
from nets.byhand.pooling import AveragePool2D, GlobalAveragePool2D, MaxPool2D
from nets.byhand.window import Window, pad
from nets.errors import UsageError


class Trace:
    """One image's way through a network: every layer's input and output are kept.

    image: (H, W, C). Nothing of the network changes but what its layers remember of their last forward pass.
    broken: where a number is NaN or infinite for the first time, or None.
    """

    def __init__(self, network: Network, image: np.ndarray) -> None:
        self.network = network
        self.inputs: dict[Layer, np.ndarray] = {}
        self.outputs: dict[Layer, np.ndarray] = {}
        x = network.prepared(image[None])
        self.image = x[0]
        with np.errstate(all="ignore"):  # of numbers that are not finite ``broken`` tells
            for layer in network.layers:
                self.inputs[layer] = x[0]
                x = layer.forward(x)
                self.outputs[layer] = x[0]
        finite = all(np.isfinite(values).all() for values in (self.image, *self.outputs.values()))
        self.broken: Place | None = None if finite else first_not_finite(network, image[None])

    def part(self, name: str) -> Part:
        found = next((part for part in self.network.parts if part.name == name), None)
        if found is None:
            known = ", ".join(part.name for part in self.network.parts)
            raise UsageError(f"there is no layer {name!r}; there are: {known}")
        return found

    def steps(self, name: str, index: Index) -> tuple[Step, ...]:
        """The steps of layer ``name`` that end in its output at ``index``, in the order of computing."""
        return tuple(self._step(layer, index) for layer in self.part(name).layers)

    def shape(self, name: str) -> tuple[int, ...]:
        """(H, W, maps) or (units,) of a layer's output."""
        return self.output(name).shape

    def output(self, name: str) -> np.ndarray:
        """What layer ``name`` gives, of ``shape``; the image where it computes nothing."""
        layers = self.part(name).layers
        return self.outputs[layers[-1]] if layers else self.image

    def value(self, name: str, index: Index) -> float:
        return float(self.output(name)[index])

    def _step(self, layer: Layer, index: Index) -> Step:
        x, result = self.inputs[layer], float(self.outputs[layer][index])
        if isinstance(layer, Conv2D):
            kernel, bias = layer.weights["kernel"], layer.weights.get("bias")
            patch, origin = _patch(x, layer.window, index)
            own = None if bias is None else float(bias[index[2]])
            return ConvolutionStep(layer, index, result, patch, kernel[..., index[2]], own, origin)
        if isinstance(layer, Conv2DTranspose):
            kernel, bias = layer.weights["kernel"], layer.weights.get("bias")
            own = None if bias is None else float(bias[index[2]])
            return TransposedStep(layer, index, result, _reaching(x, layer, index), kernel[:, :, index[2]], own, (0, 0))
        if isinstance(layer, MaxPool2D | AveragePool2D):
            patch, origin = _patch(x[..., index[2] : index[2] + 1], layer.window, index)
            inside, _ = _patch(np.ones((*x.shape[:2], 1), bool), layer.window, index)
            winner = _winner(layer, patch[..., 0], inside[..., 0])
            return PoolStep(layer, index, result, patch[..., 0], inside[..., 0], winner, origin)
        if isinstance(layer, GlobalAveragePool2D):
            patch = x[..., index[0]]
            return PoolStep(layer, index, result, patch, np.ones(patch.shape, bool), None, (0, 0))
        if isinstance(layer, BatchNorm):
            return _norm(layer, index, result, float(x[index]))
        if isinstance(layer, Dense):
            kernel, bias = layer.weights["kernel"], layer.weights.get("bias")
            own = None if bias is None else float(bias[index[0]])
            return DenseStep(layer, index, result, x, kernel[:, index[0]], own)
        if isinstance(layer, Softmax) and x.ndim == 1:
            return SoftmaxStep(layer, index, result, x)
        if isinstance(layer, Flatten):
            return PassStep(layer, index, result, tuple(int(i) for i in np.unravel_index(index[0], x.shape)))
        if isinstance(layer, Dropout):
            return PassStep(layer, index, result, index)
        if isinstance(layer, ZeroPad2D):
            (top, _), (left, _) = layer.margins
            row, column = index[0] - top, index[1] - left
            inside = 0 <= row < x.shape[0] and 0 <= column < x.shape[1]
            return PassStep(layer, index, result, (row, column, index[2]) if inside else None)
        if x.shape == self.outputs[layer].shape:
            return FunctionStep(layer, index, result, float(x[index]))
        raise UsageError(f"{layer.name}: the arithmetic of a {layer.kind} is not written out yet")


def _patch(x: np.ndarray, window: Window, index: Index) -> tuple[np.ndarray, tuple[int, int]]:
    """The entries of x (H, W, C) that meet the kernel at position ``index``: (kh, kw, C), and where they begin."""
    margins = window.margins(*x.shape[:2])
    padded = pad(x[None], margins)[0]
    row, column = index[0] * window.strides[0], index[1] * window.strides[1]
    (kh, kw), (dh, dw) = window.kernel, window.dilation
    patch = padded[row : row + kh * dh : dh, column : column + kw * dw : dw][:kh, :kw]
    return patch, (row - margins[0][0], column - margins[1][0])


def _reaching(x: np.ndarray, layer: Conv2DTranspose, index: Index) -> np.ndarray:
    """(kh, kw, C): entry (i, j) brings the input at ((row + top - i d) / s, (column + left - j d) / s) here."""
    window, (height, width, channels) = layer.window, x.shape
    (top, _), (left, _) = window.margins(*layer.output_size(height, width))
    patch = np.zeros((*window.kernel, channels), x.dtype)
    for i, j, down, right in window.offsets():
        row, row_rest = divmod(index[0] + top - down, window.strides[0])
        column, column_rest = divmod(index[1] + left - right, window.strides[1])
        if row_rest == column_rest == 0 and 0 <= row < height and 0 <= column < width:
            patch[i, j] = x[row, column]
    return patch


def _winner(layer: MaxPool2D | AveragePool2D, patch: np.ndarray, inside: np.ndarray) -> tuple[int, int] | None:
    if not isinstance(layer, MaxPool2D):
        return None
    # The first of several, as the switches; NaN wins over every number, as in the maximum itself.
    row, column = np.unravel_index(int(np.where(inside, patch, -np.inf).argmax()), patch.shape)
    return int(row), int(column)


def _norm(layer: BatchNorm, index: Index, result: float, x: float) -> NormStep:
    map_ = index[-1]
    numbers = (layer.state["moving_mean"], layer.state["moving_variance"])
    mean, variance = (float(array[map_]) for array in numbers)
    gamma, beta = (float(layer.weights[name][map_]) for name in ("gamma", "beta"))
    return NormStep(layer, index, result, x, mean, variance, layer.epsilon, gamma, beta)


def back_through(step: Step, arriving: np.ndarray) -> Back:
    """``arriving``: dL/dy of the step's whole layer without the batch axis; the layer's ``gradients`` are filled in."""
    g, layer = float(arriving[step.index]), step.layer
    if isinstance(step, ConvolutionStep | DenseStep):
        read, weights = (step.patch, step.kernel) if isinstance(step, ConvolutionStep) else (step.inputs, step.weights)
        unit = step.index[-1]
        whole = layer.gradients["kernel"]
        totals = {"kernel": whole[:, :, unit] if isinstance(step, TransposedStep) else whole[..., unit]}
        shares = {"kernel": g * read}
        if step.bias is not None:
            totals["bias"], shares["bias"] = np.asarray(layer.gradients["bias"][unit]), np.asarray(g)
        return Back(step, g, g * weights, shares, totals)
    if isinstance(step, PoolStep):
        onward = np.zeros_like(step.patch)
        if step.winner is not None:
            onward[step.winner] = g
        else:
            onward[step.inside] = g / np.count_nonzero(step.inside)
        return Back(step, g, onward)
    if isinstance(step, NormStep):
        deviation = float(np.sqrt(step.variance + step.epsilon))
        normal, unit = (step.x - step.mean) / deviation, step.index[-1]
        shares = {"gamma": np.asarray(g * normal), "beta": np.asarray(g)}
        totals = {name: np.asarray(layer.gradients[name][unit]) for name in shares}
        return Back(step, g, np.asarray(g * step.gamma / deviation), shares, totals)
    if isinstance(step, SoftmaxStep):
        p = step.exponentials / step.exponentials.sum()
        return Back(step, g, p * (arriving - float(arriving @ p)))
    if isinstance(step, FunctionStep):
        return Back(step, g, np.asarray(g * _slope(step)))
    return Back(step, g, np.asarray(g))


def _slope(step: FunctionStep) -> float:
    """dy/dx of an activation, asked of a layer of its own kind, so that the pass that is looked at stays as it is."""
    layer = type(step.layer)()
    if hasattr(step.layer, "slope"):
        layer.slope = step.layer.slope  # type: ignore[attr-defined]
    layer.forward(np.array([[step.x]], np.float64))
    return float(layer.backward(np.ones((1, 1)))[0, 0])
