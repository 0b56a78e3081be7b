"""The versions that the program runs with."""

from __future__ import annotations

import importlib.metadata
import platform

_PACKAGES = (
    "tensorflow",
    "jax",
    "torch",
    "keras",
    "numpy",
    "PySide6-Essentials",
    "pyqtgraph",
    "scikit-learn",
    "pillow",
)


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that influence results, for cards and bug reports. Imports none."""
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
