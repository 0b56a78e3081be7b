"""The one reader of JSON from strangers: size, depth and types are checked here, once.

``read_json`` and ``parse_json`` give plain values that are safe to walk; ``record`` makes a dataclass of them and
checks every field against its annotation. An error is one sentence that names the place, e.g. "expected labels[2] to be
text, found the number 7".
"""

from __future__ import annotations

import dataclasses
import json
import math
import stat
import types
import typing
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, Union

from nets.errors import LensletError

LARGEST = 8_000_000  # bytes of a file at most; cards, settings and runs have a few thousand
DEEPEST = 50  # levels of lists and objects inside each other
LONGEST = 100_000  # characters of one text, or items of one list

T = TypeVar("T")


class JsonError(LensletError, ValueError):
    """The text is not JSON, or not what was expected."""


def read_json(path: Path, *, largest: int = LARGEST) -> Any:
    """The value in a JSON file.

    Raises:
        OSError: The file cannot be read.
        JsonError: Its content is not JSON (a ValueError).
    """
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):  # reading a pipe would block forever
        raise JsonError("{file} is not a file", file=path.name)
    if found.st_size > largest:
        raise JsonError(
            "{file} has {size:,} bytes; expected at most {largest:,}",
            file=path.name,
            size=found.st_size,
            largest=largest,
        )
    return parse_json(path.read_bytes(), name=path.name)


def parse_json(text: str | bytes, *, name: str = "the text") -> Any:
    """The value of a JSON text in UTF-8.

    Raises:
        JsonError: It is not JSON; the message calls it ``name``.
    """
    try:
        value = json.loads(text.decode("utf-8-sig") if isinstance(text, bytes) else text)
    except UnicodeDecodeError:
        raise JsonError("{name} is not text in UTF-8", name=name) from None
    except json.JSONDecodeError as problem:
        raise JsonError(
            "{name} is no JSON: {reason} in line {line}", name=name, reason=problem.msg, line=problem.lineno
        ) from None
    except RecursionError:
        raise JsonError("{name} is nested more than {deepest} deep", name=name, deepest=DEEPEST) from None
    except ValueError as problem:  # a number with more digits than Python converts
        raise JsonError("{name} is no JSON: {problem}", name=name, problem=problem) from None
    _check_depth(value, name)
    return value


def record(kind: type[T], values: Any, *, name: str = "the text") -> T:
    """``values``, an object of JSON, as an instance of the dataclass ``kind``.

    Keys that ``kind`` does not have are passed over: a newer version may have written them.

    Args:
        kind: a dataclass. Its fields may be str, int, float, bool, None, Any, Literal, unions, lists, tuples, dicts
            with keys of text, and other such dataclasses.
        values: what ``parse_json`` gave.
        name: what the value is called in the message.

    Raises:
        JsonError: a field is missing, or its value is of another type; the message names it.
    """
    if not isinstance(values, Mapping):
        raise JsonError("expected {name} to be an object, found {found}", name=name, found=describe(values))
    hints = _hints(typing.cast(Any, kind))
    found = {}
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]  # T is a dataclass
        if field.name in values:
            found[field.name] = checked(hints[field.name], values[field.name], name=field.name)
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise JsonError("{name} lacks {field!r}", name=name, field=field.name)
    return kind(**found)


def checked(kind: Any, value: Any, *, name: str) -> Any:
    """A value of JSON as the type that is wanted: lists as tuples, whole numbers as floats.

    Args:
        kind: a type or an annotation; see ``record`` for those that are known.
        value: what ``parse_json`` gave.
        name: what the message calls it.

    Raises:
        JsonError: the value is something else.
    """
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return value
    if origin in (Union, types.UnionType):
        return _one_of(parts, value, name)
    if origin is Literal:
        if value not in parts or isinstance(value, bool) not in {isinstance(part, bool) for part in parts}:
            raise JsonError(
                "expected {name} to be {parts}, found {found}",
                name=name,
                parts=" or ".join(map(repr, parts)),
                found=describe(value),
            )
        return value
    if origin in (list, tuple) or kind in (list, tuple):
        return _items(origin or kind, parts, value, name)
    if origin is dict or kind is dict:
        if not isinstance(value, Mapping):
            raise JsonError("expected {name} to be an object, found {found}", name=name, found=describe(value))
        inner = parts[1] if parts else Any
        return {key: checked(inner, item, name=f"{name}.{key}") for key, item in value.items()}
    if dataclasses.is_dataclass(kind):
        return record(kind, value, name=name)  # type: ignore[arg-type]  # never an instance: it is an annotation
    return _plain(kind, value, name)


def describe(value: Any) -> str:
    """A JSON value in a few words: 'the text "a"', "the number 3", "a list of 2"."""
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        text = repr(value) if isinstance(value, float) or abs(value) < 10**20 else "with more than 20 digits"
        return f"the number {text}"
    if isinstance(value, str):
        return f'the text "{value[:40]}{"…" if len(value) > 40 else ""}"'
    if isinstance(value, Sequence):
        return f"a list of {len(value)}"
    return f"an object with {len(value)} keys" if isinstance(value, Mapping) else type(value).__name__


PLAIN = {str: "text", int: "a whole number", float: "a number", bool: "true or false", type(None): "nothing (null)"}


def _plain(kind: type, value: Any, name: str) -> Any:
    if kind not in PLAIN:
        raise TypeError(f"{name} has the type {kind}, which no JSON value has")
    if kind is float and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**1000:
        value = float(value)
    fits = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    if kind is float:
        fits = fits and math.isfinite(value)
    if kind is int:
        fits = fits and abs(value) < 2**63
    if not fits:
        raise JsonError(
            "expected {name} to be {kind}, found {found}", name=name, kind=PLAIN[kind], found=describe(value)
        )
    if isinstance(value, str):
        if len(value) > LONGEST:
            raise JsonError(
                "{name} has {value:,} characters; expected at most {longest:,}",
                name=name,
                value=len(value),
                longest=LONGEST,
            )
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:  # half of a surrogate pair, from "\ud800": no file or window can take it
            raise JsonError("{name} is not text in UTF-8", name=name) from None
    return value


def _one_of(parts: Sequence[Any], value: Any, name: str) -> Any:
    problem: JsonError | None = None
    for part in parts:
        try:
            return checked(part, value, name=name)
        except JsonError as found:
            problem = problem or found
    assert problem is not None  # a union has parts
    raise problem


def _items(kind: Any, parts: Sequence[Any], value: Any, name: str) -> Any:
    if not isinstance(value, list | tuple):
        raise JsonError("expected {name} to be a list, found {found}", name=name, found=describe(value))
    if len(value) > LONGEST:
        raise JsonError(
            "{name} has {value:,} items; expected at most {longest:,}", name=name, value=len(value), longest=LONGEST
        )
    if kind is tuple and parts and parts[-1] is not Ellipsis:
        if len(value) != len(parts):
            raise JsonError(
                "expected {name} to have {parts} items, found {value}", name=name, parts=len(parts), value=len(value)
            )
        inner = list(parts)
    else:
        inner = [parts[0] if parts else Any] * len(value)
    return kind(
        checked(one, item, name=f"{name}[{at}]") for at, (one, item) in enumerate(zip(inner, value, strict=True))
    )


def _check_depth(value: Any, name: str) -> None:
    """Check the depth, without recursion.

    Raises:
        JsonError: Lists and objects are nested deeper than DEEPEST.
    """
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, list | dict)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    raise JsonError("{name} is nested more than {deepest} deep", name=name, deepest=DEEPEST)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)
