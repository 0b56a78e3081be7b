"""What the network receives and the names of its classes: shown for every model, editable for a person's own file.

The dialog stands beside the window and every change is answered at once. The changes are kept in a card beside the
file.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.session import Session
from gui.threads.loader import Loader
from gui.widgets import NumberBox, Select, button, label
from gui.widgets.file_dialogs import ask_to_open
from gui.words import capitalised, translated
from nets.data.prepare import FITS, POLARITIES
from nets.data.value_ranges import ORDERS, OWN, RANGES, order_of
from nets.errors import LensletError
from nets.events import Report, no_report
from nets.network.card import CardFields, input_values
from nets.network.labels import parse_labels, read_labels
from nets.places import Places

if TYPE_CHECKING:
    from nets.network.model import Model

PAUSE = 400  # milliseconds without a change before typed names are applied


def keep(path: Path, places: Places, said: CardFields, *, report: Report = no_report) -> Path:
    """Write the person's changes, and return the file that holds them."""
    from nets.network.beside import write_beside

    return write_beside(path, places, said)


class InputDialog(QDialog):
    """Shows what the open model receives; if another model is opened, it shows that one."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._model: Model | None = None
        self._keeper = Loader(self)
        self.setWindowTitle(self.tr("What this network receives"))
        self.setMinimumWidth(460)
        self._names_pause = QTimer(self)
        self._names_pause.setSingleShot(True)
        self._names_pause.setInterval(PAUSE)
        self._names_pause.timeout.connect(self._apply)
        self._compose()
        self._connect()
        session.model_changed.connect(self._on_model)
        if session.model is not None:
            self._on_model(session.model)

    def _compose(self) -> None:
        self.heading = label("", "strong")
        self.shape = label("", "small", wrap=True)
        self.range, self.fit, self.polarity, self.order = Select(), Select(), Select(), Select()
        self.height_box, self.width_box = self._side(), self._side()
        self.names = QPlainTextEdit()
        self.names.setFixedHeight(theme.px(112))
        self.names.setTabChangesFocus(True)
        self.read_names = button(self.tr("Read from a file …"), tip=self.tr("One name a line, or JSON"))
        self.problem = label("", "warning", wrap=True)
        self.found = label("", "small", wrap=True)
        self.kept = label("", "small", wrap=True)
        self.reset = button(
            self.tr("Reset to detected"), tip=self.tr("Finds out anew what it receives; the class names stay")
        )
        self.close_button = button(self.tr("Close"), "primary")
        size = QHBoxLayout()
        for widget in (self.height_box, QLabel("×"), self.width_box):
            size.addWidget(widget)
        size.addStretch(1)
        self._size = QWidget()
        self._size.setLayout(size)
        size.setContentsMargins(0, 0, 0, 0)
        names = QHBoxLayout()
        self.count = label("", "small")
        names.addWidget(self.count, 1)
        names.addWidget(self.read_names)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.GUTTER)
        self._grid.setVerticalSpacing(theme.GAP)
        self._grid.setColumnStretch(1, 1)
        self._row(self.tr("Range of values"), self.range)
        self.meaning = label("", "small", wrap=True)
        self._grid.addWidget(self.meaning, self._grid.rowCount(), 1)
        self._row(self.tr("A picture is fitted as"), self.fit)
        self._row(self.tr("Grey pictures are"), self.polarity)
        self._row(self.tr("Order of channels"), self.order)
        self._row(self.tr("Height × width"), self._size)
        self._row(self.tr("Class names, one a line"), self.names)
        self._grid.addLayout(names, self._grid.rowCount(), 1)
        foot = QHBoxLayout()
        foot.addWidget(self.reset)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GUTTER, theme.GUTTER, theme.GUTTER, theme.GUTTER)
        layout.setSpacing(theme.GAP)
        layout.addWidget(self.heading)
        layout.addWidget(self.shape)
        layout.addLayout(self._grid)
        for line in (self.problem, self.found, self.kept):
            layout.addWidget(line)
        layout.addStretch(1)
        layout.addLayout(foot)

    def _row(self, title: str, control: QWidget) -> None:
        row = self._grid.rowCount()
        name = label(title)
        control.setAccessibleName(title)
        top = Qt.AlignmentFlag.AlignTop if control is self.names else Qt.AlignmentFlag.AlignVCenter
        self._grid.addWidget(name, row, 0, top)
        self._grid.addWidget(control, row, 1)
        control.setProperty("title_label", name)

    def _side(self) -> NumberBox:
        return NumberBox(8, 1024, unit=self.tr("pixels"))

    def _connect(self) -> None:
        for select in (self.range, self.fit, self.polarity, self.order):
            select.activated.connect(self._apply)
        for box in (self.height_box, self.width_box):
            box.value_changed.connect(self._apply)
        self.names.textChanged.connect(self._names_pause.start)
        self.read_names.clicked.connect(self._ask_for_names)
        self.reset.clicked.connect(self._reset)
        self.close_button.clicked.connect(self.accept)

    # --- showing ----------------------------------------------------------------------------------------------------

    def _on_model(self, model: Model) -> None:
        if self._model is not None and model.network is self._model.network and model.card == self._model.card:
            return  # the changes made in this dialog
        self._model = model
        own = model.ref.kind == "file"
        card, input = model.card, model.card.input
        self.heading.setText(card.title)
        self.shape.setText(self._origin(model))
        rows = [row for row in RANGES.values() if input.channels in row.channels]
        rows = [row for row in rows if row.name != OWN or input.range == OWN]
        if RANGES[input.range] not in rows:
            rows.append(RANGES[input.range])
        self.range.set_rows((row.name, self.tr(row.title)) for row in rows)
        self.fit.set_rows((row.name, self.tr(row.title)) for row in FITS.values())
        self.polarity.set_rows((name, self.tr(words)) for name, words in POLARITIES.items())
        self.order.set_rows((name, self.tr(words)) for name, words in ORDERS.items())
        self._show_choices(model)
        for control in (self.range, self.fit, self.polarity, self.order, self.height_box, self.width_box):
            control.setEnabled(own)
        self.names.setReadOnly(not own)
        self.read_names.setVisible(own)
        self.reset.setVisible(own)
        self._show_row(self.order, input.channels == 3)
        self._show_row(self._size, None in self._own_sides(model))
        self.problem.setText("")
        self.problem.hide()
        self.found.setText("  ".join(map(translated, model.notes)))
        self.found.setVisible(bool(model.notes))
        if not own:
            self.kept.setText(
                self.tr(
                    "This is how the network was trained, so it is fixed. It can be changed only for model files that "
                    "you open yourself."
                )
            )

    def _origin(self, model: Model) -> str:
        shape = " × ".join(str(side) for side in model.card.input.shape)
        name = Path(model.ref.name).name if model.ref.kind == "file" else model.ref.name
        return self.tr("receives {0} numbers · {1}").format(shape, name)

    def _show_choices(self, model: Model) -> None:
        """Put the values of ``model`` into the controls without emitting signals."""
        input = model.card.input
        controls = (self.range, self.fit, self.polarity, self.order, self.height_box, self.width_box, self.names)
        for control in controls:
            control.blockSignals(True)
        self.range.choose(input.range)
        self.fit.choose(input.fit)
        self.polarity.choose(input.polarity or next(iter(POLARITIES)))
        self.order.choose(order_of(input))
        self.height_box.set_value(input.height)
        self.width_box.set_value(input.width)
        self.names.setPlainText("\n".join(model.card.labels))
        for control in controls:
            control.blockSignals(False)
        self._show_count(len(model.card.labels))
        self.meaning.setText(self.tr(RANGES[input.range].description))
        self._show_row(self.polarity, input.channels == 1 and input.fit != "digit")

    def _show_row(self, control: QWidget, visible: bool) -> None:
        control.setVisible(visible)
        control.property("title_label").setVisible(visible)

    def _show_count(self, names: int) -> None:
        assert self._model is not None
        self.count.setText(self.tr("{0} of {1}").format(names, len(self._model.card.labels)))

    def _own_sides(self, model: Model) -> tuple[int | None, ...]:
        """The size that the network itself requires; None if it takes any."""
        shape = model.graph.input_shape[1:]
        if len(shape) != 3:
            return shape
        return shape[1:] if model.graph.channels_first else shape[:2]

    # --- what the person says ---------------------------------------------------------------------------------------

    def said(self) -> CardFields:
        """The values of the controls.

        Raises:
            LensletError: The class names cannot be used.
        """
        assert self._model is not None
        before = input_values(self._model.card.input)
        input: dict[str, Any] = {"range": self.range.value(), "fit": self.fit.value()}
        input |= {key: before[key] for key in ("scale", "offset") if key in before and input["range"] == OWN}
        if before["channels"] == 3 and self.order.value() != RANGES[input["range"]].order:
            input["order"] = self.order.value()
        if before["channels"] == 1 and input["fit"] != "digit":
            input["polarity"] = self.polarity.value()
        if not self._size.isHidden():
            input |= {"height": self.height_box.value(), "width": self.width_box.value()}
        labels = parse_labels(self.names.toPlainText())
        numbers = tuple(str(number) for number in range(len(labels)))
        return CardFields({"labels": list(labels)} if labels and labels != numbers else {}, input)

    def _apply(self) -> None:
        """Apply the controls' values to the model, and write them for its file."""
        from nets.models import with_said

        model = self._model
        if model is None or model.ref.kind != "file":
            return
        if self.sender() is self.range:
            self.order.choose(RANGES[self.range.value()].order)
        try:
            said = self.said()
            labels = said.fields.get("labels", [str(number) for number in range(len(model.card.labels))])
            self._show_count(len(parse_labels(self.names.toPlainText())))
            changed = with_said(model, CardFields({"labels": tuple(labels)}, {"order": "", **said.input}))
        except LensletError as problem:
            self._say(translated(problem))
            return
        self.problem.hide()
        self._model = replace(changed, notes=())
        self._show_row(self.polarity, changed.card.input.channels == 1 and changed.card.input.fit != "digit")
        self.found.hide()
        self.meaning.setText(self.tr(RANGES[changed.card.input.range].description))
        self._session.change_card(self._model)
        self._keep(Path(model.ref.name), said)

    def _keep(self, path: Path, said: CardFields) -> None:
        def done(written: Path) -> None:
            self.kept.setText(self.tr("Kept in {0}").format(written))

        def failed(words: str) -> None:
            self._say(self.tr("It could not be kept for the next time: {0}").format(words))

        self._keeper.ask(keep, path, self._session.places, said, done=done, failed=failed)

    def _say(self, sentence: str) -> None:
        self.problem.setText(capitalised(sentence))
        self.problem.show()

    def _ask_for_names(self) -> None:
        kinds = self.tr("Text or JSON (*.txt *.json);;All files (*)")
        chosen = ask_to_open(self, self._session.settings, "names", self.tr("Class names"), kinds)
        if chosen is not None:
            self.take_names(chosen)

    def take_names(self, path: Path) -> None:
        """Replace the class names by those in a file."""
        try:
            labels = read_labels(path)
        except (OSError, LensletError) as problem:
            reason = translated(problem) if isinstance(problem, LensletError) else problem.strerror
            self._say(self.tr("{0} cannot be used: {1}").format(path.name, reason))
            return
        self.names.setPlainText("\n".join(labels))

    def _reset(self) -> None:
        """Forget the changes to the input, and open the file again."""
        model = self._model
        if model is None:
            return
        names = tuple(str(number) for number in range(len(model.card.labels)))
        labels = {} if model.card.labels == names else {"labels": list(model.card.labels)}
        path = Path(model.ref.name)
        self._keeper.ask(
            keep,
            path,
            self._session.places,
            CardFields(labels),
            done=lambda _: self._session.open_model(str(path)),
            failed=self._say,
        )
        self.kept.setText("")

    def hideEvent(self, event: QHideEvent) -> None:
        """Apply and write the last typed text before the dialog is gone."""
        super().hideEvent(event)
        if self._names_pause.isActive():
            self._names_pause.stop()
            self._apply()
        self._keeper.finish()
