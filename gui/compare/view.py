"""What every view of the comparison is: a widget that renders a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from gui.compare.state import CompareState
    from nets.experiments.comparison import Comparison


class ComparisonView(QWidget):
    """``needs_comparison``: whether there is nothing to see before a comparison was made.

    ``new_head_wanted`` gives the reference of a model that does not know the classes of the test images.
    """

    new_head_wanted = Signal(str)
    needs_comparison = True

    def show_comparison(self, found: Comparison, state: CompareState) -> None:
        """Called when a comparison is there, and when what is shown of it changes."""

    def finish(self) -> None:
        """Ends what it has running, for the end of the window."""
