"""The ways to show what a network responds to, each a function of a request that reports intermediate pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gui.explain.lesioning import known_dataset
from gui.paint.picture import CRISP
from nets.errors import LensletError, UsageError
from nets.events import Event, Report
from nets.explain.partial import Partial
from nets.places import Places

if TYPE_CHECKING:
    from nets.compute.lens import Lens
    from nets.data.specs import Dataset, ImageInput
    from nets.explain.option import Option
    from nets.explain.patches import Patches
    from nets.network.model import Model

ACROSS = 9  # number of pictures that excite a filter most
GAP = 2  # pixels between pictures
FRAME_COLOUR = (1.0, 0.55, 0.1)
MOST_IMAGES = 60_000
LONGEST = 224  # longer side of a photograph in pixels, as networks of photographs were trained


@dataclass(frozen=True, eq=False)
class MakeRequest:
    """What to make.

    layer: "" for a class. number: of the class, or of the map or unit. image: (H, W, C) as the network receives it, or
    None. photograph: the opened picture, (h, w) or (h, w, 3) uint8, which networks of colours use in a higher
    resolution than their input. space, start: options of activation maximisation. options: further options. look: the
    picture that gives the style. after: the state of an earlier transfer.
    """

    model: Model
    places: Places
    layer: str
    number: int
    image: np.ndarray | None
    space: str = "pixels"
    start: str = "noise"
    photograph: np.ndarray | None = None
    options: tuple[tuple[str, Any], ...] = ()
    look: str = ""
    after: Any = None

    def content(self, input: ImageInput) -> np.ndarray:
        """(h, w, 1|3) float32 0 to 1: the photograph if there is one, otherwise the network's input."""
        from nets.explain.resized import SMALLEST
        from nets.explain.values import to_picture

        if self.photograph is not None and input.channels == 3:
            found = reduced(self.photograph)
            if min(found.shape[:2]) >= SMALLEST:
                return found
        assert self.image is not None
        return to_picture(self.image, input)


@dataclass(frozen=True, eq=False)
class Made:
    """The result.

    picture: (h, w, 1|3) float32 0 to 1. title: what it shows. details: one line of words and numbers. state: from which
    it can be continued; None if it cannot. crisp: whether it is composed of small pictures whose pixels should be
    visible.
    """

    picture: np.ndarray
    title: str
    details: str
    state: Any = None
    crisp: bool = False


def _name(request: MakeRequest) -> str:
    labels = request.model.card.labels
    if request.layer:
        row = next(row for row in request.model.layers if row.path == request.layer)
        return f"{'unit' if row.shows == 'units' else 'map'} {request.number} of {request.layer}"
    return labels[request.number] if request.number < len(labels) else str(request.number)


def telling(report: Report, made: Callable[[Any], Made]) -> Report:
    """A report that turns partial results into pictures."""

    def tell(event: Event) -> None:
        if isinstance(event, Partial):
            report(Partial(event.what, event.done, event.total, made(event.result)))
        else:
            report(event)

    return tell


def own_lens(request: MakeRequest) -> Lens:
    from nets.compute.lens import Lens

    return Lens(request.model.copy())


def grow(request: MakeRequest, *, report: Report) -> Made:
    """The picture to which a class or a filter responds most."""
    from nets.explain import EXPLAINERS
    from nets.explain.activation_maximization import reached, way
    from nets.explain.values import to_picture

    lens = own_lens(request)
    input = request.model.card.input
    options: dict[str, Any] = {"space": request.space, "start": request.start, **dict(request.options)}
    if request.layer:
        options["map"] = request.number
    target = None if request.layer else request.number
    title = f"What it answers most: {_name(request)}" if request.layer else f"What it takes most for {_name(request)}"

    def made(values: np.ndarray, words: str = "growing") -> Made:
        return Made(to_picture(values[0] if values.ndim == 4 else values, input), title, words)

    tell = telling(report, made)
    row = EXPLAINERS["activation_maximization"]
    found = row.run(lens, request.image, target=target, layer=request.layer, report=tell, **options)
    value = reached(lens, found, target, request.layer, options)
    words = request.model.card.title
    if lens.model.output.kind.has_classes:
        probabilities = lens.classify(found[None])[0]
        best = int(probabilities.argmax())
        words += f" answers {lens.card.labels[best]}, {100 * float(probabilities[best]):.1f} %"
    what = "before the activation" if request.layer else "score"
    return made(found, f"{words} · {what} {value:.4g} · {way(input, row.defaults() | options)}")


