"""How one number of a layer was computed from the layer's inputs and weights, in any network, layer by layer.

A Keras layer with an activation is two calculations: the sum, and the function of the sum. Nothing else of the network
is computed: the layer's inputs and output are given, as a compiled pass computed them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.byhand.activations import Softmax
from nets.byhand.calculations import (
    Calculation,
    ConvolutionCalculation,
    CopyCalculation,
    DenseCalculation,
    FunctionCalculation,
    Index,
    LayerGradient,
    MergeCalculation,
    NormCalculation,
    PoolCalculation,
    RescalingCalculation,
    SoftmaxCalculation,
    TransposedCalculation,
)
from nets.byhand.convolution import Conv2D, Conv2DTranspose, DepthwiseConv2D
from nets.byhand.dense import Dense, Dropout, Flatten, Reshape
from nets.byhand.kinds import layers_for
from nets.byhand.layer import Layer
from nets.byhand.merging import MERGES, concatenated
from nets.byhand.normalisation import BatchNorm, Rescaling
from nets.byhand.padding import Crop2D, Repeat2D, ZeroPad2D
from nets.byhand.pooling import AveragePool2D, GlobalAveragePool2D, GlobalMaxPool2D, MaxPool2D
from nets.byhand.window import Window, pad
from nets.errors import LensletError
from nets.text import Text

if TYPE_CHECKING:
    from nets.network.graph import Graph, Step

# Keras classes that pass values on unchanged outside of training.
PASSING = frozenset(
    (
        *("Identity", "ActivityRegularization", "SpatialDropout2D", "AlphaDropout"),
        *("GaussianNoise", "GaussianDropout"),
    )
)
SUMS = (Conv2D, DepthwiseConv2D, Conv2DTranspose, Dense)


@dataclass(frozen=True, eq=False)
class LayerArithmetic:
    """The arithmetic of one layer of a network.

    path: of the layer; kind: its Keras class. sources: the paths of the layers that it reads, in order; "" is the
    network's input. layers: the layers by hand that compute it; none if it joins inputs or passes them on. problem: why
    its arithmetic is not known, "" if it is.
    """

    path: str
    kind: str
    sources: tuple[str, ...]
    layers: tuple[Layer, ...] = ()
    problem: str = ""

    @classmethod
    def of(cls, graph: Graph, step: Step, weights: Sequence[np.ndarray] | None = None) -> LayerArithmetic:
        """The arithmetic of a step of a network's graph.

        Args:
            graph: The network's graph.
            step: One of its steps.
            weights: Arrays in the order of the layer's ``get_weights``; None takes those that it has now. They stay
                as they are when the layer gets others.
        """
        from nets.network.layers import is_augmentation

        layer, kind = step.operation, type(step.operation).__name__
        sources = tuple(graph.writers.get(number, "") for number in step.inputs)
        if is_augmentation(layer):
            return cls(step.path, "Identity", sources)
        if kind in PASSING:
            return cls(step.path, kind, sources)
        if kind in MERGES or kind == "Concatenate":
            axis = getattr(layer, "axis", -1)
            wrong = f"the arithmetic of a {kind} along axis {axis} is not written out" if axis not in (-1, 3) else ""
            return cls(step.path, kind, sources, problem=wrong if kind == "Concatenate" else "")
        try:
            config: dict[str, Any] = layer.get_config()
            if weights is None:
                weights = _weights_now(layer)
            if len(sources) != 1:
                raise LensletError(
                    "{path} ({kind} of {sources} inputs)", path=step.path, kind=kind, sources=len(sources)
                )
            return cls(step.path, kind, sources, layers_for(step.path, kind, config, list(weights)))
        except (LensletError, NotImplementedError) as problem:
            words = str(problem) if isinstance(problem, LensletError) else f"{step.path} ({kind})"
            return cls(
                step.path,
                kind,
                sources,
                problem=Text("the arithmetic of this layer is not written out: {words}", words=words),
            )

    # --- forward --------------------------------------------------------------------------------------------

    def calculations(
        self, inputs: Sequence[np.ndarray], output: np.ndarray, index: Index, *, channel: int = 0
    ) -> tuple[Calculation, ...]:
        """The calculations that end in one number of the layer's output.

        Args:
            inputs: The output of each layer in ``sources``, in that order: (H, W, C) or (units,), without batch axis.
            output: The layer's own output, (H, W, maps) or (units,).
            index: Which number of ``output``: (row, column, map) or (unit,).
            channel: For a separable convolution, whose depthwise sum is shown: 0 is the channel that adds most.

        Returns:
            The calculations in the order of computing. The last one's result is ``output[index]``.

        Raises:
            LensletError: The arithmetic of this kind of layer is not known; ``problem`` is the message.
        """
        if self.problem:
            raise LensletError(self.problem)
        result = float(output[index])
        if self.kind in MERGES:
            values = np.array([_at(x, output.shape, index) for x in inputs])
            return (MergeCalculation(self.kind, index, result, values, self.sources),)
        if self.kind == "Concatenate":
            number, own = concatenated([x.shape[-1] for x in inputs], index[-1])
            return (CopyCalculation(self.kind, index, result, (*index[:-1], own), self.sources[number]),)
        if not self.layers:
            return (CopyCalculation(self.kind, index, result, index, self.sources[0]),)
        return self._chain(inputs[0], output, index, channel)

    def _chain(self, x: np.ndarray, output: np.ndarray, index: Index, channel: int) -> tuple[Calculation, ...]:
        """The calculations of the layers by hand, one after the other at the same place."""
        first, *later = self.layers
        if not isinstance(first, SUMS) and not later:
            return (self._single(first, x, index, float(output[index])),)
        values = self._values_at(x, index)
        found: list[Calculation] = []
        unit = index[-1]
        # backwards, because the last one decides which channel is shown
        for number in reversed(range(len(self.layers))):
            layer, place = self.layers[number], (*index[:-1], unit)
            own = unit if self._mixes else 0
            result = float(output[index]) if number == len(self.layers) - 1 else float(values[number][own])
            if number == 0:
                found.append(self._sum(layer, x, place, result))
            elif isinstance(layer, Conv2D):
                made = _pointwise(layer, values[number - 1], place, result)
                unit = int(made.strongest[channel % len(made.sums)])
                found.append(made)
            elif isinstance(layer, Softmax):
                found.append(SoftmaxCalculation(layer.kind, place, result, values[number - 1]))
            else:
                found.append(_function(layer, float(values[number - 1][own]), place, result))
        return tuple(reversed(found))

    @property
    def _mixes(self) -> bool:
        """Whether a later part of the layer reads all channels of a position: then all are computed, not one."""
        return any(isinstance(layer, Softmax | Conv2D) for layer in self.layers[1:])

    def _values_at(self, x: np.ndarray, index: Index) -> list[np.ndarray]:
        """The output of each of ``layers`` at the position ``index``: all channels if they are mixed later, otherwise
        one.
        """
        units = slice(None) if self._mixes else slice(index[-1], index[-1] + 1)
        values = [_sums_at(self.layers[0], x, index, units)]
        for layer in self.layers[1:]:
            before = values[-1]
            if isinstance(layer, Conv2D):
                values.append(before @ layer.weights["kernel"][0, 0] + layer.weights.get("bias", 0))
            else:
                with np.errstate(all="ignore"):
                    values.append(layer.forward(before[None])[0])
        return values

    def _sum(self, layer: Layer, x: np.ndarray, index: Index, result: float) -> Calculation:
        kernel, biases, unit = layer.weights["kernel"], layer.weights.get("bias"), index[-1]
        bias = None if biases is None else float(biases[unit])
        if isinstance(layer, Conv2D):
            patch, origin = _patch(x, layer.window, index)
            return ConvolutionCalculation(layer.kind, index, result, patch, kernel[..., unit], bias, origin)
        if isinstance(layer, DepthwiseConv2D):
            read, own = divmod(unit, kernel.shape[3])
            patch, origin = _patch(x[..., read : read + 1], layer.window, index)
            own_kernel = kernel[:, :, read : read + 1, own]
            return ConvolutionCalculation(layer.kind, index, result, patch, own_kernel, bias, origin, read)
        if isinstance(layer, Conv2DTranspose):
            patch = _reaching(x, layer, index)
            return TransposedCalculation(layer.kind, index, result, patch, kernel[:, :, unit], bias, (0, 0))
        return DenseCalculation(layer.kind, index, result, x[index[:-1]], kernel[:, unit], bias)

    def _single(self, layer: Layer, x: np.ndarray, index: Index, result: float) -> Calculation:
        """The calculation of a layer that is one layer by hand and not a sum of products."""
        if isinstance(layer, MaxPool2D | AveragePool2D):
            patch, origin = _patch(x[..., index[2] : index[2] + 1], layer.window, index)
            inside, _ = _patch(np.ones((*x.shape[:2], 1), bool), layer.window, index)
            winner = _winner(patch[..., 0], inside[..., 0]) if isinstance(layer, MaxPool2D) else None
            return PoolCalculation(layer.kind, index, result, patch[..., 0], inside[..., 0], winner, origin)
        if isinstance(layer, GlobalAveragePool2D | GlobalMaxPool2D):
            patch = x[..., index[-1]]
            inside = np.ones(patch.shape, bool)
            winner = _winner(patch, inside) if isinstance(layer, GlobalMaxPool2D) else None
            return PoolCalculation(layer.kind, index, result, patch, inside, winner, (0, 0))
        if isinstance(layer, BatchNorm):
            return _norm(layer, index, result, float(x[index]))
        if isinstance(layer, Rescaling):
            scale, offset = (float(np.broadcast_to(v, x.shape[-1:])[index[-1]]) for v in (layer.scale, layer.offset))
            return RescalingCalculation(layer.kind, index, result, float(x[index]), scale, offset)
        if isinstance(layer, Softmax):
            return SoftmaxCalculation(layer.kind, index, result, x[index[:-1]])
        source = _source(layer, x.shape, index)
        if source is not NotImplemented:
            return CopyCalculation(self.kind, index, result, source, self.sources[0])
        return _function(layer, float(x[index]), index, result)

    # --- backward -------------------------------------------------------------------------------------------

    def backward(
        self,
        inputs: Sequence[np.ndarray],
        calculations: Sequence[Calculation],
        arriving: np.ndarray,
        totals: Sequence[np.ndarray | None],
    ) -> tuple[LayerGradient, ...]:
        """The gradient's way back through the calculations of one number.

        Args:
            inputs: As for ``calculations``.
            calculations: What ``calculations`` returned for these inputs.
            arriving: dL/d output of the whole layer, in the output's shape.
            totals: dL/dw of each of the layer's weights, in the order of Keras's ``weights``; None for weights that
                are not trained. Empty where none are known.

        Returns:
            One for each calculation, the last calculation first.
        """
        index = calculations[-1].index
        by_layer = self._totals(totals)
        if len(calculations) == 1:
            g = arriving[index[:-1]] if isinstance(calculations[0], SoftmaxCalculation) else arriving[index]
            return (_back(calculations[0], np.asarray(g), by_layer[0] if by_layer else {}),)
        values = self._values_at(inputs[0], index)
        units = slice(None) if self._mixes else slice(index[-1], index[-1] + 1)
        g = arriving[index[:-1]][units]  # (channels,) of this place
        found = []
        for number in reversed(range(len(calculations))):
            calculation, layer = calculations[number], self.layers[number]
            if isinstance(calculation, SoftmaxCalculation):
                found.append(_back(calculation, g, {}))
                g = found[-1].onward
                continue
            own = g[calculation.index[-1]] if self._mixes else g[0]
            found.append(_back(calculation, np.asarray(own), by_layer[number]))
            if isinstance(calculation, FunctionCalculation):
                g = g * _slopes(layer, values[number - 1])
            elif isinstance(layer, Conv2D) and number:
                g = layer.weights["kernel"][0, 0] @ g
        return tuple(found)

    def _totals(self, totals: Sequence[np.ndarray | None]) -> list[dict[str, np.ndarray]]:
        """``totals`` by the weights' names, a dict for each of ``layers``."""
        given = iter(totals)
        found: list[dict[str, np.ndarray]] = []
        for layer in self.layers:
            arrays = {name: next(given, None) for name in (*layer.weights, *layer.state)}
            found.append({name: array for name, array in arrays.items() if array is not None})
        return found


