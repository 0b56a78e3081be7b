"""How much memory the training in the form would take, estimated in a thread: nothing is built for it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from gui.threads.loader import Loader
from gui.words import translated
from nets.data.specs import DatasetSpec, ImageInput
from nets.errors import LensletError
from nets.events import Report, no_report
from nets.network.files.machine import bytes_text
from nets.runs.config import TrainConfig, input_for
from nets.zoo import NETS


class MemoryEstimate(QObject):
    """``follow`` the form; ``changed`` comes once another training was estimated.

    words: "1.3 GB"; problem: why it cannot be, with what would fit. Both are "" while they are not known.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.words = self.problem = ""
        self._loader = Loader(self)
        self._key: tuple[Any, ...] = ()

    def follow(self, config: TrainConfig, spec: DatasetSpec | None) -> None:
        """Estimates another training. A transfer's features take what its source says, so nothing is said of it."""
        if spec is None or config.transfers or config.network not in NETS or config.batch_size < 1:
            self._forget()
            return
        size = config.size if isinstance(config.size, int) else 0
        input, classes = input_for(NETS[config.network], spec.input, size), len(spec.classes)
        key = (config.network, config.optimizer, config.batch_size, input.shape, classes)
        if key == self._key:
            return
        self._forget()
        self._key = key
        self._loader.ask(memory_task, config, input, classes, done=self._on_found, failed=lambda _: None)

    def finish(self) -> None:
        self._loader.finish()

    def _forget(self) -> None:
        self.words = self.problem = ""
        self._key = ()

    def _on_found(self, found: tuple[str, str]) -> None:
        if self._key:
            self.words, self.problem = found
            self.changed.emit()


def memory_task(config: TrainConfig, input: ImageInput, classes: int, report: Report = no_report) -> tuple[str, str]:
    """(how much, in words; why it is too much, or ""). An input that is too small has its own sentence in the form."""
    from nets.training.memory import check_memory, training_bytes

    try:
        words = bytes_text(training_bytes(config, input, classes))
    except LensletError:
        return "", ""
    try:
        check_memory(config, input, classes)
    except LensletError as problem:
        return words, translated(problem)
    return words, ""
