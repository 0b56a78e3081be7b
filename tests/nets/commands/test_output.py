"""What a command prints: tables with Chinese names, and what is said when no progress is wanted."""

from __future__ import annotations

import pytest

from nets.commands.compare import _heads
from nets.commands.output import Output
from nets.commands.terminal_width import cut, terminal_width
from nets.commands.transfer import summary
from nets.events import Message, Progress
from nets.experiments.candidates import Candidate
from nets.training.events import EpochEnded

Capture = pytest.CaptureFixture[str]


def test_columns_stand_under_each_other_whatever_the_names_are(capsys: Capture) -> None:
    """A Chinese character takes two columns of a terminal; earlier, the numbers after it were two columns too far
    right.
    """
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


def test_models_are_called_in_a_table_as_people_call_them() -> None:
    names = ("pen", "/home/she/her models/我的 模型.keras", "/a/one.keras", "/b/one.keras", "net:lenet5", "run@3")
    shown = ["pen", "我的 模型.keras", "/a/one.keras", "/b/one.keras", "lenet5", "run@3"]
    assert _heads([Candidate(name) for name in names]) == shown


def test_one_epoch_of_a_transfer_is_not_epochs() -> None:
    assert "one epoch alone, then 1 with the layers" in summary(2, 1, "MobileNet", "photos")
    assert "2 epochs alone" in summary(2, 8, "MobileNet", "photos")


def test_a_loss_that_rounding_made_a_little_negative_is_shown_as_zero(capsys: Capture) -> None:
    Output()(EpochEnded(1, 1, 1e-9, 1.0, -1e-9, 1.0, 1.0, 0.0, 100.0, 0.001, None))
    assert "validation: loss 0.0000" in capsys.readouterr().err
