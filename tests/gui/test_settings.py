"""What the program remembers, and what becomes of a file that it cannot read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from gui.settings import SETTINGS, Settings


@pytest.mark.parametrize(
    "text",
    [
        "{ not json",
        "[1, 2]",
        "[" * 5000 + "]" * 5000,
        '{"window": ["a", "b", "c", "d"]}',
        '{"window": [1, 2]}',
        '{"window": [[1], 2, 3, 4]}',
        '{"theme": "pink"}',
        '{"theme": ["dark"]}',
        '{"pen_width": "wide"}',
        '{"pen_width": true}',
        '{"model": 7}',
        "\\xff",
    ],
)
def test_a_broken_file_is_kept_aside_and_the_defaults_are_used(qapp: QApplication, tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)
    settings = Settings(path)
    assert "was kept as" in settings.problem
    assert (tmp_path / "settings.broken.json").read_text() == text
    assert all(settings[name] == row.default for name, row in SETTINGS.items())


def test_what_is_set_is_there_the_next_time(qapp: QApplication, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    Settings(path).set("theme", "dark")
    Settings(path).set("training", {"epochs": 3})
    assert Settings(path)["training"] == {"epochs": 3}
    again = Settings(path)
    assert (again["theme"], again["model"], again.problem) == ("dark", "pen", "")


@pytest.mark.parametrize("name", [os.fsdecode(b"/models/caf\xe9.keras"), "/models/" + "x" * 5000])
def test_a_name_that_cannot_be_remembered_loses_no_other_setting(tmp_path: Path, name: str) -> None:
    """The next start found the file broken and began with the defaults."""
    settings = Settings(tmp_path / "settings.json")
    settings.set("theme", "dark")
    for row, value in (("model", name), ("recent_models", [name, "/models/b.keras"]), ("data_dir", name)):
        settings.set(row, value)
        assert settings[row] == value
    again = Settings(tmp_path / "settings.json")
    assert again.problem == ""
    assert (again["theme"], again["model"], again["recent_models"]) == ("dark", "pen", ["/models/b.keras"])
