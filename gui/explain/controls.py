"""What to explain: method, class, layer, colours; and what the method shows and does not show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QSlider, QVBoxLayout, QWidget

from gui import theme
from gui.explain.option_fields import OptionFields
from gui.explain.shown import MAP_OPTIONS
from gui.threads.explaining import Asked, Target
from gui.widgets import Panel, SearchSelect, Select, label
from gui.widgets.scroll_column import ScrollColumn
from nets.explain import EXPLAINERS
from nets.explain.layers import default_layer, spatial_layers

if TYPE_CHECKING:
    from nets.network.model import Model

METHODS = tuple(row for row in EXPLAINERS.values() if row.gives != "picture")
FIRST = "gradient"
METHOD, MODEL, EPOCH = "method:", "model:", "epoch:"
MOST_EPOCHS = 400


class ExplainControls(Panel):
    """``changed`` after every choice. ``asked()`` gives the choices; the paragraph describes the method."""

    changed = Signal()
    painted = Signal()  # only colours or opacity changed: nothing is computed again

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Why"), parent)
        self._model: Model | None = None
        self._beside_rows: list[tuple[str, str]] = []
        # the values of the fields, read once, because every answer needs them
        self._asked: tuple[Asked, ...] | None = None
        self.method = Select([(row.name, row.title) for row in METHODS])
        self.target, self.versus, self.layer, self.beside = SearchSelect(), SearchSelect(), Select(), Select()
        self.target.set_rows([("", self.tr("the answer"))])
        self.versus.set_rows([("", self.tr("– (no other class)"))])
        self.beside.set_rows([("", self.tr("– (one picture)"))])
        self.colours = Select([("", self.tr("Even colours")), ("jet", self.tr("Jet (rainbow)"))])
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(10, 100)
        self.opacity.setValue(75)
        self.opacity.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.paragraph = label("", "small", wrap=True)
        self.paragraph.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.paper = label("", "small", wrap=True)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, theme.TIGHT, 0)
        column.setSpacing(2)
        self.options = OptionFields(columns=2)
        self.options.changed.connect(self._on_choice)
        rows = (
            (self.tr("Method"), self.method),
            (self.tr("Explain the score of"), self.target),
            (self.tr("and why not"), self.versus),
            (self.tr("Layer"), self.layer),
            (self.tr("Beside it"), self.beside),
            (self.tr("Colours"), self.colours),
            (self.tr("Opacity of the explanation"), self.opacity),
        )
        for title, control in rows:
            control.setAccessibleName(title)
            control.setMinimumWidth(60)
            control.setSizePolicy(QSizePolicy.Policy.Ignored, control.sizePolicy().verticalPolicy())
            column.addWidget(label(title, "small"))
            column.addWidget(control)
            column.addSpacing(theme.TIGHT)
            if control is self.method:
                column.addWidget(self.options)
                column.addSpacing(theme.TIGHT)
        column.addSpacing(theme.GAP)
        column.addWidget(label(self.tr("What it shows, and what it does not"), "strong", wrap=True))
        column.addWidget(self.paragraph)
        column.addSpacing(theme.TIGHT)
        column.addWidget(self.paper)
        column.addStretch(1)
        scroll = ScrollColumn()
        scroll.hold(inside)
        self.body.addWidget(scroll)
        for select in (self.method, self.target, self.versus, self.layer, self.beside):
            select.currentIndexChanged.connect(self._on_choice)
        self.colours.currentIndexChanged.connect(self.painted)
        self.opacity.valueChanged.connect(self.painted)
        self.method.choose(FIRST)
        self._on_choice()

    def set_model(self, model: Model, others: list[tuple[str, str]], epochs: int) -> None:
        """Set the choices that a model allows.

        Args:
            model: The open model.
            others: (reference, title) of models that can be shown beside it.
            epochs: The number of epochs of its run; 0 if it is not a run.
        """
        before, self._model = self._model, model
        same = before is not None and before.network is model.network
        if not same or before is None or before.card.labels != model.card.labels:
            names = [(str(number), name) for number, name in enumerate(model.card.labels)]
            self.target.set_rows([("", self.tr("the answer")), *names])
            self.versus.set_rows([("", self.tr("– (no other class)")), *names])
            for select in (self.target, self.versus):
                select.blockSignals(True)
                select.setCurrentIndex(0)
                select.blockSignals(False)
        if not same:
            rows = spatial_layers(model)
            usual = default_layer(model)
            self.layer.set_rows([(row.path, row.path) for row in rows])
            self.layer.blockSignals(True)
            self.layer.choose(usual)
            self.layer.blockSignals(False)
        methods = [(METHOD + row.name, row.title) for row in METHODS]
        # The open epoch is among them, so that a choice is kept while the time machine passes it.
        step = max(1, epochs // MOST_EPOCHS)
        past = [(f"{EPOCH}{n}", self.tr("epoch {0}").format(n)) for n in range(1, epochs + 1, step)]
        models = [(MODEL + name, self.tr("{0} (network)").format(title)) for name, title in others]
        beside = [("", self.tr("– (one picture)")), *methods, *past, *models]
        if beside != self._beside_rows:  # another epoch of a run has the same layers and classes
            self._beside_rows = beside
            self.beside.set_rows(beside)
        self._on_choice()

    def set_likely(self, likely: Sequence[tuple[str, str]]) -> None:
        """(class, name with its probability): the most likely classes stand first if there are many."""
        for select in (self.target, self.versus):
            select.set_first(likely)

    def asked(self) -> tuple[Asked, ...]:
        """The choices: one picture, or two."""
        if self._asked is None:
            self._asked = self._read()
        return self._asked

    def _read(self) -> tuple[Asked, ...]:
        method, target, options = self.method.value(), self._target(), self.options.values()
        layer = self._layer_of(method)
        first = Asked(method, target, layer, options=options)
        kind, _, value = self.beside.value().partition(":")
        if not value:
            return (first,)
        if kind == "method":
            return first, Asked(value, target, self._layer_of(value))
        if kind == "epoch":
            return first, Asked(method, target, layer, epoch=int(value), options=options)
        # A map's number has no meaning in another network.
        common = tuple((name, said) for name, said in options if name not in MAP_OPTIONS)
        return first, Asked(method, target, "", reference=value, options=common)

    def walk(self, by: int) -> None:
        """Choose another method."""
        self.method.setCurrentIndex((self.method.currentIndex() + by) % self.method.count())

    def toggle_jet(self) -> None:
        self.colours.choose("" if self.colours.value() else "jet")

    @property
    def jet(self) -> bool:
        return self.colours.value() == "jet"

    def _target(self) -> Target:
        """A class or a pair; in a pair -1 stands for the answer, which is known later."""
        chosen, other = self.target.value(), self.versus.value()
        if not other or (chosen == other):
            return int(chosen) if chosen else None
        return (int(chosen) if chosen else -1, int(other))

    def _layer_of(self, method: str) -> str:
        """The chosen layer, for methods that use a layer, or a map of one if a map was given."""
        own = method == self.method.value() and "map" in dict(self.options.values())
        return self.layer.value() if own or "layer" in EXPLAINERS[method].needs else ""

    def _on_choice(self) -> None:
        self._asked = None
        row = EXPLAINERS[self.method.value() or FIRST]
        self.options.set_rows(row.options, self._model.card.input.shape if self._model is not None else ())
        self.paragraph.setText(row.shows)
        self.paper.setText(row.paper)
        kind, _, value = self.beside.value().partition(":")
        needs = bool(self._layer_of(row.name)) or (kind == "method" and "layer" in EXPLAINERS[value].needs)
        self.layer.setEnabled(needs)
        self.layer.setToolTip("" if needs else self.tr("The score of the whole network is explained."))
        self.changed.emit()
