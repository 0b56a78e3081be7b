"""What explanations cost, against xplique, tf-keras-vis and captum in the same run, in turn; and dreams and patches.

    python -m venv peers && peers/bin/pip install -r requirements.txt -r benchmarks/requirements-explain.txt
    peers/bin/pip install --no-deps xplique==2.0.2 tensorflow-probability==0.25.0 tf-keras==2.21.0 dm-tree==0.1.10 \
        decorator==5.3.1
    peers/bin/python benchmarks/explain.py [lenet pen] [--methods gradient ...] [--rounds 7]

Milliseconds for one picture and for 32, warm, the median of the rounds; in a round the programs take turns, so that
whatever else the machine does meets all of them. A turn is a call that does not count, because it finds the caches full
of the others' numbers (it is in the JSON line as "first"), and then up to ten calls, of which the quickest counts; a
call of more than a fifth of a second counts itself. On a busy machine the ratio in processor's time is the one to
trust; start it with OMP_WAIT_POLICY=PASSIVE then, else PyTorch's threads count while they wait.

A JSON line for each method, network and number of pictures, with what was promised: at most so many times the faster of
xplique and tf-keras-vis, and of captum; of 32 pictures captum alone. A peer that is not installed, or lacks the method,
has no figure. Without any peer it measures our own times.

Of the methods that are a known number of passes through the network, a further row has the least ratio that any program
could reach which computes them all: with each multiply-add at what it costs in a large matrix product on this machine.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import statistics
import sys
import time
import types
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from report import Row, show

ROOT = Path(__file__).resolve().parent.parent
# tf-keras-vis installs a package "tests" that would be found before ours.
sys.modules["tests"] = types.ModuleType("tests")
sys.modules["tests"].__path__ = [str(ROOT / "tests")]

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from nets.compute.lens import Lens  # noqa: E402
from nets.explain import EXPLAINERS  # noqa: E402
from nets.explain.scores import multiply_adds  # noqa: E402
from nets.models import open_model  # noqa: E402
from tests.nets.explain.conftest import photo, seven  # noqa: E402
from tests.nets.explain.peers import MASKS, PEERS, SAMPLES, STEPS, missing  # noqa: E402

LAYERS = {"lenet": "conv2", "pen": "block3_relu2"}
BATCH = 32
TEN = 10
LONG_ROUNDS = 2  # of what takes seconds
TURN, TURN_CALLS = 200, 10  # milliseconds and calls of a program's turn, at most
SLOW = 5000  # milliseconds of a first call from which a second one is not made only to warm up

# At most so many times: (the faster of xplique and tf-keras-vis, captum, captum with a batch of 32); None: no promise.
Promise = tuple[float | None, float | None, float | None]
CHEAP: Promise = (1 / 10, 0.8, 1.0)
PROMISED: dict[str, Promise] = {
    "gradient": CHEAP,
    "guided_backprop": CHEAP,
    "deconvnet": CHEAP,
    "grad_cam": CHEAP,
    "score_cam": (1 / 20, None, None),
    "integrated_gradients": (1 / 5, 0.8, 0.6),
    "smoothgrad": (1 / 5, 0.8, 0.6),
    "occlusion": (1 / 10, 0.25, 0.3),
    "rise": (1 / 7, None, None),
    "activation_maximization": (1 / 10, None, None),
}
MAXIMISED_TEN = 1 / 5
ON_PEN: Promise = (1 / 4, 0.9, 1.0)
OPTIONS: dict[str, dict[str, Any]] = {
    "integrated_gradients": {"steps": STEPS},
    "smoothgrad": {"samples": SAMPLES},
    "rise": {"masks": MASKS},
    "activation_maximization": {"steps": 200},
}

# Passes through the network for one picture; one to the input's gradient costs as much as one forward.
PASSES = {"integrated_gradients": 2 * (STEPS + 1), "smoothgrad": 2 * SAMPLES, "rise": MASKS}
SIDE = 2048  # of the matrices whose product tells what the machine can do


def pictures(count: int) -> np.ndarray:
    """(count, 28, 28, 1) float32: a digit, moved."""
    moves = [(row, column) for row in range(-3, 3) for column in range(-3, 3)]
    return np.stack([np.roll(seven(), moves[number % len(moves)], axis=(0, 1)) for number in range(count)])


@dataclass(frozen=True)
class Times:
    """Milliseconds of each program, by its name: of the clock and of the processor, and a turn's first of the clock."""

    clock: dict[str, float]
    processor: dict[str, float]
    first: dict[str, float]


