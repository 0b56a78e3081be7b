"""The card of the chosen dataset: kind, number and origin of the images, and the number in each class."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui import theme
from gui.widgets import label
from gui.widgets.eliding import room_for
from gui.words import capitalised
from nets.data.specs import DatasetSpec

MOST = 24
"""The number of classes that are drawn as bars, the first ones."""
MOST_LEFT_OUT = 30
"""The number of files that are listed, the first ones."""


class ClassCounts(QWidget):
    """A bar for each class: its number of training images, in columns of five."""

    ROWS = 5

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[tuple[str, int]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.theme.changed.connect(self.update)

    def show_counts(self, rows: list[tuple[str, int]]) -> None:
        """(class, training images); an empty list shows nothing."""
        self.rows = rows
        self.setAccessibleDescription(", ".join(f"{name}: {count:,}" for name, count in rows))
        self.update()

    def names_room(self, metrics: QFontMetrics, width: float) -> int:
        """Pixels of the names in a column of ``width``."""
        return min(room_for((name for name, _ in self.rows), metrics), int(0.45 * width))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.rows:
            return
        painter = QPainter(self)
        painter.setFont(theme.font(theme.SMALL, tabular=True))
        colors, metrics = theme.now(), painter.fontMetrics()
        columns = -(-len(self.rows) // self.ROWS)
        width = min(self.width() / columns, 300.0)
        line = min(self.height() / self.ROWS, metrics.height() + 6.0)
        most = max(count for _, count in self.rows) or 1
        names = self.names_room(metrics, width)
        numbers = max(metrics.horizontalAdvance(f"{count:,}") for _, count in self.rows)
        bar = max(0.0, width - names - numbers - 28)
        for place, (name, count) in enumerate(self.rows):
            left, top = place // self.ROWS * width, place % self.ROWS * line
            painter.setPen(colors.color("text"))
            words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, names)
            painter.drawText(QRectF(left, top, names, line), Qt.AlignmentFlag.AlignVCenter, words)
            height = metrics.ascent() * 0.6
            area = QRectF(left + names + 8, top + (line - height) / 2, bar * count / most, height)
            painter.fillRect(area, colors.color("accent"))
            painter.setPen(colors.color("quiet"))
            place_of_number = QRectF(area.right() + 6, top, numbers + 4, line)
            painter.drawText(place_of_number, Qt.AlignmentFlag.AlignVCenter, f"{count:,}")


class DatasetCard(QWidget):
    """``show_dataset`` fills it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.INSET)
        grid.setVerticalSpacing(theme.TIGHT)
        grid.setColumnStretch(1, 1)
        self._values: dict[str, QLabel] = {}
        self._spec: DatasetSpec | None = None
        self._where = ""
        # for a dataset that was loaded: its name, and sentences about it
        self._left_out: tuple[str, tuple[str, ...]] = ("", ())
        names = {
            "about": self.tr("What"),
            "images": self.tr("Images"),
            "source": self.tr("Source"),
            "licence": self.tr("Licence"),
            "where": self.tr("Where"),
        }
        for row, (key, name) in enumerate(names.items()):
            value = self._values[key] = label("", "small", wrap=True)
            grid.addWidget(label(name, "small"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
        self.left_out = (label(self.tr("Left out"), "warning"), label("", "warning"))
        for column, part in enumerate(self.left_out):
            grid.addWidget(part, len(names), column)
            part.hide()
        grid.setRowStretch(len(names) + 1, 1)
        self.counts = ClassCounts()
        self.heading = label("", "small")
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(theme.TIGHT)
        right.addWidget(self.heading)
        right.addWidget(self.counts, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * theme.GUTTER)
        layout.addLayout(grid, 6)
        layout.addLayout(right, 5)

    def show_left_out(self, name: str, sentences: tuple[str, ...]) -> None:
        """Show what could not be read of the dataset ``name``, known once it was loaded."""
        self._left_out = (name, sentences)
        self.show_dataset(self._spec, self._where)

    def show_dataset(self, spec: DatasetSpec | None, where: str) -> None:
        """Show a dataset. ``where``: the place of its files, or what prevents loading it."""
        self._spec, self._where = spec, where
        if spec is None:
            self._render_left_out("")
            for value in self._values.values():
                value.setText("")
            self._values["where"].setText(where)
            self.heading.setText("")
            self.counts.show_counts([])
            return
        size = " × ".join(map(str, spec.input.shape))
        images = self.tr("{0:,} to train and validate, {1:,} to test, {2}")
        texts = {
            "about": capitalised(spec.about),
            "images": images.format(spec.train_images, spec.test_images, size),
            "source": spec.source,
            "licence": spec.licence,
            "where": where,
        }
        for key, text in texts.items():
            self._values[key].setText(text)
        self._render_left_out(spec.name)
        pairs = list(zip(spec.classes, spec.train_counts, strict=False))
        if not pairs:
            self.heading.setText(self.tr("{0} classes: {1}").format(len(spec.classes), ", ".join(spec.classes[:MOST])))
        elif len(pairs) > MOST:
            self.heading.setText(
                self.tr("Training images of each class, the first {0} of {1}").format(MOST, len(pairs))
            )
        else:
            self.heading.setText(self.tr("Training images of each class"))
        self.counts.show_counts(pairs[:MOST])

    def _render_left_out(self, name: str) -> None:
        known, sentences = self._left_out
        shown = sentences if name and name == known else ()
        rest = [self.tr("and {0:,} more").format(len(shown) - MOST_LEFT_OUT)] if len(shown) > MOST_LEFT_OUT else []
        self.left_out[1].setText(self.tr("{0:,} (point here to see which and why)").format(len(shown)))
        for part in self.left_out:
            part.setToolTip("\n".join([*shown[:MOST_LEFT_OUT], *rest]))
            part.setVisible(bool(shown))
