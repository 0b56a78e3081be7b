"""Test images of the model's dataset in a row or in a block. A click puts one on the pad with its true class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFocusEvent,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QStackedLayout, QWidget

from gui import theme
from gui.draw.answer.thumbnail import crisp
from gui.draw.pad.pictures import to_image
from gui.session import Session
from gui.threads.loader import Loader
from gui.widgets import ElidedLabel, IconButton
from gui.words import capitalised

if TYPE_CHECKING:
    from nets.data.examples import Examples
    from nets.network.card import Card

SIDE = 28  # side of a thumbnail in logical pixels: MNIST's own size
HEIGHT = SIDE + 2
NARROWEST_BLOCK = 2 * SIDE + theme.TIGHT
UNLIMITED = 16_777_215  # Qt's largest size
DELAY = 300  # milliseconds after a model was opened, so that its first answer is not delayed


class ExamplesStrip(QWidget):
    """Reads images in a thread whenever the model's dataset changes. ``stop`` waits for it when the window closes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._seed = 0
        self._dataset: tuple[str, tuple[str, ...]] | None = None  # of the model that the strip belongs to
        self._shown: tuple[str, tuple[str, ...]] | None = None  # whose images, or why there are none, stand here
        self._next = 0  # number of the image that ``offer_next`` puts on the pad
        self._wanted = False  # whether ``offer_next`` waits for the images
        self._loader = Loader(self)
        self.thumbnails = Thumbnails()
        self.sentence = TwoLines("", "small")
        self.more = IconButton("chevron-right", self.tr("Other test images"), look="plain")
        self.more.setFixedSize(22, HEIGHT)
        self._pages = QStackedLayout()
        self._pages.addWidget(self.sentence)
        self._pages.addWidget(self.thumbnails)
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(theme.TIGHT)
        self._line.addLayout(self._pages, 1)
        self._line.addWidget(self.more, 0, Qt.AlignmentFlag.AlignRight)
        self.setFixedHeight(HEIGHT)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY)
        self._timer.timeout.connect(self._load)
        self.thumbnails.chosen.connect(self._offer)
        self.more.clicked.connect(self.show_others)
        session.card_changed.connect(self._on_card)
        self.more.hide()
        if session.card is not None:
            self._on_card(session.card)

    def lay_in_row(self) -> None:
        """One row of images, as wide as there is room."""
        self._line.setDirection(QBoxLayout.Direction.LeftToRight)
        self.setMinimumWidth(0)
        self.setMaximumWidth(UNLIMITED)
        self.setFixedHeight(theme.px(HEIGHT))

    def lay_in_block(self, size: QSize) -> None:
        """Rows of images, one below the other, in ``size``."""
        self._line.setDirection(QBoxLayout.Direction.TopToBottom)
        self.setFixedSize(size)

    def show_others(self) -> None:
        """Shows other images of the same test set. The choice depends only on the number of clicks."""
        self._seed += 1
        self._load()

    def offer_next(self) -> None:
        """Put one image after the other on the pad, also where the strip has no room."""
        self._wanted = True
        found = self.thumbnails.examples if self._pages.currentWidget() is self.thumbnails else None
        if self._shown != self._dataset or (found is None and not self._loader.busy):
            self._timer.stop()
            self._load()
        elif self._loader.busy or found is None:
            return  # ``_show`` follows
        elif self._next < len(found.images):
            self._offer_wanted()
        else:
            self.show_others()

    def _offer_wanted(self) -> None:
        self._wanted = False
        self._next += 1
        self._offer(self._next - 1)

    def hasHeightForWidth(self) -> bool:
        """Its height is fixed. A longer sentence would otherwise make the whole column scroll, although there
        is room.
        """
        return False

    def stop(self) -> None:
        self._timer.stop()
        self._loader.finish()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()

    def showEvent(self, event: QShowEvent) -> None:
        """Read the images if the strip was hidden until now, as with a large zoom, where it has no room."""
        if self._dataset is not None and self._shown != self._dataset:
            self._timer.start()

    def _on_card(self, card: Card) -> None:
        dataset = (card.dataset, card.labels)
        if dataset != self._dataset:
            self._dataset, self._seed = dataset, 0
            # of another model, because unpacking CIFAR-10 the first time takes 15 s
            if self.thumbnails.examples is not None:
                self._show_problem(self.tr("Test images are being read …"))
            self._timer.start()

    def _load(self) -> None:
        from nets.data.examples import examples

        card = self._session.card
        if card is not None:
            self._shown = (card.dataset, card.labels)
            arguments = card.dataset, card.labels, self._session.places, self._seed
            self._loader.ask(examples, *arguments, done=self._show, failed=self._fail)

    def _show(self, found: Examples) -> None:
        self.thumbnails.show_examples(found)
        self._pages.setCurrentWidget(self.thumbnails)
        self.more.show()
        self._next = 0
        if self._wanted:
            self._offer_wanted()

    def _fail(self, why: str) -> None:
        self._show_problem(why)
        if self._wanted:
            self._wanted = False
            self._session.notify(capitalised(why), "warning")

    def _show_problem(self, why: str) -> None:
        self.sentence.setText(capitalised(why))
        self.sentence.setToolTip(self.sentence.text())
        self._pages.setCurrentWidget(self.sentence)
        self.more.hide()

    def _offer(self, number: int) -> None:
        found = self.thumbnails.examples
        assert found is not None
        title = self.tr("{0} · {1}, test image {2}").format(found.labels[number], found.title, found.numbers[number])
        self._session.offer_picture(found.images[number], title, found.labels[number])


