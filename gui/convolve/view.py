"""What every view of the playground is: a widget that looks at the playing while it is shown."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from gui.convolve.state import PlaygroundState


class PlaygroundView(QWidget):
    """``refresh`` is called when it appears, and at every change while it can be seen.

    uses: the controls at the left that it obeys; the others are hidden while it is shown.
    """

    uses: frozenset[str] = frozenset(("kernel", "stride", "padding", "dilation"))

    @property
    def uses_kernel(self) -> bool:
        """False: it brings its own, and can be shown where the kernel at the left does not fit the image."""
        return "kernel" in self.uses

    def __init__(self, playing: PlaygroundState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.playing = playing
        playing.changed.connect(self._on_change)

    @property
    def tools(self) -> tuple[QWidget, ...]:
        """Its buttons, which a picture of it leaves out."""
        return ()

    def refresh(self) -> None:
        raise NotImplementedError

    def _on_change(self) -> None:
        if self.isVisible():
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
