"""The list of layers at the left: name, output shape, kind and cost of each."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget

from gui import theme
from gui.explore.selection import Selection
from gui.paint.numbers import count_words, shape_words
from gui.widgets import ElidedLabel, Panel, label
from gui.widgets.eliding import MIDDLE, elided_where_they_differ

if TYPE_CHECKING:
    from nets.network.layers import LayerInfo

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT, LINE, GROUP_HEIGHT, INDENT = 40, 16, 24, 12
SCROLL_BAR = 14
ARROW = 12  # room for the arrow of a nested model's head
UNFOLDED = 3  # with more nested models than this, they start folded
NARROW = 190


@dataclass(frozen=True)
class LayerRow:
    """A layer, or (``layer`` None) the heading of a nested model above its layers. ``level`` is the depth of nesting.

    group: the path of the nested model that it heads or belongs to; "" outside of any. inside: for a heading, the
    layers of the nested model.
    """

    name: str
    level: int
    layer: LayerInfo | None = None
    group: str = ""
    inside: tuple[LayerInfo, ...] = ()


def rows_of(layers: tuple[LayerInfo, ...]) -> tuple[LayerRow, ...]:
    """The layers, with a heading before the first layer of each nested model."""
    rows: list[LayerRow] = []
    open_groups: tuple[str, ...] = ()
    for number, layer in enumerate(layers):
        groups = tuple(layer.path.split("/")[:-1])
        for level, group in enumerate(groups):
            if groups[: level + 1] != open_groups[: level + 1]:
                path = "/".join(groups[: level + 1])
                inside = _inside(path, layers[number:])
                rows.append(LayerRow(group, level, None, path, inside))
        open_groups = groups
        rows.append(LayerRow(layer.name, len(groups), layer, "/".join(groups)))
    return tuple(rows)


def _inside(path: str, layers: tuple[LayerInfo, ...]) -> tuple[LayerInfo, ...]:
    """The layers at the beginning of ``layers`` that belong to the nested model ``path``."""
    return tuple(takewhile(lambda layer: layer.path.startswith(path + "/"), layers))


def _kind(layer: LayerInfo) -> str:
    return _frozen(layer.kind) if layer.frozen else layer.kind


def head_words(row: LayerRow) -> str:
    """The name of a nested model, with "frozen" if all its layers with weights are frozen."""
    with_weights = [layer for layer in row.inside if layer.parameters]
    return _frozen(row.name) if with_weights and all(layer.frozen for layer in with_weights) else row.name


def _frozen(words: str) -> str:
    return QCoreApplication.translate("LayerModel", "{0} · frozen").format(words)


class LayerModel(QAbstractListModel):
    """The layers as a list; ``Qt.UserRole`` gives the ``LayerRow``. If there are many, nested models start folded."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[LayerRow, ...] = ()
        self._all: tuple[LayerRow, ...] = ()
        self._folded: set[str] = set()

    def set_layers(self, layers: tuple[LayerInfo, ...]) -> None:
        self._all = rows_of(layers)
        heads = [row.group for row in self._all if row.layer is None]
        self._folded = set(heads) if len(heads) > UNFOLDED else set()
        self._show()

    def is_folded(self, group: str) -> bool:
        return group in self._folded

    def toggle(self, group: str) -> None:
        """Folds a nested model, or unfolds it."""
        self._folded ^= {group}
        self._show()

    def unfold_to(self, path: str) -> None:
        """Shows a layer: unfolds the nested models that it stands in."""
        parts = path.split("/")[:-1]
        around = {"/".join(parts[:count]) for count in range(1, len(parts) + 1)}
        if around & self._folded:
            self._folded -= around
            self._show()

    def _show(self) -> None:
        self.beginResetModel()
        self.rows = tuple(row for row in self._all if not self._is_hidden(row))
        self.endResetModel()

    def _is_hidden(self, row: LayerRow) -> bool:
        around = row.group if row.layer is not None else row.group.rpartition("/")[0]
        return any(around == group or around.startswith(group + "/") for group in self._folded)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (Qt's own signature)
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row.layer) if row.layer is not None else self._group_tip(row)
        return None

    def _tip(self, layer: LayerInfo) -> str:
        lines = [
            layer.path,
            f"{layer.title} ({layer.kind})",
            self.tr("output {0}").format(shape_words(layer.output_shape)),
            self.tr("{0} parameters, {1} multiply-adds").format(f"{layer.parameters:,}", f"{layer.multiply_adds:,}"),
        ]
        if layer.frozen:
            lines.append(self.tr("frozen: it kept its weights in its last training"))
        if layer.why_not:
            lines.append(self.tr("cannot be shown: {0}").format(layer.why_not))
        return "\n".join(lines)

    def _group_tip(self, row: LayerRow) -> str:
        words = self.tr("a click shows its layers") if row.group in self._folded else self.tr("a click folds it")
        parameters, adds = sum(part.parameters for part in row.inside), sum(part.multiply_adds for part in row.inside)
        return "\n".join(
            (
                self.tr("{0}: {1} layers; {2}").format(row.group, len(row.inside), words),
                self.tr("output {0}").format(shape_words(row.inside[-1].output_shape)),
                self.tr("{0} parameters, {1} multiply-adds").format(f"{parameters:,}", f"{adds:,}"),
            )
        )

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.rows[index.row()].layer is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class LayerDelegate(QStyledItemDelegate):
    """Two lines: name and output; kind and cost."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._shortened: dict[tuple[str, int, int], str] = {}  # by the name, the font's size and the room

    def set_names(self, names: tuple[str, ...]) -> None:
        """Set the names of all layers: a name that is too long is shortened so that it differs from the others."""
        self._names = names
        self._shortened.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row: LayerRow = index.data(Qt.ItemDataRole.UserRole)
        if row.layer is None:
            return QSize(120, theme.px(GROUP_HEIGHT))
        return QSize(120, theme.px(ROW_HEIGHT) + theme.px(LINE) * (len(self._lines(row.layer, self._room(row))) - 2))

    def _room(self, row: LayerRow) -> int:
        """The width of a row's text. Room for a scroll bar is always left, so that rows keep their heights."""
        view = self.parent()
        width = view.width() - theme.px(SCROLL_BAR) if isinstance(view, QListView) else theme.px(NARROW)
        return width - 2 * theme.GAP - row.level * INDENT

    def _lines(self, layer: LayerInfo, room: int) -> list[tuple[str, str]]:
        """(left, right) texts of each line; in little room, a text that would be cut gets a line of its own."""
        cost, shape = self._cost(layer), shape_words(layer.output_shape)
        if not self._narrow():
            return [(layer.name, shape), (_kind(layer), cost)]
        metrics = QFontMetrics(theme.font(theme.SMALL, tabular=True))

        def fit(left: str, right: str) -> bool:
            return metrics.horizontalAdvance(left) + theme.GAP + metrics.horizontalAdvance(right) <= room

        if fit(_kind(layer), shape):
            return [(layer.name, ""), (_kind(layer), shape), *([("", cost)] if cost else [])]
        if not cost or fit(shape, cost):
            return [(layer.name, ""), (_kind(layer), ""), (shape, cost) if cost else ("", shape)]
        return [(layer.name, ""), (_kind(layer), ""), ("", shape), ("", cost)]

    def _narrow(self) -> bool:
        """Whether names and numbers need separate lines."""
        view = self.parent()
        return isinstance(view, QListView) and view.width() < theme.px(NARROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: LayerRow = index.data(Qt.ItemDataRole.UserRole)
        place: QRect = option.rect
        state: QStyle.StateFlag = option.state
        colors = theme.now()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inner = place.adjusted(theme.GAP + row.level * INDENT, 0, -theme.GAP, 0)
        if row.layer is None:
            self._paint_head(painter, row, place, inner, bool(state & QStyle.StateFlag.State_MouseOver))
            painter.restore()
            return
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(colors.color("accent_soft" if chosen else "hover"))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRoundedRect(place.adjusted(0, 1, 0, -1), theme.RADIUS_PICTURE, theme.RADIUS_PICTURE)
        if chosen:
            painter.fillRect(place.left(), place.top() + 8, 3, place.height() - 16, colors.color("accent"))
        self._paint_lines(painter, row, inner.adjusted(0, 3, 0, -3), colors)
        painter.restore()

    def _paint_head(self, painter: QPainter, row: LayerRow, place: QRect, inner: QRect, hover: bool) -> None:
        """The heading of a nested model: an arrow that shows whether it is folded, its name, and its output."""
        colors = theme.now()
        if hover:
            painter.setBrush(colors.color("hover"))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRoundedRect(place.adjusted(0, 1, 0, -1), theme.RADIUS_PICTURE, theme.RADIUS_PICTURE)
        model = self._model()
        folded = model is not None and model.is_folded(row.group)
        x, y, size = inner.left() + 3, inner.center().y() + 1, 3
        points = ((0, -size), (size, 0), (0, size)) if folded else ((-size, -1), (0, size - 1), (size, -1))
        painter.setPen(QPen(colors.color("quiet"), 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in points]))
        line = inner.adjusted(ARROW, 0, 0, 0)
        shape = "" if self._narrow() or not row.inside else shape_words(row.inside[-1].output_shape)
        self._pair(painter, line, head_words(row), shape, colors.text, colors.quiet, size=theme.SMALL, bold=True)

    def _model(self) -> LayerModel | None:
        view = self.parent()
        model = view.model() if isinstance(view, QListView) else None
        return model if isinstance(model, LayerModel) else None

    def _paint_lines(self, painter: QPainter, row: LayerRow, place: QRect, colors: theme.Palette) -> None:
        assert row.layer is not None
        lines = self._lines(row.layer, self._room(row))
        for number, (left, right) in enumerate(lines):
            line = QRect(
                place.left(), place.top() + number * place.height() // len(lines), place.width(), theme.px(LINE) + 1
            )
            first = number == 0
            ink = colors.text if first else colors.quiet
            size = theme.TEXT if first else theme.SMALL
            self._pair(painter, line, left, right, ink, colors.quiet, size=size)

    def _pair(
        self,
        painter: QPainter,
        place: QRect,
        left: str,
        right: str,
        ink: str,
        right_ink: str,
        *,
        size: int = theme.TEXT,
        bold: bool = False,
    ) -> None:
        """One line: a text at the left, shortened if necessary, and one at the right."""
        painter.setFont(theme.font(theme.SMALL, tabular=True))
        painter.setPen(QPen(right_ink))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, right)
        room = place.width() - (painter.fontMetrics().horizontalAdvance(right) + theme.GAP if right else 0)
        painter.setFont(theme.font(size, bold=bold))
        painter.setPen(QPen(ink))
        key = (left, theme.px(size), room)
        if key not in self._shortened:
            names = self._names if left in self._names else ()
            self._shortened[key] = elided_where_they_differ(left, names, painter.fontMetrics(), room, (MIDDLE,))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self._shortened[key])

    def _cost(self, layer: LayerInfo) -> str:
        if not layer.parameters and not layer.multiply_adds:
            return ""
        return f"{count_words(layer.parameters)} · {count_words(layer.multiply_adds)}"