class TwoLines(ElidedLabel):
    """A sentence in two lines, as high as a thumbnail, or in more where there is more room.

    Not Qt's own word wrap, with which the column's height would depend on its width: it would scroll although
    everything fits.
    """

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.contentsRect(), int(flags), self.text())


class Thumbnails(QWidget):
    """As many images as fit, in rows. ``chosen`` is emitted for a click and for Return."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.examples: Examples | None = None
        self._images: list[QImage] = []
        self._current = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Test images: arrows choose one, Return puts it on the pad"))
        theme.theme.changed.connect(self.update)

    def show_examples(self, found: Examples) -> None:
        self.examples = found
        self._images = [to_image(image) for image in found.images]
        self._set_current(-1)

    def sizeHint(self) -> QSize:
        return QSize(6 * theme.px(SIDE + theme.TIGHT), theme.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(SIDE), theme.px(HEIGHT))

    @property
    def columns(self) -> int:
        return max((self.width() + theme.TIGHT) // (theme.px(SIDE) + theme.TIGHT), 1)

    @property
    def count(self) -> int:
        """The number of images that are shown."""
        rows = max((self.height() + theme.TIGHT) // (theme.px(SIDE) + theme.TIGHT), 1)
        return min(len(self._images), self.columns * rows)

    def place(self, number: int) -> QRectF:
        """The rectangle of an image; a row is spread over the whole width."""
        side = theme.px(SIDE)
        columns = min(self.columns, self.count)
        gap = (self.width() - columns * side) / (columns - 1) if columns > 1 else 0.0
        row, column = divmod(number, columns)
        return QRectF(round(column * (side + gap)), 1 + row * (side + theme.TIGHT), side, side)

    def _at(self, point: QPointF) -> int:
        return next((number for number in range(self.count) if self.place(number).contains(point)), -1)

    def _set_current(self, number: int) -> None:
        self._current = number
        found = self.examples
        tip = ""
        if found is not None and 0 <= number < len(found.labels):
            tip = self.tr("{0}: put this test image of {1} on the pad").format(found.labels[number], found.title)
        self.setToolTip(tip)
        self.setCursor(Qt.CursorShape.PointingHandCursor if number >= 0 else Qt.CursorShape.ArrowCursor)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = theme.now()
        ratio = self.devicePixelRatioF()
        for number in range(self.count):
            area = self.place(number)
            crisp(painter, self._images[number], area, ratio)
            if number == self._current:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(colors.color("accent"), 2))
                painter.drawRect(area)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        number = self._at(event.position())
        if number != self._current:
            self._set_current(number)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._at(event.position())
        if number >= 0 and event.button() is Qt.MouseButton.LeftButton:
            self.chosen.emit(number)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._set_current(self._at(event.position()))

    def leaveEvent(self, event: object) -> None:
        self._set_current(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._set_current(0)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._set_current(-1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._current >= self.count:
            self._set_current(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if key in steps and self.count:
            self._set_current(min(max(self._current + steps[key], 0), self.count - 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current >= 0:
            self.chosen.emit(self._current)
        else:
            super().keyPressEvent(event)
