"""Image folders: memory from a thousand to a hundred thousand pictures of 224x224, and who waits for whom in training.

    python benchmarks/folder_reading.py [--images 1000 100000] [--net resnet18] [--train 256] [--batch 32]

The pictures are JPEG files, made here; of a large folder most are links to the same files, which read as any other.
Each number of pictures is measured in a process of its own: loading the folder for the first time and again, and the
resident memory after 2,000 of them were read at random at 224x224. Then ``--net`` trains on the folder, and the share
of the time in which it waited for pictures is printed beside the speed of reading alone: well below a tenth means that
the network is the limit. Prints a table, then one JSON object.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from memory import resident

from nets.data import datasets
from nets.data.fitting import fitted
from nets.data.specs import ImageInput
from nets.places import Places

SIDE = 224
DISTINCT = 500
CLASSES = 10
READ = 2000


def make_folder(folder: Path, images: int) -> Path:
    """``images`` JPEG files in ten class folders: smooth noise of about 12 kB each, at most ``DISTINCT`` different."""
    random = np.random.default_rng(1)
    made: list[Path] = []
    for number in range(images):
        where = folder / f"class {number % CLASSES}"
        where.mkdir(parents=True, exist_ok=True)
        path = where / f"{number:06d}.jpg"
        if len(made) < DISTINCT:
            small = Image.fromarray(random.integers(0, 256, (28, 28, 3), dtype=np.uint8))
            small.resize((SIDE, SIDE), Image.Resampling.BICUBIC).save(path, quality=90)
            made.append(path)
        else:
            os.link(made[number % DISTINCT], path)
    return folder


def places_in(home: Path) -> Places:
    return Places(home / "runs", home / "drawings", home / "cache", home / "settings.json")


def measure_memory(folder: Path, home: Path) -> dict[str, float]:
    """Seconds of the first load and of the next, and megabytes before, after loading and after reading."""
    before = resident()
    began = time.perf_counter()
    datasets.load(str(folder), places_in(home))
    first = time.perf_counter() - began
    began = time.perf_counter()
    data = datasets.load(str(folder), places_in(home))
    again = time.perf_counter() - began
    loaded = resident()
    images = fitted(data.train.images, data.spec.input, ImageInput(SIDE, SIDE, 3, "picture"))
    random = np.random.default_rng(2)
    began = time.perf_counter()
    for _ in range(READ // 50):
        images.read(random.integers(0, len(images), 50))
    speed = READ / (time.perf_counter() - began)
    return {"first": first, "again": again, "before": before, "loaded": loaded, "read": resident(), "speed": speed}


def measure_training(folder: Path, home: Path, net: str, count: int, batch: int) -> dict[str, float]:
    """Images per second of training on the folder, and the share of the time without arithmetic."""
    from nets import backend
    from nets.events import no_report
    from nets.runs.config import TrainConfig, config_for
    from nets.training.loop import Loop
    from nets.training.schedules import rates
    from nets.training.setup import set_up
    from nets.training.training import Training

    backend.configure()
    data = datasets.load(str(folder), places_in(home))
    spec = dataclasses.replace(data.spec, input=ImageInput(SIDE, SIDE, 3, "picture"))
    images = fitted(data.train.images, data.spec.input, spec.input)
    data = dataclasses.replace(data, spec=spec, train=dataclasses.replace(data.train, images=images))
    config: TrainConfig = config_for(net, str(folder), batch_size=batch, epochs=2, limit=count)
    training = Training(config, data, no_report)
    setup = set_up(training)
    loop = Loop(training, setup)
    for epoch in (1, 2):  # the second one is warm
        done = loop.epoch(epoch, lambda config, epoch=epoch: rates(config, setup.batches.steps, epoch, ()))
    return {"images_per_second": setup.batches.images / done.seconds, "waiting": done.waiting / done.seconds}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, nargs="+", default=[1000, 100_000])
    parser.add_argument("--net", default="resnet18")
    parser.add_argument("--train", type=int, default=256, help="train on so many images")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--folder", type=Path, help="measures this folder alone, in this process")
    options = parser.parse_args()
    if options.folder is not None:
        print(json.dumps(measure_memory(options.folder, options.folder.parent)))
        return
    found: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as temporary:
        for images in options.images:
            folder = make_folder(Path(temporary) / str(images) / "pictures", images)
            words = [sys.executable, __file__, "--folder", str(folder)]
            done = subprocess.run(words, capture_output=True, text=True, check=True)
            row = json.loads(done.stdout.splitlines()[-1])
            found[f"{images} images"] = row
            print(
                f"{images:>8,} images: loaded in {row['first']:.1f} s, again in {row['again']:.2f} s; resident "
                f"{row['before']:.0f} MB before, {row['loaded']:.0f} after loading, {row['read']:.0f} after reading; "
                f"{row['speed']:,.0f} images/s",
                flush=True,
            )
        trained = measure_training(folder, folder.parent, options.net, options.train, options.batch)
        found[options.net] = trained
        print(f"{options.net}: {trained['images_per_second']:.1f} images/s, waits {trained['waiting']:.1%} of the time")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
