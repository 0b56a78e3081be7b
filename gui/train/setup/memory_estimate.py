"""How much memory the form's training would take, estimated in a thread without building the network."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from gui.threads.loader import Loader
from gui.words import translated
from nets.data.specs import DatasetSpec, ImageInput
from nets.errors import LensletError
from nets.events import Report, no_report
from nets.network.files.machine import bytes_text
from nets.runs.config import TrainConfig, input_for
from nets.zoo import NETS

if TYPE_CHECKING:
    from nets.training.memory import TransferCosts


class MemoryEstimate(QObject):
    """Follows the form; ``changed`` is emitted once another training was estimated.

    words: "1.3 GB". problem: why there is not enough, with what would fit. Both are "" while unknown.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.words = self.problem = ""
        self._loader = Loader(self)
        self._key: tuple[Any, ...] = ()

    def follow(self, config: TrainConfig, spec: DatasetSpec | None, costs: TransferCosts | None) -> None:
        """Estimates another training.

        Args:
            config: without ``problems``.
            spec: its data; None while they are not known.
            costs: of the features that a transfer keeps; None while they are not known, and for other trainings.
        """
        known = costs is not None if config.transfers else config.network in NETS
        if spec is None or not known or config.batch_size < 1:
            self._forget()
            return
        classes = len(spec.classes)
        of = (config.network, config.optimizer, config.batch_size, classes)
        input = None
        if costs is None:
            size = config.size if isinstance(config.size, int) else 0
            input = input_for(NETS[config.network], spec.input, size)
            key: tuple[Any, ...] = (*of, input.shape)
        else:
            key = (*of, config.start_from, config.freeze, config.epochs, config.head_epochs)
        if key == self._key:
            return
        self._forget()
        self._key = key
        self._loader.ask(memory_task, config, costs or input, classes, done=self._on_found, failed=lambda _: None)

    def finish(self) -> None:
        self._loader.finish()

    def _forget(self) -> None:
        self.words = self.problem = ""
        self._key = ()

    def _on_found(self, found: tuple[str, str]) -> None:
        if self._key:
            self.words, self.problem = found
            self.changed.emit()


def memory_task(
    config: TrainConfig, of: ImageInput | TransferCosts, classes: int, report: Report = no_report
) -> tuple[str, str]:
    """(how much, in words; why it is too much, or ""). An input that is too small has its own sentence in the form.

    Args:
        config: the training.
        of: what its network receives; of a transfer, the costs of its features.
        classes: the number of outputs.
        report: not used, it takes no time.
    """
    from nets.training.memory import check_memory, check_transfer_memory, training_bytes, transfer_bytes

    if isinstance(of, ImageInput):
        needed = partial(training_bytes, config, of, classes)
        check = partial(check_memory, config, of, classes)
    else:
        needed = partial(transfer_bytes, config, of, classes)
        check = partial(check_transfer_memory, config, of, classes)
    try:
        words = bytes_text(needed())
    except LensletError:
        return "", ""
    try:
        check()
    except LensletError as problem:
        return words, translated(problem)
    return words, ""
