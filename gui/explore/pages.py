"""The explorer's page, or in its place a state: loading, or why a model was refused."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget, QWidget

from gui.explore.notice import Notice
from gui.explore.refusal import ModelState
from gui.session import Session
from gui.widgets.file_dialogs import ask_to_open

if TYPE_CHECKING:
    from nets.network.model import Model


class ModelPages(QStackedWidget):
    """Follows the session: opening, refused, failed. ``show_model`` ends all of them."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._page: QWidget | None = None
        self._fallback: tuple[str, str] | None = None  # the refused model, and why, while nothing else is open
        self.notice = Notice()
        self.state = ModelState()
        self.addWidget(self.state)
        session.model_opening.connect(self._on_opening)
        session.model_refused.connect(self._on_refused)
        session.engine_changed.connect(self._on_engine)
        self.state.open_requested.connect(self.ask_for_model)
        self.state.left.connect(self.leave_refusal)
        self.notice.open_requested.connect(self.ask_for_model)
        self.notice.input_requested.connect(session.input_requested)
        self.state.show_busy(self.tr("Loading the network …"))

    def set_page(self, page: QWidget) -> None:
        """Set the page that is shown while there is a network; it contains ``notice``."""
        self._page = page
        self.addWidget(page)

    @property
    def refused(self) -> bool:
        """Whether a state is shown in place of the page."""
        return self.currentWidget() is self.state

    def show_model(self, model: Model) -> None:
        if self._fallback is not None:  # another model was opened in place of the refused one: say why
            name, why = self._fallback
            self.notice.say((why if name in why else self.tr("{0}: {1}").format(name, why),), refused=True)
        else:
            self.notice.say(model.notes, changes=model.ref.kind == "file")
        self._fallback = None
        self.leave_refusal()

    def leave_refusal(self) -> None:
        """Shows the page again if a network is open."""
        if self._session.model is not None and self._page is not None:
            self.setCurrentWidget(self._page)

    def ask_for_model(self) -> None:
        """Open the dialog for the person's own model."""
        kinds = self.tr("Keras models (*.keras *.h5 *.hdf5);;All files (*)")
        chosen = ask_to_open(self, self._session.settings, "models", self.tr("Open a model"), kinds)
        if chosen is not None:
            self._session.open_model(str(chosen))

    def _on_opening(self, reference: str) -> None:
        if self._fallback is None and self._session.model is None:
            self.state.show_busy(self.tr("Opening {0} …").format(Path(reference).name or reference))
            self.setCurrentWidget(self.state)

    def _on_refused(self, reference: str, why: str) -> None:
        model = self._session.model
        self.state.show_refused(reference, why, keep=model.card.title if model else "")
        self._fallback = None if model else (Path(reference).name or reference, why)
        self.setCurrentWidget(self.state)

    def _on_engine(self, state: str, words: str) -> None:
        if self._session.model is not None or self._fallback is not None:
            return
        if state == "loading":
            self.state.show_busy(words)
        elif state == "failed":
            self.state.show_failed(self.tr("No network can be loaded"), words)
