"""Details of the form: the data's card, the learning rate's course, augmented images, the search for a rate.

At most one of them is visible.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget

from gui import theme
from gui.session import Session
from gui.train.setup.changes_view import ChangesView
from gui.train.setup.dataset_card import DatasetCard
from gui.train.setup.schedule_view import ScheduleView
from gui.train.setup.search_view import SearchView
from gui.train.task import Availability
from gui.widgets import button
from nets.runs.config import TrainConfig

HEIGHT = 160


class Details(QWidget):
    """``tabs`` open and close the views; ``show_config`` follows the form. ``rate_chosen`` carries a proposed rate."""

    rate_chosen = Signal(float)
    shown = Signal()  # a view was opened

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._config: TrainConfig | None = None
        self._found: Availability | None = None
        self.card = DatasetCard()
        self.schedule = ScheduleView()
        self.changes = ChangesView(session)
        self.search = SearchView(session)
        self.search.rate_chosen.connect(self.rate_chosen)
        self._views: dict[str, QWidget] = {
            "data": self.card,
            "schedule": self.schedule,
            "changes": self.changes,
            "rate": self.search,
        }
        self._stack = QStackedWidget()
        for view in self._views.values():
            self._stack.addWidget(view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.TIGHT, 0, 0)
        layout.addWidget(self._stack)
        self.setFixedHeight(HEIGHT)
        self.tabs = self._make_tabs()
        self.hide()

    def _make_tabs(self) -> dict[str, QPushButton]:
        words = {
            "data": (self.tr("Data"), self.tr("What the images are, from whom, and how many of each class")),
            "schedule": (self.tr("Schedule"), self.tr("The learning rate over the whole run")),
            "changes": (self.tr("Changes"), self.tr("The picture on the pad, changed as training images will be")),
            "rate": (self.tr("Find a rate"), self.tr("Trains for a moment with a rising rate and proposes one")),
        }
        made = {}
        for name, (title, tip) in words.items():
            tab = made[name] = button(title, "plain", tip=tip)
            tab.setCheckable(True)
            tab.clicked.connect(lambda on, name=name: self._on_tab(name if on else ""))
        return made

    @property
    def opened(self) -> str:
        """The view that is open; "" if none is."""
        return next((name for name, tab in self.tabs.items() if tab.isChecked()), "")

    def open(self, name: str) -> None:
        """Open a view; "" closes the open one."""
        for other, tab in self.tabs.items():
            tab.setChecked(other == name)
        self.setVisible(bool(name))
        if name:
            self._stack.setCurrentWidget(self._views[name])
        self.changes.follow(name == "changes")
        self._render()
        if name:
            self.shown.emit()

    def _on_tab(self, name: str) -> None:
        self.open(name)
        if name == "rate":
            self.search.search()

    def show_config(self, config: TrainConfig, found: Availability | None, problem: str) -> None:
        """Show what the form shows. ``problem``: why it cannot be trained, "" if it can."""
        self._config, self._found = config, found
        self.search.show_config(config, problem)
        self._render()

    def finish(self) -> None:
        self.search.finish()
        self.changes.finish()

    def _render(self) -> None:
        if self._config is None:
            return
        found, opened = self._found, self.opened
        if opened == "data" and found is not None:
            self.card.show_dataset(found.spec, found.where if found.found else found.problem)
        elif opened == "schedule":
            images = found.spec.train_images if found is not None and found.spec is not None else 0
            self.schedule.show_config(self._config, images)
        elif opened == "changes":
            self.changes.show_augmentation(self._config.augmentation, self._config.seed)
