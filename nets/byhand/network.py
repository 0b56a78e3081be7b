"""A chain of layers by hand, and its twin in Keras.

>>> twin = Network.from_keras(model)
>>> twin.forward(images)                               # what model.predict gives
>>> loss = twin.loss(images, labels)
>>> twin.backward()                                    # every layer's gradients are filled in
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.byhand.activations import Linear, Softmax
from nets.byhand.convolution import Conv2D
from nets.byhand.dense import Dense, Dropout
from nets.byhand.kinds import layers_for
from nets.byhand.layer import Layer
from nets.byhand.losses import Loss, SoftmaxCrossEntropy, SquaredError
from nets.byhand.normalisation import BatchNorm
from nets.errors import LensletError, UsageError

if TYPE_CHECKING:
    import keras

    from nets.network.graph import Graph


@dataclass(frozen=True, eq=False)
class Part:
    """One Keras layer: its name (the path in a nested model), class and settings, and the layers by hand that compute
    it.

    A Keras convolution with an activation is two: the sum, and the function of the sum.
    """

    name: str
    kind: str
    config: dict[str, Any]
    layers: tuple[Layer, ...]
    whole: bool = True  # False if ``folded`` moved the numbers of one layer into another

    @property
    def weights(self) -> list[np.ndarray]:
        """In Keras's order."""
        return [array for layer in self.layers for array in (*layer.weights.values(), *layer.state.values())]


