"""The tests marked ``backends`` with KERAS_BACKEND=jax and torch, where installed, in processes of their own."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["jax", "torch"])
def test_the_group_passes(name: str, tmp_path: Path) -> None:
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"optional: needs {name}; pip install {name} brings it")
    files = [
        str(path) for path in (ROOT / "tests/nets").rglob("test_*.py") if "mark.backends" in path.read_text("utf-8")
    ]
    command = [sys.executable, "-m", "pytest", "-m", "backends", "-p", "no:cacheprovider", *files]
    # JAX compiles the same step for every training: the second time it reads what it compiled the first time.
    cache = {"JAX_COMPILATION_CACHE_DIR": str(tmp_path), "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0"}
    environment = {**os.environ, **cache, "KERAS_BACKEND": name}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
