"""The one way from a picture to a network's input, used by the pad, files, the command line, training and evaluation.

``prepare`` is pure: it takes a picture and returns the input and the stages before it. Digits are prepared like MNIST's
own (LeCun et al. 1998): polarity, crop to the ink, longer side scaled to 20 pixels, centre of mass in the middle of
28x28.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from PIL import Image

from nets.data.enlarge import enlarge
from nets.data.ink import LUMINANCE, Ink, NothingDrawn, as_float, find_ink
from nets.data.photo_check import is_photograph
from nets.data.shapes import shapes_apart
from nets.data.specs import ImageInput
from nets.data.thicken import reduced, stroke_width, thickened
from nets.data.value_ranges import order_of, range_of, to_values
from nets.errors import UsageError

__all__ = ["FITS", "Fit", "NothingDrawn", "PreparationStage", "Prepared", "fit", "prepare"]

FRAME = 28  # side of MNIST's images
BOX = 20  # longer side of the ink in the frame
MIDDLE = 14.0  # pixel index of the centre of mass; measured on MNIST: 14.0, not 13.5
# The 10th percentile of the widths of MNIST's strokes, in its pixels. Thinner strokes are widened to nearly that before
# scaling; otherwise a fine pen on a large pad would become grey where MNIST is white.
THINNEST = 1.8


@dataclass(frozen=True, eq=False)
class PreparationStage:
    """A step of the preparation. ``picture``: (h, w) or (h, w, 3) float32 in [0, 1]; ``note``: one short sentence."""

    name: str
    title: str
    picture: np.ndarray
    note: str


@dataclass(frozen=True)
class InputFrame:
    """The part of a picture that the network's input shows, in the picture's pixels; it may extend beyond the
    picture.
    """

    top: float
    left: float
    height: float
    width: float


@dataclass(frozen=True, eq=False)
class Prepared:
    """The result of ``prepare``.

    input: (H, W, C) float32 in the range of the network's input. inverted: whether it was dark on light. picture: as
    ``prepare`` received it. window: the part of it that the input shows. hint: what the person should know about the
    picture before trusting the answer, "" if there is nothing.
    """

    input: np.ndarray
    stages: tuple[PreparationStage, ...]
    inverted: bool
    picture: np.ndarray
    window: InputFrame

    @cached_property
    def photograph(self) -> bool:
        """Whether a photograph was prepared as if it were a drawn digit. Computed when it is read."""
        return self._crop is not None and is_photograph(self.picture)

    @cached_property
    def hint(self) -> str:
        """A network for one digit also answers photographs and two digits: only the picture reveals them.

        Computed when it is read, because datasets drawn by the program do not need it.
        """
        if self.photograph:
            return "this is a photograph: the network reads drawn digits"
        count = shapes_apart(self._crop) if self._crop is not None else 1
        return f"{'two' if count == 2 else 'several'} shapes: one digit at a time" if count > 1 else ""

    @property
    def _crop(self) -> np.ndarray | None:
        """The ink alone; None if the network receives whole pictures, or for an image of a dataset."""
        return next((stage.picture for stage in self.stages if stage.name == "crop"), None)


Fitted = tuple[np.ndarray, tuple[PreparationStage, ...], bool, InputFrame]
"""(H, W, C) uint8, the stages before the last, whether the picture was inverted, and its crop."""


@dataclass(frozen=True)
class Fit:
    """A row of ``FITS``. ``run`` returns a ``Fitted``."""

    name: str
    title: str
    description: str
    run: Callable[[np.ndarray, ImageInput], Fitted]


def prepare(picture: np.ndarray, input: ImageInput, *, is_dataset_image: bool = False) -> Prepared:
    """The input for ``picture`` of a network that ``input`` describes.

    Args:
        picture: (h, w) or (h, w, 1|3|4), uint8 0..255 or float 0..1, any size and polarity; four channels end in
            alpha.
        input: The network's input.
        is_dataset_image: The picture is uint8 with 1 or 3 channels and already has the form in which its dataset
            holds images. It goes the way of the dataset (``fit``): no search for ink, no centring.

    Raises:
        NothingDrawn: The picture is blank, one flat colour or a lone dot.
        LensletError: It is not a picture.
        UsageError: The fit, the range or the order of channels is unknown.
    """
    if input.fit not in FITS:
        raise UsageError("there is no fit {fit!r}; there are: {known}", fit=input.fit, known=", ".join(FITS))
    if input.polarity not in ("", *POLARITIES):
        raise UsageError(
            "there is no polarity {polarity!r}; there are: {known}",
            polarity=input.polarity,
            known=", ".join(POLARITIES),
        )
    if is_dataset_image:
        images, stages, inverted, window = _dataset_image(picture, input)
    else:
        images, stages, inverted, window = FITS[input.fit].run(as_float(picture), input)
    values = to_values(images[None], input)[0]
    shown = images[..., 0] if input.channels == 1 else images[..., :3]
    note = f"{input.height} x {input.width} x {input.channels} numbers, {range_of(input).title}"
    if input.channels == 3 and order_of(input) == "bgr":
        note += ", blue first"
    last = PreparationStage("values", "Values", shown.astype(np.float32) / 255, note)
    return Prepared(values, (*stages, last), inverted, picture, window)


def fit(images: np.ndarray, source: ImageInput, target: ImageInput) -> np.ndarray:
    """A dataset's images in the size and channels of a network. Training, evaluation and the pad all use this.

    Digits go from 28x28 to 32x32 by a border of zeros; everything else is resized.

    Args:
        images: (N, h, w, c) uint8 in the form of ``source``.
        source: what the dataset's images are.
        target: what the network receives.

    Returns:
        (N, H, W, C) uint8 in the form of ``target``.

    Raises:
        UsageError: the images are not of ``source``, or their channels cannot be changed.
    """
    if images.ndim != 4 or images.shape[1:] != source.shape:
        raise UsageError(
            "expected images of shape (N, {expected}), found {shape}",
            expected=", ".join(map(str, source.shape)),
            shape=images.shape,
        )
    images = _fit_channels(images, source.channels, target.channels)
    if images.shape[1:3] == (target.height, target.width):
        return images
    border = (target.height - FRAME) // 2
    if target.fit == "digit" and images.shape[1:3] == (FRAME, FRAME) and (target.height, target.width) == (32, 32):
        return np.pad(images, ((0, 0), (border, border), (border, border), (0, 0)))
    if target.height >= images.shape[1] and target.width >= images.shape[2]:
        return enlarge(images, target.height, target.width)
    fitted = np.empty((len(images), target.height, target.width, target.channels), np.uint8)
    for number, image in enumerate(images):
        for channel in range(target.channels):
            plane = Image.fromarray(np.ascontiguousarray(image[..., channel]))
            size = (target.width, target.height)
            fitted[number, ..., channel] = np.asarray(plane.resize(size, Image.Resampling.BOX))
    return fitted


def _fit_channels(images: np.ndarray, source: int, target: int) -> np.ndarray:
    if source == target:
        return images
    if source == 1:
        return np.repeat(images, target, axis=-1)
    if source == 3 and target == 1:
        grey = images.astype(np.float32) @ LUMINANCE
        return np.round(grey).astype(np.uint8)[..., None]
    raise UsageError(
        "images with {source} channels cannot become images with {target}: only 1 and 3 can be changed",
        source=source,
        target=target,
    )


def _dataset_image(picture: np.ndarray, input: ImageInput) -> Fitted:
    """Prepares (h, w, 1|3) uint8 that a dataset holds in this form; the result is that of ``Fit.run``."""
    height, width, channels = picture.shape
    fitted = fit(picture[None], replace(input, height=height, width=width, channels=channels), input)[0]
    note = f"{height} x {width} pixels, as the dataset holds it"
    stages = (PreparationStage("dataset", "From the dataset", _shown(as_float(picture)), note),)
    bordered = input.fit == "digit" and (height, width) == (FRAME, FRAME)
    window = _with_border(InputFrame(0, 0, height, width), input) if bordered else InputFrame(0, 0, height, width)
    return fitted, stages, False, window


def _with_border(frame: InputFrame, input: ImageInput) -> InputFrame:
    """For a network of 32 x 32, whose input is MNIST's frame with a border, enlarge the window accordingly."""
    if (input.height, input.width) != (32, 32):
        return frame
    border, side = 2 / FRAME, 32 / FRAME
    top, left = frame.top - border * frame.height, frame.left - border * frame.width
    return InputFrame(top, left, side * frame.height, side * frame.width)