class Network:
    """The parts in the order of computing.

    ``input_shape``: (H, W, C) of one image; 0 is any size. The results of the last ``forward`` are kept for
    ``backward``, so one thread at a time uses it.
    """

    def __init__(self, parts: Sequence[Part], input_shape: tuple[int, ...]) -> None:
        self.parts = tuple(parts)
        self.input_shape = tuple(input_shape)
        self.layers: tuple[Layer, ...] = tuple(layer for part in self.parts for layer in part.layers)
        self._first = next((layer for layer in self.layers if layer.weights), None)
        self._loss: Loss | None = None

    # --- from Keras and back --------------------------------------------------------------------------------

    @classmethod
    def from_keras(cls, model: keras.Model) -> Network:
        """The twin of a chain (Sequential, or functional with one way through it; nested too), weights copied.

        LensletError names the layers that it does not know, where the chain divides, and weights that are used twice.
        """
        from nets.network.graph import unroll

        return cls.from_graph(unroll(model))

    @classmethod
    def from_graph(cls, graph: Graph) -> Network:
        """``from_keras`` for a model that was unrolled before."""
        value, rows, seen = graph.input, [], set[int]()
        for step in graph.steps:
            if step.inputs != (value,) or len(step.outputs) != 1:
                raise LensletError("expected a chain of layers, found that {path} joins or divides it", path=step.path)
            value = step.outputs[0]
            layer = step.operation
            if getattr(layer, "weights", ()) and id(layer) in seen:
                raise LensletError(
                    "expected every layer once, found that {path} has its weights from before", path=step.path
                )
            seen.add(id(layer))
            weights = [np.array(array) for array in layer.get_weights()] if hasattr(layer, "get_weights") else []
            rows.append((step.path, type(layer).__name__, layer.get_config(), weights))
        return cls(parts_from(rows), tuple(size or 0 for size in graph.input_shape[1:]))

    def to_keras(self) -> keras.Sequential:
        """A Keras Sequential with the same layers and copies of the weights."""
        import keras

        if any(not part.whole for part in self.parts):
            raise LensletError(
                "this network was folded, which Keras's layers cannot be; convert the one before folding"
            )
        layers = []
        for part in self.parts:
            made: type[keras.layers.Layer] = getattr(keras.layers, part.kind)
            layers.append(made.from_config({**part.config, "name": re.sub("[/:]", "_", part.name)}))
        model = keras.Sequential([keras.Input(tuple(size or None for size in self.input_shape)), *layers])
        for layer, part in zip(model.layers, self.parts, strict=True):
            layer.set_weights(part.weights)
        return model

    # --- forward --------------------------------------------------------------------------------------------

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        """(N, H, W, C) -> (N, classes), as the Keras model answers.

        Images of any type, also uint8 and float64, are computed in the precision of the weights, as in Keras; their
        values are not rescaled, so 0 to 255 stays that.

        Raises:
            UsageError: The shape is not ``input_shape``.
        """
        x = self.prepared(x)
        for layer in self.layers:
            x = layer.forward(x, training=training)
        return x

    def outputs(self, x: np.ndarray) -> dict[str, np.ndarray]:
        """Every Keras layer's output by its name; ``x`` as for ``forward``."""
        found, x = {}, self.prepared(x)
        for part in self.parts:
            for layer in part.layers:
                x = layer.forward(x)
            found[part.name] = x
        return found

    def prepared(self, x: np.ndarray) -> np.ndarray:
        """x in the precision of the weights, its shape checked."""
        wanted = ("N", *(size or "any" for size in self.input_shape))
        sizes = zip(x.shape[1:], self.input_shape, strict=False)
        if x.ndim != len(wanted) or any(want and size != want for size, want in sizes):
            raise UsageError(
                "expected images ({wanted}), found the shape {shape}", wanted=", ".join(map(str, wanted)), shape=x.shape
            )
        first = next(iter(self._first.weights.values())) if self._first else np.zeros(0, np.float32)
        return np.asarray(x, first.dtype)

    # --- backward -------------------------------------------------------------------------------------------

    def loss(
        self,
        x: np.ndarray,
        labels: np.ndarray,
        *,
        kind: str = "crossentropy",
        smoothing: float = 0.0,
        training: bool = False,
        shares: np.ndarray | None = None,
    ) -> float:
        """The mean loss of a batch, weight decay included; ``backward`` can follow.

        Args:
            x: (N, H, W, C), as for ``forward``.
            labels: (N,) integers.
            kind: "crossentropy" or "squared_error".
            smoothing: The share of the target that all classes get, for the cross-entropy.
            training: Whether dropout drops and normalisations use the batch.
            shares: (N,) each image's part in the mean, which sum to 1; None: all the same.

        Returns:
            The loss. ``answers`` keeps what it was computed of: for the cross-entropy the logits, (N, classes).
        """
        self._loss = SquaredError(shares) if kind == "squared_error" else SoftmaxCrossEntropy(smoothing, shares)
        # The cross-entropy takes logits; a softmax at the end is part of it.
        inside = kind != "squared_error" and isinstance(self.layers[-1], Softmax)
        self._entry = len(self.layers) - inside
        x = self.prepared(x)
        for layer in self.layers[: self._entry]:
            x = layer.forward(x, training=training)
        self.answers = x
        return self._loss.forward(x, labels) + sum(layer.penalty() for layer in self.layers)

    def backward(self, seen: Callable[[Layer, np.ndarray], None] | None = None, *, to_input: bool = True) -> np.ndarray:
        """dL/dx for the batch of the last ``loss``. ``seen`` is called with each layer and the gradient that arrives at
        it.

        to_input False: if the first layer that learns is a convolution, its dL/dx is not computed (zeros are returned),
        because a training does not need it.
        """
        if isinstance(self._first, Conv2D):
            self._first.learns_from = to_input
        if self._loss is None:
            raise LensletError("there is no loss to go back from: call loss() first")
        gradient = self._loss.backward()
        for layer in reversed(self.layers[: self._entry]):
            if seen is not None:
                seen(layer, gradient)
            gradient = layer.backward(gradient)
        return gradient

    # --- its numbers ----------------------------------------------------------------------------------------

    def trained(self) -> Iterator[tuple[Layer, str]]:
        """(layer, the weight's name) of everything that learns, in Keras's order."""
        for layer in self.layers:
            for name in layer.weights:
                yield layer, name

    def get_weights(self) -> list[np.ndarray]:
        """In the order of Keras's ``get_weights``, not copied."""
        return [array for part in self.parts for array in part.weights]

    def set_weights(self, weights: Sequence[np.ndarray]) -> None:
        """In the same order; copies. LensletError, and nothing is changed, where number or shapes differ."""
        places = [
            (layer, place, name) for layer in self.layers for place in (layer.weights, layer.state) for name in place
        ]
        if len(weights) != len(places):
            raise LensletError(
                "expected {places} arrays of weights, found {weights}", places=len(places), weights=len(weights)
            )
        for (layer, place, name), new in zip(places, weights, strict=True):
            if np.shape(new) != place[name].shape:
                raise LensletError(
                    "{layer}: expected a {name} of shape {expected}, found {found}",
                    layer=layer.name,
                    name=name,
                    expected=place[name].shape,
                    found=np.shape(new),
                )
        for (_, place, name), new in zip(places, weights, strict=True):
            place[name] = np.array(new, place[name].dtype)

    def astype(self, dtype: type) -> Network:
        """The same network in another precision."""
        parts = [replace(part, layers=tuple(_cast(layer, dtype) for layer in part.layers)) for part in self.parts]
        return Network(parts, self.input_shape)

    def folded(self) -> Network:
        """For inference only: normalisations are merged into the convolution or dense layer before them, dropout is
        removed.

        gamma (x * w + b - mean) / deviation + beta is a convolution with w gamma / deviation and another bias.
        """
        parts: list[Part] = []
        open_at: int | None = None  # the part that ends in a product into which a normalisation can be merged
        for part in self.parts:
            layers = tuple(layer for layer in part.layers if not isinstance(layer, Dropout | Linear))
            if len(layers) == 1 and isinstance(layers[0], BatchNorm) and open_at is not None:
                before = parts[open_at]
                parts[open_at] = replace(
                    before, layers=(*before.layers[:-1], _absorbed(before.layers[-1], layers[0])), whole=False
                )
                layers, open_at = (), None
            elif layers:
                open_at = len(parts) if isinstance(layers[-1], Conv2D | Dense) else None
            parts.append(replace(part, layers=layers, whole=part.whole and len(layers) == len(part.layers)))
        return Network(parts, self.input_shape)


