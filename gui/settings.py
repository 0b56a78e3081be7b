"""What the program remembers: one table of settings, one JSON file, written whole or not at all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from nets.files import write_text

LONGEST = 4096  # characters of a path
LARGEST = 100_000  # of a place or size on the screen; Qt's own numbers end not far above


@dataclass(frozen=True)
class Setting:
    """A row: its default gives its type. With a ``title`` it is shown in the dialog, as a choice or a folder.

    parts: what a list holds, int or str.
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
            "data_dir", "", "Data directory", "A folder with mnist/ and fashion-mnist/; looked at before any download."
        ),
        Setting("model", "pen"),
        Setting("model_epoch", "best"),  # of a run: "best", "last" or a number
        Setting("workspace", "train"),
        Setting("training", {}),  # gui.train.setup.choices.Choices of the next training
        Setting("drawing_set", ""),  # the set that drawings are kept in; "" for the first
        Setting("pen_width", 16),
        Setting("map_range", "layer"),
        Setting("window", [0, 0, 0, 0]),
        Setting("zoom", 100),  # per cent
        Setting("recent_models", [], parts=str),  # paths of model files, the newest first
    )
}


class Settings(QObject):
    """``settings["theme"]`` reads, ``settings.set("theme", "dark")`` changes, saves and tells.

    A broken file is kept aside under ``problem``'s name and the defaults are used.
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
            write_text(self.path, json.dumps(self._values, indent=2) + "\n")
        except OSError as problem:
            self.problem = f"The settings could not be saved to {self.path}: {problem.strerror}."
        self.changed.emit(name)

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            if not isinstance(found, dict):
                raise ValueError(f"expected an object of settings, found {type(found).__name__}")
            known = {name: found[name] for name in SETTINGS if name in found}
            for name, value in known.items():
                _check(name, value)
            return known
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError) as problem:
            self.problem = self._put_aside(problem)
            return {}

    def _put_aside(self, problem: Exception) -> str:
        aside = self.path.with_suffix(".broken.json")
        try:
            self.path.replace(aside)
        except OSError:
            return f"The settings in {self.path} could not be read ({problem}); the defaults are used."
        return f"The settings file was broken ({problem}). It was kept as {aside}; the defaults are used."


def _check(name: str, value: Any) -> None:
    """ValueError for a value that the program would stumble over."""
    row = SETTINGS[name]
    if not isinstance(value, type(row.default)) or (row.choices and value not in dict(row.choices)):
        raise ValueError(f"{name} is {json.dumps(value)}")
    if name == "zoom" and not 50 <= value <= 300:
        raise ValueError(f"{name} is {json.dumps(value)}")
    if isinstance(value, list) and not all(isinstance(part, row.parts) and _is_sane(part) for part in value):
        raise ValueError(f"{name} is {json.dumps(value)}")


def _is_sane(part: object) -> bool:
    if isinstance(part, str):
        return len(part) <= LONGEST
    return isinstance(part, int) and abs(part) <= LARGEST
