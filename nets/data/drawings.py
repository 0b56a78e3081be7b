"""The person's own labelled drawings: folders of class folders, and so at once datasets to train on.

A folder for each set:

    LABEL/*.png, *.json                 the set that is there from the beginning, which has no name
    .sets/NAME/LABEL/*.png, *.json      further sets
    .bin/...                            what was deleted, under the same paths; nothing empties it

Beside each picture lie its strokes as JSON. The dataset of the first set is called "drawings", of another
"drawings:NAME".
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from nets.errors import LensletError, UsageError
from nets.files import write_text, write_with
from nets.json_files import checked as checked_json
from nets.json_files import read_json
from nets.places import Places

FORBIDDEN = '<>:"/\\|?*'
LONGEST = 50
DATASET = "drawings"
SETS = ".sets"
BIN = ".bin"


@dataclass(frozen=True)
class KeptDrawing:
    """A drawing on the disk. ``set_name`` is "" for the first set."""

    path: Path
    label: str
    set_name: str = ""


@dataclass(frozen=True)
class DrawingEdit:
    """A change to some drawings, which ``undo`` can revert: where each was, and where it is now."""

    moves: tuple[tuple[Path, Path], ...]


# --- sets ---------------------------------------------------------------------------------------------------


def sets(places: Places) -> tuple[str, ...]:
    """The names of all sets: "" first, which is always there, then the others by name."""
    try:
        names = [entry.name for entry in os.scandir(places.drawings / SETS) if entry.is_dir()]
    except OSError:
        names = []
    return ("", *sorted(name for name in names if not name.startswith(".")))


def set_folder(places: Places, name: str = "") -> Path:
    """The folder of a set, which need not exist yet. UsageError for a name that cannot be a folder's."""
    return places.drawings / SETS / checked(name) if name else places.drawings


def dataset_of_set(name: str) -> str:
    """The dataset name of a set: "drawings" or "drawings:NAME"."""
    return f"{DATASET}:{name}" if name else DATASET


def set_of_dataset(dataset: str) -> str | None:
    """The set of a dataset name; None if the dataset is not a set of drawings."""
    name, colon, rest = dataset.partition(":")
    return rest if name == DATASET and bool(colon) == bool(rest) else None


def create_set(places: Places, name: str) -> None:
    """Makes an empty set. Raises UsageError if there is one of that name, LensletError when it cannot be made."""
    folder = set_folder(places, name)
    if not name or folder.exists():
        raise UsageError("there is a set {name!r} of drawings already; choose another name", name=name)
    try:
        folder.mkdir(parents=True)
    except OSError as problem:
        raise LensletError(
            "the set could not be made in {folder} ({reason}): check the disk", folder=folder, reason=problem.strerror
        ) from problem


def rename_set(places: Places, old: str, new: str) -> None:
    """Gives a set that has a name another one.

    Args:
        places: where the drawings lie.
        old: the set's name; the nameless first set keeps having none.
        new: a name that no set has.

    Raises:
        UsageError: ``new`` is taken or cannot be a name.
        LensletError: the folder cannot be renamed.
    """
    source, target = set_folder(places, old), set_folder(places, new)
    if not old or not new or target.exists():
        raise UsageError("there is a set {new!r} of drawings already; choose another name", new=new)
    try:
        source.rename(target)
    except OSError as problem:
        raise LensletError(
            "the set {old!r} could not be renamed ({reason}): check {source}",
            old=old,
            reason=problem.strerror,
            source=source,
        ) from problem


def remove_empty_set(places: Places, name: str) -> None:
    """Remove a set without drawings.

    Raises:
        UsageError: There are drawings in it; they must be moved or deleted first.
    """
    if drawings_of(places, name):
        raise UsageError("the set {name!r} has drawings; move or delete them first", name=name)
    if not name:
        return
    folder = set_folder(places, name)
    with suppress(OSError):  # a foreign file is in it: then it stays
        for label in folder.iterdir():
            label.rmdir()
        folder.rmdir()


# --- drawings -----------------------------------------------------------------------------------------------


def keep(places: Places, label: str, picture: np.ndarray, strokes: dict[str, Any], *, set_name: str = "") -> Path:
    """Adds a drawing to a set. Both files appear whole or not at all.

    Args:
        places: where the drawings lie.
        label: the class.
        picture: (h, w) or (h, w, 1|3|4), uint8 in [0, 255] or float in [0, 1].
        strokes: the drawing as strokes, of plain values.
        set_name: the name of the set, made where it is new; "" for the first.

    Returns:
        The path of the picture; the strokes lie beside it as JSON.

    Raises:
        UsageError: the label or the set cannot be the name of a folder.
        LensletError: the files cannot be written.
    """
    from PIL import Image  # imported here, because the window counts the drawings before it is painted

    folder = set_folder(places, set_name) / checked(label)
    # The random part distinguishes two windows that keep a drawing in the same second.
    path = folder / f"{datetime.now():%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}.png"
    image = Image.fromarray(_pixels(picture))
    try:
        # The strokes first: the picture makes the drawing part of the dataset, so it is written when everything else is
        # there.
        write_text(path.with_suffix(".json"), json.dumps({"label": label} | strokes, ensure_ascii=False) + "\n")
        write_with(path, lambda temporary: image.save(temporary, "PNG"))
    except OSError as problem:
        with suppress(OSError):  # the problem may be the folder itself
            path.with_suffix(".json").unlink()
        reason = problem.strerror or problem
        raise LensletError(
            "the drawing could not be kept in {folder} ({reason}): check the disk", folder=folder, reason=reason
        ) from problem
    return path


