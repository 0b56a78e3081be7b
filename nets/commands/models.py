"""``models``: the models that can be opened by name, and whether their files are here."""

from __future__ import annotations

import argparse

from nets.commands.output import Output
from nets.network.pretrained import find_weights, missing_files
from nets.network.shipped_cards import shipped
from nets.places import MODELS, Places
from nets.zoo.pretrained import PRETRAINED


def models(options: argparse.Namespace, places: Places, out: Output) -> int:
    """The shipped models and the networks with ImageNet's weights. Opens none of them."""
    rows = []
    for name, card in shipped().items():
        path = MODELS / f"{name}.keras"
        megabytes = path.stat().st_size / 1e6
        rows.append((name, "shipped", _size(card.input.shape), card.parameters, f"{megabytes:.1f} MB", "yes", ""))
        out.result(
            name=name,
            kind="shipped",
            title=card.title,
            input_shape=card.input.shape,
            range=card.input.range,
            classes=len(card.labels),
            parameters=card.parameters,
            megabytes=megabytes,
            found=True,
            where=str(path),
            accuracy=card.accuracy,
        )
    for row in PRETRAINED.values():
        missing = missing_files(row, places)
        weights = find_weights(row, places)
        published = f"{100 * row.top1:.1f} % of ImageNet, as published"
        words = (row.name, "pretrained", _size(row.input.shape), row.parameters, f"{row.megabytes} MB")
        rows.append((*words, "no" if missing else "yes", published))
        out.result(
            name=row.name,
            kind="pretrained",
            title=row.title,
            input_shape=row.input.shape,
            range=row.input.range,
            classes=1000,
            parameters=row.parameters,
            megabytes=row.megabytes,
            found=not missing,
            where=str(weights or ""),
            missing=missing,
            file=row.file,
            url=row.url + row.file,
            md5=row.md5,
            top1=row.top1,
            top5=row.top5,
            paper=row.paper,
            licence=row.licence,
            source=row.source,
        )
    out.table(("name", "kind", "input", "parameters", "size", "here", "accuracy"), rows)
    if not out.as_json:
        out.say("what is not here is downloaded when it is opened; runs and files can be opened too: main.py runs")
    return 0


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
