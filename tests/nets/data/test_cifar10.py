"""CIFAR-10 from both of its archives, from every place, and what is said of damaged ones."""

from __future__ import annotations

import io
import os
import pickle
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from nets.data import cifar10, datasets
from nets.data.cifar10 import CLASSES, TEST, TRAIN, load
from nets.data.datasets import DATASETS
from nets.data.examples import examples
from nets.errors import LensletError
from nets.events import Cancelled, Event, Message
from nets.places import Places

if TYPE_CHECKING:
    from conftest import Server

SPEC = DATASETS["cifar10"]
RANDOM = np.random.default_rng(5)
IMAGES = RANDOM.integers(0, 256, (12, 32, 32, 3), dtype=np.uint8)  # two in each of six parts
LABELS = [int(label) for label in RANDOM.integers(0, 10, 12)]


def archive(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as packed:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            packed.addfile(member, io.BytesIO(data))
    return content.getvalue()


def pickled(number: int, protocol: int = 2) -> bytes:
    images, labels = IMAGES[2 * number : 2 * number + 2], LABELS[2 * number : 2 * number + 2]
    rows = np.ascontiguousarray(images.transpose(0, 3, 1, 2)).reshape(2, -1)
    return pickle.dumps({b"data": rows, b"labels": labels, b"batch_label": b"part"}, protocol=protocol)


def batches() -> dict[str, bytes]:
    parts = {f"cifar-10-batches-py/{name}": pickled(number) for number, name in enumerate((*TRAIN, TEST))}
    return {"cifar-10-batches-py/readme.html": b"", **parts}


def jpeg(shade: int, size: int = 32) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (size, size), (shade, 128, 255 - shade)).save(content, "JPEG", quality=95)
    return content.getvalue()


def photographs() -> dict[str, bytes]:
    files = {f"test/{name}/0.jpg": jpeg(20 * number) for number, name in enumerate(CLASSES)}
    return files | {f"train/{name}/{at}.jpg": jpeg(20 * n + at) for n, name in enumerate(CLASSES) for at in (0, 1)}


def check_pixels(data: Any) -> None:
    np.testing.assert_array_equal(data.train.pixels(), IMAGES[:10])
    np.testing.assert_array_equal(data.test.pixels(), IMAGES[10:])
    assert data.train.labels.tolist() == LABELS[:10]
    assert data.test.labels.tolist() == LABELS[10:]
    assert (data.train.labels.dtype, data.train.pixels().dtype) == (np.int64, np.uint8)


@pytest.mark.parametrize("name", ["cifar-10-python.tar.gz", "cifar-10-batches-py.tar.gz"])
def test_the_archive_of_keras_in_the_data_directory(name: str, places: Places, nowhere: str) -> None:
    assert places.data is not None
    (places.data / name).write_bytes(archive(batches()))
    check_pixels(load(SPEC, places, host=nowhere))
    found = datasets.find("cifar10", places)
    assert (found.found, found.where) == (True, f"data directory {places.data}, {name}")
    again = load(SPEC, places, host=nowhere)
    check_pixels(again)
    assert isinstance(again.train.pixels(), np.memmap)
    assert again.train.pixels().flags.writeable is False


def test_the_folder_that_keras_3_unpacks(places: Places, nowhere: str) -> None:
    folder = Path(os.environ["KERAS_HOME"]) / "datasets" / "cifar-10-batches-py-target" / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    for name, content in batches().items():
        (folder / Path(name).name).write_bytes(content)
    data = load(SPEC, places, host=nowhere)
    check_pixels(data)
    assert data.where.startswith("Keras's cache")


def test_a_download_is_kept(places: Places, server: Server, nowhere: str) -> None:
    server.bodies["cifar-10-python.tar.gz"] = archive(batches())
    check_pixels(load(SPEC, places, host=server.url))
    check_pixels(load(SPEC, places, host=nowhere))


