"""The picture of an experiment: a bar for each row, with its interval and the published figure. Drawn with Pillow."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from nets.experiments.cells import cell
from nets.experiments.experiment import COLUMNS, Experiment, Measured, Scale
from nets.pictures.sheets import ACCENT, GROUND, LINE, QUIET, TEXT, font
from nets.runs.evaluation import Accuracy

if TYPE_CHECKING:
    from PIL import Image, ImageDraw


WIDTH, MARGIN, ROW, BAR = 880, 24, 38, 18
NAMES, VALUES = 290, 110  # width in pixels for the names at the left and for the values at the right
SOFT = (190, 220, 226)
PUBLISHED = (179, 89, 0)
HEAD, AXIS, FOOT = 60, 24, 44  # height in pixels of the title, of the numbers under the bars and of the text below them


def chart(experiment: Experiment, scale: Scale, done: Mapping[str, Measured]) -> Image.Image | None:
    """A bar for each measured row; None if no row has a value of the plotted column.

    Accuracies begin at a round number below the smallest, and have their 95 % interval; what is plotted on a log scale
    begins a decade below the smallest. The picture says of which images, at which scale, with which seed and where.

    Args:
        experiment: what was measured.
        scale: how much of it.
        done: the rows that are measured, by name.
    """
    from PIL import Image, ImageDraw

    column = COLUMNS[experiment.plotted]
    rows = [row for row in experiment.rows if _value(done, row.name, column.key) is not None]
    if not rows:
        return None
    is_accuracy = column.kind == "accuracy"
    values = [float(_value(done, row.name, column.key) or 0.0) for row in rows]
    low, high = _range(values, experiment.log, is_accuracy)
    picture = Image.new("RGB", (WIDTH, 2 * MARGIN + HEAD + ROW * len(rows) + AXIS + FOOT), GROUND)
    draw = ImageDraw.Draw(picture)
    draw.text((MARGIN, MARGIN), experiment.title, TEXT, font(20, experiment.title))
    of = measured_words(done) if is_accuracy else ""
    words = f"{column.title}{f' on {of}' if of else ''}{', log scale' if experiment.log else ''}"
    words += _from(low, is_accuracy)
    draw.text((MARGIN, MARGIN + 30), words, QUIET, font(13, words))
    left, right = MARGIN + NAMES, WIDTH - MARGIN - VALUES
    top, bottom = MARGIN + HEAD, MARGIN + HEAD + ROW * len(rows)

    def x_of(value: float) -> float:
        scaled = math.log10(max(value, 1e-12)) if experiment.log else value
        return left + (right - left) * min(max((scaled - low) / (high - low), 0.0), 1.0)

    for tick, said in _ticks(low, high, experiment.log, is_accuracy):
        draw.line([(x_of(tick), top), (x_of(tick), bottom)], LINE)
        draw.text((x_of(tick), bottom + 6), said, QUIET, font(12), anchor="mt")
    for number, (row, value) in enumerate(zip(rows, values, strict=True)):
        middle = top + number * ROW + ROW / 2
        _draw_name(draw, row.title, middle)
        draw.rectangle([left, middle - BAR / 2, max(x_of(value), left + 1), middle + BAR / 2], SOFT, ACCENT)
        result = done[row.name].result
        if is_accuracy and result.get("of"):
            ends = [x_of(end) for end in Accuracy(int(result["right"]), int(result["of"])).interval()]
            draw.line([(ends[0], middle), (ends[1], middle)], TEXT, 2)
            for end in ends:
                draw.line([(end, middle - 5), (end, middle + 5)], TEXT, 2)
        said = cell(column, result)
        draw.text((right + 12, middle), said, TEXT, font(14, said), anchor="lm")
        if is_accuracy and (figure := published_share(row.published)) is not None:
            x = x_of(figure)
            draw.polygon([(x, middle - 9), (x + 6, middle), (x, middle + 9), (x - 6, middle)], None, PUBLISHED)
    if is_accuracy:
        words = "line: 95 % interval"
        if any(published_share(row.published) is not None for row in rows):
            words += "; diamond: the published figure, of the real setting"
        draw.text((left, bottom + AXIS + 4), words, QUIET, font(12))
    words = _foot(experiment, scale, done)
    draw.text((MARGIN, bottom + AXIS + 26), words, QUIET, font(12, words))
    return picture


def measured_words(done: Mapping[str, Measured]) -> str:
    """Which images the accuracies were measured on: "1,000 test images of CIFAR-10"; "" if the rows differ in it."""
    found = {(one.result.get("of"), one.result.get("measured_on")) for one in done.values()}
    images, where = next(iter(found)) if len(found) == 1 else (None, None)
    if not images or not where:
        return ""
    title, _, part = str(where).rpartition(", ")
    return f"{images:,} {part} of {title}"


def _foot(experiment: Experiment, scale: Scale, done: Mapping[str, Measured]) -> str:
    """The scale, the seed and the machine of the measurement."""
    seeds = sorted({str(one.setting["seed"]) for one in done.values() if "seed" in one.setting})
    machines = list(dict.fromkeys(one.machine.partition(", Python")[0] for one in done.values() if one.machine))
    cut = ", cut" if any(row.cut(scale) for row in experiment.rows) else ""
    return "; ".join([f"scale {scale}{cut}", *(f"seed {seed}" for seed in seeds), *machines])


def _ticks(low: float, high: float, log: bool, accuracy: bool) -> list[tuple[float, str]]:
    """The numbers of the axis: accuracies at quarters of the range, others at powers of ten."""
    if accuracy:
        values = [low + (high - low) * quarter / 4 for quarter in range(5)]
        return [(value, f"{100 * value:.4g} %") for value in values]
    if log:
        return [(10.0**power, _power_words(power)) for power in range(math.ceil(low), math.floor(high) + 1)]
    return [(0.0, "0")]


def _power_words(power: int) -> str:
    """ "1", "1,000", "10 million"."""
    words = ((9, "billion"), (6, "million"))
    for size, word in words:
        if power >= size:
            return f"{10 ** (power - size):,} {word}"
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:g}"


def _draw_name(draw: ImageDraw.ImageDraw, text: str, middle: float) -> None:
    """A row's name at the left of its bar, on two lines if one is too short."""
    lines = name_lines(text, NAMES - 12)
    for number, line in enumerate(lines):
        y = middle + (number - (len(lines) - 1) / 2) * 16
        draw.text((MARGIN, y), line, TEXT, font(14 if len(lines) == 1 else 13, line), anchor="lm")