def in_turn(calls: dict[str, Callable[[], Any]], rounds: int) -> Times:
    """The median of the rounds of each call; what fails has none and is said."""
    working: dict[str, list[tuple[float, float, float]]] = {}
    for name, call in calls.items():
        try:
            if timed(call)[0] < SLOW:
                call()
            working[name] = []
        except Exception as problem:
            print(f"{name} failed: {type(problem).__name__}: {str(problem)[:160]}", file=sys.stderr)
    for _ in range(rounds):
        for name, turns in working.items():
            first = timed(calls[name])
            later = [timed(calls[name]) for _ in range(min(TURN_CALLS, int(TURN / first[0])))]
            clocks, processors = zip(*(later or [first]), strict=True)
            turns.append((min(clocks), min(processors), first[0]))
    return Times(
        *({name: statistics.median(turn[k] for turn in turns) for name, turns in working.items()} for k in range(3))
    )


def timed(call: Callable[[], Any]) -> tuple[float, float]:
    """Milliseconds of the clock and of the processor."""
    began, worked = time.perf_counter(), time.process_time()
    call()
    return 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - worked)


def multiply_add_cost() -> float:
    """Milliseconds of one multiply-add in a product of large float32 matrices, the best of five."""
    one = np.random.default_rng(0).standard_normal((SIDE, SIDE), np.float32)
    return min(timed(lambda: one @ one)[0] for _ in range(5)) / SIDE**3


def calls_of(
    lens: Lens, method: str, count: int, peers: dict[str, dict[str, Any]], layer: str
) -> dict[str, Callable[[], Any]]:
    """Ours and the peers' calls for ``count`` pictures, or, of activation maximisation, outputs."""
    row, options = EXPLAINERS[method], OPTIONS.get(method, {})
    images = pictures(count)
    targets = [(7 + number) % 10 for number in range(count)]
    ours = images[0] if count == 1 else images
    asked = targets[0] if count == 1 else targets

    def of_peer(run: Any) -> Callable[[], Any]:
        return lambda: run(images, targets)

    calls: dict[str, Callable[[], Any]] = {"lenslet": lambda: row.run(lens, ours, target=asked, layer=layer, **options)}
    asked_of = peers if count == 1 or method == "activation_maximization" else {"captum": peers.get("captum", {})}
    calls.update({peer: of_peer(runs[method]) for peer, runs in asked_of.items() if method in runs})
    return calls


def promised(network: str, method: str, count: int) -> dict[str, float]:
    """By peers ("keras" is the faster of the two on Keras) the ratio that was promised."""
    keras, one, many = PROMISED[method]
    if network == "pen":  # the same of every method, where the peer has it
        keras, one, many = (
            limit if own is not None else None for limit, own in zip(ON_PEN, PROMISED[method], strict=True)
        )
    if method == "activation_maximization" and count > 1 and network != "pen":
        keras = MAXIMISED_TEN
    if count == 1 or method == "activation_maximization":
        return {name: limit for name, limit in (("keras", keras), ("captum", one)) if limit is not None}
    return {} if many is None else {"captum": many}


