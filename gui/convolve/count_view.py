"""The cost of the three ways of convolving: multiplications, and the time on this machine."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from gui import theme
from gui.convolve.state import PlaygroundState
from gui.convolve.view import PlaygroundView
from gui.threads.loader import Loader
from gui.widgets import button, label
from nets.byhand.methods import METHODS
from nets.convolve.cost import Cost, counted, measured
from nets.convolve.playground import Result


class CountView(PlaygroundView):
    """Counts at once; measures times on request, in a job."""

    def __init__(self, playing: PlaygroundState, parent: QWidget | None = None) -> None:
        super().__init__(playing, parent)
        self._loader = Loader(self)
        self.rows: tuple[Cost, ...] = ()
        self.cells: dict[str, tuple[QLabel, QLabel]] = {}
        self.measure = button(self.tr("Measure the times"), tip=self.tr("A tenth of a second for each way"))
        self.note = label("", "quiet", wrap=True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * theme.GUTTER)
        grid.setVerticalSpacing(theme.INSET)
        heads = (self.tr("Way"), self.tr("Multiplications"), self.tr("Time"))
        for column, words in enumerate(heads):
            grid.addWidget(label(words, "heading"), 0, column)
        for number, row in enumerate(METHODS.values(), start=1):
            self.cells[row.name] = label("", "strong"), label("", "strong")
            grid.addWidget(label(self.tr(row.title)), number, 0)
            for column, cell in enumerate(self.cells[row.name], start=1):
                grid.addWidget(cell, number, column)
        grid.setColumnStretch(3, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.GAP, 0, 0)
        layout.setSpacing(theme.GUTTER)
        layout.addLayout(grid)
        layout.addWidget(self.measure, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.note)
        layout.addStretch(1)
        self.measure.clicked.connect(self.ask)

    def refresh(self) -> None:
        result, image = self.playing.result, self.playing.image
        if result is None or image is None:
            return
        self._show(counted((image.shape[0], image.shape[1]), result.window))
        self.note.setText(
            self.tr(
                "Loops and im2col multiply the same numbers; im2col leaves them to one matrix product. Fourier's way "
                "pays for large kernels: its count hardly grows with them."
            )
        )

    def ask(self) -> None:
        """Measure with the present image and kernel."""
        result, image = self.playing.result, self.playing.image
        if result is None or image is None:
            return
        self.measure.setEnabled(False)
        kernel, window = self.playing.setting.kernel, result.window
        self._loader.ask(
            measured,
            image,
            kernel,
            window,
            done=lambda rows: self._on_measured(rows, result),
            failed=self._on_failed,
        )

    def finish(self) -> None:
        self._loader.finish()

    def _on_measured(self, rows: tuple[Cost, ...], of: Result) -> None:
        self.measure.setEnabled(True)
        if of is not self.playing.result:  # image or kernel changed meanwhile: the times are of the old ones
            return
        self._show(rows)
        loops = next(row for row in rows if row.method.name == "loops")
        if loops.share < 1:
            words = self.tr("The loops were timed on {0:.0f} % of the positions and scaled to all.")
            self.note.setText(words.format(100 * loops.share))

    def _on_failed(self, words: str) -> None:
        self.measure.setEnabled(True)
        self.note.setText(words)

    def _show(self, rows: tuple[Cost, ...]) -> None:
        self.rows = rows
        for row in rows:
            count, time = self.cells[row.method.name]
            count.setText(f"{row.multiplications:,}")
            time.setText("–" if row.seconds is None else _time(row.seconds))


def _time(seconds: float) -> str:
    for size, unit in ((1, "s"), (1e-3, "ms")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"
