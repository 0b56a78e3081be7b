"""``classify`` and ``maps``: a model and picture files, prepared like the pad's drawings."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from nets.commands.model_options import open_said, said_by
from nets.commands.output import Output
from nets.commands.streams import emit, printable, tell
from nets.errors import LensletError
from nets.files import user_path
from nets.places import Places

if TYPE_CHECKING:
    from nets.compute.lens import Reader
    from nets.trust.trust import Trust

CALIBRATED = "probability is what the network says; of answers with this calibrated probability so many are right"


def classify(options: argparse.Namespace, places: Places, out: Output) -> int:
    """Prints a line for each picture. A picture that cannot be read is reported, and the others are classified."""
    from nets.compute.lens import answer_picture
    from nets.data.pictures import read_picture
    from nets.network.outputs import output_words, verdict_of

    reader, trust = _reader(options, places, out)
    rows: list[tuple[str, ...]] = []
    outputs: list[tuple[str, ...]] = []
    failed = False
    for file in options.images:
        try:
            prepared, reading, answer = answer_picture(reader, read_picture(user_path(file, "picture")))
        except LensletError as problem:
            failed = True
            out.result(file=file, error=str(problem))
            if not out.as_json:
                named = Path(file).name in str(problem)
                tell(printable(str(problem) if named else f"{file}: {problem}") + "\n")
            continue
        if prepared.hint:
            out.say(f"{file}: {prepared.hint}")
        if answer is None:
            out.result(file=file, output=reading.output)
            outputs.append((file, output_words(reading.output)))
            continue
        probabilities = dict(zip(answer.labels, answer.probabilities, strict=True))
        out.result(
            file=file,
            label=answer.label,
            probability=answer.probability,
            probabilities={label: float(value) for label, value in probabilities.items()},
        )
        second = f"{answer.second_label} {100 * answer.second_probability:.1f} %"
        shown, verdict = [answer.probability], answer.verdict
        if trust is not None:
            shown.append(float(trust.calibrated(answer.probabilities).max()))
            if not reader.card.verdict:  # a card's thresholds apply to the probability itself
                verdict = verdict_of(shown[-1], {})
        rows.append((file, answer.label, *(f"{100 * share:.1f} %" for share in shown), verdict, second))
    if rows:
        if trust is not None:
            out.say(CALIBRATED)
        calibrated = ("calibrated",) if trust is not None else ()
        out.table(("file", "answer", "probability", *calibrated, "verdict", "second"), rows)
    if outputs:
        out.table(("file", "output"), outputs)
    return 1 if failed else 0


def _reader(options: argparse.Namespace, places: Places, out: Output) -> tuple[Reader, Trust | None]:
    """The model that answers, and what is known about its probabilities.

    A shipped model is computed in NumPy: the command takes half a second instead of five.
    """
    from nets.byhand.answering import twin_of
    from nets.trust.trust import trust_of, trust_of_shipped

    twin = None if said_by(options) else twin_of(options.model)
    if twin is not None:
        return twin, trust_of_shipped(options.model)
    from nets.compute.lens import Lens

    model = open_said(options, places, out)
    return Lens(model), trust_of(model, places)


def maps(options: argparse.Namespace, places: Places, out: Output) -> int:
    """Writes a picture of every layer's maps, and the raw numbers."""
    from nets.compute.lens import Lens
    from nets.data.pictures import read_picture
    from nets.data.prepare import prepare
    from nets.pictures.sheets import save_all

    model = open_said(options, places, out)
    prepared = prepare(read_picture(user_path(options.image, "picture")), model.card.input)
    folder = user_path(options.out, "folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written, left_out = save_all(folder, Lens(model), prepared.input)
    except OSError as problem:
        raise LensletError(f"{folder} could not be written to: {problem.strerror or problem}") from problem
    for sentence in left_out:
        out.warn(sentence)
    for path in written:
        out.result(file=str(path))
    if not out.as_json:
        emit(printable(f"{len(written)} files in {folder}") + "\n")
    return 0