def measure(lens: Lens, network: str, method: str, count: int, peers: dict[str, Any], rounds: int) -> list[Row]:
    """The rows of one method; prints its JSON line."""
    with contextlib.redirect_stdout(sys.stderr):  # Keras's progress bars would stand among the JSON lines
        times = in_turn(calls_of(lens, method, count, peers, LAYERS[network]), rounds)
    found, worked = times.clock, times.processor
    ours = found.get("lenslet", float("nan"))
    what = f"{network}, {method}, {count} {'outputs' if method.startswith('activation') else 'pictures'}"
    line: dict[str, Any] = {"network": network, "method": method, "count": count, "ms": found, "cpu": worked}
    line["first"] = times.first

    def theirs(times: dict[str, float], peer: str) -> float | None:
        names = ("xplique", "tf-keras-vis") if peer == "keras" else ("captum",)
        return min((times[name] for name in names if name in times), default=None)

    rows = []
    for name, limit in promised(network, method, count).items():
        other, work = theirs(found, name), theirs(worked, name)
        if other is not None and work is not None:
            row = Row(f"{what}: of {name}'s {other:.2f} ms ({ours:.2f} ms)", ours / other, limit, "")
            line[f"of {name}"] = {"ratio": row.found, "promised": limit, "kept": row.kept}
            line[f"of {name}"]["of processor's time"] = worked["lenslet"] / work
            rows += [row, Row(f"{what}: the same in processor's time", worked["lenslet"] / work, None, "")]
            if name == "keras" and method in PASSES:
                least = PASSES[method] * multiply_adds(lens.model) * multiply_add_cost() / other
                line[f"of {name}"]["least"] = least
                rows.append(Row(f"{what}: the least that this much arithmetic allows", least, None, ""))
    print(json.dumps(line), flush=True)
    return rows or [Row(what, ours)]


def others(rounds: int) -> list[Row]:
    """The patches of all 60,000 images, a step of a dream and 100 of a transfer; what is not there is left out."""
    from nets.data import datasets
    from nets.errors import LensletError
    from nets.explain.dream import dream
    from nets.explain.patches import best_patches
    from nets.explain.style import transfer
    from nets.places import Places

    rows = []
    try:
        data = datasets.load("mnist", Places.default())
        lens = Lens(open_model("lenet"))
        began = time.perf_counter()
        best_patches(lens, data.train.images, "conv2")
        rows.append(
            Row("lenet, conv2: every filter's best patches in 60,000 images", time.perf_counter() - began, 5, "s")
        )
    except LensletError as problem:
        print(f"patches: {problem}", file=sys.stderr)
    try:
        lens = Lens(open_model("mobilenet_0.75"))
    except LensletError as problem:
        print(f"mobilenet_0.75: {problem}", file=sys.stderr)
        return rows
    picture = photo(224, 224)
    dream(lens, picture, layers=["conv_pw_8_relu"], octaves=1, steps=1)
    began = time.perf_counter()
    dream(lens, picture, layers=["conv_pw_8_relu"], octaves=1, steps=10)
    rows.append(Row("mobilenet_0.75, 224: a step of a dream", (time.perf_counter() - began) / 10, 0.25, "s"))
    began = time.perf_counter()
    transfer(lens, picture, photo(224, 224, 2.0), steps=100)
    rows.append(Row("mobilenet_0.75, 224: 100 steps of style, compiling too", time.perf_counter() - began, 60, "s"))
    for row in rows:
        print(json.dumps({"what": row.what, "seconds": row.found, "promised": row.promised, "kept": row.kept}))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", default=list(LAYERS), help="lenet, pen")
    parser.add_argument("--methods", nargs="*", default=list(PROMISED))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--no-others", action="store_true", help="leave dreams, styles and patches out")
    options = parser.parse_args()
    rows: list[Row] = []
    for network in options.networks:
        model = open_model(network)
        lens = Lens(model)
        peers = {}
        for peer, make in PEERS.items():
            if name := missing(peer):
                print(f"{peer} is not installed (no package {name})", file=sys.stderr)
            else:
                peers[peer] = make(model, LAYERS[network])
        if importlib.util.find_spec("torch"):
            import torch

            torch.set_num_threads(len(os.sched_getaffinity(0)))
        for method in options.methods:
            many = TEN if method == "activation_maximization" else BATCH
            for count in (1, many):
                if count == 1 or promised(network, method, count):
                    is_long = method == "activation_maximization" or (network == "pen" and count > 1)
                    rounds = min(options.rounds, LONG_ROUNDS) if is_long else options.rounds
                    rows += measure(lens, network, method, count, peers, rounds)
    if not options.no_others:
        rows += others(options.rounds)
    show("explain", rows)


if __name__ == "__main__":
    main()
