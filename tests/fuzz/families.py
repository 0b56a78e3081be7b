"""The families of cases: what of a good file is damaged, and what is then done with it."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.fuzz.asking import open_and_ask, python_words, sentence_of
from tests.fuzz.damage import changed_bytes, changed_json, with_member
from tests.fuzz.pool import WEIGHTS, Pool
from tests.fuzz.reported import REPORTED
from tests.nets.network import old_files


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
        said = sentence_of(read)
        if python_words(said):
            raise AssertionError(said)


def card_family(pool: Pool, case: Path, random: np.random.Generator, number: int) -> None:
    path = case / "some.keras"
    path.write_bytes(pool.models["chain.keras"])
    (case / "some.trust.npz").write_bytes(changed_bytes(pool.trust, random))
    (case / "labels.txt").write_bytes(changed_bytes(b"0 up\n1 down\n2 left\n", random))
    beside = case / str(random.choice(["some.json", "some.card.json", "some.labels.json"]))
    text = json.dumps(changed_json(pool.card, random)).encode()
    beside.write_bytes(changed_bytes(text, random) if random.integers(4) == 0 else text)
    open_and_ask(path)


def reported_family(pool: Pool, case: Path, random: np.random.Generator, number: int) -> None:
    REPORTED[number % len(REPORTED)](pool, case)


FAMILIES: dict[str, Callable[[Pool, Path, np.random.Generator, int], None]] = {
    "reported": reported_family,
    "bytes": bytes_family,
    "hdf5": hdf5_family,
    "config": config_family,
    "picture": picture_family,
    "run": run_family,
    "card": card_family,
}
