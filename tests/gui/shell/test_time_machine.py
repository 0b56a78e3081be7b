"""The slider over the epochs of a run: it opens them, plays them, and writes what the workspace shows as a GIF."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gui import theme
from gui.session import Session
from gui.settings import Settings
from gui.shell import time_machine
from gui.shell.time_machine import TimeMachine
from nets import backend
from nets.models import open_model
from nets.network.model import Epoch
from nets.places import Places
from tests.made_runs import write_run


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    home = tmp_path_factory.mktemp("epochs")
    return Places(home / "runs", home / "drawings", home / "cache", home / "settings.json")


@pytest.fixture(scope="module")
def run(places: Places) -> str:
    backend.configure()
    return write_run(places.runs)


class Opens(Session):
    """A session that opens a model at once, in this thread, and does nothing else."""

    def open_model(self, reference: str, epoch: Epoch = "best") -> None:
        self.model = open_model(reference, self.places, epoch=epoch)
        self.model_changed.emit(self.model)


@pytest.fixture
def session(qapp: object, places: Places) -> Iterator[Opens]:
    theme.apply("light")
    made = Opens(places, Settings(places.settings))
    yield made
    made.end()


@pytest.fixture
def machine(qtbot: QtBot, session: Opens) -> Iterator[TimeMachine]:
    shown = QLabel("what a workspace shows")
    session.model_changed.connect(lambda model: shown.setText(f"epoch {model.ref.epoch}"))
    made = TimeMachine(session, shown)
    for widget in (shown, made):
        qtbot.addWidget(widget)
    shown.resize(120, 40)
    shown.show()
    yield made
    made.stop()


def test_it_is_there_for_a_run_and_not_for_other_models(machine: TimeMachine, session: Opens, run: str) -> None:
    assert machine.isHidden()
    session.open_model(run)
    assert not machine.isHidden()
    assert (machine.slider.minimum(), machine.slider.maximum(), machine.slider.value()) == (1, 3, 2)
    assert machine.words.text() == "epoch 2 of 3 · 5 of 5 validation images right · the best"
    session.open_model("lenet")
    assert machine.isHidden()


def test_the_slider_opens_the_epoch(machine: TimeMachine, session: Opens, run: str) -> None:
    session.open_model(run)
    machine.slider.setValue(3)
    assert session.model is not None
    assert session.model.ref.epoch == 3
    assert "epoch 3 of 3" in machine.words.text()
    machine.walk(-1)
    machine.walk(-1)
    machine.walk(-1)
    assert session.model.ref.epoch == 1


def test_it_plays_to_the_end(machine: TimeMachine, session: Opens, run: str, qtbot: QtBot) -> None:
    session.open_model(run, 3)
    machine._timer.setInterval(5)
    machine.play.setChecked(True)
    assert session.model is not None
    assert session.model.ref.epoch == 1
    qtbot.waitUntil(lambda: not machine.play.isChecked(), timeout=20_000)
    assert session.model.ref.epoch == 3


def test_the_gif_shows_every_epoch(
    machine: TimeMachine, session: Opens, run: str, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_machine, "SETTLED", 5)
    session.open_model(run, 2)
    machine.record(tmp_path / "epochs.gif")
    qtbot.waitUntil(lambda: not machine.recording and machine._saving.idle, timeout=30_000)
    with Image.open(tmp_path / "epochs.gif") as gif:
        assert gif.n_frames == 3
    machine.record(tmp_path / "other.gif")
    session.open_model("lenet")
    assert not machine.recording
    assert not (tmp_path / "other.gif").exists()


def test_a_frame_is_taken_when_the_workspace_shows_the_epoch(
    machine: TimeMachine, session: Opens, run: str, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if an explanation takes long: earlier, on a busy machine, all frames showed the first epoch."""
    monkeypatch.setattr(time_machine, "SETTLED", 1)
    monkeypatch.setattr(time_machine, "AGAIN", 1)
    frames: list[int] = []  # how many there were whenever it was asked whether the epoch is shown

    class Shown(QLabel):
        """Shows something else until it was asked three times."""

        @property
        def settled(self) -> bool:
            frames.append(len(machine._frames))
            return len(frames) > 3

    monkeypatch.setattr(machine, "_frames_of", Shown("what a workspace shows", machine._frames_of))
    session.open_model(run, 1)
    machine.record(tmp_path / "epochs.gif")
    qtbot.waitUntil(lambda: len(frames) > 3, timeout=20_000)
    assert frames[:4] == [0, 0, 0, 0]
    qtbot.waitUntil(lambda: len(machine._frames) > 0 or not machine.recording, timeout=20_000)
    qtbot.waitUntil((tmp_path / "epochs.gif").exists, timeout=20_000)
