"""Pictures of layers for slides: every map as crisp squares, with title, range and colour scale. Drawn with Pillow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nets.errors import UsageError
from nets.files import write_with
from nets.network.layers import LayerInfo
from nets.pictures.colour import colourise, table_of
from nets.pictures.ranges import Range, dead_maps, file_name, order, ranges, save_npz, value_range

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

    from nets.compute.lens import Lens

GROUND = (255, 255, 255)
TEXT = (27, 31, 36)
QUIET = (95, 104, 115)
LINE = (225, 228, 232)
ACCENT = (11, 114, 133)
MARGIN = 24
GAP = 8
LABEL = 14
SCALE_BAR = 14
WIDEST = 1200
# Fonts with Chinese, Japanese and Korean on Linux, Windows and macOS; then one with the rest of Europe.
WIDE_FONTS = (
    "NotoSansCJK-Regular.ttc",
    "wqy-zenhei.ttc",
    "msyh.ttc",
    "PingFang.ttc",
    "Arial Unicode.ttf",
    "DejaVuSans.ttf",
)
NARROWEST = 360


@dataclass(frozen=True)
class Caption:
    """What stands above and below the picture."""

    title: str
    details: str
    note: str = ""


def save_layer(folder: Path, model: str, row: LayerInfo, values: np.ndarray, labels: Sequence[str] = ()) -> Path:
    """A PNG of the whole layer in ``folder``, its name saying what it shows. ``values`` (H, W, C) or (N,) float32."""
    picture = layer_picture(model, row, values, labels)
    target = folder / file_name(model, row.path, ".png", shape=values.shape)
    _save(picture, target)
    return target


NOTES = {"map": "every map has its own range", "network": "the range of the whole network"}


def save_map(
    folder: Path, model: str, row: LayerInfo, values: np.ndarray, map_index: int, span: Range, *, mode: str = "map"
) -> Path:
    """A PNG of one map, large. ``values`` (H, W, C) are the whole layer's; ``span`` was taken by ``mode``."""
    one = values[..., map_index : map_index + 1]
    height, width = one.shape[:2]
    details = f"{row.title}, map {map_index} of {values.shape[-1]}, {height} × {width}"
    span = span.within(one)
    taken = {"layer": "the range of the whole layer", "network": NOTES["network"]}.get(mode, "")
    note = "; ".join(part for part in (taken, span.note) if part)
    caption = Caption(f"{model}, {row.path}, map {map_index}", details, note)
    scale = max(1, 560 // max(height, width))
    picture = _maps_picture(caption, one, (span,), [map_index], scale=scale, common=True)
    target = folder / file_name(model, row.path, ".png", map_index=map_index, shape=(height, width))
    _save(picture, target)
    return target


def save_all(folder: Path, lens: Lens, inputs: np.ndarray) -> tuple[list[Path], tuple[str, ...]]:
    """A PNG for every layer that can be shown, and maps.npz with the raw arrays; inputs (H, W, C) or (1, H, W, C).

    Returns the files and a sentence for every layer that cannot be shown. PNGs are numbered in the order of computing.
    """
    card = lens.card
    found = lens.read(inputs)
    files: list[Path] = []
    for number, row in enumerate(lens.layers, start=1):
        if row.path in found.maps:
            values = found.probabilities if row.shows == "probabilities" else found.maps[row.path]
            picture = layer_picture(card.name, row, values, card.labels if row.shows == "probabilities" else ())
            target = folder / f"{number:02d}_{file_name(card.name, row.path, '.png', shape=values.shape)}"
            _save(picture, target)
            files.append(target)
    about = {"model": card.name, "title": card.title, "labels": card.labels, "input": "as the network receives it"}
    arrays = {"input": np.asarray(inputs, np.float32).reshape(card.input.shape), **found.maps}
    answered = {"probabilities": found.probabilities} if len(found.probabilities) else {"output": found.output}
    save_npz(folder / "maps.npz", arrays | answered, about)
    files.append(folder / "maps.npz")
    return files, tuple(f"{row.path}: {row.why_not}" for row in lens.layers if row.shows == "nothing")


def _save(picture: Image.Image, target: Path) -> None:
    write_with(target, lambda temporary: picture.save(temporary, "PNG"))


def layer_picture(
    model: str,
    row: LayerInfo,
    values: np.ndarray,
    labels: Sequence[str] = (),
    *,
    mode: str = "layer",
    by_strength: bool = False,
    span: Range | None = None,
) -> Image.Image:
    """The layer as an RGB picture: maps as a grid, units as columns, the answer as bars with its labels.

    ``mode`` is a row of ``RANGES``. ``span`` is the range to use instead of the layer's own; for "network" it must be
    given: the range that was found over all layers.
    """
    if values.ndim == 3:
        if mode == "network" and span is None:
            raise UsageError("the range of the whole network must be given; it is taken over all its layers")
        spans = (span,) * values.shape[-1] if mode != "map" and span else ranges(values, mode)
        count = values.shape[-1]
        dead = int(dead_maps(values).sum())
        details = f"{row.title}: {count} maps of {values.shape[0]} × {values.shape[1]}, {row.parameters:,} parameters"
        details += f", {dead} dead" if dead else ""
        note = "; ".join(part for part in (NOTES.get(mode), spans[0].note if mode != "map" else "") if part)
        caption = Caption(f"{model}, {row.path}", details, note)
        return _maps_picture(caption, values, spans, order(values, by_strength=by_strength), common=mode != "map")
    details = f"{row.title}: {len(values)} units, {row.parameters:,} parameters"
    if labels and len(values) <= 24:
        return _answer_picture(Caption(f"{model}, {row.path}", details), values, labels)
    return _units_picture(Caption(f"{model}, {row.path}", details), values)


def montage(values: np.ndarray, spans: Sequence[Range], scale: int = 1, gap: int = 1, ground: int = 255) -> np.ndarray:
    """(H, W, C) -> one (rows, columns, 3) uint8 picture of all maps in a near-square grid, ``gap`` pixels apart.

    +---+ +---+ +---+
    | 0 | | 1 | | 2 |
    +---+ +---+ +---+
    | 3 | | 4 |
    +---+ +---+
    """
    height, width, count = values.shape
    columns = math.ceil(math.sqrt(count * height / width))
    rows = math.ceil(count / columns)
    tile_h, tile_w = height * scale, width * scale
    picture = np.full((rows * (tile_h + gap) - gap, columns * (tile_w + gap) - gap, 3), ground, dtype=np.uint8)
    for number in range(count):
        top, left = (number // columns) * (tile_h + gap), (number % columns) * (tile_w + gap)
        picture[top : top + tile_h, left : left + tile_w] = _tile(values[..., number], spans[number], scale)
    return picture


def _tile(values: np.ndarray, span: Range, scale: int) -> np.ndarray:
    colours = colourise(values, span.low, span.high, table_of(span.signed))
    return colours.repeat(scale, axis=0).repeat(scale, axis=1)


def _maps_picture(
    caption: Caption,
    values: np.ndarray,
    spans: Sequence[Range],
    numbers: Sequence[int] | np.ndarray,
    *,
    common: bool,
    scale: int = 0,
) -> Image.Image:
    height, width, count = values.shape
    scale = scale or max(1, min(96 // max(height, width), 24))
    tile_w, tile_h = max(width * scale, 20), height * scale
    columns = max(1, min(count, math.ceil(math.sqrt(count * 1.6)), (WIDEST - 2 * MARGIN + GAP) // (tile_w + GAP)))
    rows = math.ceil(count / columns)
    body = (columns * (tile_w + GAP) - GAP, rows * (tile_h + LABEL + GAP) - GAP)
    picture, draw, top = _sheet(caption, body, footer=56 if common else 20)
    dead = dead_maps(values)
    for place, number in enumerate(numbers):
        index = int(number) if count > 1 else 0
        left = MARGIN + (place % columns) * (tile_w + GAP)
        above = top + (place // columns) * (tile_h + LABEL + GAP)
        mark = f"{number} dead" if dead[index] and tile_w >= 44 else str(number)
        draw.text((left, above), mark, fill=QUIET, font=_font(10))
        _paste(picture, _tile(values[..., index], spans[index], scale), left, above + LABEL)
    if common:
        _scale_bar(picture, draw, spans[0], top + body[1] + 12)
    _note(draw, caption, picture.height)
    return picture


def _units_picture(caption: Caption, values: np.ndarray) -> Image.Image:
    """Columns in rows of at most 256 units, zero as a line, every row to the same scale."""
    span = value_range(values, clip=False)
    across = min(len(values), 256)
    wide = max(2, min(12, 1024 // across))
    rows = math.ceil(len(values) / across)
    tall = 120 if rows == 1 else 64
    picture, draw, top = _sheet(caption, (across * wide, rows * (tall + LABEL + GAP)), footer=24)
    size = span.high or 1.0
    for place in range(rows):
        part = values[place * across : (place + 1) * across]
        above = top + place * (tall + LABEL + GAP) + LABEL
        zero = above + (tall // 2 if span.signed else tall)
        last = place * across + len(part) - 1
        draw.text((MARGIN, above - LABEL), f"{place * across} to {last}", fill=QUIET, font=_font(10))
        reach = (tall // 2 if span.signed else tall) / size
        for number, value in enumerate(np.nan_to_num(part)):
            left, end = MARGIN + number * wide, zero - round(float(value) * reach)
            ends = sorted((zero, end))
            draw.rectangle(
                (left, ends[0], left + max(wide - 2, 0), ends[1]), fill=ACCENT if value >= 0 else (178, 24, 43)
            )
        draw.line((MARGIN, zero, MARGIN + len(part) * wide, zero), fill=QUIET)
    _note(
        draw,
        Caption("", "", f"columns to {_number(size)}; the largest is unit {int(np.argmax(values))}"),
        picture.height,
    )
    return picture


def _answer_picture(caption: Caption, values: np.ndarray, labels: Sequence[str]) -> Image.Image:
    line = 26
    names = [_clipped(str(label), 180) for label in labels]
    space = max(math.ceil(_font(13, name).getlength(name)) for name in names) + 12
    bar = 320
    picture, draw, top = _sheet(caption, (space + bar + 70, line * len(values)), footer=16)
    best = int(np.argmax(values))
    for number, value in enumerate(values):
        y = top + number * line
        left = MARGIN + space
        draw.text((MARGIN, y + 4), names[number], fill=TEXT, font=_font(13, names[number]))
        draw.rectangle((left, y + 7, left + bar, y + 17), fill=LINE)
        draw.rectangle(
            (left, y + 7, left + round(bar * float(value)), y + 17), fill=ACCENT if number == best else QUIET
        )
        draw.text((left + bar + 64, y + 4), f"{value:.1%}".replace("%", " %"), fill=TEXT, font=_font(13), anchor="ra")
    return picture


def _sheet(caption: Caption, body: tuple[int, int], footer: int) -> tuple[Image.Image, ImageDraw.ImageDraw, int]:
    """A white sheet with title and details, wide enough for them; where the body starts is returned with it."""
    from PIL import Image, ImageDraw

    lines = [(20, _plain(caption.title)), (13, _plain(caption.details)), (12, caption.note)]
    least = max(NARROWEST, *(math.ceil(_font(size, text).getlength(text)) for size, text in lines))
    top = MARGIN + 60
    tall = top + body[1] + footer + MARGIN + (16 if caption.note else 0)
    picture = Image.new("RGB", (max(body[0], least) + 2 * MARGIN, tall), GROUND)
    draw = ImageDraw.Draw(picture)
    for (size, text), above, colour in zip(lines[:2], (MARGIN - 4, MARGIN + 26), (TEXT, QUIET), strict=True):
        draw.text((MARGIN, above), text, fill=colour, font=_font(size, text))
    return picture, draw, top


def _scale_bar(picture: Image.Image, draw: ImageDraw.ImageDraw, span: Range, y: int) -> None:
    wide = min(512, picture.width - 2 * MARGIN)
    ramp = np.linspace(span.low, span.high, wide, dtype=np.float32)[None].repeat(SCALE_BAR, axis=0)
    _paste(picture, colourise(ramp, span.low, span.high, table_of(span.signed)), MARGIN, y)
    ticks = [(0.0, span.low, "la"), (0.5, (span.low + span.high) / 2, "ma"), (1.0, span.high, "ra")]
    for share, value, anchor in ticks:
        draw.text((MARGIN + share * wide, y + SCALE_BAR + 4), _number(value), fill=TEXT, font=_font(12), anchor=anchor)


def _note(draw: ImageDraw.ImageDraw, caption: Caption, bottom: int) -> None:
    if caption.note:
        draw.text((MARGIN, bottom - MARGIN - 8), caption.note, fill=QUIET, font=_font(12))


def _paste(picture: Image.Image, colours: np.ndarray, left: int, top: int) -> None:
    from PIL import Image

    picture.paste(Image.fromarray(np.ascontiguousarray(colours)), (left, top))


def _number(value: float) -> str:
    return "0" if value == 0 else f"{value:.3g}"


def _clipped(text: str, width: int) -> str:
    while _font(13, text).getlength(text) > width and len(text) > 3:
        text = text.removesuffix("...")[:-1] + "..."
    return text


def _plain(text: str) -> str:
    """Pillow's own font has neither the times sign nor the minus."""
    return text.replace("×", "x").replace("−", "-")


@lru_cache(maxsize=64)
def _font(size: int, text: str = "") -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own font, or for a text that is not Latin the first of the system's that is there."""
    from PIL import ImageFont

    for name in () if text.isascii() else WIDE_FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)
