"""The machine that computes: threads, memory, device, compiling. Asked here, not of TensorFlow."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import gc
import importlib.metadata
import logging
import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

_PACKAGES = ("tensorflow", "keras", "numpy", "PySide6-Essentials", "pyqtgraph", "scikit-learn", "pillow")
_configured = False
_threads: int | None = None


@dataclass(frozen=True)
class Device:
    """Where the arithmetic happens. ``mixed_precision_helps``: 16-bit products are faster there than 32-bit ones."""

    name: str
    detail: str
    mixed_precision_helps: bool


def configure(threads: int | None = None) -> None:
    """Sets threads and memory growth. To be called before the first computation; later calls change nothing.

    ``threads`` None takes every core this process may use.
    """
    global _configured, _threads
    if _configured:
        return
    _configured, _threads = True, threads
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    with _hushed(), _hidden("sklearn"), _uncollected():
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
    """Drops "5 out of the last 5 calls to <function> triggered tf.function retracing".

    TensorFlow counts by the lines of source that a function came from. Every training and every model that is opened
    compiles its own from the same lines, once, as it must: each has another network. So the count rises with every one
    of them in a session, and nothing is traced twice (``tests/nets/training/test_train.py`` counts).
    """
    return "triggered tf.function retracing" not in record.getMessage()


@contextlib.contextmanager
def _hushed() -> Iterator[None]:
    """Keeps from standard error what TensorFlow's libraries write while they are linked, before any setting counts.

    A command that fails is to say one line there. TF_CPP_MIN_LOG_LEVEL=0 (``--debug``) lets everything through.
    """
    if os.environ.get("TF_CPP_MIN_LOG_LEVEL") == "0":
        yield
        return
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


@contextlib.contextmanager
def _hidden(package: str) -> Iterator[None]:
    """Keeps ``package`` from being imported. Keras wraps scikit-learn where it finds it, and nothing here uses that.

    It is a quarter of the time that importing Keras takes (1.3 of 4.9 s) and 61 MB.
    """
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]  # what the import system takes for "not installed"
    try:
        yield
    finally:
        del sys.modules[package]


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage is looked for while modules load, and what they made is never looked at again.

    Half a million objects that stay anyway: it saves 0.8 of 4.4 s of importing, and every later full collection takes
    20 ms instead of 320, in which no thread can run and the window stands still.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def available_cores() -> int:
    """The cores this process may use, which can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@functools.cache
def device() -> Device:
    """The device that computes. Imports TensorFlow at the first call."""
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
    """``fn`` of tensors, run as a graph that is traced once for each set of shapes, or once for a ``signature``.

    xla: whether XLA compiles it: quicker for one image (0.9 ms against 2 to 3), slower for batches on a CPU.
    signature: for each argument the (shape, dtype) of its tensor, or a list or dict of them; None in a shape takes any
        size. The arguments must then fit it.
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


def _specs(signature: Any) -> Any:
    """``signature`` with a TensorSpec in the place of each (shape, dtype)."""
    import tensorflow as tf

    if isinstance(signature, list):
        return [_specs(part) for part in signature]
    if isinstance(signature, dict):
        return {name: _specs(part) for name, part in signature.items()}
    return tf.TensorSpec(*signature)


@contextlib.contextmanager
def blas() -> Iterator[None]:
    """Inside, NumPy's matrix products use the threads that ``configure`` was given; afterwards as many as before."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(_threads or available_cores(), "blas"):
        yield


def limit_blas(threads: int) -> None:
    """How many threads NumPy's matrix products use from now on.

    One for a single image: while others compute on the same cores, two wait for each other (p95 of an answer of
    ``pen`` by hand beside TensorFlow's import: 112 ms with two, 16 ms with one).
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(threads, "blas")


def release() -> None:
    """Collects what is garbage and gives its memory back to the system, which glibc does not do by itself.

    After a training that is 150 MB. Where there is no glibc it only collects.
    """
    gc.collect()
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that decide results, for cards and bug reports. Imports none of them."""
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
