"""The layers of the network down the left: what each is, what it gives, what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QCoreApplication, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget

from gui import theme
from gui.explore.selection import Selection
from gui.paint.numbers import count_words, shape_words
from gui.widgets import ElidedLabel, Panel, label

if TYPE_CHECKING:
    from nets.network.layers import LayerInfo

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT, LINE, GROUP_HEIGHT, INDENT = 40, 16, 24, 12
SCROLL_BAR = 14
NARROW = 190


@dataclass(frozen=True)
class Row:
    """A layer, or (``layer`` None) the name of a nested model above its layers. ``level`` is its depth of nesting."""

    name: str
    level: int
    layer: LayerInfo | None = None


def rows_of(layers: tuple[LayerInfo, ...]) -> tuple[Row, ...]:
    """The layers, each nested model's name before its first layer."""
    rows: list[Row] = []
    open_groups: tuple[str, ...] = ()
    for layer in layers:
        groups = tuple(layer.path.split("/")[:-1])
        for level, group in enumerate(groups):
            if groups[: level + 1] != open_groups[: level + 1]:
                rows.append(Row(group, level))
        open_groups = groups
        rows.append(Row(layer.name, len(groups), layer))
    return tuple(rows)


class LayerModel(QAbstractListModel):
    """``Qt.UserRole`` gives the ``Row``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()

    def set_layers(self, layers: tuple[LayerInfo, ...]) -> None:
        self.beginResetModel()
        self.rows = rows_of(layers)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (Qt's own signature)
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.name
        if role == Qt.ItemDataRole.ToolTipRole and row.layer is not None:
            return self._tip(row.layer)
        return None

    def _tip(self, layer: LayerInfo) -> str:
        lines = [
            layer.path,
            f"{layer.title} ({layer.kind})",
            self.tr("output {0}").format(shape_words(layer.output_shape)),
            self.tr("{0} parameters, {1} multiply-adds").format(f"{layer.parameters:,}", f"{layer.multiply_adds:,}"),
        ]
        if layer.why_not:
            lines.append(self.tr("cannot be shown: {0}").format(layer.why_not))
        return "\n".join(lines)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.rows[index.row()].layer is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class LayerDelegate(QStyledItemDelegate):
    """Two lines: name and output; kind and cost."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row: Row = index.data(Qt.ItemDataRole.UserRole)
        if row.layer is None:
            return QSize(120, theme.px(GROUP_HEIGHT))
        return QSize(120, theme.px(ROW_HEIGHT) + theme.px(LINE) * (len(self._lines(row.layer, self._room(row))) - 2))

    def _room(self, row: Row) -> int:
        """The width of a row's text, beside a scroll bar whether there is one or not: rows keep their heights."""
        view = self.parent()
        width = view.width() - SCROLL_BAR if isinstance(view, QListView) else NARROW
        return width - 2 * theme.GAP - row.level * INDENT

    def _lines(self, layer: LayerInfo, room: int) -> list[tuple[str, str]]:
        """(left, right) of each line; where there is little room, what would be cut has a line of its own."""
        cost, shape = self._cost(layer), shape_words(layer.output_shape)
        if not self._narrow():
            return [(layer.name, shape), (layer.kind, cost)]
        metrics = QFontMetrics(theme.font(theme.SMALL, tabular=True))

        def fit(left: str, right: str) -> bool:
            return metrics.horizontalAdvance(left) + theme.GAP + metrics.horizontalAdvance(right) <= room

        if fit(layer.kind, shape):
            return [(layer.name, ""), (layer.kind, shape), *([("", cost)] if cost else [])]
        if not cost or fit(shape, cost):
            return [(layer.name, ""), (layer.kind, ""), (shape, cost) if cost else ("", shape)]
        return [(layer.name, ""), (layer.kind, ""), ("", shape), ("", cost)]

    def _narrow(self) -> bool:
        """Whether names and numbers need lines of their own."""
        view = self.parent()
        return isinstance(view, QListView) and view.width() < NARROW

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(Qt.ItemDataRole.UserRole)
        place: QRect = option.rect
        state: QStyle.StateFlag = option.state
        colors = theme.now()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inner = place.adjusted(theme.GAP + row.level * INDENT, 0, -theme.GAP, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        if row.layer is None:
            painter.setFont(theme.font(theme.SMALL, bold=True))
            painter.setPen(colors.color("quiet"))
            painter.drawText(inner, middle, row.name)
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

    def _paint_lines(self, painter: QPainter, row: Row, place: QRect, colors: theme.Palette) -> None:
        assert row.layer is not None
        lines = self._lines(row.layer, self._room(row))
        for number, (left, right) in enumerate(lines):
            line = QRect(
                place.left(), place.top() + number * place.height() // len(lines), place.width(), theme.px(LINE) + 1
            )
            first = number == 0
            ink = colors.text if first else colors.quiet
            size = theme.TEXT if first else theme.SMALL
            _pair(painter, line, left, right, ink, colors.quiet, size=size)

    def _cost(self, layer: LayerInfo) -> str:
        if not layer.parameters and not layer.multiply_adds:
            return ""
        return f"{count_words(layer.parameters)} · {count_words(layer.multiply_adds)}"


def _pair(
    painter: QPainter,
    place: QRect,
    left: str,
    right: str,
    ink: str,
    right_ink: str,
    *,
    size: int = theme.TEXT,
) -> None:
    """A line with a text at its left, shortened where needed, and one at its right."""
    painter.setFont(theme.font(theme.SMALL, tabular=True))
    painter.setPen(QPen(right_ink))
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, right)
    room = place.width() - (painter.fontMetrics().horizontalAdvance(right) + theme.GAP if right else 0)
    painter.setFont(theme.font(size))
    painter.setPen(QPen(ink))
    shown = painter.fontMetrics().elidedText(left, Qt.TextElideMode.ElideMiddle, room)
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)


class _View(QListView):
    """Sideways arrows and letters belong to the workspace."""

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
        self.view.setItemDelegate(LayerDelegate(self.view))
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
        self.view.selectionModel().currentChanged.connect(self._on_current)
        choice.layers_changed.connect(self._on_layers)
        choice.layer_changed.connect(self._on_layer)
        theme.theme.changed.connect(self.view.viewport().update)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() - 2 * theme.INSET < NARROW
        self._columns.setText(self.tr("param. · mult.") if narrow else self.tr("parameters · multiply-adds"))

    def _on_layers(self) -> None:
        self.model.set_layers(self._choice.layers)
        adds = sum(row.multiply_adds for row in self._choice.layers)
        text = self.tr("{0} layers\n{1} parameters\n{2} multiply-adds")
        self.total.setText(text.format(len(self._choice.layers), f"{self._choice.parameters:,}", count_words(adds)))

    def _on_layer(self) -> None:
        for number, row in enumerate(self.model.rows):
            if row.layer is self._choice.layer:
                index = self.model.index(number)
                if index != self.view.currentIndex():
                    self.view.setCurrentIndex(index)
                self.view.scrollTo(index)

    def _on_current(self, index: QModelIndex) -> None:
        row = index.data(Qt.ItemDataRole.UserRole) if index.isValid() else None
        if row is not None and row.layer is not None:
            self._choice.choose_layer(row.layer.path)
