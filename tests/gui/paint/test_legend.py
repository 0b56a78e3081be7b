"""The line of names and marks: what has no room is left out whole."""

from __future__ import annotations

from PySide6.QtGui import QColor, QFontMetrics
from pytestqt.qtbot import QtBot

from gui import theme
from gui.paint.legend import WIDTHS, Entry, Legend, shortened

INK = "#ff0000"


def test_names_that_begin_alike_share_the_room_and_are_told_apart(qapp: object) -> None:
    names = ["LeNet (modern) · Digits 8x8 · 2", "LeNet (modern) · MNIST · 1", "LeNet (modern) · Digits 8x8 · 1"]
    entries = [Entry("dot", INK, name) for name in names]
    metrics = QFontMetrics(theme.font(theme.SMALL, tabular=True))
    whole = sum(metrics.horizontalAdvance(name) + WIDTHS["dot"] + theme.TIGHT + theme.INSET for name in names)
    assert shortened(entries, metrics, whole) == entries
    for width in (whole * 3 // 4, whole // 2):
        words = [entry.words for entry in shortened(entries, metrics, width)]
        assert len(set(words)) == 3, words
        needed = sum(metrics.horizontalAdvance(one) + WIDTHS["dot"] + theme.TIGHT + theme.INSET for one in words)
        assert needed - theme.INSET <= width, "the last one is cut"


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
