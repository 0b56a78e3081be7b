"""The curves on a real chart: few redraws, values under the pointer, scales, and what has no number."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gui import theme
from gui.paint.chart import Chart, Line, label_rooms
from gui.paint.run_curves import RunCurves
from gui.train.curves.curves import ACCURACY, LOSS, CurvesPanel


def trace_of(epochs: int, steps: int, planned: int = 0, name: str = "a") -> RunCurves:
    made = RunCurves(name, f"Run {name}", planned or epochs)
    for epoch in range(1, epochs + 1):
        x = epoch - 1 + np.arange(1, steps + 1) / steps
        made.add_batches(epoch, steps, steps, 2 * np.exp(-x), 1 - np.exp(-x))
        made.add_epoch(epoch, (1.0, 0.5), (2.2 * float(np.exp(-epoch)), 1 - float(np.exp(-epoch))))
    return made


def ticks_of(chart: Chart, side: str) -> list[float]:
    return chart.getPlotItem().getAxis(side).tickValues()[0][1]


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[CurvesPanel]:
    theme.apply("light")
    made = CurvesPanel()
    qtbot.addWidget(made)
    made.resize(900, 260)
    made.show()
    made.show_curves(trace_of(3, 100))
    qtbot.waitUntil(lambda: made.redraws > 0, timeout=90_000)
    yield made
    made.finish()


def test_however_often_numbers_come_it_is_drawn_ten_times_a_second(panel: CurvesPanel, qtbot: QtBot) -> None:
    panel.redraws, began = 0, time.monotonic()
    for _ in range(100):
        panel.redraw_soon()
        qtbot.wait(5)
    assert 1 <= panel.redraws <= (time.monotonic() - began) / 0.1 + 2


def test_the_pointer_reads_values(panel: CurvesPanel) -> None:
    chart = panel.loss.chart
    assert chart is not None
    chart.hovered.emit(2.4)
    words = panel.loss.legend.text()
    assert "epoch 2.40" in words
    assert f"{2 * np.exp(-2.4):.2f}" in words
    assert f"{2.2 * np.exp(-2):.4f}" in words  # validation after the nearest epoch
    assert "%" in panel.accuracy.legend.text()
    chart.hovered.emit(float("nan"))
    assert "best, epoch 3" in panel.accuracy.legend.text()
    assert panel.loss.legend.text() == "Run a"


def test_the_epoch_under_the_pointer_is_the_one_drawn_there(panel: CurvesPanel, qtbot: QtBot) -> None:
    chart = panel.loss.chart
    assert chart is not None
    box = chart.getPlotItem().getViewBox()
    at = chart.mapFromScene(box.mapViewToScene(QPointF(2.0, -0.5)))
    with qtbot.waitSignal(chart.hovered) as hovered:
        qtbot.mouseMove(chart.viewport(), at)
    assert hovered.args is not None
    assert hovered.args[0] == pytest.approx(2.0, abs=0.03)


@pytest.mark.parametrize("size", [(560, 200), (1100, 400)])
@pytest.mark.parametrize("epochs", [1, 2, 5, 6, 7, 12, 50])
def test_the_last_epoch_has_its_tick_and_room_for_its_mark(
    panel: CurvesPanel, epochs: int, size: tuple[int, int]
) -> None:
    panel.resize(*size)
    panel.show_curves(trace_of(epochs, 5))
    panel.redraw()
    panel.grab()  # lays the charts out
    for chart in (panel.loss.chart, panel.accuracy.chart):
        assert chart is not None
        ticks = ticks_of(chart, "bottom")
        assert (ticks[0], ticks[-1]) == (0, epochs)
        box = chart.getPlotItem().getViewBox()
        _, _, bottom, top = chart.bounds
        drawn = QRectF(box.mapViewToScene(QPointF(0, top)), box.mapViewToScene(QPointF(epochs, bottom)))
        ring = drawn.adjusted(-8, -8, 8, 8)  # half of the one around the best epoch, and its line
        assert box.sceneBoundingRect().contains(ring)


def test_what_is_out_of_the_range_is_drawn_outside_of_it(qtbot: QtBot) -> None:
    chart = Chart("Accuracy")
    qtbot.addWidget(chart)
    x = np.array([0.5, 1.0, 2.0])
    y = np.array([0.1, 0.6, 0.9])
    line = Line(x, y, y, y[:2], "red")
    chart.show_lines([line], epochs=2, bottom=0.5, top=1.0, log=False)
    for item in chart._items[0][:2]:
        assert np.array_equal(item.getData()[1], y)
    assert np.array_equal(chart._items[0][3].getData()[1], y[:2])


def test_a_first_epoch_has_ticks(qtbot: QtBot) -> None:
    chart = Chart("Accuracy")
    qtbot.addWidget(chart)
    chart.show_lines([], epochs=1, bottom=0.0, top=1.0, log=False)
    assert ticks_of(chart, "bottom") == [0, 1]
    assert ticks_of(chart, "left") == [0, 0.5, 1]


def test_the_scale_can_be_linear(panel: CurvesPanel) -> None:
    chart = panel.loss.chart
    assert chart is not None
    assert chart.bounds[3] == pytest.approx(np.log10(2))
    panel.log_switch.click()
    assert chart.bounds[2:] == (0.0, 2.0)
    panel.log_switch.click()
    assert chart.bounds[2] < 0


def test_smoothing_can_be_turned_off(panel: CurvesPanel) -> None:
    assert panel.focused is not None
    panel.set_smoothing(0.0)
    line = panel._line(LOSS, panel.focused, "red", False)
    assert np.array_equal(line.smoothed, panel.focused.loss)


def test_every_run_has_a_name_and_one_colour(panel: CurvesPanel) -> None:
    panel.lay_over([(trace_of(5, 20, name="b"), 0), (trace_of(2, 20, name="c"), 1)])
    panel.redraw()
    colors = theme.now()
    names = {"Run a": colors.accent, "Run b": colors.runs[0], "Run c": colors.runs[1]}
    assert {entry.words: entry.color for entry in panel.loss.legend.entries} == names
    chart = panel.loss.chart
    assert chart is not None
    assert chart.bounds[1] == 5
    for (_, smoothed, joined, points), color in zip(chart._items, ["b", "c", "a"], strict=True):
        wanted = names[f"Run {color}"]
        assert smoothed.opts["pen"].color().name() == joined.opts["pen"].color().name() == wanted
        assert points.opts["brush"].color().name() == wanted


def test_the_axis_goes_to_the_last_epoch_that_is_planned(panel: CurvesPanel) -> None:
    trace = trace_of(2, 10, planned=30)
    panel.show_curves(trace)
    panel.redraw()
    assert panel.loss.chart is not None
    assert panel.loss.chart.bounds[1] == 30
    trace.end()
    panel.redraw()
    assert panel.loss.chart.bounds[1] == 2


def test_curves_stay_between_the_axes(panel: CurvesPanel) -> None:
    """Single batches far below the range must not be drawn over the words of the axis."""
    trace = RunCurves("below", "Run below", 1)
    trace.add_batches(1, 100, 100, np.where(np.arange(100) % 20 == 0, 1e-7, 1.0), np.linspace(0.01, 0.9, 100))
    trace.add_epoch(1, (1.0, 0.9), (float("nan"), float("nan")))
    panel.show_curves(trace)
    panel.redraw()
    panel.grab()
    for chart in (panel.loss.chart, panel.accuracy.chart):
        assert chart is not None
        pixels = chart.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        colors = np.array(pixels.constBits()).reshape(pixels.height(), -1, 4)[:, :, 2::-1].astype(int)
        drawn = colors.max(axis=2) - colors.min(axis=2) > 40  # only the curves are colourful
        rows, columns = np.nonzero(drawn)
        box = chart.getPlotItem().getViewBox()
        left, right, bottom, top = chart.bounds
        first, last = box.mapViewToScene(QPointF(left, top)), box.mapViewToScene(QPointF(right, bottom))
        assert len(rows) > 100
        assert rows.min() >= first.y() - 2
        assert rows.max() <= last.y() + 2
        assert columns.min() >= first.x() - 2
        assert columns.max() <= last.x() + 2


def test_the_epoch_on_the_pad_is_marked(panel: CurvesPanel) -> None:
    panel.show_pad("a", 2)
    panel.redraw()
    assert "on the pad, epoch 2" in panel.accuracy.legend.text()
    chart = panel.loss.chart
    assert chart is not None
    assert list(chart._on_pad.getData()[0]) == [2.0]
    panel.show_pad("another", 2)
    panel.redraw()
    assert not len(chart._on_pad.getData()[0])


def test_a_loss_of_nan_and_a_run_without_batches_can_be_drawn(panel: CurvesPanel) -> None:
    broken = trace_of(1, 10, 3)
    broken.add_batches(2, 3, 10, np.array([5.0, np.inf, np.nan]), np.array([0.1, 0.1, np.nan]))
    panel.show_curves(broken)
    panel.redraw()
    bare = RunCurves("d", "Run d", 2)
    bare.add_epoch(1, (1.0, 0.4), (1.1, 0.3))
    panel.show_curves(bare)
    panel.redraw()
    panel.values_at(ACCURACY, 0.5)
    assert not panel.grab().isNull()


def test_a_theme_change_reaches_the_curves(panel: CurvesPanel) -> None:
    chart = panel.loss.chart
    assert chart is not None
    theme.apply("dark")
    panel.redraw()
    assert chart.backgroundBrush().color() == theme.DARK.color("panel")


def test_what_came_in_while_it_was_hidden_is_drawn_when_it_is_shown(panel: CurvesPanel, qtbot: QtBot) -> None:
    panel.show_curves(trace_of(3, 10))
    qtbot.waitUntil(lambda: panel.loss.chart is not None and panel.loss.chart.bounds[1] == 3)
    panel.hide()
    panel.show_curves(trace_of(7, 10))
    qtbot.waitUntil(lambda: not panel._timer.isActive())  # the moment to draw it passed while it was hidden
    panel.show()
    qtbot.waitUntil(lambda: panel.loss.chart.bounds[1] == 7)


def test_no_trace_is_the_empty_state(panel: CurvesPanel) -> None:
    panel.show_curves(None)
    assert panel.state.isVisible()
    assert panel.state.title.text() == "No curves yet"


@pytest.mark.parametrize("width", [520, 900, 1800])
def test_the_words_of_marks_stand_behind_their_lines_and_never_over_another(
    panel: CurvesPanel, qtbot: QtBot, width: int
) -> None:
    """Earlier, "all layers" stood before its line, over "head alone", as if it named the phase that had just ended."""
    trace = trace_of(4, 10)
    trace.marks = [(0.0, "head alone"), (2.0, "all {layers}")]
    panel.resize(width, 260)
    panel.show_curves(trace)
    for chart in (panel.loss.chart, panel.accuracy.chart):
        assert chart is not None
        qtbot.waitUntil(lambda chart=chart: len(chart._marks) == 2)
        lefts = [line.mapToScene(QPointF(0, 0)).x() for line in chart._marks]
        places = [line.label.mapRectToScene(line.label.boundingRect()) for line in chart._marks]
        assert places[0].right() <= places[1].left() + 1
        assert all(place.left() >= left - 1 for place, left in zip(places, lefts, strict=True))
        words = [line.label.textItem.toPlainText().strip() for line in chart._marks]
        assert words[0].startswith("head")
        assert words[1] == "all {layers}"


def test_a_label_without_room_behind_the_last_line_stands_before_it() -> None:
    assert label_rooms((0, 90), (50, 40), 100) == [(0, 90), (1, 40)]
    assert label_rooms((0, 30), (50, 40), 60) == [(0, 30), (0, 30)], "and is cut where it has no room on either side"
    assert label_rooms((), (), 100) == []
