"""Compiled functions that are called again and again with arrays of the same shapes, without the overhead of a call.

At every call TensorFlow checks in Python whether it has traced the function for such arguments: shapes, types and
nesting. For one picture of 28 x 28 that takes as long as a small network itself. Callers with constant shapes need that
check only once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from nets import backend


class DirectCall:
    """A function that ``nets.backend`` compiled, for arrays or tensors of the shapes of its first call.

    A list among the arguments is a list of tensors. A function with a signature takes whatever fits that.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._call: Callable[..., Any] | None = None
        self._shapes: list[Any] | None = None

    def __call__(self, *arrays: Any) -> Any:
        tensors = [_tensors(each) for each in arrays]
        if self._call is None:
            self._call, self._shapes = _direct(self._function, tensors)
        if self._shapes is not None and self._shapes != (found := _shapes_of(tensors)):
            raise ValueError(f"expected arrays of the shapes {self._shapes}, found {found}")
        return self._call(*tensors)


def _tensors(array: Any) -> Any:
    """Tensors unchanged; NumPy's arrays converted by the library's own function, because Keras's takes four times as
    long.
    """
    if not isinstance(array, np.ndarray):
        return array
    if array.dtype == np.float64:
        array = array.astype(np.float32)
    if backend.name() == "tensorflow":
        import tensorflow as tf

        return tf.constant(array)
    from keras import ops

    return ops.convert_to_tensor(array)


def _shapes_of(tensors: list[Any]) -> list[Any]:
    return [_shapes_of(each) if isinstance(each, list) else each.shape for each in tensors]


def _direct(function: Callable[..., Any], tensors: list[Any]) -> tuple[Callable[..., Any], list[Any] | None]:
    """The concrete function for such tensors, and the shapes that it requires; None: any."""
    if backend.name() != "tensorflow":
        return function, None
    import tensorflow as tf

    if function.input_signature is None:  # type: ignore[attr-defined]
        specs = tf.nest.map_structure(lambda each: tf.TensorSpec(each.shape, each.dtype), tensors)
        concrete, shapes = function.get_concrete_function(*specs), _shapes_of(tensors)  # type: ignore[attr-defined]
    else:
        concrete, shapes = function.get_concrete_function(), None  # type: ignore[attr-defined]
    inner = getattr(getattr(concrete, "_inference_function", None), "call_flat", None)
    if inner is None:  # a name that TensorFlow does not guarantee: another version may lack it
        return concrete, shapes
    captured = list(concrete.captured_inputs)  # handles of the network's variables, which are read at each call
    form = concrete.structured_outputs

    def call(*given: Any) -> Any:
        flat = [part for each in given for part in (each if isinstance(each, list) else (each,))]
        return _formed(form, iter(inner(*flat, *captured)))

    return call, shapes


def _formed(form: Any, flat: Iterator[Any]) -> Any:
    """The flat results in the nesting of ``form``, dictionaries in the order of their keys."""
    if isinstance(form, tuple | list):
        return tuple(_formed(part, flat) for part in form)
    if isinstance(form, dict):
        return {key: _formed(form[key], flat) for key in sorted(form)}
    return next(flat)
