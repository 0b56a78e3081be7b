"""What can be done with a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

if TYPE_CHECKING:
    from nets.runs.store import RunSummary

MORE_EPOCHS = 5  # offered on top when a finished run is to go on


class RunMenu(QMenu):
    """``training``: this run is in training now; ``busy``: some run is. ``use`` carries "best", "last" or a number."""

    use = Signal(object)
    resume = Signal(object)
    export = Signal(str)
    rename = Signal()
    delete = Signal()
    settings = Signal()

    def __init__(
        self, summary: RunSummary, *, training: bool = False, busy: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._summary = summary
        done = summary.epochs_done
        use = self.addMenu(self.tr("Use this model"))
        use.setEnabled(done > 0)
        if summary.best_epoch:
            use.addAction(self.tr("Best epoch, {0}").format(summary.best_epoch), lambda: self.use.emit("best"))
        use.addAction(self.tr("Last epoch, {0}").format(done), lambda: self.use.emit("last"))
        if done > 2:
            use.addAction(self.tr("Choose an epoch …"), self._ask_epoch)
        finished = done >= summary.epochs
        resume = self.addAction(
            self.tr("Train further …") if finished else self.tr("Resume to epoch {0}").format(summary.epochs),
            self._ask_epochs if finished else lambda: self.resume.emit(None),
        )
        resume.setEnabled(not busy and summary.state != "running")
        self.addAction(self.tr("Take over its settings"), self.settings.emit).setEnabled(not busy)
        self.addSeparator()
        self.addAction(self.tr("Rename"), self.rename.emit)
        export = self.addMenu(self.tr("Export"))
        export.addAction(self.tr("Model with labels and predict.py …"), lambda: self.export.emit("model"))
        export.addAction(self.tr("Numbers (CSV) …"), lambda: self.export.emit("numbers"))
        export.addAction(self.tr("Curves (PNG) …"), lambda: self.export.emit("picture"))
        export.setEnabled(done > 0)
        self.addSeparator()
        self.addAction(self.tr("Move to the bin"), self.delete.emit).setEnabled(not training)

    def _ask_epoch(self) -> None:
        epoch, chosen = QInputDialog.getInt(
            self.parentWidget(),
            self.tr("Choose an epoch"),
            self.tr("Epoch, 1 to {0}:").format(self._summary.epochs_done),
            self._summary.best_epoch or 1,
            1,
            self._summary.epochs_done,
        )
        if chosen:
            self.use.emit(epoch)

    def _ask_epochs(self) -> None:
        done = self._summary.epochs_done
        epochs, chosen = QInputDialog.getInt(
            self.parentWidget(),
            self.tr("Train further"),
            self.tr("It has {0} epochs. Train until it has:").format(done),
            done + MORE_EPOCHS,
            done + 1,
            10_000,
        )
        if chosen:
            self.resume.emit(epochs)
