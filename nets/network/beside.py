"""Files beside a model's file that describe it (a card, labels), and the card that this program writes there."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nets.files import write_text
from nets.json_files import JsonError, parse_json, read_json
from nets.network.card import CardFields
from nets.network.labels import labels_in, read_labels
from nets.places import Places
from nets.text import Text

# Files that name the classes of all models of their folder. Those further down have precedence.
OF_FOLDERS = ("class_indices.json", "class_names.json", "labels.json", "class_names.txt", "classes.txt", "labels.txt")


@dataclass(frozen=True)
class Beside:
    """What the files beside a model say. said: all of it together. notes: a sentence for each file that was used, or
    not, and why.
    """

    said: CardFields = field(default_factory=CardFields)
    notes: tuple[str, ...] = ()


def find_beside(path: Path, places: Places | None = None) -> Beside:
    """What the files beside the model in ``path`` say.

    If two disagree, the later one in this list counts: ``OF_FOLDERS``; ``NAME.labels.txt``; ``NAME.labels.json``;
    ``card.json`` inside a .keras file; ``NAME.json``; ``NAME.card.json``; and the card in the person's own folder, used
    if the model's folder cannot be written to.
    """
    said, notes = CardFields(), []
    for name, read in _sources(path, places):
        try:
            found = read()
        except FileNotFoundError:
            continue
        except (OSError, JsonError) as problem:
            notes.append(_left_aside(name, problem))
            continue
        if found:
            said = said.updated(found)
            only_labels = set(found.to_values()) == {"labels"}
            notes.append(
                Text("Labels from {name}.", name=name) if only_labels else Text("Card from {name}.", name=name)
            )
    return Beside(said, tuple(notes))


def write_beside(path: Path, places: Places, said: CardFields) -> Path:
    """Write what the person said about the model in ``path``, and return the file that holds it.

    That is ``NAME.json`` beside the model, whose other keys are kept; ``NAME.card.json`` if that name is another kind
    of file; or a file in the person's own folder if the model's folder cannot be written to.

    Args:
        path: of the model.
        places: the person's folders.
        said: replaces the labels and the input that the card gave before; without any they are found out again.

    Raises:
        OSError: neither folder can be written to.
    """
    own = _own_card(path, places)
    for target in (_card_beside(path), own):
        values = _object_in(target)
        values = {key: value for key, value in values.items() if key not in ("labels", "classes", "input")}
        values |= said.to_values()
        try:
            if values:
                write_text(target, json.dumps(values, indent=2, ensure_ascii=False) + "\n")
            else:
                target.unlink(missing_ok=True)
        except OSError:
            if target == own:
                raise
            continue
        if target != own:
            own.unlink(missing_ok=True)  # otherwise it would still count
        return target
    raise AssertionError("the own folder is the last")


def _sources(path: Path, places: Places | None) -> list[tuple[str, Any]]:
    """(a name for the person, a function that reads it), in the order of precedence."""
    stem = path.with_suffix("")
    cards = [Path(f"{stem}{suffix}") for suffix in (".json", ".card.json")]
    lists = [one for name in OF_FOLDERS if (one := path.parent / name) not in cards]
    lists.append(Path(f"{stem}.labels.txt"))
    sources: list[tuple[str, Any]] = [(one.name, lambda one=one: _labels(one)) for one in lists]
    named = Path(f"{stem}.labels.json")  # may hold more of a card
    sources.append((named.name, lambda: _card(named) or _labels(named)))
    sources.append(("card.json in the file", lambda: _fields(_inside(path))))
    sources += [(card.name, lambda card=card: _card(card)) for card in cards]
    if places is not None:
        sources.append(("what was said here before", lambda: _card(_own_card(path, places))))
    return sources


def _labels(path: Path) -> CardFields:
    return CardFields({"labels": read_labels(path)})


def _card(path: Path) -> CardFields:
    return _fields(read_json(path))


def _fields(values: Any) -> CardFields:
    """The fields of a card, complete or not, or labels in any form; empty for an object of another kind."""
    if isinstance(values, list):
        return CardFields({"labels": labels_in(values)})
    if not isinstance(values, dict):
        return CardFields()
    said = CardFields.from_values(values)
    if "labels" in said.fields:
        return said
    try:
        return said.updated(CardFields({"labels": labels_in(values)}))
    except JsonError:
        if "classes" in values:
            raise
        return said


def _inside(path: Path) -> Any:
    from nets.network.files.contents import read_member

    text = read_member(path, "card.json")
    return parse_json(text, name="card.json") if text.strip() else None


def _card_beside(path: Path) -> Path:
    """``NAME.json``, or ``NAME.card.json`` if the former is not a card but an architecture, a list or damaged."""
    plain, other = path.with_suffix(".json"), path.with_suffix(".card.json")
    if other.exists():
        return other
    try:
        is_card = not plain.exists() or (isinstance(found := read_json(plain), dict) and "class_name" not in found)
    except (OSError, JsonError):
        is_card = False
    return plain if is_card else other


def _own_card(path: Path, places: Places) -> Path:
    """Its name contains the model's and a checksum of the whole path, so that models of one name have different
    cards.
    """
    digest = hashlib.md5(os.fsencode(path.resolve()), usedforsecurity=False).hexdigest()[:12]
    return places.cards / f"{path.stem[:80]}-{digest}.json"


def _object_in(path: Path) -> dict[str, Any]:
    try:
        found = read_json(path)
    except (OSError, JsonError):
        return {}
    return found if isinstance(found, dict) else {}


def _left_aside(name: str, problem: Exception) -> Text:
    """A sentence about a file that cannot be used, which names it once."""
    reason = str(problem) if isinstance(problem, JsonError) else getattr(problem, "strerror", "") or str(problem)
    if name in reason:
        return Text("{reason}; it is left aside.", reason=reason)
    return Text("{name} is left aside: {reason}.", name=name, reason=reason)
