"""Puts the kernel into the first layer of the answering network, on a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui import theme
from gui.convolve.state import PlaygroundState
from gui.session import Session
from gui.threads.loader import Loader
from gui.widgets import Select, button, label
from nets.convolve.first_layer import count_of, put_kernel, why_not

if TYPE_CHECKING:
    from nets.network.model import Model


class Placing(QWidget):
    """A number of a map and a button; a sentence if the sizes differ."""

    def __init__(self, session: Session, playing: PlaygroundState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._playing = session, playing
        self._loader = Loader(self)
        self._waits = False  # whether the copy's first answer is awaited
        self.number = Select()
        self.number.setAccessibleName(self.tr("Which kernel of the first layer is replaced"))
        tip = self.tr("On a copy of the network that answers: the original stays as it is")
        self.put = button(self.tr("Put into the network"), tip=tip)
        self.note = label("", "small", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(theme.TIGHT)
        row.addWidget(self.put, 1)
        row.addWidget(self.number)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.TIGHT)
        layout.addLayout(row)
        layout.addWidget(self.note)
        self.put.clicked.connect(self.place)
        session.model_changed.connect(self._end)
        session.model_refused.connect(self._end)
        playing.changed.connect(self.refresh)
        self.refresh()

    def _end(self) -> None:
        self._waits = False
        self.refresh()

    def refresh(self) -> None:
        model = self._session.model
        kernel = self._playing.setting.kernel
        problem = self.tr("once the network is loaded") if model is None else why_not(model, kernel.shape)
        if model is not None and not problem:
            rows = [(str(number), self.tr("as {0}").format(number)) for number in range(count_of(model))]
            if len(rows) != self.number.count():
                self.number.set_rows(rows)
        self.put.setEnabled(not problem and not self._waits)
        self.number.setVisible(not problem)
        if self._waits:
            problem = self.tr("The copy is being made, and then looked through by TensorFlow …")
        self.note.setText(problem or self.tr("replaces a kernel of the first convolution, on a copy"))

    def place(self) -> None:
        """Make the copy with the kernel the answering network."""
        model = self._session.model
        if model is not None:
            kernel, number = self._playing.setting.kernel, int(self.number.value() or 0)
            done = lambda made: self._on_made(made, model)  # noqa: E731
            self._loader.ask(put_kernel, model, kernel, number, done=done, failed=self._on_failed)
            self._waits = True
            self.refresh()

    def _on_made(self, made: Model, of: Model) -> None:
        if self._session.model is of:  # otherwise another network was opened meanwhile, and stays
            self._session.use_model(made)
        else:
            self._end()

    def _on_failed(self, words: str) -> None:
        self._session.notify(words, "error")
        self._end()

    def finish(self) -> None:
        self._loader.finish()
