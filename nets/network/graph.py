"""A model as a list of steps: one for each call of a layer, in the order of computing, with nested models opened.

The layer table, the compiled passes and the receptive fields are computed from these steps. Unrolling only reads the
model: calling its layers with symbolic tensors would add nodes to the caller's model.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from nets.errors import LensletError, UsageError
from nets.network.unknown_layer import unknown_layer

if TYPE_CHECKING:
    import keras

# The function that a layer or operation computes: ``rule(operation, args, kwargs)`` gives its result.
Rule = Callable[[Any, tuple[Any, ...], dict[str, Any]], Any]
# What to keep of a step's result: ``record(path, result)``.
Record = Callable[[str, Any], Any]
# Layers whose call does nothing but run their ``call``, as long as all numbers are float32.
PLAIN = frozenset(
    (
        *("Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Dense", "BatchNormalization", "Activation", "ReLU"),
        *("MaxPooling2D", "AveragePooling2D", "GlobalAveragePooling2D", "Add", "Concatenate", "Multiply", "Flatten"),
        *("Dropout", "Rescaling", "Reshape", "ZeroPadding2D", "Softmax"),
    )
)


@dataclass(frozen=True, eq=False)
class Step:
    """One call of one layer (or Keras operation).

    ``inputs`` and ``outputs`` number the values that it reads and writes. ``path`` is unique: names joined by "/"
    through nested models; the second call of a shared layer ends in ":2". ``shapes``: of its outputs when the model was
    built, with None for an open size.
    """

    path: str
    operation: Any
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    shapes: tuple[tuple[int | None, ...], ...]
    fill: Callable[[dict[int, Any]], tuple[tuple[Any, ...], dict[str, Any]]]


@dataclass(frozen=True, eq=False)
class Graph:
    """The steps of a model with one input.

    name: the model's. input, output: the numbers of its first and last value; of several outputs the first counts.
    outputs: how many outputs the model has.
    """

    name: str
    steps: tuple[Step, ...]
    input: int
    output: int
    outputs: int
    input_shape: tuple[int | None, ...]
    input_dtype: str

    @cached_property
    def channels_first(self) -> bool:
        """Whether the model's convolutions and poolings expect (channels, height, width)."""
        return any(getattr(step.operation, "data_format", None) == "channels_first" for step in self.steps)

    def step(self, path: str) -> Step:
        """The step of that path. Raises UsageError if there is none, with similar names."""
        for step in self.steps:
            if step.path == path:
                return step
        raise UsageError(unknown_layer(path, (step.path for step in self.steps)))

    @cached_property
    def writers(self) -> dict[int, str]:
        """The path of the step that writes each value; the model's input has none."""
        return {number: step.path for step in self.steps for number in step.outputs}

    def sources(self, step: Step) -> tuple[str, ...]:
        """The paths of the steps whose values the step reads, each once; "" for the model's input."""
        return tuple(dict.fromkeys(self.writers.get(number, "") for number in step.inputs))

    def uses(self, value: int) -> int:
        """How often the value is read by the steps, plus 1 if it is the output."""
        return sum(step.inputs.count(value) for step in self.steps) + (self.output == value)

    @cached_property
    def parts(self) -> tuple[Graph, ...]:
        """The graph cut wherever all later steps need only a single value: each part's output is the next one's input.

        In a chain every layer is a part; in a network of blocks with branches each block is one.
        """
        last_use = self._last_uses
        made: list[Graph] = []
        begin, value, alive = 0, self.input, {self.input}
        for at, step in enumerate(self.steps):
            alive = {number for number in alive | set(step.outputs) if last_use.get(number, -1) > at}
            if len(alive) == 1 and step.outputs[:1] == tuple(alive):
                made.append(replace(self, steps=self.steps[begin : at + 1], input=value, output=step.outputs[0]))
                begin, value = at + 1, step.outputs[0]
        if begin < len(self.steps):
            made.append(replace(self, steps=self.steps[begin:], input=value))
        return tuple(made)

    @cached_property
    def _last_uses(self) -> dict[int, int]:
        """The number of the last step that reads each value; that of the output is behind the last step."""
        found = {number: at for at, step in enumerate(self.steps) for number in step.inputs}
        return found | {self.output: len(self.steps)}

    def run(
        self, value: Any, rules: Mapping[str, Rule] | None = None, record: Record | None = None
    ) -> tuple[dict[str, Any], Any]:
        """Run the steps: the one place where a graph is walked.

        Args:
            value: a tensor in the model's own layout.
            rules: what some steps compute in place of their own, by path. The others compute as in inference: no
                dropout, stored normalisation.
            record: what is kept of each step's (first) result; nothing where it gives None. Without it all are kept.

        Returns:
            What was kept by path, and the model's output.
        """
        replaced = rules or {}
        values = {self.input: value}
        results: dict[str, Any] = {}
        for at, step in enumerate(self.steps):
            args, kwargs = step.fill(values)
            found = _as_list(replaced.get(step.path, self._infer)(step.operation, args, kwargs))
            values.update(zip(step.outputs, found, strict=True))
            kept = found[0] if record is None else record(step.path, found[0])
            if kept is not None:
                results[step.path] = kept
            for number in {*step.inputs, *step.outputs}:
                if self._last_uses.get(number, -1) <= at:
                    del values[number]  # its memory may be free
        return results, values[self.output]

    @cached_property
    def _infer(self) -> Rule:
        """The rule of steps without another one."""
        plain = self.input_dtype == "float32" and all(_is_plain(step.operation) for step in self.steps)
        return _infer_plain if plain else infer

    def shapes(self, input_shape: Sequence[int | None]) -> dict[int, tuple[int | None, ...]]:
        """The shape of every value by number, for an input of ``input_shape`` (with batch axis), without computing
        values.

        If the model was built for this very size, the recorded shapes are used; otherwise each layer is asked.
        """
        import keras

        if (known := self._known_shapes(tuple(input_shape))) is not None:
            return known

        start = keras.KerasTensor(tuple(input_shape), dtype=self.input_dtype)
        shapes = {self.input: tuple(start.shape)}
        values: dict[int, Any] = {self.input: start}
        for step in self.steps:
            args, kwargs = step.fill(values)
            found = _as_list(step.operation.compute_output_spec(*args, **kwargs))
            values.update(zip(step.outputs, found, strict=True))
            shapes.update({key: tuple(spec.shape) for key, spec in zip(step.outputs, found, strict=True)})
        return shapes

    def _known_shapes(self, input_shape: tuple[int | None, ...]) -> dict[int, tuple[int | None, ...]] | None:
        """``shapes`` as recorded when the model was built; None if they are for another size or open."""
        import keras

        if None in input_shape or self.input_shape[1:] != input_shape[1:]:
            return None
        shapes = {self.input: input_shape}
        for step in self.steps:
            # An operation that is not a layer may fold the batch into another axis.
            if not isinstance(step.operation, keras.Layer):
                return None
            for number, shape in zip(step.outputs, step.shapes, strict=True):
                if not shape or shape[0] is not None or None in shape[1:]:
                    return None
                shapes[number] = (input_shape[0], *shape[1:])
        return shapes


