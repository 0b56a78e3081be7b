"""Puts the weights of a file into the network that was built from its configuration."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.errors import LensletError
from nets.network.files.contents import Contents

if TYPE_CHECKING:
    import keras


class Mismatch(LensletError):
    """The weights do not belong to the network. The message is the rest of a sentence that begins with the
    file's name.
    """


def assign_weights(network: keras.Model, contents: Contents, renamed: dict[str, str]) -> None:
    """Gives every variable of ``network`` its value.

    Args:
        network: built from the file's configuration.
        contents: the file's weights.
        renamed: layers' names as they were in the file, by the names that they have in the network.

    Raises:
        Mismatch: a variable has no value in the file, or one of another shape.
    """
    if contents.layers is None:
        _assign_by_path(network, contents.weights)
    else:
        _assign_by_layer(network, contents, contents.layers, renamed)


# --- whole-model .h5: layers in order, each with a list of names ----------------------------------------------------


def _assign_by_layer(
    network: keras.Model,
    contents: Contents,
    stored: Sequence[tuple[str, tuple[str, ...]]],
    renamed: dict[str, str],
) -> None:
    wanted = {renamed.get(layer.name, layer.name): layer for layer in network.layers if _variables(layer)}
    found = {name: paths for name, paths in stored if paths}
    if not set(wanted) <= set(found):
        if len(wanted) != len(found):
            for (name, layer), paths in zip(wanted.items(), found.values(), strict=False):  # up to the first difference
                _values(name, layer, paths, contents, renamed)
            raise Mismatch(
                "describes {wanted} layers with weights and holds those of {found}",
                wanted=len(wanted),
                found=len(found),
            )
        found = dict(zip(wanted, found.values(), strict=True))
    for name, layer in wanted.items():
        for variable, value in _values(name, layer, found[name], contents, renamed):
            variable.assign(value)
        for part in _layers(layer):
            if hasattr(part, "finalize_state"):
                part.finalize_state()


def _values(
    name: str, layer: Any, paths: Sequence[str], contents: Contents, renamed: dict[str, str]
) -> list[tuple[Any, np.ndarray]]:
    """Each variable of a layer with its value from the file.

    Raises:
        Mismatch: A value has another shape.
    """
    owners = {id(variable): owner for owner, variable in _owned(layer)}
    made = []
    for variable, path in _pairs(name, layer, paths, renamed):
        value = _as_today(contents.weights[path], variable, owners.get(id(variable)), contents)
        if tuple(value.shape) != tuple(variable.shape):
            raise Mismatch(
                "holds {found} numbers as {variable} of its layer {layer!r}, which needs {expected}",
                found=_times(value.shape),
                variable=variable.name,
                layer=name,
                expected=_times(variable.shape),
            )
        made.append((variable, value))
    return made


def _pairs(name: str, layer: Any, paths: Sequence[str], renamed: dict[str, str]) -> list[tuple[Any, str]]:
    """(variable, path of its array) of one layer or nested model.

    Names decide if they are unambiguous: a frozen model has another order in the file, and Keras 1 used other names.
    """
    variables = _variables(layer)
    named = {_key(path): path for path in paths}
    owned = [((renamed.get(owner.name, owner.name), variable.name), variable) for owner, variable in _owned(layer)]
    keys = {key for key, _ in owned}
    if len(named) == len(paths) and len(keys) == len(owned) and keys <= set(named):
        return [(variable, named[key]) for key, variable in owned]
    last = {_key(path)[1]: path for path in paths}
    names = {variable.name for variable in variables}
    if len(last) == len(paths) and len(names) == len(variables) and names <= set(last):
        return [(variable, last[variable.name]) for variable in variables]
    if len(variables) != len(paths):
        raise Mismatch(
            "holds {arrays} arrays for its layer {name!r}, which has {variables}",
            arrays=len(paths),
            name=name,
            variables=len(variables),
        )
    return list(zip(variables, paths, strict=True))


def _variables(layer: Any) -> list[Any]:
    """The variables in the order of such files, without the seeds of random layers, which old files do not contain."""
    return [one for one in [*layer.trainable_weights, *layer.non_trainable_weights] if not _is_seed(one)]


def _is_seed(variable: Any) -> bool:
    return "seed_generator" in variable.path


def _owned(layer: Any) -> list[tuple[Any, Any]]:
    """(innermost layer, variable) of all variables inside ``layer``, each once."""
    seen: set[int] = set()
    found = []
    for part in reversed(list(_layers(layer))):
        for variable in part.weights:
            if id(variable) not in seen and not _is_seed(variable):
                seen.add(id(variable))
                found.append((part, variable))
    return found


def _layers(layer: Any) -> Iterator[Any]:
    """The layer and all layers inside it, outer ones first."""
    yield layer
    inner = [*(getattr(layer, "layers", None) or []), *(getattr(layer, "_layers", None) or [])]
    seen: set[int] = set()
    for one in inner:
        if id(one) not in seen and hasattr(one, "weights"):
            seen.add(id(one))
            yield from _layers(one)


def _key(path: str) -> tuple[str, str]:
    """(layer, variable) of "model_weights/block/conv1/kernel:0"."""
    parts = path.split("/")
    return (parts[-2] if len(parts) > 1 else "", re.sub(r":\d+$", "", parts[-1]))


def _as_today(value: np.ndarray, variable: Any, layer: Any, contents: Contents) -> np.ndarray:
    """The kernel of a convolution in today's layout, (height, width, in, out).

    Keras 1 stored (out, in, height, width) for channels first, and (length, 1, in, out) for one dimension.
    """
    kind = type(layer).__name__
    if not kind.startswith(("Conv", "SeparableConv", "DepthwiseConv")) or "kernel" not in variable.name:
        return value
    if contents.version.partition(".")[0] in ("", "1"):
        value = _of_keras_1(value, kind, layer)
    if contents.backend == "theano":
        value = value[tuple(slice(None, None, -1) for _ in range(value.ndim - 2))]
    return value


def _of_keras_1(value: np.ndarray, kind: str, layer: Any) -> np.ndarray:
    if value.ndim != 4:
        return value
    if kind == "Conv1D":
        return (value if value.shape[1] == 1 else value.transpose(2, 3, 1, 0))[:, 0]
    if layer.data_format == "channels_first":
        return value.transpose((2, 3, 1, 0) if kind == "Conv2D" else (2, 3, 0, 1))
    return value.transpose(0, 1, 3, 2) if kind == "Conv2DTranspose" else value


def _times(shape: Sequence[int]) -> str:
    return " × ".join(map(str, shape)) or "1"


# --- .keras: paths that say what belongs where ----------------------------------------------------------------------


def _assign_by_path(network: keras.Model, weights: dict[str, np.ndarray]) -> None:
    places = keras_places(network)
    if {id(one) for layer in places.values() for one in _own(layer)} != {id(one) for one in network.variables}:
        _assign_by_keras(network, weights)  # an unusual layer stores its variables elsewhere
        return
    wanted = {f"{path}/{number}" for path, layer in places.items() for number in range(len(_own(layer)))}
    try:
        found = _placed(weights, {path for path in wanted if not _is_place_of_seed(path)})
    except Mismatch:
        _refuse_another_network(places, weights)
        raise
    for path, layer in places.items():
        store = {}
        for number, variable in enumerate(_own(layer)):
            value = found.get(f"{path}/{number}")
            if value is None:
                continue
            _check_shape(value, variable.shape, _called(layer))
            store[str(number)] = value
        if store:
            layer.load_own_variables(store)


def _refuse_another_network(places: dict[str, Any], weights: dict[str, np.ndarray]) -> None:
    """Compare shapes, to name the first layer that differs.

    Weights of another network often also lack layers or have too many, but a shape says more.

    Raises:
        Mismatch: A layer's weights in the file have another shape; the message has both.
    """
    plain = {_plain(path): value for path, value in weights.items()}
    for path, layer in places.items():
        for number, variable in enumerate(_own(layer)):
            value = plain.get(_plain(f"{path}/{number}"))
            if value is not None:
                _check_shape(value, variable.shape, _called(layer))


def _called(layer: Any) -> str:
    return f"its layer {layer.name!r}"


def keras_places(network: keras.Model) -> dict[str, Any]:
    """Where Keras stores the variables of each layer in a ``.keras`` file: "layers/conv2d_1/vars" -> the layer.

    Keras itself looks at every attribute of every layer for this, which takes 2 s for MobileNetV2.
    """
    found: dict[str, Any] = {}
    _add_places(network, "", found, set())
    return found


def _add_places(part: Any, path: str, found: dict[str, Any], seen: set[int]) -> None:
    import keras

    if id(part) in seen:
        return
    seen.add(id(part))
    if _own(part):
        found[f"{path}/vars".lstrip("/")] = part
    if isinstance(part, keras.Sequential) or hasattr(part, "_functional") or hasattr(part, "_nodes_by_depth"):
        _add_list(part.layers, f"{path}/layers".lstrip("/"), found, seen)
        return
    for name in sorted(vars(part)):
        value = vars(part)[name]
        inner = f"{path}/{name.lstrip('_')}"
        if _has_variables(value):
            _add_places(value, inner, found, seen)
        elif isinstance(value, list | tuple) and name not in ("_layers", "_losses"):
            _add_list(value, inner, found, seen)


def _add_list(parts: Any, path: str, found: dict[str, Any], seen: set[int]) -> None:
    """Layers in a list are named after their class, with numbers from the second on."""
    counts: Counter[str] = Counter()
    for part in parts:
        if not _has_variables(part):
            continue
        kind = _snake_case(type(part).__name__)
        number = counts[kind]
        counts[kind] += 1
        _add_places(part, f"{path}/{kind}_{number}" if number else f"{path}/{kind}", found, seen)


def _has_variables(value: Any) -> bool:
    return hasattr(value, "load_own_variables") or type(value).__name__ == "SeedGenerator"


def _own(part: Any) -> list[Any]:
    """The variables of the layer itself, in Keras's order."""
    if type(part).__name__ == "SeedGenerator":
        return [part.state]
    return [*getattr(part, "_trainable_variables", []), *getattr(part, "_non_trainable_variables", [])]


