"""Hostile and damaged files, made from a seed: each ends in a result or in one sentence, in bounded time and memory.

    python -m tests.fuzz --seconds 60 --seed 7          a minute of it, all families in turn
    python -m tests.fuzz --seed 7 --case config:123     one case again, with its traceback

Families: ``reported`` (files as people reported them, each once), ``bytes`` (model files with changed, missing and
added bytes), ``hdf5`` (the same inside the weights of a ``.keras`` file, with a right checksum), ``config``
(descriptions with values of other types and other connections), ``picture``, ``run`` and ``card``. What fails is
kept in a folder that is named.
"""

from __future__ import annotations

import argparse
import faulthandler
import itertools
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from nets.errors import LensletError
from tests.fuzz.asking import python_words
from tests.fuzz.families import FAMILIES
from tests.fuzz.pool import Pool, make_pool
from tests.fuzz.reported import REPORTED

LONGEST = 30.0  # seconds of processor time of one case
HANGS = 240.0  # seconds by the clock, on a machine that does other things as well
LARGEST = 1.5e9  # bytes that one case may add to the process


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="time for the cases, after the files are made")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="families, separated by commas")
    parser.add_argument("--case", default="", help="FAMILY:NUMBER, one case alone")
    options = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="lenslet-fuzz-") as folder:
        pool = make_pool(Path(folder))
        if options.case:
            family, _, number = options.case.partition(":")
            return 0 if attempt(pool, options.seed, family, int(number)) else 1
        return fuzz(pool, options.seed, options.seconds, options.only.split(",") if options.only else list(FAMILIES))


def fuzz(pool: Pool, seed: int, seconds: float, families: list[str]) -> int:
    """Takes cases until the time is over. The exit status."""
    began, counts, failed = time.monotonic(), Counter[str](), 0
    for family, number in _in_turn(families):
        if time.monotonic() - began >= seconds:
            break
        counts[family] += 1
        failed += not attempt(pool, seed, family, number)
    told = ", ".join(f"{count} {family}" for family, count in counts.items())
    print(f"{sum(counts.values())} cases with seed {seed} ({told}): {failed or 'none'} failed")
    return 1 if failed else 0


def _in_turn(families: list[str]) -> Iterator[tuple[str, int]]:
    """The reported files first, each once; then the others without end."""
    if "reported" in families:
        yield from (("reported", number) for number in range(len(REPORTED)))
    others = [family for family in families if family != "reported"]
    yield from ((family, number) for number in (itertools.count() if others else ()) for family in others)


def attempt(pool: Pool, seed: int, family: str, number: int) -> bool:
    """Whether one case ended as it should. Prints what went wrong, and keeps its files."""
    random = np.random.default_rng([seed, list(FAMILIES).index(family), number])
    case = pool.folder / "case"
    shutil.rmtree(case, ignore_errors=True)
    case.mkdir()
    before, began = _peak(), _processor_time()
    faulthandler.dump_traceback_later(HANGS, exit=True)  # what hangs says where, and ends
    try:
        FAMILIES[family](pool, case, random, number)
        problem = ""
    except LensletError as said:
        problem = f"a message in Python's words: {said}" if python_words(str(said)) else ""
    except Exception:
        problem = traceback.format_exc()
    finally:
        faulthandler.cancel_dump_traceback_later()
    took, grown = _processor_time() - began, _peak() - before
    if not problem and took > LONGEST:
        problem = f"it took {took:.0f} s of processor time"
    if not problem and grown > LARGEST:
        problem = f"it took {grown / 1e9:.1f} GB"
    if problem:
        kept = Path(tempfile.mkdtemp(prefix=f"lenslet-fuzz-{family}-{number}-"))
        shutil.copytree(case, kept, dirs_exist_ok=True, ignore_dangling_symlinks=True)
        print(f"{family}:{number} with seed {seed} failed: {problem}\nits files are in {kept}", flush=True)
    return not problem


def _processor_time() -> float:
    """Seconds that this process and the children that have ended computed."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _peak() -> float:
    """Bytes that the process has taken at most so far; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1.0 if sys.platform == "darwin" else 1024.0)


if __name__ == "__main__":
    sys.exit(main())