def fool(request: MakeRequest, *, report: Report) -> Made:
    """The drawing, the change, and the changed drawing that is classified as the chosen class."""
    from nets.explain.fooling import fool as find
    from nets.explain.values import to_picture

    if request.image is None:
        raise LensletError("draw or open a picture first: what fools the network begins with it")
    lens = own_lens(request)
    image, labels = request.image, lens.card.labels

    def tell(event: Event) -> None:
        if not isinstance(event, Partial):  # half of the change shows nothing
            report(event)

    found = find(lens, image, target=request.number, report=tell)
    largest = max(float(np.abs(found.change).max()), 1e-9)
    change = 0.5 + 0.5 * found.change / largest
    pictures = [to_picture(image, lens.card.input), np.clip(change, 0, 1), to_picture(found.picture, lens.card.input)]
    before = int(found.before.argmax())
    words = (
        f"{labels[before]}, {100 * found.before[before]:.1f} %, becomes {labels[found.target]}, "
        f"{100 * found.after[found.target]:.1f} %; root mean square of the change {100 * found.rms:.1f} % of the range"
    )
    crisp = max(image.shape[:2]) <= CRISP
    return Made(row_of(pictures), f"Before, the change, and after: {labels[found.target]}", words, crisp=crisp)


def dream(request: MakeRequest, *, report: Report) -> Made:
    """The drawing or photograph, changed so that a layer responds more to what it finds in it."""
    from nets.explain.dream import OPTIONS
    from nets.explain.dream import dream as find
    from nets.explain.layers import default_layer

    if request.image is None:
        raise LensletError("draw or open a picture first: a dream begins with it")
    lens = own_lens(request)
    options = checked(request.options, OPTIONS, lens.card.input)
    layer = request.layer or default_layer(request.model)
    title = f"What {layer} sees in it, more and more"

    def made(picture: np.ndarray) -> Made:
        return Made(picture, title, request.model.card.title)

    picture = request.content(lens.card.input)
    return made(find(lens, picture, layers=[layer], report=telling(report, made), **options))


def patches(request: MakeRequest, *, report: Report) -> Made:
    """The images of the model's data that excite a filter most, and the patch of each that does."""
    from nets.data import datasets
    from nets.data.images import ChosenImages
    from nets.explain.patches import best_patches

    if not request.layer:
        raise LensletError("choose a layer: patches excite a filter or a unit of it, not a class")
    name = known_dataset(request.model.card, request.places)
    data = datasets.load(name, request.places, report=report)
    images = ChosenImages(data.train.images, np.arange(min(len(data.train), MOST_IMAGES)))
    lens = own_lens(request)

    def made(found: Patches) -> Made:
        return _patches_made(request, lens, data, found)

    tell = telling(report, made)
    found = best_patches(lens, images, request.layer, source=data.spec.input, count=ACROSS, report=tell)
    return made(found)


def _patches_made(request: MakeRequest, lens: Lens, data: Dataset, found: Patches) -> Made:
    from nets.data.fitting import fitted

    images = fitted(data.train.images, data.spec.input, lens.card.input)
    row = found.images[request.number]
    known = [place for place in range(len(row)) if row[place] >= 0]
    whole, parts = [], []
    for place in known:
        picture = images.read(row[place : place + 1])[0].astype(np.float32) / 255
        box = found.box(lens, request.number, place)
        whole.append(_framed(picture, box))
        parts.append(_cut(picture, box))
    pictures = row_of(whole)
    if any(part.shape != whole[0].shape for part in parts):
        below = row_of([_in_frame(part, whole[0].shape) for part in parts])
        pictures = np.concatenate([pictures, np.ones((GAP, *pictures.shape[1:]), np.float32), below])
    title = f"What excites {_name(request)} most"
    words = f"{found.seen:,} images of {data.spec.title}; framed, and cut out below: what the strongest value sees"
    return Made(pictures, title, words, crisp=bool(whole) and max(whole[0].shape[:2]) <= CRISP)


