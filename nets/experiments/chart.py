"""The picture of an experiment: a bar for each row, with its interval and the published figure. Drawn with Pillow."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from nets.experiments.cells import cell
from nets.experiments.experiment import COLUMNS, Experiment, Measured
from nets.pictures.sheets import ACCENT, GROUND, LINE, QUIET, TEXT, font
from nets.runs.evaluation import Accuracy

if TYPE_CHECKING:
    from PIL import Image


WIDTH, MARGIN, ROW, BAR = 880, 24, 38, 18
NAMES, VALUES = 290, 110  # pixels of the names at the left and of the values at the right
SOFT = (190, 220, 226)
PUBLISHED = (179, 89, 0)


def chart(experiment: Experiment, done: Mapping[str, Measured]) -> Image.Image | None:
    """A bar for each measured row; None where no row has a value of the plotted column.

    Accuracies begin at a round number below the smallest, and have their 95 % interval; what is plotted on a log scale
    begins a decade below the smallest.
    """
    from PIL import Image, ImageDraw

    column = COLUMNS[experiment.plotted]
    rows = [row for row in experiment.rows if _value(done, row.name, column.key) is not None]
    if not rows:
        return None
    values = [float(_value(done, row.name, column.key) or 0.0) for row in rows]
    low, high = _range(values, experiment.log, column.kind == "accuracy")
    height = 2 * MARGIN + 60 + ROW * len(rows) + 26
    picture = Image.new("RGB", (WIDTH, height), GROUND)
    draw = ImageDraw.Draw(picture)
    draw.text((MARGIN, MARGIN), experiment.title, TEXT, font(20, experiment.title))
    words = f"{column.title}{', log scale' if experiment.log else ''}{_from(low, column.kind == 'accuracy')}"
    draw.text((MARGIN, MARGIN + 30), words, QUIET, font(13))
    left, right = MARGIN + NAMES, WIDTH - MARGIN - VALUES
    top = MARGIN + 60

    def x_of(value: float) -> float:
        scaled = math.log10(max(value, 1e-12)) if experiment.log else value
        return left + (right - left) * min(max((scaled - low) / (high - low), 0.0), 1.0)

    for number, (row, value) in enumerate(zip(rows, values, strict=True)):
        y = top + number * ROW
        middle = y + ROW / 2
        name = _fitted(row.title, NAMES - 12)
        draw.text((MARGIN, middle), name, TEXT, font(14, name), anchor="lm")
        draw.line([(left, y + 4), (left, y + ROW - 4)], LINE)
        draw.rectangle([left, middle - BAR / 2, max(x_of(value), left + 1), middle + BAR / 2], SOFT, ACCENT)
        result = done[row.name].result
        if column.kind == "accuracy" and result.get("of"):
            ends = [x_of(end) for end in Accuracy(int(result["right"]), int(result["of"])).interval()]
            draw.line([(ends[0], middle), (ends[1], middle)], TEXT, 2)
            for end in ends:
                draw.line([(end, middle - 5), (end, middle + 5)], TEXT, 2)
        said = cell(column, result)
        draw.text((right + 12, middle), said, TEXT, font(14, said), anchor="lm")
        if (figure := published_share(row.published)) is not None and column.kind == "accuracy":
            mark = x_of(figure)
            draw.polygon(
                [(mark, middle - 9), (mark + 6, middle), (mark, middle + 9), (mark - 6, middle)], None, PUBLISHED
            )
    if column.kind == "accuracy":
        words = "line: 95 % interval"
        if any(published_share(row.published) is not None for row in rows):
            words += "; diamond: the published figure, of the real setting"
        draw.text((left, height - MARGIN - 12), words, QUIET, font(12))
    return picture


def published_share(words: str) -> float | None:
    """The accuracy in a published figure such as "265.6 s, .863": the last number below 1; None for none."""
    for word in reversed(words.replace(",", " ").split()):
        try:
            value = float(word)
        except ValueError:
            continue
        if 0 < value < 1:
            return value
    return None


def _value(done: Mapping[str, Measured], row: str, key: str) -> float | None:
    found = done[row].result.get(key) if row in done else None
    return None if found is None or isinstance(found, str) else float(found)


def _range(values: list[float], log: bool, accuracy: bool) -> tuple[float, float]:
    """Where the bars begin and end, as exponents of ten where ``log``."""
    if log:
        logs = [math.log10(max(value, 1e-12)) for value in values]
        return math.floor(min(logs)) - (1 if min(logs) == math.floor(min(logs)) else 0), max(logs) + 0.05
    if accuracy:
        lowest = next(bound for bound in (0.98, 0.95, 0.9, 0.8, 0.5, 0.0) if bound < min(values) or bound == 0.0)
        return lowest, 1.0
    return 0.0, max(max(values), 1e-9) * 1.02


def _from(low: float, accuracy: bool) -> str:
    """Where the bars begin, if not at zero: a cut axis is said."""
    return f", from {100 * low:.0f} % to 100 %" if accuracy and low > 0 else ""


def _fitted(text: str, width: int) -> str:
    """Cut at its end where it is too long."""
    face = font(14, text)
    while text and face.getlength(text) > width:
        text = text.removesuffix("...")[:-1] + "..."
    return text
