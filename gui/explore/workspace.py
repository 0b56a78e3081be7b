"""The Explore workspace: composes and connects the diagram, the layers, the maps and the large map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui import theme
from gui.explore.arithmetic.arithmetic_panel import ArithmeticPanel
from gui.explore.exporting import Exporting
from gui.explore.keys import BINDINGS
from gui.explore.maps.detail import DetailPanel
from gui.explore.maps.maps_panel import MapsPanel
from gui.explore.network.diagram_panel import DiagramPanel
from gui.explore.network.layers import LayerList
from gui.explore.pages import ModelPages
from gui.explore.selection import Selection
from gui.explore.watching import paths_to_watch
from gui.paint.snapshot import Snapshots
from gui.session import Session
from gui.widgets.keyed import KeyedWorkspace
from nets.pictures.ranges import Range, file_name

if TYPE_CHECKING:
    from gui.threads.live import LiveAnswer
    from nets.network.layers import LayerInfo
    from nets.network.model import Model

__all__ = ["BINDINGS", "ExploreWorkspace"]

WIDE = 860  # from this width on, the large map stands beside the grid instead of in its place
LEAST, LEAST_STATE = (520, 400), (320, 300)  # smallest sizes: of the panels, less than they ask for, and of a state
LOW = 640  # below this height the diagram is a slim strip
RESTED = 250  # milliseconds after the last answer until the other layers of a large network are computed


class ExploreWorkspace(KeyedWorkspace):
    """Follows the session's model and answers. The keys of ``BINDINGS`` work wherever the focus is inside."""

    bindings = BINDINGS

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.choice = Selection(session.settings["map_range"], self, first_map=self._first_map)
        self._detail_open = True
        self._shows_arithmetic = False  # whether the arithmetic takes the place of the maps
        self._detail_requested = False  # in a narrow window the large map opens only on request
        self.pages = ModelPages(session)
        self.diagram = DiagramPanel(self.choice)
        self.layers = self.side = LayerList(self.choice)  # ``side``: what the window can hide
        self.maps = MapsPanel(self.choice)
        self.detail = DetailPanel(self.choice)
        self.arithmetic = ArithmeticPanel(self.choice)
        self.arithmetic.hide()
        self.exporting = Exporting(session, self.choice, self)
        self.snapshots = Snapshots(session, self)
        self._partial = False  # answers contain only the layers in view
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(RESTED)
        self._rest.timeout.connect(session.ask_means)
        self._compose()
        self._connect()
        self._begin()

    def _compose(self) -> None:
        below = QHBoxLayout()
        below.setSpacing(theme.GUTTER)
        below.addWidget(self.layers)
        below.addWidget(self.maps, 52)
        below.addWidget(self.arithmetic, 56)
        below.addWidget(self.detail, 48)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GUTTER)
        column.addWidget(self.pages.notice)
        column.addWidget(self.diagram)
        column.addLayout(below, 1)
        self.pages.set_page(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.pages)
        self._fit_least()

    def _connect(self) -> None:
        session = self.session
        session.model_changed.connect(self._on_model)
        session.answered.connect(self._on_answer)
        session.picture_changed.connect(self._on_picture)
        session.overlay_changed.connect(self.diagram.set_overlay)
        session.overlay_changed.connect(self.detail.map.set_overlay)
        self.pages.currentChanged.connect(lambda _: self._fit_least())
        self.choice.layer_changed.connect(self._on_layer)
        self.choice.map_changed.connect(self._on_map)
        self.choice.range_changed.connect(self._on_range)
        self.maps.opened.connect(self.open_detail)
        self.maps.export_requested.connect(self._export)
        self.detail.export_requested.connect(self._export)
        theme.theme.changed.connect(self._place)  # the zoom is part of the theme
        self.arithmetic.export.requested.connect(self._export_arithmetic)
        self.detail.closed.connect(self.back)
        self.detail.calculator.clicked.connect(self.toggle_arithmetic)
        self.detail.map.pointed.connect(lambda: self.arithmetic.set_pixel(self.detail.map.pixel()))
        self.arithmetic.closed.connect(self.toggle_arithmetic)
        self.arithmetic.turned.connect(self._show_notice)
        self.arithmetic.copy_made.connect(session.use_model)
        self.arithmetic.copy_changed.connect(session.refresh)
        self.arithmetic.original_requested.connect(session.use_model)
        self.pages.notice.back_requested.connect(self._go_back)

    def _fit_least(self) -> None:
        """Set the smallest size: a sentence in the place of the panels needs less room than they, and is not cut."""
        least = LEAST_STATE if self.pages.refused else LEAST
        self.setMinimumSize(*(theme.own_px(self, pixels) for pixels in least))

    def _begin(self) -> None:
        """Show the session's model and answer, which may be older than the workspace."""
        if self.session.model is not None:
            self._on_model(self.session.model)
            if self.session.answer is not None:
                self._on_answer(self.session.answer)
        self._arrange()

    # --- the model ----------------------------------------------------------------------------------------------

    def _on_model(self, model: Model) -> None:
        self.maps.set_model(model)
        self.detail.set_model(model)
        self.arithmetic.set_model(model)
        self.choice.set_layers(model.layers, model.network.count_params())
        self.diagram.set_model(model)
        self._show_notice()
        self.pages.show_model(model)
        original = self.arithmetic.descent.model
        if model is self.arithmetic.descent.copy and original is not None:
            self.pages.notice.say(model.notes, back=self.tr("Back to {0}").format(original.card.title))
        elif (detour := self.session.detour) is not None and model.ref.kind == "run":
            self.pages.notice.say((detour.sentence,), back=self.tr("Back to {0}").format(detour.title))
        self._on_picture(self.session.picture)
        self._watch()

    def _go_back(self) -> None:
        """Go to the network before the first step, or to the model before the temporary one."""
        if self.session.model is self.arithmetic.descent.copy:
            self.arithmetic.leave_copy()
        else:
            self.session.end_detour()

    def _show_notice(self) -> None:
        """Hide the notice while the step controls already say that a copy is shown and lead back."""
        model, descent = self.session.model, self.arithmetic.descent
        says_it = not self.arithmetic.isHidden() and self.arithmetic.backward
        is_copy = model is not None and (model is descent.copy or model is self.arithmetic.left)
        self.pages.notice.set_redundant(says_it and is_copy)

    # --- live ---------------------------------------------------------------------------------------------------

    def _on_answer(self, answer: LiveAnswer) -> None:
        if self.isVisible() and self._is_of_this_model(answer):
            self._paint(answer)

    def _is_of_this_model(self, answer: LiveAnswer | None) -> bool:
        """Whether an answer belongs to the open model. An answer that is stale, or computed in NumPy without maps, does
        not.
        """
        return answer is not None and answer.model is not None and answer.model is self.session.model

    def _paint(self, answer: LiveAnswer) -> None:
        self.maps.set_note(answer.problem or self._empty_note(answer))
        self.maps.set_answer(answer)
        self.detail.set_answer(answer, self.maps.scale)
        self.arithmetic.set_answer(answer)
        self.diagram.set_answer(answer)
        if self._partial and answer.prepared is not None and not answer.means:
            self._rest.start()

    def _on_picture(self, picture: Any) -> None:
        """Until the first answer after a start, which takes a second, say that the maps are being computed."""
        if picture is not None and self.maps.scale is None:
            self.maps.set_note(self.tr("The maps are being computed …"))

    def _empty_note(self, answer: LiveAnswer) -> str:
        if answer.prepared is not None:
            return ""
        words = self.tr("Draw on the pad and the maps appear here.")
        layer = self.choice.layer
        if layer is not None and layer.kernel_shape and self.detail.isHidden():
            words += "\n" + self.tr("Click a map to look at its kernels.")
        return words

    def _repaint(self) -> None:
        """Paints the newest answer again after the selection changed."""
        answer = self.session.answer
        if answer is not None and self._is_of_this_model(answer):
            self._paint(answer)

    def _watch(self) -> None:
        if not self.isVisible():
            self.session.watch(())
            return
        answer, counts = self.session.answer, not self.arithmetic.isHidden()
        # so that it leads to the first number that is not finite
        is_broken = answer is not None and bool(answer.problem)
        wants_all = self.choice.range == "network" or (counts and is_broken)
        also = (self.detail.reads, *self.arithmetic.reads())
        paths = paths_to_watch(self.choice.layers, self.choice.layer, whole_network=wants_all, also=also)
        self._partial = len(paths) < sum(row.shows != "nothing" for row in self.choice.layers)
        self.diagram.set_partial(self._partial)
        self.session.watch(paths)

    def _on_layer(self) -> None:
        self._watch()
        self._place()  # not painted yet: ``map_changed`` updates the detail

    def _first_map(self, layer: LayerInfo) -> int:
        """The map with which a layer opens: the answered class for the output layer, otherwise the first map."""
        answer = self.session.answer
        if (
            layer.shows != "probabilities"
            or answer is None
            or not self._is_of_this_model(answer)
            or answer.answer is None
        ):
            return 0
        return int(answer.answer.probabilities.argmax())

    def _on_map(self) -> None:
        self._watch()  # a unit's strongest inputs are read from this layer
        self._repaint()

    def _on_range(self) -> None:
        self.session.settings.set("map_range", self.choice.range)
        self._watch()
        self._repaint()

    # --- the large map ------------------------------------------------------------------------------------------

    def open_detail(self) -> None:
        self._detail_open = self._detail_requested = True
        self._arrange()

    def toggle_arithmetic(self) -> None:
        """Shows the arithmetic of the value under the cursor in place of the maps, or the maps again."""
        self._shows_arithmetic = not self._shows_arithmetic
        self._arrange()
        self._watch()
        if self._shows_arithmetic:
            self.arithmetic.begin()

    def stop(self) -> None:
        """Waits for the threads of the arithmetic. Called when the window closes."""
        self.arithmetic.finish()

    def back(self) -> None:
        """One level back: unpins the pixel, then closes the large map, then focuses the list of layers."""
        if self.pages.refused:
            self.pages.leave_refusal()
        elif self._shows_arithmetic:
            self.toggle_arithmetic()
        elif self.choice.pixel is not None and not self.detail.isHidden():
            self.choice.pin(None)
        elif not self.detail.isHidden():
            self._detail_open = self._detail_requested = False
            self._arrange()
        else:
            self.layers.view.setFocus()

    def _arrange(self) -> None:
        self._place()
        self._repaint()

    def _place(self) -> None:
        """Show and hide the panels according to the room. The large map is hidden for a layer without maps."""
        wide = self.width() >= theme.px(WIDE)
        layer = self.choice.layer
        opened = (self._detail_open if wide else self._detail_requested) and not (layer and layer.shows == "nothing")
        was_hidden = self.detail.isHidden()
        counts = self._shows_arithmetic and not (layer and layer.shows == "nothing")
        opened = opened and (wide or not counts)  # in a narrow window only the arithmetic is shown
        self.detail.setVisible(opened)
        self.detail.set_alone(not wide)
        self.maps.setVisible((wide or not opened) and not counts)
        self.arithmetic.setVisible(counts)
        self.detail.calculator.setChecked(counts)
        self._show_notice()
        self.diagram.set_slim(self.height() < theme.px(LOW))
        self.layers.setFixedWidth(min(max(self.width() * 22 // 100, theme.px(190)), theme.px(236)))
        if opened and was_hidden:
            self.detail.show_choice()
            self._watch()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._watch()
        self._repaint()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._rest.stop()
        self.session.watch(())

    # --- keys ---------------------------------------------------------------------------------------------------

    def act(self, name: str) -> bool:
        actions: dict[str, Any] = {
            "layer_before": lambda: self._walk(-1),
            "layer_after": lambda: self._walk(1),
            "map_before": lambda: self.choice.walk_maps(-1),
            "map_after": lambda: self.choice.walk_maps(1),
            "open": self.open_detail,
            "back": self.back,
            "sort": lambda: self.choice.set_sorted(not self.choice.sorted),
            "range": self.choice.next_range,
            "arithmetic": self.toggle_arithmetic,
        }
        action = actions.get(name)
        if action is not None:
            action()
        return action is not None

    def _walk(self, by: int) -> None:
        """Move by ``by`` layers; with the arithmetic open, past the last layer to the backward pass."""
        if not (self._shows_arithmetic and self.arithmetic.turn(by)):
            self.choice.walk_layers(by)

    # --- saving -------------------------------------------------------------------------------------------------

    def _export(self, what: str) -> None:
        if what in ("copy", "shown"):
            self._snapshot(what)
            return
        scale = self.maps.scale
        self.exporting.ask(what, scale.range_of(self.choice.map) if scale else Range(0.0, 1.0, False))

    def _snapshot(self, what: str) -> None:
        """Copy or save the visible maps, or the large map."""
        panel = self.detail if self.maps.isHidden() else self.maps
        layer, answer = self.choice.layer, self.session.answer
        wanted = layer.path if layer is not None and layer.shows != "nothing" else ""
        if self.session.picture is not None and wanted and (answer is None or wanted not in answer.maps):
            self.session.notify(self.tr("The maps are still being computed: try again in a moment."), "warning")
            return
        name = layer.path if layer is not None else "maps"
        if what == "copy":
            self.snapshots.copy(panel, name, without=panel.tools)
        else:
            self.snapshots.ask_save(panel, name, name.replace("/", "-"), without=panel.tools)

    def _export_arithmetic(self, what: str) -> None:
        """Copy or save the whole equation, including the part that is scrolled out of view."""
        details = self.arithmetic.words()
        equation = self.arithmetic.equation.unrolled()
        if what == "copy":
            self.snapshots.copy(equation, details)
        else:
            self.snapshots.ask_save(equation, details, file_name(details, "", ""))
        equation.deleteLater()