def _weights_now(layer: Any) -> list[np.ndarray]:
    """The layer's weights, read in place."""
    from nets import backend

    return [backend.numbers_of(variable) for variable in getattr(layer, "weights", ())]


def _at(x: np.ndarray, shape: tuple[int, ...], index: Index) -> float:
    """The number of ``x`` at ``index`` of ``shape``, to which x is broadcast."""
    return float(np.broadcast_to(x, shape)[index])


def _sums_at(layer: Layer, x: np.ndarray, index: Index, units: slice) -> np.ndarray:
    """The sums of ``units`` at one place: (units,)."""
    kernel, bias = layer.weights["kernel"], layer.weights.get("bias")
    with np.errstate(all="ignore"):
        if isinstance(layer, Conv2D):
            sums = np.tensordot(_patch(x, layer.window, index)[0], kernel[..., units], 3)
        elif isinstance(layer, DepthwiseConv2D):
            sums = (_patch(x, layer.window, index)[0][..., None] * kernel).sum((0, 1)).reshape(-1)[units]
        elif isinstance(layer, Conv2DTranspose):
            sums = np.tensordot(_reaching(x, layer, index), kernel[:, :, units], ((0, 1, 2), (0, 1, 3)))
        else:
            sums = x[index[:-1]] @ kernel[:, units]
    return np.asarray(sums if bias is None else sums + bias[units])


