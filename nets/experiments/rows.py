"""The kinds of rows: a training, the costs of a network, and a timed method of convolution."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from nets import zoo
from nets.errors import LensletError
from nets.events import Message, Progress
from nets.experiments.costs import costs_of
from nets.experiments.experiment import Result, Scale, Sizes, Workplace, cut_words
from nets.network.outline import without_values
from nets.network.structure import Structure
from nets.runs.config import TrainConfig, input_for, split_sizes
from nets.runs.evaluation import Accuracy
from nets.text import Text

if TYPE_CHECKING:
    from nets.runs.store import Run

CUT = {
    "limit": "images to train on:",
    "epochs": "epochs:",
    "size": "pixels a side:",
    "batch_size": "images a batch:",
    "test_images": "test images:",
    "repeats": "repetitions:",
}
"""The settings that a row's scale may reduce, and their names."""


@dataclass(frozen=True)
class TrainingRow:
    """A network that is trained; its accuracy on the test images and the time that it took.

    config: the real setting. small: the fields that the small scale changes, of the config and of ``Sizes``.
    """

    name: str
    title: str
    config: TrainConfig
    small: Mapping[str, Any] = field(default_factory=dict)
    merged: bool = False
    published: str = ""

    def at(self, scale: Scale) -> tuple[TrainConfig, Sizes]:
        """The setting at a scale."""
        changes = dict(self.small) if scale == "small" else {}
        test_images = changes.pop("test_images", 0)
        return dataclasses.replace(self.config, **changes), Sizes(test_images, self.merged)

    def setting(self, scale: Scale) -> dict[str, Any]:
        config, sizes = self.at(scale)
        return {**config.to_dict(), **dataclasses.asdict(sizes)}

    def cut(self, scale: Scale) -> str:
        config, sizes = self.at(scale)
        words = [cut_words(self.config, config, CUT), cut_words(Sizes(0, self.merged), sizes, CUT)]
        return ", ".join(part for part in words if part)

    def run(self, laboratory: Workplace) -> Result:
        config, sizes = self.at(laboratory.scale)
        run = laboratory.train(self.name, config, sizes)
        data = laboratory.data(config.dataset, sizes)
        input = input_for(zoo.get(config.network), data.spec.input, config.size)
        costs = network_costs(config.network, input.shape, len(data.classes))
        summary = run.summary
        measured = _validated(run) if sizes.merged else summary.test
        trained, _ = split_sizes(config, len(data.train))
        title = f"{data.spec.title}, {'validation' if sizes.merged else 'test'} images"
        found: Result = {
            **costs,
            "images": trained,
            "epochs": summary.epochs_done,
            "seconds": round(sum(summary.history.seconds), 2),
            "loss": summary.history.loss[-1],
            "accuracy": None if measured is None else measured.share,
            "right": None if measured is None else measured.right,
            "of": None if measured is None else measured.images,
            "interval": None if measured is None else measured.interval_text(),
            "measured_on": title,
        }
        laboratory.lighten(run)
        return found


def _validated(run: Run) -> Accuracy | None:
    """The accuracy on the images held out, after the last epoch."""
    found = run.evaluation("last")
    return None if found is None else found.measured


def network_costs(network: str, input_shape: tuple[int, int, int], classes: int) -> Result:
    """What a network of the zoo costs at a size of input and for a number of classes, from its shapes.

    Args:
        network: the name of a network of the zoo.
        input_shape: (H, W, C).
        classes: how many outputs it has.

    Returns:
        By the columns' names: counts of numbers, operations for one image, bytes, and pixels of the receptive field.
    """
    spec = zoo.get(network)
    built = without_values(lambda: spec.build(input_shape=input_shape, classes=classes))
    costs = costs_of(built, Structure.of(built))
    return {
        "input": " x ".join(map(str, input_shape)),
        "parameters": costs.parameters,
        "multiply_adds": costs.multiply_adds,
        "weights_bytes": costs.weights_bytes,
        "activation_bytes": costs.activation_bytes,
        "depth": costs.depth,
        "receptive_field": costs.receptive_field,
    }


@dataclass(frozen=True)
class CostsRow:
    """A network of the zoo and what it costs, with the reason read off its layers. Nothing is trained: no scale."""

    name: str
    title: str
    network: str
    input_shape: tuple[int, int, int]
    classes: int
    published: str = ""

    def setting(self, scale: Scale) -> dict[str, Any]:
        return {"network": self.network, "input_shape": list(self.input_shape), "classes": self.classes}

    def cut(self, scale: Scale) -> str:
        return ""

    def run(self, laboratory: Workplace) -> Result:
        laboratory.report(Message(Text("Reading the layers of {title}", title=self.title)))
        found = network_costs(self.network, self.input_shape, self.classes)
        return {**found, "why": reason_of(self.network, self.input_shape, self.classes)}


