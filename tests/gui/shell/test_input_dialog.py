"""The dialog on what a network receives, with a real session and a file that reads digits as 0 to 255."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gui.session import Session
from gui.settings import Settings
from gui.shell.input_dialog import InputDialog
from nets.data.handwriting.strokes import paint
from nets.places import MODELS, Places
from tests.drive import wait_until


@pytest.fixture(scope="module")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import keras

    network = keras.models.load_model(MODELS / "lenet.keras", compile=False)
    kernel, bias = network.layers[0].get_weights()
    network.layers[0].set_weights([kernel / 255, bias])
    path = tmp_path_factory.mktemp("models") / "mine.keras"
    network.save(path)
    return path


@pytest.fixture(scope="module")
def opened(qapp: object, model_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    home = tmp_path_factory.mktemp("home")
    places = Places(home / "runs", home / "drawings", home / "cache", home / "settings.json")
    session = Session(places, Settings(places.settings))
    session.reference = str(model_file)
    session.start()
    session.set_picture(seven())
    wait_until(lambda: session.model is not None and session.answer is not None, 120)
    yield session
    session.end()


@pytest.fixture
def session(opened: Session, model_file: Path) -> Session:
    """As it was detected, without a card."""
    model_file.with_suffix(".json").unlink(missing_ok=True)
    before = opened.model
    opened.open_model(str(model_file))
    wait_until(lambda: opened.model is not before)
    return opened


def seven() -> np.ndarray:
    return paint([np.array([[70.0, 70], [200, 70], [120, 220]])], 16)


def dialog_of(session: Session, qtbot: QtBot) -> InputDialog:
    made = InputDialog(session)
    qtbot.addWidget(made)
    made.show()
    return made


def card(path: Path) -> dict[str, object]:
    return json.loads(path.with_suffix(".json").read_text())


def choose(dialog: InputDialog, control: str, value: str) -> None:
    """As a person who takes a row of the list."""
    select = getattr(dialog, control)
    select.choose(value)
    select.activated.emit(select.currentIndex())


def probability(session: Session) -> float:
    assert session.answer is not None
    assert session.answer.answer is not None
    return session.answer.answer.probability


def test_it_shows_what_was_detected_and_why(session: Session, qtbot: QtBot) -> None:
    dialog = dialog_of(session, qtbot)
    assert (dialog.range.value(), dialog.fit.value()) == ("byte", "digit")
    assert "of 64 drawn digits" in dialog.found.text()
    assert dialog.order.isHidden()
    assert dialog._size.isHidden()
    assert "imagenet" not in [dialog.range.itemData(row) for row in range(dialog.range.count())]
    dialog.close()


def test_a_change_is_answered_at_once_and_kept_beside_the_file(
    session: Session, qtbot: QtBot, model_file: Path
) -> None:
    right = probability(session)
    assert right > 0.9
    dialog = dialog_of(session, qtbot)
    network = session.model.network if session.model else None
    choose(dialog, "range", "unit")
    wait_until(lambda: probability(session) < 0.8 < right)
    assert session.model is not None
    assert session.model.network is network  # nothing was opened or compiled anew
    choose(dialog, "fit", "picture")
    wait_until(lambda: model_file.with_suffix(".json").exists() and card(model_file).get("input") is not None)
    choose(dialog, "polarity", "as-it-is")
    wait_until(lambda: card(model_file)["input"] == {"range": "unit", "fit": "picture", "polarity": "as-it-is"})
    wait_until(lambda: "mine.json" in dialog.kept.text())
    dialog.reset.click()
    wait_until(lambda: session.model is not None and session.model.card.input.range == "byte")
    assert not model_file.with_suffix(".json").exists()
    wait_until(lambda: dialog.range.value() == "byte" and probability(session) == pytest.approx(right))
    dialog.close()


def test_class_names_are_typed_or_read(session: Session, qtbot: QtBot, model_file: Path, tmp_path: Path) -> None:
    dialog = dialog_of(session, qtbot)
    dialog.names.setPlainText("only\ntwo")
    wait_until(lambda: dialog.problem.isVisible())
    assert dialog.problem.text() == "Expected 10 class names, one for each output, found 2"
    assert dialog.count.text() == "2 of 10"
    assert session.model is not None
    assert session.model.card.labels == tuple("0123456789")
    (tmp_path / "names.txt").write_text("\n".join(f"{number} sign {number}" for number in range(10)))
    dialog.take_names(tmp_path / "names.txt")
    wait_until(lambda: session.answer is not None and session.answer.answer is not None)
    wait_until(lambda: session.answer.answer.label == "sign 7")  # type: ignore[union-attr]
    assert not dialog.problem.isVisible()
    wait_until(lambda: model_file.with_suffix(".json").exists())
    assert card(model_file)["labels"] == [f"sign {number}" for number in range(10)]
    dialog.close()


def test_what_was_typed_last_is_kept_when_the_dialog_closes(session: Session, qtbot: QtBot, model_file: Path) -> None:
    dialog = dialog_of(session, qtbot)
    dialog.names.setPlainText("\n".join("abcdefghij"))
    dialog.close()
    assert card(model_file)["labels"] == list("abcdefghij")


def test_a_model_with_a_card_of_its_own_is_shown_and_not_changed(session: Session, qtbot: QtBot) -> None:
    dialog = dialog_of(session, qtbot)
    session.open_model("lenet")
    wait_until(lambda: session.model is not None and session.model.ref.kind == "shipped")
    assert dialog.range.value() == "unit"
    assert not dialog.range.isEnabled()
    assert dialog.names.isReadOnly()
    assert dialog.reset.isHidden()
    assert "how the network was trained" in dialog.kept.text()
    dialog.close()
