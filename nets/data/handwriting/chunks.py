"""Makes many drawings in chunks on all processors, and stores them in a folder for the next time."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing import TimeoutError, get_context
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from nets.data.images import ArrayImages
from nets.data.specs import Split
from nets.files import write_with

if TYPE_CHECKING:
    from multiprocessing.pool import IMapIterator

POLL = 0.1  # seconds; work that takes minutes must stop soon after a person asks
Chunk = tuple[np.ndarray, np.ndarray]  # images (n, 28, 28, 1) uint8 and labels (n,) int64
Task = TypeVar("Task")
Tell = Callable[[int], object]
"""Called with the number of drawings done so far."""


def in_chunks(draw: Callable[[Task], tuple[np.ndarray, np.ndarray]], tasks: Sequence[Task], tell: Tell) -> Split:
    """What ``draw`` gives for each of ``tasks``, on all processors, joined in their order.

    Args:
        draw: from a task to images (n, 28, 28, 1) uint8 and labels (n,) int64; a function of a module, so that other
            processes find it. It draws random numbers from its task alone: the result does not depend on how many
            processors there are.
        tasks: one for each chunk.
        tell: called after each chunk, and every ``POLL`` seconds in between; an exception that it raises ends the
            processes at once.

    Returns:
        The chunks joined.
    """
    if len(tasks) < 2:
        return _joined(map(draw, tasks), tell)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with get_context("spawn").Pool(min(cores, len(tasks)), initializer=_leave_interrupts) as pool:
        return _joined(_polled(pool.imap(draw, tasks)), tell)


def _leave_interrupts() -> None:
    """Ignore Ctrl+C, which reaches every process of the terminal: the waiting process ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _polled(chunks: IMapIterator[Chunk]) -> Iterator[Chunk | None]:
    """Every chunk when it is ready, and None whenever ``POLL`` seconds have passed."""
    while True:
        try:
            yield chunks.next(timeout=POLL)
        except TimeoutError:
            yield None
        except StopIteration:
            return


def kept(path: Path, make: Callable[[], Split]) -> Split:
    """The drawings in the file ``path``; if there is none, those that ``make`` draws, written to it."""
    if path.exists():
        with np.load(path) as found:
            return Split(ArrayImages(found["images"]), found["labels"])
    made = make()
    write_with(path, lambda temporary: np.savez_compressed(temporary, images=made.pixels(), labels=made.labels))
    return made


def _joined(chunks: Iterable[Chunk | None], tell: Tell) -> Split:
    images, labels, done = [], [], 0
    for chunk in chunks:
        if chunk is not None:
            images.append(chunk[0])
            labels.append(chunk[1])
            done += len(chunk[1])
        tell(done)
    return Split(ArrayImages(np.concatenate(images)), np.concatenate(labels))
