"""The equation's layout: legible numbers at every size, and the exact value under the cursor."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from gui import theme
from gui.paint.equation import HEADING, LEGIBLE, Equation, Matrix, Row, Sign, Words
from gui.paint.matrix import NUMBERED, SMALLEST_TEXT, text_size
from gui.paint.numbers import float32_words
from gui.paint.pixels import NON_FINITE, coloured
from gui.paint.scales import COLOURS, IMAGE, Scale
from gui.paint.snapshot import Slide, picture_of
from nets.pictures import colour

RANDOM = np.random.default_rng(0)


def rows(side: int) -> tuple[Row, ...]:
    one, two = RANDOM.normal(size=(2, side, side))
    product = Matrix("products", one * two, factors=(one, two))
    return (
        (Words("a line of text"),),
        (Matrix("patch", one), Sign("×"), Matrix("kernel", two), Sign("="), product, Words("sum", strong=True)),
        (Words("the result", "accent"),),
    )


def shown(qtbot: QtBot, pieces: tuple[Row, ...], width: int, height: int) -> Equation:
    made = Equation()
    qtbot.addWidget(made)
    made.resize(width, height)
    made.set_rows(pieces, "a hint")
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.mark.parametrize(("width", "height"), [(484, 330), (300, 200), (760, 500), (220, 900)])
@pytest.mark.parametrize("side", [1, 3, 5, 11])
def test_numbers_stay_legible_and_nothing_is_cut(qtbot: QtBot, width: int, height: int, side: int) -> None:
    pieces = rows(side)
    view = shown(qtbot, pieces, width, height)
    matrices = [piece for piece in pieces[1] if isinstance(piece, Matrix)]
    for matrix in matrices:
        place = view.place_of(matrix)
        assert place.right() <= view.width()
        cell = place.width() / side
        assert cell == place.height() / side
        if width / side >= LEGIBLE + 1:
            assert cell >= NUMBERED
            assert text_size(cell) >= SMALLEST_TEXT
    placed = [view.place_of(piece) for row in pieces for piece in row]
    for number, place in enumerate(placed):
        assert not any(place.intersects(other) for other in placed[number + 1 :])
    bottom = max(place.bottom() for place in placed)
    assert bottom <= view.height() + view.verticalScrollBar().maximum()


def test_it_scrolls_only_where_it_has_to(qtbot: QtBot) -> None:
    assert shown(qtbot, rows(3), 760, 500).verticalScrollBar().maximum() == 0
    low = shown(qtbot, rows(11), 484, 330)
    assert low.verticalScrollBar().maximum() > 0
    last = low.rows[-1][0]
    assert low.place_of(last).top() > low.height()
    low.verticalScrollBar().setValue(low.verticalScrollBar().maximum())
    assert low.place_of(last).bottom() <= low.height()


def test_the_tooltip_gives_the_exact_number_where_it_was_scrolled_to(qtbot: QtBot) -> None:
    view = shown(qtbot, rows(5), 300, 150)
    products = view.rows[1][4]
    assert isinstance(products, Matrix)
    assert products.factors is not None
    view.verticalScrollBar().setValue(int(view.place_of(products).top()) - HEADING)
    place = view.place_of(products)
    cell = place.width() / 5
    words = view.exact_at(place.topLeft() + QPointF(2.5 * cell, 1.5 * cell))
    assert words.startswith(f"[1, 2]  {float32_words(products.values[1, 2])} = ")
    assert " × " in words


def test_not_a_number_has_one_colour_in_every_view_and_in_saved_pictures(qtbot: QtBot) -> None:
    values = np.array([[1.0, np.nan], [np.inf, -np.inf]])
    for scale in (IMAGE, Scale.of_values(values), Scale.of_values(values, signed=True)):
        pixels = coloured(values, scale.low, scale.high, scale.colours)
        assert (pixels == NON_FINITE).tolist() == [[False, True], [True, True]]
        assert NON_FINITE not in scale.colours
    saved = colour.colourise(values, 0.0, 1.0, colour.VIRIDIS)
    assert [QColor(*saved[0, 1].tolist()).rgb(), QColor(*saved[1, 0].tolist()).rgb()] == [NON_FINITE, NON_FINITE]
    view = shown(qtbot, ((Matrix("lost", values),),), 300, 200)
    place = view.place_of(view.rows[0][0])
    picture = view.grab().toImage()
    assert picture.pixel(int(place.left() + 0.6 * place.width()), int(place.top()) + 3) == NON_FINITE
    assert NON_FINITE not in COLOURS[True]


def test_a_picture_of_it_has_what_is_scrolled_out_of_view(qtbot: QtBot) -> None:
    view = shown(qtbot, rows(11), 484, 200)
    assert view.verticalScrollBar().maximum() > 0
    whole = view.unrolled()
    qtbot.addWidget(whole)
    (inside,) = whole.findChildren(Equation)
    assert inside.verticalScrollBar().maximum() == 0
    assert inside.place_of(view.rows[-1][0]).bottom() <= inside.height() <= whole.height()
    picture = picture_of(whole, Slide("LeNet", "conv2", np.ones((28, 28), np.float32)))
    assert (picture.width(), picture.devicePixelRatio()) == (2 * whole.width(), 2)
    kernel = next(piece for piece in view.rows[1] if isinstance(piece, Matrix) and piece.title == "kernel")
    place = inside.place_of(kernel)
    below = picture.height() - 2 * whole.height()
    at = (place.topLeft() + QPointF(inside.pos()) + QPointF(3, 3)) * 2 + QPointF(0, below)
    scale = Scale.of_values(kernel.values, signed=True)
    pixels = coloured(kernel.values, scale.low, scale.high, scale.colours)
    assert picture.pixel(at.toPoint()) == int(pixels[0, 0])


@pytest.mark.parametrize("zoom", [1.0, 1.5, 2.0])
def test_lines_and_cells_grow_with_the_zoom(qtbot: QtBot, zoom: float) -> None:
    view = shown(qtbot, rows(3), 1200, 900)
    before = theme.theme.zoom
    try:
        theme.theme.zoom = zoom
        theme.theme.changed.emit()
        placed = [(piece, view.place_of(piece)) for row in view.rows for piece in row]
        for number, (piece, place) in enumerate(placed):
            assert not any(place.intersects(other) for _, other in placed[number + 1 :])
            if isinstance(piece, Words):
                assert place.height() >= theme.font().pixelSize() * 1.2
        assert view.cell() >= LEGIBLE * zoom
    finally:
        theme.theme.zoom = before
        theme.theme.changed.emit()
