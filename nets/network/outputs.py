"""What the numbers of a network's output mean, and the answer that they give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nets.errors import LensletError, UsageError
from nets.network.card import Card
from nets.network.graph import Graph, Rule, Step, infer
from nets.network.layers import activation_of

SURE, LIKELY = 0.97, 0.8  # probabilities from which on an answer is called so, where the model's card says nothing


@dataclass(frozen=True, eq=False)
class Answer:
    """What the network says. ``probabilities`` (classes,) float32; ``verdict``: "sure", "likely" or "unsure"."""

    label: str
    probability: float
    probabilities: np.ndarray
    labels: tuple[str, ...]
    second_label: str
    second_probability: float
    verdict: str


def answer(probabilities: np.ndarray, labels: Sequence[str], thresholds: Mapping[str, Any] | None = None) -> Answer:
    """What the probabilities say in words.

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
        raise UsageError(f"expected one label for each of {len(row)} outputs, found {len(labels)}")
    if not np.isfinite(row).all():
        raise LensletError(
            "the network answers with numbers that are not finite (NaN): its weights are damaged or its training "
            "diverged; take an earlier epoch or train again with a lower learning rate"
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
        verdict=_verdict(best, thresholds or {}),
    )


def _verdict(probability: float, thresholds: Mapping[str, Any]) -> str:
    if probability >= float(thresholds.get("sure", SURE)):
        return "sure"
    return "likely" if probability >= float(thresholds.get("likely", LIKELY)) else "unsure"


def thresholds_of(card: Card) -> Mapping[str, Any]:
    """What the card says of its model's answers; empty for one that was written before this was measured."""
    return getattr(card, "verdict", {})


@dataclass(frozen=True, eq=False)
class Reading:
    """What a network makes of one picture.

    probabilities: (classes,) float32. maps: by the path of a layer, without the batch axis: (H, W, C) or (N,) float32.
    """

    probabilities: np.ndarray
    maps: dict[str, np.ndarray]


def last_step(graph: Graph) -> Step | None:
    """The last step that changes values: what follows only renames, reshapes or passes them on. None: there is none."""
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
    """What the outputs are, by the activation of the last layer that changes values: "probabilities" (softmax),
    "sigmoid", "logits" (linear) or "scores" (tanh and others, trained towards targets of 0 and 1)."""
    step = last_step(graph)
    if step is None:
        return "logits"
    # keras.ops.softmax inside a functional model is an operation of that class, not a layer.
    name = activation_of(step.operation) or type(step.operation).__name__.lower()
    known = {"softmax": "probabilities", "sigmoid": "sigmoid", "tanh": "scores", "relu": "scores"}
    return known.get(name, "scores" if activation_of(step.operation) else "logits")


def scores_rule(graph: Graph) -> dict[str, Rule]:
    """The rule for ``graph.run`` that gives the numbers before a final softmax or sigmoid; {} without one."""
    step = last_step(graph)
    if step is None or meaning_of(graph) not in ("probabilities", "sigmoid"):
        return {}
    return {step.path: _without_activation}


def _without_activation(operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The layer's result before its activation. The layer itself is as before when this returns."""
    import keras

    if isinstance(operation, (keras.layers.Activation, keras.layers.Softmax)) or not isinstance(operation, keras.Layer):
        return args[0]
    activation = operation.activation
    operation.activation = keras.activations.linear
    try:
        return infer(operation, args, kwargs)
    finally:
        operation.activation = activation


def to_probabilities(outputs: np.ndarray, meaning: str) -> np.ndarray:
    """(N, outputs) raw outputs -> (N, classes) float32 that are not negative and sum to 1.

    Probabilities stay as they are; logits go through softmax; one sigmoid (or single) output becomes two classes, the
    second being the unit's; several sigmoids and scores are clipped at 0 and divided by their sum (all zero: uniform).
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
    return np.where(sums > 0, clipped / np.where(sums > 0, sums, 1), np.float32(1 / values.shape[1])).astype(np.float32)
