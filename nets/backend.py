"""The computing library behind Keras: threads, memory, device, compiled functions and gradients.

The rest of ``nets`` asks this module instead of TensorFlow, JAX or PyTorch. TensorFlow is the usual one; the variable
KERAS_BACKEND of the environment names another before anything was computed.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import gc
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from nets.errors import UsageError
from nets.imports import gc_paused, import_blocked, stderr_silenced

_configured = False
_threads: int | None = None


@dataclass(frozen=True)
class Device:
    """The device that computes.

    name: "CPU" or "GPU".
    detail: The number of threads, or the name of the graphics card.
    mixed_precision_helps: Whether 16-bit products are faster there than 32-bit ones.
    """

    name: str
    detail: str
    mixed_precision_helps: bool


def name() -> str:
    """Which library computes: "tensorflow", "jax" or "torch". Imports none.

    Raises:
        UsageError: KERAS_BACKEND names another one.
    """
    found = os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    if found not in _LIBRARIES:
        raise UsageError(
            "KERAS_BACKEND is {found!r}; expected one of {known}, or remove the variable",
            found=found,
            known=", ".join(_LIBRARIES),
        )
    return found


def configure(threads: int | None = None) -> None:
    """Imports the library that computes and sets its threads and memory growth. Only the first call has an effect.

    Must be called before the first computation, because TensorFlow cannot change its threads afterwards.

    Args:
        threads: Threads for one operation and between operations. None: one for each core this process may use.
    """
    global _configured, _threads
    if _configured:
        return
    library = _library()
    _configured, _threads = True, threads
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    library.load(threads or available_cores())


def start_threads() -> None:
    """Start the computing threads from the calling thread, whose priority they inherit on Linux.

    Otherwise TensorFlow starts them with its first computation, and XLA those that compile with its first function.
    """
    configure()
    _library().start_threads()


def _is_no_retracing(record: logging.LogRecord) -> bool:
    """Logging filter: False for "5 out of the last 5 calls to <function> triggered tf.function retracing".

    TensorFlow counts traces by source line. Every training and every opened model compiles its own function from the
    same lines, so the count grows although nothing is traced twice (``tests/nets/training/test_train.py`` checks).
    """
    return "triggered tf.function retracing" not in record.getMessage()


def thread_count() -> int:
    """Number of threads that ``configure`` was given; by default one for each core this process may use."""
    return _threads or available_cores()


def available_cores() -> int:
    """Number of cores this process may use, which can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@functools.cache
def device() -> Device:
    """The device that computes. The first call imports the library."""
    configure()
    return _library().device()


def compile(fn: Callable[..., Any], *, xla: bool = False, signature: list[Any] | None = None) -> Callable[..., Any]:
    """Compile a function of tensors into a graph.

    The function may read Keras's variables, which have their values of each call, and assign to them.

    Args:
        fn: The function. It is traced once for each combination of shapes and dtypes, or once for a ``signature``.
            PyTorch computes it as it is written.
        xla: Whether XLA compiles the graph of TensorFlow: faster for one image (0.9 ms against 2 to 3), slower for
            batches on a CPU.
        signature: The (shape, dtype) of each argument, or a list or dict of them. None in a shape stands for any size.
            TensorFlow refuses arguments that do not fit.

    Returns:
        A function with the same arguments and results.
    """
    return _library().compile(fn, xla, signature)


def compiles_each_shape() -> bool:
    """Whether a function is compiled again for a batch of another size: JAX does so, TensorFlow's graphs take any."""
    return name() == "jax"


def gradient(fn: Callable[..., Any], *, xla: bool = False, signature: list[Any] | None = None) -> Callable[..., Any]:
    """``fn`` together with its gradient, compiled.

    Every gradient of the program is taken by this function or, inside a function that is compiled already, by
    ``value_and_gradient``: a gradient that TensorFlow computes eagerly computes more than was asked for, and one of
    those extras (the kernel's gradient of a strided 1 x 1 convolution) corrupts the heap on processors with AVX-512
    or AMX and kills the process.

    Args:
        fn: From tensors to a scalar, or to a tuple that begins with the scalar. It is differentiated with respect to
            its first argument, which may be one tensor or a list of tensors.
        xla: As for ``compile``.
        signature: As for ``compile``; for all arguments of ``fn``.

    Returns:
        A function of the same arguments. It returns what ``fn`` returns, and the gradient of the scalar in the form of
        the first argument; zeros where the scalar does not depend on it.
    """
    return compile(lambda x, *rest: value_and_gradient(fn, x, *rest), xla=xla, signature=signature)


