"""The Why workspace: explanations, lesions, and what a network responds to. Composes and connects; computes nothing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from gui import theme
from gui.explain.controls import ExplainControls
from gui.explain.explain_page import ExplainPage, save_raw
from gui.explain.keys import BINDINGS
from gui.explain.lesion_page import LesionPage
from gui.explain.looks_page import LooksPage
from gui.explain.pages import PAGES
from gui.paint.snapshot import Snapshots
from gui.session import Session
from gui.threads.saving import Saving
from gui.widgets import ExportButton, IconButton, button
from gui.widgets.file_dialogs import ask_to_save
from gui.widgets.keyed import KeyedWorkspace
from nets.network.shipped_cards import shipped
from nets.pictures.ranges import file_name

if TYPE_CHECKING:
    from gui.threads.live import LiveAnswer
    from nets.network.model import Model
    from nets.runs.run import RunSummary

__all__ = ["BINDINGS", "WhyWorkspace"]

RUNS = 12  # number of the newest runs that can be shown beside the open model


class WhyWorkspace(KeyedWorkspace):
    """Follows the pad through the session. The keys of ``BINDINGS`` work while the workspace is shown."""

    bindings = BINDINGS

    hints_changed = Signal()  # another page is shown, and other keys matter

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.controls = ExplainControls()
        self.explain = ExplainPage(session, self.controls)
        self.lesions = LesionPage(session)
        self.looks = LooksPage(session)
        self.snapshots = Snapshots(session, self)
        self._saving = Saving(session.notify, self)
        self._runs: list[RunSummary] | None = None  # the runs as listed last; None: the list has changed
        self._shipped = [(name, card.title) for name, card in shipped().items() if card.labels]
        self._filled: Model | None = None  # the model whose choices are shown at the left
        self._compose()
        session.model_changed.connect(self._on_model)
        session.answered.connect(self._on_answer)
        session.picture_changed.connect(self._on_picture)
        session.runs_changed.connect(self._on_runs)
        session.engine_changed.connect(lambda *_: self.explain.show_waiting())
        self.explain.painted.connect(self._on_painted)
        if session.model is not None:
            self._on_model(session.model)
        if session.answer is not None:
            self._on_answer(session.answer)

    def _compose(self) -> None:
        self.tabs: list[QPushButton] = []
        self.pages = QStackedWidget()
        group = QButtonGroup(self)
        head = QHBoxLayout()
        head.setSpacing(theme.TIGHT)
        shown: tuple[QWidget, ...] = (self.explain, self.lesions, self.looks)
        for number, (row, page) in enumerate(zip(PAGES, shown, strict=True)):
            tab = button(self.tr(row.title), tip=self.tr(row.tip))
            tab.setCheckable(True)
            tab.clicked.connect(partial(self.show_page, number))
            group.addButton(tab)
            head.addWidget(tab)
            self.tabs.append(tab)
            self.pages.addWidget(page)
        head.addStretch(1)
        tip = self.tr("Also over the pad and what the network sees, in every workspace (O)")
        self.on_pad = IconButton("eye", tip, checkable=True)
        self.on_pad.toggled.connect(self._on_pad_toggled)
        self.export = ExportButton(
            (("raw", self.tr("The raw numbers (NumPy) …")), ("gif", self.tr("The way there (GIF) …")))
        )
        self.export.requested.connect(self._export)
        head.addWidget(self.on_pad)
        head.addWidget(self.export)
        below = QHBoxLayout()
        below.setSpacing(theme.GUTTER)
        below.addWidget(self.controls)
        below.addWidget(self.pages, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(theme.GAP)
        outer.addLayout(head)  # the tabs stay in place although only one page has the controls
        outer.addLayout(below, 1)
        self.setMinimumSize(520, 400)
        self.tabs[0].setChecked(True)

    # --- what is shown ------------------------------------------------------------------------------------------

    def show_page(self, number: int) -> None:
        self.tabs[number].setChecked(True)
        self.pages.setCurrentIndex(number)
        self.controls.setVisible(number == 0)
        self._follow()
        self.hints_changed.emit()

    @property
    def hints(self) -> str:
        """The most important keys of the shown page, for the status bar."""
        return self.tr(PAGES[self.pages.currentIndex()].keys)

    @property
    def settled(self) -> bool:
        """Whether the page belongs to the open model: nothing live is being computed."""
        return not (self.explain.computing if self.pages.currentIndex() == 0 else self.lesions.worker.busy)

    @property
    def side(self) -> QWidget | None:
        """What the window can hide: the choices, which only one page has."""
        return self.controls if self.pages.currentIndex() == 0 else None

    def _on_model(self, model: Model) -> None:
        if self._explains:
            self._fill(model)
            self.explain.set_model(model)
        self.lesions.set_model(model)
        self.looks.set_model(model)

    def _on_runs(self) -> None:
        self._runs = self._filled = None
        self._follow()

    def _fill(self, model: Model) -> None:
        """Fill the choices at the left. The runs are listed only once, because each epoch of the time machine is
        another model.
        """
        from nets.runs.store import RunStore

        if self._runs is None:
            self._runs = list(RunStore(self.session.places.runs).list())
        own = model.ref.name
        others = [(name, title) for name, title in self._shipped if name != own]
        others += [(run.id, run.title) for run in self._runs[:RUNS] if run.id != own and run.epochs_done]
        epochs = next((run.epochs_done for run in self._runs if run.id == own), 0) if model.ref.kind == "run" else 0
        self._filled = model
        self.controls.set_model(model, others, epochs)

    def _on_answer(self, answer: LiveAnswer) -> None:
        if answer.model is not None and answer.model is self.session.model:
            if self._explains:
                self.explain.set_answer(answer)
            self._tell_shown_page(answer)

    def _tell_shown_page(self, answer: LiveAnswer) -> None:
        """Pass the answer to the shown page; the others get it when they are opened. While the pen moves, everything
        that is done for each answer costs time.
        """
        page = (None, self.lesions, self.looks)[self.pages.currentIndex()]
        if page is not None and self.isVisible():
            page.set_answer(answer)

    def _on_picture(self, picture: Any) -> None:
        if self._explains:
            self.explain.show_waiting()
        if picture is None and self.isVisible():
            QTimer.singleShot(0, self, self._follow)

    @property
    def _explains(self) -> bool:
        """Whether explanations are wanted now: on this page, or over the pad's picture in another workspace."""
        return (self.isVisible() and self.pages.currentIndex() == 0) or self.on_pad.isChecked()

    def _follow(self) -> None:
        """Catch up with the session: the page may have been hidden."""
        model, answer = self.session.model, self.session.answer
        if model is None:
            return
        if self._explains:
            if self._filled is not model:
                self._fill(model)
                self.explain.set_model(model)
            self.explain.set_answer(answer if answer is not None and answer.model is model else None)
        if answer is not None and answer.model is model:
            self._tell_shown_page(answer)

    def _on_pad_toggled(self, on: bool) -> None:
        self._follow()
        if on:
            self._on_painted()
        else:
            self.session.set_overlay(None)

    def _on_painted(self) -> None:
        if self.on_pad.isChecked():
            self.session.set_overlay(*self.explain.overlay())

    # --- files --------------------------------------------------------------------------------------------------

    def _export(self, what: str) -> None:
        shown = (self.explain.slide, self.lesions.slide, self.looks.slide)[self.pages.currentIndex()]
        model = self.session.model
        name = file_name(model.card.name if model is not None else "lenslet", PAGES[self.pages.currentIndex()].file, "")
        if what == "copy":
            self.snapshots.copy(shown, self.tr("Why"))
        elif what == "shown":
            self.snapshots.ask_save(shown, self.tr("Why"), name)
        elif what == "gif":
            self.looks.ask_save_gif(name)
        else:
            raw = self.explain.raw()
            if raw is None:
                self.session.notify(
                    self.tr("There is no explanation to save yet: draw or open a picture first."), "warning"
                )
                return
            title, kinds = self.tr("Save the raw numbers"), self.tr("NumPy arrays (*.npy)")
            chosen = ask_to_save(self, self.session.settings, title, file_name(raw[0], "", ".npy"), kinds)
            if chosen is not None:
                self._saving.start(save_raw, raw[1], chosen)

    def stop(self) -> None:
        """Wait for running computations, before the window closes."""
        self.explain.finish()
        self.lesions.finish()
        self.looks.finish()
        self._saving.wait()

    # --- room and keys ------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.controls.setFixedWidth(min(max(self.width() * 24 // 100, theme.px(190)), theme.px(250)))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()

    def act(self, name: str) -> bool:
        page = self.pages.currentIndex()
        actions: dict[str, Any] = {
            "method_before": lambda: self._walk(-1),
            "method_after": lambda: self._walk(1),
            "page_before": lambda: self.show_page((page - 1) % self.pages.count()),
            "page_after": lambda: self.show_page((page + 1) % self.pages.count()),
            "compute": lambda: (self.explain.compute_now, self.lesions.measure, self.looks.start)[page](),
            "stop": lambda: (self.explain.stop_computing, self.lesions.stop, self.looks.stop)[page](),
            "pad": self.on_pad.toggle,
        }
        if page == 0:
            actions |= {
                "sanity": lambda: self.explain.check("sanity"),
                "curves": lambda: self.explain.check("curves"),
                "colours": self.controls.toggle_jet,
            }
        action = actions.get(name)
        if action is not None:
            action()
        return action is not None

    def _walk(self, by: int) -> None:
        if self.pages.currentIndex() == 0:
            self.controls.walk(by)
        else:
            (self.lesions if self.pages.currentIndex() == 1 else self.looks).walk(by)
