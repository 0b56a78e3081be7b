"""A loaded model and the ways to one: shipped with the program, a run, or a file of the person's own."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nets.data.specs import ImageInput
from nets.errors import LensletError, UsageError
from nets.events import Message, Report, ignore
from nets.network.card import Card
from nets.places import MODELS, Places

if TYPE_CHECKING:
    import keras

    from nets.network.layers import LayerInfo

DEFAULT = "pen"
Epoch = Literal["best", "last"] | int


@dataclass(frozen=True, eq=False)
class LoadedModel:
    """A network with its card. ``source``: "shipped", "run", "file", "training"; ``origin``: its name, run id or path.

    ``notes`` are sentences for the person on what was assumed or adapted. Nothing in ``nets`` changes ``network``
    but ``set_weights`` of a Classifier or Probe made from this very object.
    """

    card: Card
    network: keras.Model
    source: str
    origin: str
    notes: tuple[str, ...] = ()

    @cached_property
    def own_shape(self) -> tuple[int, ...]:
        """The input's shape without the batch axis in the network's own layout, sizes it leaves open settled."""
        from nets.network.graph import unroll

        graph = unroll(self.network)
        height, width, channels = self.card.input.shape
        if len(graph.input_shape) == 4:
            return (channels, height, width) if graph.channels_first else (height, width, channels)
        return (height, width) if len(graph.input_shape) == 3 else (height * width * channels,)

    @cached_property
    def layers(self) -> tuple[LayerInfo, ...]:
        """The table of its layers. A Probe fills it in its own thread, so that the window need not wait for it."""
        from nets.network.layers import layers_of

        return layers_of(self.network, self.own_shape)

    def copy(self) -> LoadedModel:
        """The same model with a network of its own: what watches a training while the original is being fitted."""
        import keras

        network = keras.models.clone_model(self.network)
        network.set_weights(self.network.get_weights())
        return dataclasses.replace(self, network=network)


def shipped() -> dict[str, Card]:
    """The cards of the models that come with the program, by name. Reads JSON only."""
    cards = (Card.read(path) for path in sorted(MODELS.glob("*.json")) if path.with_suffix(".keras").exists())
    found = {card.name: card for card in cards}
    return {name: found[name] for name in sorted(found, key=lambda name: (name != DEFAULT, name))}


def open_model(reference: str, places: Places, *, report: Report = ignore, epoch: Epoch = "best") -> LoadedModel:
    """The model called ``reference``: a shipped model's name, a run's id, or the path of a .keras or whole-model .h5.

    ``epoch`` ("best", "last" or a number) chooses a run's weights. LensletError says why a model cannot be opened.
    """
    path = Path(reference).expanduser()
    report(Message(f"Opening {reference}"))
    card = shipped().get(reference)
    if card is not None:
        from nets.network.files import read_network

        network, notes = read_network(MODELS / f"{reference}.keras")
        return LoadedModel(card, network, "shipped", reference, notes)
    if path.suffix or path.exists() or len(path.parts) > 1:
        run_like = places.runs / reference
        if not (len(path.parts) == 1 and run_like.is_dir()):
            return open_file(path)
    return _open_run(reference, places, epoch)


def open_file(path: Path) -> LoadedModel:
    """The model in a file. Its labels and input come from a card inside or beside it, or are guessed and noted."""
    from nets.network.files import read_network

    network, notes = read_network(path)
    card, labels, where = _beside(path)
    name = path.name.removesuffix(path.suffix)
    return wrap(network, name=name, card=card, labels=labels, source="file", origin=str(path), notes=notes + where)


def wrap(
    network: keras.Model,
    *,
    name: str = "",
    title: str = "",
    card: Card | None = None,
    labels: tuple[str, ...] = (),
    input: ImageInput | None = None,
    source: str = "training",
    origin: str = "",
    notes: tuple[str, ...] = (),
) -> LoadedModel:
    """A network as a LoadedModel, checked: one input that a picture can become, one answer a class.

    What ``card``, ``labels`` and ``input`` leave open is read off the network and noted. LensletError for what cannot
    be shown at all.
    """
    from nets.network.inputs import classes_of, guess_input, wrong_input

    said = list(notes)
    if card is not None:
        problem = wrong_input(network, card.input)
        said += [f"The card is left aside: {problem}."] if problem else []
        input, labels, card = (None, card.labels, None) if problem else (card.input, card.labels, card)
    if input is None:
        input, assumed = guess_input(network)
        said += assumed
    elif problem := wrong_input(network, input):
        raise LensletError(problem)
    classes, more = classes_of(network, input)
    said += more
    if labels and len(labels) != classes:
        said.append(f"{len(labels)} labels do not fit {classes} classes; the classes are numbered instead.")
        labels, card = (), None
    if card is None:
        labels = labels or tuple(str(number) for number in range(classes))
        name = name or network.name
        card = Card(name, title or name, network.name, labels, input, parameters=network.count_params())
    return LoadedModel(card, network, source, origin or card.name, tuple(said))


def guess_input(network: keras.Model) -> tuple[ImageInput, tuple[str, ...]]:
    """What a network without a card receives, and what was assumed; see ``nets.network.inputs``."""
    from nets.network.inputs import guess_input as guess

    return guess(network)


def _open_run(reference: str, places: Places, epoch: Epoch) -> LoadedModel:
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
    return LoadedModel(run.card, run.network(epoch), "run", reference)


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
