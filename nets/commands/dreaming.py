"""``dream`` and ``style``: pictures that a network changes. Ctrl+C keeps what there is so far."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np

from nets.commands.explaining import target_file, write_file
from nets.commands.model_options import open_said
from nets.commands.output import Output
from nets.commands.stopping import INTERRUPTED, stoppable
from nets.errors import UsageError
from nets.events import Cancelled, Event
from nets.explain import dream as dreams
from nets.explain import style as styles
from nets.explain.option import Option, names_in
from nets.explain.partial import Partial
from nets.places import Places

PICTURES = (".png", ".jpg", ".jpeg")
LARGEST = 1024
LONGEST = Option("longest", "Longest side", "int", 512, 24, LARGEST)
ROWS = {row.name: row for row in (*dreams.OPTIONS, *styles.OPTIONS, LONGEST) if row.kind in ("int", "float")}
"""The numeric options of both commands; options of one name have the same bounds."""


def dream(options: argparse.Namespace, places: Places, out: Output) -> int:
    """Writes the dream of a picture."""
    from nets.compute.lens import Lens

    _check(options)
    file = target_file(options.out, PICTURES)
    picture = _picture(options.image, options.longest)
    lens = Lens(open_said(options, places, out))
    layers = names_in(options.layer)
    if problem := dreams.refusal(lens, picture, layers, options.map):
        raise UsageError(problem)

    def run(report: Any) -> np.ndarray:
        return dreams.dream(
            lens,
            picture,
            layers=layers,
            map=options.map,
            report=report,
            octaves=options.octaves,
            scale=options.scale,
            steps=options.steps,
            rate=options.rate,
            seed=options.seed,
        )

    return _run(run, lambda found: found, file, out, model=options.model, layer=",".join(layers))


def style(options: argparse.Namespace, places: Places, out: Output) -> int:
    """Writes the content of one picture in the style of another."""
    from nets.compute.lens import Lens

    _check(options)
    file = target_file(options.out, PICTURES)
    state = target_file(options.state, (".npz",)) if options.state else None
    content, look = (_picture(name, options.longest) for name in (options.content, options.style))
    after = styles.Styled.read(state) if state is not None and state.exists() else None
    lens = Lens(open_said(options, places, out))
    wanted = styles.Styling(
        names_in(options.content_layer),
        names_in(options.style_layers),
        options.content_weight,
        options.style_weight,
        options.tv,
        options.rate,
    )
    if problem := styles.refusal(lens.model, content, wanted, after):
        raise UsageError(problem)

    def run(report: Any) -> styles.Styled:
        return styles.transfer(lens, content, look, wanted=wanted, steps=options.steps, after=after, report=report)

    def shown(found: styles.Styled) -> np.ndarray:
        if state is not None:
            write_file(state, found.write)
        return found.picture(lens)

    return _run(run, shown, file, out, model=options.model)


def _run(work: Any, shown: Any, file: Path, out: Output, **fields: Any) -> int:
    """Run the work and write its picture; if stopped, the last one so far. Returns the exit status."""
    kept: list[Any] = []
    stopped = 0
    began = time.perf_counter()
    with stoppable(out) as (report, received):

        def keeping(event: Event) -> None:
            if isinstance(event, Partial):
                kept[:] = [event.result]
            report(event)

        try:
            found = work(keeping)
        except Cancelled:
            stopped = received[0]
            if not kept:
                out.close()
                out.warn("stopped before the first step; nothing was kept")
                return INTERRUPTED + stopped
            found = kept[0]
    out.close()
    seconds = time.perf_counter() - began
    picture = shown(found)
    write_file(file, lambda path: _image(picture).save(path))
    if stopped:
        out.warn(f"stopped; the picture so far is in {file}")
    height, width = picture.shape[:2]
    out.result(**fields, width=width, height=height, seconds=seconds, file=str(file))
    out.table(("picture", "seconds", "file"), [(f"{width} x {height}", round(seconds, 1), str(file))])
    return INTERRUPTED + stopped if stopped else 0


def _picture(name: str, longest: int) -> np.ndarray:
    """(h, w, C) float32 from 0 to 1: a file or one of ``FILES``, its longer side at most ``longest``."""
    from nets.data.photographs import photograph_or_file
    from nets.explain.resized import in_channels, resized

    pixels = photograph_or_file(name)
    values = in_channels(pixels, 1 if pixels.ndim == 2 or pixels.shape[2] == 1 else 3)
    height, width = values.shape[:2]
    share = min(1, longest / max(height, width))
    return np.clip(resized(values, max(1, round(height * share)), max(1, round(width * share))), 0, 1)


def _image(picture: np.ndarray) -> Any:
    from PIL import Image

    pixels = np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    return Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)


def _check(options: argparse.Namespace) -> None:
    for name, row in ROWS.items():
        value = getattr(options, name, row.default)
        if not row.low <= value <= row.high:
            said = name.replace("_", "-")
            raise UsageError(f"--{said}: expected a number from {row.low:g} to {row.high:g}, found {value}")
