"""A proposal at the foot of the pad: if a photograph lies on it and the model reads digits, other models are
offered.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from gui import theme
from gui.draw.pad.pad import Pad
from gui.session import Session
from gui.widgets import ElidedLabel, IconButton, button
from nets.data.photo_check import is_photograph
from nets.network.pretrained import missing_files
from nets.network.shipped_cards import shipped
from nets.places import Places
from nets.zoo.pretrained import CLASSES, PRETRAINED

SHIPPED = "colour"


@dataclass(frozen=True)
class ProposedModel:
    """A model to offer.

    name: opens it. knows: its classes, in words.
    """

    name: str
    title: str
    knows: str


def proposed_models(places: Places) -> tuple[ProposedModel, ...]:
    """Models for photographs that can be opened without a download: the shipped one, and the smallest pretrained one
    here.
    """
    found = []
    card = shipped().get(SHIPPED)
    if card is not None:
        found.append(ProposedModel(card.name, card.title, ", ".join(card.labels)))
    here = [row for row in PRETRAINED.values() if not missing_files(row, places)]
    if here:
        row = min(here, key=lambda row: row.megabytes)
        found.append(ProposedModel(row.name, row.title, f"ImageNet's {CLASSES:,} classes"))
    return tuple(found)


class Proposal(QFrame):
    """Covers the lower edge of the pad, so that nothing moves when it appears. If dismissed, it returns with the next
    picture.
    """

    def __init__(self, session: Session, pad: Pad) -> None:
        super().__init__(pad)
        self._session, self._pad = session, pad
        self._put_away: np.ndarray | None = None  # the picture for which the person keeps the model
        self._reason = ""
        self._models: tuple[ProposedModel, ...] = ()
        self.setProperty("look", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.words = ElidedLabel("", "small")
        self.close_button = IconButton("x", self.tr("Keep this model"), look="plain")
        self.buttons: list[QPushButton] = []
        head = QHBoxLayout()
        head.addWidget(self.words, 1)
        head.addWidget(self.close_button)
        self._row = QHBoxLayout()
        self._row.setSpacing(theme.TIGHT)
        self._row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, 0, theme.TIGHT, theme.TIGHT)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(self._row)
        self.close_button.clicked.connect(self._keep)
        session.picture_changed.connect(self._look)
        session.card_changed.connect(self._look)
        pad.installEventFilter(self)
        self.hide()

    def _look(self) -> None:
        """Show the proposal if the picture and the model do not fit together."""
        card = self._session.card
        misfit = card is not None and card.input.fit == "digit" and self._is_photograph(self._session.picture)
        models = proposed_models(self._session.places) if misfit else ()
        if models and card is not None:
            self._reason = self.tr("A photograph: {0} reads digits").format(card.title)
            self._show_models(models)
            self._place()
        self.setVisible(bool(models))

    def _show_models(self, models: tuple[ProposedModel, ...]) -> None:
        if models == self._models:
            return
        self._models = models
        for old in self.buttons:
            old.hide()
            old.deleteLater()
        self.buttons = []
        for number, model in enumerate(models):
            made = button("", "slim")
            made.setToolTip(self.tr("Opens a model for photographs. It knows: {0}").format(model.knows))
            made.clicked.connect(partial(self._open, model.name))
            self._row.insertWidget(number, made)
            self.buttons.append(made)

    def _is_photograph(self, picture: np.ndarray | None) -> bool:
        if picture is None or picture is self._put_away or self._session.picture_is_dataset_image:
            return False
        return not self._pad.drawing.strokes and is_photograph(picture)

    def _keep(self) -> None:
        self._put_away = self._session.picture
        self.hide()

    def _open(self, name: str) -> None:
        self.hide()
        self._session.open_model(name)

    def _place(self) -> None:
        """Take its place at the foot of the pad, with shorter texts if the longer ones do not fit."""
        margin = theme.TIGHT
        width = self._pad.width() - 2 * margin
        room = width - self.close_button.width() - 3 * theme.GAP
        fits = self.words.fontMetrics().horizontalAdvance(self._reason) <= room
        self.words.setText(self._reason if fits else self.tr("A photograph: use"))
        for made in self.buttons:
            made.show()
        for long in (fits, False):
            for made, model in zip(self.buttons, self._models, strict=True):
                made.setText(self.tr("Use {0}").format(model.title) if long else model.title)
            if self._needed() <= width:
                break
        for made in reversed(self.buttons[1:]):  # the menu of models lists all of them
            if self._needed() <= width:
                break
            made.hide()
        height = self.sizeHint().height()
        self.setGeometry(margin, self._pad.height() - height - margin, width, height)

    def _needed(self) -> int:
        """The width at which the buttons are not cut."""
        shown = [made for made in self.buttons if not made.isHidden()]
        between = theme.px(theme.TIGHT) * len(shown)
        return sum(made.sizeHint().width() for made in shown) + between + theme.px(theme.GAP + theme.TIGHT)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)
