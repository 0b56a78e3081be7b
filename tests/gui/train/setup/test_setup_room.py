"""Which control of the form stands where, by the room there is."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import theme
from gui.train.setup.choices import Choices
from gui.train.setup.setup import SetupBar
from gui.train.training_state import TrainingState
from gui.widgets import Select


def is_wide_enough(menu: Select) -> bool:
    return menu.fontMetrics().horizontalAdvance(menu.currentText()) <= menu.width() - 2 * theme.GAP - 22


def test_the_menus_get_the_room_that_the_buttons_do_not_need(bar: SetupBar, qtbot: QtBot) -> None:
    bar.resize(716, bar.height())
    qtbot.waitUntil(lambda: bar.width() == 716)
    bar.choose(Choices("lenet", "digits", "default"))

    def inside(running: bool) -> bool:
        bar.show_training(TrainingState(phase="training", config=bar.config()) if running else TrainingState())
        QApplication.processEvents()
        shown = (bar.pause, bar.stop) if running else (bar.train, bar.unfold)
        return all(bar.rect().contains(QRect(one.mapTo(bar, QPoint()), one.size())) for one in shown)

    assert inside(running=False)
    name = bar.network
    assert name.fontMetrics().horizontalAdvance(name.currentText()) <= name.width() - 2 * theme.GAP - 22
    assert inside(running=True)
    assert inside(running=False)
    wide = [name for name in (bar.network, bar.dataset, bar.recipe) if is_wide_enough(name)]
    assert wide == [bar.network, bar.dataset, bar.recipe], "one was cut off while another had room to spare"


def test_at_no_width_is_a_menu_cut_while_another_has_room_to_spare(bar: SetupBar, qtbot: QtBot) -> None:
    """A recipe with a long name beside a network with a short one, and the other way round."""
    for network, recipe in (("lenet", "lenet-sgd"), ("simple_cnn", "")):
        bar.choose(Choices(network, "digits", recipe))
        for width in range(1000, 540, -30):
            bar.resize(width, bar.height())
            qtbot.waitUntil(lambda width=width: bar.width() == width)
            QApplication.processEvents()
            assert all(is_wide_enough(menu) for menu in (bar.network, bar.dataset, bar.recipe)), (network, width)


def test_where_the_menus_would_be_cut_the_buttons_stand_below_them(bar: SetupBar, qtbot: QtBot) -> None:
    bar.choose(Choices("lenet", "digits", "default"))
    assert not bar.fields.is_in_two_rows
    bar.resize(540, bar.height())
    qtbot.waitUntil(lambda: bar.width() == 540)
    assert bar.fields.is_in_two_rows
    qtbot.waitUntil(lambda: bar.epochs.mapTo(bar, QPoint()).y() > bar.network.geometry().bottom(), timeout=5_000)
    assert all(is_wide_enough(menu) for menu in (bar.network, bar.dataset, bar.recipe))
    bar.show_training(TrainingState(phase="training", config=bar.config()))
    assert bar.fields.is_in_two_rows, "Pause and Stop have other widths, and moved the menus"
    bar.show_training(TrainingState())
    bar.resize(1000, bar.height())
    qtbot.waitUntil(lambda: not bar.fields.is_in_two_rows, timeout=5_000)
    bar.show_training(TrainingState(phase="training", config=bar.config()))
    assert not bar.fields.is_in_two_rows


def test_where_three_menus_have_no_room_beside_one_another_the_recipe_stands_below(bar: SetupBar, qtbot: QtBot) -> None:
    bar.choose(Choices("lenet", "digits", "lenet-sgd"))
    bar.resize(400, bar.height())
    qtbot.waitUntil(lambda: bar.fields.is_in_three_rows, timeout=5_000)
    menus = (bar.network, bar.dataset, bar.recipe)
    qtbot.waitUntil(lambda: all(is_wide_enough(menu) for menu in menus), timeout=5_000)
    assert bar.recipe.mapTo(bar, QPoint()).y() > bar.network.mapTo(bar, QPoint()).y()
    assert bar.recipe.mapTo(bar, QPoint()).x() == bar.network.mapTo(bar, QPoint()).x()
    bar.resize(1000, bar.height())
    qtbot.waitUntil(lambda: not bar.fields.is_in_two_rows, timeout=5_000)
    assert not bar.fields.is_in_three_rows
    qtbot.waitUntil(lambda: bar.recipe.mapTo(bar, QPoint()).y() == bar.network.mapTo(bar, QPoint()).y(), timeout=5_000)
