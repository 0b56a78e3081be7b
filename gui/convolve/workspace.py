"""The Convolve workspace: the controls at the left, one of several views at the right. Composes and connects."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from gui import theme
from gui.convolve.controls import PlaygroundControls
from gui.convolve.count_view import CountView
from gui.convolve.gallery_views import MatrixView, SpreadView, StackView
from gui.convolve.keys import BINDINGS
from gui.convolve.slide_view import SlideView
from gui.convolve.state import PlaygroundState
from gui.convolve.view import PlaygroundView
from gui.paint.snapshot import Slide, Snapshots
from gui.session import Session
from gui.widgets import ExportButton, Panel, StateView
from gui.widgets.keyed import KeyedWorkspace
from gui.widgets.view_choice import ViewChoice, ViewRow
from gui.words import capitalised

__all__ = ["BINDINGS", "PlaygroundWorkspace"]

VIEWS: tuple[ViewRow[type[PlaygroundView]], ...] = (
    ViewRow("slide", "Slide", "The window slides", "Patch times kernel, position by position", SlideView),
    ViewRow("matrix", "im2col", "The same as one matrix product", "Every position's patch as a row", MatrixView),
    ViewRow("count", "Count", "Three ways to compute it", "Multiplications, and measured times", CountView),
    ViewRow("stack", "5 or 3 + 3", "One large kernel or two small ones", "25 weights or 18", StackView),
    ViewRow("spread", "Transpose", "The convolution turned round", "And the checkerboard it makes", SpreadView),
)


class PlaygroundWorkspace(KeyedWorkspace):
    """The keys of ``BINDINGS`` work while the workspace is shown, wherever the focus is."""

    bindings = BINDINGS

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.playing = PlaygroundState(self)
        self.controls = self.side = PlaygroundControls(session, self.playing)  # ``side``: what the window can hide
        self.panel = Panel(" ")
        self.state = StateView()
        self.export = ExportButton()
        self.snapshots = Snapshots(session, self)
        self.views = {row.name: row.make(self.playing) for row in VIEWS}
        self.now = VIEWS[0].name
        self._hint = ""
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._compose()
        self.playing.changed.connect(self._refresh)
        self.controls.source.message.connect(self._on_message)
        self.export.requested.connect(self._export)
        self.state.acted.connect(lambda: self.controls.source.choose("test"))
        theme.theme.changed.connect(self._fit_head)  # the zoom is part of the theme
        self.show_view(self.now)

    def _compose(self) -> None:
        self._view_choice = ViewChoice(VIEWS, self.panel, self.tr)
        self._view_choice.chosen.connect(self.show_view)
        self.tabs, self.choice = self._view_choice.tabs, self._view_choice.select
        self.panel.add_tool(self.export)
        self._pages = QStackedWidget()
        for view in self.views.values():
            self._pages.addWidget(view)
        self._pages.addWidget(self.state)
        self.panel.body.addWidget(self._pages)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GUTTER)
        layout.addWidget(self.controls)
        layout.addWidget(self.panel, 1)
        self.setMinimumSize(540, 500)  # less, and the equation lies over the words below it

    def show_view(self, name: str) -> None:
        self.now = name
        self._view_choice.show(name)
        self.controls.show_only(self.views[name].uses)
        self._refresh()

    def stop(self) -> None:
        """Wait for running threads."""
        self.controls.source.end()
        self.controls.placing.finish()
        count = self.views["count"]
        assert isinstance(count, CountView)
        count.finish()

    def _refresh(self) -> None:
        """Show the view, or in its place why there is nothing to see."""
        playing = self.playing
        view = self.views[self.now]
        if playing.result is not None or (playing.image is not None and not view.uses_kernel):
            self._pages.setCurrentWidget(view)
            return
        if playing.problem:
            words = capitalised(playing.problem) + "."
            self.state.failed(self.tr("This cannot be convolved"), words)
        else:
            hint = self._hint or self.tr("Draw on the pad, or choose a test digit.")
            self.state.empty(self.tr("No image yet"), hint, icon="image", action=self.tr("Take a test digit"))
        self._pages.setCurrentWidget(self.state)

    def _on_message(self, words: str) -> None:
        self._hint = words
        self._refresh()

    def _export(self, what: str) -> None:
        """Save or copy the view with its image: the drawing, a test digit or a file."""
        row = next(row for row in VIEWS if row.name == self.now)
        name = self.controls.kernel.currentText()
        words = self.tr("{0}, stride {1}, {2}").format(
            name, self.playing.setting.stride, self.controls.source.words.text()
        )
        details = words if self.views[self.now].uses_kernel else self.controls.source.words.text()
        slide = Slide(self.tr(row.heading), details, self.playing.image)
        tools = (*self.tabs.values(), self.choice, self.export, *self.views[self.now].tools)
        if what == "copy":
            self.snapshots.copy(self.panel, details, without=tools, slide=slide)
        else:
            self.snapshots.ask_save(self.panel, details, f"convolve-{self.now}", without=tools, slide=slide)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_head()

    def _fit_head(self) -> None:
        self._view_choice.fit(self.width(), self.controls.width())

    # --- keys ---------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.controls.source.begin()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def act(self, name: str) -> bool:
        playing = self.playing
        slide = self.views["slide"]
        assert isinstance(slide, SlideView)
        if name == "play" and self.now == "slide":
            slide.transport.toggle()
        elif name in ("back", "on"):
            playing.move(playing.number + (1 if name == "on" else -1))
        elif name in ("up", "down"):
            playing.move_rows(1 if name == "down" else -1)
        elif name in ("first", "last"):
            playing.move(0 if name == "first" else -1)
        return bool(name)
