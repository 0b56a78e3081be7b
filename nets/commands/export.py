"""``export``: a model as a ``.keras`` file with its labels and a program that reads pictures with it."""

from __future__ import annotations

import argparse
from pathlib import Path

from nets.commands.output import Output
from nets.commands.streams import emit
from nets.errors import LensletError
from nets.files import user_path
from nets.places import Places


def export(options: argparse.Namespace, places: Places, out: Output) -> int:
    """Write the files into the folder, which is created if necessary, and list them."""
    from nets import backend
    from nets.export import export_model, exported_files
    from nets.models import open_model

    folder = user_path(options.out, "folder")
    backend.configure(options.threads)
    model = open_model(options.model, places)
    name = Path(options.model).stem if model.ref.kind == "file" else options.model
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise LensletError(f"the folder {folder} could not be made: {problem.strerror}") from problem
    target = folder / f"{name}.keras"
    replaced = [path for path in exported_files(target) if path.exists()]
    written = export_model(model.network, model.card, target, model.output)
    if replaced:
        out.say(f"replaced what was in {folder}: {', '.join(path.name for path in replaced)}")
    out.result(files=[str(path) for path in written])
    if not out.as_json:
        emit("".join(f"{path}\n" for path in written))
    return 0
