"""Gradient descent on one image, on a copy of any network's weights: loss, gradients, and the changes of a step.

The network itself never changes: its weights are an argument of the compiled function.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from nets import backend
from nets.compute.compiled import to_layout
from nets.errors import LensletError
from nets.events import Message, Report, no_report
from nets.network.graph import Rule, infer
from nets.network.outputs import meaning_of
from nets.text import Text

if TYPE_CHECKING:
    from nets.network.graph import Step
    from nets.network.model import Model

T = TypeVar("T")
# factors of a layer's largest gradient beyond which ``trouble`` reports vanishing or exploding
VANISHED, EXPLODED = 1e-7, 1e3
LEARNED = 1e-3  # a loss below this sends no gradient because nothing is left to learn
LARGEST = 30_000_000  # parameters: a step needs four times their memory


@dataclass(frozen=True)
class WeightChange:
    """The change of one array of weights in a step. moved: how many of ``size`` changed; largest: the largest
    change.
    """

    layer: str
    weight: str
    moved: int
    size: int
    largest: float


@dataclass(frozen=True, eq=False)
class BackwardPass:
    """The forward pass of one image with given weights, and the backward pass from its loss.

    image: (H, W, C) as the network receives it; label: the true class. loss: of ``kind`` "crossentropy",
    "binary_crossentropy" or "squared_error". weights: from ``get_weights``. values: each layer's output by path,
    without batch axis. arriving: the gradient of the loss for each of these. gradients: that of each array of
    ``weights``, None if it is not trained.
    """

    image: np.ndarray
    label: int
    kind: str
    loss: float
    weights: tuple[np.ndarray, ...]
    values: dict[str, np.ndarray]
    arriving: dict[str, np.ndarray]
    gradients: tuple[np.ndarray | None, ...]

    def stepped(self, rate: float) -> tuple[np.ndarray, ...]:
        """The weights after one step of plain gradient descent: w - rate dL/dw."""
        pairs = zip(self.weights, self.gradients, strict=True)
        return tuple(w if g is None else w - np.asarray(rate, w.dtype) * g for w, g in pairs)

    def trouble(self, before: BackwardPass | None = None) -> str:
        """A sentence where a gradient is not finite, vanishes or explodes, or where the loss rose; else "".

        Args:
            before: The pass with the weights before the last step, None if none was taken.
        """
        largest = {path: float(np.abs(g).max(initial=0.0)) for path, g in self.arriving.items()}
        if self.kind != "squared_error":
            largest.popitem()  # the last one is −1/p of the cross-entropy: large wherever the network is wrong
        for path, size in reversed(largest.items()):
            if not np.isfinite(size):
                advice = "go back, and take a smaller rate" if before else "nothing can be learned from it"
                return Text("the gradient at {path} is not finite: {advice}", path=path, advice=advice)
            if size > EXPLODED:
                return Text("the gradient explodes: {size:.1e} at {path}; take a smaller rate", size=size, path=path)
        if before is not None and not self.loss <= before.loss:
            return Text("the step went too far, the loss rose from {loss:.3g}: take a smaller rate", loss=before.loss)
        first = next(iter(largest.items()), None)
        if first is not None and 0 < first[1] < VANISHED and self.loss > LEARNED:
            return Text(
                "the gradient has nearly vanished on its way: {size:.1e} at {path}",
                size=first[1],
                path=first[0],
            )
        return ""


class Descent:
    """The loss of single images of one model, and its gradient. Compiles at the first call; one thread at a time."""

    def __init__(self, model: Model) -> None:
        if model.network.count_params() > LARGEST:
            raise LensletError(
                "{title} has {parameters:,} parameters; the way back is computed for networks of up to {largest:,}, "
                "since it needs four times their memory",
                title=model.card.title,
                parameters=model.network.count_params(),
                largest=LARGEST,
            )
        self.model = model
        self._graph = model.graph
        self._variables = list(model.network.weights)
        trained = {id(variable) for variable in model.network.trainable_variables}
        self._trained = [number for number, variable in enumerate(self._variables) if id(variable) in trained]
        self._meaning = meaning_of(self._graph)
        self._shapes = model.structure.shapes
        self._function: Any = None

    def weights(self) -> tuple[np.ndarray, ...]:
        """The model's weights as they are now."""
        return tuple(self.model.network.get_weights())

    def __call__(
        self,
        image: np.ndarray,
        label: int,
        weights: Sequence[np.ndarray] | None = None,
        *,
        report: Report = no_report,
    ) -> BackwardPass:
        """Forward and backward with one image.

        Args:
            image: (H, W, C) float32, as the network receives it.
            label: The true class, an index.
            weights: Arrays in the order of ``get_weights`` instead of the model's own.
            report: Called before the function is compiled, which takes from half a second on.

        Returns:
            The pass. Layers whose output is not float32 have no gradient.
        """
        if self._function is None:
            report(Message(Text("Compiling the gradient of {title}", title=self.model.card.title)))
            self._function = self._compiled()
        own = self.weights() if weights is None else tuple(weights)
        trained = [own[number] for number in self._trained]
        fixed = [array for number, array in enumerate(own) if number not in set(self._trained)]
        probes = [np.zeros([size or 1 for size in self._shapes[s.outputs[0]]], np.float32) for s in self._probed]
        (loss, values, outputs), gradients = self._function([*trained, *probes], fixed, image[None], label)
        of_weights = dict(zip(self._trained, gradients[: len(trained)], strict=True))
        arriving = dict(zip((step.path for step in self._probed), gradients[len(trained) :], strict=True))
        last = self._last
        found = {path: self._array(value) for path, value in values.items()}
        passed = {path: self._array(gradient) for path, gradient in arriving.items()}
        passed[last.path] = self._at_the_loss(backend.to_array(outputs)[0], found[last.path].shape, label)
        return BackwardPass(
            image,
            label,
            self.kind,
            float(loss),
            own,
            found,
            {step.path: passed[step.path] for step in self._graph.steps if step.path in passed},
            tuple(backend.to_array(of_weights[n]) if n in of_weights else None for n in range(len(own))),
        )

    @property
    def kind(self) -> str:
        """The loss: cross-entropy if the outputs are probabilities or logits, otherwise the squared error
        (LeNet-5's).
        """
        units = math.prod(size or 1 for size in self._shapes[self._graph.output][1:])
        if self._meaning in ("probabilities", "logits") and units > 1:
            return "crossentropy"
        if self._meaning in ("sigmoid", "logits") and units == 1:
            return "binary_crossentropy"
        return "squared_error"

    @property
    def _last(self) -> Step:
        return next(step for step in self._graph.steps if self._graph.output in step.outputs)

    @property
    def _probed(self) -> list[Step]:
        """The steps whose output's gradient is found by adding zeros to it; the last step's follows from the loss."""
        return [step for step in self._graph.steps if step is not self._last]

    def _array(self, value: Any) -> np.ndarray:
        """Without the batch axis, channels last."""
        array = np.asarray(backend.to_array(value), dtype=np.float32)[0]
        return np.moveaxis(array, 0, -1) if self._graph.channels_first and array.ndim == 3 else array

    def _compiled(self) -> Any:
        import keras
        from keras import ops

        graph, count, probed = self._graph, len(self._trained), self._probed
        trained = [self._variables[number] for number in self._trained]
        fixed = [v for number, v in enumerate(self._variables) if number not in set(self._trained)]

        def loss_of(parts: list[Any], frozen: list[Any], images: Any, label: Any) -> tuple[Any, Any, Any]:
            weights, probes = parts[:count], parts[count:]
            mapping = [*zip(trained, weights, strict=True), *zip(fixed, frozen, strict=True)]
            rules = {step.path: _adding(probe) for step, probe in zip(probed, probes, strict=True)}
            with keras.StatelessScope(state_mapping=mapping):
                values, outputs = graph.run(to_layout(images, graph), rules)
            return self._loss(outputs, label), values, outputs

        compiled = backend.gradient(loss_of)

        def run(parts: list[np.ndarray], frozen: list[np.ndarray], images: np.ndarray, label: int) -> Any:
            parts, frozen = ([ops.convert_to_tensor(array) for array in arrays] for arrays in (parts, frozen))
            return compiled(parts, frozen, ops.convert_to_tensor(images, "float32"), ops.convert_to_tensor(label))

        return run

    def _loss(self, outputs: Any, label: Any) -> Any:
        from keras import ops

        flat = ops.reshape(outputs, (1, -1))
        units = 2 if self.kind == "binary_crossentropy" else flat.shape[1]
        target = ops.one_hot(ops.reshape(label, (1,)), units)
        if self.kind == "squared_error":
            return ops.mean(ops.square(flat - target))
        # Keras keeps the input of a final softmax or sigmoid, from which the cross-entropy never overflows.
        logits = outputs if self._meaning == "logits" else getattr(outputs, "_keras_logits", None)
        if logits is None:
            p = flat if units == flat.shape[1] else ops.concatenate([1 - flat, flat], 1)
            return -ops.sum(target * ops.log(ops.maximum(p, 1e-37)))
        scores = ops.reshape(logits, (1, -1))
        if self.kind == "binary_crossentropy":
            return ops.softplus(scores[0, 0]) - target[0, 1] * scores[0, 0]
        return ops.logsumexp(scores) - ops.sum(target * scores)

    def _at_the_loss(self, outputs: np.ndarray, shape: tuple[int, ...], label: int) -> np.ndarray:
        """The gradient of the loss with respect to the network's outputs, in the shape of the last layer's output."""
        y = outputs.reshape(-1).astype(np.float64)
        with np.errstate(all="ignore"):
            if self.kind == "binary_crossentropy":
                if self._meaning == "logits":
                    gradient = 1 / (1 + np.exp(-y)) - label
                else:
                    gradient = -1 / y if label else 1 / (1 - y)
            else:
                target = np.eye(len(y))[label]
                if self.kind == "squared_error":
                    gradient = 2 * (y - target) / len(y)
                elif self._meaning == "probabilities":
                    gradient = np.where(target > 0, -1 / y, 0.0)
                else:
                    powers = np.exp(y - y.max())
                    gradient = powers / powers.sum() - target
        return gradient.astype(np.float32).reshape(shape)


