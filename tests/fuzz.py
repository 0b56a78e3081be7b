"""Hostile and damaged files, made from a seed: each ends in a result or in one sentence, in bounded time and memory.

    python -m tests.fuzz --seconds 60 --seed 7          a minute of it, all families in turn
    python -m tests.fuzz --seed 7 --case config:123     one case again, with its traceback

Families: ``reported`` (files as people reported them, each once), ``bytes`` (model files with changed, missing and
added bytes), ``hdf5`` (the same inside the weights of a ``.keras`` file, with a right checksum), ``config``
(descriptions with values of other types and other connections), ``picture``, ``run`` and ``card``. What fails is
kept in a folder that is named.
"""

from __future__ import annotations

import argparse
import copy
import faulthandler
import io
import itertools
import json
import os
import shutil
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from PIL import Image

from nets.errors import LensletError
from tests.nets.network import old_files

LONGEST = 30.0  # seconds of processor time of one case
HANGS = 240.0  # seconds by the clock, on a machine that does other things as well
LARGEST = 1.5e9  # bytes that one case may add to the process

# What must not be in a message for a person.
PYTHON = ("Traceback", "NoneType", "object has no attribute", "<class", "unexpected keyword", "__init__", "\n")


@dataclass(eq=False)
class Pool:
    """Good files that are damaged, made once. ``folder`` is emptied after each case."""

    folder: Path
    models: dict[str, bytes] = field(default_factory=dict)
    configs: list[tuple[str, Any]] = field(default_factory=list)
    pictures: list[tuple[str, bytes]] = field(default_factory=list)
    run: Path = Path()
    card: dict[str, Any] = field(default_factory=dict)


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="time for the cases, after the files are made")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="families, separated by commas")
    parser.add_argument("--case", default="", help="FAMILY:NUMBER, one case alone")
    options = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="lenslet-fuzz-") as folder:
        pool = make_pool(Path(folder))
        if options.case:
            family, _, number = options.case.partition(":")
            return 0 if attempt(pool, options.seed, family, int(number)) else 1
        return fuzz(pool, options.seed, options.seconds, options.only.split(",") if options.only else list(FAMILIES))


def fuzz(pool: Pool, seed: int, seconds: float, families: list[str]) -> int:
    """Takes cases until the time is over. The exit status."""
    began, counts, failed = time.monotonic(), Counter[str](), 0
    for family, number in _in_turn(families):
        if time.monotonic() - began >= seconds:
            break
        counts[family] += 1
        failed += not attempt(pool, seed, family, number)
    told = ", ".join(f"{count} {family}" for family, count in counts.items())
    print(f"{sum(counts.values())} cases with seed {seed} ({told}): {failed or 'none'} failed")
    return 1 if failed else 0


def _in_turn(families: list[str]) -> Iterator[tuple[str, int]]:
    """The reported files first, each once; then the others without end."""
    if "reported" in families:
        yield from (("reported", number) for number in range(len(REPORTED)))
    others = [family for family in families if family != "reported"]
    yield from ((family, number) for number in (itertools.count() if others else ()) for family in others)


def attempt(pool: Pool, seed: int, family: str, number: int) -> bool:
    """Whether one case ended as it should. Prints what went wrong, and keeps its files."""
    random = np.random.default_rng([seed, list(FAMILIES).index(family), number])
    case = pool.folder / "case"
    shutil.rmtree(case, ignore_errors=True)
    case.mkdir()
    before, began = _peak(), _processor_time()
    faulthandler.dump_traceback_later(HANGS, exit=True)  # what hangs says where, and ends
    try:
        FAMILIES[family](pool, case, random, number)
        problem = ""
    except LensletError as said:
        problem = f"a message in Python's words: {said}" if python_words(str(said)) else ""
    except Exception:
        problem = traceback.format_exc()
    finally:
        faulthandler.cancel_dump_traceback_later()
    took, grown = _processor_time() - began, _peak() - before
    if not problem and took > LONGEST:
        problem = f"it took {took:.0f} s of processor time"
    if not problem and grown > LARGEST:
        problem = f"it took {grown / 1e9:.1f} GB"
    if problem:
        kept = Path(tempfile.mkdtemp(prefix=f"lenslet-fuzz-{family}-{number}-"))
        shutil.copytree(case, kept, dirs_exist_ok=True, ignore_dangling_symlinks=True)
        print(f"{family}:{number} with seed {seed} failed: {problem}\nits files are in {kept}", flush=True)
    return not problem