def unroll(network: keras.Model, *, name: str = "") -> Graph:
    """The graph of a built Sequential or functional model with one input.

    Args:
        network: Sequential or functional.
        name: what messages call it; otherwise the network's own name, which a person has often never seen.

    Raises:
        LensletError: the model is neither (its ``call`` is code that cannot be read), was never built, or has several
            inputs.
    """
    import keras

    name = name or network.name
    if isinstance(network, keras.Sequential) and not network.built:
        raise LensletError(
            "the model {name!r} was saved before it was built, so it has no input size and no weights; start it with "
            "keras.Input(shape) or train it, and save it again",
            name=name,
        )
    inputs = getattr(network, "inputs", None) or []
    if len(inputs) > 1:
        names = ", ".join(tensor.name for tensor in inputs)
        raise LensletError(
            "the model {name!r} has {inputs} inputs ({names}); Lenslet gives one picture, so it needs exactly one",
            name=name,
            inputs=len(inputs),
            names=names,
        )
    if not is_readable(network):
        raise LensletError(
            "the model {name!r} is a {kind} whose layers are called by its own code; expected a built Sequential or "
            "functional model: rebuild it with keras.Sequential or keras.Model(inputs, outputs)",
            name=name,
            kind=type(network).__name__,
        )
    walk = _Walk()
    start = walk.number()
    outputs = walk.open(network, (start,), "")
    first = network.inputs[0]
    return Graph(name, tuple(walk.steps), start, outputs[0], len(outputs), tuple(first.shape), str(first.dtype))


def is_readable(network: Any) -> bool:
    """Whether the order in which the model calls its layers can be read: it is built, and of a kind that Keras
    defines.
    """
    import keras

    if not isinstance(network, keras.Model) or not type(network).__module__.startswith("keras."):
        return False
    return getattr(_functional(network), "_nodes_by_depth", None) is not None


