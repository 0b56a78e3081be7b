"""Where datasets of fixed files are looked for, and what is said of files that are not what they should be."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pytest

from nets.data.idx import DamagedFile, header, md5_of
from nets.data.stored import load_stored, locate
from nets.errors import LensletError
from nets.events import Cancelled, Event
from nets.places import Places

if TYPE_CHECKING:
    from conftest import Small

    from tests.nets.local_server import Server


def name_of(small: Small, number: int) -> str:
    return small.spec.files[number].name


def test_the_data_directory_comes_first(places: Places, small: Small, nowhere: str) -> None:
    assert places.data is not None
    small.write(places.data / small.spec.name)
    (small.write(places.cache / small.spec.name) / name_of(small, 0)).write_bytes(b"never looked at")
    data = load_stored(small.spec, places, host=nowhere)
    assert data.where == f"data directory {places.data}"
    images, labels, test_images, test_labels = small.arrays.values()
    np.testing.assert_array_equal(data.train.pixels(), images[..., None])
    np.testing.assert_array_equal(data.train.labels, labels)
    np.testing.assert_array_equal(data.test.pixels(), test_images[..., None])
    np.testing.assert_array_equal(data.test.labels, test_labels)
    assert data.train.pixels().dtype == np.uint8
    assert data.train.labels.dtype == np.int64


def test_then_earlier_downloads(places: Places, small: Small, nowhere: str) -> None:
    small.write(places.cache / small.spec.name)
    data = load_stored(small.spec, places, host=nowhere)
    assert data.where == f"earlier download in {places.cache}"
    assert load_stored(small.spec, replace(places, data=None), host=nowhere).md5 == data.md5


def test_then_the_network(
    places: Places, small: Small, server: Server, nowhere: str, files_in: Callable[[Path], list[str]]
) -> None:
    server.bodies = {name: small.packed(name) for name in small.arrays}
    seen: list[Event] = []
    data = load_stored(small.spec, places, seen.append, host=server.url)
    assert data.where == f"downloaded into {places.cache}"
    assert seen
    assert files_in(places.cache / small.spec.name) == sorted(small.arrays)
    assert load_stored(small.spec, places, host=nowhere).where == f"earlier download in {places.cache}"


def test_mnist_comes_as_one_archive(
    places: Places, small: Small, server: Server, tmp_path: Path, nowhere: str, files_in: Callable[[Path], list[str]]
) -> None:
    spec = replace(small.spec, name="mnist")
    server.bodies["mnist.npz"] = small.write_npz(tmp_path / "whole.npz").read_bytes()
    data = load_stored(spec, places, host=server.url)
    np.testing.assert_array_equal(data.test.pixels()[..., 0], small.arrays[name_of(small, 2)])
    assert server.asked == ["mnist.npz"]
    assert files_in(places.cache) == ["mnist/mnist.npz"]
    assert load_stored(spec, places, host=nowhere).md5 == data.md5


def test_unpacked_files_and_an_archive_in_the_data_directory(places: Places, small: Small, nowhere: str) -> None:
    assert places.data is not None
    folder = places.data / small.spec.name
    folder.mkdir()
    for name, array in small.arrays.items():
        (folder / name.removesuffix(".gz")).write_bytes(header(array) + array.tobytes())
    plain = load_stored(small.spec, places, host=nowhere)
    for path in folder.iterdir():
        path.unlink()
    small.write_npz(folder / f"{small.spec.name}.npz")
    assert load_stored(small.spec, places, host=nowhere).md5 == plain.md5


def test_a_truncated_file_is_named_with_both_sums(places: Places, small: Small, nowhere: str) -> None:
    assert places.data is not None
    path = small.write(places.data / small.spec.name) / name_of(small, 0)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DamagedFile, match="is cut short") as problem:
        load_stored(small.spec, places, host=nowhere)
    assert str(path) in str(problem.value)
    assert f"should have md5 {small.spec.files[0].md5}, found " in str(problem.value)


def test_a_foreign_file_is_named_with_both_sums(places: Places, small: Small, nowhere: str) -> None:
    assert places.data is not None
    folder = small.write(places.data / small.spec.name)
    (folder / name_of(small, 1)).write_bytes((folder / name_of(small, 3)).read_bytes())
    with pytest.raises(DamagedFile, match="is another file than expected") as problem:
        load_stored(small.spec, places, host=nowhere)
    assert f"md5 {small.spec.files[1].md5}, found {small.spec.files[3].md5}" in str(problem.value)


def test_a_foreign_archive_is_named_with_both_sums(places: Places, small: Small, nowhere: str) -> None:
    path = small.write_npz(places.cache / small.spec.name / f"{small.spec.name}.npz")
    first = small.arrays[name_of(small, 0)].copy()
    first[0, 0, 0] ^= 1
    with np.load(path) as archive:
        arrays = dict(archive) | {"x_train": first}
    np.savez(path, **arrays)
    with pytest.raises(DamagedFile) as problem:
        load_stored(small.spec, places, host=nowhere)
    assert f"x_train should have md5 {small.spec.files[0].md5}, found {md5_of(first)}" in str(problem.value)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"no archive"])
def test_a_damaged_archive_is_named(content: bytes, places: Places, small: Small, nowhere: str) -> None:
    path = places.cache / small.spec.name / f"{small.spec.name}.npz"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(DamagedFile, match="is not the archive of Fashion-MNIST"):
        load_stored(small.spec, places, host=nowhere)


class Harmful:
    """Unpickling it runs ``run``."""

    ran: ClassVar[list[bool]] = []

    @staticmethod
    def run() -> None:
        Harmful.ran.append(True)

    def __reduce__(self) -> tuple[Callable[[], None], tuple[()]]:
        return Harmful.run, ()


def test_an_archive_of_python_objects_is_not_unpickled(places: Places, small: Small, nowhere: str) -> None:
    path = places.cache / small.spec.name / f"{small.spec.name}.npz"
    path.parent.mkdir(parents=True)
    harmful = np.array([Harmful()], dtype=object)
    np.savez(path, allow_pickle=True, **dict.fromkeys(("x_train", "y_train", "x_test", "y_test"), harmful))
    with pytest.raises(DamagedFile, match="is not the archive of"):
        load_stored(small.spec, places, host=nowhere)
    assert not Harmful.ran


def test_partly_present_says_which_are_missing(places: Places, small: Small, server: Server) -> None:
    assert places.data is not None
    folder = small.write(places.data / small.spec.name)
    (folder / name_of(small, 2)).unlink()
    found = locate(small.spec, places)
    assert found.folder is None
    assert found.missing == (name_of(small, 2),)
    with pytest.raises(LensletError, match=f"{folder} lacks {name_of(small, 2)} of Fashion-MNIST"):
        load_stored(small.spec, places, host=server.url)
    assert server.asked == []


def test_a_broken_off_download_leaves_nothing_half_written_and_goes_on_later(
    places: Places, small: Small, server: Server, files_in: Callable[[Path], list[str]]
) -> None:
    server.bodies = {name: small.packed(name) for name in small.arrays}
    server.cut.add(name_of(small, 2))
    with pytest.raises(LensletError, match=r"could not be downloaded; .*broke off"):
        load_stored(small.spec, places, host=server.url)
    whole = sorted(name_of(small, number) for number in (0, 1))
    assert files_in(places.cache) == [f"{small.spec.name}/{name}" for name in whole]
    server.cut.clear()
    server.asked.clear()
    assert len(load_stored(small.spec, places, host=server.url).train) == 6
    assert server.asked == [name_of(small, 2), name_of(small, 3)]


def test_a_download_with_a_wrong_sum_is_not_kept(
    places: Places, small: Small, server: Server, files_in: Callable[[Path], list[str]]
) -> None:
    server.bodies = {name: small.packed(name_of(small, 3)) for name in small.arrays}
    with pytest.raises(DamagedFile, match=f"md5 {small.spec.files[0].md5}, found {small.spec.files[3].md5}"):
        load_stored(small.spec, places, host=server.url)
    assert files_in(places.cache) == []


def test_a_cancelled_download_leaves_nothing(
    places: Places, small: Small, server: Server, files_in: Callable[[Path], list[str]]
) -> None:
    server.bodies = {name: small.packed(name) for name in small.arrays}

    def stop(event: Event) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        load_stored(small.spec, places, stop, host=server.url)
    assert files_in(places.cache) == []


def test_without_a_network_the_message_says_which_file_to_put_where(places: Places, small: Small, nowhere: str) -> None:
    with pytest.raises(LensletError) as problem:
        load_stored(small.spec, places, host=nowhere)
    said = str(problem.value)
    what, _, next_step = said.partition("; ")  # the window's title, and what stands below it
    assert what == f"{small.spec.title} is not on this machine and could not be downloaded"
    assert next_step.startswith("'digits' can be trained on without any file, or put ")
    assert "Connection refused" in said
    assert all(name in said for name in small.arrays)
    assert str(places.data) in said
    assert "--data-dir" in said
    assert "'digits' can be trained on" in said
    assert "\n" not in said


def test_a_data_directory_that_is_not_there(places: Places, small: Small, tmp_path: Path, nowhere: str) -> None:
    gone = replace(places, data=tmp_path / "gone")
    with pytest.raises(LensletError, match=r"data directory .*gone could not be read: No such file"):
        load_stored(small.spec, gone, host=nowhere)


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="rights are another matter there")
@pytest.mark.parametrize("inner", [False, True], ids=["directory", "its folder"])
def test_a_data_directory_without_rights(inner: bool, places: Places, small: Small, nowhere: str) -> None:
    assert places.data is not None
    folder = small.write(places.data / small.spec.name)
    closed = folder if inner else places.data
    closed.chmod(0)
    user = os.geteuid()
    try:
        if user == 0:  # nothing is forbidden to root
            os.seteuid(65534)
        with pytest.raises(LensletError, match="could not be read: Permission denied"):
            load_stored(small.spec, places, host=nowhere)
    finally:
        os.seteuid(user)
        closed.chmod(0o755)


def test_a_file_in_place_of_the_data_directory(places: Places, small: Small, tmp_path: Path, nowhere: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LensletError, match=r"expected a folder|Not a directory"):
        load_stored(small.spec, replace(places, data=tmp_path / "file"), host=nowhere)


def test_the_real_mnist(places: Places, data_dir: Path, nowhere: str) -> None:
    from nets.data.datasets import DATASETS

    data = load_stored(DATASETS["mnist"], replace(places, data=data_dir), host=nowhere)
    assert (len(data.train), len(data.test)) == (60_000, 10_000)
    assert data.train.labels[:5].tolist() == [5, 0, 4, 1, 9]
    for split, counts in ((data.train, data.spec.train_counts), (data.test, data.spec.test_counts)):
        assert np.bincount(split.labels).tolist() == list(counts)
