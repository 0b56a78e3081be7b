"""googlenet and vgg11 in PyTorch, layer by layer as in ``nets.zoo``: the peer of ``gpu_step``."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from nets.zoo.googlenet import MODULES
from nets.zoo.vgg import BLOCKS


def vgg11(side: int, classes: int) -> Any:
    from torch import nn

    rows: list[Any] = []
    before = 3
    for block in BLOCKS[11]:
        for maps in block:
            rows += [nn.Conv2d(before, maps, 3, padding=1), nn.ReLU()]
            before = maps
        rows.append(nn.MaxPool2d(2))
    rows.append(nn.Flatten())
    width = before * (side // 32) ** 2
    for _ in range(2):
        rows += [nn.Linear(width, 4096), nn.ReLU(), nn.Dropout(0.5)]
        width = 4096
    return nn.Sequential(*rows, nn.Linear(width, classes))


def googlenet(side: int, classes: int) -> Any:
    import torch
    from torch import nn

    def conv(before: int, maps: int, kernel: int, stride: int = 1) -> list[Any]:
        return [nn.Conv2d(before, maps, kernel, stride=stride, padding=kernel // 2), nn.ReLU()]

    class Module(nn.Module):
        def __init__(self, before: int, numbers: tuple[int, int, int, int, int, int]) -> None:
            super().__init__()
            one, reduce3, three, reduce5, five, projection = numbers
            self.branches = nn.ModuleList(
                nn.Sequential(*rows)
                for rows in (
                    conv(before, one, 1),
                    [*conv(before, reduce3, 1), *conv(reduce3, three, 3)],
                    [*conv(before, reduce5, 1), *conv(reduce5, five, 5)],
                    [nn.MaxPool2d(3, 1, padding=1), *conv(before, projection, 1)],
                )
            )

        def forward(self, x: Any) -> Any:
            return torch.cat([branch(x) for branch in self.branches], 1)

    def pool() -> Any:
        return nn.MaxPool2d(3, 2, padding=1)

    rows = [*conv(3, 64, 7, 2), pool(), *conv(64, 64, 1), *conv(64, 192, 3), pool()]
    before = 192
    for numbers in MODULES.values():
        if numbers is None:
            rows.append(pool())
            continue
        rows.append(Module(before, numbers))
        before = numbers[0] + numbers[2] + numbers[4] + numbers[5]
    return nn.Sequential(*rows, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.4), nn.Linear(before, classes))


PEERS: dict[str, Callable[[int, int], Any]] = {"googlenet": googlenet, "vgg11": vgg11}


def step_seconds(name: str, pixels: np.ndarray, labels: np.ndarray, classes: int, mixed: bool, rounds: int) -> float:
    """The median of ``rounds`` times of a step by Adam, on batches that lie ready on the device.

    Args:
        name: a key of ``PEERS``.
        pixels: (K, B, H, W, 3) of 0 to 255, K batches.
        labels: (K, B).
        classes: how many there are.
        mixed: bfloat16 by PyTorch's autocast; otherwise float32, which may be rounded to TensorFloat-32.
        rounds: how often all batches are gone through; one more round before them does not count.
    """
    import torch

    torch.manual_seed(1)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark = True
    device = "cuda" if torch.cuda.is_available() else "cpu"
    form = torch.channels_last
    network = PEERS[name](pixels.shape[2], classes).to(device, memory_format=form)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-4)
    criterion = torch.nn.CrossEntropyLoss()
    batches = [
        (
            (torch.tensor(batch).to(device).permute(0, 3, 1, 2).float() / 255).contiguous(memory_format=form),
            torch.tensor(answers).to(device),
        )
        for batch, answers in zip(pixels, labels, strict=True)
    ]
    times = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        losses = []
        for images, answers in batches:
            optimizer.zero_grad()
            with torch.autocast(device, torch.bfloat16, enabled=mixed):
                loss = criterion(network(images), answers)
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        [float(loss) for loss in losses]  # waits until they are computed
        times.append((time.perf_counter() - began) / len(batches))
    return statistics.median(times[1:])


def parameters(name: str, side: int, classes: int) -> int:
    """How many numbers the peer trains; to be compared with the network's own."""
    import torch

    with torch.device("meta"):  # without values
        return sum(each.numel() for each in PEERS[name](side, classes).parameters())
