"""The painted views alone, without a network: where numbers stand, and what is under the pointer."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QListView
from pytestqt.qtbot import QtBot

from gui import theme
from gui.explore.maps.bars import UnitBars
from gui.explore.maps.kernels import HIGHEST, LOWEST, SMALLEST, KernelStrip
from gui.explore.maps.maps_panel import MapsPanel
from gui.explore.maps.unit_detail import UnitDetail
from gui.explore.network.layers import LayerDelegate, LayerList, LayerModel, LayerRow
from gui.explore.selection import Selection
from gui.paint.diagram import Diagram, items_of
from gui.paint.grid import MapGrid
from gui.shell.zoom import scale
from gui.threads.live import LiveAnswer
from nets.network.layers import LayerInfo


@pytest.mark.parametrize(
    ("shape", "above"),
    [((64, 7, 7), True), ((40, 14, 14), True), ((4, 28, 28), False), ((3, 1, 7), True), ((3, 7, 1), True)],
)
def test_numbers_stand_above_small_maps(qtbot: QtBot, shape: tuple[int, int, int], above: bool):
    grid = MapGrid()
    qtbot.addWidget(grid)
    grid.resize(400, 400)
    grid.show()
    grid.set_shape(*shape)
    assert bool(grid.grid.band) is above


@pytest.mark.parametrize("shape", [(128, 1, 7), (128, 7, 1), (128, 1, 3)])
def test_the_number_above_a_low_or_narrow_picture_is_whole(qtbot: QtBot, shape: tuple[int, int, int]):
    """Earlier, only the upper halves of the numbers above Inception's 1 x 7 kernels were visible."""

    def number_in(grid: MapGrid, position: int) -> QImage:
        qtbot.addWidget(grid)
        grid.resize(330, 500)
        grid.show()
        cell = grid._cell(position)
        return grid.viewport().grab().toImage().copy(int(cell.left()), int(cell.top()) - 12, 18, 12)

    square, other = MapGrid(smallest=15), MapGrid(smallest=15)
    square.set_shape(128, 3, 3)
    other.set_shape(*shape)
    assert number_in(other, 27) == number_in(square, 27)


def test_each_row_of_bars_begins_with_its_number(qtbot: QtBot):
    bars = UnitBars()
    qtbot.addWidget(bars)
    bars.resize(300, 300)
    bars.show()
    bars.set_count(120)
    bars.set_values(np.linspace(0, 1, 120, dtype=np.float32), 0, 1)
    ratio = bars.devicePixelRatioF()
    x, y = bars._layout.corner(bars._layout.per_row)
    point = QPoint(int(bars._left + x / ratio) + 1, int(y / ratio) + 8)
    assert bars.position_at(point) == bars._layout.per_row
    assert bars.position_at(QPoint(2, point.y())) is None
    strip = bars.viewport().grab().toImage().copy(0, 0, int((bars._left - 2) * ratio), bars.height())
    bars.set_order(np.arange(120)[::-1])
    plain = bars.viewport().grab().toImage().copy(0, 0, int((bars._left - 2) * ratio), bars.height())
    assert strip != plain
    assert len({plain.pixel(column, row) for column in range(plain.width()) for row in range(plain.height())}) == 1


def test_kernels_are_shown_where_they_can_be_read(qtbot: QtBot):
    strip = KernelStrip()
    qtbot.addWidget(strip)
    strip.grid.set_shape(32, 5, 5)
    height = strip.height_in(420)
    assert height is not None
    assert LOWEST <= height <= HIGHEST
    strip.resize(420, height)
    strip.show()
    assert strip.grid.grid.cell_width >= SMALLEST * strip.devicePixelRatioF()
    assert strip.height_in(160) is None


