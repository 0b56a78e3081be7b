"""The session with LeNet open: it is opened once, and each test begins with it as it was shipped."""

from __future__ import annotations

import pytest

from gui.explore.arithmetic.arithmetic_panel import ArithmeticPanel
from gui.explore.workspace import ExploreWorkspace
from gui.session import Session
from tests.drive import wait_until
from tests.gui.explore.conftest import Draw


def open_lenet(session: Session) -> None:
    """Opens LeNet where another model is open, or a changed copy of it."""

    def is_open() -> bool:
        return session.model is not None and (session.model.ref.kind, session.model.ref.name) == ("shipped", "lenet")

    if not is_open():
        session.open_model("lenet")
        wait_until(is_open)


@pytest.fixture
def session(opened: Session) -> Session:
    open_lenet(opened)
    opened.settings.set("map_range", "layer")
    opened.set_picture(None)
    return opened


@pytest.fixture
def panel(workspace: ExploreWorkspace, draw: Draw) -> ArithmeticPanel:
    """The arithmetic of a seven in the place of the maps, forward."""
    draw()
    workspace.toggle_arithmetic()
    wait_until(lambda: workspace.arithmetic.equation.rows)
    return workspace.arithmetic
