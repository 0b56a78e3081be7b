"""The settings: made from the tables, wrong ones said before Train can be pressed."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.drawings.gallery import DrawingGallery
from gui.session import Session
from gui.settings import Settings
from gui.train.setup.choices import Choices
from gui.train.setup.setup import SetupBar
from gui.train.training_state import TrainingState
from nets.data.drawings import keep
from nets.places import Places
from nets.runs.config import RECIPES, TrainConfig, config_for
from nets.runs.store import RunSummary
from nets.zoo import NETS
from tests.gui.train.setup.conftest import set_number, settled


def test_every_network_can_be_trained_as_it_comes(bar: SetupBar, qtbot: QtBot) -> None:
    for name in NETS:
        bar.choose(bar.choices.with_network(name))
        settled(bar, qtbot)
        assert bar.problems() == {}, name
        assert bar.train.isEnabled()


def test_a_recipe_fills_the_fields(bar: SetupBar, qtbot: QtBot) -> None:
    bar.choose(Choices("lenet", "mnist", "lenet-sgd"))
    settled(bar, qtbot)
    config = bar.config()
    for name, value in RECIPES["lenet-sgd"].changes.items():
        assert getattr(config, name) == value
    assert config.recipe == "lenet-sgd"


def test_what_a_recipe_and_each_data_set_is_stands_where_it_is_chosen(bar: SetupBar, qtbot: QtBot) -> None:
    bar.choose(Choices("lenet", "mnist", "lenet-sgd"))
    settled(bar, qtbot)
    fields, tip = bar.fields, Qt.ItemDataRole.ToolTipRole
    assert "settings that belong together" in fields.recipe.toolTip()
    for row in range(fields.recipe.count()):
        recipe = RECIPES.get(fields.recipe.itemData(row))
        assert recipe is None or fields.recipe.itemData(row, tip) == recipe.description
    strokes = fields.dataset.findData("strokes")
    assert "drawn by this program" in fields.dataset.itemData(strokes, tip)


def test_an_own_setting_is_no_recipe_any_more(bar: SetupBar, qtbot: QtBot) -> None:
    bar.choose(Choices("lenet", "digits", "quick"))
    settled(bar, qtbot)
    set_number(bar, "batch_size", "64")
    assert (bar.config().recipe, bar.config().batch_size, bar.config().limit) == ("", 64, 10_000)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("epochs", "0"),
        ("epochs", "two"),
        ("epochs", "1.5"),
        ("batch_size", "0"),
        ("batch_size", "1438"),
        ("learning_rate", "0"),
        ("learning_rate", "-1"),
        ("learning_rate", "nan"),
        ("learning_rate", ""),
        ("validation", "1"),
        ("seed", "-3"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(bar: SetupBar, qtbot: QtBot, field: str, text: str) -> None:
    set_number(bar, field, text)
    assert list(bar.problems()) == [field]
    assert not bar.train.isEnabled()
    assert bar.options[field].control.property("wrong") is True
    assert bar.message.text().lower() == bar.train.toolTip().lower()
    with qtbot.assertNotEmitted(bar.train_requested):
        bar.press_train()
    bar.choose(Choices("lenet", "digits", "default"))
    settled(bar, qtbot)
    assert bar.train.isEnabled()
    assert bar.options[field].control.property("wrong") is False


def test_a_combination_that_cannot_be(bar: SetupBar, qtbot: QtBot) -> None:
    bar.more.augmentation.choose("flip")
    bar.more.augmentation.activated.emit(bar.more.augmentation.currentIndex())
    assert list(bar.problems()) == ["augmentation"]
    assert "mirrored" in bar.message.text()


def test_what_will_be_trained_on_follows_the_validation_share_and_the_limit(bar: SetupBar, qtbot: QtBot) -> None:
    bar.choose(Choices("lenet", "mnist", "default"))
    settled(bar, qtbot)
    assert bar.message.text().startswith("54,000 images to train on, 6,000 to validate, 10,000 to test  ·  ")
    set_number(bar, "validation", "0.25")
    assert bar.message.text().startswith("45,000 images to train on, 15,000 to validate, 10,000 to test")
    set_number(bar, "validation", "0")
    assert bar.message.text().startswith("60,000 images to train on, 10,000 to test")
    bar.choose(Choices("lenet", "mnist", "quick"))
    settled(bar, qtbot)
    assert bar.config().limit == 10_000
    assert bar.message.text().startswith("10,000 images to train on, 6,000 to validate, 10,000 to test")


def test_drawings_say_what_to_do_first(bar: SetupBar, qtbot: QtBot, session: Session, places: Places) -> None:
    bar.choose(Choices("lenet", "drawings", "default"))
    settled(bar, qtbot)
    assert "press 0 to 9" in bar.message.text()
    picture = np.zeros((60, 60), np.uint8)
    picture[10:50, 25:35] = 255
    for label in ("1", "1", "7", "7"):
        keep(places, label, picture, {})
    session.drawings_changed.emit()
    settled(bar, qtbot)
    assert bar.problems() == {}
    assert bar.train.isEnabled()
    assert bar.config().recipe == "default"
    assert bar.config().batch_size <= 3


def test_all_that_is_wrong_is_said_and_seen(bar: SetupBar, qtbot: QtBot) -> None:
    assert bar.more.isHidden()
    set_number(bar, "validation", "2")
    set_number(bar, "batch_size", "0")
    assert not bar.more.isHidden()
    said = bar.message.text() + bar.others.text()
    assert "Batch size" in said
    assert "Validation" in said
    set_number(bar, "validation", "0.1")
    set_number(bar, "batch_size", "16")
    assert not bar.others.isVisible()


def test_a_recipe_with_other_epochs_says_so(bar: SetupBar, qtbot: QtBot) -> None:
    set_number(bar, "epochs", "15")
    assert bar.recipe.currentText() == "Adam (changed)"
    assert bar.config().recipe == "default"
    set_number(bar, "epochs", "5")
    assert bar.recipe.currentText() == "Adam"


def test_a_title_says_no_number_that_few_images_change() -> None:
    """ "Adam, five epochs (for few images)" stood beside 50 epochs."""
    numbers = {"two", "three", "four", "five", "ten", "twenty", "epochs"}
    assert not [recipe.title for recipe in RECIPES.values() if numbers & set(recipe.title.lower().split())]


def test_a_folder_becomes_a_dataset(bar: SetupBar, qtbot: QtBot, tmp_path: Path) -> None:
    for name in ("cats", "dogs"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for number in range(6):
            pixels = np.random.default_rng(number).integers(0, 255, (20, 20), np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pets" / name / f"{number}.png")
    bar.choose(Choices("lenet", str(tmp_path / "pets"), "default"))
    settled(bar, qtbot)
    assert bar.config().dataset == str(tmp_path / "pets")
    assert bar.problems() == {}
    assert bar.config().batch_size < 12  # fewer images than in the recipe's batch
    assert bar.recipe.currentText() == "Adam (for few images)"
    assert bar.dataset.currentText() == "pets"


def test_the_settings_of_a_run_come_back(bar: SetupBar, qtbot: QtBot) -> None:
    wanted = TrainConfig(
        "lenet5", "digits", optimizer="nesterov", learning_rate=0.03, epochs=7, seed=5, loss="squared_error", limit=200
    )
    bar.show_config(wanted)
    settled(bar, qtbot)
    assert bar.config() == wanted


def test_train_waits_for_tensorflow(bar: SetupBar, session: Session) -> None:
    session.engine = "loading"
    session.engine_changed.emit("loading", "")
    assert not bar.train.isEnabled()
    assert "TensorFlow" in bar.train.toolTip()


def test_precision_is_offered_only_where_it_helps(bar: SetupBar, session: Session) -> None:
    from nets.backend import Device

    assert bar.more.options["precision"].isHidden()
    session.device = Device("GPU", "a recent one", mixed_precision_helps=True)
    session.engine_changed.emit("ready", "")
    assert not bar.more.options["precision"].isHidden()


def is_whole(bar: SetupBar) -> bool:
    """Whether the message is shown to its last word."""
    words = bar.message.words
    return words.isVisible() and words.height() >= words.heightForWidth(words.width())


def test_few_images_are_warned_of_with_a_way_out(
    bar: SetupBar, qtbot: QtBot, session: Session, places: Places, trained: RunSummary
) -> None:
    picture = np.zeros((60, 60), np.uint8)
    picture[10:50, 25:35] = 255
    for number in range(24):
        keep(places, str(number % 8), picture, {})
    bar.show_runs([trained])
    bar.choose(bar.choices.with_dataset("drawings"))
    settled(bar, qtbot)
    assert "for 8 classes are few" in bar.message.text()
    assert bar.message.text().endswith(f"{bar._spec.test_images} to test")
    assert bar.message.words.property("look") == "warning"
    for width in (716, 1060):  # of the form in windows of 1024 and 1440
        bar.resize(width, bar.height())
        qtbot.waitUntil(partial(is_whole, bar), timeout=5_000)
    bar.show_training(TrainingState(phase="training", config=bar.config()))
    assert bar.message.words.property("look") == "small", "the warning is not of the training that runs"
    assert not bar.start_from.isVisible()
    bar.show_training(TrainingState())
    settled(bar, qtbot)
    assert bar.train.isEnabled()  # it is possible, only not wise
    assert bar.start_from.isVisible()
    bar.start_from.click()
    assert bar.more.start_from.isVisible()
    starts = bar.more.start_from
    starts.hidePopup()
    rows = [starts.itemData(row) for row in range(starts.count())]
    assert rows[: rows.index(None)] == ["", "lenet", trained.id]  # then a line, and the features of any model
    assert f"features of {trained.id}" in rows
    starts.choose(trained.id)
    starts.activated.emit(starts.currentIndex())
    assert bar.config().start_from == trained.id
    assert not bar.start_from.isVisible()
    bar.choose(bar.choices.with_network("simple_cnn"))  # another network: the run's weights do not fit
    assert bar.config().start_from == ""


def test_another_network_keeps_what_was_set(bar: SetupBar, qtbot: QtBot) -> None:
    set_number(bar, "learning_rate", "0.003")
    set_number(bar, "seed", "9")
    bar.network.choose("simple_cnn")
    bar.network.activated.emit(bar.network.currentIndex())
    assert (bar.config().network, bar.config().learning_rate, bar.config().seed) == ("simple_cnn", 0.003, 9)
    assert bar.more.learning_rate.text() == "0.003"


def test_the_form_survives_a_restart(bar: SetupBar, qtbot: QtBot, session: Session) -> None:
    set_number(bar, "epochs", "17")
    bar.choose(bar.choices.with_network("simple_cnn"))
    wanted = bar.config()
    bar.finish()
    again = SetupBar(Session(session.places, Settings(session.settings.path)))
    qtbot.addWidget(again)
    settled(again, qtbot)
    assert again.config() == wanted
    again.finish()


def test_choices_of_another_version_are_no_disaster(qtbot: QtBot, session: Session) -> None:
    session.settings.set("training", {"network": "one that is gone", "fields": 3})
    made = SetupBar(session)
    qtbot.addWidget(made)
    assert made.config().network == "lenet"
    made.finish()


def test_a_training_shows_its_own_settings_and_gives_the_form_back(bar: SetupBar, qtbot: QtBot) -> None:
    set_number(bar, "epochs", "17")
    mine = bar.config()
    other = TrainConfig("simple_cnn", "digits", epochs=3, optimizer="sgd", learning_rate=0.2)
    bar.show_training(TrainingState(phase="reading", config=other))
    assert bar.network.value() == "simple_cnn"
    assert bar.epochs.text() == "3"
    assert not bar.epochs.isEnabled()
    bar.refresh()
    assert bar.message.text() == "The settings of the training that runs. Pause it to change rate or augmentation"
    bar.show_training(TrainingState())
    settled(bar, qtbot)
    assert "images to train on" in bar.message.text()
    assert bar.config() == mine
    assert bar.epochs.text() == "17"
    assert bar.train.isEnabled()


def test_a_changed_recipe_is_called_so_while_it_trains(bar: SetupBar) -> None:
    config = dataclasses.replace(config_for("lenet", "digits", "default"), epochs=31)
    bar.show_training(TrainingState(phase="reading", config=config))
    assert bar.recipe.currentText() == f"{RECIPES['default'].title} (changed)"
    bar.show_training(TrainingState())
    bar.show_training(TrainingState(phase="reading", config=config_for("lenet", "digits", "default")))
    assert bar.recipe.currentText() == RECIPES["default"].title


def test_a_set_of_drawings_can_be_chosen_and_looked_at(
    bar: SetupBar, qtbot: QtBot, session: Session, places: Places
) -> None:
    picture = np.zeros((60, 60), np.uint8)
    picture[10:50, 25:35] = 255
    for label in ("a", "a", "b", "b"):
        keep(places, label, picture, {}, set_name="Letters")
    session.drawings_changed.emit()
    bar.dataset.choose("drawings:Letters")
    bar.dataset.activated.emit(bar.dataset.currentIndex())
    settled(bar, qtbot)
    assert bar.config().dataset == "drawings:Letters"
    assert bar.problems() == {}
    seen: list[tuple[str, int]] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, DrawingGallery):
            seen.append((dialog.set_name, dialog.grid.count()))
            dialog.accept()
        else:
            QTimer.singleShot(20, look)

    QTimer.singleShot(20, look)
    bar.gallery.click()
    assert seen == [("Letters", 4)]


def test_networks_of_a_family_stand_together_with_a_line_between_families(bar: SetupBar) -> None:
    rows = [bar.network.itemData(row) for row in range(bar.network.count())]
    assert [name for name in rows if name] == list(NETS)
    families = [NETS[name].family if name else None for name in rows]
    for at, family in enumerate(families):
        if family is None:
            assert families[at - 1] != families[at + 1], "a line stands between two families"
    assert families.count(None) == len({row.family for row in NETS.values()}) - 1


def test_the_size_of_a_network_for_pictures_can_be_chosen(bar: SetupBar, qtbot: QtBot) -> None:
    size = bar.more.options["size"]
    assert size.isHidden(), "LeNet takes the data's own size"
    bar.unfold.setChecked(True)
    bar.choose(Choices("resnet18", "fashion-mnist", "deep"))
    settled(bar, qtbot)
    assert not size.isHidden()
    texts = [bar.more.input_size.itemText(row) for row in range(bar.more.input_size.count())]
    assert texts == ["32 × 32", "224 × 224", "96 × 96", "64 × 64"]
    assert "fitted to 32 × 32 pixels" in bar.message.text()
    bar.more.input_size.setCurrentIndex(2)
    bar.more.input_size.activated.emit(2)
    assert (bar.config().size, bar.config().recipe) == (96, "deep"), "a size makes the recipe no other one"
    assert "fitted to 96 × 96 pixels" in bar.message.text()
    bar.more.input_size.setCurrentIndex(0)
    bar.more.input_size.activated.emit(0)
    assert bar.config().size == 0
    bar.choose(bar.choices.with_field("size", 48))
    assert bar.more.input_size.currentText() == "48 × 48", "a size from the command line is shown"
    bar.choose(bar.choices.with_network("inception_v3"))
    settled(bar, qtbot)
    assert bar.config().size == 0, "75 pixels are its least"
    assert bar.problems() == {}