def _adding(probe: Any) -> Rule:
    """A rule that adds zeros to the step's result: the gradient for the zeros is the one for the result."""

    def rule(operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        import keras
        from keras import ops

        found = infer(operation, args, kwargs)
        flat = list(keras.tree.flatten(found))
        if "float" in str(flat[0].dtype):
            flat[0] = flat[0] + ops.cast(probe, flat[0].dtype)
        return keras.tree.pack_sequence_as(found, flat)

    return rule


def changes(model: Model, before: Sequence[np.ndarray], after: Sequence[np.ndarray]) -> tuple[WeightChange, ...]:
    """The change of each array of trained weights in a step.

    Args:
        model: The network that was trained.
        before: Its weights before the step, from ``get_weights``.
        after: Its weights after the step.

    Returns:
        One WeightChange for each array that the step may change.
    """
    trained = {id(variable) for variable in model.network.trainable_variables}
    owners = {id(v): step.path for step in reversed(model.graph.steps) for v in getattr(step.operation, "weights", ())}
    found = []
    for variable, old, new in zip(model.network.weights, before, after, strict=True):
        if id(variable) in trained:
            change = np.abs(new - old)
            largest, moved = float(change.max(initial=0.0)), int(np.count_nonzero(change))
            found.append(WeightChange(owners[id(variable)], variable.name, moved, change.size, largest))
    return tuple(found)


def of_layer(model: Model, path: str, arrays: Sequence[T]) -> list[T]:
    """The values in ``arrays`` that belong to one layer.

    Args:
        model: the network.
        path: of the layer.
        arrays: one value for each of the network's weights, in their order.

    Returns:
        The values of the layer's own weights, in their order.
    """
    places = {id(variable): number for number, variable in enumerate(model.network.weights)}
    return [arrays[places[id(variable)]] for variable in getattr(model.graph.step(path).operation, "weights", ())]
