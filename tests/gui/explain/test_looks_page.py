"""What a network looks for: a class that grows, dreams, patches, first filters, styles."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from gui.explain import making
from gui.explain.looks_page import LooksPage, save_gif
from gui.explain.workspace import WhyWorkspace
from nets.compute.lens import Lens
from nets.events import no_report
from nets.network.model import Model
from tests.gui.explain.conftest import WAIT, Draw


def test_a_class_grows_and_its_way_becomes_a_gif(
    workspace: WhyWorkspace, qtbot: QtBot, draw: Draw, lenet: Model, tmp_path: Path
) -> None:
    workspace.show_page(2)
    page = workspace.looks
    page.number.choose("3")
    page.start()
    qtbot.waitUntil(lambda: page.done, timeout=WAIT)
    assert page.shown is not None
    assert Lens(lenet).classify(page.shown.picture[None]).argmax() == 3
    assert page.title.text() == "What it takes most for 3"
    assert "answers 3" in page.details.text()
    assert page.details.text().endswith("steps of Adam from noise, in pixels, 0 to 1; seed 0")
    assert len(page.frames) > 2
    save_gif(page.frames, tmp_path / "grown.gif", report=no_report)
    with Image.open(tmp_path / "grown.gif") as gif:
        assert gif.n_frames > 2
        assert min(gif.size) >= 28


def styling(workspace: WhyWorkspace, draw: Draw) -> LooksPage:
    """The page with the options of a transfer of style open, and a drawing on the pad."""
    workspace.show_page(2)
    draw()
    workspace.looks.way.choose("style")
    workspace.looks.more.setChecked(True)
    return workspace.looks


def set_options(page: LooksPage, **texts: str) -> None:
    """Type the texts into the fields of those names."""
    for name, text in texts.items():
        page.options.fields[name].setText(text)
        page.options.fields[name].editingFinished.emit()


@pytest.mark.parametrize("way", ["fool", "dream", "patches"])
def test_the_other_ways_to_see_what_it_looks_for(
    way: str, workspace: WhyWorkspace, qtbot: QtBot, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.explain.making.MOST_IMAGES", 60)
    workspace.show_page(2)
    draw()
    page = workspace.looks
    page.way.choose(way)
    if way == "fool":
        page.number.choose("2")
    else:
        page.what.choose("conv1")
    page.start()
    qtbot.waitUntil(lambda: page.done, timeout=WAIT)
    assert page.shown is not None
    height, width, _ = page.shown.picture.shape
    if way == "dream":
        assert (height, width) == (28, 28)
    elif way == "fool":
        assert width == 3 * 28 + 2 * making.GAP
        assert "becomes 2" in page.details.text()
    else:
        assert width == making.ACROSS * 28 + (making.ACROSS - 1) * making.GAP
        assert height == 2 * 28 + making.GAP
        assert page.details.text().startswith("60 images")
        assert page.shown.crisp, "small images are shown pixel by pixel"


def test_the_choice_of_a_map_is_wide_enough_for_its_name(workspace: WhyWorkspace, qtbot: QtBot, draw: Draw) -> None:
    workspace.show_page(2)
    draw()
    page = workspace.looks
    assert page.number.currentText() == "7"
    page.way.choose("patches")
    assert page.number.currentText().startswith("map")
    qtbot.waitUntil(lambda: page.number.width() >= page.number.sizeHint().width())
    text = page.number.fontMetrics().horizontalAdvance(page.number.currentText())
    assert page.number.width() > text + 20, "the arrow stands beside it"


def test_the_layers_of_a_style_are_chosen_by_name(workspace: WhyWorkspace, qtbot: QtBot, draw: Draw) -> None:
    page = styling(workspace, draw)
    fields = page.options.fields
    assert fields["content"].placeholderText() == "conv1", "what is usual for this network"
    assert fields["styles"].placeholderText() == "conv1, conv2"
    completer = fields["styles"].completer()
    fields["styles"].setText("conv1, v2")
    completer.setCompletionPrefix("v2")
    assert completer.currentCompletion() == "conv1, conv2"
    losses = []
    for content in ("conv1", "conv2"):
        set_options(page, steps="2", content=content, styles="conv1")
        page.start()
        qtbot.waitUntil(lambda: page.done, timeout=WAIT)
        assert page.shown is not None
        losses.append(page.shown.state.losses[-1, 0])
    assert losses[0] != losses[1]
    set_options(page, content="nowhere")
    page.start()
    qtbot.waitUntil(lambda: "There is no layer 'nowhere'" in page.state.sentence.text(), timeout=WAIT)


def test_the_first_filters_are_shown_with_the_reason_why_deeper_ones_are_not(
    workspace: WhyWorkspace, qtbot: QtBot
) -> None:
    workspace.show_page(2)
    page = workspace.looks
    page.way.choose("filters")
    assert page.what.isHidden()
    assert page.number.isHidden()
    assert "A filter of a deeper layer multiplies the maps of the layer before" in page.paragraph.text()
    page.start()
    qtbot.waitUntil(lambda: page.done, timeout=WAIT)
    assert page.title.text() == "The 6 filters of conv1, the first layer"
    assert page.shown is not None
    assert page.shown.picture.shape == (2 * 5 + 1, 3 * 5 + 2, 1)  # two rows of three, white between them


def test_a_style_is_stopped_and_goes_on(workspace: WhyWorkspace, qtbot: QtBot, draw: Draw) -> None:
    page = styling(workspace, draw)
    set_options(page, steps="4", tv="0.1")
    assert page.go_on.isHidden()
    page.start()
    qtbot.waitUntil(lambda: page.done, timeout=WAIT)
    assert page.title.text() == "In the style of flower.jpg"
    assert "4 steps" in page.details.text()
    assert page.go_on.isVisible()
    before = page.shown
    page.go_on.click()
    qtbot.waitUntil(lambda: page.done, timeout=WAIT)
    assert "8 steps" in page.details.text()
    assert before is not None
    assert page.shown is not None
    assert page.shown.state.losses[:4] == pytest.approx(before.state.losses)
    set_options(page, steps="0")
    page.start()
    qtbot.waitUntil(lambda: "Steps: expected a number" in page.state.sentence.text(), timeout=WAIT)


def test_what_grows_is_told_what_its_options_are(workspace: WhyWorkspace, qtbot: QtBot) -> None:
    workspace.show_page(2)
    page = workspace.looks
    assert list(page.options.fields) == ["steps", "rate", "l1", "tv", "blur", "jitter", "seed"]
    assert page.options.isHidden()
    page.more.setChecked(True)
    assert page.options.isVisible()
    totals: list[float] = []
    for blur in ("", "3"):
        set_options(page, steps="20", blur=blur)
        page.start()
        qtbot.waitUntil(lambda: page.done, timeout=WAIT)
        assert page.shown is not None
        totals.append(float(np.abs(np.diff(page.shown.picture, axis=0)).mean()))
    assert totals[1] < totals[0] / 2, "a blurred picture has no fine grain"