def _pointwise(layer: Conv2D, values: np.ndarray, index: Index, result: float) -> ConvolutionCalculation:
    """The second half of a separable convolution: a 1 x 1 convolution of the depthwise sums at the same position."""
    bias = layer.weights.get("bias")
    own = None if bias is None else float(bias[index[-1]])
    kernel = layer.weights["kernel"][..., index[-1]]
    return ConvolutionCalculation(layer.kind, index, result, values[None, None], kernel, own, (index[0], index[1]))


def _function(layer: Layer, x: float, index: Index, result: float) -> FunctionCalculation:
    slope = float(_slopes(layer, np.array([x]))[0])
    return FunctionCalculation(layer.kind, index, result, x, slope, layer.formula)


def _slopes(layer: Layer, x: np.ndarray) -> np.ndarray:
    """The derivative of an activation at each of (n,) numbers."""
    with np.errstate(all="ignore"):
        layer.forward(np.asarray(x, np.float64)[None])
        return np.asarray(layer.backward(np.ones((1, len(x)))))[0]


def _patch(x: np.ndarray, window: Window, index: Index) -> tuple[np.ndarray, tuple[int, int]]:
    """The entries of x (H, W, C) that meet the kernel at position ``index``: (kh, kw, C), and where they begin."""
    (top, _), (left, _) = window.margins(*x.shape[:2])
    row, column = index[0] * window.strides[0] - top, index[1] * window.strides[1] - left
    (rows, columns), (dh, dw), (height, width) = window.span, window.dilation, x.shape[:2]
    part = x[max(row, 0) : max(row + rows, 0), max(column, 0) : max(column + columns, 0)]
    around = (
        (min(max(-row, 0), rows), max(min(row + rows - height, rows), 0)),
        (min(max(-column, 0), columns), max(min(column + columns - width, columns), 0)),
    )
    return pad(part[None], around)[0][::dh, ::dw], (row, column)


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


