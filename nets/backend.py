"""The computing library behind Keras: threads, memory, device, compiled functions and gradients.

The rest of ``nets`` asks this module instead of TensorFlow, so that another backend of Keras needs changes in few
places only.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import gc
import importlib.metadata
import logging
import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from nets.imports import gc_paused, import_blocked, stderr_silenced

_PACKAGES = ("tensorflow", "keras", "numpy", "PySide6-Essentials", "pyqtgraph", "scikit-learn", "pillow")
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


def configure(threads: int | None = None) -> None:
    """Imports TensorFlow and sets its threads and memory growth. Only the first call has an effect.

    Must be called before the first computation, because TensorFlow cannot change its threads afterwards.

    Args:
        threads: Threads for one operation and between operations. None: one for each core this process may use.
    """
    global _configured, _threads
    if _configured:
        return
    _configured, _threads = True, threads
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    with stderr_silenced(), import_blocked("sklearn"), gc_paused():
        import tensorflow as tf

        gpus = tf.config.list_physical_devices("GPU")
    if os.environ["TF_CPP_MIN_LOG_LEVEL"] != "0":
        logging.getLogger("tensorflow").addFilter(_is_no_retracing)
    count = threads or available_cores()
    try:
        tf.config.threading.set_intra_op_parallelism_threads(count)
        tf.config.threading.set_inter_op_parallelism_threads(count)
        for gpu in gpus:
            tf.config.experimental.set_memory_growth(gpu, True)
    except RuntimeError:
        # Somebody computed before: TensorFlow keeps the threads it started with.
        return


def _is_no_retracing(record: logging.LogRecord) -> bool:
    """Logging filter: False for "5 out of the last 5 calls to <function> triggered tf.function retracing".

    TensorFlow counts traces by source line. Every training and every opened model compiles its own function from the
    same lines, so the count grows although nothing is traced twice (``tests/nets/training/test_train.py`` checks).
    """
    return "triggered tf.function retracing" not in record.getMessage()


def available_cores() -> int:
    """Number of cores this process may use, which can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@functools.cache
def device() -> Device:
    """The device that computes. The first call imports TensorFlow."""
    configure()
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        details = tf.config.experimental.get_device_details(gpus[0])
        capability = details.get("compute_capability", (0, 0))
        return Device("GPU", details.get("device_name", "GPU"), mixed_precision_helps=capability >= (7, 0))
    threads = tf.config.threading.get_intra_op_parallelism_threads() or available_cores()
    return Device("CPU", f"{threads} thread{'s' if threads > 1 else ''}", mixed_precision_helps=False)


def compile(fn: Callable[..., Any], *, xla: bool = False, signature: list[Any] | None = None) -> Callable[..., Any]:
    """Compile a function of tensors into a graph.

    Args:
        fn: The function. It is traced once for each combination of shapes and dtypes, or once for a ``signature``.
        xla: Whether XLA compiles the graph: faster for one image (0.9 ms against 2 to 3), slower for batches on a CPU.
        signature: The (shape, dtype) of each argument, or a list or dict of them. None in a shape stands for any size.
            Arguments that do not fit are refused.

    Returns:
        A function with the same arguments and results.
    """
    import tensorflow as tf

    specs = None if signature is None else _specs(signature)
    return tf.function(fn, input_signature=specs, jit_compile=xla or None, autograph=False)


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

    Raises:
        RuntimeError: It is called outside of one, where the gradient would be eager; see ``gradient``.
    """
    import tensorflow as tf

    if tf.executing_eagerly():
        raise RuntimeError("an eager gradient can corrupt memory; use nets.backend.gradient, which compiles")
    with tf.GradientTape() as tape:
        tape.watch(x)
        result = fn(x, *rest)
        value = result[0] if isinstance(result, tuple) else result
    return result, tape.gradient(value, x, unconnected_gradients=tf.UnconnectedGradients.ZERO)


def numbers_of(variable: Any) -> Any:
    """A Keras variable as a NumPy array without copying it; later assignments leave the array as it is.

    For reading alone: ``variable.numpy()`` of 400 MB takes a second, in which the window would stand still.
    """
    import numpy as np

    value = variable.value
    return np.asarray(value.value() if hasattr(value, "value") else value)


def _specs(signature: Any) -> Any:
    """``signature`` with each (shape, dtype) replaced by a TensorSpec."""
    import tensorflow as tf

    if isinstance(signature, list):
        return [_specs(part) for part in signature]
    if isinstance(signature, dict):
        return {name: _specs(part) for name, part in signature.items()}
    return tf.TensorSpec(*signature)


@contextlib.contextmanager
def blas() -> Iterator[None]:
    """Inside the block, NumPy's matrix products use as many threads as ``configure`` was given."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(_threads or available_cores(), "blas"):
        yield


def limit_blas(threads: int) -> None:
    """Set the number of threads of NumPy's matrix products.

    One is best for a single image: while other threads are busy, two wait for each other (p95 of an answer of ``pen``
    computed in NumPy during TensorFlow's import: 112 ms with two threads, 16 ms with one).
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(threads, "blas")


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


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that influence results, for cards and bug reports. Imports none."""
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