def value_and_gradient(fn: Callable[..., Any], x: Any, *rest: Any) -> tuple[Any, Any]:
    """``fn(x, *rest)`` and its gradient with respect to ``x``, inside a function that is being compiled.

    Args:
        fn: as for ``gradient``.
        x: one tensor or a list of tensors.
        *rest: the other arguments of ``fn``.

    Returns:
        What ``fn`` returns, and the gradient of its scalar in the form of ``x``.

    Raises:
        RuntimeError: It is called outside of one, where the gradient of TensorFlow would be eager; see ``gradient``.
    """
    return _library().value_and_gradient(fn, x, *rest)


def numbers_of(variable: Any) -> Any:
    """A Keras variable as a NumPy array, without a copy if possible; later assignments do not change it.

    For reading only: ``variable.numpy()`` of 400 MB takes a second, during which the window would stand still.
    """
    return _library().numbers_of(variable)


def to_array(tensor: Any) -> Any:
    """The result of a compiled function as a NumPy array, wherever the tensor is; for reading only."""
    return _library().to_array(tensor)


def fix_random(seed: int, step: int) -> None:
    """Seed the random numbers of a training step by these two alone, so that resuming is exact.

    TensorFlow and JAX keep the state of dropout in the network's variables; PyTorch's dropout has no state.
    """
    _library().fix_random(seed, step)


class _Library(Protocol):
    """The differences between the libraries; the module's functions describe each method."""

    def load(self, threads: int) -> None: ...
    def start_threads(self) -> None: ...
    def device(self) -> Device: ...
    def compile(self, fn: Callable[..., Any], xla: bool, signature: list[Any] | None) -> Callable[..., Any]: ...
    def value_and_gradient(self, fn: Callable[..., Any], x: Any, *rest: Any) -> tuple[Any, Any]: ...
    def numbers_of(self, variable: Any) -> Any: ...
    def to_array(self, tensor: Any) -> Any: ...
    def fix_random(self, seed: int, step: int) -> None: ...


class _TensorFlow:
    def load(self, threads: int) -> None:
        # oneDNN's own allocator never returns freed memory: for VGG-16, read from a file, that would be 440 MB.
        os.environ.setdefault("TF_ONEDNN_USE_SYSTEM_ALLOCATOR", "1")
        with stderr_silenced(), import_blocked("sklearn"), gc_paused():
            import tensorflow as tf

            gpus = tf.config.list_physical_devices("GPU")
        _avoid_wrong_fusions()
        if os.environ["TF_CPP_MIN_LOG_LEVEL"] != "0":
            logging.getLogger("tensorflow").addFilter(_is_no_retracing)
        try:
            tf.config.threading.set_intra_op_parallelism_threads(threads)
            tf.config.threading.set_inter_op_parallelism_threads(threads)
            for gpu in gpus:
                tf.config.experimental.set_memory_growth(gpu, True)
        except RuntimeError:
            # The library has computed before: TensorFlow keeps the threads it started with.
            return

    def start_threads(self) -> None:
        import tensorflow as tf

        tf.config.list_logical_devices()
        tf.function(lambda x: x + 1, jit_compile=True, autograph=False)(tf.zeros(()))  # for XLA: 0.07 s

    def device(self) -> Device:
        import tensorflow as tf

        gpus = tf.config.list_physical_devices("GPU")
        if gpus:
            details = tf.config.experimental.get_device_details(gpus[0])
            capability = details.get("compute_capability", (0, 0))
            return Device("GPU", details.get("device_name", "GPU"), mixed_precision_helps=capability >= (7, 0))
        return _cpu(tf.config.threading.get_intra_op_parallelism_threads() or available_cores())

    def compile(self, fn: Callable[..., Any], xla: bool, signature: list[Any] | None) -> Callable[..., Any]:
        import tensorflow as tf

        _avoid_wrong_fusions()
        specs = None if signature is None else _specs(signature)
        return tf.function(fn, input_signature=specs, jit_compile=xla or None, autograph=False)

    def value_and_gradient(self, fn: Callable[..., Any], x: Any, *rest: Any) -> tuple[Any, Any]:
        import tensorflow as tf

        if tf.executing_eagerly():
            raise RuntimeError("an eager gradient can corrupt memory; use nets.backend.gradient, which compiles")
        with tf.GradientTape() as tape:
            tape.watch(x)
            result = fn(x, *rest)
            value = result[0] if isinstance(result, tuple) else result
        return result, tape.gradient(value, x, unconnected_gradients=tf.UnconnectedGradients.ZERO)

    def numbers_of(self, variable: Any) -> Any:
        import numpy as np

        value = variable.value
        return np.asarray(value.value() if hasattr(value, "value") else value)

    def to_array(self, tensor: Any) -> Any:
        import numpy as np

        return np.asarray(tensor)

    def fix_random(self, seed: int, step: int) -> None:
        """Nothing to do."""