def test_zoomed_kernels_are_shown_whole(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(theme.theme, "zoom", 1.25)
    strip = KernelStrip()
    qtbot.addWidget(strip)
    scale(strip.grid)  # as the zoom does
    strip.grid.set_shape(6, 5, 5)
    height = strip.height_in(420)
    assert height is not None
    assert height >= strip.grid.minimumHeight(), "the strip cuts its pictures off"


def test_a_flattened_unit_says_where_it_lies(qtbot: QtBot):
    maps = LayerInfo("pool", "block/pool", "MaxPooling2D", "Max pooling", (5, 5, 16), 0, 0, "maps")
    flat = LayerInfo("flat", "flat", "Flatten", "Flatten", (400,), 0, 0, "units", inputs=("block/pool",))
    dense = LayerInfo("fc", "fc", "Dense", "Dense", (84,), 10, 10, "units", inputs=("flat",))
    detail = UnitDetail()
    qtbot.addWidget(detail)
    rows = (maps, flat, dense)
    assert detail._place(flat, rows, 2 * 5 * 16 + 3 * 16 + 7) == "map 7, row 2, column 3 of block/pool"
    assert detail._place(dense, rows, 3) == ""


def chain(count: int) -> tuple[LayerInfo, ...]:
    names = ["", *(f"layer{number}" for number in range(count))]
    kinds = ("Conv2D", "Convolution 3 × 3", (28, 28, 32), 147_456, 7_230_000, "maps")
    return tuple(LayerInfo(name, name, *kinds, inputs=(before,)) for before, name in pairwise(names))


def test_the_diagram_begins_with_the_input_again_once_there_is_room(qtbot: QtBot):
    diagram = Diagram()
    qtbot.addWidget(diagram)
    diagram.resize(180, 150)
    diagram.show()
    diagram.set_items(items_of("drawing", (28, 28, 1), chain(12)))
    diagram.set_chosen("layer1")
    assert diagram.horizontalScrollBar().value() > 0
    diagram.resize(900, 150)
    assert diagram.horizontalScrollBar().maximum() > 0
    assert diagram.horizontalScrollBar().value() == 0
    diagram.set_chosen("layer11")
    assert diagram.horizontalScrollBar().value() > 0


def test_long_names_are_elided_in_the_middle_and_take_no_more_room_than_others(qtbot: QtBot):
    diagram = Diagram()
    qtbot.addWidget(diagram)
    diagram.resize(900, 170)
    names = [f"efficientnet/block_{number}/depthwise_separable_convolution_{number}" for number in range(3)]
    layers = tuple(replace(row, name=name) for row, name in zip(chain(3), names, strict=True))
    items = items_of("drawing", (28, 28, 1), layers)
    diagram.set_items(items)
    shown = [diagram._name(item) for item in items[1:]]
    assert all(name.startswith("effic") and "…" in name for name in shown)
    assert [name[-2:] for name in shown] == ["_0", "_1", "_2"]
    assert max(volume.label_room for volume in diagram._layout.volumes) < 140


def test_a_narrow_list_cuts_no_kind_and_no_number(qtbot: QtBot):
    view = QListView()
    qtbot.addWidget(view)
    view.setModel(LayerModel())
    delegate = LayerDelegate(view)
    norm = LayerInfo("norm", "norm", "BatchNormalization", "", (14, 14, 32), 128, 0, "maps")
    pool = LayerInfo("pool", "pool", "MaxPooling2D", "", (14, 14, 128), 0, 0, "maps")
    (conv,) = chain(1)
    view.resize(166, 300)
    assert delegate._lines(conv, 140) == [("layer0", ""), ("Conv2D", "28 × 28 × 32"), ("", "0.15 M · 7.23 M")]
    assert delegate._lines(norm, 140)[1] == ("BatchNormalization", "")
    assert delegate._lines(pool, 120) == [("pool", ""), ("MaxPooling2D", ""), ("", "14 × 14 × 128")]
    view.resize(230, 300)
    assert delegate._lines(norm, 210) == [("norm", "14 × 14 × 32"), ("BatchNormalization", "128 · 0")]
    assert delegate._room(LayerRow("norm", 1, norm)) < delegate._room(LayerRow("norm", 0, norm))


@pytest.mark.parametrize("count", [10, 150])
def test_many_classes_are_listed_with_the_answer_first(qtbot: QtBot, count: int):
    """Ten stay in place under the pen; among a thousand nobody finds the answer, wherever it stands."""
    import keras

    from nets.network.wrap import wrap

    layers = [keras.layers.Flatten(), keras.layers.Dense(count, activation="softmax", name="answer")]
    model = wrap(keras.Sequential([keras.Input((8, 8, 1)), *layers]))
    choice = Selection()
    panel = MapsPanel(choice)
    qtbot.addWidget(panel)
    panel.resize(400, 500)
    panel.show()
    panel.set_model(model)
    choice.set_layers(model.layers)
    choice.choose_layer("answer")
    values = np.linspace(0, 1, count, dtype=np.float32)
    panel.set_answer(LiveAnswer(1, model, maps={"answer": values}))
    expected = np.arange(count) if count == 10 else np.arange(count)[::-1]
    assert choice.order.tolist() == expected.tolist()
    assert panel.sort.isVisible() == (count == 10)


def blocks(count: int) -> tuple[LayerInfo, ...]:
    rows = [LayerInfo("stem", "stem", "Conv2D", "", (28, 28, 8), 10, 100, "maps")]
    for number in range(count):
        for name, kind, cost in (("conv", "Conv2D", 5), ("add", "Add", 0)):
            rows.append(LayerInfo(name, f"block{number}/{name}", kind, "", (14, 14, 8), cost, cost * 10, "maps"))
    return tuple(rows)


def test_of_many_blocks_the_heads_are_shown_and_a_click_unfolds_one(qtbot: QtBot):
    choice = Selection()
    panel = LayerList(choice)
    qtbot.addWidget(panel)
    panel.resize(230, 500)
    panel.show()
    choice.set_layers(blocks(5))
    choice.choose_layer("stem")
    model = panel.model
    assert [row.name for row in model.rows] == ["stem", *(f"block{number}" for number in range(5))]
    assert [row.name for row in model.rows if row.layer is not None] == ["stem"]
    tip = model.data(model.index(3), Qt.ItemDataRole.ToolTipRole)
    assert "block2: 2 layers; a click shows its layers" in tip
    assert "14 × 14 × 8" in tip
    assert "5 parameters, 50 multiply-adds" in tip
    qtbot.mouseClick(
        panel.view.viewport(), Qt.MouseButton.LeftButton, pos=panel.view.visualRect(model.index(3)).center()
    )
    assert [row.name for row in model.rows][3:6] == ["block2", "conv", "add"]
    assert choice.layer is not None
    assert choice.layer.path == "stem", "unfolding chooses nothing"
    choice.choose_layer("block4/add")
    assert [row.name for row in model.rows][-3:] == ["block4", "conv", "add"], "what is chosen is shown"
    current = panel.view.currentIndex().data(Qt.ItemDataRole.UserRole)
    assert current.layer is choice.layer


def test_few_blocks_are_not_folded(qtbot: QtBot):
    model = LayerModel()
    model.set_layers(blocks(3))
    assert len(model.rows) == 1 + 3 * 3
    model.toggle("block1")
    assert [row.name for row in model.rows][4:7] == ["block1", "block2", "conv"]
    model.unfold_to("block1/add")
    assert len(model.rows) == 1 + 3 * 3