class _View(QListView):
    """Leaves all keys but PageUp, PageDown, Home and End to the workspace."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        own = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End)
        if event.key() in own:
            super().keyPressEvent(event)
        else:
            event.ignore()


class LayerList(Panel):
    """The panel: the list, and below it the sums."""

    def __init__(self, choice: Selection, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("LayerList", "Layers"), parent)
        self._choice = choice
        self.model = LayerModel(self)
        self.view = _View()
        self.view.setModel(self.model)
        self._delegate = LayerDelegate(self.view)
        self.view.setItemDelegate(self._delegate)
        self.view.setMouseTracking(True)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setAccessibleName(self.tr("Layers"))
        self.total = label("", "small")
        self._columns = columns = ElidedLabel("", "small")
        columns.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.head.setStretch(1, 0)
        self.head.addWidget(columns, 1)
        column = QVBoxLayout()
        column.setSpacing(theme.TIGHT)
        column.addWidget(self.view, 1)
        column.addWidget(self.total)
        self.body.addLayout(column, 1)
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self._unfolding = False
        self.view.clicked.connect(self._on_clicked)
        self.view.selectionModel().currentChanged.connect(self._on_current)
        choice.layers_changed.connect(self._on_layers)
        choice.layer_changed.connect(self._on_layer)
        theme.theme.changed.connect(self.view.viewport().update)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() - theme.px(2 * theme.INSET) < theme.px(NARROW)
        self._columns.setText(self.tr("param. · mult.") if narrow else self.tr("parameters · multiply-adds"))

    def _on_layers(self) -> None:
        self._delegate.set_names(tuple(row.name for row in self._choice.layers))
        self.model.set_layers(self._choice.layers)
        adds = sum(row.multiply_adds for row in self._choice.layers)
        text = self.tr("{0} layers\n{1} parameters\n{2} multiply-adds")
        self.total.setText(text.format(len(self._choice.layers), f"{self._choice.parameters:,}", count_words(adds)))

    def _on_clicked(self, index: QModelIndex) -> None:
        row: LayerRow = index.data(Qt.ItemDataRole.UserRole)
        if row.layer is None:
            self._unfolding = True
            self.model.toggle(row.group)
            self._unfolding = False
            self._mark()

    def _on_layer(self) -> None:
        if self._choice.layer is not None:
            self._unfolding = True
            self.model.unfold_to(self._choice.layer.path)
            self._unfolding = False
        self._mark()

    def _mark(self) -> None:
        """Select the row of the chosen layer, unless it is folded away."""
        for number, row in enumerate(self.model.rows):
            if row.layer is self._choice.layer:
                index = self.model.index(number)
                if index != self.view.currentIndex():
                    self.view.setCurrentIndex(index)
                self.view.scrollTo(index)

    def _on_current(self, index: QModelIndex) -> None:
        row = index.data(Qt.ItemDataRole.UserRole) if index.isValid() else None
        if not self._unfolding and row is not None and row.layer is not None:
            self._choice.choose_layer(row.layer.path)