@functools.cache
def _avoid_wrong_fusions() -> None:
    """Compute leaky ReLU and softplus from other operations than TensorFlow's own, also inside Keras.

    On a CPU TensorFlow 2.21 replaces a convolution, its bias, an addition and the activation behind it by one
    operation. For a leaky ReLU it forgets the slope and takes 0.2: a residual network with a slope of 0.1 gave
    probabilities that were off by 0.02. For Mish, x * tanh(softplus(x)), it has no such operation and refuses to
    compute.
    """
    import tensorflow as tf

    def leaky_relu(features: Any, alpha: float = 0.2, name: str | None = None) -> Any:
        return tf.where(features > 0, features, alpha * features, name=name)

    @tf.custom_gradient
    def softplus_and_slope(features: Any) -> Any:
        value = tf.nn.relu(features) + tf.math.log1p(tf.exp(-tf.abs(features)))
        return value, lambda arriving: arriving * tf.sigmoid(features)

    def softplus(features: Any, name: str | None = None) -> Any:
        return softplus_and_slope(features)

    tf.nn.leaky_relu = leaky_relu
    tf.math.softplus = tf.nn.softplus = softplus


class _Jax:
    """JAX, which compiles pure functions: Keras's variables are arguments and results of what it compiles."""

    def load(self, threads: int) -> None:
        # Use memory as needed: by default JAX takes three quarters of a graphics card when it starts.
        os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
        with stderr_silenced(), import_blocked("sklearn"), gc_paused():
            import jax

            jax.devices()

    def start_threads(self) -> None:
        import jax

        jax.devices()

    def device(self) -> Device:
        import jax

        (found, *_) = jax.devices()
        if found.platform == "cpu":
            return _cpu(available_cores())  # XLA uses all of them, whatever was requested
        return Device("GPU", found.device_kind, mixed_precision_helps=True)

    def compile(self, fn: Callable[..., Any], xla: bool, signature: list[Any] | None) -> Callable[..., Any]:
        return _JaxFunction(fn)

    def value_and_gradient(self, fn: Callable[..., Any], x: Any, *rest: Any) -> tuple[Any, Any]:
        import jax

        def with_the_value_first(x: Any) -> tuple[Any, Any]:
            result = fn(x, *rest)
            return (result[0] if isinstance(result, tuple) else result), result

        (_, result), slope = jax.value_and_grad(with_the_value_first, has_aux=True)(x)
        return result, slope

    def numbers_of(self, variable: Any) -> Any:
        return self.to_array(variable.value)

    def to_array(self, tensor: Any) -> Any:
        import numpy as np

        return np.asarray(tensor)

    def fix_random(self, seed: int, step: int) -> None:
        """Nothing to do."""


class _JaxFunction:
    """A function of arrays and of the Keras variables that it reads, compiled for each shape of its arguments.

    JAX would treat the variables' present values as constants. So the first call with new shapes traces the function to
    see which variables it reads and which it assigns; from then on the values of the former are passed in, and the new
    values of the latter are returned and assigned.
    """

    def __init__(self, fn: Callable[..., Any]) -> None:
        self._fn = fn
        self._compiled: dict[Any, tuple[list[Any], list[Any], Callable[..., Any]]] = {}

    def __call__(self, *args: Any) -> Any:
        import jax
        import numpy as np

        leaves, form = jax.tree.flatten(args)
        key = form, tuple((np.shape(leaf), getattr(leaf, "dtype", type(leaf))) for leaf in leaves)
        if key not in self._compiled:
            self._compiled[key] = self._trace(args)
        read, assigned, compiled = self._compiled[key]
        result, values = compiled([variable.value for variable in read], args)
        for variable, value in zip(assigned, values, strict=True):
            variable.assign(value)
        return result

    def _trace(self, args: tuple[Any, ...]) -> tuple[list[Any], list[Any], Callable[..., Any]]:
        """The variables read, those assigned, and the compiled function (values of the first, args) -> results."""
        import jax
        import keras

        read: dict[int, Any] = {}
        assigned: dict[int, Any] = {}

        class Watched(keras.StatelessScope):
            def get_current_value(self, variable: Any) -> Any:
                if id(variable) not in assigned:
                    read[id(variable)] = variable
                return super().get_current_value(variable)

            def add_update(self, update: tuple[Any, Any]) -> None:
                assigned[id(update[0])] = update[0]
                super().add_update(update)

        def watched(*args: Any) -> Any:
            with Watched():
                return self._fn(*args)

        jax.eval_shape(watched, *args)
        inputs, outputs = list(read.values()), list(assigned.values())

        def pure(values: list[Any], args: tuple[Any, ...]) -> tuple[Any, list[Any]]:
            with keras.StatelessScope(list(zip(inputs, values, strict=True))) as scope:
                result = self._fn(*args)
                return result, [scope.get_current_value(variable) for variable in outputs]

        return inputs, outputs, jax.jit(pure)


