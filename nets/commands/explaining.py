"""``explain``: explains one picture with one method."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nets.commands.model_options import open_said
from nets.commands.output import Output
from nets.commands.stopping import INTERRUPTED, stoppable
from nets.errors import LensletError, UsageError
from nets.events import Cancelled, Event, Progress
from nets.explain import EXPLAINERS, Explainer, explainer
from nets.explain.partial import Partial
from nets.files import saving, user_path, write_with
from nets.places import Places

if TYPE_CHECKING:
    from nets.compute.lens import Lens
    from nets.explain.query import Target
    from nets.network.model import Model


def explain(options: argparse.Namespace, places: Places, out: Output) -> int:
    """Write the picture, and print its smallest and largest value and the time it took."""
    if options.list:
        return _list(out)
    for name in ("model", "image", "method"):
        if not getattr(options, name):
            said = name.upper() if name in ("model", "image") else f"--{name}"
            raise UsageError(f"explain: expected {said}; main.py explain --list shows the methods")
    row = explainer(options.method)
    if not options.out:
        raise UsageError(f"explain: expected --out, the file of the picture, e.g. --out {options.method}.png")
    chosen = dict(_option(row, words) for words in options.set)
    picture_file = target_file(options.out, (".png",))
    raw_file = target_file(options.raw, (".npy",)) if options.raw else None

    from nets.compute.lens import Lens
    from nets.data.pictures import read_picture
    from nets.data.prepare import prepare

    picture = read_picture(user_path(options.image, "picture"))
    model = open_said(options, places, out)
    lens = Lens(model)
    image = prepare(picture, model.card.input).input
    target = _target(options, model)
    if problem := row.refusal(model, image, target=target, layer=options.layer, **chosen):
        raise UsageError(problem)
    of_map = _map_words(chosen)
    if of_map:
        target = None  # no class is explained
    elif target is None:
        target = int(lens.classify(image[None])[0].argmax())
    kept: list[np.ndarray] = []
    stopped = 0
    began = time.perf_counter()
    with stoppable(out) as (report, received):

        def keeping(event: Event) -> None:
            if isinstance(event, Partial):
                kept[:] = [event.result]
            # "0 of 1" tells nobody anything; passing an empty event still allows stopping.
            report(Event() if isinstance(event, Progress) and event.total == 1 else event)

        try:
            result = row.run(lens, image, target=target, layer=options.layer, report=keeping, **chosen)
        except Cancelled:
            out.close()
            if not kept:
                out.warn("stopped; there was nothing to keep yet")
                return INTERRUPTED + received[0]
            result, stopped = kept[0][0], received[0]
    seconds = time.perf_counter() - began
    gap = None if stopped else row.gap_of(lens, image, result, target, **chosen)
    out.close()
    layer = _layer_of(row, model, options.layer, chosen)
    named = of_map or _named(model, target)
    made = None if row.gives != "picture" else _made(row, lens, result, target, layer, chosen)
    sheet = _sheet(row, model, image, result, named, layer, "" if made is None else made[1])
    write_file(picture_file, lambda path: sheet.save(path, "PNG"))
    if raw_file is not None:
        write_file(raw_file, lambda path: np.save(path, result))
    if stopped:
        out.warn(f"stopped; the picture so far is in {picture_file}")
    if not result.any() and row.gives == "map":
        out.warn(f"zero everywhere: {layer} holds no positive evidence for {named}")
    out.result(
        method=row.name,
        target=list(target) if isinstance(target, tuple) else target,
        label=named,
        layer=layer,
        seconds=seconds,
        minimum=float(result.min()),
        maximum=float(result.max()),
        file=str(picture_file),
        **({} if gap is None else {"completeness_gap": gap}),
        **({} if made is None else {"reached": made[0]}),
    )
    if gap is not None:
        out.say(f"completeness: all pixels add up to the difference of the scores, but for {100 * gap:.2g} % of it")
    if made is not None:
        out.say(made[1])
    span = f"{result.min():.3g} to {result.max():.3g}"
    heads = ("method", "target", "layer", "seconds", "values", "file")
    out.table(heads, [(row.title, named, layer, round(seconds, 3), span, str(picture_file))])
    return INTERRUPTED + stopped if stopped else 0


def _made(
    row: Explainer, lens: Lens, result: np.ndarray, target: Any, layer: str, options: dict[str, Any]
) -> tuple[float, str]:
    """The objective that a made picture reaches, and how it was made, in words."""
    from nets.explain.activation_maximization import reached, way

    options = row.defaults() | options
    value = reached(lens, result, target, layer, options)
    what = "the score" if options.get("map") is None else "the answer before the activation"
    return value, f"{what}: {value:.4g}, after {way(lens.card.input, options)}"


def _list(out: Output) -> int:
    for row in EXPLAINERS.values():
        options = [asdict(option) for option in row.options]
        out.result(
            name=row.name,
            title=row.title,
            paper=row.paper,
            needs=row.needs,
            signed=row.signed,
            live=row.live,
            shows=row.shows,
            options=options,
        )
    rows = [(row.name, row.title, ", ".join(row.needs), row.paper) for row in EXPLAINERS.values()]
    out.table(("name", "title", "needs", "paper"), rows)
    known = [(row.name, option) for row in EXPLAINERS.values() for option in row.options]
    out.table((), [])  # an empty line
    out.table(("method", "option", "usual", ""), [(name, one.name, one.usual, one.words) for name, one in known])
    return 0


def _option(row: Explainer, words: str) -> tuple[str, Any]:
    """A name and its value, converted to the kind of the option's row."""
    name, equals, text = words.partition("=")
    found = next((option for option in row.options if option.name == name), None)
    if not equals or found is None:
        listed = ", ".join(f"{option.name}: {option.usual}" for option in row.options) or "it has none"
        raise UsageError(f"--set: expected an option of {row.title} as NAME=VALUE ({listed}), found {words}")
    try:
        if found.kind == "int":
            return name, int(text)
        if found.kind == "choice":
            return name, text
        if found.kind == "baseline" and text.endswith(".npy"):
            return name, _array(user_path(text, "file"))
        return name, float(text)
    except ValueError:
        kind = {"int": "a whole number", "baseline": "a number or a .npy file"}.get(found.kind, "a number")
        raise UsageError(f"--set {name}: expected {kind}, found {text}") from None


