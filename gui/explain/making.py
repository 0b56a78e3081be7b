"""Four ways to see what a network looks for, each a function of a request that reports pictures on its way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gui.explain.lesioning import known_dataset
from nets.errors import LensletError
from nets.events import Event, Report
from nets.explain.partial import Partial
from nets.places import Places

if TYPE_CHECKING:
    from nets.compute.lens import Lens
    from nets.data.specs import Dataset
    from nets.explain.patches import Patches
    from nets.network.model import Model

ACROSS = 9  # pictures that excite a filter most
GAP = 2  # pixels between pictures
FRAME_COLOUR = (1.0, 0.55, 0.1)
MOST_IMAGES = 60_000


@dataclass(frozen=True, eq=False)
class MakeRequest:
    """What is wanted.

    layer: "" for a class. number: of the class, or of the map or unit. image: (H, W, C) as the network receives it, or
    None. space, start: options of activation maximisation.
    """

    model: Model
    places: Places
    layer: str
    number: int
    image: np.ndarray | None
    space: str = "pixels"
    start: str = "noise"


@dataclass(frozen=True, eq=False)
class Made:
    """picture: (h, w, 1|3) float32 0 to 1. title: what it is. details: one line of words and numbers."""

    picture: np.ndarray
    title: str
    details: str


def _name(request: MakeRequest) -> str:
    labels = request.model.card.labels
    if request.layer:
        return f"{request.number} of {request.layer}"
    return labels[request.number] if request.number < len(labels) else str(request.number)


def _telling(report: Report, made: Callable[[Any], Made]) -> Report:
    """A report that turns partial results into pictures."""

    def tell(event: Event) -> None:
        if isinstance(event, Partial):
            report(Partial(event.what, event.done, event.total, made(event.result)))
        else:
            report(event)

    return tell


def _own_lens(request: MakeRequest) -> Lens:
    from nets.compute.lens import Lens

    return Lens(request.model.copy())


def grow(request: MakeRequest, *, report: Report) -> Made:
    """The picture that a class or a filter answers most."""
    from nets.explain import EXPLAINERS
    from nets.explain.values import to_picture

    lens = _own_lens(request)
    input = request.model.card.input
    options: dict[str, Any] = {"space": request.space, "start": request.start}
    if request.layer:
        options["map"] = request.number
    target = None if request.layer else request.number
    title = f"What it answers most: {_name(request)}" if request.layer else f"What it takes most for {_name(request)}"

    def made(values: np.ndarray, words: str = "growing") -> Made:
        return Made(to_picture(values[0] if values.ndim == 4 else values, input), title, words)

    tell = _telling(report, made)
    row = EXPLAINERS["activation_maximization"]
    found = row.run(lens, request.image, target=target, layer=request.layer, report=tell, **options)
    words = request.model.card.title
    if lens.model.output.kind.has_classes:
        probabilities = lens.classify(found[None])[0]
        best = int(probabilities.argmax())
        words += f" answers {lens.card.labels[best]}, {100 * float(probabilities[best]):.1f} %"
    return made(found, words)


def fool(request: MakeRequest, *, report: Report) -> Made:
    """The drawing, the change, and the changed drawing that is taken for the chosen class."""
    from nets.explain.fooling import fool as find
    from nets.explain.values import to_picture

    if request.image is None:
        raise LensletError("draw or open a picture first: what fools the network begins with it")
    lens = _own_lens(request)
    image, labels = request.image, lens.card.labels

    def tell(event: Event) -> None:
        if not isinstance(event, Partial):  # half a change shows nothing
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
    return Made(row_of(pictures), f"Before, the change, and after: {labels[found.target]}", words)


def dream(request: MakeRequest, *, report: Report) -> Made:
    """The drawing or photograph, changed so that a layer sees more of what it saw in it."""
    from nets.explain.dream import dream as find
    from nets.explain.layers import default_layer
    from nets.explain.values import to_picture

    if request.image is None:
        raise LensletError("draw or open a picture first: a dream begins with it")
    lens = _own_lens(request)
    layer = request.layer or default_layer(request.model)
    title = f"What {layer} sees in it, more and more"

    def made(picture: np.ndarray) -> Made:
        return Made(picture, title, request.model.card.title)

    return made(find(lens, to_picture(request.image, lens.card.input), layers=[layer], report=_telling(report, made)))


def patches(request: MakeRequest, *, report: Report) -> Made:
    """The images of the model's data that excite a filter most, and in each the patch that does."""
    from nets.data import datasets
    from nets.data.images import ChosenImages
    from nets.explain.patches import best_patches

    if not request.layer:
        raise LensletError("choose a layer: patches excite a filter or a unit of it, not a class")
    name = known_dataset(request.model.card, request.places)
    data = datasets.load(name, request.places, report=report)
    images = ChosenImages(data.train.images, np.arange(min(len(data.train), MOST_IMAGES)))
    lens = _own_lens(request)

    def made(found: Patches) -> Made:
        return _patches_made(request, lens, data, found)

    tell = _telling(report, made)
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
    title = f"What excites {request.number} of {request.layer} most"
    words = f"{found.seen:,} images of {data.spec.title}; framed, and cut out below: what the strongest value sees"
    return Made(pictures, title, words)


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
    """The patch, enlarged by a whole number where it fits, in the middle of a white frame of ``shape``."""
    scale = max(1, min(shape[0] // part.shape[0], shape[1] // part.shape[1]))
    large = np.repeat(np.repeat(part, scale, axis=0), scale, axis=1)
    frame = np.ones(shape, np.float32)
    top, left = (shape[0] - large.shape[0]) // 2, (shape[1] - large.shape[1]) // 2
    frame[top : top + large.shape[0], left : left + large.shape[1]] = large
    return frame


def row_of(pictures: list[np.ndarray]) -> np.ndarray:
    """Pictures (h, w, 1|3) of one size side by side, white between them: (h, W, 1|3)."""
    if not pictures:
        return np.ones((1, 1, 1), np.float32)
    height, _, channels = pictures[0].shape
    between = np.ones((height, GAP, channels), np.float32)
    parts = [pictures[0]]
    for picture in pictures[1:]:
        parts += [between, picture]
    return np.concatenate(parts, axis=1)
