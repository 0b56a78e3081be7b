"""How much memory this computer has free, and byte counts in words."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

ASSUMED = 4 << 30  # if the system does not say


def available_memory() -> int:
    """Bytes that programs can still take without swapping, including a container's limit."""
    found = [_windows() if sys.platform == "win32" else _linux() or _pages(), *_container()]
    known = [size for size in found if size]
    return min(known) if known else ASSUMED


def memory_text() -> str:
    return bytes_text(available_memory())


def bytes_text(count: float) -> str:
    """``count`` bytes in the largest unit that leaves at least one: "31 GB", "2.5 MB", "800 bytes"."""
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            number = count / size
            return f"{number:,.0f} {unit}" if number >= 10 else f"{number:.1f} {unit}"
    return f"{count:.0f} bytes"


def _linux() -> int:
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return 0


def _pages() -> int:
    """macOS reports only its whole memory; half of it counts as free."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, OSError, ValueError):
        return 0


def _container() -> list[int]:
    try:
        limit = int(Path("/sys/fs/cgroup/memory.max").read_text())
        used = int(Path("/sys/fs/cgroup/memory.current").read_text())
        return [max(limit - used, 1)]
    except (OSError, ValueError):
        return []


def _windows() -> int:
    class Status(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ulong), ("load", ctypes.c_ulong)] + [
            (name, ctypes.c_ulonglong) for name in ("total", "free", "t1", "f1", "t2", "f2", "extended")
        ]

    status = Status(length=ctypes.sizeof(Status))
    ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))  # type: ignore[attr-defined]
    return int(status.free)
