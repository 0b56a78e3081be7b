"""The names of a model's classes, in the forms in which people and other programs write them: text, JSON, numbered
lines.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nets.json_files import JsonError, checked, describe, parse_json

LONGEST = 200  # characters of one name, far more than a line of the window can show
MOST = 100_000  # names
LARGEST = 8_000_000  # bytes of a file
BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}  # Windows' editor calls it Unicode
# Keys of a JSON object under which programs store the names of classes, the most usual first.
KEYS = ("labels", "classes", "class_names", "class_indices", "id2label", "label2id", "names")
NUMBERED = re.compile(r"(\d{1,6})[\s:,;.]\s*(\S.*)")  # "0 Flask", "0: Flask", "0,Flask"
ENDS_NUMBERED = re.compile(r"(\S.*?)\s*[:,;\t]\s*(\d{1,6})")  # "Flask,0"; "Class 1" is a name as it is
QUOTES = "\"'"


def clean_labels(values: Any) -> tuple[str, ...]:
    """Names that every part of the program can take: text on one line, none empty.

    Args:
        values: a list of names in the order of the outputs (numbers become text), or an object: ``{"0": "cat", ...}``,
            ``{"cat": 0, ...}`` as Keras's ``class_indices`` are written, or ``{"0": ["n02123045", "tabby"], ...}`` as
            ImageNet's are.

    Raises:
        JsonError: it is something else; the message names the first name that cannot be used.
    """
    if isinstance(values, Mapping):
        values = _by_number(values)
    if not isinstance(values, Sequence) or isinstance(values, str):
        raise JsonError("expected the labels to be a list of names, found {found}", found=describe(values))
    if len(values) > MOST:
        raise JsonError("there are {values:,} labels; expected at most {most:,}", values=len(values), most=MOST)
    return tuple(_clean(value, f"labels[{number}]") for number, value in enumerate(values))


def read_labels(path: Path) -> tuple[str, ...]:
    """The names in a file: JSON, or lines as ``parse_labels`` takes them. The text is UTF-8, or UTF-16 with its mark.

    Raises:
        OSError: The file cannot be read.
        JsonError: It contains no names.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        raise FileNotFoundError(2, "there is no such file", str(path)) from None
    if not stat.S_ISREG(found.st_mode):  # reading a pipe would block forever
        raise JsonError("{file} is not a file", file=path.name)
    if (size := found.st_size) > LARGEST:
        raise JsonError(
            "{file} has {size:,} bytes; expected at most {largest:,}", file=path.name, size=size, largest=LARGEST
        )
    content = path.read_bytes()
    try:
        text = content.decode(BYTE_ORDER_MARKS.get(content[:2], "utf-8-sig"))
    except UnicodeDecodeError:
        raise JsonError("{file} is not text in UTF-8", file=path.name) from None
    if text.lstrip()[:1] in ("[", "{"):
        return labels_in(parse_json(text, name=path.name))
    labels = parse_labels(text)
    if not labels:
        raise JsonError("{file} is empty; expected the name of a class on each line", file=path.name)
    return labels


def parse_labels(text: str) -> tuple[str, ...]:
    """The names in lines of text, one on each, or all on one line between commas.

    Numbers are left out where every line has its own: 0, 1, 2 and so on, in any order, before the name (Teachable
    Machine: "0 Flask") or behind a comma or colon after it. Quotes around every name and commas after them go, too, and
    so does a heading above numbered lines ("index,label").
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) == 1:
        separator = next((one for one in ("\t", ",", ";") if one in lines[0]), None)
        lines = [name.strip() for name in lines[0].split(separator) if name.strip()] if separator else lines
    found = _without_numbers(lines) or (_without_numbers(lines[1:]) if _is_heading(lines) else None)
    return clean_labels(_unquoted(found or _without_commas(lines)))


def _without_numbers(lines: Sequence[str]) -> list[str] | None:
    """The names in the order of their numbers; None unless the numbers are 0, 1, 2 and so on."""
    for pattern, number, name in ((NUMBERED, 1, 2), (ENDS_NUMBERED, 2, 1)):
        found = [pattern.fullmatch(line) for line in lines]
        names = {int(one[number]): one[name] for one in found if one}
        if lines and len(names) == len(lines) and set(names) == set(range(len(lines))):
            return _unquoted([names[at] for at in range(len(names))])
    return None


def _is_heading(lines: Sequence[str]) -> bool:
    """Whether the first line names the columns of a table whose others are separated alike."""
    return len(lines) > 2 and any(all(separator in line for line in lines) for separator in (",", ";", "\t"))


def _without_commas(lines: Sequence[str]) -> list[str]:
    """The lines without the comma that ends each of them, but perhaps the last."""
    for comma in (",", ";"):
        if len(lines) > 1 and all(line.endswith(comma) for line in lines[:-1]):
            return [line.removesuffix(comma).rstrip() for line in lines]
    return list(lines)


def _unquoted(names: Sequence[str]) -> list[str]:
    """The names without the quotes in which all of them stand."""
    for quote in QUOTES:
        if names and all(len(name) > 2 and name[0] == name[-1] == quote for name in names):
            return [name[1:-1] for name in names]
    return list(names)


def labels_in(values: Any) -> tuple[str, ...]:
    """The names in a JSON value: a list, an object with one of ``KEYS``, or the object itself."""
    if isinstance(values, dict):
        values = next((values[key] for key in KEYS if isinstance(values.get(key), list | dict)), values)
    return clean_labels(values)


def _by_number(values: Mapping[str, Any]) -> list[Any]:
    """The names of an object that maps names to numbers, in the order of the numbers."""
    names: dict[Any, Any] = {}
    for key, value in values.items():
        if isinstance(value, int) and not isinstance(value, bool):
            names[value] = key
        elif _is_number(key):
            names[int(key)] = value[-1] if isinstance(value, list) and value else value
        elif _is_number(value):
            names[int(value)] = key
    if not values or len(names) != len(values) or set(names) != set(range(len(names))):
        raise JsonError(
            "expected the labels as a list of names, or as an object that gives each name its number from 0"
        )
    return [names[number] for number in range(len(names))]


def _is_number(value: Any) -> bool:
    return isinstance(value, str) and value.isdecimal() and len(value) < 7


def _clean(value: Any, name: str) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**53:
        value = str(value)
    label = " ".join(checked(str, value, name=name).split())
    label = "".join(character for character in label if character.isprintable())
    if not label:
        raise JsonError("expected {name} to be a name, found an empty one", name=name)
    return label if len(label) <= LONGEST else label[: LONGEST - 1] + "…"
