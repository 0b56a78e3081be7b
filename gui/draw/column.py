"""The left column: the pad with its tools, and the answer. ``python -m gui.draw.column`` shows it alone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from gui import theme
from gui.bindings import Binding, bind, words
from gui.draw.answer.answer import AnswerPanel
from gui.draw.keys import BINDINGS, KEYS
from gui.draw.pad.examples import HEIGHT as EXAMPLES_HEIGHT
from gui.draw.pad.examples import NARROWEST_BLOCK, ExamplesStrip
from gui.draw.pad.files import PadFiles
from gui.draw.pad.keeping import HEIGHT as KEEPING_HEIGHT
from gui.draw.pad.keeping import Keeping
from gui.draw.pad.pad import SMALLEST, Pad
from gui.draw.pad.proposal import Proposal
from gui.draw.pad.tools import Tools
from gui.session import Session
from gui.widgets.gutter_bar import GutterBar

if TYPE_CHECKING:
    from nets.network.card import Card

__all__ = ["BINDINGS", "DrawColumn"]

SHARE = 0.225  # of the window's width
NARROWEST, WIDEST = 260, 420
WORKSPACE = 540  # what the widest workspace needs at least; with a large zoom it comes before the pad's own width
ANSWER_HEIGHT, ANSWER_TIGHT = 356, 246
COMFORTABLE = 236  # side of the pad below which the answer panel is made compact
NARROW = 272  # width of the row of tools below which its buttons are smaller
STEP = 2  # units by which a key changes the pen's width


class DrawColumn(QScrollArea):
    """Contains the pad, its tools and the answer panel. The pad sends its picture to the session."""

    # Of the class, because Qt filters events for a column that is being deleted, when its own attributes are gone.
    _window: QWidget | None = None

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setProperty("look", "bare")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAcceptDrops(True)
        self.pad = Pad()
        self.tools = Tools(self.pad, session.settings)
        self.files = PadFiles(session, self.pad, self)
        self.proposal = Proposal(session, self.pad)
        self.keeping = Keeping(session, self.pad)
        self.examples = ExamplesStrip(session)
        self.answer = AnswerPanel(session, self)
        self._compose()
        self._connect()
        self._set_hint(session.card)
        theme.theme.changed.connect(self._fit_width)

    def _compose(self) -> None:
        self._panel = QFrame()
        self._panel.setProperty("look", "panel")
        self._panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._inner = QVBoxLayout(self._panel)
        self._inner.setSpacing(theme.GAP)
        self._beside = QHBoxLayout()
        self._beside.setSpacing(0)
        self._beside.addStretch(1)
        self._beside.addWidget(self.pad)
        self._beside.addStretch(1)
        self._inner.addLayout(self._beside)
        self._inner.addWidget(self.tools)
        self._inner.addWidget(self.keeping)
        self._inner.addWidget(self.examples)
        content = QWidget()
        self._outer = QVBoxLayout(content)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.addWidget(self._panel)
        self._outer.addWidget(self.answer, 1)
        self.setWidget(content)
        self.bar = GutterBar(self)
        files, add = self.files, self.tools.add_file_action
        add(self.tr("Open picture or strokes …"), "folder-open", "open", files.ask_open)
        add(self.tr("Paste picture"), "clipboard-copy", "paste", files.paste)
        # Where the strip of test images has no room, this is their place.
        add(self.tr("Put a test image on the pad"), "image", "", self.examples.offer_next)
        self.tools.add_file_separator()
        add(self.tr("Save as PNG …"), "image-down", "save", files.ask_save)
        add(self.tr("Copy as PNG"), "copy", "copy", files.copy)
        add(self.tr("Save strokes as JSON …"), "file-json", "", files.ask_save_strokes)

    def _connect(self) -> None:
        pad, session = self.pad, self._session
        pad.changed.connect(
            lambda: session.set_picture(pad.picture(), label=pad.label, is_dataset_image=pad.is_dataset_image)
        )
        session.card_changed.connect(self._set_hint)
        session.tint_changed.connect(pad.set_tint)
        bind(
            self,
            BINDINGS,
            {
                "pen": lambda: pad.set_tool("pen"),
                "eraser": lambda: pad.set_tool("eraser"),
                "thinner": lambda: pad.set_pen_width(pad.pen_width - STEP),
                "thicker": lambda: pad.set_pen_width(pad.pen_width + STEP),
                "undo": pad.undo,
                "redo": pad.redo,
                "clear": pad.clear,
                "open": self.files.ask_open,
                "paste": self.files.paste,
                "copy": self.files.copy,
                "save": self.files.ask_save,
                "keep_menu": self.keeping.open_menu,
                "trust": self.answer.toggle_trust,
            },
        )
        for number in range(10):
            row = Binding("keep", (KEYS["keep"][number],), "", "")
            bind(self, (row,), {"keep": partial(self.keeping.keep_number, number)})

    def _set_hint(self, card: Card | None) -> None:
        digits = card is None or card.input.fit == "digit"
        keys = words((KEYS["open"][0],)), words((KEYS["paste"][0],))
        self.pad.set_hint(
            self.tr("Draw a digit") if digits else self.tr("Drop a picture, or draw"),
            self.tr("or {0} opens, {1} pastes a picture").format(*keys),
        )

    # --- room -----------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._window is None and self.window() is not self:
            self._window = self.window()
            self._window.installEventFilter(self)
        self._fit_width()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._fit_width()
        return super().eventFilter(watched, event)

    def _fit_width(self) -> None:
        if self._window is not None:
            wanted = round(self._window.width() * SHARE * theme.theme.zoom)
            beside = self._window.width() - theme.px(WORKSPACE) - 3 * theme.px(theme.GUTTER)
            widest = max(min(theme.px(WIDEST), self._window.width() * 45 // 100), NARROWEST)
            self.setFixedWidth(min(max(min(wanted, beside), theme.px(NARROWEST)), widest))
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Divide the height between pad and answer.

        The pad is a square as wide as the column, if the answer panel keeps its height. If the pad would become too
        small, the answer panel is made compact, and then the examples go beside the pad, or are hidden.
        """
        px = theme.px
        inset, gap, tight_gap = px(theme.INSET), px(theme.GAP), px(theme.TIGHT)
        height, inner = self.height(), self.width() - 2 * inset - 2
        examples = px(EXAMPLES_HEIGHT)
        rows = px(theme.CONTROL_HEIGHT) + px(KEEPING_HEIGHT) + examples  # below the pad
        side = min(inner, height - rows - 2 * inset - 3 * gap - px(theme.GUTTER) - 2 - px(ANSWER_HEIGHT))
        tight = side < min(px(COMFORTABLE), inner)
        self._inner.setContentsMargins(inset, gap if tight else inset, inset, gap if tight else inset)
        self._inner.setSpacing(tight_gap if tight else gap)
        self._outer.setSpacing(gap if tight else px(theme.GUTTER))
        room_for_examples = True
        if tight:
            side = min(inner, height - rows - 2 * gap - 3 * tight_gap - gap - 2 - px(ANSWER_TIGHT))
            room_for_examples = side >= SMALLEST
            if not room_for_examples:
                side = max(SMALLEST, min(inner, side + examples + tight_gap))
        self.pad.setFixedSize(side, side)
        self._place_examples(room_for_examples, QSize(inner - side - gap, side))
        self.tools.set_narrow(inner < px(NARROW))

    def _place_examples(self, below: bool, room: QSize) -> None:
        """room: beside the pad."""
        beside = not below and room.width() >= theme.px(NARROWEST_BLOCK)
        if beside:
            self._inner.removeWidget(self.examples)
            self._beside.addWidget(self.examples)
            self.examples.lay_in_block(room)
        elif self._inner.indexOf(self.examples) < 0:
            self._beside.removeWidget(self.examples)
            self._inner.addWidget(self.examples)
        if not beside:
            self.examples.lay_in_row()
        self._beside.setStretch(0, 0 if beside else 1)  # the pad is in the middle, or at the left
        self.examples.setVisible(below or beside)

    def stop(self) -> None:
        """Waits for the threads of this column. Called when the window closes."""
        self.examples.stop()

    def sizeHint(self) -> QSize:
        return QSize(324, 760)

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROWEST, 300)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ignores all keys: QScrollArea would scroll with the arrows, which belong to the workspaces."""
        event.ignore()

    # --- dropping -------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.files.accepts(event.mimeData()):
            event.acceptProposedAction()
            self.pad.set_awaiting(True)
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.pad.set_awaiting(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.pad.set_awaiting(False)
        self.files.open_data(event.mimeData())
        event.acceptProposedAction()


def main() -> None:
    """The column alone, with a real session."""
    from gui.settings import Settings
    from nets.places import Places

    app = QApplication([])
    places = Places.default()
    session = Session(places, Settings(places.settings))
    theme.apply(session.settings["theme"])
    column = DrawColumn(session)
    column.show()
    session.start()
    app.exec()
    session.end()


if __name__ == "__main__":
    main()
