"""A line at the foot of the pad: a colour photograph lies on it and the model reads digits, so another is proposed."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout

from gui import theme
from gui.draw.pad.pad import Pad
from gui.session import Session
from gui.widgets import ElidedLabel, IconButton, button
from nets.network.shipped_cards import shipped

PROPOSED = "colour"
SAMPLES = 64  # rows and columns that are looked at
SPREAD = 24  # levels of 255 by which hues differ in a photograph; those of ink on yellowish paper do not


class Proposal(QFrame):
    """Lies over the pad's lower edge, so that nothing moves when it comes and goes. Put away, it comes with the next
    picture."""

    def __init__(self, session: Session, pad: Pad) -> None:
        super().__init__(pad)
        self._session, self._pad = session, pad
        self._put_away: np.ndarray | None = None  # the picture for which the model is kept
        self._reason = ""
        self.setProperty("look", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.words = ElidedLabel("", "small")
        self.use = button("")
        self.close_button = IconButton("x", self.tr("Keep this model"), look="plain")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP, theme.TIGHT, theme.TIGHT, theme.TIGHT)
        row.setSpacing(theme.TIGHT)
        row.addWidget(self.words, 1)
        row.addWidget(self.use)
        row.addWidget(self.close_button)
        self.use.clicked.connect(self._open)
        self.close_button.clicked.connect(self._keep)
        session.picture_changed.connect(self._look)
        session.card_changed.connect(self._look)
        pad.installEventFilter(self)
        self.hide()

    def _look(self) -> None:
        """Shows the line where the picture and the model do not suit each other."""
        card = self._session.card
        misfit = card is not None and card.input.fit == "digit" and self._is_photograph(self._session.picture)
        proposed = shipped().get(PROPOSED) if misfit else None
        if proposed is not None and card is not None:
            self._reason = self.tr("{0} reads digits").format(card.title)
            self.use.setText(self.tr("Use {0}").format(proposed.title))
            self.use.setToolTip(
                self.tr("Opens the model for colour photographs. It knows: {0}").format(", ".join(proposed.labels))
            )
            self._place()
        self.setVisible(proposed is not None)

    def _is_photograph(self, picture: np.ndarray | None) -> bool:
        if picture is None or picture is self._put_away or self._session.picture_is_dataset_image:
            return False
        return not self._pad.drawing.strokes and has_colours(picture)

    def _keep(self) -> None:
        self._put_away = self._session.picture
        self.hide()

    def _open(self) -> None:
        self.hide()
        self._session.open_model(PROPOSED)

    def _place(self) -> None:
        margin, height = theme.TIGHT, self.sizeHint().height()
        width = self._pad.width() - 2 * margin
        self.setGeometry(margin, self._pad.height() - height - margin, width, height)
        room = width - self.use.sizeHint().width() - self.close_button.width() - 4 * theme.GAP
        fits = self.words.fontMetrics().horizontalAdvance(self._reason) <= room
        self.words.setText(self._reason if fits else self.tr("Digits only"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)


def has_colours(picture: np.ndarray) -> bool:
    """Whether (h, w[, C]) uint8 is a picture of several hues: a photograph, and not ink of one colour on paper.

    What a twentieth of the pixels has at each end does not count.
    """
    if picture.ndim != 3 or picture.shape[-1] < 3:
        return False
    rows, columns = (np.linspace(0, size - 1, min(size, SAMPLES)).astype(int) for size in picture.shape[:2])
    red, green, blue = picture[np.ix_(rows, columns)][..., :3].reshape(-1, 3).astype(np.int16).T
    spreads = [np.subtract(*np.percentile(hue, (95, 5))) for hue in (red - green, blue - green)]
    return bool(max(spreads) >= SPREAD)
