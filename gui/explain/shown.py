"""From a method's result to what is painted: one value for each pixel of the input, range, colours, and words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gui.paint.pixels import coloured, lookup, picture_pixels
from nets.explain.shown import as_shown
from nets.pictures.colour import JET, table_of
from nets.pictures.ranges import Range, value_range

if TYPE_CHECKING:
    from gui.threads.explaining import Explained
    from gui.threads.live import LiveAnswer
    from nets.data.specs import ImageInput
    from nets.explain.explainer import Explainer

DARK_STROKE = 0.42  # darkness of the drawing under a signed explanation, whose zero is white
MAP_OPTIONS = ("map", "row", "column")  # methods that can use one map in place of a class's score
MOST_LIKELY = 10  # likely classes that are listed first if there are many
LIGHT_PHOTO = 0.45  # brightness of the darkest pixel of a photograph there


@dataclass(frozen=True, eq=False)
class Layered:
    """values: (H, W) float32, one for each pixel. signed: whether zero lies in the middle of the colours."""

    values: np.ndarray
    signed: bool

    @property
    def empty(self) -> bool:
        return not self.values.any()


def layered(row: Explainer, values: np.ndarray, height: int, width: int) -> Layered:
    """One value for each pixel of the input; the arguments are those of ``as_shown``."""
    return Layered(as_shown(row, values, height, width), row.signed)


def range_of(parts: list[Layered]) -> Range:
    """The common range of several pictures."""
    signed = any(part.signed for part in parts)
    return value_range([part.values for part in parts], signed=signed)


def colours(signed: bool, jet: bool) -> np.ndarray:
    """(256,) uint32."""
    return lookup(JET if jet else table_of(signed))


def overlaid(picture: np.ndarray, part: Layered, span: Range, *, jet: bool, opacity: float) -> np.ndarray:
    """The explanation over what the network received: (H, W) uint32.

    Zero of a signed explanation is white: the drawing lies under it as grey on white, and colour always means evidence.
    An explanation of one sign is blended with the picture as it is.

    Args:
        picture: (H, W) or (H, W, 1|3) float32 0 to 1.
        part: The values.
        span: The lowest and the highest value of the colours.
        jet: Whether the rainbow colours of the papers replace the perceptually uniform ones.
        opacity: Of the explanation, 0 to 1.
    """
    pixels = coloured(part.values, span.low, span.high, colours(part.signed, jet))
    over = np.stack([pixels >> shift & 0xFF for shift in (16, 8, 0)], axis=-1).astype(np.float32) / 255
    under = picture[..., None] if picture.ndim == 2 else picture
    grey = under.shape[-1] == 1
    if part.signed and not jet:
        light = under.mean(axis=-1, keepdims=True)
        base = 1 - DARK_STROKE * light if grey else LIGHT_PHOTO + (1 - LIGHT_PHOTO) * light
        return picture_pixels(base * (1 - opacity + opacity * over))
    return picture_pixels((1 - opacity) * np.broadcast_to(under, over.shape) + opacity * over)


def tinted(part: Layered, span: Range, *, jet: bool, opacity: float) -> np.ndarray:
    """The explanation alone, to lie over a drawing: (H, W) uint32, premultiplied; small values let it through."""
    size = max(abs(span.low), abs(span.high), 1e-12)
    alpha = np.clip(opacity * np.abs(part.values) / size, 0, 1)
    pixels = coloured(part.values, span.low, span.high, colours(part.signed, jet))
    made = np.rint(255 * alpha).astype(np.uint32) << 24
    for shift in (16, 8, 0):
        made |= np.rint((pixels >> shift & 0xFF) * alpha).astype(np.uint32) << shift
    return made


def picture_of(image: np.ndarray, input: ImageInput) -> np.ndarray:
    """(H, W, C) in the network's numbers -> (H, W, C) 0 to 1."""
    from nets.explain.values import to_picture

    return to_picture(image, input)


def likely(answer: LiveAnswer) -> list[tuple[str, str]]:
    """The most probable classes as rows (number, name with its probability), most probable first; [] without any."""
    if answer.answer is None or answer.model is None:
        return []
    probabilities, labels = answer.answer.probabilities, answer.model.card.labels
    best = np.argsort(-probabilities, kind="stable")[:MOST_LIKELY]
    return [(str(n), f"{labels[n]} · {100 * float(probabilities[n]):.1f} %") for n in best if n < len(labels)]


def target_words(found: Explained) -> str:
    """ "7", "7 rather than 1", or "map 3" if a map is projected in place of a class's score."""
    options, target = dict(found.asked.options), found.target
    if "map" in options:
        place = "" if "row" not in options else f", row {options['row']}, column {options.get('column')}"
        return f"map {options['map']}{place}"
    if target is None:
        return ""
    if isinstance(target, tuple):
        return f"{class_name(found, target[0])} rather than {class_name(found, target[1])}"
    return class_name(found, target)


def class_name(found: Explained, number: int) -> str:
    return found.labels[number] if 0 <= number < len(found.labels) else str(number)
