"""Class names in the forms in which they lie beside models."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from nets.json_files import JsonError
from nets.network.labels import clean_labels, parse_labels, read_labels


@pytest.mark.parametrize(
    "text",
    [
        "Flask\nPen\nred car\n",
        "0 Flask\n1 Pen\n2 red car\n",
        "\ufeff0 Flask\r\n1 Pen\r\n2  red  car\r\n",
        "0: Flask\n1: Pen\n2: red car",
        '["Flask", "Pen", "red car"]',
        '{"labels": ["Flask", "Pen", "red car"]}',
        '{"classes": ["Flask", "Pen", "red car"]}',
        '{"0": "Flask", "1": "Pen", "2": "red car"}',
        '{"Pen": 1, "Flask": 0, "red car": 2}',
        "Flask, Pen, red car",
        "Flask;Pen;red car\n",
        "Flask,\nPen,\nred car\n",
        '"Flask",\n"Pen",\n"red car"\n',
        "0,Flask\n1,Pen\n2,red car\n",
        "index,label\n0,Flask\n1,Pen\n2,red car\n",
        "name;number\nPen;1\nFlask;0\nred car;2\n",
        "0\tFlask\n1\tPen\n2\tred car\n",
        "Flask\t0\nPen\t1\nred car\t2\n",
        "2 red car\n0 Flask\n1 Pen\n",
        "Flask\rPen\rred car\r",
        '{"Pen": "1", "Flask": "0", "red car": "2"}',
        '{"0": ["n1", "Flask"], "1": ["n2", "Pen"], "2": ["n3", "red car"]}',
        '{"class_names": ["Flask", "Pen", "red car"]}',
        '{"id2label": {"0": "Flask", "1": "Pen", "2": "red car"}, "size": 224}',
        '{"tmVersion": "2.4.5", "labels": ["Flask", "Pen", "red car"], "imageSize": 224}',
    ],
)
def test_every_form_gives_the_same_names(tmp_path: Path, text: str) -> None:
    (tmp_path / "labels.txt").write_text(text, encoding="utf-8")
    assert read_labels(tmp_path / "labels.txt") == ("Flask", "Pen", "red car")


def test_windows_writes_unicode_with_two_bytes_a_letter(tmp_path: Path) -> None:
    for encoding in ("utf-16", "utf-16-be"):
        mark = "\ufeff" if encoding.endswith("be") else ""
        (tmp_path / "labels.txt").write_bytes(f"{mark}猫\r\nPen\r\n".encode(encoding))
        assert read_labels(tmp_path / "labels.txt") == ("猫", "Pen")


def test_names_that_only_look_like_lists_stay_as_they_are() -> None:
    assert parse_labels("Class 0\nClass 1\nClass 2") == ("Class 0", "Class 1", "Class 2")
    assert parse_labels("Smith, J.\nDoe, A.\nRoe, B.") == ("Smith, J.", "Doe, A.", "Roe, B.")
    assert parse_labels("1 cat\n2 dog") == ("1 cat", "2 dog")
    assert parse_labels("classes\n\"names\"\n'labels'") == ("classes", '"names"', "'labels'")
    assert clean_labels({"names": 1, "labels": 0}) == ("labels", "names")


def test_numbers_are_names_where_they_do_not_count_the_lines() -> None:
    assert parse_labels("0\n1\n2") == ("0", "1", "2")
    assert parse_labels("3 of clubs\n4 of clubs") == ("3 of clubs", "4 of clubs")
    assert clean_labels([0, 1.5, "a"]) == ("0", "1.5", "a")


def test_what_is_no_file_is_said_and_never_waited_for(tmp_path: Path) -> None:
    with pytest.raises(JsonError, match="is not a file"):
        read_labels(tmp_path)
    with pytest.raises(FileNotFoundError, match="there is no such file"):
        read_labels(tmp_path / "none.txt")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.txt")
        with pytest.raises(JsonError, match=r"pipe\.txt is not a file"):
            read_labels(tmp_path / "pipe.txt")


def test_names_are_one_line_that_can_be_shown() -> None:
    assert clean_labels(["a\nb", " c\t", "d\x1b[31m", "é", "x" * 999]) == ("a b", "c", "d[31m", "é", "x" * 199 + "…")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([["a"], "b"], r"expected labels\[0\] to be text, found a list of 1"),
        (["a", None], r"expected labels\[1\] to be text, found nothing"),
        (["a", True], r"expected labels\[1\] to be text, found true"),
        (["a", ""], r"expected labels\[1\] to be a name, found an empty one"),
        ("abc", "expected the labels to be a list of names, found the text"),
        (7, "expected the labels to be a list of names, found the number 7"),
        ({}, "as a list of names, or as an object"),
        ({"a": 0, "b": 2}, "an object that gives each name its number from 0"),
        ({"a": 0, "b": 0}, "an object that gives each name its number from 0"),
    ],
)
def test_what_is_no_name_is_named(values: Any, words: str) -> None:
    with pytest.raises(JsonError, match=words):
        clean_labels(values)


def test_files_without_names(tmp_path: Path) -> None:
    for name, content in (("empty", b"\n\n"), ("binary", b"\xff\xfe\x00"), ("broken", b"[1, ")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(JsonError, match=name):
            read_labels(tmp_path / name)
    with pytest.raises(OSError, match="no such file"):
        read_labels(tmp_path / "none")


def test_a_number_as_a_label_makes_a_card_with_text() -> None:
    from nets.network.card import Card

    values = {"name": "a", "title": "A", "network": "", "labels": list(range(3)), "input": {}}
    assert Card.from_json(json.dumps(values)).labels == ("0", "1", "2")
