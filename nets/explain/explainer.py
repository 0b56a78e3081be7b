"""``Explainer``, a row of ``EXPLAINERS``: a method with its paper, its options and the reasons to refuse it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from threading import get_ident
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from nets.compute.lens import Lens
from nets.errors import UsageError
from nets.events import Report, no_report
from nets.explain import layers as explained_layers
from nets.explain.memory import needed, refusal_of_memory
from nets.explain.option import Option
from nets.explain.query import Target, refusal_of_image, refusal_of_network, refusal_of_target
from nets.explain.scores import multiply_adds
from nets.network.unknown_layer import unknown_layer
from nets.text import Text

if TYPE_CHECKING:
    from nets.network.model import Model

Gives = Literal["pixels", "map", "picture"]

NEEDS = {
    "classes": "a network that tells classes apart",
    "picture": "a picture with something in it",
    "layer": "a layer with rows and columns",
    "relu": "a network with ReLU",
}
"""What a method may need, in words for the person."""


# Multiply-adds that take 50 ms on two cores: for one picture, and for many pictures at once. Measured there: the
# gradient of mobilenet_0.75 (one picture, 650 million) 36 ms; SmoothGrad of pen (many, 2.2 billion) 28 ms, of colour
# (many, 3.9 billion) 93 ms.
LIVE_ONE, LIVE_MANY = 900_000_000, 3_200_000_000


@dataclass(frozen=True)
class Explainer:
    """A row of ``EXPLAINERS``.

    name: the key. title: for menus. paper: authors, year, title, arXiv number or doi.
    shows: a paragraph for the person: what the picture shows, and what it does not.
    needs: keys of ``NEEDS``.
    signed: whether negative values have a meaning (then a diverging colour map is used); otherwise zero is the least.
    live: whether it takes under 50 ms on the shipped networks of handwriting; ``follows_pen`` decides for one model.
    gives: "pixels": numbers in the shape of the input, (H, W, C); "map": a map at the layer's own resolution, (h, w),
        which ``nets.explain.enlarge`` brings to the picture's size; "picture": a picture in the network's numbers.
    centred: whether only the differences between pixels have a meaning: then the mean is subtracted before showing.
    options: the rows of its options.
    function: ``function(lens, image, *, target, layer, report, **options)``.
    why_not: further reasons to refuse it: ``why_not(model, layer, options)`` gives a sentence, or "".
    holds: ``holds(model, options, target)``: how many numbers it holds in memory in addition to the network's values.
    passes: ``passes(options)``: how many pictures go forward and back through the network; None: one.
    gap: ``gap(lens, image, result, target, options)``, for one picture: by what share the result misses the sum that it
        must add up to; None if nothing has to add up.
    """

    name: str
    title: str
    paper: str
    shows: str
    needs: tuple[str, ...]
    signed: bool
    live: bool
    gives: Gives
    function: Callable[..., np.ndarray]
    options: tuple[Option, ...] = ()
    why_not: Callable[[Model, str, dict[str, Any]], str] | None = None
    holds: Callable[[Model, dict[str, Any], Any], int] | None = None
    passes: Callable[[dict[str, Any]], int] | None = None
    centred: bool = False
    gap: Callable[[Lens, np.ndarray, np.ndarray, Target | None, dict[str, Any]], float] | None = None

    def run(
        self,
        model: Model | Lens,
        image: np.ndarray | None,
        *,
        target: Target | list[Target] | None = None,
        layer: str = "",
        report: Report = no_report,
        **options: Any,
    ) -> np.ndarray:
        """The explanation of one picture, or of several at once.

        Args:
            model: From ``open_model``, or a Lens of it, which keeps compiled functions for the next call. A Lens is
                used by one thread at a time.
            image: (H, W, C) float32, as the network receives it (``nets.data.prepare``), or (N, H, W, C). None if the
                method needs no picture.
            target: The class; a pair (a, b) explains the score of a minus that of b ("why a and not b?"); None: the
                class that the network answers. For several pictures one target for all, or a list with one each. A
                method that makes a picture makes one for each target of the list.
            layer: The path of the layer, for methods that need one; "": the last convolutional layer.
            report: Receives Progress and Partial (``nets.explain.partial``) events. It stops the work by raising
                Cancelled.
            options: Values by the names of ``self.options``.

        Returns:
            float32 as ``gives`` says; with a leading axis N for several pictures.

        Raises:
            UsageError: ``refusal`` gives a reason.
        """
        lens = model if isinstance(model, Lens) else lens_of(_checked(model))
        if image is None and "picture" in self.needs:
            raise UsageError("{title} explains a picture; expected one, found none", title=self.title)
        chosen = self.defaults() | options
        if problem := self.refusal(lens.model, image, target=target, layer=layer, **options):
            raise UsageError(problem)
        path = (layer or explained_layers.default_layer(lens.model)) if "layer" in self.needs else layer
        return self.function(lens, image, target=target, layer=path, report=report, **chosen)

    def refusal(
        self,
        model: Model,
        image: np.ndarray | None = None,
        *,
        target: Target | list[Target] | None = None,
        layer: str = "",
        **options: Any,
    ) -> str:
        """Why this method cannot be used with these arguments, as one sentence for the person; "" if it can.

        Nothing is computed.

        Args:
            model: From ``open_model``.
            image: As for ``run``; None if there is none yet, which is then not checked.
            target: As for ``run``.
            layer: As for ``run``.
            options: As for ``run``.
        """
        unknown = [name for name in options if name not in self.defaults()]
        if unknown:
            known = ", ".join(self.defaults()) or "none"
            return Text(
                "{title} has no option {unknown!r}; its options: {known}",
                title=self.title,
                unknown=unknown[0],
                known=known,
            )
        pictures = None if self.gives == "picture" else image
        if options.get("map") is None and (problem := refusal_of_network(model)):  # a map needs no class
            return problem
        if problem := refusal_of_target(model, target, pictures):
            return problem
        if image is not None and (problem := refusal_of_image(model, image, blank="picture" not in self.needs)):
            return problem
        if "relu" in self.needs and not explained_layers.has_relu(model):
            return Text(
                "{title} changes what passes back through ReLU, and {model} has none; take the gradient or "
                "integrated gradients",
                title=self.title,
                model=model.card.title,
            )
        if "layer" in self.needs and (problem := explained_layers.refusal_of_layer(model, layer, self.title)):
            return problem
        paths = [row.path for row in model.layers]
        if layer and layer not in paths:  # a slip also where the method would not look at it
            return unknown_layer(layer, paths)
        for row in self.options:
            if row.name in options and (problem := row.refusal(options[row.name], model.card.input.shape)):
                return problem
        chosen = self.defaults() | options
        if self.why_not and (problem := self.why_not(model, layer, chosen)):
            return problem
        return refusal_of_memory(
            needed(model, more=self.holds(model, chosen, target) if self.holds else 0),
            "take fewer, or a smaller network",
        )

    def gap_of(
        self, lens: Lens, image: np.ndarray, result: np.ndarray, target: Target | None, **options: Any
    ) -> float | None:
        """By what share ``result`` misses the sum that it must add up to; None if nothing has to add up.

        Args:
            lens: The model.
            image: (H, W, C) float32, the one picture that was explained.
            result: The result of ``run``.
            target: As given to ``run``.
            options: As given to ``run``.

        Returns:
            A share, 0 or more; 0 is exact.
        """
        return None if self.gap is None else self.gap(lens, image, result, target, self.defaults() | options)

    def follows_pen(self, model: Model, **options: Any) -> bool:
        """Whether it takes under 50 ms on this network, estimated from its multiply-adds.

        Args:
            model: From ``open_model``.
            options: As for ``run``; for values that would be refused the defaults count.
        """
        if not self.live:
            return False
        shape, rows = model.card.input.shape, {row.name: row for row in self.options}
        said = {name: value for name, value in options.items() if name in rows and not rows[name].refusal(value, shape)}
        pictures = self.passes(self.defaults() | said) if self.passes else 1
        return 2 * pictures * multiply_adds(model) <= (LIVE_ONE if pictures == 1 else LIVE_MANY)

    def defaults(self) -> dict[str, Any]:
        """The defaults of the options, by name."""
        return {row.name: row.default for row in self.options}


def _checked(model: Any) -> Model:
    """The model itself. Raises UsageError if it is something else, a Keras network for one."""
    from nets.network.model import Model

    if not isinstance(model, Model):
        raise UsageError(
            "expected a model as open_model gives it, or a Lens of one, found {kind}; open it by its name or its file",
            kind=type(model).__name__,
        )
    return model


def lens_of(model: Model) -> Lens:
    """A Lens of this model for explanations in the calling thread; the last two stay with their compiled functions."""
    return _lens_of(model, get_ident())


@lru_cache(maxsize=2)
def _lens_of(model: Model, thread: int) -> Lens:
    return Lens(model)
