"""The panel that says how far the training is, and how it ended."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gui import theme
from gui.train.progress import ProgressPanel, duration
from gui.train.training_state import Best, Ended, Outcome, TrainingState
from nets.events import Progress
from nets.runs.config import config_for, transfer_config
from nets.runs.evaluation import Accuracy
from nets.training.events import Started, Validating
from nets.training.features import COMPUTING

STARTED = Started("run", "LeNet · Digits · 1", "2 threads", 4, 1, 10, 32, 320, 61_706)
TRAINING = TrainingState(phase="reading").after(STARTED)


@pytest.fixture
def panel(qtbot: QtBot) -> ProgressPanel:
    made = ProgressPanel()
    qtbot.addWidget(made)
    return made


def buttons(panel: ProgressPanel) -> list[str]:
    return [one.objectName() for one in panel.findChildren(QPushButton) if one.objectName()]


def test_late_reports_do_not_hide_that_it_is_held(panel: ProgressPanel) -> None:
    state = TRAINING.after(Validating(1, 20, 100))
    panel.show_training(state)
    assert "validating, 20 %" in panel.words
    state = dataclasses.replace(state, paused=True).after(Validating(1, 40, 100))
    panel.show_training(state)
    assert "paused" in panel.words
    assert "validating" not in panel.words
    state = dataclasses.replace(state, paused=False)
    panel.show_training(state)
    assert "validating, 40 %" in panel.words
    state = dataclasses.replace(state, stopping=True).after(Progress("testing", 3, 10, "images"))
    panel.show_training(state)
    assert "stopping" in panel.words


def test_a_transfer_says_what_learns(panel: ProgressPanel) -> None:
    panel.show_training(TRAINING)
    assert panel.all_epochs.text() == "All epochs"
    config = transfer_config("lenet", "digits", "pen", head_epochs=2, epochs=4)
    state = dataclasses.replace(TRAINING, config=config)
    panel.show_training(state.after(Validating(1, 20, 100)))
    assert panel.all_epochs.text() == "All epochs · head alone"
    panel.show_training(dataclasses.replace(state, epoch=3))
    assert panel.all_epochs.text() == "All epochs · all layers"
    panel.show_training(state.after(Progress(COMPUTING, 64, 320, "images")))
    shown = (panel.epoch.text(), panel.speed.text())
    assert shown == ("Features", "64 of 320 images"), "before a second phase too, not 'testing'"


def test_the_end_says_of_which_images_its_numbers_are(panel: ProgressPanel) -> None:
    best = Best(3, Accuracy(140, 144), 0.1)
    state = dataclasses.replace(TRAINING, epoch=4, epochs_done=4, best=best)
    panel.show_training(state.after(Ended(Outcome("finished", "run", test=Accuracy(9893, 10_000)))))
    assert "98.93 % of 10,000 test images" in panel.words
    assert "Best epoch 3: 97 % of 144 validation images right (95 % interval: 93 to 99 %)" in panel.words
    assert buttons(panel) == ["use"]


@pytest.mark.parametrize(("dataset", "told"), [("drawings", True), ("/home/ada/pets", True), ("mnist", False)])
def test_without_test_images_it_says_what_to_do(panel: ProgressPanel, dataset: str, *, told: bool) -> None:
    """A run of one's own pictures, one of each class, said nothing; MNIST's has them, whatever kept it from asking."""
    config = config_for("lenet", dataset)
    state = dataclasses.replace(TRAINING, config=config, epochs_done=4, best=Best(3, Accuracy(3, 4), 0.1))
    panel.show_training(state.after(Ended(Outcome("finished", "run"))))
    assert ("kept apart to test it on: give every class two pictures or more" in panel.words) is told


def test_a_network_on_the_pad_offers_the_way_back(panel: ProgressPanel, qtbot: QtBot) -> None:
    state = dataclasses.replace(TRAINING, epochs_done=4).after(Ended(Outcome("finished", "run")))
    panel.show_training(state)
    panel.show_pad("run", 4, "pen")
    with qtbot.waitSignal(panel.back_requested):
        next(one for one in panel.findChildren(QPushButton) if one.text() == "Back to pen").click()


def test_an_epoch_that_is_better_than_the_one_on_the_pad_is_offered(panel: ProgressPanel) -> None:
    """A run that went on has epochs that the pad does not know: its best one is not what is on the pad any more."""
    best = Best(6, Accuracy(140, 144), 0.1)
    state = dataclasses.replace(TRAINING, epochs_done=7, best=best).after(Ended(Outcome("finished", "run")))
    panel.show_training(state)
    panel.show_pad("run", 4)
    assert [one.text() for one in panel.findChildren(QPushButton) if one.objectName() == "use"] == [
        "Use epoch 6 on the pad"
    ]
    panel.show_pad("run", 6)
    assert buttons(panel) == []


def test_a_training_that_failed_says_what_was_kept(panel: ProgressPanel) -> None:
    failed = Outcome("failed", "run", "the loss is nan; epochs 1 to 2 were kept; try a smaller rate", "Traceback …")
    panel.show_training(dataclasses.replace(TRAINING, epochs_done=2).after(Ended(failed)))
    assert panel.words == "The loss is nan\nEpochs 1 to 2 were kept; try a smaller rate"
    assert buttons(panel) == ["details", "use"]


@pytest.mark.parametrize("kind", ["failed", "stopped"])
def test_what_was_not_kept_is_not_offered(kind: str, panel: ProgressPanel) -> None:
    """A run that somebody deleted: "Use it on the pad" could only fail, and its epochs were said to be kept."""
    gone = Outcome(kind, "run", "there is no run 'run'", "Traceback …", kept=False)
    panel.show_training(dataclasses.replace(TRAINING, epoch=3, epochs_done=2, resumed=True).after(Ended(gone)))
    assert "use" not in buttons(panel)
    assert "resume" not in buttons(panel)
    assert "kept." not in panel.words.replace("nothing of it is kept.", "")


def test_what_was_found_is_no_title_that_loses_its_end(panel: ProgressPanel) -> None:
    """Earlier, the title about SVHN's file was cut after "found ..."."""
    sentence = (
        "expected in /home/a person/data/svhn/train_32x32.mat X (32, 32, 3, N) uint8 and y with N labels from 1 to 10, "
        "found X (32, 32, 20) uint8 and y (20, 1) int64; SVHN's files of cropped digits are train_32x32.mat and others"
    )
    panel.show_training(TRAINING.after(Ended(Outcome("failed", "", sentence, "Traceback …"))))
    assert panel.words == f"The training failed\nE{sentence[1:]}"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(58.4, "58 s"), (200, "3 min 20 s"), (7500, "2 h 05 min"), (float("nan"), "–"), (float("inf"), "–"), (-3, "0 s")],
)
def test_times_as_people_say_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_one_epoch_is_not_epochs(panel: ProgressPanel) -> None:
    state = dataclasses.replace(TRAINING, epochs=1, epochs_done=1).after(Ended(Outcome("finished", "run")))
    panel.show_training(state)
    assert "one epoch finished" in panel.words


