"""What is chosen, and the tables made from rows: no window."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from pytestqt.qtbot import QtBot

from gui.bindings import pressed_row
from gui.explore.keys import BINDINGS
from gui.explore.maps.unit_detail import place_words
from gui.explore.network.layers import head_words, rows_of
from gui.explore.selection import Selection
from gui.explore.watching import paths_to_watch
from gui.paint.numbers import count_words, shape_words, value_words
from nets.network.layers import LayerInfo


def layer(path: str, shape: tuple[int, ...] = (8, 8, 4), shows: str = "maps") -> LayerInfo:
    return LayerInfo(path.rsplit("/", 1)[-1], path, "Conv2D", "Convolution", shape, 10, 100, shows)


LAYERS = (layer("stem"), layer("block/conv"), layer("block/deep/conv"), layer("block/pool"), layer("fc", (6,), "units"))


def test_the_first_layer_with_maps_is_chosen(qtbot: QtBot):
    choice = Selection()
    choice.set_layers((layer("flat", (9,), "units"), *LAYERS))
    assert choice.layer is not None
    assert choice.layer.path == "stem"


def test_the_first_convolution_is_chosen_before_what_prepares_its_input(qtbot: QtBot):
    choice = Selection()
    rescaling = replace(layer("rescaling", (28, 28, 1)), kind="Rescaling")
    choice.set_layers((rescaling, replace(layer("conv"), kernel_shape=(3, 3, 1)), layer("pool")))
    assert choice.layer is not None
    assert choice.layer.path == "conv"


def test_a_layer_that_shows_nothing_is_not_chosen_first(qtbot: QtBot):
    choice = Selection()
    rows = (layer("rows", (28, 28), "nothing"), layer("mean", (16,), "units"))
    choice.set_layers(rows)
    assert choice.layer is rows[1]
    choice.set_layers(())
    choice.set_layers(rows[:1])
    assert choice.layer is rows[0]


def test_a_pinned_pixel_stays_where_the_next_model_has_it_too(qtbot: QtBot):
    choice = Selection()
    choice.set_layers(LAYERS)
    choice.choose_layer("block/conv")
    choice.choose_map(2)
    choice.pin((3, 5))
    choice.set_layers(tuple(replace(row) for row in LAYERS))  # a copy, as after a step of gradient descent
    assert choice.layer is not None
    assert (choice.layer.path, choice.map, choice.pixel) == ("block/conv", 2, (3, 5))
    choice.set_layers((layer("block/conv", (4, 4, 4)),))
    assert choice.pixel is None


def test_layers_and_maps_are_walked_to_their_ends(qtbot: QtBot):
    choice = Selection()
    choice.set_layers(LAYERS)
    choice.walk_layers(-1)
    assert choice.layer is LAYERS[0]
    for _ in range(9):
        choice.walk_layers(1)
    assert choice.layer is LAYERS[-1]
    for _ in range(9):
        choice.walk_maps(1)
    assert choice.map == 5
    choice.order = np.array([3, 5, 0, 1, 2, 4])
    choice.walk_maps(-1)
    assert choice.map == 3


def test_another_model_with_the_same_layer_keeps_the_choice(qtbot: QtBot):
    choice = Selection()
    choice.set_layers(LAYERS)
    choice.choose_layer("block/conv")
    choice.choose_map(2)
    choice.set_layers(tuple(layer(row.path) for row in LAYERS))
    assert choice.layer is not None
    assert (choice.layer.path, choice.map) == ("block/conv", 2)
    choice.set_layers((layer("other"),))
    assert choice.layer.path == "other"
    assert choice.map == 0


def test_signals_are_sent_for_changes_only(qtbot: QtBot):
    choice = Selection()
    choice.set_layers(LAYERS)
    with qtbot.assertNotEmitted(choice.map_changed):
        choice.choose_map(choice.map)
        choice.choose_map(99)
    with qtbot.assertNotEmitted(choice.layer_changed):
        choice.choose_layer("stem")
        choice.choose_layer("nowhere")


def test_ranges_go_round(qtbot: QtBot):
    choice = Selection("layer")
    seen = []
    for _ in range(3):
        choice.next_range()
        seen.append(choice.range)
    assert seen == ["network", "map", "layer"]
    assert Selection("nonsense").range == "layer"


def test_nested_models_have_a_row_above_their_layers():
    rows = [(row.name, row.level, row.layer is not None) for row in rows_of(LAYERS)]
    assert rows == [
        ("stem", 0, True),
        ("block", 0, False),
        ("conv", 1, True),
        ("deep", 1, False),
        ("conv", 2, True),
        ("pool", 1, True),
        ("fc", 0, True),
    ]


def test_a_folded_model_says_that_it_is_frozen():
    def heads(*frozen: str) -> list[str]:
        rows = rows_of(tuple(replace(one, parameters=9, frozen=one.path in frozen) for one in LAYERS))
        return [head_words(row) for row in rows if row.layer is None]

    assert heads("stem") == ["block", "deep"]
    assert heads("block/deep/conv") == ["block", "deep · frozen"]
    assert heads("block/conv", "block/deep/conv", "block/pool") == ["block · frozen", "deep · frozen"]
    assert [head_words(row) for row in rows_of(LAYERS) if row.layer is None] == ["block", "deep"]


def test_a_small_network_is_watched_whole_and_a_large_one_in_view_only():
    assert paths_to_watch(LAYERS, LAYERS[0], whole_network=False) == tuple(row.path for row in LAYERS)
    large = (*LAYERS, layer("huge", (512, 512, 64)))
    assert paths_to_watch(large, LAYERS[0], whole_network=False) == ("stem",)
    assert paths_to_watch(large, LAYERS[-1], whole_network=False, also=("block/pool",)) == ("block/pool", "fc")
    assert len(paths_to_watch(large, LAYERS[0], whole_network=True)) == len(large)
    hidden = (layer("fold", (49, 8), "nothing"),)
    assert paths_to_watch(hidden, hidden[0], whole_network=False) == ()


@pytest.mark.parametrize("row", BINDINGS, ids=lambda row: row.name)
def test_every_key_finds_its_row(row):
    for name in row.keys:
        key = getattr(Qt.Key, f"Key_{name}")
        press = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
        assert pressed_row(BINDINGS, press) == row.name
        held = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.ControlModifier)
        assert pressed_row(BINDINGS, held) == ""


def test_numbers_in_words():
    assert shape_words((28, None, 6)) == "28 × ? × 6"
    assert [count_words(n) for n in (61_706, 117_600, 1_234_567, 15_400_000, 2_000_000_000)] == [
        "61,706",
        "0.12 M",
        "1.23 M",
        "15.4 M",
        "2.00 G",
    ]
    assert [value_words(v) for v in (0, 1.23456, -0.5, 123.456, 1e-7, 1e6)] == [
        "0",
        "1.235",
        "−0.500",
        "123.5",
        "1.0·10⁻⁷",
        "1.0·10⁶",
    ]
    assert place_words(12, (84,)) == "unit 12"
    assert place_words(2 * 5 * 16 + 3 * 16 + 7, (5, 5, 16)) == "map 7, row 2, column 3"