def forget(path: Path) -> None:
    """Undo a ``keep``: remove the picture and its strokes. Does nothing if they are gone already."""
    path.unlink(missing_ok=True)
    path.with_suffix(".json").unlink(missing_ok=True)


def drawings_of(places: Places, set_name: str = "") -> list[KeptDrawing]:
    """All drawings of a set by label, then in the order in which they were kept. Opens none of them."""
    folder = set_folder(places, set_name)
    found = []
    for path in folder.glob("*/*.png"):
        if not path.name.startswith(".") and not path.parent.name.startswith("."):
            found.append(KeptDrawing(path, path.parent.name, set_name))
    return sorted(found, key=lambda drawing: (drawing.label, drawing.path.name))


def counts(places: Places, set_name: str = "") -> dict[str, int]:
    """How many drawings a set has by label, in order of the labels; empty before the first."""
    found: dict[str, int] = {}
    for drawing in drawings_of(places, set_name):
        found[drawing.label] = found.get(drawing.label, 0) + 1
    return found


def move(
    places: Places, drawings: Sequence[KeptDrawing], *, label: str | None = None, set_name: str | None = None
) -> DrawingEdit:
    """Gives drawings another label, or puts them into another set; ``undo`` takes it back.

    Args:
        places: where the drawings lie.
        drawings: as ``drawings_of`` gave them.
        label: the new label; None: each keeps its own.
        set_name: the new set, "" for the first; None: each stays in its own.

    Raises:
        UsageError: the label or the set cannot be the name of a folder.
        LensletError: a file cannot be moved; those that were moved before it are where they were.
    """
    targets = []
    for drawing in drawings:
        folder = set_folder(places, drawing.set_name if set_name is None else set_name)
        target = folder / checked(drawing.label if label is None else label) / drawing.path.name
        if target != drawing.path:
            targets.append((drawing.path, target))
    return _move_all(targets)


def delete(places: Places, drawings: Sequence[KeptDrawing]) -> DrawingEdit:
    """Move drawings into the bin; ``undo`` takes them out.

    Raises:
        LensletError: As for ``move``.
    """
    bin_folder = places.drawings / BIN
    return _move_all([(one.path, bin_folder / one.path.relative_to(places.drawings)) for one in drawings])


def deleted(places: Places) -> list[KeptDrawing]:
    """The drawings in the bin, by set and label; each with the set and label that it had."""
    bin_folder = places.drawings / BIN
    found = [KeptDrawing(path, path.parent.name) for path in bin_folder.glob("*/*.png") if path.parent.name != SETS]
    for path in bin_folder.glob(f"{SETS}/*/*/*.png"):
        found.append(KeptDrawing(path, path.parent.name, path.parents[1].name))
    return sorted(found, key=lambda drawing: (drawing.set_name, drawing.label, drawing.path.name))


def restore(places: Places, drawings: Sequence[KeptDrawing]) -> DrawingEdit:
    """Move drawings from the bin, as ``deleted`` gave them, back to where they were.

    Raises:
        LensletError: As for ``move``.
    """
    bin_folder = places.drawings / BIN
    return _move_all([(one.path, places.drawings / one.path.relative_to(bin_folder)) for one in drawings])


def undo(change: DrawingEdit) -> DrawingEdit:
    """Revert a change; the change that it returns does it again.

    Raises:
        LensletError: A file cannot be moved.
    """
    return _move_all([(now, before) for before, now in reversed(change.moves)])


def _move_all(moves: Sequence[tuple[Path, Path]]) -> DrawingEdit:
    """Moves pictures with their strokes: all of them, or none."""
    done: list[tuple[Path, Path]] = []
    try:
        for source, target in moves:
            _move(source, target)
            done.append((source, target))
    except OSError as problem:
        for source, target in reversed(done):
            with suppress(OSError):
                _move(target, source)
        where = problem.filename or ""
        raise LensletError(
            "a drawing could not be moved ({reason}): check {where}", reason=problem.strerror or problem, where=where
        ) from problem
    for folder in {source.parent for source, _ in done}:
        with suppress(OSError):  # it still contains drawings
            folder.rmdir()
    return DrawingEdit(tuple(done))


def _move(source: Path, target: Path) -> None:
    """Move the strokes first, because strokes alone are not part of a dataset; the label in them becomes the
    folder's.
    """
    if target.exists():
        raise FileExistsError(17, "there is a drawing of that name already", str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    strokes, wanted = source.with_suffix(".json"), target.with_suffix(".json")
    has_strokes = strokes.exists()
    if has_strokes:
        strokes.replace(wanted)
    try:
        source.rename(target)
    except OSError:
        if has_strokes:
            wanted.replace(strokes)
        raise
    if has_strokes and source.parent.name != target.parent.name:
        with suppress(OSError, ValueError):  # the folder counts; the name in the file is for other programs
            found = checked_json(dict, read_json(wanted), name="the strokes")
            write_text(wanted, json.dumps(found | {"label": target.parent.name}, ensure_ascii=False) + "\n")


def checked(label: str) -> str:
    """``label`` if it can be the name of a folder on every system.

    Raises:
        UsageError: It cannot.
    """
    bad = any(character in FORBIDDEN or ord(character) < 32 for character in label)
    if not label or bad or label != label.strip() or label.startswith(".") or len(label) > LONGEST:
        raise UsageError(
            "{label!r} cannot be a class: expected 1 to {longest} characters without {forbidden}",
            label=label,
            longest=LONGEST,
            forbidden=FORBIDDEN,
        )
    return label


def _pixels(picture: np.ndarray) -> np.ndarray:
    if picture.dtype != np.uint8:
        picture = np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    return picture[..., 0] if picture.ndim == 3 and picture.shape[2] == 1 else picture
