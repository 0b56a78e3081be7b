"""The explorer alone, for looking at it: ``python -m gui.explore [MODEL] [PICTURE]``."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from gui import theme
from gui.explore.workspace import ExploreWorkspace
from gui.session import Session
from gui.settings import Settings
from nets.data.pictures import read_picture
from nets.places import Places


def main(model: str = "", picture: str = "") -> None:
    app = QApplication([])
    places = Places.default()
    session = Session(places, Settings(places.settings))
    session.reference = model
    theme.apply(session.settings["theme"])
    workspace = ExploreWorkspace(session)
    workspace.resize(1070, 795)
    workspace.show()
    session.start()
    if picture:
        session.set_picture(read_picture(Path(picture)))
    app.exec()
    session.end()


if __name__ == "__main__":
    main(*sys.argv[1:3])
