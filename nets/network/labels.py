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


def clean_labels(values: Any) -> tuple[str, ...]:
    """Names that every part of the program can take: text on one line, none empty.

    Args:
        values: a list of names in the order of the outputs (numbers become text), or an object: ``{"0": "cat", ...}``
            or ``{"cat": 0, ...}``, as Keras's ``class_indices`` are written.

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
    """The names in a file: JSON, or one on each line. Lines may be numbered in order, as by Teachable Machine: "0
    Flask".

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
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise JsonError("{file} is not text in UTF-8", file=path.name) from None
    if text.lstrip()[:1] in ("[", "{"):
        return labels_in(parse_json(text, name=path.name))
    labels = parse_labels(text)
    if not labels:
        raise JsonError("{file} is empty; expected the name of a class on each line", file=path.name)
    return labels


def parse_labels(text: str) -> tuple[str, ...]:
    """The names in lines of text, without numbers if every line begins with its own: 0, 1, 2 and so on."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    lines = [line for line in lines if line]
    numbered = [re.match(r"(\d{1,6})[ :,;.]\s*(\S.*)", line) for line in lines]
    if lines and all(found and int(found[1]) == at for at, found in enumerate(numbered)):
        lines = [found[2] for found in numbered if found]
    return clean_labels(lines)


def labels_in(values: Any) -> tuple[str, ...]:
    """The names in a JSON value: a list, ``{"labels": ...}``, ``{"classes": ...}``, or the object itself."""
    if isinstance(values, dict):
        values = values.get("labels", values.get("classes", values))
    return clean_labels(values)


def _by_number(values: Mapping[str, Any]) -> list[Any]:
    """The names of an object that maps names to numbers, in the order of the numbers."""
    names: dict[Any, Any] = {}
    for key, value in values.items():
        if isinstance(value, int) and not isinstance(value, bool):
            names[value] = key
        elif isinstance(key, str) and key.isdecimal() and len(key) < 7:
            names[int(key)] = value
    if not values or len(names) != len(values) or set(names) != set(range(len(names))):
        raise JsonError(
            "expected the labels as a list of names, or as an object that gives each name its number from 0"
        )
    return [names[number] for number in range(len(names))]


def _clean(value: Any, name: str) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**53:
        value = str(value)
    label = " ".join(checked(str, value, name=name).split())
    label = "".join(character for character in label if character.isprintable())
    if not label:
        raise JsonError("expected {name} to be a name, found an empty one", name=name)
    return label if len(label) <= LONGEST else label[: LONGEST - 1] + "…"
