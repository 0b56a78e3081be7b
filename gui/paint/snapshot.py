"""A picture of a panel for a slide: at twice the screen's resolution, with a title and the drawing above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QPoint, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.session import Session
from gui.threads.saving import Saving
from gui.widgets.file_dialogs import ask_to_save
from nets.events import Report, no_report
from nets.files import saving, write_with

SCALE = 2  # device pixels for each logical one
DRAWING = 56  # side of the drawing above the panel, in logical pixels
TITLE, DETAILS = 22, 18  # least heights of the two texts, each of one line
WRAPPED = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap  # a narrow panel must not cut what it is of


@dataclass(frozen=True, eq=False)
class Slide:
    """The title above the panel. drawing: (h, w) or (h, w, 3) float32 in [0, 1], as the network receives it."""

    title: str
    details: str = ""
    drawing: np.ndarray | None = None


def slide_of(session: Session, details: str) -> Slide:
    """The model that answers and the drawing on the pad, as the network receives it."""
    answer = session.answer
    prepared = answer.prepared if answer is not None else None
    title = session.card.title if session.card is not None else "Lenslet"
    return Slide(title, details, prepared.stages[-1].picture if prepared is not None else None)


def picture_of(panel: QWidget, slide: Slide, *, without: Sequence[QWidget] = (), scale: int = SCALE) -> QImage:
    """The panel as it is shown, below its title and the drawing.

    Args:
        panel: A visible widget.
        slide: What stands above it.
        without: Parts of the panel that are left blank, such as its buttons.
        scale: Device pixels for each logical one.

    Returns:
        An opaque image with that device pixel ratio.
    """
    px = theme.px
    left = px(theme.INSET) + (px(DRAWING + theme.INSET) if slide.drawing is not None else 0)
    lines = _lines(slide, QRectF(left, px(theme.INSET + 8), panel.width() - left - px(theme.INSET), 0))
    top = max(px(theme.INSET + DRAWING), *(ceil(line.place.bottom()) for line in lines)) + px(theme.INSET)
    image = QImage(panel.width() * scale, (panel.height() + top) * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    colors = theme.now()
    image.fill(colors.color("panel"))
    painter = QPainter(image)
    if slide.drawing is not None:
        area = QRectF(px(theme.INSET), px(theme.INSET), px(DRAWING), px(DRAWING))
        painter.fillRect(area, Qt.GlobalColor.black)
        painter.drawImage(area, _image(slide.drawing))
    for line in lines:
        painter.setFont(line.font)
        painter.setPen(colors.color(line.role))
        painter.drawText(line.place, WRAPPED, line.text)
    painter.end()
    panel.render(image, QPoint(0, top))
    painter = QPainter(image)
    for part in without:
        if part.isVisible():
            painter.fillRect(part.rect().translated(part.mapTo(panel, QPoint(0, top))), colors.color("panel"))
    painter.end()
    return image


@dataclass(frozen=True)
class _Line:
    text: str
    font: QFont
    role: str
    place: QRectF


def _lines(slide: Slide, room: QRectF) -> list[_Line]:
    """Title and details one under the other from the top of ``room``, each as high as its words need in that width."""
    lines: list[_Line] = []
    top = room.top()
    for text, least, font, role in (
        (slide.title, TITLE, theme.font(theme.TITLE, bold=True), "text"),
        (slide.details, DETAILS, theme.font(), "quiet"),
    ):
        needed = QFontMetricsF(font).boundingRect(QRectF(0, 0, room.width(), 10_000), WRAPPED, text).height()
        place = QRectF(room.left(), top, room.width(), max(theme.px(least), needed))
        lines.append(_Line(text, font, role, place))
        top = place.bottom()
    return lines


def save_image(image: QImage, target: Path, report: Report = no_report) -> Path:
    """Write a PNG, whole or not at all.

    Raises:
        LensletError: The file cannot be written.
    """

    def write(temporary: Path) -> None:
        if not image.save(str(temporary), "PNG"):  # type: ignore[call-overload]
            raise OSError("the picture could not be encoded or written")

    with saving(target):
        write_with(target, write)
    return target


class Snapshots(QObject):
    """Copies and saves pictures of panels, and reports the result in the status bar."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._window = session, parent
        self._saving = Saving(session.notify, self)

    def copy(
        self, panel: QWidget, details: str, *, without: Sequence[QWidget] = (), slide: Slide | None = None
    ) -> None:
        """Puts a picture of the panel on the clipboard.

        Args:
            panel: As for ``picture_of``.
            details: What the panel shows, in a few words.
            without: As for ``picture_of``.
            slide: What stands above it, where that is not the model and the drawing that the network received.
        """
        slide = slide or slide_of(self._session, details)
        QGuiApplication.clipboard().setImage(picture_of(panel, slide, without=without))
        self._session.notify(self.tr("What is shown was copied as a picture."))

    def ask_save(
        self,
        panel: QWidget,
        details: str,
        name: str,
        *,
        without: Sequence[QWidget] = (),
        slide: Slide | None = None,
    ) -> None:
        """Asks for a file and writes a picture of the panel. ``name``: the suggested name, without a suffix; the others
        as for ``copy``."""
        slide = slide or slide_of(self._session, details)
        image = picture_of(panel, slide, without=without)  # before the dialog covers it
        title, kinds = self.tr("Save what is shown"), self.tr("PNG pictures (*.png)")
        chosen = ask_to_save(self._window, self._session.settings, title, f"{name}.png", kinds)
        if chosen is not None:
            self.save(image, chosen)

    def save(self, image: QImage, target: Path) -> None:
        """Writes the file in a thread."""
        self._saving.start(save_image, image, target)

    def wait(self) -> None:
        """Wait until all files are written."""
        self._saving.wait()


def _image(picture: np.ndarray) -> QImage:
    """(h, w) or (h, w, 3) float32 in [0, 1]."""
    pixels = np.ascontiguousarray(np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8))
    kind = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_RGB888
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, pixels.strides[0], kind).copy()
