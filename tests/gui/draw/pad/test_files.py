"""Pictures and strokes in and out of the pad, through real files and the clipboard."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.draw.column import DrawColumn
from gui.draw.pad.pictures import to_image
from gui.session import Session
from nets.data.pictures import read_picture
from nets.data.prepare import prepare
from nets.data.specs import ImageInput
from tests.drive import DIGITS, draw, wait_until


def picture_file(folder: Path, size: tuple[int, int] = (90, 60)) -> Path:
    path = folder / "seven.png"
    pixels = np.full((size[1], size[0], 3), 250, np.uint8)
    pixels[10:50, 40:50] = (10, 20, 200)
    Image.fromarray(pixels).save(path)
    return path


def drop(column: DrawColumn, data: QMimeData) -> bool:
    """Whether the column took it."""
    left, none, copy = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    entering = QDragEnterEvent(QPoint(50, 50), copy, data, left, none)
    entering.ignore()
    QApplication.sendEvent(column.viewport(), entering)
    if entering.isAccepted():
        QApplication.sendEvent(column.viewport(), QDropEvent(QPointF(50, 50), copy, data, left, none))
    return entering.isAccepted()


def test_a_picture_is_opened_and_classified_as_it_is(
    column: DrawColumn, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    path = picture_file(tmp_path)
    draw(column.pad, DIGITS["1"])
    column.files.open(path)
    wait_until(lambda: column.files.idle)
    assert np.array_equal(session.picture, read_picture(path))
    assert column.keeping.line.text() == "seven.png"
    column.pad.undo()
    assert len(column.pad.drawing.strokes) == 1


def test_a_dropped_file_is_opened_and_a_model_is_left_to_the_window(
    column: DrawColumn, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "model.keras"))])
    assert not drop(column, data)
    data.setUrls([QUrl.fromLocalFile(str(picture_file(tmp_path)))])
    assert drop(column, data)
    wait_until(lambda: session.picture is not None)
    wait_until(lambda: column.files.idle)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("notes.txt", b"no picture at all", "not a picture"),
        ("cut.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "damaged or cut short|not a picture"),
        ("strokes.json", b'{"strokes": 1}', "expected strokes"),
        ("bytes.json", b"\xff\xfe\x00", "bytes.json is not text in UTF-8"),
        ("gone.png", None, "no file"),
        ("gone.json", None, "could not be read"),
    ],
)
def test_what_cannot_be_read_is_said_and_the_drawing_stays(
    column: DrawColumn, session: Session, qtbot: QtBot, tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    import re

    said: list[tuple[str, str]] = []
    session.notified.connect(lambda *parts: said.append(parts))
    draw(column.pad, DIGITS["1"])
    if content is not None:
        (tmp_path / name).write_bytes(content)
    column.files.open(tmp_path / name)
    wait_until(lambda: column.files.idle and bool(said))
    assert said[0][1] == "error"
    assert re.search(words, said[0][0])
    assert len(column.pad.drawing.strokes) == 1
    good = Image.new("L", (28, 28), 200)
    good.save(tmp_path / "good.png")
    column.files.open(tmp_path / "good.png")
    wait_until(lambda: column.files.idle and len(said) > 1)
    assert said[-1] == ("good.png is on the pad", "info")  # accepts the error's place in the status line


def test_a_large_picture_is_made_smaller(column: DrawColumn, session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    column.files.open(picture_file(tmp_path, (5000, 400)))
    wait_until(lambda: session.picture is not None)
    assert session.picture is not None
    assert session.picture.shape == (164, 2048, 3)
    wait_until(lambda: column.files.idle)


def test_a_saved_drawing_is_the_networks_picture(column: DrawColumn, session: Session, tmp_path: Path) -> None:
    draw(column.pad, DIGITS["7"])
    column.files.save_picture(tmp_path / "seven.png")
    assert np.array_equal(read_picture(tmp_path / "seven.png")[..., 0], session.picture)


def test_strokes_come_back_from_their_file(column: DrawColumn, qtbot: QtBot, tmp_path: Path) -> None:
    draw(column.pad, DIGITS["7"])
    before = column.pad.picture()
    column.files.save_strokes(tmp_path / "seven.json")
    assert json.loads((tmp_path / "seven.json").read_text())["format"] == "lenslet strokes"
    column.pad.clear()
    column.files.open(tmp_path / "seven.json")
    after = column.pad.picture()
    assert before is not None
    assert after is not None
    assert np.array_equal(before, after)


def test_a_folder_that_cannot_be_written_is_said(column: DrawColumn, session: Session, tmp_path: Path) -> None:
    said: list[str] = []
    session.notified.connect(lambda words, level: said.append(f"{level}: {words}"))
    draw(column.pad, DIGITS["1"])
    (tmp_path / "file").write_text("in the way")
    column.files.save_picture(tmp_path / "file" / "drawing.png")
    assert said[0].startswith("error: ")
    assert "could not be written" in said[0]


def test_copy_and_paste(column: DrawColumn, session: Session) -> None:
    draw(column.pad, DIGITS["7"])
    drawn = session.picture
    column.files.copy()
    column.pad.clear()
    column.files.paste()
    assert session.picture is not None
    assert column.pad.drawing.backdrop is not None
    assert np.array_equal(np.atleast_3d(session.picture)[..., 0], drawn)


def test_pasting_nothing_is_said(column: DrawColumn, session: Session) -> None:
    said: list[str] = []
    session.notified.connect(lambda words, level: said.append(words))
    QGuiApplication.clipboard().setText("words")
    column.files.paste()
    assert "no picture" in said[0]
    assert session.picture is None


@pytest.mark.parametrize("ink", [0, 255])
def test_ink_on_nothing_is_seen_whatever_its_colour(column: DrawColumn, session: Session, ink: int) -> None:
    pixels = np.zeros((40, 40, 4), np.uint8)
    pixels[10:30, 18:22] = (ink, ink, ink, 255)
    QGuiApplication.clipboard().setImage(to_image(pixels))
    column.files.paste()
    assert np.array_equal(session.picture, pixels)
    shown = column.pad.grab().toImage()
    middle, corner = shown.pixelColor(shown.rect().center()), shown.pixelColor(6, 6)
    assert middle.lightness() == ink
    assert corner.lightness() == 255 - ink
    seen = prepare(pixels, ImageInput()).input
    assert 0.02 < seen.mean() < 0.3


def test_a_reading_that_goes_on_is_waited_for(column: DrawColumn, qtbot: QtBot, tmp_path: Path) -> None:
    column.files.open(picture_file(tmp_path, (3000, 2000)))
    column.files.open(picture_file(tmp_path))
    column.files.end()
    wait_until(lambda: column.files.idle)
    assert column.pad.drawing.backdrop is not None
    assert column.pad.drawing.backdrop.pixels.shape == (60, 90, 3)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names")
def test_a_pipe_does_not_block_the_window(column: DrawColumn, session: Session, tmp_path: Path) -> None:
    said: list[str] = []
    session.notified.connect(lambda words, level: said.append(words))
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    column.files.open(pipe)
    assert said == [f"expected a file, but {pipe} is no ordinary file"]