class _Torch:
    """PyTorch, which computes the function as it is written. The results of a compiled function have no history."""

    def load(self, threads: int) -> None:
        with stderr_silenced(), import_blocked("sklearn"), gc_paused():
            import torch
        torch.set_num_threads(threads)

    def start_threads(self) -> None:
        pass  # only before PyTorch's first computation

    def device(self) -> Device:
        import torch

        if torch.cuda.is_available():
            helps = torch.cuda.get_device_capability() >= (7, 0)
            return Device("GPU", torch.cuda.get_device_name(), mixed_precision_helps=helps)
        return _cpu(torch.get_num_threads())

    def compile(self, fn: Callable[..., Any], xla: bool, signature: list[Any] | None) -> Callable[..., Any]:
        def run(*args: Any) -> Any:
            import keras
            import torch

            tensors = keras.tree.map_structure(keras.ops.convert_to_tensor, args)
            with torch.no_grad():
                return fn(*tensors)

        return run

    def value_and_gradient(self, fn: Callable[..., Any], x: Any, *rest: Any) -> tuple[Any, Any]:
        import keras
        import torch

        parts = x if isinstance(x, list) else [x]
        leaves = [part.detach().requires_grad_() for part in parts]
        with torch.enable_grad():
            result = fn(leaves if isinstance(x, list) else leaves[0], *rest)
            value = result[0] if isinstance(result, tuple) else result
            if value.requires_grad:
                found = list(torch.autograd.grad(value, leaves, allow_unused=True, materialize_grads=True))
            else:  # it depends on nothing that could be differentiated
                found = [torch.zeros_like(leaf) for leaf in leaves]
        result = keras.tree.map_structure(lambda each: each.detach() if torch.is_tensor(each) else each, result)
        return result, found if isinstance(x, list) else found[0]

    def numbers_of(self, variable: Any) -> Any:
        return self.to_array(variable.value).copy()  # PyTorch assigns in place

    def to_array(self, tensor: Any) -> Any:
        import torch

        values = tensor.detach().cpu() if torch.is_tensor(tensor) else torch.as_tensor(tensor)
        return (values.float() if values.dtype == torch.bfloat16 else values).numpy()

    def fix_random(self, seed: int, step: int) -> None:
        import torch

        torch.manual_seed(seed * 2**32 + step)


_LIBRARIES: dict[str, type[_Library]] = {"tensorflow": _TensorFlow, "jax": _Jax, "torch": _Torch}


@functools.cache
def _library() -> _Library:
    return _LIBRARIES[name()]()


def _cpu(threads: int) -> Device:
    return Device("CPU", f"{threads} thread{'s' if threads > 1 else ''}", mixed_precision_helps=False)


def _specs(signature: Any) -> Any:
    """``signature`` with each (shape, dtype) replaced by a TensorSpec."""
    import tensorflow as tf

    if isinstance(signature, list):
        return [_specs(part) for part in signature]
    if isinstance(signature, dict):
        return {name: _specs(part) for name, part in signature.items()}
    return tf.TensorSpec(*signature)


def release() -> None:
    """Collect garbage and return freed memory to the system; after a training that is 150 MB.

    Nothing is collected while the automatic collection is off: the window turns it off, because a thread that collects
    would destroy the window's objects in the wrong thread (``gui.threads.garbage``).
    """
    if gc.isenabled():
        gc.collect()
    trim_memory()


def trim_memory() -> None:
    """Return freed memory to the system, which glibc does not do by itself. Without glibc it does nothing."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
