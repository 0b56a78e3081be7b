"""How long an epoch of LeNet on MNIST takes, beside the same network in PyTorch over tensors in memory.

    python benchmarks/train_epoch.py [--batch 128 32] [--rounds 3] [--threads 2] [--images 60000] [--data-dir DIR]

Both sides train the same images in float32 with Adam, shuffled again in every epoch, on the same threads, one epoch of
each in turn, so that whatever else the machine does meets both. The medians count. Compiling is not part of an epoch;
it is printed beside. The processor's time is printed, too: with ``--threads 1`` it hardly depends on what else runs.
Needs benchmarks/requirements.txt. Prints a table, then one JSON object.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from nets import backend
from nets.data.datasets import load
from nets.data.specs import Dataset
from nets.events import no_report
from nets.places import Places
from nets.runs.config import config_for
from nets.training.loop import Loop
from nets.training.schedules import rates
from nets.training.setup import set_up
from nets.training.training import Training


class Ours:
    """Epochs of ``lenet`` as the program trains it."""

    def __init__(self, data: Dataset, batch: int, threads: int, images: int) -> None:
        backend.configure(threads)
        import tensorflow  # noqa: F401  (importing is no part of compiling)

        began = time.perf_counter()
        self.config = config_for("lenet", "mnist", batch_size=batch, validation=0.0, epochs=99, limit=images)
        training = Training(self.config, data, no_report)
        self.setup = set_up(training)
        self.compiling = time.perf_counter() - began
        self.loop = Loop(training, self.setup)
        self.number, self.loss, self.waiting = 0, float("nan"), 0.0

    def __call__(self) -> float:
        self.number += 1
        steps = self.setup.batches.steps
        done = self.loop.epoch(self.number, lambda config: rates(config, steps, self.number, ()))
        self.loss, self.waiting = float(done.losses.mean()), done.waiting / done.seconds
        return done.seconds


class Theirs:
    """Epochs of the same network in PyTorch, from a tensor in memory."""

    def __init__(self, data: Dataset, batch: int, threads: int, images: int) -> None:
        import torch
        from torch import nn

        torch.set_num_threads(threads)
        torch.manual_seed(1)
        self.batch, self.loss = batch, float("nan")
        self.images = torch.tensor(data.train.pixels()[:images].transpose(0, 3, 1, 2).astype(np.float32) / 255)
        self.labels = torch.tensor(data.train.labels[:images])
        self.network = nn.Sequential(
            *(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
            *(nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
        )
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=1e-3)
        self.criterion = nn.CrossEntropyLoss()

    def __call__(self) -> float:
        import torch

        began, total, steps = time.perf_counter(), 0.0, 0
        order = torch.randperm(len(self.labels))
        for start in range(0, len(order), self.batch):
            chosen = order[start : start + self.batch]
            self.optimizer.zero_grad()
            loss = self.criterion(self.network(self.images[chosen]), self.labels[chosen])
            loss.backward()
            self.optimizer.step()
            total, steps = total + float(loss.detach()), steps + 1
        self.loss = total / steps
        return time.perf_counter() - began


def compare(data: Dataset, batch: int, rounds: int, threads: int, images: int) -> dict[str, object]:
    """Medians of ``rounds`` epochs of each side, in turn, after one warm-up epoch of each."""
    ours, theirs = Ours(data, batch, threads, images), Theirs(data, batch, threads, images)
    sides: tuple[Callable[[], float], ...] = (ours, theirs)
    times = []
    for _ in range(rounds + 1):
        row: list[float] = []
        for side in sides:
            before = time.process_time()
            row += [side(), time.process_time() - before]
        times.append(row)
        print(f"batch {batch}: lenslet {row[0]:.2f} s, pytorch {row[2]:.2f} s", file=sys.stderr, flush=True)
    columns = zip(*times[1:], strict=True)
    own, own_cpu, other, other_cpu = (statistics.median(column) for column in columns)
    return {
        "batch": batch,
        "lenslet_seconds": round(own, 3),
        "pytorch_seconds": round(other, 3),
        "ratio": round(own / other, 3),
        "lenslet_cpu": round(own_cpu, 3),
        "pytorch_cpu": round(other_cpu, 3),
        "cpu_ratio": round(own_cpu / other_cpu, 3),
        "waiting_share": round(ours.waiting, 4),
        "compile_seconds": round(ours.compiling, 2),
        "lenslet_loss": round(ours.loss, 4),
        "pytorch_loss": round(theirs.loss, 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", type=int, nargs="+", default=[128, 32])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--images", type=int, default=60_000)
    parser.add_argument("--data-dir", type=Path)
    options = parser.parse_args()
    data = load("mnist", Places.default(data=options.data_dir))
    rows = [compare(data, batch, options.rounds, options.threads, options.images) for batch in options.batch]
    names = list(rows[0])
    print("".join(f"{name:>17}" for name in names))
    for row in rows:
        print("".join(f"{row[name]!s:>17}" for name in names))
    print(json.dumps({"benchmark": "train_epoch", "threads": options.threads, "images": options.images, "rows": rows}))


if __name__ == "__main__":
    main()
