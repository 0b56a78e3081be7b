"""Opening a model: shipped with the program, trained on ImageNet, a run, the person's own file, or one of the zoo."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nets import backend
from nets.data.specs import ImageInput
from nets.errors import LensletError, UsageError
from nets.events import Message, Report, no_report
from nets.files import user_path
from nets.network.card import Card, CardFields, input_values
from nets.network.files.identify import SUFFIXES
from nets.network.graph import Graph
from nets.network.inputs import wrong_input
from nets.network.model import Epoch, Model, ModelRef
from nets.network.shipped_cards import DEFAULT, shipped
from nets.network.untrained import UNTRAINED, open_untrained, untrained_ref, untrained_title
from nets.network.wrap import wrap
from nets.places import MODELS, Places
from nets.text import Text
from nets.zoo.pretrained import PRETRAINED

if TYPE_CHECKING:
    import numpy as np

    from nets.runs.run import Run

__all__ = ["DEFAULT", "network_name", "open_model", "other_epoch", "ref_of", "shipped", "title_of", "with_said"]


def ref_of(reference: str, places: Places, epoch: Epoch = "best") -> ModelRef:
    """Which model a person means by ``reference``: a shipped or pretrained model's name, a run's id, a file's path, or
    ``net:`` and the name of a network that is not trained.

    Args:
        reference: as it was typed or remembered.
        places: where the runs lie.
        epoch: which epoch's weights, where it is a run.

    Raises:
        UsageError: nothing is called that; the message lists what there is.
    """
    if reference in shipped():
        return ModelRef("shipped", reference)
    if reference in PRETRAINED:
        return ModelRef("pretrained", reference)
    if reference.startswith(UNTRAINED):
        return untrained_ref(reference)
    from nets.runs.store import RUN_ID, RunStore

    path = user_path(reference, "model")
    is_run = len(path.parts) == 1 and (places.runs / reference / "config.json").exists()
    if not is_run and RUN_ID.fullmatch(reference) and path.suffix.lower() not in SUFFIXES and not path.exists():
        RunStore(places.runs).path(reference)  # says that it is gone, and names the latest ones
    looks_like_file = bool(path.suffix) or path.exists() or len(path.parts) > 1
    if looks_like_file and not (is_run or (len(path.parts) == 1 and (places.runs / reference).is_dir())):
        return ModelRef("file", str(path))
    if not is_run:
        runs = [summary.id for summary in RunStore(places.runs).list()]
        latest = ", ".join(runs[:5]) + (", ..." if len(runs) > 5 else "")
        raise UsageError(
            "there is no model {reference!r}; shipped models: {shipped}; trained on ImageNet: {pretrained}; runs: "
            "{runs}; or give the path of a .keras file, or net: and the name of a network",
            reference=reference,
            shipped=", ".join(shipped()) or "none",
            pretrained=", ".join(PRETRAINED),
            runs=latest or "none yet",
        )
    return ModelRef("run", reference, epoch)


def title_of(reference: str) -> str:
    """The title of a model before it is opened: the card's, a file's name, or a run's id.

    A name may contain a dot ("mobilenet_0.75"), so the part after a dot counts as an extension only for a file.
    """
    if reference in PRETRAINED:
        return PRETRAINED[reference].title
    if reference.startswith(UNTRAINED):
        return untrained_title(reference)
    if card := shipped().get(reference):
        return card.title
    path = Path(reference)
    return path.stem if path.suffix in (".keras", ".h5", ".hdf5", ".json") or len(path.parts) > 1 else reference


def open_model(
    reference: str | ModelRef,
    places: Places | None = None,
    *,
    report: Report = no_report,
    epoch: Epoch = "best",
    said: CardFields | None = None,
) -> Model:
    """The model that ``reference`` names, with its weights.

    Args:
        reference: a ``ModelRef``, or what ``ref_of`` takes: a shipped or pretrained model's name, a run's id, the path
            of a .keras or whole-model .h5 file, ``net:`` and the name of a network.
        places: where the runs and the files of pretrained networks lie; None: where the
            program keeps them.
        report: receives what is being opened or downloaded; it may raise Cancelled.
        epoch: which epoch's weights, where ``reference`` is the id of a run. The model's own reference has its number.
        said: what the person says of its classes and its input; it counts before what the model's card says.

    Raises:
        LensletError: why the model cannot be opened.
    """
    backend.configure()  # first, so that the computing library loads silently even if this is the first call
    places = places or Places.default()
    ref = reference if isinstance(reference, ModelRef) else ref_of(reference, places, epoch)
    report(Message(Text("Opening {model}", model=_title_of(ref, places))))
    if ref.kind == "shipped":
        from nets.network.files import read_own_network

        path = MODELS / f"{ref.name}.keras"
        model = Model.of(ref, Card.read(path.with_suffix(".json")), read_own_network(path))
        return with_said(model, said)
    if ref.kind == "pretrained":
        return with_said(_open_pretrained(ref, places, report), said)
    if ref.kind == "file":
        return _open_file(ref, places, said or CardFields())
    if ref.kind == "run":
        return with_said(_open_run(ref, places), said)
    if ref.kind == "untrained":
        return with_said(open_untrained(ref), said)
    raise UsageError(
        "a model that is {kind} lies in no file and cannot be opened again: {name}", kind=ref.kind, name=ref.name
    )


def _title_of(ref: ModelRef, places: Places) -> str:
    """The title for a person: the run's, or the file's name."""
    if ref.kind == "untrained":
        return untrained_title(ref.name)
    if ref.kind != "run":
        return Path(ref.name).name
    from nets.runs.store import RunStore

    return RunStore(places.runs).title(ref.name) or ref.name


def network_name(model: Model) -> str:
    """The name of a model's network in runs that keep its features; Keras's own names say nothing."""
    return model.card.name if model.ref.kind == "file" else model.card.network or model.card.name


def other_epoch(model: Model, ref: ModelRef, places: Places) -> tuple[Model, list[np.ndarray]] | None:
    """Another epoch of the run that ``model`` belongs to, without building its network again.

    Args:
        model: of a run, as it was opened.
        ref: the model that is wanted.
        places: where the runs lie.

    Returns:
        The model of that epoch, which shares the network of ``model``, and the weights that are to be loaded into it.
        None if ``ref`` is another model, or the run was trained again with another network.

    Raises:
        LensletError: the run has no such epoch, or its weights cannot be read.
    """
    if (ref.kind, ref.name) != (model.ref.kind, model.ref.name) or ref.kind != "run":
        return None
    from nets.runs.store import RunStore

    run = RunStore(places.runs).open(ref.name)
    weights = run.weights(ref.epoch)
    expected = [tuple(weight.shape) for weight in model.network.weights]
    if run.card.input != model.card.input or [array.shape for array in weights] != expected:
        return None
    epoch = run.epoch_number(ref.epoch)
    return replace(model, ref=replace(ref, epoch=epoch), card=_card_at(run, epoch)), weights


def with_said(model: Model, said: CardFields | None) -> Model:
    """The same network, with what the person says of its classes and its input.

    Args:
        model: as it was opened.
        said: nothing of it may be wrong for the network; None leaves the model as it is.

    Raises:
        LensletError: the network does not take such an input, or has another number of classes.
    """
    if not said:
        return model
    _check_said(model.graph, said, _names_that_fit(model))
    fields = {**input_values(model.card.input), **said.input}
    if "range" in said.input and "order" not in said.input:
        fields.pop("order", None)  # another range has its own channel order
    card = replace(model.card, **{**said.fields, "input": ImageInput(**fields)})
    if card.input.shape == model.card.input.shape:
        return replace(model, card=card)
    return Model.of(model.ref, card, model.network, model.notes)


def _names_that_fit(model: Model) -> int:
    """How many class names make the network's output classes; 0 for a picture."""
    if model.card.labels:
        return len(model.card.labels)
    return max(model.output.shape[0], 2) if len(model.output.shape) == 1 else 0