def _digit(picture: np.ndarray, input: ImageInput) -> Fitted:
    found = find_ink(picture)
    top, left, bottom, right = found.box
    crop = found.ink[top:bottom, left:right]
    height, width = crop.shape
    frame, scaled, widened, inside = _centred(crop)
    image = np.round(frame * 255).astype(np.uint8)[None, :, :, None]
    fitted = fit(image, ImageInput(), input)[0]
    note = f"longer side {max(height, width)} becomes {BOX} pixels"
    stages = (
        PreparationStage("ink", "Ink", found.ink, _polarity_note(found)),
        PreparationStage("crop", "Crop", crop, f"the ink alone, {height} x {width} pixels"),
        PreparationStage("scale", "Scale", scaled, note + (", thin strokes widened" if widened else "")),
        PreparationStage("centre", "Centre of mass", frame, f"centre of mass at the middle of {FRAME} x {FRAME}"),
    )
    window = InputFrame(top + inside.top, left + inside.left, inside.height, inside.width)
    return fitted, stages, found.inverted, _with_border(window, input)


def _polarity_note(found: Ink) -> str:
    return "dark on light, inverted" if found.inverted else "light on dark, as it should be"


def _centred(crop: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool, InputFrame]:
    """The ink in MNIST's frame, (28, 28), before centring; whether strokes were widened; and the frame.

    Scaling and centring are one resampling: the frame is a window on the ink, with ``scale`` ink pixels for each of its
    pixels.
    """
    whole = max(crop.shape)
    crop = reduced(crop, max(crop.shape) / BOX)
    # pixels of the picture for one of ``crop``; rows before its first
    factor, added = -(-whole // max(crop.shape)), 0.0
    scale = max(crop.shape) / BOX
    widened = False
    if scale >= 2 and (width := stroke_width(crop)) < THINNEST * scale:
        # Widening enlarges the box, which must still fit into 20 pixels: solve for the scale after it.
        scale = (max(crop.shape) - width) / (BOX - THINNEST)
        before = len(crop)
        crop = thickened(crop, (THINNEST * scale - width) / 2)
        added = (len(crop) - before) / 2
        scale = max(crop.shape) / BOX
        widened = True
    height, width_ = crop.shape
    weight = crop.sum()
    centre_y = crop.sum(axis=1) @ np.arange(0.5, height) / weight
    centre_x = crop.sum(axis=0) @ np.arange(0.5, width_) / weight
    top = _window(centre_y, height, scale)
    left = _window(centre_x, width_, scale)
    frame = _resampled(crop, top, left, scale, FRAME, FRAME)
    rows, columns = (max(1, round(side / scale)) for side in crop.shape)
    scaled = _resampled(crop, (height - rows * scale) / 2, (width_ - columns * scale) / 2, scale, rows, columns)
    side = FRAME * scale * factor
    return frame, scaled, widened, InputFrame((top - added) * factor, (left - added) * factor, side, side)


def _window(centre: float, side: int, scale: float) -> float:
    """The frame's first row or column in ink pixels, so that ``centre`` comes to the middle and all ink stays
    inside.
    """
    begin = centre - (MIDDLE + 0.5) * scale
    if abs(scale - 1) < 1e-6:
        begin = float(np.ceil(begin - 0.5))  # an MNIST image is moved by whole pixels, as MNIST was, and so not blurred
    return float(min(max(begin, side - FRAME * scale), 0.0))


def _resampled(crop: np.ndarray, top: float, left: float, scale: float, rows: int, columns: int) -> np.ndarray:
    """The window of ``rows`` x ``columns`` pixels at (top, left), each the mean of its ``scale`` ink pixels, 0..1."""
    small = _along_rows(_along_rows(crop, top, scale, rows).T, left, scale, columns).T
    # MNIST's brightest pixel is white. One or two pixels might be noise: four must be as bright.
    peak = np.sort(small, axis=None)[-min(4, small.size)]
    return np.clip(small / max(float(peak), 0.2), 0, 1)


def _along_rows(ink: np.ndarray, begin: float, scale: float, pixels: int) -> np.ndarray:
    """(pixels, w) of (h, w) ink: each row the mean of ``scale`` rows from ``begin`` on; outside is ground.

    Sums and differences rather than a matrix product: BLAS threads wait for each other on a busy machine.
    """
    side = len(ink)
    if scale < 1:  # enlarging: interpolate between two neighbours
        centres = np.clip(begin + scale * (np.arange(pixels) + 0.5) + 0.5, 0, side + 1)
        values = np.pad(ink, ((1, 1), (0, 0)))
    else:
        centres = np.clip(begin + scale * np.arange(pixels + 1), 0, side)
        values = np.zeros((side + 1, ink.shape[1]), np.float32)
        np.cumsum(ink, axis=0, out=values[1:])
    low = np.minimum(centres.astype(int), len(values) - 2)
    share = (centres - low).astype(np.float32)[:, None]
    between = values[low] * (1 - share) + values[low + 1] * share
    return between if scale < 1 else np.diff(between, axis=0) / np.float32(scale)


def _picture(picture: np.ndarray, input: ImageInput) -> Fitted:
    height, width = picture.shape[:2]
    scale = max(height / input.height, width / input.width)
    rows = min(input.height, max(1, round(height / scale)))
    columns = min(input.width, max(1, round(width / scale)))
    colour, ground, inverted, note = _inked(picture, input)
    small = _resized(colour, rows, columns)
    frame = np.empty((input.height, input.width, colour.shape[2]), np.float32)
    frame[:] = ground
    top, left = (input.height - rows) // 2, (input.width - columns) // 2
    frame[top : top + rows, left : left + columns] = small
    stages = (
        PreparationStage("ink", "Picture", _shown(colour), note),
        PreparationStage("scale", "Scale", _shown(small), f"{height} x {width} becomes {rows} x {columns}"),
        PreparationStage("centre", "Frame", _shown(frame), f"in the middle of {input.height} x {input.width}"),
    )
    down, across = height / rows, width / columns  # pixels of the picture to one of the frame
    window = InputFrame(-top * down, -left * across, input.height * down, input.width * across)
    return _bytes(frame, input), stages, inverted, window


def _crop(picture: np.ndarray, input: ImageInput) -> Fitted:
    colour, _, inverted, note = _inked(picture, input)
    height, width = colour.shape[:2]
    scale = min(height / input.height, width / input.width)
    rows, columns = min(height, round(input.height * scale)), min(width, round(input.width * scale))
    top, left = (height - rows) // 2, (width - columns) // 2
    middle = colour[top : top + rows, left : left + columns]
    frame = _resized(middle, input.height, input.width)
    stages = (
        PreparationStage("ink", "Picture", _shown(colour), note),
        PreparationStage(
            "middle", "Middle", _shown(middle), f"the middle, {rows} x {columns} of {height} x {width} pixels"
        ),
        PreparationStage("scale", "Scale", _shown(frame), f"{rows} x {columns} becomes {input.height} x {input.width}"),
    )
    return _bytes(frame, input), stages, inverted, InputFrame(top, left, rows, columns)


def _inked(picture: np.ndarray, input: ImageInput) -> tuple[np.ndarray, np.ndarray | float, bool, str]:
    """The picture in the colours that the network takes, 0 to 1.

    Args:
        picture: (h, w, 1|3|4) float32.
        input: one channel: the picture becomes grey, and light on dark where its polarity asks for it.

    Returns:
        (h, w, 1|3) float32; the colour of its border; whether it was inverted; and a note for the person.

    Raises:
        NothingDrawn: it is one flat colour.
    """
    colour = _over(picture)
    ring = np.concatenate([colour[0], colour[-1], colour[:, 0], colour[:, -1]])
    ground = np.median(ring, axis=0)  # (3,)
    inverted = False
    note = "colours kept"
    if input.channels == 1:
        grey, ground = colour @ LUMINANCE, ground @ LUMINANCE
        inverted = bool(ground > 0.5) and input.polarity != "as-it-is"
        colour = (1 - grey if inverted else grey)[..., None]
        if input.polarity == "as-it-is":
            note = "as it is"
        else:
            note, ground = "dark on light, inverted" if inverted else "light on dark, as it should be", 0.0
    # Plane by plane: over the first two axes at once NumPy takes ten times as long.
    if max(float(np.ptp(colour[..., channel])) for channel in range(colour.shape[2])) < FLAT:
        raise NothingDrawn("the picture is blank or one flat colour: draw or open something with a shape in it")
    return colour, ground, inverted, note


def _resized(colour: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """(h, w, C) float32 -> (rows, columns, C): means of pixels when shrinking, interpolation when enlarging."""
    if colour.shape[:2] == (rows, columns):
        return colour.astype(np.float32, copy=False)
    shrinks = colour.shape[0] >= rows and colour.shape[1] >= columns
    method = Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR
    planes = [Image.fromarray(np.ascontiguousarray(colour[..., c], np.float32)) for c in range(colour.shape[2])]
    return np.stack([np.asarray(plane.resize((columns, rows), method)) for plane in planes], axis=-1)


def _bytes(frame: np.ndarray, input: ImageInput) -> np.ndarray:
    values = np.clip(frame, 0, 1)
    values *= 255
    image = np.round(values, out=values).astype(np.uint8)
    return _fit_channels(image, frame.shape[2], input.channels)


POLARITIES = {
    "light-on-dark": "inverted where they are dark on light",
    "as-it-is": "never inverted",
}
FLAT = 2 / 255  # a smaller spread of values is one colour


def _over(picture: np.ndarray) -> np.ndarray:
    """(h, w, 3) float32: grey becomes colour, transparency is laid over white."""
    if picture.shape[2] == 4:
        alpha = picture[..., 3:]
        return picture[..., :3] * alpha + (1 - alpha)
    return np.repeat(picture, 3, axis=2) if picture.shape[2] == 1 else picture


def _shown(picture: np.ndarray) -> np.ndarray:
    shown = picture[..., 0] if picture.shape[-1] == 1 else picture
    return np.clip(shown, 0, 1).astype(np.float32, copy=False)


FITS: dict[str, Fit] = {
    row.name: row
    for row in (
        Fit("digit", "Digit", "as MNIST was made: crop to the ink, fit into 20 pixels, centre of mass", _digit),
        Fit("picture", "Picture", "the whole picture, fitted in without being stretched", _picture),
        Fit("crop", "Crop", "the middle of the picture, as large as the network's shape fits in, as ImageNet's", _crop),
    )
}