def test_how_a_run_stands_is_said_to_the_end_where_its_name_is_too_long(panel: ProgressPanel) -> None:
    state = dataclasses.replace(TRAINING, epoch=3, epochs_done=2).after(Ended(Outcome("stopped", "run")))
    panel.show_training(state)
    title = panel._still.title
    whole = title.fontMetrics().horizontalAdvance(title.text())
    assert title.shown_text(whole + 2) == title.text()
    shorter = title.shown_text(whole - 30)
    assert "…" in shorter
    assert shorter.endswith(" 1: stopped after epoch 2 of 4"), "the number is what tells this run from the next"


def test_where_it_would_be_cut_the_sentence_does_without_its_intervals(panel: ProgressPanel, qtbot: QtBot) -> None:
    test, best = Accuracy(338, 360), Best(3, Accuracy(140, 144), 0.1)
    state = dataclasses.replace(TRAINING, epoch=4, epochs_done=4, best=best)
    panel.show_training(state.after(Ended(Outcome("finished", "run", test=test))))
    theme.apply("light")
    window = QWidget()  # a workspace that is as narrow as the window makes it
    qtbot.addWidget(window)
    panel.setParent(window)
    panel.resize(900, panel.height())
    window.show()
    panel.show()
    words = panel._still.sentence
    qtbot.waitUntil(lambda: "interval" in words.text())
    panel.resize(500, panel.height())
    qtbot.waitUntil(lambda: "interval" not in words.text())
    assert "interval" in panel.words
    assert words.text() == "Epoch 4: 94 % of 360 test images right. Best epoch 3: 97 % of 144 validation images right."
    assert words.heightForWidth(words.width()) <= panel._still.height() - panel._still.title.height()
    assert "95 % interval" in words.toolTip()
    panel.resize(900, panel.height())
    qtbot.waitUntil(lambda: "interval" in words.text())
    panel.setParent(None)  # it is closed by itself


