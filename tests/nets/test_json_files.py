"""What somebody else's JSON may be: anything. Every fault is one sentence, never another exception."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

from nets.errors import LensletError
from nets.json_files import JsonError, parse_json, read_json, record


@dataclass(frozen=True)
class Inner:
    side: int = 28
    name: str = "a"


@dataclass(frozen=True)
class Outer:
    labels: tuple[str, ...]
    inner: Inner = field(default_factory=Inner)
    rate: float | None = None
    pair: tuple[int, int] = (0, 0)
    fit: Literal["digit", "picture"] = "digit"
    shares: dict[str, float] = field(default_factory=dict)
    notes: list[Any] = field(default_factory=list)
    done: bool = False


def test_a_record_becomes_its_dataclass_and_unknown_keys_are_passed_over() -> None:
    text = '{"labels": ["a", "b"], "inner": {"side": 3}, "rate": 1, "pair": [1, 2], "shares": {"x": 2}, "new": 1}'
    found = record(Outer, parse_json(text))
    assert found == Outer(("a", "b"), Inner(3), 1.0, (1, 2), shares={"x": 2.0})
    assert isinstance(found.rate, float)
    assert record(Outer, {"labels": [], "rate": None}).rate is None


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1], "expected the text to be an object, found a list of 1"),
        ({}, "the text lacks 'labels'"),
        ({"labels": "ab"}, 'expected labels to be a list, found the text "ab"'),
        ({"labels": ["a", 7]}, r"expected labels\[1\] to be text, found the number 7"),
        ({"labels": ["\ud800"]}, r"labels\[0\] is not text"),
        ({"labels": [], "inner": 3}, "expected inner to be an object, found the number 3"),
        ({"labels": [], "inner": {"side": 2.5}}, "expected side to be a whole number, found the number 2.5"),
        ({"labels": [], "inner": {"side": True}}, "expected side to be a whole number, found true"),
        ({"labels": [], "inner": {"side": 10**30}}, "expected side to be a whole number, found the number with more"),
        ({"labels": [], "rate": "fast"}, 'expected rate to be a number, found the text "fast"'),
        ({"labels": [], "rate": float("nan")}, "expected rate to be a number, found the number nan"),
        ({"labels": [], "rate": 10**400}, "expected rate to be a number"),
        ({"labels": [], "pair": [1]}, "expected pair to have 2 items, found 1"),
        ({"labels": [], "fit": "sound"}, "expected fit to be 'digit' or 'picture'"),
        ({"labels": [], "fit": {}}, "expected fit to be 'digit' or 'picture', found an object"),
        ({"labels": [], "shares": {"x": None}}, r"expected shares.x to be a number, found nothing \(null\)"),
        ({"labels": [], "done": 1}, "expected done to be true or false, found the number 1"),
        ({"labels": ["a" * 200_000]}, "200,000 characters"),
    ],
)
def test_values_of_other_types_are_named(values: Any, words: str) -> None:
    with pytest.raises(JsonError, match=words):
        record(Outer, values)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"{", "x.json is no JSON: .* in line 1"),
        (b"", "x.json is no JSON"),
        (b"\xff\xfe{}", "x.json is not text in UTF-8"),
        (b"[" * 100_000 + b"]" * 100_000, "nested more than 50 deep"),
        (b"[" * 60 + b"]" * 60, "nested more than 50 deep"),
        (b"9" * 6000, "no JSON"),
    ],
)
def test_what_is_no_json_is_said_with_the_files_name(tmp_path: Path, text: bytes, words: str) -> None:
    (tmp_path / "x.json").write_bytes(text)
    with pytest.raises(JsonError, match=words) as caught:
        read_json(tmp_path / "x.json")
    assert isinstance(caught.value, LensletError)
    assert "\n" not in str(caught.value)


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(b"\xef\xbb\xbf[1]")
    assert read_json(tmp_path / "x.json") == [1]


def test_a_file_that_is_too_large_or_none_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(json.dumps("a" * 1000))
    with pytest.raises(JsonError, match="1,002 bytes; expected at most 100"):
        read_json(tmp_path / "x.json", largest=100)
    with pytest.raises(FileNotFoundError):
        read_json(tmp_path / "none.json")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in this system's folders")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.json")
    with pytest.raises(JsonError, match=r"x\.json is not a file"):
        read_json(tmp_path / "x.json")
