"""The meaning of the numbers that a network gives, and the answer that they make."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nets.errors import LensletError, UsageError
from nets.network.graph import Graph, Rule, Step, infer
from nets.network.layers import activation_of, is_recurrent
from nets.network.structure import Structure
from nets.text import Text

REMEDY = Text("take an earlier epoch or train again with a lower learning rate")
SURE, LIKELY = 0.97, 0.8  # probabilities from which an answer is called so, if the model's card gives none


@dataclass(frozen=True, eq=False)
class Answer:
    """A network's answer. ``probabilities`` (classes,) float32; ``verdict``: "sure", "likely" or "unsure"."""

    label: str
    probability: float
    probabilities: np.ndarray
    labels: tuple[str, ...]
    second_label: str
    second_probability: float
    verdict: str


def answer(probabilities: np.ndarray, labels: Sequence[str], thresholds: Mapping[str, Any] | None = None) -> Answer:
    """The answer that the probabilities make.

    Args:
        probabilities: (classes,) float.
        labels: The classes' names, in the same order.
        thresholds: From which probability on an answer is called "sure" and "likely", as on a model's card; what is
            missing has a default.

    Raises:
        UsageError: There is not one label for each output.
        LensletError: The probabilities are not finite, as after a training that diverged.
    """
    row = np.asarray(probabilities, dtype=np.float32).reshape(-1)
    if len(row) != len(labels):
        raise UsageError(
            "expected one label for each of {row} outputs, found {labels}", row=len(row), labels=len(labels)
        )
    if not np.isfinite(row).all():
        raise LensletError(
            "the network answers with numbers that are not finite (NaN): its weights are damaged or its training "
            "diverged; {remedy}",
            remedy=REMEDY,
        )
    order = np.argsort(-row, kind="stable")
    second = order[1] if len(order) > 1 else order[0]
    best = float(row[order[0]])
    return Answer(
        label=str(labels[order[0]]),
        probability=best,
        probabilities=row,
        labels=tuple(labels),
        second_label=str(labels[second]),
        second_probability=float(row[second]),
        verdict=verdict_of(best, thresholds or {}),
    )


def broken_words(weights: Sequence[str]) -> str:
    """The problem of a network with such weights. ``weights``: the paths of those that are not finite."""
    return Text(
        "the weights {names} hold numbers that are not finite (NaN or infinity): the model is damaged or its training "
        "diverged",
        names=", ".join(weights[:3]),
    )


def verdict_of(probability: float, thresholds: Mapping[str, Any]) -> str:
    """ "sure", "likely" or "unsure". In a card written by hand, thresholds that are not numbers count as missing."""
    levels = {"sure": SURE, "likely": LIKELY}
    for name, default in levels.items():
        value = thresholds.get(name)
        threshold = value if isinstance(value, int | float) and not isinstance(value, bool) else default
        if probability >= threshold:
            return name
    return "unsure"


@dataclass(frozen=True)
class OutputKind:
    """A kind of network output. ``has_classes``: whether it names one of several classes.

    note: a sentence for the person who opens such a network; {count} stands for the number of outputs, {shape} for
    their shape.
    """

    name: str
    title: str
    has_classes: bool
    note: str = ""


OUTPUT_KINDS = {
    row.name: row
    for row in (
        OutputKind("classes", "Classes, one of which is right", True),
        OutputKind("two classes", "Two classes by one number", True),
        OutputKind(
            "labels",
            "Labels, each for itself",
            True,
            "Its {count} outputs are sigmoids: each is the probability of one label for itself, and they need not sum "
            "to 1.",
        ),
        OutputKind(
            "numbers",
            "Numbers",
            False,
            "Its output is {count}, not classes, and is shown as it is; class names in a card or a labels file would "
            "make it classes.",
        ),
        OutputKind("picture", "A picture", False, "Its output is a picture of {shape}, and is shown as one."),
    )
}


@dataclass(frozen=True)
class ModelOutput:
    """The output of one network.

    kind: a row of ``OUTPUT_KINDS``. meaning: of its numbers, see ``meaning_of``. shape: as it is shown, (N,) or (H, W,
    C). labels: how many class names belong to it; 0 if none.
    """

    kind: OutputKind
    meaning: str
    shape: tuple[int, ...]
    labels: int

    @property
    def shows_probabilities(self) -> bool:
        """Whether the output's own values are the probabilities of the classes, one for each."""
        return self.kind.name in ("classes", "labels") and self.meaning in ("probabilities", "sigmoid")

    @property
    def note(self) -> str:
        """A sentence for the person; "" if nothing needs saying."""
        count = "a number" if self.shape == (1,) else f"{math.prod(self.shape):,} numbers"
        given = count if self.kind.name == "numbers" else str(math.prod(self.shape))
        return Text(self.kind.note, count=given, shape=" × ".join(map(str, self.shape)))

    def shown(self, raw: np.ndarray, *, channels_first: bool = False) -> np.ndarray:
        """One output of the network without the batch axis -> float32 of ``shape``."""
        values = np.asarray(raw, dtype=np.float32)
        if channels_first and values.ndim == 3:
            values = np.moveaxis(values, 0, -1)
        return values.reshape(self.shape)

    def probabilities(self, shown: np.ndarray) -> np.ndarray:
        """(labels,) float32 from the result of ``shown``; empty without classes. A network that gives the label itself
        keeps it.
        """
        if not self.kind.has_classes:
            return np.zeros(0, np.float32)
        return shown if self.kind.name == "labels" else to_probabilities(shown[None], self.meaning)[0]