class _Walk:
    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._paths: set[str] = set()
        self._numbers = 0

    def number(self) -> int:
        self._numbers += 1
        return self._numbers

    def open(self, model: Any, inputs: tuple[int, ...], prefix: str) -> tuple[int, ...]:
        """Append the model's steps; ``inputs`` number the values that it is called with. Returns its outputs'
        numbers.
        """
        functional = _functional(model)
        numbers = {id(tensor): key for tensor, key in zip(functional.inputs, inputs, strict=True)}
        for node in _branch_by_branch(functional):
            self._add(node, numbers, prefix)
        return tuple(numbers[id(tensor)] for tensor in functional.outputs)

    def _add(self, node: Any, numbers: dict[int, int], prefix: str) -> None:
        path = self._unique(prefix + node.operation.name)
        tensors = node.input_tensors
        read = tuple(numbers[id(tensor)] for tensor in tensors)
        inner = node.operation
        if is_readable(inner) and len(_functional(inner).inputs) == len(read):
            written = self.open(inner, read, path + "/")
        else:
            written = tuple(self.number() for _ in node.outputs)
            filler = _filler(node, dict(zip(map(id, tensors), read, strict=True)))
            shapes = tuple(tuple(tensor.shape) for tensor in node.outputs)
            self.steps.append(Step(path, inner, read, written, shapes, filler))
        numbers.update({id(tensor): key for tensor, key in zip(node.outputs, written, strict=True)})

    def _unique(self, path: str) -> str:
        count, found = 1, path
        while found in self._paths:
            count += 1
            found = f"{path}:{count}"
        self._paths.add(found)
        return found


def _branch_by_branch(functional: Any) -> list[Any]:
    """The nodes in an order of computing that finishes each branch before it begins the next.

    Keras's own order, by depth, mixes the layers of parallel branches.
    """
    nodes = [node for depth in functional._nodes_by_depth.values() for node in depth if not node.is_input]
    writer = {id(tensor): node for node in nodes for tensor in node.outputs}
    ordered: list[Any] = []
    done: set[int] = set()
    waiting = [writer[id(tensor)] for tensor in reversed(functional.outputs) if id(tensor) in writer]
    while waiting:
        node = waiting[-1]
        needed = [writer[id(tensor)] for tensor in node.input_tensors if id(tensor) in writer]
        missing = [before for before in needed if id(before) not in done]
        if missing and id(node) not in done:
            waiting += reversed(missing)
            continue
        waiting.pop()
        if id(node) not in done:
            done.add(id(node))
            ordered.append(node)
    return ordered


def _functional(model: Any) -> Any:
    """A Sequential keeps the functional model that it is built into."""
    import keras

    return model._functional if isinstance(model, keras.Sequential) else model


def _filler(node: Any, numbers: dict[int, int]) -> Callable[[dict[int, Any]], tuple[tuple[Any, ...], dict[str, Any]]]:
    def fill(values: dict[int, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        args, kwargs = node.arguments.fill_in({tensor: values[number] for tensor, number in numbers.items()})
        return args, dict(kwargs)

    return fill


def infer(operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The result of the layer or operation in inference.

    Args:
        operation: a Keras layer or operation.
        args: what it is called with, tensors among them.
        kwargs: the same by name; what only training needs is left out.
    """
    return operation(*args, **_in_inference(operation, kwargs))


def _infer_plain(operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """``infer`` without the checks and conversions around a layer's ``call``. They take half of the time of a large
    network's uncompiled pass, and a tenth of compiling it.
    """
    return operation.call(*args, **_in_inference(operation, kwargs))


def _in_inference(operation: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    import keras

    kind: Any = type(operation)
    if isinstance(operation, keras.Layer) and _takes_training(kind):
        return kwargs | {"training": False}
    return kwargs


@functools.cache
def _takes_training(kind: Any) -> bool:
    return "training" in inspect.signature(kind.call).parameters


def _is_plain(operation: Any) -> bool:
    """Whether calling it only runs its ``call``, if all numbers that it reads are float32."""
    from keras import layers

    kind = type(operation)
    if kind.__name__ not in PLAIN or getattr(layers, kind.__name__, None) is not kind:
        return False
    types = (operation.compute_dtype, operation.variable_dtype)
    return types == ("float32", "float32") and getattr(operation, "quantization_mode", None) is None


def _as_list(found: Any) -> list[Any]:
    import keras

    return list(keras.tree.flatten(found))
