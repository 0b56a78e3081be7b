"""``ComparisonView``, the base class of the views of a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from gui.compare.state import CompareState
    from nets.experiments.comparison import Comparison


class ComparisonView(QWidget):
    """A widget that shows a comparison.

    ``needs_comparison``: whether it is empty before a comparison was made. ``new_head_wanted`` gives the reference of a
    model that does not know the classes of the test images.
    """

    new_head_wanted = Signal(str)
    needs_comparison = True

    def show_comparison(self, found: Comparison, state: CompareState) -> None:
        """Called when a comparison is ready, and when its display settings change."""

    def finish(self) -> None:
        """End running work, before the window closes."""
