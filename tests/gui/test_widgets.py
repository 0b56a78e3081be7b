"""The small widgets."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QCursor, QFontMetrics, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QStyle, QToolTip
from pytestqt.qtbot import QtBot

from gui import theme
from gui.shell.zoom import scale
from gui.train.setup.train_buttons import TrainButtons
from gui.widgets import ElidedLabel, PartsLabel, Select, StateView, button, label, set_menu
from gui.widgets.eliding import MIDDLE, elided_where_they_differ

RELEASE = QEvent.Type.MouseButtonRelease


def test_the_list_of_a_narrow_select_shows_its_longest_row(qtbot: QtBot) -> None:
    theme.apply("light")
    long = "the network that was trained with the settings of the paper"
    select = Select([("a", "short"), ("b", long)])
    qtbot.addWidget(select)
    select.setFixedWidth(90)
    select.show()
    select.showPopup()
    assert select.view().width() >= select.fontMetrics().horizontalAdvance(long)
    select.hidePopup()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_frame_of_a_list_has_the_colour_of_lines(qtbot: QtBot, scheme: str) -> None:
    """Fusion draws a dark line above and below the list unless it is told otherwise."""
    theme.apply(scheme)
    select = Select([("a", "one"), ("b", "two")])
    qtbot.addWidget(select)
    select.show()
    select.showPopup()
    image = select.view().parentWidget().grab().toImage()
    middle = image.width() // 2
    frame = {QColor(image.pixel(middle, y)).name() for y in (0, 1, 2, 3, image.height() - 2, image.height() - 1)}
    select.hidePopup()
    theme.apply("light")
    colors = theme.DARK if scheme == "dark" else theme.LIGHT
    assert frame <= {colors.line, colors.panel}


@pytest.mark.parametrize("zoom", [1.0, 1.5, 2.0])
def test_the_icon_of_an_empty_panel_grows_with_the_text(qtbot: QtBot, zoom: float) -> None:
    theme.apply("light")
    theme.theme.zoom = zoom
    try:
        state = StateView()
        qtbot.addWidget(state)
        state.empty("No curves yet", icon="chart-line")
        scale(state._emblem)
        image = state._emblem.grab().toImage()
    finally:
        theme.theme.zoom = 1.0
    ground = image.pixel(0, 0)
    columns = [x for x in range(image.width()) if any(image.pixel(x, y) != ground for y in range(image.height()))]
    assert columns[-1] + 1 - columns[0] == pytest.approx(19 * zoom, abs=2)


def test_the_icons_of_a_menu_grow_with_the_text(qtbot: QtBot) -> None:
    menu = QMenu()
    qtbot.addWidget(menu)
    sides = []
    for zoom in (1.0, 2.0):
        theme.theme.zoom = zoom
        theme.apply("light")
        menu.ensurePolished()
        sides.append(menu.style().pixelMetric(QStyle.PixelMetric.PM_SmallIconSize, None, menu))
    theme.theme.zoom = 1.0
    theme.apply("light")
    assert sides == [16, 32]


def test_a_line_of_parts_that_do_not_fit_has_a_brief_form(qtbot: QtBot) -> None:
    theme.apply("light")
    words = PartsLabel("loading TensorFlow …", between=" · ")
    qtbot.addWidget(words)
    words.set_brief("loading …")
    whole, brief = (words.fontMetrics().horizontalAdvance(text) for text in (words.text(), "loading …"))
    assert words.shown_text(whole) == "loading TensorFlow …"
    assert words.shown_text(whole - 1) == "loading …"
    assert words.shown_text(brief - 1).endswith("…")
    assert words.shown_text(20) == ""
    words.set_brief("")
    words.setText("CPU · 2 threads")
    assert words.shown_text(words.fontMetrics().horizontalAdvance("CPU · 2")) == "CPU"


def test_titles_are_elided_where_they_differ(qtbot: QtBot) -> None:
    metrics = QFontMetrics(theme.font())
    room = metrics.horizontalAdvance("block3_con") + metrics.horizontalAdvance("…")
    alike = ["block3_conv1_first", "block3_conv1_second", "dense"]
    first, second = (elided_where_they_differ(title, alike, metrics, room) for title in alike[:2])
    assert first != second
    assert first.startswith("b")
    assert first.endswith("t")
    alone = elided_where_they_differ("Adam, five epochs", ["Adam, five epochs", "SGD, as in the paper"], metrics, room)
    assert alone.startswith("Adam, ")
    assert alone.endswith("…")


def test_names_that_differ_in_their_middle_are_told_apart(qtbot: QtBot) -> None:
    metrics = QFontMetrics(theme.font())
    names = [f"encoder_stage_{number}_depthwise_convolution" for number in range(4)]
    room = metrics.horizontalAdvance("encoder_stage")
    shown = [elided_where_they_differ(name, names, metrics, room, (MIDDLE,)) for name in names]
    assert len(set(shown)) == 4
    assert shown[2].startswith("…stage_2")
    assert all(metrics.horizontalAdvance(one) <= room for one in shown)
    ends = ["block_of_the_encoder_conv1", "block_of_the_encoder_conv2", "short"]
    first, second, short = (elided_where_they_differ(name, ends, metrics, room, (MIDDLE,)) for name in ends)
    assert first.endswith("1")
    assert second.endswith("2")
    assert short == "short"
    branches = [f"branch{number}_conv{layer}" for number in (1, 2, 3) for layer in (1, 2)]
    room = metrics.horizontalAdvance("branch2_conv")
    assert elided_where_they_differ("branch2_conv2", branches, metrics, room, (MIDDLE,)).startswith("…2_conv")


MARKUP = '<b>bold</b> <img src="picture.png">'


def test_no_text_is_taken_for_html(qtbot: QtBot) -> None:
    """Earlier, a class in a stranger's card that named a pipe as a picture froze the window."""
    theme.apply("light")
    state = StateView()
    for made in (state, label(MARKUP), label(), ElidedLabel(MARKUP), PartsLabel(MARKUP, between=" ")):
        qtbot.addWidget(made)
        made = made.title if isinstance(made, StateView) else made
        made.setText(MARKUP)
        assert made.textFormat() == Qt.TextFormat.PlainText
    shown = label(MARKUP)
    qtbot.addWidget(shown)
    assert shown.sizeHint().width() >= shown.fontMetrics().horizontalAdvance(MARKUP)
    QToolTip.showText(QPoint(100, 100), MARKUP)
    (tip,) = (one for one in QApplication.topLevelWidgets() if one.metaObject().className() == "QTipLabel")
    assert isinstance(tip, QLabel)
    assert (tip.text(), tip.textFormat()) == (MARKUP, Qt.TextFormat.PlainText)
    QToolTip.hideText()