def _snake_case(name: str) -> str:
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def _assign_by_keras(network: keras.Model, weights: dict[str, np.ndarray]) -> None:
    """Let Keras write a file for this network, replace its values, and let Keras read it: the paths are Keras's own."""
    import h5py

    with tempfile.TemporaryDirectory(prefix="lenslet-") as folder:
        target = Path(folder) / "model.weights.h5"
        network.save_weights(target)
        with h5py.File(target, "r+") as file:
            places = _datasets(file)
            found = _placed(weights, {path for path in places if not _is_place_of_seed(path)})
            for path, item in places.items():
                if path in found:
                    _check_shape(found[path], item.shape, _place(path))
                    item[...] = found[path]
        network.load_weights(target)


def _datasets(file: Any) -> dict[str, Any]:
    import h5py

    found: dict[str, Any] = {}

    def add(path: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            found[path] = item

    file.visititems(add)
    return found


def _check_shape(value: np.ndarray, wanted: Sequence[int], place: str) -> None:
    if tuple(value.shape) != tuple(wanted):
        raise Mismatch(
            "holds {found} numbers for {place}, which needs {expected}",
            found=_times(value.shape),
            place=place,
            expected=_times(wanted),
        )


def _placed(weights: dict[str, np.ndarray], wanted: set[str]) -> dict[str, np.ndarray]:
    """The arrays by the paths in ``wanted``.

    Layers of one kind are numbered; if the numbers differ, their order decides.

    Raises:
        Mismatch: A layer of the network has no weights in the file.
    """
    plain = {_plain(path): value for path, value in weights.items() if not _is_place_of_seed(path)}
    names = {path: _plain(path) for path in wanted}
    if set(names.values()) <= set(plain):
        return {path: plain[name] for path, name in names.items()}
    today = sorted(wanted, key=lambda path: _numbered(names[path]))
    before = sorted(plain, key=_numbered)
    if [_unnumbered(names[path]) for path in today] != [_unnumbered(path) for path in before]:
        missing = min(path for path in wanted if names[path] not in plain)
        raise Mismatch("lacks the weights of {place}", place=_place(missing))
    return {path: plain[old] for path, old in zip(today, before, strict=True)}


def _plain(path: str) -> str:
    r"""A path as Keras writes it today: Keras 2.13 had another name for the list of layers, and Windows used \."""
    path = path.replace("\\", "/").replace("_layer_checkpoint_dependencies", "layers")
    return "/".join(part.lstrip("_") for part in path.split("/"))


def _numbered(path: str) -> list[tuple[str, int]]:
    return [_name_and_number(part) for part in path.split("/")]


def _name_and_number(part: str) -> tuple[str, int]:
    match = re.fullmatch(r"(.*?)(?:_(\d{1,9}))?", part, re.DOTALL)
    if part.isdigit() or match is None:
        return "", int(part[:18]) if part.isdecimal() else 0
    return match[1], int(match[2] or 0)


def _unnumbered(path: str) -> str:
    """The path without the layers' numbers."""
    parts = path.split("/")
    return "/".join([*(_name_and_number(part)[0] for part in parts[:-1]), parts[-1]])


def _is_place_of_seed(path: str) -> bool:
    return "seed_generator" in path


def _place(path: str) -> str:
    """ "layers/dense_2/vars/0" in words for a person."""
    parts = [part for part in path.split("/") if part not in ("layers", "vars") and not part.isdigit()]
    return f"its layer {'/'.join(parts)!r}" if parts else "the network"
