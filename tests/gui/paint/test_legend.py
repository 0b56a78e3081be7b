"""The line of names and marks: what has no room is left out whole."""

from __future__ import annotations

from PySide6.QtGui import QColor, QFontMetrics
from pytestqt.qtbot import QtBot

from gui import theme
from gui.paint.legend import WIDTHS, Entry, Legend

INK = "#ff0000"


def test_a_text_of_which_a_few_letters_would_be_left_is_not_begun(qtbot: QtBot) -> None:
    theme.apply("light")
    legend = Legend()
    qtbot.addWidget(legend)
    first, last = Entry("", theme.LIGHT.quiet, "validation"), Entry("dot", INK, "on the pad, epoch 5")
    legend.show_entries([first, last])
    metrics = QFontMetrics(theme.font(theme.SMALL, tabular=True))
    before = metrics.horizontalAdvance(first.words) + theme.INSET + WIDTHS["dot"] + theme.TIGHT

    def marked(width: int) -> bool:
        legend.resize(before + width, legend.sizeHint().height())
        image = legend.grab().toImage()
        return any(QColor(image.pixel(x, image.height() // 2)).name() == INK for x in range(image.width()))

    assert marked(metrics.horizontalAdvance(last.words) + theme.TIGHT)
    assert marked(metrics.horizontalAdvance("on the pad, e…") + theme.TIGHT)
    assert not marked(metrics.horizontalAdvance("on t…"))
