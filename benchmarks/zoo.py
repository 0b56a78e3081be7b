"""Opening and exploring networks of the zoo: first map, drawings a second, memory; each in a process of its own.

The weights are random: nothing here depends on what they are. Seconds are of the clock; a row says how much of the
processor a drawing took, which a busy machine changes less.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from report import Row, show

NETWORKS = ("vgg16", "googlenet", "resnet50", "inception_v3", "inception_resnet_v2")
DRAWINGS = 10
FIRST_MAP, A_SECOND, MORE_MEMORY = 1.0, 5.0, 500.0  # seconds, drawings, megabytes
EXPLORED = "vgg16"


def save(name: str, path: Path) -> None:
    from nets import backend
    from nets.zoo import get

    backend.configure()
    get(name).build().save(path)


def measure(path: Path) -> None:
    """Opens a file as the window does, and prints one JSON line."""
    import numpy as np
    from memory import resident

    from nets import backend
    from nets.compute.lens import Lens
    from nets.data.prepare import prepare
    from nets.models import open_model
    from nets.places import Places

    backend.configure()
    gc.disable()  # as the window does (gui.threads.garbage)
    import keras  # noqa: F401  (part of the program, not of the network)

    before = resident()
    began, processor_began = time.perf_counter(), time.process_time()
    model = open_model(str(path), Places.default())
    opened, processor_opened = time.perf_counter(), time.process_time()
    lens = Lens(model)
    lens.warm_up()
    backend.release()
    picture = np.random.default_rng(1).integers(0, 255, (300, 400, 3)).astype(np.uint8)

    def draw(watched: str) -> None:
        lens.read(prepare(picture, model.card.input).input, (watched,))

    maps = [row.path for row in lens.layers if row.kind == "Conv2D"]
    draw(maps[0])
    first, processor_first = time.perf_counter(), time.process_time()
    if (compiling := lens.take_compiling()) is not None:
        compiling()  # in the window beside the answers
    compiled = time.perf_counter()
    draw(maps[len(maps) // 2])  # another layer
    other = time.perf_counter()
    seconds, processor = [], time.process_time()
    for _ in range(DRAWINGS):
        started = time.perf_counter()
        draw(maps[len(maps) // 2])
        seconds.append(time.perf_counter() - started)
    found = {
        "opening": opened - began,
        "opening_processor": processor_opened - processor_began,
        "first_map": first - opened,
        "first_processor": processor_first - processor_opened,
        "compiling": compiled - first,
        "other_layer": other - compiled,
        "drawing": statistics.median(seconds),
        "processor": (time.process_time() - processor) / DRAWINGS,
        "memory": resident() - before,
        "own": model.network.count_params() * 4 / 1e6,
    }
    print(json.dumps(found))


def rows_of(name: str, found: dict[str, float]) -> list[Row]:
    promised = A_SECOND if name == EXPLORED else None
    return [
        Row(f"{name}: from its weights to the first map", found["first_map"], FIRST_MAP, "s"),
        Row(f"{name}: of a processor for the first map", found["first_processor"], None, "s"),
        Row(f"{name}: to a map of another layer", found["other_layer"], FIRST_MAP, "s"),
        Row(f"{name}: drawings a second", 1 / found["drawing"], promised, "/s", at_least=True),
        Row(f"{name}: of a processor for a drawing", found["processor"], None, "s"),
        Row(f"{name}: memory beside its {found['own']:.0f} MB", found["memory"] - found["own"], MORE_MEMORY, "MB"),
        Row(f"{name}: reading its file", found["opening"], None, "s"),
        Row(f"{name}: of a processor for reading it", found["opening_processor"], None, "s"),
        Row(f"{name}: compiling, beside the answers", found["compiling"], None, "s"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("networks", nargs="*", default=NETWORKS)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--save", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.save:
        save(options.save[0], Path(options.save[1]))
        return
    if options.measure:
        measure(options.measure)
        return
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name in options.networks:
            path = Path(folder) / f"{name}.keras"
            subprocess.run([sys.executable, __file__, "--save", name, str(path)], check=True, capture_output=True)
            command = [sys.executable, __file__, "--measure", str(path)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            rows += rows_of(name, json.loads(done.stdout.splitlines()[-1]))
            path.unlink()
    show("zoo", rows)


if __name__ == "__main__":
    main()
