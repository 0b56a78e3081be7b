"""How long a training step takes at 96 x 96, beside the same network in PyTorch.

    python benchmarks/train_step.py [NETWORK ...] [--batch 32] [--steps 6] [--rounds 5] [--threads 2]

small_vgg, nin and resnet18. Both sides train on the same images in float32 with Adam, on the same threads, some steps
of each in turn, so that whatever else the machine does meets both; the medians count. Ours are steps of the program's
own loop: reading, shuffling, scaling and reporting are in them, compiling is not. PyTorch's take batches that lie ready
in memory, in whichever of its two layouts is the faster one here.
Needs benchmarks/requirements.txt. Prints a table, then one JSON object.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from report import Row, show

from nets import backend
from nets.data.images import ArrayImages
from nets.data.specs import Dataset, DatasetSpec, Split
from nets.events import no_report
from nets.runs.config import TrainConfig
from nets.training.loop import Loop
from nets.training.schedules import rates
from nets.training.setup import set_up
from nets.training.training import Training
from nets.zoo.registry import picture

SIDE, CLASSES = 96, 10
CHANNELS = {"small_vgg": 1, "nin": 1, "resnet18": 3}
PROMISED = 1.0
FORMATS = ("contiguous_format", "channels_last")


def noise(count: int, channels: int) -> Dataset:
    """(count, 96, 96, channels) of noise with labels: what is timed does not depend on what is learned."""
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (count, SIDE, SIDE, channels), dtype=np.uint8)
    split = Split(ArrayImages(pixels), np.arange(count, dtype=np.int64) % CLASSES)
    names = tuple("abcdefghij")
    spec = DatasetSpec("noise", "Noise", names, picture(SIDE, channels), count, count, "made here", "none needed")
    return Dataset(spec, names, split, split, "memory", "0123")


class Ours:
    """``steps`` steps of the program's own training at each call; seconds for one of them."""

    def __init__(self, name: str, data: Dataset, batch: int) -> None:
        self.config = TrainConfig(name, "noise", batch_size=batch, validation=0.0, epochs=99)
        training = Training(self.config, data, no_report)
        began = time.perf_counter()
        self.setup = set_up(training)
        self.compiling = time.perf_counter() - began
        self.loop, self.number = Loop(training, self.setup), 0

    def __call__(self) -> float:
        self.number += 1
        steps = self.setup.batches.steps
        return self.loop.epoch(self.number, lambda config: rates(config, steps, self.number, ())).seconds / steps


class Theirs:
    """The same in PyTorch."""

    def __init__(self, name: str, data: Dataset, batch: int, layout: str) -> None:
        import torch

        torch.manual_seed(1)
        form = getattr(torch, layout)
        pixels = data.train.pixels().transpose(0, 3, 1, 2).astype(np.float32) / 255
        images = torch.tensor(pixels).contiguous(memory_format=form)
        labels = torch.tensor(data.train.labels)
        self.batches = [(images[at : at + batch], labels[at : at + batch]) for at in range(0, len(labels), batch)]
        self.network = PEERS[name](CHANNELS[name]).to(memory_format=form)
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=1e-3)
        self.criterion = torch.nn.CrossEntropyLoss()

    def __call__(self) -> float:
        began = time.perf_counter()
        for images, labels in self.batches:
            self.optimizer.zero_grad()
            loss = self.criterion(self.network(images), labels)
            loss.backward()
            self.optimizer.step()
            float(loss.detach())
        return (time.perf_counter() - began) / len(self.batches)


def _small_vgg(channels: int) -> Any:
    from torch import nn

    rows: list[Any] = []
    before = channels
    for maps, count in ((8, 1), (16, 1), (32, 2), (64, 2), (64, 2)):
        for _ in range(count):
            rows += [nn.Conv2d(before, maps, 3, padding=1), nn.ReLU()]
            before = maps
        rows.append(nn.MaxPool2d(2))
    dense = [nn.Linear(64 * 3 * 3, 512), nn.ReLU(), nn.Dropout(0.5), nn.Linear(512, 512), nn.ReLU(), nn.Dropout(0.5)]
    return nn.Sequential(*rows, nn.Flatten(), *dense, nn.Linear(512, CLASSES))


