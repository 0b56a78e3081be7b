"""The machine of a measurement, in words: a time without it means nothing."""

from __future__ import annotations

import os
import platform
from functools import cache
from pathlib import Path

from nets import backend
from nets.versions import versions

LIBRARIES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}


@cache
def machine_words() -> str:
    """ "AMD EPYC 7B13, 2 of 4 cores, Linux, Python 3.11.2, TensorFlow 2.21.0, Keras 3.15.1". Imports TensorFlow, or
    the library that computes in its place, which is the one that is named.
    """
    device = backend.device()
    found = versions()
    library = backend.name()
    names = (("python", "Python"), (library, LIBRARIES[library]), ("keras", "Keras"))
    libraries = [f"{title} {found[name]}" for name, title in names if name in found]
    what = device.detail if device.name == "GPU" else f"{_processor()}, {device.detail}"
    return ", ".join([what, platform.system(), *libraries])


def load_now() -> float:
    """How many programs wanted to compute in the last minute, on average; 0 if the system does not say."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else 0.0


def _processor() -> str:
    """The processor's name from the system."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        return platform.processor() or platform.machine()
    return platform.processor() or platform.machine()