@pytest.mark.parametrize("zoom", [1.0, 1.5])
@pytest.mark.parametrize("width", [430, 640, 1000])
def test_numbers_and_the_check_box_never_lie_over_another(
    panel: ProgressPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, width: int, zoom: float
) -> None:
    """Earlier, names and values had fixed widths and, in a narrow window, covered the bars and "Watch it learn"."""
    monkeypatch.setattr(theme.theme, "zoom", zoom)
    panel.resize(round(width * zoom), panel.height())
    panel.show_training(TRAINING.after(Validating(1, 20, 100)))
    panel.show()
    qtbot.waitUntil(lambda: panel.epoch.width() > 0)  # laid out
    assert panel.width() == round(width * zoom), "it takes the room that there is"
    for row in (
        (panel.epoch, panel.epoch_bar, panel.speed, panel.watch),
        (panel.all_epochs, panel.total_bar, panel.left, panel.device),
    ):
        edges = [edge for part in row for edge in (part.geometry().left(), part.geometry().right())]
        assert edges == sorted(edges)
        assert edges[-1] <= panel._running.width()
    assert panel.watch.width() >= panel.watch.sizeHint().width(), "its words are whole"


def test_how_much_of_the_data_is_there_is_said_whole(panel: ProgressPanel, qtbot: QtBot) -> None:
    panel.resize(1000, panel.height())
    progress = Progress("drawing Strokes", 64_000, 65_000, "drawings", 200)
    panel.show_training(TrainingState(phase="reading").after(progress))
    panel.show()
    qtbot.waitUntil(lambda: panel.epoch.width() > 0)
    assert panel.speed.text() == "64,000 of 65,000 drawings"
    for part in (panel.epoch, panel.speed, panel.left):
        assert part.fontMetrics().horizontalAdvance(part.text()) <= part.width()


@pytest.mark.parametrize("width", [320, 700, 2000])
def test_a_sentence_without_room_ends_at_a_word(panel: ProgressPanel, qtbot: QtBot, width: int) -> None:
    """Half a line was visible at the panel's edge, and what to do next was below it."""
    theme.apply("light")  # the sizes of its fonts
    said = "MNIST could not be downloaded; " + "put this file into that folder, or " * 12 + "train on digits"
    panel.show_training(TRAINING.after(Ended(Outcome("failed", "", said, ""))))
    panel.resize(width, panel.height())
    panel.show()
    shown = panel._still.sentence
    qtbot.waitUntil(lambda: shown.heightForWidth(shown.width()) <= shown.height())
    assert shown.text().endswith("…") == (width < 2000)
    assert shown.toolTip().endswith("train on digits")
    assert panel.words.endswith("train on digits"), "screen readers and the tooltip have the whole"