def _nin(channels: int) -> Any:
    from torch import nn

    def block(before: int, maps: int, side: int, stride: int, pad: int) -> list[Any]:
        one = [nn.Conv2d(maps, maps, 1), nn.ReLU(), nn.Conv2d(maps, maps, 1), nn.ReLU()]
        return [nn.Conv2d(before, maps, side, stride=stride, padding=pad), nn.ReLU(), *one]

    rows: list[Any] = []
    for before, maps, side, stride, pad in ((channels, 96, 11, 4, 0), (96, 256, 5, 1, 2), (256, 384, 3, 1, 1)):
        rows += [*block(before, maps, side, stride, pad), nn.MaxPool2d(3, 2)]
    rows += [nn.Dropout(0.5), *block(384, CLASSES, 3, 1, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*rows)


def _resnet18(channels: int) -> Any:
    import torch
    from torch import nn

    class Block(nn.Module):
        def __init__(self, before: int, maps: int, stride: int) -> None:
            super().__init__()
            self.way = nn.Sequential(
                nn.Conv2d(before, maps, 3, stride=stride, padding=1, bias=False),
                nn.BatchNorm2d(maps),
                nn.ReLU(),
                nn.Conv2d(maps, maps, 3, padding=1, bias=False),
                nn.BatchNorm2d(maps),
            )
            short = [nn.Conv2d(before, maps, 1, stride=stride, bias=False), nn.BatchNorm2d(maps)]
            self.short = nn.Sequential(*short) if stride > 1 or before != maps else nn.Identity()

        def forward(self, x: Any) -> Any:
            return torch.relu(self.way(x) + self.short(x))

    rows: list[Any] = [nn.Conv2d(channels, 64, 7, stride=2, padding=3, bias=False), nn.BatchNorm2d(64), nn.ReLU()]
    rows.append(nn.MaxPool2d(3, 2, padding=1))
    before = 64
    for maps in (64, 128, 256, 512):
        rows += [Block(before, maps, 1 if maps == 64 else 2), Block(maps, maps, 1)]
        before = maps
    return nn.Sequential(*rows, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, CLASSES))


PEERS: dict[str, Callable[[int], Any]] = {"small_vgg": _small_vgg, "nin": _nin, "resnet18": _resnet18}


def check_alike(name: str, ours: Ours, theirs: Theirs) -> None:
    """Raises ValueError if the two networks do not train as many numbers."""
    own = sum(int(np.prod(v.shape)) for v in ours.setup.network.trainable_variables)
    other = sum(each.numel() for each in theirs.network.parameters())
    if own != other:
        raise ValueError(f"{name} trains {own:,} numbers here and {other:,} in PyTorch")


def compare(name: str, batch: int, steps: int, rounds: int) -> list[Row]:
    """Rows of one network: seconds for a step of each side, and their ratio."""
    data = noise(batch * steps, CHANNELS[name])
    ours = Ours(name, data, batch)
    theirs = [Theirs(name, data, batch, layout) for layout in FORMATS]
    check_alike(name, ours, theirs[0])
    sides: list[Callable[[], float]] = [ours, *theirs]
    times: list[list[float]] = []
    busy: list[list[float]] = []  # the processor's time, which hardly depends on what else runs
    for number in range(rounds + 1):  # the first does not count
        row: list[float] = []
        cpu: list[float] = []
        for side in sides:
            before = time.process_time()
            row.append(side())
            cpu.append((time.process_time() - before) / steps)
        times.append(row)
        busy.append(cpu)
        words = ", ".join(f"{seconds * 1000:.0f}" for seconds in (*row, *cpu))
        print(f"{name}, round {number}: ours and PyTorch's two, then in processor's time: {words} ms", file=sys.stderr)
    own, *others = (statistics.median(column) * 1000 for column in zip(*times[1:], strict=True))
    own_cpu, *others_cpu = (statistics.median(column) * 1000 for column in zip(*busy[1:], strict=True))
    best = min(others)
    words = f"{name} {SIDE}, batch {batch}"
    layout = FORMATS[others.index(best)].replace("_", " ")
    return [
        Row(f"{words}: a step", own),
        Row(f"{words}: a step in PyTorch, {layout}", best),
        Row(f"{words}: step against PyTorch", round(own / best, 3), PROMISED, ""),
        Row(f"{words}: the same in processor's time", round(own_cpu / min(others_cpu), 3), unit=""),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", default=list(PEERS), help=", ".join(PEERS))
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    import torch

    torch.set_num_threads(options.threads)
    backend.configure(options.threads)
    rows = [row for name in options.networks for row in compare(name, options.batch, options.steps, options.rounds)]
    show("train_step", rows)


if __name__ == "__main__":
    main()