def _cast(layer: Layer, dtype: type) -> Layer:
    cast = copy.copy(layer)
    cast.weights = {name: array.astype(dtype) for name, array in layer.weights.items()}
    cast.state = {name: array.astype(dtype) for name, array in layer.state.items()}
    cast.gradients = {}
    return cast


def _absorbed(layer: Layer, norm: BatchNorm) -> Layer:
    scale = norm.weights.get("gamma", 1) / np.sqrt(norm.state["moving_variance"] + norm.epsilon)
    bias = norm.weights.get("beta", 0) - norm.state["moving_mean"] * scale
    kernel = layer.weights["kernel"] * scale  # the last axis counts kernels
    if "bias" in layer.weights:
        bias = bias + layer.weights["bias"] * scale
    if isinstance(layer, Conv2D):
        window = layer.window
        return Conv2D(
            kernel,
            bias,
            strides=window.strides,
            padding=window.padding,
            dilation=window.dilation,
            method=layer.method.name,
            name=layer.name,
        )
    return Dense(kernel, bias, name=layer.name)


def parts_from(rows: Sequence[tuple[str, str, dict[str, Any], list[np.ndarray]]]) -> list[Part]:
    """Parts from (name, Keras class, settings, weights).

    Raises:
        LensletError: Layers are not known; the message lists all of them.
    """
    parts, unknown = [], []
    for name, kind, config, weights in rows:
        try:
            parts.append(Part(name, kind, config, layers_for(name, kind, config, weights)))
        except LensletError as problem:
            unknown.append(str(problem))
    if unknown:
        raise LensletError("not written by hand: {layers}", layers="; ".join(unknown))
    return parts
