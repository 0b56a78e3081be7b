"""Opening a stranger's model file, or saying why it cannot be opened and what to do about it.

The stages: what kind of file it is (``identify``); its configuration and weights as plain values, HDF5 being read by a
child process (``contents``, ``hdf5``); a check that nothing in it would run code or read other files (``allowed``); its
configuration as today's Keras writes it (``rewriting``, ``names``); the network, built once its size is known
(``build``, ``limits``); and its weights (``assign``). Keras never sees the file itself, and safe mode stays on.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nets.errors import LensletError
from nets.network.files.stored_loss import loss_of
from nets.text import Text

if TYPE_CHECKING:
    import keras

# What code that reads a configuration raises for JSON of unexpected types or depth.
UNREADABLE = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError)

__all__ = ["ReadModel", "read_model", "read_network", "read_own_network"]


def read_own_network(path: Path) -> keras.Model:
    """The model of a ``.keras`` file that came with the program, not compiled. Fast, because nothing is checked."""
    import keras

    network = keras.saving.load_model(path, compile=False, safe_mode=True)
    assert isinstance(network, keras.Model)
    return network


def read_network(path: Path) -> tuple[keras.Model, tuple[str, ...]]:
    """The network of a file and notes for the person, as ``read_model`` gives them."""
    found = read_model(path)
    return found.network, found.notes


@dataclass(frozen=True, eq=False)
class ReadModel:
    """network: not compiled. notes: sentences for the person. loss: the name of its training loss, or ""."""

    network: keras.Model
    notes: tuple[str, ...]
    loss: str


def read_model(path: Path) -> ReadModel:
    """The model of a ``.keras`` or whole-model ``.h5`` file, or of weights beside their architecture.

    Raises:
        LensletError: the file holds no model that can be opened; the message says why and what to do.
        UsageError: there is no such file.
    """
    from nets.network.files import allowed, assign, build, contents, limits, names, parts, rewriting

    found = contents.read_contents(path)
    stored = sum(array.size for array in found.weights.values())

    def check(network: keras.Model) -> None:
        limits.check_weights(path.name, network, stored)
        limits.check_pass(path.name, network)

    with warnings.catch_warnings():  # Keras's own warnings about how a model should have been made
        warnings.simplefilter("ignore")
        try:
            config = parts.without_training(found.config)
            allowed.check_allowed(path, config)
            notes = _compare_versions(path, found.version)
            rewritten = rewriting.rewrite(config, old=build.numbers(found.version)[0] < 3)
            renamed = names.replace_names(rewritten.config)
            network = build.build(path, rewritten.config, found.version, check)
            assign.assign_weights(network, found, renamed)
        except rewriting.Unknown as problem:
            raise LensletError(
                "{file} has {problem}; build the model again from the layers of Keras 3, load its weights and save it "
                "with model.save('name.keras')",
                file=path.name,
                problem=problem,
            ) from problem
        except assign.Mismatch as problem:
            if found.architecture:
                raise LensletError(
                    "{file} and {architecture} do not belong together: the model {problem}",
                    file=path.name,
                    architecture=found.architecture,
                    problem=problem,
                ) from problem
            raise LensletError(
                "{file} is damaged: it {problem}; export it again", file=path.name, problem=problem
            ) from problem
        except MemoryError as problem:
            raise LensletError(
                "{file} does not fit into memory; close other programs or take a smaller model", file=path.name
            ) from problem
        except UNREADABLE as problem:
            raise LensletError(
                "{file} is damaged: its description cannot be read; export it again", file=path.name
            ) from problem
    if found.architecture:
        notes = (*notes, Text("Its architecture is {file}.", file=found.architecture))
    told = names.note(renamed)
    notes = (*notes, *rewritten.notes, *([told] if told else []))
    return ReadModel(network, notes, loss_of(found.training))


def _compare_versions(path: Path, version: str) -> tuple[str, ...]:
    import keras

    from nets.network.files.build import newer, numbers

    if numbers(version) <= numbers(keras.__version__):
        return ()
    if numbers(version)[0] > numbers(keras.__version__)[0]:
        raise LensletError(newer(path, version))
    words = Text(
        "Saved by Keras {version}, newer than this {installed}; if something looks wrong, update Keras.",
        version=version,
        installed=keras.__version__,
    )
    return (words,)
