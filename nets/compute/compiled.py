"""A forward pass as one compiled function, as a plain TensorFlow graph or with XLA, whichever is faster here.

Compiling a network of hundreds of layers takes seconds (Inception-ResNet v2 3.7 s; its uncompiled pass 0.9 s), so the
first picture is computed step by step. The second call compiles, unless another thread was given that task. Measured on
two cores, one image, every layer returned, plain against XLA (p50, milliseconds): lenet 0.8 and 0.6, pen 2.7 and 2.1,
but MobileNetV2 43 and 231. While a training uses both cores the difference grows (p95): lenet 9.4 and 3.5, pen 17 and
10, because a plain graph waits in TensorFlow's queue of operations behind those of the training.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from nets import backend
from nets.compute.direct import DirectCall
from nets.compute.step_by_step import quick_rules
from nets.network.graph import Graph, Record, Rule

Pick = Callable[[dict[str, Any], Any], Any]

# XLA compiles 0.5 s for 30 steps and 2.5 s for 155, which is too long for a possible gain.
MOST_STEPS = 64
# With more steps than these, even a plain graph takes so long to compile that the first picture does not wait for it.
SLOW_STEPS = 64
TRIALS = 7


class CompiledPass:
    """From (N, H, W, C) float32 of one fixed shape to ``pick(results by path, output)``."""

    def __init__(
        self, graph: Graph, shape: tuple[int, ...], pick: Pick, record: Record | None = None, *, rare: bool = False
    ) -> None:
        """
        Args:
            graph: the network.
            shape: of the images.
            pick: what is returned of what the steps gave and of the output.
            record: what is kept of each step for ``pick``; None: all.
            rare: it is called so rarely that a large network is never compiled for it.
        """
        self._graph = graph
        self._shape = shape
        self._pick = pick
        self._record = record
        self._function: Any = None
        self._settled = False
        self._compiles_slowly = (
            len(graph.steps) > SLOW_STEPS and not needs_xla(graph) and backend.name() == "tensorflow"
        )
        self._is_rare = rare
        self._called = self._compiled_beside = False

    def __call__(self, images: np.ndarray) -> Any:
        if self._function is not None:
            return self._function(images)
        if self._compiles_slowly and (self._is_rare or self._compiled_beside or not self._called):
            self._called = True
            return self._run(to_tensor(images), quick_rules(self._graph))
        self._function = self._compile(xla=needs_xla(self._graph))
        return self._function(images)

    def take_compiling(self) -> Callable[[], None] | None:
        """A function that compiles the pass, for another thread; until then calls compute step by step. None if not
        needed.
        """
        if self._function is not None or not self._called or self._compiled_beside or self._is_rare:
            return None
        self._compiled_beside = True

        def compile_now() -> None:
            try:
                function = self._compile(xla=False)
                function(np.zeros(self._shape, dtype=np.float32))
                self._function = function
            finally:
                self._compiled_beside = False

        return compile_now

    def settle(self) -> None:
        """Compile with XLA too if that is quick, and keep the faster of the two."""
        if self._settled:
            return
        self._settled = True
        zeros = np.zeros(self._shape, dtype=np.float32)
        self._called = True  # compiled at once, however long that takes
        plain = self._seconds(zeros)
        chosen = needs_xla(self._graph) or backend.name() != "tensorflow"
        if chosen or len(self._graph.steps) > MOST_STEPS:
            return
        known, self._function = self._function, self._compile(xla=True)
        try:
            faster = self._seconds(zeros) < plain
        except Exception:  # XLA lacks operations; which ones, and what it raises, is only known by trying
            faster = False
        if not faster:
            self._function = known

    def _compile(self, *, xla: bool) -> Any:
        return DirectCall(backend.compile(self._run, xla=xla))

    def _run(self, images: Any, rules: dict[str, Rule] | None = None) -> Any:
        return self._pick(*self._graph.run(to_layout(images, self._graph), rules, self._record))

    def _seconds(self, images: np.ndarray) -> float:
        """The shortest of several runs, after one that compiles."""
        self(images)
        best = float("inf")
        for _ in range(TRIALS):
            started = time.perf_counter()
            self(images)
            best = min(best, time.perf_counter() - started)
        return best


def to_tensor(images: np.ndarray) -> Any:
    from keras import ops

    return ops.convert_to_tensor(images, dtype="float32")


def needs_xla(graph: Graph) -> bool:
    """Whether only XLA can compute it: on a CPU, TensorFlow's own pooling supports only channels last."""
    return graph.channels_first


def batch_shape(graph: Graph) -> tuple[int | None, ...]:
    """The shape of the images that ``to_layout`` takes: (None, H, W, C), None if the model takes any size."""
    shape = graph.input_shape
    if len(shape) == 4:
        return (None, *shape[2:], shape[1]) if graph.channels_first else (None, *shape[1:])
    return (None, *shape[1:], 1) if len(shape) == 3 else (None, None, None, None)


def to_layout(images: Any, graph: Graph, *, cast: bool = True) -> Any:
    """(N, H, W, C) in the layout that the model takes: channels first, one row of numbers, or without the channel axis.

    Args:
        images: (N, H, W, C), a tensor or an array.
        graph: the model's.
        cast: to the type of the model's input. Without it a model of whole numbers has a gradient too.

    Returns:
        A tensor of (N, C, H, W), (N, H * W * C), (N, H, W) or (N, H, W, C), as ``graph.input_shape`` says.
    """
    import keras

    wanted = graph.input_shape
    if len(wanted) == 4 and graph.channels_first:
        images = keras.ops.transpose(images, (0, 3, 1, 2))
    elif len(wanted) == 3:
        images = images[..., 0]
    elif len(wanted) == 2:
        images = keras.ops.reshape(images, (-1, wanted[1]))
    return keras.ops.cast(images, graph.input_dtype) if cast else images
