"""Makes many drawings chunk by chunk on all processors, and keeps them in a folder for the next time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import numpy as np

from nets.data.specs import Split
from nets.files import write_with

Task = TypeVar("Task")
Tell = Callable[[int], object]
"""Called with the number of drawings done so far."""


def in_chunks(draw: Callable[[Task], tuple[np.ndarray, np.ndarray]], tasks: Sequence[Task], tell: Tell) -> Split:
    """What ``draw`` gives for each of ``tasks``, one after the other in their order.

    Args:
        draw: from a task to images (n, 28, 28, 1) uint8 and labels (n,) int64; a function of a module, so that other
            processes find it. It draws random numbers from its task alone: the result does not depend on how many
            processors there are.
        tasks: one for each chunk.
        tell: called after each chunk.

    Returns:
        The chunks joined.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    workers = min(cores, len(tasks))
    if workers < 2:
        return _joined(map(draw, tasks), tell)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return _joined(pool.map(draw, tasks), tell)


def kept(path: Path, make: Callable[[], Split]) -> Split:
    """The drawings in ``path``; where there is no such file, those that ``make`` draws, written to it."""
    if path.exists():
        with np.load(path) as found:
            return Split(found["images"], found["labels"])
    made = make()
    write_with(path, lambda temporary: np.savez_compressed(temporary, images=made.images, labels=made.labels))
    return made


def _joined(chunks: Iterable[tuple[np.ndarray, np.ndarray]], tell: Tell) -> Split:
    images, labels, done = [], [], 0
    for some_images, some_labels in chunks:
        images.append(some_images)
        labels.append(some_labels)
        done += len(some_labels)
        tell(done)
    return Split(np.concatenate(images), np.concatenate(labels))