def python_words(text: str) -> list[str]:
    return [word for word in PYTHON if word in text]


def _processor_time() -> float:
    """Seconds that this process and the children that have ended computed."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _peak() -> float:
    """Bytes that the process has taken at most so far; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1.0 if sys.platform == "darwin" else 1024.0)


# --- good files to start from ---------------------------------------------------------------------------------------


def make_pool(folder: Path) -> Pool:
    """Small models of Keras 1, 2 and 3, pictures, a run and a card."""
    import keras
    from keras import layers

    from nets.network.card import Card
    from nets.runs.store import RunStore
    from nets.training.train import train
    from tests.nets.tiny_data import dataset

    pool = Pool(folder)
    keras.utils.set_random_seed(1)
    rows = [layers.Conv2D(2, 3, name="conv"), layers.BatchNormalization(name="bn"), layers.Flatten(name="flat")]
    network = keras.Sequential([keras.Input((8, 8, 1)), *rows, layers.Dense(3, activation="softmax", name="dense")])
    network.compile("adam", "categorical_crossentropy")
    pixels = keras.Input((8, 8, 1))
    inner = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(2, 3, padding="same")], name="inner")
    value = layers.Add()([inner(pixels), layers.ReLU()(inner(pixels * 0.5))])
    graph = keras.Model(pixels, layers.Dense(3)(layers.GlobalAveragePooling2D()(value)))
    for name, model in (("chain", network), ("graph", graph)):
        for suffix in (".keras", ".h5"):
            path = folder / f"{name}{suffix}"
            model.save(path)
            pool.models[path.name] = path.read_bytes()
        config = json.loads(zipfile.ZipFile(folder / f"{name}.keras").read("config.json"))
        pool.configs.append(("3.15.0", config))
    for name, config in old_configs().items():
        pool.models[f"{name}.h5"] = old_files.write_h5(folder / "old.h5", config, WEIGHTS).read_bytes()
        pool.configs.append(("2.4.0", config))
    pixel_values = np.random.default_rng(0).integers(0, 256, (40, 30, 3), dtype=np.uint8)
    for kind in ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF"):
        data = io.BytesIO()
        Image.fromarray(pixel_values).save(data, kind)
        pool.pictures.append((kind.lower(), data.getvalue()))
    config = _train_config()
    pool.run = train(config, dataset(40, 8), RunStore(folder / "runs")).folder
    pool.card = json.loads((pool.run / "card.json").read_text())
    assert Card.from_json(json.dumps(pool.card))
    return pool


def _train_config() -> Any:
    from nets.runs.config import TrainConfig

    return TrainConfig("simple_cnn", "bars", epochs=2, batch_size=16, validation=0.25)


CONV = old_files.layer("Conv2D", "conv", filters=2, kernel_size=[3, 3], activation="relu", groups=1)
DENSE = old_files.layer("Dense", "dense", units=3, activation="softmax")
WEIGHTS: old_files.Weights = [
    ("conv", [("conv/kernel:0", np.ones((3, 3, 1, 2), "f4")), ("conv/bias:0", np.ones(2, "f4"))]),
    ("dense", [("dense/kernel:0", np.ones((72, 3), "f4")), ("dense/bias:0", np.ones(3, "f4"))]),
]


