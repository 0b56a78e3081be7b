"""The program's own folders and the person's folders. The command line and tests override them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

ASSETS = Path(__file__).resolve().parent.parent / "assets"
MODELS = ASSETS / "models"


@dataclass(frozen=True)
class Places:
    """The person's folders. ``data`` may be None: then datasets come from ``cache`` or are downloaded.

    LENSLET_DATA_DIR names the data directory and LENSLET_HOME moves everything else (tests use it).
    """

    runs: Path
    drawings: Path
    cache: Path
    settings: Path
    data: Path | None = None

    @property
    def cards(self) -> Path:
        """Cards of models in folders that cannot be written to."""
        return self.settings.parent / "cards"

    @classmethod
    def default(cls, *, data: Path | None = None, runs: Path | None = None) -> Places:
        own = os.environ.get("LENSLET_HOME")
        home = Path(own) if own else Path(platformdirs.user_data_dir("lenslet", appauthor=False))
        cache = home / "cache" if own else Path(platformdirs.user_cache_dir("lenslet", appauthor=False))
        named = os.environ.get("LENSLET_DATA_DIR")
        return cls(
            runs=runs or home / "runs",
            drawings=home / "drawings",
            cache=cache,
            settings=home / "settings.json",
            data=data or (Path(named) if named else None),
        )


def keras_home() -> Path:
    """The folder in which Keras keeps downloads; known without importing Keras."""
    home = os.environ.get("KERAS_HOME")
    return Path(home) if home else Path.home() / ".keras"
