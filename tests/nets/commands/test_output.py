"""What a command prints: tables with Chinese names, and what is said when no progress is wanted."""

from __future__ import annotations

import pytest

from nets.commands.output import Output
from nets.commands.terminal_width import cut, terminal_width
from nets.events import Message, Progress

Capture = pytest.CaptureFixture[str]


def test_columns_stand_under_each_other_whatever_the_names_are(capsys: Capture) -> None:
    """A Chinese character takes two columns of a terminal: the numbers behind it stood two columns to the right."""
    Output().table(("class", "images"), [("big dog", 19), ("小 猫", 20), ("cafe\u0301", 5)])
    lines = capsys.readouterr().out.splitlines()
    assert {terminal_width(line) for line in lines} == {len("big dog  images")}
    assert lines[2] == "小 猫        20"


def test_a_progress_line_is_cut_to_the_columns_that_there_are() -> None:
    assert cut("evaluation of 我的 照片", 18) == "evaluation of 我的"
    assert cut("evaluation of 我的 照片", 17) == "evaluation of 我"


def test_without_progress_warnings_are_said_all_the_same(capsys: Capture) -> None:
    out = Output(quiet=True)
    out.say("Opening LeNet")
    out(Message("Opening LeNet"))
    out(Progress("reading", 1, 10, "pictures"))
    out(Message("left out 1 file", is_warning=True))
    out.warn("stopped; 1 finished epoch is kept")
    assert capsys.readouterr().err.splitlines() == ["left out 1 file", "stopped; 1 finished epoch is kept"]