def old_configs() -> dict[str, Any]:
    """Descriptions of Keras 1 and 2, of the same two layers with weights."""
    flat = old_files.layer("Flatten", "flat")
    shaped = copy.deepcopy(CONV)
    shaped["config"]["batch_input_shape"] = [None, 8, 8, 1]
    operation = old_files.layer("TFOpLambda", "half", function="math.multiply")
    first = old_files.layer(
        "Convolution2D", "conv", nb_filter=2, nb_row=3, nb_col=3, border_mode="valid", dim_ordering="tf"
    )
    first["config"]["batch_input_shape"] = [None, 8, 8, 1]
    last = old_files.layer("Dense", "dense", output_dim=3, activation="softmax")
    return {
        "sequential": old_files.sequential("net", shaped, flat, DENSE),
        "functional": old_files.functional(
            "net",
            old_files.called(old_files.start("first", 8, 8, 1)),
            {**old_files.called(operation), "inbound_nodes": [["first", 0, 0, {"y": 0.5}]]},
            old_files.called(CONV, ["half", 0, 0, {}]),
            old_files.called(flat, ["conv", 0, 0, {}]),
            old_files.called(DENSE, ["flat", 0, 0, {}]),
            output=["dense", 0, 0],
        ),
        "one": {"class_name": "Sequential", "config": [first, flat, last]},
    }


# --- damage -----------------------------------------------------------------------------------------------------------