def _check_said(graph: Graph, said: CardFields, classes: int) -> None:
    if problem := wrong_input(graph, said.input):
        raise LensletError("this network cannot receive what you said: {problem}", problem=problem)
    labels = said.fields.get("labels", ())
    if labels and len(labels) != classes:
        raise LensletError(
            "expected {classes} class names, one for each output, found {labels}", classes=classes, labels=len(labels)
        )


def _open_file(ref: ModelRef, places: Places, said: CardFields) -> Model:
    """Labels and input come from the person, from a card inside the file or beside it, or are detected and noted."""
    from nets.compute.input_detection import detect_input
    from nets.network.beside import find_beside
    from nets.network.files import read_model

    path = Path(ref.name)
    found = read_model(path)
    beside = find_beside(path, places)
    name = path.name.removesuffix(path.suffix)
    together = beside.said.updated(said)
    model = wrap(
        found.network,
        name=name,
        said=together,
        ref=ref,
        loss=found.loss,
        notes=found.notes + beside.notes,
        detect=detect_input,
    )
    _check_said(model.graph, said, _names_that_fit(model))
    return model


def _open_pretrained(ref: ModelRef, places: Places, report: Report) -> Model:
    from nets.network.pretrained import card_of, check_memory, get_files, load_network

    try:
        row = PRETRAINED[ref.name]
    except KeyError:
        known = ", ".join(PRETRAINED)
        raise UsageError(
            "there is no pretrained network {name!r}; there are: {known}", name=ref.name, known=known
        ) from None
    check_memory(row)  # before 575 MB are downloaded
    weights, labels = get_files(row, places, report=report)
    return Model.of(ref, card_of(row, labels), load_network(row, weights))


def _open_run(ref: ModelRef, places: Places) -> Model:
    from nets.runs.store import RunStore

    run = RunStore(places.runs).open(ref.name)
    epoch = run.epoch_number(ref.epoch)
    return Model.of(replace(ref, epoch=epoch), _card_at(run, epoch), run.network(epoch))


def _card_at(run: Run, epoch: int) -> Card:
    """The run's card. Its test accuracy was measured after the last epoch and does not hold for others."""
    return run.card if epoch == run.summary.epochs_done else replace(run.card, accuracy=None, test_images=0)