@dataclass(frozen=True, eq=False)
class Reading:
    """The result for one picture.

    probabilities: (classes,) float32, empty without classes. maps: by layer path, without the batch axis: (H, W, C) or
    (N,) float32. output: (N,) or (H, W, C) float32, the network's own numbers. means: of each layer's maps, (H, W, 1)
    or (N,) float32, if requested.
    """

    probabilities: np.ndarray
    maps: dict[str, np.ndarray]
    output: np.ndarray
    means: dict[str, np.ndarray] = field(default_factory=dict)


# This many outputs that form a square are a picture, if nothing else speaks for classes.
FLAT_PICTURE = 32 * 32
# Linear outputs without names or known loss: fewer are numbers, this many or more are scores of classes.
FEW_NUMBERS = 4
# What the names of losses say about the outputs they are for.
LOSSES_OF_NUMBERS = ("squarederror", "absoluteerror", "mse", "mae", "huber", "logcosh", "poisson", "percentageerror")


def output_of(
    structure: Structure, *, labels: int = 0, loss: str = "", picture: tuple[int, int, int] = (0, 0, 0)
) -> ModelOutput:
    """What a network's output is, judged by its shape and last activation.

    Args:
        structure: the network's.
        labels: how many names of classes are known for it; 0 for none.
        loss: the name of the loss that it was trained with, "" if it is not known.
        picture: (H, W, C) of its input; an output of as many numbers is a picture too.

    Raises:
        LensletError: it is a sequence, or has no shape that can be shown.
    """
    graph = structure.graph
    whole = structure.shapes[graph.output][1:]
    if None in whole:
        raise LensletError(
            "the output of {name!r} is {shape}; expected one of a known size", name=graph.name, shape=_times(whole)
        )
    sizes = tuple(int(size or 1) for size in whole)
    meaning = meaning_of(graph)
    if sum(size != 1 for size in sizes) > 1:
        return _image_shaped(graph, sizes, meaning)
    count = math.prod(sizes)
    if not labels and meaning != "probabilities":
        if count == math.prod(picture):
            return ModelOutput(OUTPUT_KINDS["picture"], meaning, picture, 0)
        side = math.isqrt(count)
        if count == picture[0] * picture[1] or (count >= FLAT_PICTURE and side * side == count):
            flat = picture[:2] if count == picture[0] * picture[1] else (side, side)
            return ModelOutput(OUTPUT_KINDS["picture"], meaning, (*flat, 1), 0)
    kind = OUTPUT_KINDS[_kind_of_row(graph, count, meaning, labels, "".join(c for c in loss.lower() if c.isalpha()))]
    classes = max(count, 2) if kind.has_classes else 0
    return ModelOutput(kind, meaning, (count,), classes)


def _kind_of_row(graph: Graph, count: int, meaning: str, labels: int, loss: str) -> str:
    """The kind of ``count`` numbers in a row."""
    if not labels and any(name in loss for name in LOSSES_OF_NUMBERS) and meaning in ("logits", "scores"):
        return "numbers"
    if count == 1:
        step = last_step(graph)
        bounded = meaning == "sigmoid" or (step is not None and activation_of(step.operation) in ("tanh", "softmax"))
        return "two classes" if bounded or labels or "crossentropy" in loss else "numbers"
    if meaning == "sigmoid":
        return "classes" if "categorical" in loss else "labels"
    unknown = meaning in ("logits", "scores") and not labels and "crossentropy" not in loss
    if unknown and ((meaning == "logits" and count <= FEW_NUMBERS) or _are_features(graph)):
        return "numbers"
    return "classes"


def _are_features(graph: Graph) -> bool:
    """Whether the last step makes features for another network, as where the classes of a network were left away or
    faces are compared: a pooling, a normalisation or a ReLU.
    """
    from keras import layers

    kinds = (
        layers.GlobalAveragePooling2D,
        layers.GlobalMaxPooling2D,
        layers.AveragePooling2D,
        layers.MaxPooling2D,
        layers.BatchNormalization,
        layers.LayerNormalization,
        layers.GroupNormalization,
        layers.UnitNormalization,
        layers.ReLU,
    )
    step = last_step(graph)
    return step is not None and (isinstance(step.operation, kinds) or activation_of(step.operation) == "relu")


