"""What an explanation costs the window's thread while the pen moves: its own picture is painted, nothing around it."""

from collections import Counter

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.explain.workspace import WhyWorkspace
from gui.session import Session
from gui.threads.subject import Subject
from tests.drive import pause_for
from tests.gui.explain.conftest import WAIT, answered, seven


class EventCount(QObject):
    """How many events of each type a widget received."""

    def __init__(self, watched: QObject) -> None:
        super().__init__()
        self.of: Counter[QEvent.Type] = Counter()
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.of[event.type()] += 1
        return False


def test_an_explanation_that_follows_the_pen_moves_and_paints_nothing_around_it(
    workspace: WhyWorkspace, qtbot: QtBot, session: Session, subject: Subject
) -> None:
    page = workspace.explain

    def explain(rows: int) -> None:
        picture = seven().copy()
        picture[:rows] = 0
        answer = answered(session, subject, picture)
        assert answer.prepared is not None
        image = answer.prepared.input
        qtbot.waitUntil(lambda: bool(page.results) and page.results[0].image is image, timeout=WAIT)
        QApplication.processEvents()

    explain(0)
    pause_for(50)  # the layout of what has just appeared
    around, picture = EventCount(page), EventCount(page.columns[0].picture)
    for rows in (2, 4, 6):
        explain(rows)
        page.columns[0].picture.hovered.emit((rows, rows))  # another line of words, as the milliseconds make it
    assert picture.of[QEvent.Type.Paint] >= 3
    assert around.of[QEvent.Type.LayoutRequest] == 0
    assert around.of[QEvent.Type.Paint] == 0
