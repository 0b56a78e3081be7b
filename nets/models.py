"""The ways to a model: shipped with the program, a run, or a file of the person's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from nets.errors import UsageError
from nets.events import Message, Report, ignore
from nets.network.card import Card
from nets.network.model import Model
from nets.network.wrap import wrap
from nets.places import MODELS, Places

DEFAULT = "pen"
Epoch = Literal["best", "last"] | int


def shipped() -> dict[str, Card]:
    """The cards of the models that come with the program, by name. Reads JSON only."""
    cards = (Card.read(path) for path in sorted(MODELS.glob("*.json")) if path.with_suffix(".keras").exists())
    found = {card.name: card for card in cards}
    return {name: found[name] for name in sorted(found, key=lambda name: (name != DEFAULT, name))}


def open_model(reference: str, places: Places, *, report: Report = ignore, epoch: Epoch = "best") -> Model:
    """The model called ``reference``: a shipped model's name, a run's id, or the path of a .keras or whole-model .h5.

    ``epoch`` ("best", "last" or a number) chooses a run's weights. LensletError says why a model cannot be opened.
    """
    path = Path(reference).expanduser()
    report(Message(f"Opening {reference}"))
    card = shipped().get(reference)
    if card is not None:
        from nets.network.files import read_network

        network, notes = read_network(MODELS / f"{reference}.keras")
        return Model(card, network, "shipped", reference, notes)
    if path.suffix or path.exists() or len(path.parts) > 1:
        run_like = places.runs / reference
        if not (len(path.parts) == 1 and run_like.is_dir()):
            return open_file(path)
    return _open_run(reference, places, epoch)


def open_file(path: Path) -> Model:
    """The model in a file. Its labels and input come from a card inside or beside it, or are guessed and noted."""
    from nets.network.files import read_network

    network, notes = read_network(path)
    card, labels, where = _beside(path)
    name = path.name.removesuffix(path.suffix)
    return wrap(network, name=name, card=card, labels=labels, source="file", origin=str(path), notes=notes + where)


def _open_run(reference: str, places: Places, epoch: Epoch) -> Model:
    from nets.runs.store import RunStore

    store = RunStore(places.runs)
    if not (places.runs / reference / "config.json").exists():
        runs = [summary.id for summary in store.list()]
        latest = ", ".join(runs[:5]) + (", ..." if len(runs) > 5 else "")
        raise UsageError(
            f"there is no model {reference!r}; shipped models: {', '.join(shipped()) or 'none'}; "
            f"runs: {latest or 'none yet'}; or give the path of a .keras file"
        )
    run = store.open(reference)
    return Model(run.card, run.network(epoch), "run", reference)


def _beside(path: Path) -> tuple[Card | None, tuple[str, ...], tuple[str, ...]]:
    """(card, labels, notes) found inside a .keras file or beside any: NAME.json, NAME.labels.json, NAME.labels.txt."""
    stem = path.with_suffix("")
    texts: list[tuple[str, str]] = [("card.json in the file", _inside(path))]
    for suffix in (".json", ".card.json", ".labels.json", ".labels.txt"):
        beside = Path(f"{stem}{suffix}")
        if beside.is_file():
            try:
                texts.append((beside.name, beside.read_text(encoding="utf-8-sig")))
            except (OSError, UnicodeDecodeError):
                return None, (), (f"{beside.name} cannot be read; the classes are numbered instead.",)
    for name, text in texts:
        if not text.strip():
            continue
        if name.endswith(".txt"):
            return None, tuple(line.strip() for line in text.splitlines() if line.strip()), (f"Labels from {name}.",)
        card, labels = _card_or_labels(text)
        if card is not None or labels:
            return card, labels, (f"{'Card' if card else 'Labels'} from {name}.",)
    return None, (), ()


def _card_or_labels(text: str) -> tuple[Card | None, tuple[str, ...]]:
    try:
        return Card.from_json(text), ()
    except ValueError:
        pass
    try:
        found: Any = json.loads(text)
    except ValueError:
        return None, ()
    if isinstance(found, dict):
        found = found.get("labels", found.get("classes"))
    return None, tuple(str(label) for label in found) if isinstance(found, list) else ()


def _inside(path: Path) -> str:
    import zipfile

    if not zipfile.is_zipfile(path):
        return ""
    with zipfile.ZipFile(path) as archive:
        return archive.read("card.json").decode("utf-8", "replace") if "card.json" in archive.namelist() else ""