def _image_shaped(graph: Graph, sizes: tuple[int, ...], meaning: str) -> ModelOutput:
    if any(is_recurrent(step.operation) for step in graph.steps) or len(sizes) > 3:
        raise LensletError(
            "the output of {name!r} is {sizes}, a sequence or more than a picture; Lenslet shows classes, numbers and "
            "pictures",
            name=graph.name,
            sizes=_times(sizes),
        )
    if len(sizes) == 2:
        sizes = (*sizes, 1)
    elif graph.channels_first:
        sizes = (*sizes[1:], sizes[0])
    return ModelOutput(OUTPUT_KINDS["picture"], meaning, sizes, 0)


def _times(shape: Any) -> str:
    return " × ".join("?" if size is None else str(size) for size in shape) or "a single number"


def last_step(graph: Graph) -> Step | None:
    """The last step that changes values, before steps that only rename, reshape or pass on; None if there is none."""
    from keras import layers

    unchanging = (layers.Flatten, layers.Reshape, layers.Dropout, layers.Identity, layers.Permute)
    makers = {number: step for step in graph.steps for number in step.outputs}
    step = makers.get(graph.output)
    while step is not None:
        linear = isinstance(step.operation, layers.Activation) and not activation_of(step.operation)
        if not linear and not isinstance(step.operation, unchanging):
            return step
        step = makers.get(step.inputs[0])
    return None


def meaning_of(graph: Graph) -> str:
    """The meaning of the outputs, judged by the last activation that changes values: "probabilities" (softmax),
    "sigmoid", "logits" (linear) or "scores" (tanh and others, trained towards targets of 0 and 1).
    """
    step = last_step(graph)
    if step is None:
        return "logits"
    # keras.ops.softmax inside a functional model is an operation of that class, not a layer.
    name = activation_of(step.operation) or type(step.operation).__name__.lower()
    known = {"softmax": "probabilities", "sigmoid": "sigmoid", "tanh": "scores", "relu": "scores"}
    return known.get(name, "scores" if activation_of(step.operation) else "logits")


def scores_rule(graph: Graph) -> dict[str, Rule]:
    """The rule for ``graph.run`` that gives the numbers before a final softmax or sigmoid; {} if there is neither."""
    step = last_step(graph)
    if step is None or meaning_of(graph) not in ("probabilities", "sigmoid"):
        return {}
    return {step.path: _without_activation}


def _without_activation(operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The layer's result before its activation."""
    return before_activation(operation, args, kwargs)[0]


def before_activation(
    operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Any, Callable[[Any], Any]]:
    """The result of a layer (or operation) in two parts: the value before its activation, and the activation.

    For a layer that is an activation, or has none, the value is its input. The layer is only read, because another
    thread may be using it.

    Args:
        operation: a Keras layer or operation.
        args: what it is called with, tensors among them.
        kwargs: the same by name.

    Returns:
        The value, a tensor, and a function of a tensor.
    """
    import keras

    activation = getattr(operation, "activation", None)
    is_activation = isinstance(operation, keras.layers.Activation | keras.layers.Softmax)
    if is_activation or activation is None or not isinstance(operation, keras.Layer):
        return args[0], lambda value: infer(operation, (value, *args[1:]), kwargs)
    # A copy of the Python object, which shares the variables.
    twin = object.__new__(type(operation))
    twin.__dict__.update(operation.__dict__)
    twin.__dict__["activation"] = keras.activations.linear
    return infer(twin, args, kwargs), activation


def output_words(output: np.ndarray) -> str:
    """The output of a network without classes, in words: its numbers, or for a picture (H, W, C) the size and range."""
    if output.ndim == 3:
        size = " x ".join(map(str, output.shape))
        return f"a picture of {size}, values {output.min():.3g} to {output.max():.3g}"
    return "  ".join(f"{value:.4g}" for value in output)


def to_probabilities(outputs: np.ndarray, meaning: str) -> np.ndarray:
    """(N, outputs) raw outputs -> (N, classes) float32 that are not negative and sum to 1.

    Probabilities stay as they are; logits go through softmax; one sigmoid (or single) output becomes two classes, the
    second being the unit's; several sigmoids and scores are clipped at 0 and divided by their sum (all zero: uniform).
    A row with a number that is not finite gives NaN everywhere.
    """
    values = np.asarray(outputs, dtype=np.float32)
    if values.shape[1] == 1:
        unit = {
            "logits": lambda v: 1 / (1 + np.exp(-np.clip(v, -60, 60))),
            "scores": lambda v: np.clip((v + 1) / 2, 0, 1),
        }.get(meaning, lambda v: np.clip(v, 0, 1))(values)
        return np.concatenate([1 - unit, unit], axis=1).astype(np.float32)
    if meaning == "probabilities":
        return values
    if meaning == "logits":
        powers = np.exp(values - values.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)
    clipped = np.maximum(values, 0)
    sums = clipped.sum(axis=1, keepdims=True)
    shares = np.where(sums > 0, clipped / np.where(sums > 0, sums, 1), np.float32(1 / values.shape[1]))
    return np.where(np.isfinite(values).all(axis=1, keepdims=True), shares, np.nan).astype(np.float32)