def test_the_jpeg_archive_is_read(places: Places, nowhere: str) -> None:
    assert places.data is not None
    (places.data / cifar10.JPEG).write_bytes(archive(photographs()))
    data = load(SPEC, places, host=nowhere)
    assert data.train.labels.tolist() == [label for label in range(10) for _ in range(2)]
    assert data.test.labels.tolist() == list(range(10))
    shades = data.test.pixels()[:, 16, 16, 0].astype(int)
    np.testing.assert_allclose(shades, 20 * np.arange(10), atol=3)
    assert data.rejected == ()
    shown = examples("cifar10", CLASSES, places, count=4)
    assert (shown.title, shown.images.shape) == ("CIFAR-10", (4, 32, 32, 3))


def test_broken_photographs_are_listed_and_hidden_files_passed_over(places: Places, nowhere: str) -> None:
    assert places.data is not None
    files = photographs()
    files |= {"train/frog/x.jpg": b"not a picture", "train/frog/y.jpg": jpeg(3, size=40), "train/frog/._0.jpg": b"mac"}
    (places.data / cifar10.JPEG).write_bytes(archive(files))
    for _ in range(2):  # unpacked, and from the cache
        seen: list[Event] = []
        data = load(SPEC, places, seen.append, host=nowhere)
        assert len(data.train) == 20
        assert [sentence.split(" in ")[0] for sentence in data.rejected] == ["train/frog/x.jpg", "train/frog/y.jpg"]
        assert "expected 32 x 32 pixels, found 40 x 40" in data.rejected[1]
        (message,) = (event.text for event in seen if isinstance(event, Message))
        assert "left out 2 files" in message


def test_another_archive_is_unpacked_again_and_a_damaged_cache_made_anew(places: Places, nowhere: str) -> None:
    assert places.data is not None
    path = places.data / cifar10.JPEG
    path.write_bytes(archive(photographs()))
    first = load(SPEC, places, host=nowhere)
    cached = places.cache / "cifar10" / "unpacked" / "train_images.npy"
    cached.write_bytes(cached.read_bytes()[:200])
    assert load(SPEC, places, host=nowhere).md5 == first.md5
    assert len(load(SPEC, places, host=nowhere).train.pixels()) == 20
    path.write_bytes(archive({name: content for name, content in photographs().items() if "/1." not in name}))
    assert len(load(SPEC, places, host=nowhere).train) == 10


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda files: files.pop("cifar-10-batches-py/data_batch_3"), "lacks data_batch_3 of CIFAR-10"),
        (lambda files: files.update({"cifar-10-batches-py/test_batch": b"rubbish"}), "test_batch in .* is not a part"),
        (
            lambda files: files.update({"cifar-10-batches-py/test_batch": pickle.dumps({b"data": os.getcwd})}),
            "which is no array",
        ),
        (
            lambda files: files.update(
                {"cifar-10-batches-py/test_batch": pickle.dumps({b"data": np.zeros((2, 9), np.uint8), b"labels": [1]})}
            ),
            r"should hold N images of 3072 bytes and N labels from 0 to 9, found \(2, 9\)",
        ),
    ],
)
def test_a_damaged_archive_is_named(change: Any, words: str, places: Places, nowhere: str) -> None:
    assert places.data is not None
    files = batches()
    change(files)
    (places.data / "cifar-10-python.tar.gz").write_bytes(archive(files))
    with pytest.raises(LensletError, match=words):
        load(SPEC, places, host=nowhere)


@pytest.mark.parametrize("name", ["cifar-10-python.tar.gz", cifar10.JPEG])
def test_a_cut_archive_is_named(name: str, places: Places, nowhere: str) -> None:
    assert places.data is not None
    whole = archive(batches() if name != cifar10.JPEG else photographs())
    (places.data / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(LensletError, match=f"{name} is damaged or cut short"):
        load(SPEC, places, host=nowhere)


def test_nowhere_to_be_had_says_which_file_to_put_where(places: Places, nowhere: str) -> None:
    with pytest.raises(LensletError) as problem:
        load(SPEC, places, host=nowhere)
    said = str(problem.value)
    assert f"put cifar-10-python.tar.gz or cifar10-jpeg.tar.gz into {places.data}" in said
    assert "Connection refused" in said


def test_unpacking_can_be_stopped(places: Places, nowhere: str) -> None:
    assert places.data is not None
    (places.data / cifar10.JPEG).write_bytes(archive(photographs()))

    def stop(event: Event) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        load(SPEC, places, stop, host=nowhere)
    assert len(load(SPEC, places, host=nowhere).train) == 20
