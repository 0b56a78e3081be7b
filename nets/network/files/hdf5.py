"""The contents of an HDF5 file, read by a child process with a time limit: see ``hdf5_child``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from nets.errors import LensletError
from nets.network.files import machine
from nets.network.files.hdf5_child import CHILD_FLAG
from nets.network.files.machine import bytes_text
from nets.text import Text

ROOT = Path(__file__).resolve().parents[3]  # the folder that holds ``nets``
CHILD = "nets.network.files.hdf5_child"
SILENCE = 20.0  # seconds without a byte from the child after which it counts as frozen
SLOWEST = 2e7  # bytes a second that a disk reads at least
LARGEST_HEADER = 1 << 28


@dataclass(frozen=True, eq=False)
class Hdf5:
    """attributes: texts at the root. groups: for each path its "layer_names" and "weight_names", if it has them.
    arrays: by path, in the file's number types, except bfloat16, which becomes float32.
    """

    attributes: dict[str, str]
    groups: dict[str, dict[str, list[str]]]
    arrays: dict[str, np.ndarray]


def read_hdf5(path: Path, *, member: str = "", silence: float = SILENCE) -> Hdf5:
    """The contents of an HDF5 file, without the optimiser's state.

    Args:
        path: the file, or a zip archive that holds it.
        member: the name of the HDF5 file in the archive; "" where ``path`` is the HDF5 file itself.
        silence: seconds that the reading may stand still.

    Raises:
        LensletError: the file is damaged, refers to other files, or does not fit into memory.
    """
    most = machine.available_memory() // 3  # in memory twice for a moment: here and in the network
    try:
        child = subprocess.Popen(
            [*_command(), str(path.resolve()), member, str(most)],
            cwd=ROOT if ROOT.is_dir() else None,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as problem:
        raise LensletError(
            "{file} cannot be read: the process that reads HDF5 files does not start ({reason})",
            file=path.name,
            reason=problem.strerror,
        ) from problem
    assert child.stdout is not None
    # it may have to read everything before the first byte of its answer
    watch = _Watch(child, silence + path.stat().st_size / SLOWEST)
    try:
        return _receive(watch, child.stdout, path.name, member)
    except EOFError:
        if watch.expired:
            raise LensletError(
                "{file} is damaged: reading it stood still for {silence:.0f} seconds; copy it again, or export it "
                "again",
                file=path.name,
                silence=silence,
            ) from None
        raise LensletError(_damaged(path.name)) from None
    finally:
        watch.stop()
        child.kill()
        child.stdout.close()
        child.wait()


class _Watch:
    """Kills the child if it has been silent for too long, which ends the reading of its output."""

    def __init__(self, child: subprocess.Popen[bytes], silence: float) -> None:
        self.expired = False
        self._child = child
        self._silence = silence
        self._progress = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hdf5 watch", daemon=True)
        self._thread.start()

    def alive(self) -> None:
        self._progress += 1

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        seen = -1
        while seen != self._progress:
            seen = self._progress
            if self._stopped.wait(self._silence):
                return
        self.expired = True
        self._child.kill()


def _receive(watch: _Watch, pipe: IO[bytes], name: str, member: str) -> Hdf5:
    length = int.from_bytes(_read(watch, pipe, 8), "little")
    if length > LARGEST_HEADER:
        raise EOFError
    header: dict[str, Any] = json.loads(_read(watch, pipe, length))
    if "refused" in header:
        raise LensletError(_refusal(name, member, str(header["refused"])))
    arrays = {}
    for row in header["arrays"]:
        data = _read(watch, pipe, int(row["bytes"]))
        arrays[row["path"]] = _array(data, row["dtype"], row["shape"])
    return Hdf5(header["attributes"], header["groups"], arrays)


def _read(watch: _Watch, pipe: IO[bytes], count: int) -> bytearray:
    """Exactly ``count`` bytes.

    Raises:
        EOFError: The child ended before.
    """
    data = bytearray(count)
    rest = memoryview(data)
    while rest:
        got = pipe.readinto(rest[: 1 << 24])  # type: ignore[attr-defined]  # a pipe's buffered reader has it
        if not got:
            raise EOFError
        watch.alive()
        rest = rest[got:]
    return data


def _array(data: bytearray, dtype: str, shape: list[int]) -> np.ndarray:
    if dtype == "bfloat16":  # the upper half of a float32
        wide = np.frombuffer(data, dtype="<u2").astype("<u4") << 16
        return wide.view("<f4").reshape(shape)
    return np.frombuffer(data, dtype=dtype).reshape(shape)


def _refusal(name: str, member: str, reason: str) -> str:
    word, _, rest = reason.partition(" ")
    if word == "links":
        return Text(
            "{name} refers to numbers in another file (an HDF5 link), which opening a file must not read; save the "
            "whole model in one file with model.save('name.keras')",
            name=name,
        )
    if word == "claims":
        claimed, stored = (int(number) for number in rest.split())
        return Text(
            "{name} claims to hold {claimed} of weights in {stored}; it is damaged, or made to fill the memory",
            name=name,
            claimed=bytes_text(claimed),
            stored=bytes_text(stored),
        )
    if word == "large":
        return Text(
            "{name} holds {size} of weights, and this computer has {free} of memory free; close other programs "
            "or take a smaller model",
            name=name,
            size=bytes_text(int(rest)),
            free=machine.memory_text(),
        )
    if word == "member":
        return Text("{name} is damaged in {member}; copy or export it again", name=name, member=member)
    if word == "memory":
        return Text(
            "{name} needs more memory to be read than its size allows; it is damaged, or made to fill the memory",
            name=name,
        )
    return _damaged(name)


def _damaged(name: str) -> str:
    return Text("{name} is truncated or damaged; copy it again, or export it again from where it came", name=name)


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, CHILD_FLAG]
    return [sys.executable, "-m", CHILD]


def _environment() -> dict[str, str]:
    """The own environment with the program's folder in the module path, and one thread for the child's NumPy."""
    found = dict(os.environ)
    found["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [found.get("PYTHONPATH")])])
    found.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", PYTHONIOENCODING="utf-8", PYTHONUTF8="1")
    found.pop("PYTHONINSPECT", None)
    return found
