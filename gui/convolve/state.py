"""The shared state of the playground's views: image, setting, result and position."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from gui.words import translated
from nets.convolve.kernels import KERNELS
from nets.convolve.playground import PlaygroundSetting, Position, Result, convolve, position_at
from nets.errors import LensletError


class PlaygroundState(QObject):
    """``result`` is None if there is no image or the setting is impossible; ``problem`` says why."""

    changed = Signal()  # the image or the setting, and so the result
    moved = Signal()  # only the position

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.image: np.ndarray | None = None  # (H, W) float32 in [0, 1]
        self.setting = PlaygroundSetting(KERNELS["sobel_x"].of(3))
        self.result: Result | None = None
        self.problem = ""
        self.number = 0

    @property
    def position(self) -> Position | None:
        return None if self.result is None else position_at(self.result, self.setting.kernel, self.number)

    def set_image(self, image: np.ndarray | None) -> None:
        self.image = image
        self._compute()

    def change(self, **changes: Any) -> None:
        """Change fields of ``PlaygroundSetting``."""
        self.setting = replace(self.setting, **changes)
        self._compute()

    def move(self, number: int) -> None:
        """Move to a position, counted row by row; past the end, start again."""
        if self.result is not None and number % self.result.positions != self.number:
            self.number = number % self.result.positions
            self.moved.emit()

    def move_rows(self, rows: int) -> None:
        """Move up or down in the result, but not beyond its edge."""
        if self.result is not None:
            wanted = self.number + rows * self.result.values.shape[1]
            if 0 <= wanted < self.result.positions:
                self.move(wanted)

    def _compute(self) -> None:
        before = None if self.result is None else self.result.place(self.number)
        self.result, self.problem = None, ""
        if self.image is not None:
            try:
                self.result = convolve(self.image, self.setting)
            except LensletError as problem:
                self.problem = translated(problem)
        if self.result is not None and before is not None:
            rows, columns = self.result.values.shape
            self.number = min(before[0], rows - 1) * columns + min(before[1], columns - 1)
        elif self.result is not None:  # the position with the most to see
            self.number = int(np.abs(self.result.values).argmax())
        self.changed.emit()
