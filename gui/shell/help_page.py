"""The dialog with first steps and all keys, generated from the table of bindings."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from gui import theme
from gui.bindings import Binding, words
from gui.widgets import button, label

FIRST_STEPS = (
    ("Draw", "Draw a digit on the pad: the network answers while the pen moves."),
    (
        "Train",
        "Choose a network and data, press Train, and watch the loss fall. Tick “Watch it learn” to see the bars move.",
    ),
    ("Explore", "Click a volume, then a map, then a pixel: each shows what it is made of."),
    (
        "By hand",
        "In Explore press A: the value under the cursor is written out. Backward shows what it learns, Step lets it.",
    ),
    (
        "Why",
        "Choose a method and draw: colours say why. In the lesion lab a click takes a channel away.",
    ),
    ("Convolve", "Choose a kernel or type into its cells, and let the window slide over your drawing."),
    (
        "Compare",
        "Press Compare: two models stand side by side. Click an image on which they disagree, and both answer it.",
    ),
)


class HelpPage(QDialog):
    """The first steps and all keys, beginning with those of the shown workspace."""

    def __init__(self, bindings: Iterable[Binding], parent: QWidget | None = None, *, first: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys and first steps"))
        self.resize(theme.px(620), min(theme.px(640), 860))
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(theme.GUTTER, theme.GUTTER, theme.GUTTER, theme.GUTTER)
        grid.setHorizontalSpacing(theme.GUTTER)
        grid.setVerticalSpacing(theme.GAP)
        grid.setColumnMinimumWidth(0, 150)
        grid.setColumnStretch(1, 1)
        row = 0
        for title, sentence in FIRST_STEPS:
            grid.addWidget(label(self.tr(title), "strong"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label(self.tr(sentence), wrap=True), row, 1)
            row += 1
        ordered = sorted(bindings, key=lambda one: (one.where != first, one.where))
        for where, rows in groupby(ordered, key=lambda one: one.where):
            grid.setRowMinimumHeight(row, theme.GUTTER)
            grid.addWidget(label(self.tr(where), "heading"), row, 0, 1, 2, Qt.AlignmentFlag.AlignBottom)
            row += 1
            for binding in rows:
                grid.addWidget(label(words(binding.keys), "strong"), row, 0, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(label(self.tr(binding.title), wrap=True), row, 1)
                row += 1
        grid.setRowStretch(row, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(inside)
        close = button(self.tr("Close"))
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.setContentsMargins(theme.GUTTER, theme.GAP, theme.GUTTER, theme.GUTTER)
        foot.addStretch(1)
        foot.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll, 1)
        layout.addLayout(foot)
