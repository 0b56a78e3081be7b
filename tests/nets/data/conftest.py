"""Small datasets of fixed files, and a web server of this machine to download them from."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from nets.data.datasets import DATASETS
from nets.data.idx import header, md5_of
from nets.data.specs import DatasetFile, DatasetSpec
from nets.places import Places
from tests.nets.local_server import Server, serving


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """Folders of this test alone; the data directory is there and empty."""
    monkeypatch.setenv("LENSLET_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("LENSLET_DATA_DIR", raising=False)
    (tmp_path / "data").mkdir()
    return Places.default(data=tmp_path / "data")


@dataclass(frozen=True)
class Small:
    """A dataset of fixed files like Fashion-MNIST, of 6 training and 4 test images, and its arrays by file name."""

    spec: DatasetSpec
    arrays: dict[str, np.ndarray]

    def packed(self, name: str) -> bytes:
        array = self.arrays[name]
        return gzip.compress(header(array) + array.tobytes())

    def write(self, folder: Path) -> Path:
        """The four files, packed, in ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in self.arrays:
            (folder / name).write_bytes(self.packed(name))
        return folder

    def write_npz(self, path: Path) -> Path:
        """The same as Keras's archive."""
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, **dict(zip(("x_train", "y_train", "x_test", "y_test"), self.arrays.values(), strict=True)))
        return path


@pytest.fixture
def small() -> Small:
    random = np.random.default_rng(3)
    row = DATASETS["fashion-mnist"]
    shapes = ((6, 28, 28), (6,), (4, 28, 28), (4,))
    arrays = {
        file.name: random.integers(0, 10, shape, dtype=np.uint8) for file, shape in zip(row.files, shapes, strict=True)
    }
    files = tuple(DatasetFile(name, md5_of(array)) for name, array in arrays.items())
    return Small(replace(row, train_images=6, test_images=4, files=files), arrays)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


@pytest.fixture
def nowhere() -> str:
    """The address of a port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/"


@pytest.fixture
def files_in() -> Callable[[Path], list[str]]:
    """All files below a folder, hidden ones too."""
    return lambda folder: sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