def filters(request: MakeRequest, *, report: Report) -> Made:
    """The kernels of the first convolution as pictures, in rows."""
    from nets.explain.filters import first_filters

    found = first_filters(request.model)
    pictures = found.pictures()
    count, height, width, channels = pictures.shape
    across = next(n for n in range(1, count + 1) if n * n >= count)
    empty = np.ones((height, width, channels), np.float32)
    rows = []
    for start in range(0, count, across):
        row = [*pictures[start : start + across]]
        rows.append(row_of(row + [empty] * (across - len(row)), gap=1))
    below = np.ones((1, rows[0].shape[1], channels), np.float32)
    sheet = np.concatenate([part for row in rows for part in (row, below)][:-1])
    size = f"{height} × {width}" + (f" × {channels}" if channels > 1 else "")
    ends = "white raises the answer, black lowers it" if channels == 1 else "grey is zero"
    title = f"The {count} filters of {found.layer}, the first layer"
    return Made(
        sheet, title, f"{request.model.card.title} · {size} numbers each, by its own largest one; {ends}", crisp=True
    )


def checked(said: tuple[tuple[str, Any], ...], rows: tuple[Option, ...], input: ImageInput) -> dict[str, Any]:
    """The options by name, checked.

    Raises:
        UsageError: A value cannot be taken.
    """
    for row in rows:
        for name, value in said:
            if name == row.name and (problem := row.refusal(value, input.shape)):
                raise UsageError(problem)
    return dict(said)


def reduced(picture: np.ndarray) -> np.ndarray:
    """An opened picture as (h, w, 3) float32 0 to 1, its longer side at most ``LONGEST``."""
    from nets.explain.resized import in_channels, resized

    values = in_channels(picture, 3)
    height, width = values.shape[:2]
    share = min(1.0, LONGEST / max(height, width))
    return np.clip(resized(values, max(1, round(height * share)), max(1, round(width * share))), 0, 1)


def _framed(picture: np.ndarray, box: Any) -> np.ndarray:
    """(h, w, 3) with the box's outline."""
    colour = np.repeat(picture, 3, axis=2) if picture.shape[2] == 1 else picture.copy()
    if box is not None:
        top, left, bottom, right = _sides(box, picture.shape)
        colour[top, left : right + 1] = colour[bottom, left : right + 1] = FRAME_COLOUR
        colour[top : bottom + 1, left] = colour[top : bottom + 1, right] = FRAME_COLOUR
    return colour


def _cut(picture: np.ndarray, box: Any) -> np.ndarray:
    colour = np.repeat(picture, 3, axis=2) if picture.shape[2] == 1 else picture
    if box is None:
        return np.zeros((1, 1, 3), np.float32)
    top, left, bottom, right = _sides(box, picture.shape)
    return colour[top : bottom + 1, left : right + 1]


def _sides(box: Any, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """First row and column and last row and column of a box, inside the picture."""
    top, left = max(0, int(box.top)), max(0, int(box.left))
    bottom = min(shape[0], int(np.ceil(box.top + box.height))) - 1
    right = min(shape[1], int(np.ceil(box.left + box.width))) - 1
    return top, left, max(top, bottom), max(left, right)


def _in_frame(part: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The patch, enlarged by a whole number if it fits, in the middle of a white frame of ``shape``."""
    scale = max(1, min(shape[0] // part.shape[0], shape[1] // part.shape[1]))
    large = np.repeat(np.repeat(part, scale, axis=0), scale, axis=1)
    frame = np.ones(shape, np.float32)
    top, left = (shape[0] - large.shape[0]) // 2, (shape[1] - large.shape[1]) // 2
    frame[top : top + large.shape[0], left : left + large.shape[1]] = large
    return frame


def row_of(pictures: list[np.ndarray], gap: int = GAP) -> np.ndarray:
    """Pictures (h, w, 1|3) of one size side by side with white between them: (h, W, 1|3)."""
    if not pictures:
        return np.ones((1, 1, 1), np.float32)
    height, _, channels = pictures[0].shape
    between = np.ones((height, gap, channels), np.float32)
    parts = [pictures[0]]
    for picture in pictures[1:]:
        parts += [between, picture]
    return np.concatenate(parts, axis=1)