def published_share(words: str) -> float | None:
    """The accuracy in a published figure such as "265.6 s, .863": the last number below 1; None if there is none."""
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
    """The ends of the axis, as exponents of ten if ``log``."""
    if log:
        logs = [math.log10(max(value, 1e-12)) for value in values]
        return math.floor(min(logs)) - (1 if min(logs) == math.floor(min(logs)) else 0), max(logs) + 0.05
    if accuracy:
        lowest = next(bound for bound in (0.98, 0.95, 0.9, 0.8, 0.5, 0.0) if bound < min(values) or bound == 0.0)
        return lowest, 1.0
    return 0.0, max(max(values), 1e-9) * 1.02


def _from(low: float, accuracy: bool) -> str:
    """The beginning of the axis in words, if it is not zero."""
    return f", from {100 * low:.0f} % to 100 %" if accuracy and low > 0 else ""


def name_lines(text: str, width: int) -> list[str]:
    """A name on one line of ``width`` pixels, or on two, broken between words; only the second may be cut."""
    face = font(14, text)
    if face.getlength(text) <= width:
        return [text]
    face = font(13, text)
    words = text.split(" ")
    count = max((n for n in range(1, len(words)) if face.getlength(" ".join(words[:n])) <= width), default=0)
    first, second = " ".join(words[:count]), " ".join(words[count:])
    while second and face.getlength(second) > width:
        second = second.removesuffix("...")[:-1] + "..."
    return [first, second] if first else [second]