def test_labels_are_made_in_one_place() -> None:
    """So that each shows its text as it is written. Those made elsewhere have a picture, or a literal."""
    gui = Path(__file__).resolve().parents[2] / "gui"
    elsewhere = [
        f"{path.relative_to(gui).as_posix()}:{node.lineno}"
        for path in gui.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "QLabel"
        and not all(isinstance(argument, ast.Constant) for argument in node.args)
    ]
    assert [place.partition(":")[0] for place in elsewhere] == ["widgets/labels.py"]


def _clicks(buttons: TrainButtons, times: Sequence[int]) -> None:
    """Clicks at one place of the screen, at these milliseconds; those soon after another come as double-clicks."""
    place = buttons.train.mapToGlobal(buttons.train.rect().center())
    for number, time in enumerate(times):
        double = number % 2 == 1 and time - times[number - 1] < QApplication.styleHints().mouseDoubleClickInterval()
        for kind in (QEvent.Type.MouseButtonDblClick if double else QEvent.Type.MouseButtonPress, RELEASE):
            target = buttons.stop if buttons.stop.isVisible() else buttons.train
            held = Qt.MouseButton.NoButton if kind == RELEASE else Qt.MouseButton.LeftButton
            at = QPointF(target.mapFromGlobal(place))
            event = QMouseEvent(kind, at, QPointF(place), Qt.MouseButton.LeftButton, held, Qt.KeyboardModifier(0))
            event.setTimestamp(time + 1000)
            QApplication.sendEvent(target, event)


@pytest.mark.parametrize(
    ("times", "pressed"),
    [((0, 90), ["train"]), ((0, 90, 180, 270), ["train"]), ((0, 90, 1200), ["train", "stop"]), ((0,), ["train"])],
)
def test_a_double_click_does_not_press_what_appears_under_it(
    times: tuple[int, ...], pressed: list[str], qtbot: QtBot
) -> None:
    """Stop stands where Train did: a double-click started a training and ended it before its first batch."""
    buttons, seen = TrainButtons(), []
    qtbot.addWidget(buttons)
    buttons.show()
    buttons.train.clicked.connect(lambda: (seen.append("train"), buttons.show_page(running=True)))
    buttons.stop.clicked.connect(lambda: seen.append("stop"))
    _clicks(buttons, times)
    assert seen == pressed


def test_a_button_is_at_rest_when_its_menu_has_closed(qtbot: QtBot) -> None:
    made = button("Keep as")
    qtbot.addWidget(made)
    menu = QMenu(made)
    menu.addAction("7")
    set_menu(made, menu)
    made.move(200, 200)
    made.show()
    made.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)  # the pointer was above it when the menu opened
    QCursor.setPos(made.mapToGlobal(QPoint(-50, -50)))
    menu.popup(made.mapToGlobal(QPoint(0, made.height())))
    menu.close()
    qtbot.waitUntil(lambda: not made.underMouse())
