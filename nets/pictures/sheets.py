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
    from PIL import Image, ImageFont

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
DRAWING = 52  # side of the drawing beside the title


@dataclass(frozen=True, eq=False)
class Caption:
    """What stands above and below the picture.

    drawing: (h, w) or (h, w, 1|3) float 0..1, the picture that the network received, beside the title. zoom: pixels of
    the file for each pixel of the screen.
    """

    title: str
    details: str
    note: str = ""
    drawing: np.ndarray | None = None
    zoom: int = 1


NOTES = {"map": "every map has its own range", "network": "the range of the whole network"}


def save_map(
    folder: Path,
    model: str,
    row: LayerInfo,
    values: np.ndarray,
    map_index: int,
    span: Range,
    *,
    mode: str = "map",
    drawing: np.ndarray | None = None,
    zoom: int = 1,
) -> Path:
    """A PNG of one map, large.

    Args:
        folder: Where the file is written.
        model: The model's name, for the title and the file's name.
        row: The layer's row of the table.
        values: (H, W, C), all maps of the layer.
        map_index: Which of them.
        span: The range of the colours.
        mode: The row of ``RANGES`` by which the range was taken.
        drawing: As for ``Caption``.
        zoom: As for ``Caption``.

    Returns:
        The path of the file; its name says what it shows.
    """
    one = values[..., map_index : map_index + 1]
    height, width = one.shape[:2]
    details = f"{row.title}, map {map_index} of {values.shape[-1]}, {height} × {width}"
    span = span.within(one)
    taken = {"layer": "the range of the whole layer", "network": NOTES["network"]}.get(mode, "")
    note = "; ".join(part for part in (taken, span.note) if part)
    caption = Caption(f"{model}, {row.path}, map {map_index}", details, note, drawing, zoom)
    scale = max(1, 560 // max(height, width))
    picture = _maps_picture(caption, one, (span,), [map_index], scale=scale, common=True)
    target = folder / file_name(model, row.path, ".png", map_index=map_index, shape=(height, width))
    _save(picture, target)
    return target


def save_all(folder: Path, lens: Lens, inputs: np.ndarray) -> tuple[list[Path], tuple[str, ...]]:
    """A PNG for every layer that can be shown, numbered in the order of computing, and maps.npz with the raw arrays.

    Args:
        folder: Where the files are written.
        lens: The model, compiled.
        inputs: (H, W, C) or (1, H, W, C), as the network receives it.

    Returns:
        The paths of the files, and a sentence for every layer that cannot be shown.
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
    drawing: np.ndarray | None = None,
    zoom: int = 1,
) -> Image.Image:
    """The layer as an RGB picture: maps as a grid, units as columns, the answer as bars with its labels.

    Args:
        model: The model's name, for the title.
        row: The layer's row of the table.
        values: (H, W, C) maps or (N,) units.
        labels: The names of the classes where the values are the answer.
        mode: A row of ``RANGES``.
        by_strength: Whether the strongest maps come first.
        span: The range to use instead of the layer's own; for "network" it must be given.
        drawing: As for ``Caption``.
        zoom: As for ``Caption``.

    Raises:
        UsageError: The mode is "network" and no ``span`` is given.
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
        caption = Caption(f"{model}, {row.path}", details, note, drawing, zoom)
        return _maps_picture(caption, values, spans, order(values, by_strength=by_strength), common=mode != "map")
    details = f"{row.title}: {len(values)} units, {row.parameters:,} parameters"
    caption = Caption(f"{model}, {row.path}", details, "", drawing, zoom)
    if labels and len(values) <= 24:
        return _answer_picture(caption, values, labels)
    return _units_picture(caption, values)


def montage(values: np.ndarray, spans: Sequence[Range], scale: int = 1, gap: int = 1, ground: int = 255) -> np.ndarray:
    """(H, W, C) -> one (rows, columns, 3) uint8 picture of all maps in a near-square grid, ``gap`` pixels apart.

    +---+ +---+ +---+
    | 0 | | 1 | | 2 |
    +---+ +---+ +---+
    | 3 | | 4 |
    +---+ +---+

    Args:
        values: (H, W, C) float, the maps.
        spans: of each map, what the ends of the colour table stand for.
        scale: pixels of the picture for one value.
        gap: pixels between the maps.
        ground: the grey between them, 0 to 255.
    """
    height, width, count = values.shape
    columns = math.ceil(math.sqrt(count * height / width))
    rows = math.ceil(count / columns)
    tile_h, tile_w = height * scale, width * scale
    picture = np.full((rows * (tile_h + gap) - gap, columns * (tile_w + gap) - gap, 3), ground, dtype=np.uint8)
    for number in range(count):
        top, left = (number // columns) * (tile_h + gap), (number % columns) * (tile_w + gap)
        picture[top : top + tile_h, left : left + tile_w] = tile(values[..., number], spans[number], scale)
    return picture


def tile(values: np.ndarray, span: Range, scale: int) -> np.ndarray:
    """One map in colours.

    Args:
        values: (H, W) float.
        span: what the ends of the colour table stand for.
        scale: pixels of the picture for one value.

    Returns:
        (H * scale, W * scale, 3) uint8.
    """
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
    sheet = Sheet(caption, body, footer=56 if common else 20)
    dead = dead_maps(values)
    for place, number in enumerate(numbers):
        index = int(number) if count > 1 else 0
        left = MARGIN + (place % columns) * (tile_w + GAP)
        above = sheet.top + (place // columns) * (tile_h + LABEL + GAP)
        mark = f"{number} dead" if dead[index] and tile_w >= 44 else str(number)
        sheet.text(left, above, mark, fill=QUIET, size=10)
        sheet.paste(tile(values[..., index], spans[index], scale * caption.zoom), left, above + LABEL)
    if common:
        sheet.scale_bar(spans[0], sheet.top + body[1] + 12)
    return sheet.finished(caption.note)


def _units_picture(caption: Caption, values: np.ndarray) -> Image.Image:
    """Columns in rows of at most 256 units, zero as a line, every row to the same scale."""
    span = value_range(values, clip=False)
    across = min(len(values), 256)
    wide = max(2, min(12, 1024 // across))
    rows = math.ceil(len(values) / across)
    tall = 120 if rows == 1 else 64
    sheet = Sheet(caption, (across * wide, rows * (tall + LABEL + GAP)), footer=24)
    size = span.high or 1.0
    for place in range(rows):
        part = values[place * across : (place + 1) * across]
        above = sheet.top + place * (tall + LABEL + GAP) + LABEL
        zero = above + (tall // 2 if span.signed else tall)
        last = place * across + len(part) - 1
        sheet.text(MARGIN, above - LABEL, f"{place * across} to {last}", fill=QUIET, size=10)
        reach = (tall // 2 if span.signed else tall) / size
        for number, value in enumerate(np.nan_to_num(part)):
            left, end = MARGIN + number * wide, zero - round(float(value) * reach)
            ends = sorted((zero, end))
            fill = ACCENT if value >= 0 else (178, 24, 43)
            sheet.rectangle(left, ends[0], left + max(wide - 2, 0), ends[1], fill)
        sheet.rectangle(MARGIN, zero, MARGIN + len(part) * wide, zero, QUIET)
    return sheet.finished(f"columns to {number_text(size)}; the largest is unit {int(np.argmax(values))}")


def _answer_picture(caption: Caption, values: np.ndarray, labels: Sequence[str]) -> Image.Image:
    line = 26
    names = [_clipped(str(label), 180) for label in labels]
    space = max(math.ceil(font(13, name).getlength(name)) for name in names) + 12
    bar = 320
    sheet = Sheet(caption, (space + bar + 70, line * len(values)), footer=16)
    best = int(np.argmax(values))
    for number, value in enumerate(values):
        y = sheet.top + number * line
        left = MARGIN + space
        sheet.text(MARGIN, y + 4, names[number], fill=TEXT, size=13)
        sheet.rectangle(left, y + 7, left + bar, y + 17, LINE)
        sheet.rectangle(left, y + 7, left + round(bar * float(value)), y + 17, ACCENT if number == best else QUIET)
        share = f"{value:.1%}".replace("%", " %")
        sheet.text(left + bar + 64, y + 4, share, fill=TEXT, size=13, anchor="ra")
    return sheet.finished("")


class Sheet:
    """A white sheet with title, details and the drawing, wide enough for them. Places and sizes are those of the
    screen; ``zoom`` times as many pixels are painted. ``top`` is where the body starts."""

    def __init__(self, caption: Caption, body: tuple[int, int], footer: int) -> None:
        from PIL import Image, ImageDraw

        self._zoom = caption.zoom
        lines = [(20, _plain(caption.title)), (13, _plain(caption.details)), (12, caption.note)]
        beside = DRAWING + GAP if caption.drawing is not None else 0
        least = max(NARROWEST, *(math.ceil(font(size, text).getlength(text)) + beside for size, text in lines))
        self.top = MARGIN + 60
        self._width = max(body[0], least) + 2 * MARGIN
        self._height = self.top + body[1] + footer + MARGIN + (16 if caption.note else 0)
        self.picture = Image.new("RGB", (self._width * self._zoom, self._height * self._zoom), GROUND)
        self._draw = ImageDraw.Draw(self.picture)
        for (size, text), above, colour in zip(lines[:2], (MARGIN - 4, MARGIN + 26), (TEXT, QUIET), strict=True):
            self.text(MARGIN, above, text, fill=colour, size=size)
        if caption.drawing is not None:
            self._paste_drawing(caption.drawing)

    def _paste_drawing(self, drawing: np.ndarray) -> None:
        """At the top right, each of its pixels as a crisp square."""
        from PIL import Image

        grey = drawing if drawing.ndim == 2 else drawing[..., 0] if drawing.shape[2] == 1 else drawing
        pixels = np.clip(np.asarray(grey) * 255, 0, 255).astype(np.uint8)
        small = Image.fromarray(pixels).convert("RGB")
        scale = DRAWING * self._zoom / max(small.size)
        size = (max(round(small.width * scale), 1), max(round(small.height * scale), 1))
        way = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BOX
        place = (self._width - MARGIN) * self._zoom - size[0], (MARGIN - 4) * self._zoom
        self.picture.paste(small.resize(size, way), place)

    def text(
        self, left: float, top: float, text: str, *, fill: tuple[int, int, int], size: int, anchor: str = "la"
    ) -> None:
        """Writes one line.

        Args:
            left: pixels, before the sheet is enlarged; so are all lengths here.
            top: pixels.
            text: the line.
            fill: red, green and blue, 0 to 255.
            size: of the letters, in pixels.
            anchor: which point of the text lies at ``left`` and ``top``, as Pillow names them.
        """
        place = (left * self._zoom, top * self._zoom)
        self._draw.text(place, text, fill=fill, font=font(size * self._zoom, text), anchor=anchor)

    def rectangle(self, left: float, top: float, right: float, bottom: float, fill: tuple[int, int, int]) -> None:
        """Right and bottom are painted too, as Pillow does.

        Args:
            left: pixels, before the sheet is enlarged; so are the others.
            top: pixels.
            right: pixels.
            bottom: pixels.
            fill: red, green and blue, 0 to 255.
        """
        z = self._zoom
        self._draw.rectangle((left * z, top * z, right * z + z - 1, bottom * z + z - 1), fill=fill)

    def paste(self, colours: np.ndarray, left: int, top: int) -> None:
        """Puts a picture onto the sheet.

        Args:
            colours: (h, w, 3) uint8, in pixels of the file: it is not enlarged.
            left: pixels, before the sheet is enlarged.
            top: the same.
        """
        from PIL import Image

        place = left * self._zoom, top * self._zoom
        self.picture.paste(Image.fromarray(np.ascontiguousarray(colours)), place)

    def scale_bar(self, span: Range, y: int) -> None:
        wide = min(512, self._width - 2 * MARGIN)
        ramp = np.linspace(span.low, span.high, wide * self._zoom, dtype=np.float32)[None]
        ramp = ramp.repeat(SCALE_BAR * self._zoom, axis=0)
        self.paste(colourise(ramp, span.low, span.high, table_of(span.signed)), MARGIN, y)
        for share, value, anchor in (
            (0.0, span.low, "la"),
            (0.5, (span.low + span.high) / 2, "ma"),
            (1.0, span.high, "ra"),
        ):
            self.text(MARGIN + share * wide, y + SCALE_BAR + 4, number_text(value), fill=TEXT, size=12, anchor=anchor)

    def finished(self, note: str) -> Image.Image:
        """The picture, with the note at its bottom."""
        if note:
            self.text(MARGIN, self._height - MARGIN - 8, note, fill=QUIET, size=12)
        return self.picture


def number_text(value: float) -> str:
    return "0" if value == 0 else f"{value:.3g}"


def _clipped(text: str, width: int) -> str:
    while font(13, text).getlength(text) > width and len(text) > 3:
        text = text.removesuffix("...")[:-1] + "..."
    return text


def _plain(text: str) -> str:
    """Pillow's own font lacks the multiplication sign and the minus."""
    return text.replace("×", "x").replace("−", "-")


@lru_cache(maxsize=64)
def font(size: int, text: str = "") -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own font; for text that is not Latin, the first of the system's fonts that exists."""
    from PIL import ImageFont

    for name in () if text.isascii() else WIDE_FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)