def _winner(patch: np.ndarray, inside: np.ndarray) -> tuple[int, int]:
    """The position of the largest number: the first of several; NaN wins over every number, as in the maximum
    itself.
    """
    row, column = np.unravel_index(int(np.where(inside, patch, -np.inf).argmax()), patch.shape)
    return int(row), int(column)


def _norm(layer: BatchNorm, index: Index, result: float, x: float) -> NormCalculation:
    unit = index[-1]
    mean, variance = (float(layer.state[name][unit]) for name in ("moving_mean", "moving_variance"))
    gamma = float(layer.weights["gamma"][unit]) if "gamma" in layer.weights else 1.0
    beta = float(layer.weights["beta"][unit]) if "beta" in layer.weights else 0.0
    return NormCalculation(layer.kind, index, result, x, mean, variance, layer.epsilon, gamma, beta)


def _source(layer: Layer, shape: tuple[int, ...], index: Index) -> Any:
    """The input position of the value at ``index``; None: in a margin; NotImplemented: the layer computes it."""
    if isinstance(layer, Flatten):
        flat = int(np.ravel_multi_index(index, layer.shape)) if isinstance(layer, Reshape) else index[0]
        return tuple(int(i) for i in np.unravel_index(flat, shape))
    if isinstance(layer, Dropout):
        return index
    if isinstance(layer, Repeat2D):
        return index[0] // layer.rows, index[1] // layer.columns, index[2]
    if isinstance(layer, ZeroPad2D | Crop2D):
        (top, _), (left, _) = layer.margins
        sign = -1 if isinstance(layer, ZeroPad2D) else 1
        row, column = index[0] + sign * top, index[1] + sign * left
        return (row, column, index[2]) if 0 <= row < shape[0] and 0 <= column < shape[1] else None
    return NotImplemented


