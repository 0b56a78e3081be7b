"""The controls of the maps: colour range, clipping and saving. They stand above the grid, or above a large map."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from gui.explore.selection import Selection
from gui.widgets import ExportButton, IconButton, Select
from nets.pictures.ranges import RANGES


class RangeSelect(Select):
    """Chooses the values that the colours cover; follows and sets ``Selection``."""

    def __init__(self, choice: Selection, parent: QWidget | None = None) -> None:
        words = QCoreApplication.translate("RangeSelect", "Range: {0}")
        super().__init__(((row.name, words.format(row.title.lower())) for row in RANGES.values()), parent)
        self.setToolTip(self.tr("Over which values the colours go (R)"))
        self.setAccessibleName(self.tr("Colour range"))
        self.choose(choice.range)
        self.currentIndexChanged.connect(lambda _: choice.set_range(self.value()))
        choice.range_changed.connect(lambda: self.choose(choice.range))


class ClipButton(IconButton):
    """Whether outliers are clipped."""

    def __init__(self, choice: Selection, parent: QWidget | None = None) -> None:
        words = QCoreApplication.translate(
            "ClipButton", "Clip outliers: the largest values share one colour where they would darken all others"
        )
        super().__init__("scissors", words, checkable=True, parent=parent)
        self.setChecked(choice.clips)
        self.toggled.connect(choice.set_clips)
        choice.range_changed.connect(lambda: self.setChecked(choice.clips))


def maps_export_button() -> ExportButton:
    """The save button: "layer" (the layer as a sheet for a slide), "map" (one map) or "arrays" (the numbers)."""
    words = partial(QCoreApplication.translate, "MapsExport")
    return ExportButton(
        (
            ("layer", words("Picture of this layer (PNG) …")),
            ("map", words("Picture of this map (PNG) …")),
            ("arrays", words("Raw arrays (NPZ) …")),
        )
    )
