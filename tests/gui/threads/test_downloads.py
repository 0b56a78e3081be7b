"""Fetching pretrained networks: from a server of this machine, with progress, stoppable, one after the other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.session import Session
from gui.settings import Settings
from gui.shell.status_bar import StatusBar
from gui.threads.downloads import Downloads
from nets.events import Progress
from nets.network import pretrained
from nets.network.pretrained import CLASS_NAMES
from nets.places import Places
from nets.zoo.pretrained import PRETRAINED, Pretrained
from tests.nets.local_server import Server, serving

WEIGHTS = b"weights" * 500_000
WAIT = 20_000


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return Places(*(tmp_path / name for name in ("runs", "drawings", "cache", "settings.json")))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Has every network's weights, all the same."""
    names = {str(at): [f"n{at}", f"thing_{at}"] for at in range(1000)}
    with serving() as made:
        made.bodies = {row.file: WEIGHTS for row in PRETRAINED.values()}
        made.bodies[CLASS_NAMES] = json.dumps(names).encode()
        monkeypatch.setattr(pretrained, "CLASS_NAMES_URL", made.url)
        yield made


def row(name: str, server: Server) -> Pretrained:
    return replace(PRETRAINED[name], md5=hashlib.md5(WEIGHTS).hexdigest(), url=server.url)


def test_networks_arrive_one_after_the_other_with_progress(qtbot: QtBot, places: Places, server: Server) -> None:
    downloads = Downloads()
    first, second = row("vgg16", server), row("resnet50", server)
    arrived: list[object] = []
    seen: list[Progress | None] = []
    downloads.arrived.connect(arrived.append)
    downloads.changed.connect(lambda: seen.append(downloads.progress))
    downloads.start(first, places)
    downloads.start(second, places)
    downloads.start(second, places)  # it waits already
    assert (downloads.current, downloads.waiting) == (first, (second,))
    qtbot.waitUntil(lambda: len(arrived) == 2, timeout=WAIT)
    assert arrived == [first, second]
    assert (downloads.current, downloads.waiting) == (None, ())
    assert {event.what for event in seen if event is not None} >= {first.file, second.file}
    assert (places.cache / "keras-models" / second.file).read_bytes() == WEIGHTS
    downloads.end()


def test_a_failure_is_said_and_the_next_goes_on(qtbot: QtBot, places: Places, server: Server) -> None:
    downloads = Downloads()
    first, second = row("vgg16", server), row("resnet50", server)
    server.cut.add(first.file)
    arrived: list[object] = []
    failed: list[str] = []
    downloads.arrived.connect(arrived.append)
    downloads.failed.connect(lambda _, why: failed.append(why))
    downloads.start(first, places)
    downloads.start(second, places)
    qtbot.waitUntil(lambda: bool(arrived), timeout=WAIT)
    assert arrived == [second]
    assert "broke off after" in failed[0]
    downloads.end()


def test_in_the_window_it_is_shown_and_can_be_stopped(
    qtbot: QtBot, places: Places, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model that is open stays open meanwhile."""
    monkeypatch.setitem(PRETRAINED, "vgg16", row("vgg16", server))
    session = Session(places, Settings(places.settings))
    bar = StatusBar(session, "keys")
    qtbot.addWidget(bar)
    bar.show()
    assert bar.download.isHidden()
    opened: list[str] = []
    cancelled: list[object] = []
    session.model_opening.connect(opened.append)
    session.downloads.cancelled.connect(cancelled.append)
    session.open_model("vgg16")
    assert bar.download.isVisible()
    assert bar.download.words.text() == "VGG16: asking for its files"
    bar.download.stop.click()
    qtbot.waitUntil(lambda: bool(cancelled), timeout=WAIT)
    assert bar.download.isHidden()
    assert opened == []
    assert bar.message.text() == "The download of VGG16 was stopped; nothing of it is kept"
    session.open_model("vgg16")
    qtbot.waitUntil(lambda: opened == ["vgg16"], timeout=WAIT)
    session.end()


def test_what_arrives_while_another_model_was_opened_is_only_said(
    qtbot: QtBot, places: Places, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PRETRAINED, "vgg16", row("vgg16", server))
    session = Session(places, Settings(places.settings))
    told: list[str] = []
    session.notified.connect(lambda words, _: told.append(words))
    session.open_model("vgg16")
    session.open_model("lenet")
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT)
    assert told == ["VGG16 is here now: open it from the menu of models"]
    assert session.reference == "lenet"
    session.end()
