"""Lesions: what a network does without some of a layer's channels.

A channel is switched off (zero), scaled, or frozen at its mean over the images, as in Morcos et al. 2018, On the
importance of single directions for generalization, arXiv:1803.06959. The layer itself is computed once for all
channels; for each channel only the layers above it are computed again, since a compiled graph leaves out what its
result does not depend on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.compute.compiled import needs_xla, to_layout
from nets.compute.direct import DirectCall
from nets.errors import UsageError
from nets.events import Progress, Report, no_report
from nets.explain.lesion_modes import MODES
from nets.network.graph import infer
from nets.network.outputs import Reading
from nets.network.unknown_layer import names_like, unknown_layer
from nets.text import Text

if TYPE_CHECKING:
    from nets.network.layers import LayerInfo
    from nets.network.model import Model

BATCH = 500


@dataclass(frozen=True, eq=False)
class Lesions:
    """The accuracy of a network without each channel of one layer.

    layer, mode: where, and what was done to each channel. images: how many were classified. accuracy, per_class: of the
    whole network, the latter (classes,) with NaN for classes without images. without: (channels,) accuracy without each
    channel; without_per_class: (channels, classes). without_all: accuracy without the whole layer.
    """

    layer: str
    mode: str
    images: int
    accuracy: float
    per_class: np.ndarray
    without: np.ndarray
    without_per_class: np.ndarray
    without_all: float

    @property
    def importance(self) -> np.ndarray:
        """(channels, classes): by how much the accuracy on each class falls without the channel; negative: it rises."""
        return self.per_class - self.without_per_class


class LesionedNetwork:
    """A model with one layer whose channels can be changed. One thread at a time uses it; the model is only read."""

    def __init__(self, model: Model, layer: str) -> None:
        """
        Args:
            model: from ``open_model``.
            layer: the path of a layer with maps or units, not the answer itself.

        Raises:
            UsageError: there is no such layer, or it has no channels.
        """
        self.model = model
        self.row = _row_of(model, layer)
        self.channels = self.row.maps
        self._read: DirectCall | None = None
        self._before: Any = None
        self._after: dict[int, DirectCall] = {}  # by the number of images

    def change(self, channels: Mapping[int, str], means: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """The two rows (channels,) float32 that ``read`` takes: the factor and the summand for each channel.

        Args:
            channels: a key of ``MODES`` for each channel that is changed.
            means: (channels,) of the channels over images, for "mean"; without them it is as "off".
        """
        scale, fill = np.ones(self.channels, np.float32), np.zeros(self.channels, np.float32)
        for number, mode in channels.items():
            scale[number] = MODES[mode].scale
            if MODES[mode].mean and means is not None:
                fill[number] = means[number]
        return scale, fill

    def read(self, image: np.ndarray, scale: np.ndarray, fill: np.ndarray) -> Reading:
        """The answer to one picture with the channels changed, and the maps of the layer and of those above it.

        Args:
            image: (H, W, C) float32, as the network receives it.
            scale: (channels,) float32, the factors from ``change``.
            fill: (channels,) float32, the summands from ``change``.
        """
        from nets import backend

        if self._read is None:
            paths = self.shown_above()

            def run(images: Any, scale: Any, fill: Any) -> Any:
                results, output = self.model.graph.run(to_layout(images, self.model.graph), self._rules(scale, fill))
                return {path: results[path] for path in paths}, output

            self._read = DirectCall(backend.compile(run, xla=needs_xla(self.model.graph)))
        found, output = self._read(np.asarray(image[None], np.float32), scale, fill)
        first = self.model.graph.channels_first
        shown = self.model.output.shown(backend.to_array(output)[0], channels_first=first)
        # A compiled function gives its results in the order of their names, not of the network.
        arrays = {path: np.asarray(backend.to_array(found[path]), np.float32)[0] for path in self.shown_above()}
        maps = {path: _last(value, first) for path, value in arrays.items()}
        return Reading(self.model.output.probabilities(shown), maps, shown)

    def shown_above(self) -> tuple[str, ...]:
        """The layer and those after it that show maps or units, in the order of computing."""
        paths = [row.path for row in self.model.layers]
        after = self.model.layers[paths.index(self.row.path) :]
        return tuple(row.path for row in after if row.shows in ("maps", "units"))

    def means(self, images: np.ndarray) -> np.ndarray:
        """(channels,) float32: each channel's mean over all positions and images (N, H, W, C)."""
        from nets import backend

        values = (self._inside(images[start : start + BATCH]) for start in range(0, len(images), BATCH))
        parts = [backend.to_array(value) for value in values]
        total = sum(part.astype(np.float64).reshape(-1, self.channels).sum(axis=0) for part in parts)
        positions = sum(part.size // self.channels for part in parts)
        return (total / max(1, positions)).astype(np.float32)

    def right(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        rows: tuple[np.ndarray, np.ndarray],
        report: Report = no_report,
    ) -> float:
        """The accuracy with channels changed.

        Args:
            images: (N, H, W, C) float32, as the network receives them.
            labels: (N,) int, the model's classes.
            rows: The factors and summands from ``change``.
            report: Receives a Progress after each batch; it may raise Cancelled.

        Returns:
            The share of images that are classified rightly, 0 to 1.
        """
        found = 0
        for start in range(0, len(images), BATCH):
            part = images[start : start + BATCH]
            answers = self._above(part, self._inside(part), *rows)
            found += int((answers == labels[start : start + BATCH]).sum())
            report(Progress("lesions", start + len(part), len(images), "images"))
        return found / max(1, len(images))

    def measure(self, images: np.ndarray, labels: np.ndarray, mode: str = "off", report: Report = no_report) -> Lesions:
        """The accuracy without each channel.

        Args:
            images: (N, H, W, C) float32, as the network receives them.
            labels: (N,) int, the model's classes.
            mode: A key of ``MODES``.
            report: Receives a Progress after each channel; it may raise Cancelled.

        Returns:
            The accuracies with all channels, without each, and without all.

        Raises:
            UsageError: There is no such mode, no image, or the network does not tell classes apart.
        """
        if problem := refusal_of_mode(mode):
            raise UsageError(problem)
        if not self.model.output.kind.has_classes:
            raise UsageError(
                "{title} cannot be right or wrong. {note}", title=self.model.card.title, note=self.model.output.note
            )
        if not len(images):
            raise UsageError("expected images to measure on, found none")
        parts = [_tensor(images[start : start + BATCH]) for start in range(0, len(images), BATCH)]
        inside = [self._inside(part) for part in parts]  # tensors, copied once for all channels
        means = self.means(images) if MODES[mode].mean else None
        total = self.channels + 2

        def right(channels: Mapping[int, str]) -> np.ndarray:
            rows = self.change(channels, means)
            found = [self._above(part, values, *rows) for part, values in zip(parts, inside, strict=True)]
            return np.concatenate(found) == labels

        whole = right({})
        report(Progress("lesions", 1, total, "channels"))
        without = []
        for channel in range(self.channels):
            without.append(right({channel: mode}))
            report(Progress("lesions", channel + 2, total, "channels"))
        none = right(dict.fromkeys(range(self.channels), mode))
        report(Progress("lesions", total, total, "channels"))
        classes = len(self.model.card.labels)
        return Lesions(
            self.row.path,
            mode,
            len(images),
            float(whole.mean()),
            _per_class(whole, labels, classes),
            np.array([row.mean() for row in without]),
            np.stack([_per_class(row, labels, classes) for row in without]),
            float(none.mean()),
        )

    def _rules(self, scale: Any, fill: Any) -> dict[str, Any]:
        def changed(operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            return self._changed(infer(operation, args, kwargs), scale, fill)

        return {self.row.path: changed}

    def _changed(self, value: Any, scale: Any, fill: Any) -> Any:
        from keras import ops

        if self.model.graph.channels_first and len(value.shape) == 4:
            scale, fill = scale[:, None, None], fill[:, None, None]
        return value * ops.cast(scale, value.dtype) + ops.cast(fill, value.dtype)

    def _inside(self, images: Any) -> Any:
        """The layer's own output for images (an array or a tensor), as a tensor in the network's layout."""
        from nets import backend

        if self._before is None:

            def run(images: Any) -> Any:
                results, _ = self.model.graph.run(to_layout(images, self.model.graph))
                return results[self.row.path]

            self._before = backend.compile(run, xla=needs_xla(self.model.graph))
        return self._before(_tensor(images))

    def _above(self, images: Any, values: Any, scale: np.ndarray, fill: np.ndarray) -> np.ndarray:
        """(N,) int: the classes that the network answers, given the layer's output.

        ``values``: a tensor from ``_inside``. ``images`` matter only if a branch passes the layer by; if none does, the
        layers below it are not computed.
        """
        from nets import backend
        from nets.network.outputs import to_probabilities

        if len(images) not in self._after:

            def run(images: Any, values: Any, scale: Any, fill: Any) -> Any:
                rules = {self.row.path: lambda *_: self._changed(values, scale, fill)}
                return self.model.graph.run(to_layout(images, self.model.graph), rules)[1]

            self._after[len(images)] = DirectCall(backend.compile(run, xla=needs_xla(self.model.graph)))
        answers = self._after[len(images)](_tensor(images), values, scale, fill)
        output = np.asarray(backend.to_array(answers), np.float32)
        rows = output.reshape(len(images), -1)
        if self.model.output.kind.name == "labels":
            return rows.argmax(axis=1)
        return to_probabilities(rows, self.model.output.meaning).argmax(axis=1)


def refusal_of_mode(mode: str) -> str:
    """Why a channel cannot be changed so; "" if ``mode`` is a key of ``MODES``."""
    return (
        ""
        if mode in MODES
        else Text("there is no lesion {mode!r}; there are: {known}", mode=mode, known=", ".join(MODES))
    )


def refusal_of_lesion(model: Model, layer: str) -> str:
    """Why no channel of the layer can be switched off, as one sentence; "" if channels can."""
    row = next((row for row in model.layers if row.path == layer), None)
    usable = [row.path for row in layers_with_channels(model)]
    if row is None:
        return unknown_layer(layer, usable, offer="these have channels")
    if row.shows == "probabilities" or model.graph.output in model.graph.step(layer).outputs:
        listed = names_like(layer, usable)
        return Text(
            "{layer} is the answer itself; switch off channels of a layer below it: {listed}",
            layer=layer,
            listed=listed,
        )
    return "" if row.shows in ("maps", "units") else f"{layer} has no channels: {row.why_not}"


def layers_with_channels(model: Model) -> tuple[LayerInfo, ...]:
    """The layers whose channels can be switched off and are features of their own, in the order of computing."""
    passing_on = ("Dropout", "Flatten", "Reshape", "ZeroPadding2D")
    ends = {step.path for step in model.graph.steps if model.graph.output in step.outputs}
    rows = (row for row in model.layers if row.shows in ("maps", "units") and row.path not in ends)
    return tuple(row for row in rows if row.kind not in passing_on)


def _row_of(model: Model, layer: str) -> LayerInfo:
    if problem := refusal_of_lesion(model, layer):
        raise UsageError(problem)
    return next(row for row in model.layers if row.path == layer)


def _per_class(right: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """(classes,) float64: the share of each class's images that are right; NaN for a class without images."""
    totals = np.bincount(labels, minlength=classes)
    return np.where(totals > 0, np.bincount(labels, weights=right, minlength=classes) / np.maximum(totals, 1), np.nan)


def _last(value: np.ndarray, channels_first: bool) -> np.ndarray:
    return np.moveaxis(value, 0, -1) if channels_first and value.ndim == 3 else value


def _tensor(values: np.ndarray) -> Any:
    from keras import ops

    return ops.convert_to_tensor(values, dtype="float32")
