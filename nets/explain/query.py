"""The pictures and targets of an explanation, in arrays; and the reasons to refuse them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.text import Text

if TYPE_CHECKING:
    from nets.compute.lens import Lens
    from nets.network.model import Model

Target = int | tuple[int, int]


@dataclass(frozen=True, eq=False)
class Query:
    """Pictures and the score to be explained for each.

    images: (N, H, W, C) float32, as the network receives them. weights: (N, outputs) float32: the score of picture n is
    the sum of its logits weighted by row n. one: whether a single picture was given, without the leading axis.
    """

    images: np.ndarray
    weights: np.ndarray
    one: bool

    def answer(self, results: Any) -> np.ndarray:
        """(N, ...) -> float32, without the leading axis if a single picture was given."""
        found = np.asarray(results, dtype=np.float32)
        return found[0] if self.one else found

    def __len__(self) -> int:
        return len(self.images)


def query_of(lens: Lens, image: np.ndarray, target: Target | Sequence[Target] | None) -> Query:
    """Pictures and targets as arrays.

    Args:
        lens: The model; it classifies the pictures if ``target`` is None.
        image: (H, W, C) or (N, H, W, C) float32.
        target: As for ``Explainer.run``.

    Returns:
        The pictures with their weights of the logits.
    """
    images = np.ascontiguousarray(image, dtype=np.float32)
    one = images.ndim == 3
    images = images[None] if one else images
    if target is None:
        target = [int(row) for row in lens.classify(images).argmax(axis=1)]
    targets: list[Any] = list(target) if isinstance(target, list | np.ndarray) else [target] * len(images)
    weights = np.stack([weights_of(lens.model, one_of) for one_of in targets]) if targets else np.zeros((0, 1))
    return Query(images, weights.astype(np.float32), one)


def outputs_of(model: Model) -> int:
    """How many numbers the network gives for one picture."""
    shape = model.structure.shapes[model.graph.output]
    return int(np.prod([size or 1 for size in shape[1:]]))


def weights_of(model: Model, target: Target) -> np.ndarray:
    """(outputs,) float32: the weight of each logit in the score of a class, or of one class minus another.

    A network of two classes with a single output has no number for the first class: its score is the output's negative.
    """
    count = outputs_of(model)

    def of_class(number: int) -> np.ndarray:
        if count == 1:
            return np.array([1.0 if number else -1.0], np.float32)
        return np.eye(count, dtype=np.float32)[number]

    # With one output, "the second class rather than the first" has that output as its score, not twice it.
    if isinstance(target, tuple):
        return of_class(target[0]) - (of_class(target[1]) if count > 1 else 0)
    return of_class(int(target))


def refusal_of_network(model: Model) -> str:
    """Why no class of this network can be explained, as one sentence; "" if it has classes."""
    if model.output.kind.has_classes:
        return ""
    return Text(
        "{title} does not tell classes apart, so there is no class to explain; its maps can be looked at",
        title=model.card.title,
    )


def refusal_of_target(model: Model, target: Target | Sequence[Target] | None, image: np.ndarray | None) -> str:
    """Why a target cannot be explained, as one sentence; "" if it can.

    Args:
        model: The network.
        target: As for ``Explainer.run``.
        image: (H, W, C) or (N, H, W, C), to compare with the number of targets; None: not compared.
    """
    classes = model.output.labels
    targets: Sequence[Any] = () if target is None else target if isinstance(target, list | np.ndarray) else [target]
    for one_of in targets:
        for number in one_of if isinstance(one_of, tuple) else (one_of,):
            if isinstance(number, bool) or not isinstance(number, int | np.integer) or not 0 <= number < classes:
                found = repr(number) if isinstance(number, str) else number
                return Text("expected a class from 0 to {last}, found {number}", last=classes - 1, number=found)
        if isinstance(one_of, tuple) and len(one_of) != 2:
            return Text("expected a class or a pair of classes, found {one_of} classes", one_of=len(one_of))
        if isinstance(one_of, tuple) and one_of[0] == one_of[1]:
            return Text(
                "expected two different classes to set against each other, found class {one_of} twice", one_of=one_of[0]
            )
    if isinstance(target, list | np.ndarray) and image is not None:
        pictures = len(image) if np.ndim(image) == 4 else 1
        if len(target) != pictures:
            return Text(
                "expected a class for each of {pictures} pictures, found {target}",
                pictures=pictures,
                target=len(target),
            )
    return ""


def refusal_of_image(model: Model, image: np.ndarray, *, blank: bool = False) -> str:
    """Why this picture cannot be explained, as one sentence; "" if it can.

    Args:
        model: The network.
        image: (H, W, C) or (N, H, W, C), as the network receives it.
        blank: Whether a picture of one colour is accepted.
    """
    shape = model.card.input.shape
    values = np.asarray(image)
    if values.shape not in (shape, (*values.shape[:1], *shape)):
        expected, found = (" × ".join(map(str, size)) for size in (shape, values.shape))
        return Text(
            "expected a picture of {expected} numbers, as the network receives it, found {found}",
            expected=expected,
            found=found,
        )
    if values.dtype.kind not in "biuf":
        return Text("expected a picture of real numbers (float32), found numbers of type {kind}", kind=values.dtype)
    if not np.isfinite(values).all():
        return Text("the picture has numbers that are not finite (NaN or infinity); expected finite ones")
    flat = values.reshape(-1, *shape)
    if not blank and len(flat) and bool((flat.max(axis=(1, 2)) == flat.min(axis=(1, 2))).all(axis=-1).any()):
        return Text(
            "the picture is black or one colour all over, so nothing in it can explain an answer: draw something"
        )
    return ""