def _back(calculation: Calculation, g: np.ndarray, totals: dict[str, np.ndarray]) -> LayerGradient:
    """The gradient's way back through one calculation. g: dL/d result; for a softmax (K,), dL/dp of all classes."""
    if isinstance(calculation, SoftmaxCalculation):
        p = calculation.probabilities
        with np.errstate(all="ignore"):  # if p is too small for a float, the gradient of the cross-entropy is −1/p = −∞
            weighed = np.where(np.isneginf(g), -1.0, np.where(g == 0, 0.0, p * g))
            onward = np.asarray(weighed - p * weighed.sum())
        return LayerGradient(calculation, float(g[calculation.index[-1]]), onward)
    arriving = float(g)
    if isinstance(calculation, ConvolutionCalculation | DenseCalculation):
        return _back_through_sum(calculation, arriving, totals)
    if isinstance(calculation, PoolCalculation):
        onward = np.zeros_like(calculation.patch)
        if calculation.winner is not None:
            onward[calculation.winner] = arriving
        else:
            onward[calculation.inside] = arriving / np.count_nonzero(calculation.inside)
        return LayerGradient(calculation, arriving, onward)
    if isinstance(calculation, NormCalculation):
        deviation = float(np.sqrt(calculation.variance + calculation.epsilon))
        normal, unit = (calculation.x - calculation.mean) / deviation, calculation.index[-1]
        shares = {"gamma": np.asarray(arriving * normal), "beta": np.asarray(arriving)}
        own = {name: np.asarray(totals[name][unit]) for name in shares if name in totals}
        return LayerGradient(calculation, arriving, np.asarray(arriving * calculation.gamma / deviation), shares, own)
    if isinstance(calculation, RescalingCalculation):
        return LayerGradient(calculation, arriving, np.asarray(arriving * calculation.scale))
    if isinstance(calculation, FunctionCalculation):
        return LayerGradient(calculation, arriving, np.asarray(arriving * calculation.slope))
    if isinstance(calculation, MergeCalculation):
        return LayerGradient(calculation, arriving, arriving * MERGES[calculation.kind].slopes(calculation.values))
    return LayerGradient(calculation, arriving, np.asarray(arriving))


def _back_through_sum(
    calculation: ConvolutionCalculation | DenseCalculation, g: float, totals: dict[str, np.ndarray]
) -> LayerGradient:
    if isinstance(calculation, DenseCalculation):
        read, weights = calculation.inputs, calculation.weights
    else:
        read, weights = calculation.patch, calculation.kernel
    unit, own = calculation.index[-1], {}
    if (whole := totals.get("kernel")) is not None:
        if isinstance(calculation, TransposedCalculation):
            own["kernel"] = whole[:, :, unit]
        elif calculation.kind == DepthwiseConv2D.kind:
            first = calculation.first_channel  # type: ignore[union-attr]
            own["kernel"] = whole[:, :, first : first + 1, unit % whole.shape[3]]
        else:
            own["kernel"] = whole[..., unit]
    shares = {"kernel": g * read}
    if calculation.bias is not None:
        shares["bias"] = np.asarray(g)
        if "bias" in totals:
            own["bias"] = np.asarray(totals["bias"][unit])
    return LayerGradient(calculation, g, g * weights, shares, own)
