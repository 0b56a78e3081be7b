"""Enlarged images against Pillow's, byte for byte, and the division of work among threads."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PIL import Image

from nets.data import enlarge as enlarging
from nets.data import parts
from nets.data.enlarge import enlarge
from nets.data.parts import in_parts


def by_pillow(images: np.ndarray, height: int, width: int) -> np.ndarray:
    found = np.empty((len(images), height, width, images.shape[-1]), np.uint8)
    for image, to in zip(images, found, strict=True):
        for channel in range(images.shape[-1]):
            plane = Image.fromarray(np.ascontiguousarray(image[..., channel]))
            to[..., channel] = np.asarray(plane.resize((width, height), Image.Resampling.BILINEAR))
    return found


@pytest.mark.parametrize("channels", [1, 3])
def test_every_byte_is_pillows(channels: int) -> None:
    random = np.random.default_rng(channels)
    sizes = [(28, 28, 224, 224), (32, 32, 96, 75), (28, 28, 28, 29), (1, 1, 5, 7), (3, 40, 200, 40)]
    sizes += [(*random.integers(1, 40, 2), *random.integers(40, 150, 2)) for _ in range(25)]
    for height, width, tall, wide in sizes:
        images = random.integers(0, 256, (3, height, width, channels), dtype=np.uint8)
        np.testing.assert_array_equal(enlarge(images, tall, wide), by_pillow(images, tall, wide))


def test_threads_and_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    images = np.random.default_rng(0).integers(0, 256, (23, 7, 9, 1), dtype=np.uint8)
    alone = enlarge(images, 30, 31)
    monkeypatch.setattr(parts, "LEAST", 1)
    monkeypatch.setattr(parts, "available_cores", lambda: 5)
    monkeypatch.setattr(enlarging, "CHUNK", 2 * 30 * 31)
    np.testing.assert_array_equal(enlarge(images, 30, 31), alone)


@pytest.mark.parametrize("count", [1, 4, 5, 16, 17, 100])
def test_parts_cover_everything_once_in_as_many_threads_as_cores(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "available_cores", lambda: 4)
    seen, names = np.zeros(count, int), []

    def work(part: slice) -> None:
        seen[part] += 1
        names.append(threading.current_thread().name)

    in_parts(work, count, 10 * parts.LEAST)
    assert (seen == 1).all()
    assert len(names) <= 4
    assert count == 1 or all(name.startswith("images") for name in names)


def test_little_work_stays_in_its_thread_and_problems_arrive() -> None:
    names = []
    in_parts(lambda part: names.append(threading.current_thread()), 100, parts.LEAST)
    assert names == [threading.current_thread()]

    def fail(part: slice) -> None:
        raise ValueError("no such image")

    with pytest.raises(ValueError, match="no such image"):
        in_parts(fail, 100, 100 * parts.LEAST)
