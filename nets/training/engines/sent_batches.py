"""Batches for JAX and PyTorch: sent to the device as bytes, a quarter of the numbers' size, and scaled there."""

from __future__ import annotations

from typing import Any

import numpy as np

from nets import backend
from nets.data.images import Images
from nets.data.specs import ImageInput
from nets.runs.config import TrainConfig
from nets.training.batches import ArrayBatches
from nets.training.engines.values import values_of
from nets.training.warp_arrays import warp_arrays

Tensor = Any


class SentBatches(ArrayBatches):
    """Batches as tensors on the device, one after the other, sent while the steps before them are computed.

    Augmented images are numbers between bytes and are sent as float32.
    """

    are_on_device = True

    def __init__(
        self, images: Images, labels: np.ndarray, input: ImageInput, config: TrainConfig, *, fill: bool = False
    ) -> None:
        super().__init__(images, labels, input, config, fill=fill)
        self._scale = backend.compile(self._scaled)

    def _prepared(self, pixels: np.ndarray, places: slice, form: tuple[int, int]) -> list[Tensor]:
        draws = {name: values[places] for name, values in self._points.items()}
        images = warp_arrays(pixels, self._augmentation, draws) if draws else pixels
        return [self._scale(batch) for batch in images.reshape(*form, *pixels.shape[1:])]

    def _scaled(self, batch: Tensor) -> Tensor:
        from keras import ops

        return values_of(ops.cast(batch, "float32"), self._input)
