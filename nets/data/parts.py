"""Work on many images, divided among threads: NumPy and Pillow compute outside of Python's lock."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from nets.backend import available_cores

LEAST = 500_000
"""Numbers that one thread computes at least; starting it costs as much as some thousand."""


def in_parts(work: Callable[[slice], None], count: int, numbers: int) -> None:
    """Call ``work`` with slices that cover ``range(count)``, in as many threads as are worth while.

    One thread enlarges some 15,000 images of 28 pixels to 224 in a second; a graphics card trains small networks on
    more.

    Args:
        work: writes the results of the images in a slice, and touches nothing of the others'.
        count: how many images there are.
        numbers: how many numbers all their results have.

    Raises:
        Exception: what ``work`` raised.
    """
    threads = min(available_cores(), count, numbers // LEAST)
    if threads < 2:
        work(slice(0, count))
        return
    size = -(-count // threads)
    parts = [slice(start, min(start + size, count)) for start in range(0, count, size)]
    with ThreadPoolExecutor(threads, thread_name_prefix="images") as pool:
        for _ in pool.map(work, parts):
            pass
