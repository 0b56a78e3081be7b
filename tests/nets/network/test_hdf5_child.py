"""HDF5 of strangers is read by a process of its own, which may crash, hang or grow without harm."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from nets.errors import LensletError
from nets.network.files import hdf5
from nets.network.files.hdf5 import read_hdf5
from tests.nets.network.old_files import layer, sequential, start, write_h5, write_keras

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def damaged(tmp_path):
    """Makes an .h5 whose datasets are changed by a function of the open file."""

    def make(change, name="some.h5"):
        config = sequential("net", start("first", 4), layer("Dense", "d", units=2))
        path = write_h5(tmp_path / name, config, [("d", [("d/kernel:0", np.ones((4, 2), "f4"))])])
        with h5py.File(path, "r+") as file:
            change(file)
        return path

    return make


def refusal(path, **options) -> str:
    with pytest.raises(LensletError) as caught:
        read_hdf5(path, **options)
    assert str(caught.value).count(path.name) == 1
    return str(caught.value)


def test_every_kind_of_number_comes_as_it_is(tmp_path):
    kinds = {
        "half": np.linspace(-1, 1, 6, dtype=np.float16).reshape(2, 3),
        "double": np.arange(3.0),
        "big": np.arange(4, dtype=">f4"),
        "whole": np.array([[1, -2]], dtype=np.int64),
        "seed": np.array([7, 9], dtype=np.uint32),
        "truth": np.array([True, False]),
        "one": np.float32(0.25),
        "none": np.zeros((0, 3), np.float32),
    }
    with h5py.File(tmp_path / "kinds.h5", "w") as file:
        for name, value in kinds.items():
            file[f"a/{name}"] = value
        file.create_dataset("a/squeezed", data=np.arange(5000.0).reshape(50, 100), chunks=(7, 30), compression="gzip")
        brain = file.create_dataset(
            "a/brain", data=np.array([1.5, -2.0], "<f4").view("<u4").astype("<u4") >> 16, dtype="<u2"
        )
        brain.attrs["dtype"] = "bfloat16"
        file["a/words"] = "text is passed over"
        file["optimizer/m"] = np.ones(3)
    found = read_hdf5(tmp_path / "kinds.h5").arrays
    assert set(found) == {f"a/{name}" for name in (*kinds, "squeezed", "brain")}
    for name, value in kinds.items():
        np.testing.assert_array_equal(found[f"a/{name}"], value)
    np.testing.assert_array_equal(found["a/squeezed"], np.arange(5000.0).reshape(50, 100))
    np.testing.assert_array_equal(found["a/brain"], np.array([1.5, -2.0], np.float32))


def test_long_lists_of_names_come_in_pieces(tmp_path):
    """Keras cuts an attribute of more than 64 kB: layer_names0, layer_names1 and so on."""
    with h5py.File(tmp_path / "long.h5", "w") as file:
        group = file.create_group("model_weights")
        for number, names in enumerate(([b"one", b"two"], [b"three"])):
            group.attrs[f"layer_names{number}"] = names
    assert read_hdf5(tmp_path / "long.h5").groups["model_weights"] == {"layer_names": ["one", "two", "three"]}


def test_a_member_of_an_archive_is_read_and_its_checksum_compared(tmp_path):
    path = write_keras(tmp_path / "some.keras", {}, {"layers/dense/vars/0": np.arange(400.0)})
    np.testing.assert_array_equal(
        read_hdf5(path, member="model.weights.h5").arrays["layers/dense/vars/0"], np.arange(400.0)
    )
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        data[archive.getinfo("model.weights.h5").header_offset + 2000] ^= 255
    path.write_bytes(data)
    assert "is damaged in model.weights.h5" in refusal(path, member="model.weights.h5")


def test_other_files_are_not_read(damaged, tmp_path):
    (tmp_path / "secret.bin").write_bytes(b"12345678")
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["numbers"] = np.ones(2)

    def external_link(file):
        file["model_weights/link"] = h5py.ExternalLink("other.h5", "numbers")

    def soft_link(file):
        file["model_weights/link"] = h5py.SoftLink("/model_weights/d")

    def external_storage(file):
        file.create_dataset("model_weights/e", (2,), "f4", external=[(str(tmp_path / "secret.bin"), 0, 8)])

    def virtual(file):
        layout = h5py.VirtualLayout((2,), "f8")
        layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "numbers", (2,))
        file.create_virtual_dataset("model_weights/v", layout)

    for change in (external_link, soft_link, external_storage, virtual):
        assert "refers to numbers in another file" in refusal(damaged(change))


def test_claims_beyond_the_file_are_refused_with_the_figures(damaged):
    def empty_chunks(file):
        file.create_dataset("model_weights/d/huge", (300_000, 300_000), "f4", chunks=(1000, 1000))

    def many(file):
        for number in range(40):
            file.create_dataset(f"model_weights/d/part{number}", (4_000_000,), "f4", chunks=(1000,))

    def packed(file):
        zeros = np.zeros((20_000_000,), "f4")
        file.create_dataset("model_weights/d/zeros", data=zeros, chunks=(2_000_000,), compression="gzip", shuffle=True)

    assert "claims to hold 360 GB of weights in 0 bytes" in refusal(damaged(empty_chunks))
    assert "claims to hold" in refusal(damaged(many))
    assert "it is damaged, or made to fill the memory" in refusal(damaged(packed))


def test_more_than_the_memory_that_is_free(damaged, monkeypatch):
    monkeypatch.setattr(hdf5.machine, "available_memory", lambda: 50)
    assert "holds 32 bytes of weights, and this computer has 50 bytes of memory free" in refusal(
        damaged(lambda file: None)
    )


def test_groups_in_a_circle_end(damaged):
    def circle(file):
        file["model_weights/again"] = file["model_weights"]

    assert read_hdf5(damaged(circle)).attributes["keras_version"] == "2.4.0"


@pytest.mark.parametrize(
    "ending", ["os._exit(3)", "os.kill(os.getpid(), 11)", "os.write(1, b'x' * 20)", "print(2**70)"]
)
def test_a_child_that_ends_early_is_a_damaged_file(damaged, monkeypatch, ending):
    monkeypatch.setattr(hdf5, "_command", lambda: [sys.executable, "-c", f"import os; {ending}"])
    assert "is truncated or damaged" in refusal(damaged(lambda file: None))


def test_a_child_that_hangs_is_stopped(damaged, monkeypatch):
    monkeypatch.setattr(hdf5, "_command", lambda: [sys.executable, "-c", "import time; time.sleep(60)"])
    began = time.monotonic()
    assert "reading it stood still for 0 seconds" in refusal(damaged(lambda file: None), silence=0.3)
    assert time.monotonic() - began < 5
    assert not [thread for thread in threading.enumerate() if thread.name == "hdf5 watch"]


def test_changed_bytes_end_in_arrays_or_a_sentence(damaged):
    """Bytes of the file's inner structure: what crashed or froze the library that reads them."""
    good = damaged(lambda file: None).read_bytes()
    rng = np.random.default_rng(5)
    path = damaged(lambda file: None, "changed.h5")
    for place in rng.integers(8, len(good), 6):
        changed = bytearray(good)
        changed[place] ^= int(rng.integers(1, 256))
        path.write_bytes(changed)
        with contextlib.suppress(LensletError):
            read_hdf5(path, silence=10)


def test_the_child_needs_neither_keras_nor_the_folder_that_one_works_in(damaged, tmp_path, monkeypatch):
    (tmp_path / "h5py.py").write_text("raise SystemExit('code of a stranger')")
    monkeypatch.chdir(tmp_path)
    path = damaged(lambda file: None)
    assert list(read_hdf5(Path(path.name)).arrays) == ["model_weights/d/d/kernel:0"]
    code = (
        "import sys, nets.network.files.hdf5_child as child, h5py\n"
        f"assert child.main([{str(path)!r}, '', '1000']) == 0\n"
        "print(sorted({'keras', 'tensorflow', 'PySide6'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr.split()) == (0, [b"[]"])


def test_a_frozen_program_reads_by_itself(damaged, tmp_path, monkeypatch):
    program = tmp_path / "program.py"
    program.write_text(f"import sys; sys.path.insert(0, {str(ROOT)!r}); import main; sys.exit(main.main())")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert hdf5._command() == [sys.executable, hdf5.CHILD_FLAG]
    monkeypatch.setattr(hdf5, "_command", lambda: [sys.executable, str(program), hdf5.CHILD_FLAG])
    assert read_hdf5(damaged(lambda file: None)).attributes["backend"] == "tensorflow"
