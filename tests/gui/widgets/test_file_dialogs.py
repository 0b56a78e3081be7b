"""Where file dialogs begin, and that nothing is replaced unasked."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

import gui
from gui.settings import Settings
from gui.widgets.file_dialogs import ask_for_folder, ask_to_open, ask_to_save


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings.json")


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where the dialogs began. Whoever is asked chooses ``deeper/model.keras``."""
    folders: list[str] = []

    def choose(parent: object, title: str, folder: str, *others: object) -> tuple[str, str]:
        folders.append(folder)
        return str(tmp_path / "deeper" / "model.keras"), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *words: choose(*words)[0])
    return folders


def test_a_dialog_begins_where_the_last_one_of_its_kind_was(
    parent: QWidget, settings: Settings, begun: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    (tmp_path / "deeper").mkdir()
    for _ in range(2):
        ask_to_open(parent, settings, "models", "Open", "")
    ask_to_open(parent, Settings(settings.path), "models", "Open", "")  # after a restart
    ask_for_folder(parent, settings, "data", "Choose")
    (tmp_path / "deeper").rmdir()
    ask_to_open(parent, settings, "models", "Open", "")
    home, deeper = str(tmp_path), str(tmp_path / "deeper")
    assert begun == [home, deeper, deeper, home, home]


@pytest.mark.parametrize("replaces", [False, True])
def test_what_is_there_is_replaced_only_after_a_question(
    parent: QWidget, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replaces: bool
) -> None:
    """Also a file whose suffix was not typed, and files that are written beside the chosen one."""
    for name in ("mine.keras", "predict.py"):
        (tmp_path / name).write_text("")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    seen: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        seen.append(box.text())
        next(one for one in box.buttons() if one.text() == ("Replace" if replaces else "Cancel")).click()

    QTimer.singleShot(50, answer)
    target = ask_to_save(
        parent,
        settings,
        "Save",
        "suggested.keras",
        "",
        written=lambda path: (path, path.with_name("predict.py"), path.with_name("new.json")),
    )
    assert seen == [f"“mine.keras”, “predict.py”: already in {tmp_path}."]
    assert target == (tmp_path / "mine.keras" if replaces else None)


def test_a_new_file_needs_no_question(
    parent: QWidget, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "new.PNG"), ""))
    assert ask_to_save(parent, settings, "Save", "suggested.png", "") == tmp_path / "new.PNG"


def test_no_other_module_opens_a_file_dialog() -> None:
    folder = Path(gui.__file__).parent
    users = {path.name for path in folder.rglob("*.py") if "QFileDialog" in path.read_text(encoding="utf-8")}
    assert users == {"file_dialogs.py"}
