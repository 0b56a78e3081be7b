"""Changes to bytes, to JSON and to archives, each from a random generator."""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np


def changed_bytes(data: bytes, random: np.random.Generator) -> bytes:
    """Some bytes changed, a piece removed, doubled or zeroed, or the end cut off."""
    found = bytearray(data)
    for _ in range(int(random.integers(1, 4))):
        if not found:
            break
        at = int(random.integers(len(found)))
        size = int(random.integers(1, 2 + len(found) // 8))
        match int(random.integers(8)):
            case 0:
                del found[at:]
            case 1:
                del found[at : at + size]
            case 2:
                found[at:at] = found[at : at + size]
            case 3:
                found[at : at + size] = bytes(min(size, len(found) - at))
            case 4:
                found[at : at + 8] = random.bytes(8)
            case _:
                found[at] ^= int(random.integers(1, 256))
    return bytes(found)


ODD: list[Any] = [None, True, 0, -1, 1, 2**31, 2**63, 1e308, float("nan"), "", "x", "relu", [], [0], [None], {}, "層 1"]
ODD += [
    [[]],
    {"class_name": "Dense"},
    {"class_name": "__lambda__", "config": {"value": ["", None, None]}},
    [3, 3],
    300_000,
]


def changed_json(value: Any, random: np.random.Generator) -> Any:
    """A copy in which a few values are replaced, removed, moved or doubled."""
    found = copy.deepcopy(value)
    for _ in range(int(random.integers(1, 4))):
        places = list(_places(found))
        if not places:
            return ODD[int(random.integers(len(ODD)))]
        holder, key = places[int(random.integers(len(places)))]
        other_holder, other_key = places[int(random.integers(len(places)))]
        match int(random.integers(6)):
            case 0:
                del holder[key]
            case 1:
                holder[key] = copy.deepcopy(other_holder[other_key])
            case 2 if isinstance(holder, list):
                holder.insert(key, copy.deepcopy(holder[key]))
            case 3 if isinstance(holder, dict):
                holder[_word(random)] = holder.pop(key)
            case _:
                holder[key] = copy.deepcopy(ODD[int(random.integers(len(ODD)))])
    return found


def _word(random: np.random.Generator) -> str:
    return str(random.choice(["name", "config", "class_name", "layers", "units", "dtype", "axis", "groups", "ü"]))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """(holder, key) of every value inside ``value``."""
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
        for key in keys:
            yield holder, key
            waiting.append(holder[key])


def with_member(data: bytes, member: str, content: bytes) -> bytes:
    """A zip archive with another content of one member, and with right checksums."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, content if name == member else old.read(name))
    return target.getvalue()
