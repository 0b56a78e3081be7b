"""Test images with the answers of a network that was saved and loaded again: the end of LeNet's recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nets.experiments.experiment import Experiment, Workplace
from nets.experiments.rows import TrainingRow
from nets.pictures.sheets import GROUND, QUIET, TEXT, font

if TYPE_CHECKING:
    from PIL import Image

    from nets.data.specs import Dataset
    from nets.network.model import Epoch
    from nets.runs.evaluation import Evaluation
    from nets.runs.store import Run


COUNT, COLUMNS = 32, 8
SIDE, GAP, MARGIN, LINE = 84, 12, 28, 20
WRONG = (201, 42, 42)


def run_of(experiment: Experiment, laboratory: Workplace) -> Run | None:
    """The training of the first row; None if it has no epoch yet."""
    name = experiment.rows[0].name
    summary = next((one for one in laboratory.store.list() if one.title == name and one.epochs_done), None)
    return None if summary is None else laboratory.store.open(summary.id)


def answers_after(run: Run, epoch: Epoch, experiment: Experiment, laboratory: Workplace) -> Evaluation:
    """What the network answers to the test images with the weights of an epoch, which are read from the disk.

    Args:
        run: of the experiment's first row.
        epoch: a number, "best" or "last".
        experiment: whose test images are answered.
        laboratory: where the data are, and what is told the progress.
    """
    from nets.data.fitting import fitted
    from nets.data.specs import Split
    from nets.training.evaluate import evaluate

    data = _data(experiment, laboratory)
    images = fitted(data.test.images, data.spec.input, run.card.input)
    return evaluate(run.network(epoch), Split(images, data.test.labels), run.card.input, laboratory.report)


def _data(experiment: Experiment, laboratory: Workplace) -> Dataset:
    row = experiment.rows[0]
    assert isinstance(row, TrainingRow)
    config, sizes = row.at(laboratory.scale)
    return laboratory.data(config.dataset, sizes)


def predictions_picture(experiment: Experiment, laboratory: Workplace) -> Image.Image | None:
    """The first 32 test images with the first row's answers below; None if it has no run with weights.

    The network is built again and loads the weights of the run's last epoch from the disk.
    """
    from PIL import Image, ImageDraw

    run = run_of(experiment, laboratory)
    if run is None:
        return None
    test = _data(experiment, laboratory).test
    first = np.arange(min(COUNT, len(test)))
    answers = answers_after(run, "last", experiment, laboratory)
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
