"""One copy of a model with its weights and its compiled passes: probabilities, maps and gradients of a picture."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

from nets import backend
from nets.compute.compiled import CompiledPass, needs_xla, to_layout, to_tensor
from nets.compute.quick import QuickCall
from nets.errors import UsageError
from nets.network.graph import Graph, Rule, infer
from nets.network.outputs import Answer, Reading, answer, scores_rule, to_probabilities
from nets.network.unknown_layer import unknown_layer

if TYPE_CHECKING:
    from nets.data.prepare import Prepared
    from nets.network.card import Card
    from nets.network.layers import LayerInfo
    from nets.network.model import Model

T = TypeVar("T")

# Above this many numbers in all layers together (256 MB) a pass keeps only the requested layers.
KEEP_ALL = 64_000_000
# Above this many, the window watches only the layers in view, and computes the others when the pen rests.
LARGE = 1_000_000
CHUNK = 256  # inputs in one pass of ``classify``


class Reader(Protocol):
    """What answers a picture: a Lens, or a shipped model written by hand (``nets.byhand.answering.Twin``)."""

    @property
    def card(self) -> Card: ...

    def classify(self, inputs: np.ndarray) -> np.ndarray: ...

    def read(self, image: np.ndarray, watch: tuple[str, ...] | None = None) -> Reading: ...


class Lens:
    """A model's own network, compiled. One thread at a time uses it.

    One function returns every layer, so that watching another layer compiles nothing. For very large networks it
    returns the values between the blocks; the layers of a block are computed from the value before it, by a separate
    function. The first call of each kind compiles (0.1 s for a small network); ``warm_up`` does so ahead of live use.
    """

    def __init__(self, model: Model, *, compiles_beside: bool = False) -> None:
        """
        Args:
            model: Whose network it uses.
            compiles_beside: Whether somebody runs what ``take_compiling`` gives in another thread: then the first
                explanations do not wait for XLA, and differ in the last bit from those after it.
        """
        self.model = model
        self.compiles_beside = compiles_beside
        self._graph = model.graph
        self._output = model.output
        self.layers: tuple[LayerInfo, ...] = model.layers
        self._rows = {row.path: row for row in self.layers}
        total = values_of(self.layers)
        self._keeps_all, self._is_large = total <= KEEP_ALL, total > LARGE
        self._inner = {} if self._keeps_all else inner_layers(self._graph, self._rows)
        self._inside: dict[int, Any] = {}  # a compiled function for each block, by the number of its input
        self._mean_of: Any = None  # a compiled function of the results of all layers
        self._passes: dict[tuple[int, tuple[str, ...], bool], CompiledPass] = {}
        self._gradients: dict[tuple[int | None, str, tuple[tuple[str, Rule], ...]], Any] = {}
        self._kept: dict[Hashable, Any] = {}

    @property
    def card(self) -> Card:
        return self.model.card

    def load(self, weights: list[np.ndarray], model: Model | None = None) -> None:
        """Put other weights into the network: takes a few milliseconds, and nothing is compiled again.

        Args:
            weights: in the order of ``get_weights``.
            model: the value that they belong to, e.g. another epoch of the same run; it must share this one's network.
        """
        if model is not None:
            if model.network is not self.model.network:
                raise UsageError(
                    "expected a model that shares the network of {ref}, found {other}",
                    ref=self.model.ref,
                    other=model.ref,
                )
            self.model = model
        self.model.network.set_weights(weights)

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """The result of ``make``, created once for each ``key`` and kept: the compiled functions of explanations.

        Kept functions read the weights when they are called, so they stay valid after ``load``.
        """
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def warm_up(self) -> None:
        """Compile, and find the fastest code: takes 0.3 to 1 s, worth it for live drawing.

        A large network is compiled by its first picture: trying XLA on VGG-16 takes half a minute and gains nothing.
        """
        if not self._is_large:
            self._pass(1, ()).settle()

    def classify(self, inputs: np.ndarray) -> np.ndarray:
        """(N, H, W, C) float32 in the range of the card's input -> (N, classes) float32.

        Rows sum to 1, except for a network with independent labels.

        Raises:
            UsageError: The inputs have another shape, or the network is no classifier.
        """
        if not self._output.kind.has_classes:
            raise UsageError(
                "{title} does not tell classes apart. {note}", title=self.card.title, note=self._output.note
            )
        images = np.ascontiguousarray(inputs, dtype=np.float32)
        expected = self.card.input.shape
        if images.ndim != 4 or images.shape[1:] != expected:
            raise UsageError(
                "expected inputs of shape (N, {expected}), found {shape}",
                expected=", ".join(map(str, expected)),
                shape=images.shape,
            )
        if not len(images):
            return np.zeros((0, len(self.card.labels)), dtype=np.float32)
        parts = [images[start : start + CHUNK] for start in range(0, len(images), CHUNK)]
        rows = [_numbers(self._pass(len(part), None)(part)[1]) for part in parts]
        outputs = np.concatenate(rows).reshape(len(images), -1)
        return outputs if self._output.kind.name == "labels" else to_probabilities(outputs, self._output.meaning)

    def read(self, image: np.ndarray, watch: tuple[str, ...] | None = None, *, means: bool = False) -> Reading:
        """The answer to one picture, and the watched maps.

        Args:
            image: (H, W, C) or (1, H, W, C) float32 in the range of the card's input.
            watch: paths of layers; None for every layer that can be shown, () for none.
            means: whether the reading has the mean of every layer's maps, too.

        Raises:
            UsageError: the image has another shape, or a path is unknown or cannot be shown.
        """
        images = self._one(image)
        wanted = self._shown() if watch is None else tuple(watch)
        for path in wanted:
            self._check(path)
        found, output, averages = self._pass(1, wanted, means=means)(images)
        if means and self._keeps_all:
            averages = self._averages(found)
        found = {**found, **self._inside_blocks(wanted, images, found)}
        shown = self._output.shown(backend.to_array(output)[0], channels_first=self._graph.channels_first)
        maps = {path: self._array(path, found[path]) for path in wanted}
        return Reading(self._output.probabilities(shown), maps, shown, _as_means(averages))

    def means(self, image: np.ndarray) -> dict[str, np.ndarray]:
        """The mean map of every layer that can be shown, in one pass, however large the network is.

        Args:
            image: (H, W, C) or (1, H, W, C) float32 in the range of the card's input.

        Returns:
            By path: (H, W, 1) float32, the mean of the layer's maps at each pixel; (N,) for units.
        """
        return self.read(image, (), means=True).means

    def take_compiling(self) -> Callable[[], None] | None:
        """A function for another thread that compiles what was computed step by step or without XLA; None if there is
        none.

        It is the one exception to one thread at a time: the pad is still answered meanwhile.
        """
        slow: list[CompiledPass | QuickCall] = list(self._passes.values())
        slow += [each for each in self._kept.values() if isinstance(each, QuickCall)]
        waiting = [taken for each in slow if (taken := each.take_compiling()) is not None]

        def compile_all() -> None:
            for compile_one in waiting:
                compile_one()

        return compile_all if waiting else None

    def gradient(
        self,
        image: np.ndarray,
        target: int | None,
        *,
        wrt: str = "",
        rules: Mapping[str, Rule] | None = None,
    ) -> np.ndarray:
        """The gradient of one score with respect to the input, or to a layer's output. Compiled.

        Args:
            image: (H, W, C) or (1, H, W, C) float32 in the range of the card's input.
            target: which output, counted row by row. The score is the number before a final softmax or sigmoid, where
                the network ends in one. None: the sum of all scores.
            wrt: the path of the layer whose output the score is differentiated by; "" for the input.
            rules: what some layers compute in place of their own, by path: ``rule(layer, args, kwargs)`` gives the
                result. Guided ReLU and lesions are such rules. Functions that are defined once are compiled once.

        Returns:
            float32 of the shape of the input (H, W, C), or of the layer's output as ``read`` gives it.

        Raises:
            UsageError: the image has another shape, a path is unknown, or there is no such output.
        """
        images = self._one(image)
        replaced = dict(rules or {})
        for path in (*replaced, *((wrt,) if wrt else ())):
            self._check_known(path)
        shape = self.model.structure.shapes[self._graph.output]
        count = int(np.prod([size or 1 for size in shape[1:]]))
        if target is not None and not 0 <= target < count:
            raise UsageError("expected an output from 0 to {last}, found {target}", last=count - 1, target=target)
        key = (target, wrt, tuple(sorted(replaced.items(), key=lambda pair: pair[0])))
        if key not in self._gradients:
            self._gradients[key] = self._differentiated(target, wrt, replaced)
        _, found = self._gradients[key](np.zeros(self._value_shape(wrt), np.float32), images)
        gradient = _numbers(found)[0]
        is_maps = wrt and self._graph.channels_first and gradient.ndim == 3
        return np.moveaxis(gradient, 0, -1) if is_maps else gradient

    def _differentiated(self, target: int | None, wrt: str, rules: Mapping[str, Rule]) -> Any:
        """The compiled function (difference, images) -> (score, gradient with respect to the difference).

        ``difference``, which is zero, is added to the value with respect to which the score is differentiated: so one
        function serves the input and every layer.
        """
        from keras import ops

        replaced = {**scores_rule(self._graph), **rules}

        def score(difference: Any, images: Any) -> Any:
            moved = {}
            if wrt:

                def add(operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
                    result = replaced.get(wrt, infer)(operation, args, kwargs)
                    return result + ops.cast(difference, result.dtype)

                moved = {wrt: add}
            else:
                images = images + difference
            _, output = self._graph.run(to_layout(images, self._graph, cast=False), {**replaced, **moved})
            flat = ops.cast(ops.reshape(output, (-1,)), "float32")
            return ops.sum(flat) if target is None else flat[target]

        return backend.gradient(score, xla=needs_xla(self._graph))

    def _value_shape(self, path: str) -> tuple[int, ...]:
        """The shape of a layer's output with the batch axis, in the network's own layout; "" for the input."""
        if not path:
            return (1, *self.card.input.shape)
        shape = self.model.structure.shapes[self._graph.step(path).outputs[0]]
        return tuple(size or 1 for size in shape)

    def _one(self, image: np.ndarray) -> np.ndarray:
        images = np.ascontiguousarray(image, dtype=np.float32)
        expected = (1, *self.card.input.shape)
        if images.shape not in (expected, expected[1:]):
            raise UsageError(
                "expected one input of shape {expected}, found {shape}", expected=expected, shape=images.shape
            )
        return images.reshape(expected)

    def _shown(self) -> tuple[str, ...]:
        return tuple(row.path for row in self.layers if row.shows != "nothing")

    def _check_known(self, path: str) -> None:
        if path not in self._rows:
            raise UsageError(unknown_layer(path, self._rows))

    def _check(self, path: str) -> None:
        self._check_known(path)
        if self._rows[path].shows == "nothing":
            raise UsageError("{path} cannot be shown: {reason}", path=path, reason=self._rows[path].why_not)

    def _array(self, path: str, value: Any) -> np.ndarray:
        array = _numbers(value)[0]
        if self._rows[path].shows == "probabilities":
            return array.reshape(-1)
        return np.moveaxis(array, 0, -1) if self._graph.channels_first and array.ndim == 3 else array

    def _inside_blocks(self, wanted: tuple[str, ...], images: np.ndarray, found: Mapping[str, Any]) -> dict[str, Any]:
        """The results of the wanted layers missing in ``found``: those within a block, computed from the value before
        it.
        """
        made: dict[str, Any] = {}
        for path in wanted:
            if path in found or path in made:
                continue
            block = self._inner[path]
            if block.input not in self._inside:
                self._inside[block.input] = backend.compile(lambda x, block=block: block.run(x)[0])
            if block.input == self._graph.input:
                value = to_layout(to_tensor(images), self._graph)
            else:
                value = found[self._graph.writers[block.input]]
            made |= self._inside[block.input](value)
        return made

    def _averages(self, found: dict[str, Any]) -> dict[str, Any]:
        """The mean of the maps of every layer, from the results of a pass that keeps all of them."""
        if self._mean_of is None:
            self._mean_of = backend.compile(lambda values: {path: self._mean(v) for path, v in values.items()})
        return self._mean_of({path: found[path] for path in self._shown()})

    def _mean(self, value: Any) -> Any:
        from keras import ops

        return ops.mean(value, 1 if self._graph.channels_first else -1) if len(value.shape) == 4 else value

    def _pass(self, count: int, wanted: tuple[str, ...] | None, *, means: bool = False) -> CompiledPass:
        """The pass of ``count`` inputs: the wanted layers, the output and, if not all layers are kept, their means.

        One for each number of inputs that occurs: one for the pad, at most two for a list of files. ``wanted`` is None
        if no layers are.
        """
        if wanted is None:
            paths: tuple[str, ...] = ()
        elif self._keeps_all:
            paths = self._shown()
        else:
            paths = tuple(path for path in self._shown() if path not in self._inner) if self._inner else wanted
        averaged = frozenset(self._shown() if means and not self._keeps_all else ())
        key = (count, paths, bool(averaged))
        if key not in self._passes:
            kept = frozenset(paths)

            def record(path: str, value: Any) -> Any:
                if path not in kept and path not in averaged:
                    return None
                return value if path in kept else None, self._mean(value) if path in averaged else None

            def pick(results: dict[str, Any], output: Any) -> Any:
                means = {path: results[path][1] for path in averaged}
                return {path: results[path][0] for path in paths}, output, means

            shape = (count, *self.card.input.shape)
            self._passes[key] = CompiledPass(self._graph, shape, pick, record, rare=bool(averaged))
        return self._passes[key]


def _as_means(averages: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """(1, H, W) -> (H, W, 1), (1, N) -> (N,) for each layer."""
    found = {path: _numbers(value)[0] for path, value in averages.items()}
    return {path: v[..., None] if v.ndim == 2 else v.reshape(-1) for path, v in found.items()}


def _numbers(tensor: Any) -> np.ndarray:
    """The result of a compiled pass, as float32."""
    return np.asarray(backend.to_array(tensor), dtype=np.float32)


def inner_layers(graph: Graph, rows: Mapping[str, LayerInfo]) -> dict[str, Graph]:
    """For each layer that is not the last of its part of the graph, that part.

    Empty if even the values between the parts are too much to keep: then each set of layers gets its own compiled
    function, as in a network that cannot be cut.
    """
    last = {part.steps[-1].path for part in graph.parts}
    if values_of(tuple(row for path, row in rows.items() if path in last)) > KEEP_ALL:
        return {}
    shown = {path for path in last if rows[path].shows != "nothing"}
    inner: dict[str, Graph] = {}
    for part in graph.parts:
        if part.input == graph.input or graph.writers[part.input] in shown:
            inner |= {step.path: part for step in part.steps[:-1]}
    return inner


def values_of(layers: tuple[LayerInfo, ...]) -> int:
    """The number of values that all layers compute for one picture."""
    return sum(int(np.prod([size or 1 for size in row.output_shape])) for row in layers if row.shows != "nothing")


def answer_picture(reader: Reader, picture: np.ndarray) -> tuple[Prepared, Reading, Answer | None]:
    """From a picture, as ``prepare`` takes it, to the input, the network's reading of it, and its answer.

    There is no answer if the network is no classifier.
    """
    from nets.data.prepare import prepare

    prepared = prepare(picture, reader.card.input)
    reading = reader.read(prepared.input, ())
    if not len(reading.probabilities):
        return prepared, reading, None
    return prepared, reading, answer(reading.probabilities, reader.card.labels, reader.card.verdict)
