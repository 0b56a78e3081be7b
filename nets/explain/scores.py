"""The network's scores and their gradients as compiled functions kept by the Lens, and how many pictures go into a
call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from nets.compute.compiled import MOST_STEPS, needs_xla, to_layout
from nets.compute.direct import DirectCall
from nets.compute.quick import QuickCall
from nets.explain.query import outputs_of
from nets.network.graph import Rule
from nets.network.outputs import scores_rule

if TYPE_CHECKING:
    from nets.compute.lens import Lens
    from nets.network.model import Model

CALL = 1_500_000_000
"""Multiply-adds in one call: about 30 ms on two cores, so that a computation stops within a tenth of a second."""
NUMBERS = 80_000_000
"""Numbers of all layers together in one call, their gradients included: 320 MB."""
QUICK = 100_000_000
"""Multiply-adds up to which XLA is faster for one picture."""


_COSTS: WeakKeyDictionary[Model, tuple[int, int]] = WeakKeyDictionary()


def multiply_adds(model: Model) -> int:
    """Multiply-adds for one picture."""
    return _costs(model)[0]


def numbers_of_layers(model: Model) -> int:
    """How many numbers all layers together compute for one picture."""
    return _costs(model)[1]


def _costs(model: Model) -> tuple[int, int]:
    """(multiply-adds, numbers of layers), cached: an explanation that follows the pen asks for them every time."""
    if model not in _COSTS:
        adds = sum(row.multiply_adds for row in model.layers)
        numbers = sum(int(np.prod([size or 1 for size in row.output_shape])) for row in model.layers)
        _COSTS[model] = max(1, adds), max(1, numbers)
    return _COSTS[model]


def per_call(model: Model, *, backward: bool = False) -> int:
    """How many pictures go into one call: 1 to 256, few enough that a call takes some hundredths of a second."""
    passes = 2 if backward else 1
    return max(1, min(256, CALL // (passes * multiply_adds(model)), NUMBERS // (passes * numbers_of_layers(model))))


def parts(count: int, size: int) -> Iterator[slice]:
    """0 to ``count`` in nearly equal parts of at most ``size``. Nearly equal, because each size is traced once."""
    if not count:
        return
    pieces = -(-count // size)
    step = -(-count // pieces)
    for start in range(0, count, step):
        yield slice(start, min(start + step, count))


def scores_of(model: Model, images: Any, rules: Mapping[str, Rule] | None = None) -> tuple[dict[str, Any], Any]:
    """All layers' results and the logits. To be called inside a function that is being compiled.

    Args:
        model: The network.
        images: (N, H, W, C) tensor.
        rules: What some steps compute in place of their own, by path; they take precedence over the rule for the
            logits.

    Returns:
        Tensors by path, and the logits (N, outputs) float32.
    """
    from keras import ops

    graph = model.graph
    results, output = graph.run(to_layout(images, graph, cast=False), {**scores_rule(graph), **(rules or {})})
    return results, ops.cast(ops.reshape(output, (-1, outputs_of(model))), "float32")


def compiled(
    lens: Lens,
    key: tuple[Any, ...],
    count: int,
    make: Callable[[bool], Callable[..., Any]],
    *,
    live: bool = False,
) -> Callable[..., Any]:
    """The function that ``make(xla)`` compiles, kept by the Lens. It takes arrays and gives tensors.

    Args:
        lens: The model.
        key: Distinguishes the function from others of the Lens.
        count: How many pictures it is called with.
        make: Compiles the function, as a plain graph or with XLA.
        live: Whether it is called again and again with one picture, as when a pen moves. Then XLA is used: 0.6 ms
            instead of 1 for the gradient of lenet, after a compilation of a second, which may run beside the first
            calls (``Lens.compiles_beside``). For batches a plain graph is faster.

    Returns:
        The compiled function; its first call traces it.
    """
    graph = lens.model.graph
    if needs_xla(graph):
        return lens.kept((*key, count), lambda: DirectCall(make(True)))
    if live and count == 1 and len(graph.steps) <= MOST_STEPS and multiply_adds(lens.model) <= QUICK:
        return lens.kept((*key, count), lambda: QuickCall(make, beside=lens.compiles_beside))
    return lens.kept((*key, count), lambda: DirectCall(make(False)))


def scores(lens: Lens, images: np.ndarray) -> np.ndarray:
    """(N, H, W, C) float32, few enough for one call -> logits (N, outputs) float32."""
    from nets import backend

    def make(xla: bool) -> Callable[..., Any]:
        return backend.compile(lambda values: scores_of(lens.model, values)[1], xla=xla)

    function = compiled(lens, ("scores",), len(images), make)
    return backend.to_array(function(images))


def input_gradient(
    lens: Lens,
    images: np.ndarray,
    weights: np.ndarray,
    *,
    kind: str = "",
    rules: Callable[[Model], Mapping[str, Rule]] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """The score of each picture, and how it changes with each number of the picture.

    Args:
        lens: The model.
        images: (N, H, W, C) float32, few enough for one call.
        weights: (N, outputs) float32: the score is the sum of the logits by these.
        kind: The name of ``rules``, by which the compiled function is kept.
        rules: Makes the rules for some steps from the model: what changes on the way back.

    Returns:
        (N,) and (N, H, W, C) float32.
    """
    from keras import ops

    from nets import backend

    def score(values: Any, by: Any) -> Any:
        _, logits = scores_of(lens.model, values, rules(lens.model) if rules else None)
        each = ops.sum(logits * by, axis=1)
        return ops.sum(each), each

    function = compiled(lens, ("gradient", kind), len(images), lambda xla: backend.gradient(score, xla=xla), live=True)
    (_, each), found = function(images, weights)
    return backend.to_array(each), backend.to_array(found)