def reason_of(network: str, input_shape: tuple[int, int, int], classes: int) -> str:
    """The layers that hold a network's parameters and work: the shares of dense layers and of 1x1 kernels.

    Args:
        network: the name of a network of the zoo.
        input_shape: (H, W, C).
        classes: how many outputs it has.
    """
    spec = zoo.get(network)
    built = without_values(lambda: spec.build(input_shape=input_shape, classes=classes))
    layers = Structure.of(built).layers
    parameters, work = built.count_params(), sum(layer.multiply_adds for layer in layers)
    dense = sum(layer.parameters for layer in layers if layer.kind == "Dense")
    small = [
        layer for layer in layers if layer.kind == "Conv2D" and layer.kernel_shape and layer.kernel_shape[:2] == (1, 1)
    ]
    words = ["it has no dense layer"]
    if dense:
        words = [f"dense layers hold {_share(dense, parameters)} of the parameters"]
    if small:
        words.append(
            f"{len(small)} convolutions of 1x1 hold {_share(sum(one.parameters for one in small), parameters)} of them "
            f"and do {_share(sum(one.multiply_adds for one in small), work)} of the work"
        )
    if any(layer.kind == "GlobalAveragePooling2D" for layer in layers):
        words.append("a global average stands in the place of large dense layers")
    largest = max(layers, key=lambda layer: layer.parameters)
    words.append(f"the largest layer is {largest.name} with {_share(largest.parameters, parameters)}")
    return "; ".join(words)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / max(whole, 1):.0f} %"


@dataclass(frozen=True)
class MethodRow:
    """A way of computing AlexNet's first convolution in NumPy, timed: 227x227x3, 96 kernels of 11x11x3 at stride 4.

    The loops are timed on as many rows of the result as take about a tenth of a second, and scaled to all.
    """

    name: str
    title: str
    method: str
    published: str = ""
    repeats: int = 20
    small: int = 5

    def setting(self, scale: Scale) -> dict[str, Any]:
        return {"method": self.method, "repeats": self.repeats if scale == "full" else self.small}

    def cut(self, scale: Scale) -> str:
        return (
            "" if scale == "full" or self.method == "loops" else f"repetitions: {self.small} instead of {self.repeats}"
        )

    def run(self, laboratory: Workplace) -> Result:
        from nets.byhand.im2col import im2col
        from nets.byhand.methods import METHODS
        from nets.byhand.window import Window

        random = np.random.default_rng(1)
        x = random.random((1, 227, 227, 3), np.float32)
        kernel = random.standard_normal((11, 11, 3, 96)).astype(np.float32)
        window = Window((11, 11), (4, 4))
        oracle = METHODS["im2col"].make(window).forward(x, kernel)
        row = METHODS[self.method]
        found: Result = {"multiply_adds": row.multiplications(window, x.shape, 96)}
        if self.method == "loops":
            part = x[:, :11]  # one row of the result
            started = time.perf_counter()
            given = row.make(window).forward(part[:, :, : 11 + 4 * 2], kernel[..., :8])  # 3 positions, 8 kernels
            seconds = (time.perf_counter() - started) * 55 * 55 * 96 / (3 * 8)
            expected = oracle[:, :1, :3, :8]
            found |= {"shapes": "none", "memory": 0}
        else:
            times: list[float] = []
            repeats = self.setting(laboratory.scale)["repeats"]
            for _ in range(repeats):
                laboratory.report(Progress(f"timing {self.title}", len(times), repeats, "repetitions"))
                started = time.perf_counter()
                given = row.make(window).forward(x, kernel)
                times.append(time.perf_counter() - started)
            seconds, expected = float(np.median(times)), oracle
            if self.method == "im2col":
                columns = im2col(x, window)
                rows, width = columns.reshape(-1, 11 * 11 * 3).shape
                found |= {
                    "shapes": f"columns {width} x {rows}, filters 96 x {width}, result 96 x {rows}",
                    "memory": columns.nbytes,
                }
            else:
                found |= {"shapes": "spectra of image, kernels and result", "memory": None}
        difference = float(np.abs(given - expected).max() / np.abs(expected).max())
        if difference > 1e-4:
            raise LensletError(
                "{title} differs from the matrix product by {difference:.1e}, expected below 1e-4",
                title=self.title,
                difference=difference,
            )
        return {**found, "milliseconds": 1000 * seconds, "difference": f"{difference:.0e}" if difference else "0"}