def changed_bytes(data: bytes, random: np.random.Generator) -> bytes:
    """Some bytes changed, a piece removed, doubled or zeroed, or the end cut off."""
    found = bytearray(data)
    for _ in range(int(random.integers(1, 4))):
        if not found:
            break
        at = int(random.integers(len(found)))
        size = int(random.integers(1, 2 + len(found) // 8))
        match int(random.integers(8)):
            case 0:
                del found[at:]
            case 1:
                del found[at : at + size]
            case 2:
                found[at:at] = found[at : at + size]
            case 3:
                found[at : at + size] = bytes(min(size, len(found) - at))
            case 4:
                found[at : at + 8] = random.bytes(8)
            case _:
                found[at] ^= int(random.integers(1, 256))
    return bytes(found)


ODD: list[Any] = [None, True, 0, -1, 1, 2**31, 2**63, 1e308, float("nan"), "", "x", "relu", [], [0], [None], {}, "層 1"]
ODD += [
    [[]],
    {"class_name": "Dense"},
    {"class_name": "__lambda__", "config": {"value": ["", None, None]}},
    [3, 3],
    300_000,
]


def changed_json(value: Any, random: np.random.Generator) -> Any:
    """A copy in which a few values are replaced, removed, moved or doubled."""
    found = copy.deepcopy(value)
    for _ in range(int(random.integers(1, 4))):
        places = list(_places(found))
        if not places:
            return ODD[int(random.integers(len(ODD)))]
        holder, key = places[int(random.integers(len(places)))]
        other_holder, other_key = places[int(random.integers(len(places)))]
        match int(random.integers(6)):
            case 0:
                del holder[key]
            case 1:
                holder[key] = copy.deepcopy(other_holder[other_key])
            case 2 if isinstance(holder, list):
                holder.insert(key, copy.deepcopy(holder[key]))
            case 3 if isinstance(holder, dict):
                holder[_word(random)] = holder.pop(key)
            case _:
                holder[key] = copy.deepcopy(ODD[int(random.integers(len(ODD)))])
    return found


def _word(random: np.random.Generator) -> str:
    return str(random.choice(["name", "config", "class_name", "layers", "units", "dtype", "axis", "groups", "ü"]))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """(holder, key) of every value inside ``value``."""
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
        for key in keys:
            yield holder, key
            waiting.append(holder[key])


def with_member(data: bytes, member: str, content: bytes) -> bytes:
    """A zip archive with another content of one member, and with right checksums."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, content if name == member else old.read(name))
    return target.getvalue()


# --- families ---------------------------------------------------------------------------------------------------------


def open_and_ask(path: Path) -> None:
    """Opens a model file as the program does, and reads its answer and its maps for one picture."""
    from nets.compute.lens import Lens
    from nets.models import open_model
    from nets.places import Places

    folder = path.parent
    places = Places(folder / "runs", folder / "drawings", folder / "cache", folder / "settings.json")
    model = open_model(str(path), places)
    Lens(model).read(np.zeros(model.card.input.shape, np.float32), watch=None)


def bytes_family(pool: Pool, case: Path, random: np.random.Generator, number: int) -> None:
    name = list(pool.models)[number % len(pool.models)]
    (case / name).write_bytes(changed_bytes(pool.models[name], random))
    open_and_ask(case / name)


def hdf5_family(pool: Pool, case: Path, random: np.random.Generator, number: int) -> None:
    good = pool.models["chain.keras"]
    weights = zipfile.ZipFile(io.BytesIO(good)).read("model.weights.h5")
    path = case / "some.keras"
    path.write_bytes(with_member(good, "model.weights.h5", changed_bytes(weights, random)))
    open_and_ask(path)


def config_family(pool: Pool, case: Path, random: np.random.Generator, number: int) -> None:
    version, config = pool.configs[number % len(pool.configs)]
    config = changed_json(config, random)
    if version.startswith("2"):
        path = old_files.write_h5(case / "some.h5", config, WEIGHTS, version)
    else:
        path = case / "some.keras"
        path.write_bytes(with_member(pool.models["chain.keras"], "config.json", json.dumps(config).encode()))
    open_and_ask(path)


def picture_family(pool: Pool, case: Path, random: np.random.Generator, number: int) -> None:
    from nets.data.pictures import read_picture

    kind, data = pool.pictures[number % len(pool.pictures)]
    path = case / f"picture.{kind}"
    path.write_bytes(changed_bytes(data, random))
    assert read_picture(path).ndim == 3


def run_family(pool: Pool, case: Path, random: np.random.Generator, number: int) -> None:
    """One damaged run beside a good one, which must go on as before."""
    from nets.runs.recording import read_saved
    from nets.runs.store import RunStore

    store = RunStore(case / "runs")
    for name in ("good", "bad"):
        shutil.copytree(pool.run, store.folder / name)
    files = sorted(path for path in (store.folder / "bad").rglob("*") if path.is_file())
    path = files[number % len(files)]
    if path.suffix == ".json" and random.integers(2):
        path.write_text(json.dumps(changed_json(json.loads(path.read_text()), random)))
    elif random.integers(12) == 0:
        path.unlink()
    else:
        path.write_bytes(changed_bytes(path.read_bytes(), random))
    listed = {run.id: run for run in store.list()}
    assert listed["good"].epochs_done == 2, "the good run was touched"
    assert "bad" in listed or any("bad" in problem for problem in store.problems), "the damaged run vanished in silence"
    run = store.open("bad")
    for read in (lambda: read_saved(run.folder), run.evaluation, run.weights, run.network):
        said = _sentence(read)
        if python_words(said):
            raise AssertionError(said)


def card_family(pool: Pool, case: Path, random: np.random.Generator, number: int) -> None:
    path = case / "some.keras"
    path.write_bytes(pool.models["chain.keras"])
    beside = case / str(random.choice(["some.json", "some.card.json", "some.labels.json"]))
    text = json.dumps(changed_json(pool.card, random)).encode()
    beside.write_bytes(changed_bytes(text, random) if random.integers(4) == 0 else text)
    open_and_ask(path)


def reported_family(pool: Pool, case: Path, random: np.random.Generator, number: int) -> None:
    REPORTED[number % len(REPORTED)](pool, case)


# --- files as they were reported --------------------------------------------------------------------------------------


def _opens(pool: Pool, name: str, data: bytes, case: Path) -> None:
    (case / name).write_bytes(data)
    open_and_ask(case / name)


def _refused(case: Path, said: str) -> None:
    path = next(case.iterdir())
    found = _sentence(lambda: open_and_ask(path))
    if said not in found or python_words(found):
        raise AssertionError(f"expected {said!r}, found {found!r}")


def _sentence(call: Callable[[], Any]) -> str:
    """What the call says instead of doing its work; "" where it does it."""
    try:
        call()
    except LensletError as said:
        return str(said)
    return ""


def _write(
    case: Path, name: str, config: Any, weights: old_files.Weights | None = None, version: str = "2.4.0"
) -> None:
    old_files.write_h5(case / name, config, WEIGHTS if weights is None else weights, version)


def _config_says(config: Any, said: str) -> Callable[[Pool, Path], None]:
    def check(pool: Pool, case: Path) -> None:
        _write(case, "some.h5", config)
        _refused(case, said)

    return check


def _bytes_say(name: str, data: bytes, said: str) -> Callable[[Pool, Path], None]:
    def check(pool: Pool, case: Path) -> None:
        (case / name).write_bytes(data)
        _refused(case, said)

    return check


def _old_model(name: str) -> Callable[[Pool, Path], None]:
    return lambda pool, case: _opens(pool, "some.h5", pool.models[f"{name}.h5"], case)


def _other_name(source: str, name: str) -> Callable[[Pool, Path], None]:
    return lambda pool, case: _opens(pool, name, pool.models[source], case)


def _bomb(pool: Pool, case: Path) -> None:
    with zipfile.ZipFile(case / "bomb.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", b" " * 60_000_000)
        archive.writestr("model.weights.h5", b"")
    _refused(case, "claims 60 MB")


def _deep(pool: Pool, case: Path) -> None:
    with zipfile.ZipFile(case / "deep.keras", "w") as archive:
        archive.writestr("config.json", "[" * 100_000)
        archive.writestr("model.weights.h5", b"")
    _refused(case, "nested")


def _encrypted(pool: Pool, case: Path) -> None:
    data = bytearray(pool.models["chain.keras"])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            data[info.header_offset + 6] |= 1
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    (case / "locked.keras").write_bytes(data)
    _refused(case, "is an encrypted archive")


def _no_weights(pool: Pool, case: Path) -> None:
    with zipfile.ZipFile(case / "empty.keras", "w") as archive:
        archive.writestr("config.json", "{}")
    _refused(case, "holds no weights")


def _weights_only(pool: Pool, case: Path) -> None:
    (case / "some.weights.h5").write_bytes(
        zipfile.ZipFile(io.BytesIO(pool.models["chain.keras"])).read("model.weights.h5")
    )
    _refused(case, "holds weights only")


def _net(*parts: dict[str, Any]) -> dict[str, Any]:
    return old_files.sequential("net", old_files.start("first", 8, 8, 1), *parts)


_LAYER = old_files.layer
_CIRCLE = old_files.functional(
    "net",
    old_files.called(old_files.start("first", 8)),
    old_files.called(_LAYER("Dense", "a", units=2), ["b", 0, 0, {}]),
    old_files.called(_LAYER("Dense", "b", units=2), ["a", 0, 0, {}]),
    output=["b", 0, 0],
)
_LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1234567\n"

REPORTED: list[Callable[[Pool, Path], None]] = [
    _old_model("sequential"),
    _old_model("functional"),
    _old_model("one"),
    _other_name("chain.h5", "renamed.keras"),
    _other_name("chain.keras", "renamed.h5"),
    _other_name("graph.keras", "some.keras.zip"),
    _bytes_say("pointer.keras", _LFS, "a Git LFS pointer, a note that stands for the model of 1.2 MB"),
    _bytes_say("page.h5", b"<!DOCTYPE html><html>404</html>", "damaged or was renamed"),
    _bytes_say("empty.keras", b"", "is empty"),
    _bytes_say("model.onnx", b"\x08\x07", "an ONNX file"),
    _bytes_say("half.h5", b"\x89HDF\r\n\x1a\n" + bytes(50), "truncated or damaged"),
    _bomb,
    _deep,
    _encrypted,
    _no_weights,
    _weights_only,
    _config_says(_net(_LAYER("Lambda", "code", function=["YQ==", None, None])), "has a Lambda layer 'code'"),
    _config_says(_net(_LAYER("TFSMLayer", "saved", filepath="x")), "has a TFSMLayer 'saved'"),
    _config_says(_net(_LAYER("LocallyConnected2D", "local", filters=2)), "of the kind LocallyConnected2D"),
    _config_says(_net(_LAYER("Dense", "d", units=300_000), _LAYER("Dense", "e", units=300_000)), "need 360 GB"),
    _config_says(_net(_LAYER("UpSampling2D", "up", size=[9000, 9000])), "for the values of its layer 'up'"),
    _config_says(_CIRCLE, "its layers form a circle"),
]

FAMILIES: dict[str, Callable[[Pool, Path, np.random.Generator, int], None]] = {
    "reported": reported_family,
    "bytes": bytes_family,
    "hdf5": hdf5_family,
    "config": config_family,
    "picture": picture_family,
    "run": run_family,
    "card": card_family,
}

if __name__ == "__main__":
    sys.exit(main())
