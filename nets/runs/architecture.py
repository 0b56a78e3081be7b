"""A run keeps its network's Keras configuration, so that changing a builder never breaks an old run, and a transferred
network needs no entry in the zoo.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.errors import LensletError
from nets.files import write_text
from nets.json_files import read_json
from nets.network.card import Card
from nets.text import Text

if TYPE_CHECKING:
    import keras

FILE = "architecture.json"


def write_architecture(folder: Path, network: keras.Model) -> None:
    """Write the configuration of ``network``, without its weights. 16-bit precision is left out: it concerns only the
    training.
    """
    write_text(folder / FILE, network.to_json().replace('"mixed_bfloat16"', '"float32"'))


def has_architecture(folder: Path) -> bool:
    return (folder / FILE).exists()


def blank_network(folder: Path | None, card: Card) -> keras.Model:
    """The network of the run in ``folder``, with meaningless weights.

    Args:
        folder: of the run. Runs of earlier versions keep no configuration: their networks are built by the zoo, as
            without a folder.
        card: of the run.

    Raises:
        LensletError: the configuration is damaged, or holds what no network of this program has.
    """
    if folder is None or not has_architecture(folder):
        from nets.zoo import get

        return get(card.network).build(input_shape=card.input.shape, classes=len(card.labels))
    return _built(folder / FILE)


def _built(path: Path) -> keras.Model:
    import keras

    from nets.network.files.allowed import check_allowed
    from nets.network.files.build import build

    try:
        config = read_json(path)
    except (OSError, ValueError) as problem:
        raise LensletError(
            "{path} cannot be read: {problem}; the run cannot be opened", path=path, problem=problem
        ) from problem
    if not isinstance(config, dict):
        raise LensletError("{path} does not describe a network; the run cannot be opened", path=path)
    check_allowed(path, config)
    return build(path, config, keras.__version__, lambda network: None)


def difference(network: keras.Model, weights: Sequence[np.ndarray]) -> str:
    """The first layer of ``network`` that ``weights`` do not fit, with both shapes; "" if they fit all.

    Args:
        network: built.
        weights: in the order of ``get_weights``.
    """
    variables: list[Any] = network.weights
    for variable, array in zip(variables, weights, strict=False):
        expected = tuple(variable.shape)
        if expected != array.shape:
            return Text(
                "{path} has the shape {shape}, expected {expected}",
                path=variable.path,
                shape=_shape(array.shape),
                expected=_shape(expected),
            )
    if len(weights) < len(variables):
        missing = variables[len(weights)]
        return Text("{path} of the shape {shape} has no numbers", path=missing.path, shape=_shape(tuple(missing.shape)))
    if len(weights) > len(variables):
        return Text(
            "there are {weights} arrays, the network needs {variables}", weights=len(weights), variables=len(variables)
        )
    return ""


def _shape(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "a single number"
