"""The Compare workspace: the choice of models at the left, one of several views at the right. Composes and connects."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from gui import theme
from gui.compare.choosing import ChoosingPanel
from gui.compare.curves_view import CurvesView
from gui.compare.diagrams_view import DiagramsView
from gui.compare.disagreements_view import DisagreementsView, Offered
from gui.compare.experiments_view import ExperimentsView
from gui.compare.keys import BINDINGS
from gui.compare.maps_view import MapsView
from gui.compare.plot_view import PlotView
from gui.compare.state import CompareState, Comparing
from gui.compare.table_view import TableView
from gui.compare.view import ComparisonView
from gui.paint.snapshot import Slide, Snapshots, slide_of
from gui.session import Session
from gui.widgets import ExportButton, Panel, StateView
from gui.widgets.keyed import KeyedWorkspace
from gui.widgets.view_choice import ViewChoice, ViewRow
from gui.words import capitalised

__all__ = ["BINDINGS", "CompareWorkspace"]

VIEWS: tuple[ViewRow[Callable[[Session], ComparisonView]], ...] = (
    ViewRow("table", "Table", "Costs, accuracy, speed", "The numbers side by side", lambda _: TableView()),
    ViewRow("plot", "Plot", "Accuracy over operations", "Who pays what for which accuracy", lambda _: PlotView()),
    ViewRow("curves", "Curves", "How they learned", "Loss and accuracy of the runs", lambda _: CurvesView()),
    ViewRow("diagrams", "Diagrams", "To one scale", "The networks as volumes", lambda _: DiagramsView()),
    ViewRow("maps", "Maps", "The same picture", "What each sees in the pad's picture", MapsView),
    ViewRow("differ", "Disagree", "Where they differ", "The test images they differ on", lambda _: DisagreementsView()),
    ViewRow("experiments", "Experiments", "Tables run again", "The published tables, run here", ExperimentsView),
)


class CompareWorkspace(KeyedWorkspace):
    """The keys of ``BINDINGS`` work while the workspace is shown, wherever the focus is."""

    bindings = BINDINGS

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.comparing = Comparing(session, self)
        self.choosing = self.side = ChoosingPanel(session, self.comparing)  # ``side``: what the window can hide
        self.panel = Panel(" ")
        self.state = StateView()
        self.export = ExportButton()
        self.snapshots = Snapshots(session, self)
        self.views = {row.name: row.make(session) for row in VIEWS}
        self.now = VIEWS[0].name
        self._side_was_hidden = False  # whether the column was hidden before the experiments were shown
        self._drawn: dict[str, tuple[object, int]] = {}  # what each view shows: a comparison and a batch size
        self._compose()
        self._connect()
        self.show_view(self.now)

    def _compose(self) -> None:
        self._view_choice = ViewChoice(VIEWS, self.panel, self.tr, look="slim")
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
        layout.addWidget(self.choosing)
        layout.addWidget(self.panel, 1)
        self.setMinimumSize(520, 400)

    def _connect(self) -> None:
        self.comparing.changed.connect(self._render)
        self.state.acted.connect(self._act_on_state)
        self.export.requested.connect(self._export)
        self.disagreements.chosen.connect(self._explore)
        for view in self.views.values():
            view.new_head_wanted.connect(self._give_new_head)
        self.session.engine_changed.connect(self._on_engine)

    @property
    def maps(self) -> MapsView:
        view = self.views["maps"]
        assert isinstance(view, MapsView)
        return view

    @property
    def disagreements(self) -> DisagreementsView:
        view = self.views["differ"]
        assert isinstance(view, DisagreementsView)
        return view

    def show_view(self, name: str) -> None:
        """Show a view. For the experiments, which do not depend on the chosen models, the left column is hidden."""
        if (name == "experiments") != (self.now == "experiments"):
            if name == "experiments":
                self._side_was_hidden = self.side.isHidden()
            self.side.setHidden(name == "experiments" or self._side_was_hidden)
        self.now = name
        self._view_choice.show(name)
        self._render(self.comparing.state)

    def stop(self) -> None:
        """Wait for running threads, before the window closes."""
        self.comparing.finish()
        self.choosing.finish()
        for view in self.views.values():
            view.finish()

    def _render(self, state: CompareState) -> None:
        """Show the view, or in its place why there is nothing to see."""
        self.maps.show_chosen(state.chosen)
        view = self.views[self.now]
        if not view.needs_comparison:
            self._pages.setCurrentWidget(view)
        elif state.found is not None and not state.busy and not state.problem:
            if self._drawn.get(self.now) != (state.found, state.batch):
                self._drawn[self.now] = (state.found, state.batch)
                view.show_comparison(state.found, state)
            self._pages.setCurrentWidget(view)
        else:
            self._show_state(state)

    def _show_state(self, state: CompareState) -> None:
        if state.busy:
            self.state.busy(self.tr("Comparing"), state.progress, action=self.tr("Stop"))
        elif state.problem:
            words = capitalised(state.problem)
            self.state.failed(self.tr("The comparison failed"), words, action=self.tr("Try again"))
        elif not state.enough:
            self.state.empty(
                self.tr("Nothing to compare yet"),
                self.tr("Add two to six models at the left: shipped ones, runs, epochs of a run, files, networks."),
                icon="table-2",
            )
        elif self.session.engine != "ready":
            self.state.busy(self.tr("TensorFlow is being loaded"), self.tr("Then the models can be measured."))
        else:
            self.state.empty(
                self.tr("Ready to compare"),
                self.tr("Each model is opened, timed, and asked the test images; a few seconds for small ones."),
                icon="table-2",
                action=self.tr("Compare"),
            )
        self._pages.setCurrentWidget(self.state)

    def _export(self, what: str) -> None:
        """Save or copy the visible view with the names of the models; the maps also with their picture."""
        row = next(row for row in VIEWS if row.name == self.now)
        names = ", ".join(one.title for one in self.comparing.state.chosen)
        drawing = slide_of(self.session, "").drawing if self.now == "maps" else None
        slide = Slide(self.tr(row.heading), "" if self.now == "experiments" else names, drawing)
        tools = (*self.tabs.values(), self.choice, self.export)
        if what == "copy":
            self.snapshots.copy(self.panel, slide.details, without=tools, slide=slide)
        else:
            self.snapshots.ask_save(self.panel, slide.details, f"compare-{self.now}", without=tools, slide=slide)

    def _act_on_state(self) -> None:
        if self.comparing.state.busy:
            self.comparing.stop()
        else:
            self.comparing.start()

    def _explore(self, offered: Offered) -> None:
        """Show all models side by side for one image, which is put on the pad."""
        self.session.offer_picture(offered.image, offered.title, offered.label)
        self.show_view("maps")

    def _give_new_head(self, reference: str) -> None:
        """Fill in the form of Train: the model's features are kept, and a new head learns the classes."""
        found = self.comparing.state.found
        if found is not None:
            self.session.new_head_wanted.emit(reference, found.data)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.choosing.set_room(self.width())
        self._fit_head()

    def _fit_head(self) -> None:
        self._view_choice.fit(self.width(), self.choosing.width())

    # --- keys ---------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.choosing.begin()
        self._render(self.comparing.state)

    def _on_engine(self, *_: object) -> None:
        if self.isVisible():
            self._render(self.comparing.state)

    def act(self, name: str) -> bool:
        if name in ("view_before", "view_after"):
            names = [row.name for row in VIEWS]
            place = names.index(self.now) + (1 if name == "view_after" else -1)
            self.show_view(names[place % len(names)])
        elif name in ("before", "after"):
            self.disagreements.walk(1 if name == "after" else -1)
            if self.now == "maps":  # the next image at once, without going back to the list
                self.disagreements.open(self.disagreements.current)
        elif name == "open":
            self.disagreements.open(self.disagreements.current)
        elif name == "stop":
            if self.comparing.state.busy:
                self.comparing.stop()
            elif self.now == "maps":
                self.show_view("differ")
        return bool(name)
