"""One explanation: its title, the picture with its colours, the colour scale, and one line of text."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from gui import theme
from gui.explain.shown import MAP_OPTIONS, Layered, colours, overlaid, target_words
from gui.paint.numbers import value_words
from gui.paint.picture import PixelPicture
from gui.paint.readout import Readout
from gui.paint.scale_bar import ScaleBar
from gui.threads.explaining import Explained
from gui.widgets import ElidedLabel, Panel, StateView, label
from gui.words import as_sentence
from nets.explain import EXPLAINERS
from nets.explain.faithfulness import SENSITIVITIES
from nets.pictures.ranges import Range

NOTE_LINES = ((560, 1), (280, 2), (200, 3), (0, 4))
"""From which width in pixels on the note takes so many lines."""
COMPILED = 1.0  # seconds: a longer time includes a compilation, so it is not shown


class Room(QWidget):
    """The area for a picture. ``resized`` comes after its own layout, while the column's event comes before it."""

    resized = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()


class ExplanationColumn(Panel):
    """Shows the result of one ``Asked``.

    The range is set from outside, because two columns of one method share it. So is the size of the picture (``fit``),
    because two columns may differ by a pixel; ``resized`` requests it.
    """

    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.found: Explained | None = None
        self.layered: Layered | None = None
        self._pixels: np.ndarray | None = None
        self.title = label("", "strong", wrap=True)  # never cut, because it names the class and the layer
        self.details = ElidedLabel("", "small")
        self.mark = label("", "warning")  # beside the details, so that pictures side by side have one size
        self.picture = PixelPicture(reacts=True, fills=True)
        self.picture.hovered.connect(self._on_hover)
        self.scale = ScaleBar()
        self.note = Readout(size=theme.SMALL, role="quiet")
        self.state = StateView()
        page = QWidget()
        inside = QVBoxLayout(page)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.TIGHT)
        inside.addWidget(self.title)
        below = QHBoxLayout()
        below.addWidget(self.details, 1)
        below.addWidget(self.mark)
        inside.addLayout(below)
        self._room = Room()
        self._room.resized.connect(self.resized)
        self._room.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        room = QVBoxLayout(self._room)
        room.setContentsMargins(0, 0, 0, 0)
        room.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignCenter)
        inside.addWidget(self._room, 1)
        inside.addWidget(self.scale)
        inside.addWidget(self.note)
        self._pages = QStackedWidget()
        self._pages.addWidget(page)
        self._pages.addWidget(self.state)
        self.body.addWidget(self._pages)
        self.setMinimumWidth(150)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The room for the note depends on the width alone, so that the picture above keeps its size."""
        super().resizeEvent(event)
        self.note.set_lines(next(lines for least, lines in NOTE_LINES if self.width() >= theme.px(least)))

    def show_state(self, title: str, sentence: str, *, busy: bool = False, failed: bool = False) -> None:
        """Show, in place of the picture, what to do, what is being computed, or why there is no picture."""
        kind = self.state.busy if busy else self.state.failed if failed else self.state.empty
        if failed:
            sentence = as_sentence(sentence)
        kind(title, sentence)
        self._pages.setCurrentWidget(self.state)

    def show_explained(
        self,
        found: Explained,
        part: Layered,
        span: Range,
        picture: np.ndarray,
        *,
        jet: bool,
        opacity: float,
        shared: bool,
        stale: str = "",
        mark: str = "",
    ) -> None:
        """Paint a result.

        Args:
            found: The result and its question.
            part: Its values, one for each pixel.
            span: The lowest and the highest value of the colours.
            picture: (H, W, 1|3) float32 0 to 1, what the network received.
            jet: See ``overlaid``.
            opacity: See ``overlaid``.
            shared: Whether another column has the same range.
            stale: Why this does not belong to the present drawing; "" if it does.
            mark: A warning about the method; "" for none.
        """
        self.found, self.layered = found, part
        row = EXPLAINERS[found.asked.method]
        target = target_words(found)
        title = self.tr("{0} · for {1}").format(row.title, target) if target else row.title
        self.title.setText(" · ".join(filter(None, (title, found.layer))))  # the layer, if the method used one
        titles = {option.name: option.title for option in row.options}
        said = [f"{titles[name].lower()} {value}" for name, value in found.asked.options if name not in MAP_OPTIONS]
        self.details.setText(" · ".join(filter(None, [found.title, *said])))
        self.mark.setText(mark)
        self.mark.setToolTip(self.tr("It looks alike for a network that learned nothing.") if mark else "")
        height, width = part.values.shape
        self.picture.set_shape(height, width)
        self.resized.emit()
        self.picture.set_pixels(overlaid(picture, part, span, jet=jet, opacity=opacity))
        table = colours(part.signed, jet)
        self.scale.set_scale(span.low, span.high, table, clipped=span.clipped, signed=part.signed)
        self._words = stale or self._said(part, target, shared, found)
        self.note.set_text(self._words)
        self._pages.setCurrentIndex(0)

    def _said(self, part: Layered, target: str, shared: bool, found: Explained) -> str:
        if part.empty:
            if not part.signed:
                return self.tr("No positive evidence for {0} in {1}.").format(target, found.layer or self.tr("this"))
            return self.tr("Zero everywhere: no pixel changes the score.")
        if EXPLAINERS[found.asked.method].centred:
            words = self.tr("red: seeing it helps, blue: it harms; zero: the mean")
        elif "map" in dict(found.asked.options):
            words = self.tr("red: brighter raises the map, blue: lowers it")
        elif found.asked.method in SENSITIVITIES:
            words = self.tr("red: brighter raises the score, blue: lowers it")
        else:
            words = self.tr("red: for it, blue: against it") if part.signed else self.tr("bright: more evidence")
        if shared:
            words += self.tr(" · one scale for both")
        if found.gap is not None:
            gap = f"{100 * found.gap:.2g}" if found.gap < 0.99 else f"{100 * found.gap:,.0f}"  # no 1.6e+02
            words += self.tr(" · adds up to the score but for {0} %").format(gap)
        return f"{words} · {1000 * found.seconds:.0f} ms" if found.seconds < COMPILED else words

    def _on_hover(self, pixel: tuple[int, int] | None) -> None:
        if self.layered is None or self._pages.currentIndex() != 0:
            return
        if pixel is None:
            self.note.set_text(self._words)
        else:
            value = value_words(float(self.layered.values[pixel]))
            self.note.set_text(self.tr("row {0}, column {1}: {2}").format(*pixel, value))

    @property
    def room(self) -> QSize:
        """The size available for the picture."""
        return self._room.size()

    def fit(self, room: QSize) -> None:
        self.picture.fit(max(room.width(), 40), max(room.height(), 40))