def _array(path: Path) -> np.ndarray:
    from nets.files import check_is_file

    try:
        check_is_file(path)
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False), np.float32)
    except OSError as problem:
        raise LensletError(f"{path} could not be read: {problem.strerror or problem}") from problem
    except (ValueError, EOFError, TypeError) as problem:
        raise LensletError(f"{path} is no .npy file of numbers") from problem


def _target(options: argparse.Namespace, model: Model) -> Target | None:
    """The class, or the pair of classes, by names or numbers; None if none was said."""
    if options.target is None:
        if options.against is not None:
            raise UsageError("--against needs --target: why that class, and not the other?")
        return None
    target = _class(options.target, model)
    return target if options.against is None else (target, _class(options.against, model))


def _class(text: str, model: Model) -> int:
    if text in model.card.labels:
        return model.card.labels.index(text)
    if text.isdecimal() and len(text) < 10:
        return int(text)
    labels = ", ".join(model.card.labels[:12])
    raise UsageError(f"expected a class of {model.card.title} or its number, found {text}; it knows {labels}")


def _map_words(options: dict[str, Any]) -> str:
    """ "map 3, row 2, column 4" if a map replaces the class's score; otherwise ""."""
    if options.get("map") is None:
        return ""
    place = "" if options.get("row") is None else f", row {options['row']}, column {options['column']}"
    return f"map {options['map']}{place}"


def _named(model: Model, target: Any) -> str:
    if isinstance(target, tuple):
        return " and not ".join(_named(model, number) for number in target)
    return str(model.card.labels[target]) if target < len(model.card.labels) else str(target)


def _layer_of(row: Explainer, model: Model, layer: str, options: dict[str, Any]) -> str:
    """The layer that was used; "" if the method uses none."""
    from nets.explain.layers import default_layer

    if "layer" in row.needs:
        return layer or default_layer(model)
    return layer if options.get("map") is not None else ""


def _sheet(
    row: Explainer, model: Model, image: np.ndarray, result: np.ndarray, named: str, layer: str, note: str
) -> Any:
    from nets.explain.faithfulness import SENSITIVITIES
    from nets.explain.shown import as_shown
    from nets.explain.values import to_picture
    from nets.pictures.explained import explained_picture, made_picture
    from nets.pictures.sheets import Caption

    where = f", {layer}" if layer else ""
    caption = Caption(f"{row.title}: {named}", f"{model.card.title}{where}")
    if row.gives == "picture":
        return made_picture(replace(caption, note=note), to_picture(result, model.card.input))
    if row.centred:
        caption = replace(caption, note="less the mean of all pixels; red: seeing it raises the score, blue: lowers it")
    elif row.name in SENSITIVITIES:
        caption = replace(caption, note="red: brighter raises the score, blue: lowers it")
    elif row.signed:
        caption = replace(caption, note="red: speaks for it, blue: against it")
    values = as_shown(row, result, *image.shape[:2])
    return explained_picture(caption, to_picture(image, model.card.input), values, signed=row.signed)


def target_file(text: str, endings: tuple[str, ...]) -> Path:
    """The file to be written. Raises UsageError if its name does not end as its kind does."""
    path = user_path(text, "file")
    if path.suffix.lower() not in endings:
        raise UsageError(f"expected a file whose name ends in {' or '.join(endings)}, found {text}")
    return path


def write_file(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file whole or not at all.

    Raises:
        LensletError: It cannot be written; the message says why.
    """
    with saving(path):
        write_with(path, write)
