"""The views under the form: the data's card, the schedule, changed pictures, the search for a rate."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from pytestqt.qtbot import QtBot

from gui.session import Session
from gui.train.setup.choices import Choices
from gui.train.setup.plot import Curve
from gui.train.setup.setup import SetupBar
from gui.train.setup.sources import Source
from nets.models import open_model
from nets.places import Places
from nets.training.schedules import course

LONG = 60_000


@pytest.fixture
def bar(qtbot: QtBot, session: Session) -> Iterator[SetupBar]:
    made = SetupBar(session)
    qtbot.addWidget(made)
    made.resize(1000, 900)
    made.show()
    choose(made, qtbot, Choices("lenet", "digits", "default", {"engine": "numpy", "batch_size": 8}))
    yield made
    made.finish()


def choose(bar: SetupBar, qtbot: QtBot, choices: Choices) -> None:
    bar.choose(choices)
    qtbot.waitUntil(lambda: "Looking" not in str(bar.problems()), timeout=LONG)


def press(bar: SetupBar, qtbot: QtBot, name: str) -> None:
    qtbot.mouseClick(bar.details.tabs[name], Qt.MouseButton.LeftButton)


def test_one_of_them_is_open_or_none(bar: SetupBar, qtbot: QtBot) -> None:
    details = bar.details
    assert (details.opened, details.isVisible()) == ("", False)
    for name in details.tabs:
        press(bar, qtbot, name)
        assert details.opened == name
        assert details.isVisible()
        assert [other for other, tab in details.tabs.items() if tab.isChecked()] == [name]
    press(bar, qtbot, "rate")
    assert (details.opened, details.isVisible()) == ("", False)


def test_the_card_of_the_data(bar: SetupBar, qtbot: QtBot) -> None:
    press(bar, qtbot, "data")
    card = bar.details.card
    assert card.counts.rows[:2] == [("0", 143), ("1", 146)]
    assert card._values["licence"].text() == "CC BY 4.0"
    assert card._values["images"].text() == "1,437 to train and validate, 360 to test, 28 × 28 × 1"
    heading, files = card.left_out
    card.show_left_out("digits", ("a.png is not a picture", "b.png is damaged"))
    assert (heading.isVisible(), files.text()[0]) == (True, "2")
    assert files.toolTip() == "a.png is not a picture\nb.png is damaged"
    choose(bar, qtbot, Choices("lenet", "cifar10", "default"))
    assert not files.isVisible()  # it was of other data
    assert [name for name, _ in card.counts.rows][:3] == ["airplane", "automobile", "bird"]
    assert "Krizhevsky" in card._values["source"].text()
    card.grab()  # paints
    choose(bar, qtbot, Choices("lenet", "strokes", "default"))
    assert card.counts.rows == []
    assert "10 classes" in card.heading.text()


def test_the_schedule_is_drawn_as_it_will_be(bar: SetupBar, qtbot: QtBot) -> None:
    press(bar, qtbot, "schedule")
    bar._on_edit("schedule", "onecycle")
    bar._on_edit("epochs", 7)
    bar._on_edit("batch_size", 128)
    plot = bar.details.schedule.plot
    assert plot.curve is not None
    expected = course(bar.config(), 11)
    assert plot.curve.y.max() == pytest.approx(expected.max(), rel=0.01)
    assert plot.curve.y[0] == pytest.approx(expected[0], rel=0.2)
    assert plot.curve.x_ticks[-1] == (7.0, "7")
    assert "77 steps" in bar.details.schedule.words.text()
    plot.grab()
    area = QRectF(52, 20, 300, 80)
    place = plot.tick_place(area.right(), "7", plot.fontMetrics(), area)
    assert place.center().x() == pytest.approx(area.right()), "the last tick stood beside its place"
    bar._on_edit("epochs", "many")
    assert plot.curve is None


def test_the_picture_on_the_pad_changed_with_the_answers(
    bar: SetupBar, session: Session, qtbot: QtBot, places: Places
) -> None:
    press(bar, qtbot, "changes")
    view = bar.details.changes
    qtbot.waitUntil(lambda: "Draw or open something" in view.words.text(), timeout=LONG)
    session.model = open_model("lenet", places)
    picture = np.full((80, 80), 255, np.uint8)
    picture[15:65, 36:44] = 0
    session.set_picture(picture)
    qtbot.waitUntil(lambda: len(view.samples.samples) == 9, timeout=LONG)
    before, *after = view.samples.samples
    assert before.answer == "1"
    assert all(np.array_equal(sample.image, before.image) for sample in after)  # nothing is changed by "none"
    bar._on_edit("augmentation", "affine")
    qtbot.waitUntil(lambda: not np.array_equal(view.samples.samples[1].image, before.image), timeout=LONG)
    assert np.array_equal(view.samples.samples[0].image, before.image)
    assert view.words.text().startswith(f"{sum(not s.wrong for s in view.samples.samples[1:])} of 8 still get")
    shown = [sample.image for sample in view.samples.samples]
    qtbot.mouseClick(view.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not np.array_equal(view.samples.samples[1].image, shown[1]), timeout=LONG)
    view.samples.grab()
    bar._on_edit("augmentation", "pca")
    qtbot.waitUntil(lambda: "takes grey pictures" in view.words.text(), timeout=LONG)


def test_one_click_a_curve_that_grows_a_proposal(bar: SetupBar, qtbot: QtBot) -> None:
    search = bar.details.search
    lengths: list[int] = []
    show = search.plot.show_curve

    def watch(curve: Curve | None, blank: str = "") -> None:
        lengths.append(0 if curve is None else len(curve.x))
        show(curve, blank)

    search.plot.show_curve = watch  # type: ignore[method-assign]
    press(bar, qtbot, "rate")
    assert search.searching
    assert search.use.isHidden()
    qtbot.waitUntil(lambda: not search.searching, timeout=LONG)
    assert search.found is not None, search.words.text()
    assert search.plot.curve is not None
    assert search.plot.curve.mark == search.found.proposal
    grown = [length for length in lengths if length]
    assert len(set(grown)) > 2, "it was drawn at the end alone"
    assert grown == sorted(grown)
    assert grown[-1] == len(search.found.rates)
    search.plot.grab()
    qtbot.mouseClick(search.use, Qt.MouseButton.LeftButton)
    assert bar.config().learning_rate == search.found.proposal
    assert search.found is not None  # another rate makes no other search
    press(bar, qtbot, "rate")
    press(bar, qtbot, "rate")
    assert not search.searching  # what was found stands there
    bar._on_edit("optimizer", "sgd")
    assert search.found is None  # it was of another optimiser
    assert search.use.isHidden()


def test_the_rate_of_a_new_head(bar: SetupBar, qtbot: QtBot) -> None:
    source = Source("lenet", "LeNet", "lenet")
    choose(bar, qtbot, Choices("lenet", "digits", "default", {"batch_size": 8}, source))
    qtbot.waitUntil(lambda: not bar.problems(), timeout=LONG)
    search = bar.details.search
    press(bar, qtbot, "rate")
    assert search.searching, search.words.text()
    qtbot.waitUntil(lambda: not search.searching, timeout=LONG)
    assert search.found is not None, search.words.text()
    qtbot.mouseClick(search.use, Qt.MouseButton.LeftButton)
    config = bar.config()
    assert config.transfers
    assert search.found is not None  # the rate that follows the head's makes no other search
    assert config.learning_rate == search.found.proposal
    assert config.fine_rate < config.learning_rate


def test_a_search_is_stopped(bar: SetupBar, qtbot: QtBot) -> None:
    search = bar.details.search
    press(bar, qtbot, "rate")
    qtbot.mouseClick(search.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not search.searching, timeout=LONG)
    assert search.found is None
    bar._on_edit("batch_size", 0)
    assert not search.start.isEnabled()
    assert "batch size" in search.words.text().lower()
    press(bar, qtbot, "rate")
    press(bar, qtbot, "rate")
    assert not search.searching  # it cannot be


def test_seeds_are_of_the_training(bar: SetupBar) -> None:
    config = dataclasses.replace(bar.config(), seed=5)
    bar.details.show_config(config, None, "")
    bar.details.open("changes")
    assert bar.details.changes._seed == 5
