"""The training form over folders of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from gui.session import Session
from gui.train.setup.setup import SetupBar


@pytest.fixture
def bar(qtbot: QtBot, session: Session) -> Iterator[SetupBar]:
    made = SetupBar(session)
    qtbot.addWidget(made)
    made.resize(1000, 120)
    made.show()
    settled(made, qtbot)
    yield made
    made.finish()


def settled(bar: SetupBar, qtbot: QtBot) -> None:
    """The dataset has been looked for."""
    qtbot.waitUntil(lambda: "Looking" not in str(bar.problems()), timeout=30_000)


def set_number(bar: SetupBar, name: str, text: str) -> None:
    field = getattr(bar, name, None) or getattr(bar.more, name)
    field.setText(text)
    field.textEdited.emit(text)
