"""``PlaygroundView``, the base class of the views of the playground."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from gui.convolve.state import PlaygroundState


class PlaygroundView(QWidget):
    """A widget that shows the playground's state while it is visible.

    ``refresh`` is called when it appears, and at every change while it is visible. uses: the controls at the left that
    have an effect on it; the others are hidden.
    """

    uses: frozenset[str] = frozenset(("kernel", "stride", "padding", "dilation"))

    @property
    def uses_kernel(self) -> bool:
        """Whether the kernel at the left is used. If not, the view can be shown even if that kernel does not fit the
        image.
        """
        return "kernel" in self.uses

    def __init__(self, playing: PlaygroundState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.playing = playing
        playing.changed.connect(self._on_change)

    @property
    def tools(self) -> tuple[QWidget, ...]:
        """Its buttons, which are left out of a picture of it."""
        return ()

    def refresh(self) -> None:
        raise NotImplementedError

    def _on_change(self) -> None:
        if self.isVisible():
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
