"""Builds the network of a configuration, or says in plain words why it cannot be built."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nets.errors import LensletError
from nets.network.files.identify import ASK_FOR
from nets.network.files.parts import layers_of, name_of
from nets.text import Text

if TYPE_CHECKING:
    import keras


def build(path: Path, config: dict[str, Any], version: str, check: Callable[[keras.Model], None]) -> keras.Model:
    """The network that ``config`` describes, in safe mode, without the file's weights.

    Args:
        path: the file, for messages.
        config: as today's Keras writes it.
        version: of the Keras that wrote the file.
        check: is given the network before any of its variables takes memory, and may raise LensletError.

    Raises:
        LensletError: the network cannot be built, or ``check`` refused it.
    """
    # Keras keeps the variables that wait for values by thread; in a thread of its own they disappear with it.
    with ThreadPoolExecutor(1, thread_name_prefix="building a network") as executor:
        return executor.submit(_build, path, config, version, check).result()


def _build(path: Path, config: dict[str, Any], version: str, check: Callable[[keras.Model], None]) -> keras.Model:
    import keras

    network: Any = None
    scope = keras.StatelessScope()  # inside, variables have a shape and take no memory
    try:
        with scope:
            try:
                network = keras.saving.deserialize_keras_object(copy.deepcopy(config), safe_mode=True)
                if isinstance(network, keras.Model):
                    check(network)
                    _begin_with_zeros(network)
                    _roll_up(network)
            except BaseException:
                scope.initialize_variables = False
                raise
    except LensletError:
        raise
    except Exception as problem:  # Keras may raise anything for the unknown part of the file
        raise LensletError(_why(path, problem, version, config)) from problem
    if not isinstance(network, keras.Model):
        raise LensletError(
            "{file} holds a {kind}, not a model; {ask}", file=path.name, kind=type(network).__name__, ask=ASK_FOR
        )
    return network


def _begin_with_zeros(network: keras.Model) -> None:
    """Kernels start with zeros, because they are replaced by the file's values. Random ones would take 2 s for VGG-16,
    and twice its memory for a moment.
    """
    from keras import initializers

    for variable in network.variables:
        if variable.dtype == "float32" and len(variable.shape) > 1 and variable.constraint is None:
            variable._initializer = initializers.Zeros()


def _roll_up(network: keras.Model) -> None:
    """Recurrent layers compute their steps in a loop, which gives the same numbers.

    Written out, 50,000 steps are a graph of a million operations, which takes hours and gigabytes to compile.
    """
    for layer in network._flatten_layers():
        if getattr(layer, "unroll", False):
            layer.unroll = False


def newer(path: Path, version: str) -> str:
    """The sentence about a file that a newer Keras wrote."""
    import keras

    return Text(
        "{file} was saved by Keras {version}, and this is Keras {installed}; update with pip install --upgrade keras, "
        "or save the model with Keras {installed}",
        file=path.name,
        version=version,
        installed=keras.__version__,
    )


def numbers(version: str) -> tuple[int, ...]:
    """(major, minor, patch) of a version, zeros for missing parts."""
    parts = [int(("0" + "".join(c for c in part if c in "0123456789"))[:9]) for part in version.split(".")[:3]]
    return tuple(parts + [0] * (3 - len(parts)))


def _why(path: Path, problem: Exception, version: str, config: dict[str, Any]) -> str:
    """The reason in plain words, because Keras's own messages speak of Python."""
    import keras

    text = " ".join(str(problem).split())
    if numbers(version) > numbers(keras.__version__):
        return newer(path, version)
    if isinstance(problem, MemoryError) or type(problem).__name__ == "ResourceExhaustedError":  # TensorFlow's own
        return Text("{file} does not fit into memory; close other programs or take a smaller model", file=path.name)
    if isinstance(problem, RecursionError):
        return Text("{file} has models inside each other without end; it is damaged", file=path.name)
    missing = re.search(r"(?:Could not locate (?:class|function)|Unknown layer:?) '([^']+)'", text)
    if missing:
        return Text(
            "{file} uses {missing!r}, which is not Keras's own, and its code is not in the file; rebuild the model "
            "from Keras's layers and save it again",
            file=path.name,
            missing=missing[1],
        )
    unknown = re.search(r"Could not deserialize '(keras\.[^']+)'", text)
    if unknown:
        return Text(
            "{file} uses {unknown}, which Keras {installed} does not have; update with pip install --upgrade keras",
            file=path.name,
            unknown=unknown[1],
            installed=keras.__version__,
        )
    if "loops or disconnected" in text:
        return Text(
            "{file} is damaged: its layers form a circle, or some are connected to nothing; export it again",
            file=path.name,
        )
    wrong = _layer_that_fails(config)
    if wrong:
        return Text(
            "{file} cannot be opened: Keras {installed} does not understand the settings of its layer {wrong}; build "
            "the model again with this Keras and load its weights",
            file=path.name,
            installed=keras.__version__,
            wrong=wrong,
        )
    named = re.search(r"""layer ["'`]?([^\s"'`]{1,60})["'`]?""", text)
    place = f" at its layer {named[1]!r}" if named and named[1] in map(name_of, layers_of(config)) else ""
    return Text(
        "{file} cannot be opened: its layers do not fit together{place}; it is damaged, or was changed by hand",
        file=path.name,
        place=place,
    )


def _layer_that_fails(config: dict[str, Any]) -> str:
    """ "'conv1' (Conv2D)": the first layer that cannot be made from its settings; "" if all can."""
    import keras

    for layer in layers_of(config):
        try:
            keras.saving.deserialize_keras_object(copy.deepcopy(layer), safe_mode=True)
        except Exception:  # any exception identifies the layer
            return f"{name_of(layer)!r} ({layer.get('class_name')})"
    return ""
