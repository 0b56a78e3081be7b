"""The affine beginning of a network, computed once for many pictures.

Up to its first ReLU (or pooling) a network computes z = J x + c. So the z of any point between two pictures lies
between the z of the two pictures; and the gradients of many pictures can be summed at z and taken back through J once.
Convolutions of one or three channels use a processor badly, so this saves more time than their share of the
multiplications.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nets.explain.scores import scores_of
from nets.network.graph import Graph, Step
from nets.network.layers import activation_of, is_augmentation
from nets.network.outputs import before_activation

if TYPE_CHECKING:
    from nets.network.model import Model


@dataclass(frozen=True, eq=False)
class AffineFront:
    """The beginning of ``model``'s graph, up to the value before the activation of ``step``; if ``step`` is None it is
    empty.
    """

    model: Model
    step: Step | None

    def values(self, images: Any) -> Any:
        """(N, H, W, C) tensor -> z, (N, ...) float32. To be called inside a function that is being compiled."""
        from keras import ops

        if self.step is None:
            return images
        kept = []

        def keep(operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            before, activation = before_activation(operation, args, kwargs)
            kept.append(before)
            return activation(before)

        scores_of(self.model, images, {self.step.path: keep})
        return ops.cast(kept[0], "float32")  # sums of many gradients, also where the network computes in 16 bits

    def logits(self, values: Any, images: Any) -> Any:
        """z -> logits (N, outputs) float32. ``images``: any pictures of the right shape; their values do not matter."""
        from keras import ops

        if self.step is None:
            return scores_of(self.model, values)[1]

        def take(operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            before, activation = before_activation(operation, args, kwargs)
            return activation(ops.cast(values, before.dtype))

        return scores_of(self.model, images, {self.step.path: take})[1]

    def taken_back(self, images: Any, gradient: Any) -> Any:
        """A gradient with respect to z, (N, ...), taken back to the pictures, (N, H, W, C). To be called inside a
        function that is being compiled.
        """
        from keras import ops

        from nets import backend

        if self.step is None:
            return gradient
        return backend.value_and_gradient(lambda pictures: ops.sum(self.values(pictures) * gradient), images)[1]


def affine_front(model: Model) -> AffineFront:
    """The longest affine beginning that is a chain and does not reach the output."""
    graph, value, last = model.graph, model.graph.input, None
    for step in graph.steps[:-1]:
        if step.inputs != (value,) or len(step.outputs) != 1 or not _is_affine(step.operation):
            break
        value, last = step.outputs[0], step
        if activation_of(step.operation) or graph.uses(value) != 1:
            break
    # Steps that only pass numbers on save nothing: a copy of the picture would be kept for them.
    return AffineFront(model, last if last is not None and _multiplies(graph, last) else None)


def _is_affine(operation: Any) -> bool:
    """Whether the operation is affine apart from its activation."""
    from keras import layers

    kinds = (
        *(layers.Conv2D, layers.DepthwiseConv2D, layers.SeparableConv2D, layers.Dense, layers.BatchNormalization),
        *(layers.AveragePooling2D, layers.GlobalAveragePooling2D, layers.ZeroPadding2D, layers.Cropping2D),
        *(layers.Rescaling, layers.Normalization, layers.Flatten, layers.Reshape, layers.Permute, layers.Identity),
        *(layers.Dropout, layers.SpatialDropout2D, layers.GaussianNoise, layers.GaussianDropout),
    )
    return isinstance(operation, kinds) or is_augmentation(operation)


def _multiplies(graph: Graph, last: Step) -> bool:
    from keras import layers

    kinds = (layers.Conv2D, layers.DepthwiseConv2D, layers.SeparableConv2D, layers.Dense)
    before = graph.steps[: graph.steps.index(last) + 1]
    return any(isinstance(step.operation, kinds) for step in before)
