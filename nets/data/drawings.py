"""The person's own labelled drawings: a folder of class folders, and so at once a dataset to train on."""

from __future__ import annotations

import json
import uuid
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from nets.errors import LensletError, UsageError
from nets.files import write_text, write_with
from nets.places import Places

FORBIDDEN = '<>:"/\\|?*'
LONGEST = 50


def keep(places: Places, label: str, picture: np.ndarray, strokes: dict[str, Any]) -> Path:
    """Adds a drawing to ``places.drawings/<label>/`` and returns the PNG's path; the strokes lie beside it as JSON.

    picture: (h, w) or (h, w, 1|3|4), uint8 in [0, 255] or float in [0, 1]. UsageError for a label that cannot be a
    folder's name, LensletError when it cannot be written. Both files appear whole or not at all.
    """
    from PIL import Image  # here, because the window counts the drawings before it is painted

    folder = places.drawings / checked(label)
    # The random part keeps two windows apart that keep a drawing in the same second.
    path = folder / f"{datetime.now():%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}.png"
    image = Image.fromarray(_pixels(picture))
    try:
        # The strokes first: a picture makes the drawing part of the dataset, so it comes when all is there.
        write_text(path.with_suffix(".json"), json.dumps({"label": label} | strokes, ensure_ascii=False) + "\n")
        write_with(path, lambda temporary: image.save(temporary, "PNG"))
    except OSError as problem:
        with suppress(OSError):  # the folder itself may be what is wrong
            path.with_suffix(".json").unlink()
        reason = problem.strerror or problem
        raise LensletError(f"the drawing could not be kept in {folder} ({reason}): check the disk") from problem
    return path


def forget(path: Path) -> None:
    """Takes back a ``keep``: removes the picture and its strokes. Nothing happens when they are gone already."""
    path.unlink(missing_ok=True)
    path.with_suffix(".json").unlink(missing_ok=True)


def counts(places: Places) -> dict[str, int]:
    """How many drawings there are by label, in order of the labels; empty before the first."""
    found: dict[str, int] = {}
    for path in places.drawings.glob("*/*.png"):
        if not path.name.startswith("."):
            found[path.parent.name] = found.get(path.parent.name, 0) + 1
    return dict(sorted(found.items()))


def checked(label: str) -> str:
    """``label`` when it can be the name of a folder on every system; UsageError otherwise."""
    bad = any(character in FORBIDDEN or ord(character) < 32 for character in label)
    if not label or bad or label != label.strip() or label.startswith(".") or len(label) > LONGEST:
        raise UsageError(f"{label!r} cannot be a class: expected 1 to {LONGEST} characters without {FORBIDDEN}")
    return label


def _pixels(picture: np.ndarray) -> np.ndarray:
    if picture.dtype != np.uint8:
        picture = np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    return picture[..., 0] if picture.ndim == 3 and picture.shape[2] == 1 else picture
