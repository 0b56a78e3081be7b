"""The settings that the program remembers: one table, and one JSON file that is written whole or not at all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from nets.files import write_text
from nets.json_files import JsonError, checked, read_json

LONGEST = 4096  # characters of a path, at most
LARGEST = 100_000  # largest position or size on the screen; Qt's own limit is not far above


@dataclass(frozen=True)
class Setting:
    """A row: the default gives the type. A row with a ``title`` is shown in the dialog, as a choice or a folder.

    parts: the type of a list's items, int or str.
    """

    name: str
    default: Any
    title: str = ""
    tip: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    parts: type = int


SETTINGS = {
    row.name: row
    for row in (
        Setting(
            "theme",
            "system",
            "Colours",
            "Light for a bright room, dark for a dark one.",
            (("system", "As the system"), ("light", "Light"), ("dark", "Dark")),
        ),
        Setting(
            "data_dir",
            "",
            "Data directory",
            "A folder with mnist/, fashion-mnist/ or other archives; looked at before any download.",
        ),
        Setting("model", "pen"),
        Setting("model_epoch", "best"),  # epoch of a run: "best", "last" or a number
        Setting("workspace", "train"),
        Setting("training", {}),  # gui.train.setup.choices.Choices of the next training
        Setting("drawing_set", ""),  # the set that new drawings go to; "" for the first
        Setting("folders", {}),  # by kind of file: the folder of the last one that was opened or saved
        Setting("pen_width", 16),
        Setting("map_range", "layer"),
        Setting("window", [0, 0, 0, 0]),
        Setting("zoom", 100),  # per cent
        Setting("recent_models", [], parts=str),  # paths of model files, the newest first
    )
}


class Settings(QObject):
    """``settings["theme"]`` reads; ``settings.set("theme", "dark")`` changes, saves and emits a signal.

    A damaged file is kept under another name, given in ``problem``, and the defaults are used.
    """

    changed = Signal(str)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self.problem = ""
        self._values: dict[str, Any] = self._read()

    def __getitem__(self, name: str) -> Any:
        return self._values.get(name, SETTINGS[name].default)

    def set(self, name: str, value: Any) -> None:
        if self[name] == value:
            return
        self._values[SETTINGS[name].name] = value
        try:
            write_text(self.path, json.dumps(self._to_store(), indent=2) + "\n")
        except OSError as problem:
            self.problem = f"The settings could not be saved to {self.path}: {problem.strerror}."
        self.changed.emit(name)

    def _to_store(self) -> dict[str, Any]:
        """The values without those that the next start would refuse, with all others: a file's name in Latin-1."""
        kept = {}
        for name, value in self._values.items():
            if SETTINGS[name].parts is str:
                value = [part for part in value if _can_be_stored(name, [part])]
            if _can_be_stored(name, value):
                kept[name] = value
        return kept

    def _read(self) -> dict[str, Any]:
        try:
            found = checked(dict, read_json(self.path), name="the settings")
            return {name: _check(name, found[name]) for name in SETTINGS if name in found}
        except FileNotFoundError:
            return {}
        except (OSError, JsonError) as problem:
            self.problem = self._put_aside(problem)
            return {}

    def _put_aside(self, problem: Exception) -> str:
        aside = self.path.with_suffix(".broken.json")
        try:
            self.path.replace(aside)
        except OSError:
            return f"The settings in {self.path} could not be read ({problem}); the defaults are used."
        return f"The settings file was broken ({problem}). It was kept as {aside}; the defaults are used."


def _can_be_stored(name: str, value: Any) -> bool:
    try:
        _check(name, value)
    except JsonError:
        return False
    return True


def _check(name: str, value: Any) -> Any:
    """The value with the type that the program expects.

    Raises:
        JsonError: The value has another type or is out of range.
    """
    row = SETTINGS[name]
    if isinstance(row.default, list):
        value = checked(list[row.parts], value, name=name)  # type: ignore[name-defined]  # the type is the row's
    else:
        value = checked(type(row.default), value, name=name)
    if isinstance(value, dict):  # its contents are checked where it is used
        return value
    parts = value if isinstance(value, list) else [value]
    fits = all(len(part) <= LONGEST if isinstance(part, str) else abs(part) <= LARGEST for part in parts)
    if row.choices:
        fits = fits and value in dict(row.choices)
    if row.parts is int and isinstance(value, list):
        fits = fits and len(value) == len(row.default)
    if name == "zoom":
        fits = fits and 50 <= value <= 300
    if not fits:
        raise JsonError(f"{name} is {json.dumps(value)[:80]}")
    return value
