"""Test images with what a network that was saved and loaded again answers: the end of LeNet's recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nets.experiments.experiment import Experiment, Workplace
from nets.experiments.rows import Training
from nets.pictures.sheets import GROUND, QUIET, TEXT, font

if TYPE_CHECKING:
    from PIL import Image


COUNT, COLUMNS = 32, 8
SIDE, GAP, MARGIN, LINE = 84, 12, 28, 20
WRONG = (201, 42, 42)


def predictions_picture(experiment: Experiment, laboratory: Workplace) -> Image.Image | None:
    """The first 32 test images under what the first row's network answers; None where it has no run with weights.

    The network is built anew and loads the weights of the run's last epoch from the disk.
    """
    from PIL import Image, ImageDraw

    from nets.data.fitting import fitted
    from nets.data.specs import Split
    from nets.training.evaluate import evaluate

    row = experiment.rows[0]
    assert isinstance(row, Training)
    summary = next((one for one in laboratory.store.list() if one.title == row.name and one.epochs_done), None)
    if summary is None:
        return None
    run = laboratory.store.open(summary.id)
    config, sizes = row.at(laboratory.scale)
    test = laboratory.data(config.dataset, sizes).test
    source = laboratory.data(config.dataset, sizes).spec.input
    first = np.arange(min(COUNT, len(test)))
    images = fitted(test.images, source, run.card.input)
    answers = evaluate(run.network("last"), Split(images, test.labels), run.card.input, laboratory.report)
    predicted = answers.predicted[first]
    rows = -(-len(first) // COLUMNS)
    width = 2 * MARGIN + COLUMNS * (SIDE + GAP) - GAP
    picture = Image.new("RGB", (width, 2 * MARGIN + 62 + rows * (SIDE + LINE + GAP)), GROUND)
    draw = ImageDraw.Draw(picture)
    right = int((predicted == test.labels[first]).sum())
    draw.text((MARGIN, MARGIN), experiment.title, TEXT, font(20, experiment.title))
    words = (
        f"saved, loaded again: {right} of these {len(first)} test images are right, {answers.measured.text()} of all"
    )
    draw.text((MARGIN, MARGIN + 30), words, QUIET, font(13))
    for number, (image, answer, label) in enumerate(
        zip(test.images.read(first), predicted, test.labels[first], strict=True)
    ):
        x = MARGIN + (number % COLUMNS) * (SIDE + GAP)
        y = MARGIN + 62 + (number // COLUMNS) * (SIDE + LINE + GAP)
        shown = Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image).convert("RGB")
        picture.paste(shown.resize((SIDE, SIDE), Image.Resampling.NEAREST), (x, y))
        name = run.card.labels[int(answer)]
        said = name if answer == label else f"{name}, it is {run.card.labels[int(label)]}"
        draw.text((x, y + SIDE + 3), said, TEXT if answer == label else WRONG, font(13, said))
    return picture
