"""The choices of a training, as rows: optimisers, schedules, augmentations, losses. Menus and tests read them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Optimizer:
    """An optimiser. ``uses``: the fields of ``TrainConfig`` that affect it, besides the learning rate.

    ``learning_rate``: a rate that usually works, which the window fills in when the optimiser is chosen.
    """

    name: str
    title: str
    description: str
    learning_rate: float
    uses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Schedule:
    """The course of the learning rate over the whole run; ``TrainConfig.learning_rate`` is its highest value."""

    name: str
    title: str
    description: str


@dataclass(frozen=True)
class Augmentation:
    """Random changes to training images, new in every epoch.

    Changes of where things are; with one of the first five, pixels are read between pixels:
        shift: largest translation, in parts of the side. rotate, shear: largest angle in degrees. zoom: largest change
        of size, in parts. elastic: how far the elastic field moves a pixel, in parts of the side (standard deviation).
        flip: half of the images are mirrored left to right.
        crop: a window of the image's own size, moved by whole pixels, at most this part of the side; outside, the
        image is mirrored at its edge. enlarge: the image is read so many times larger and a window cut out of it.
        area: the smallest part of the area that a window of any place and of a side ratio from 3:4 to 4:3 covers
        before it is resized to the image's size; 0: no such window.
        cutout: the side of a square that is made grey, in parts of the image's side.
    Changes of colour:
        brightness, contrast, saturation: largest change, in parts. hue: largest turn of the colours, in degrees.
        pca: the principal components of the training images' colours are added, each times its eigenvalue times a
        normal number of this deviation.
    """

    name: str
    title: str
    description: str
    shift: float = 0.0
    rotate: float = 0.0
    shear: float = 0.0
    zoom: float = 0.0
    elastic: float = 0.0
    flip: bool = False
    crop: float = 0.0
    enlarge: float = 1.0
    area: float = 0.0
    cutout: float = 0.0
    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    hue: float = 0.0
    pca: float = 0.0

    @property
    def is_warp(self) -> bool:
        """Whether pixels are interpolated at moved points."""
        return any((self.shift, self.rotate, self.shear, self.zoom, self.elastic))

    @property
    def needs_colour(self) -> bool:
        """Whether it has no effect on grey images."""
        return any((self.saturation, self.hue, self.pca))


@dataclass(frozen=True)
class LossOption:
    """The quantity that training minimises."""

    name: str
    title: str
    description: str


@dataclass(frozen=True)
class ClassWeights:
    """How much an image counts in the loss and accuracy of training."""

    name: str
    title: str
    description: str


OPTIMIZERS: dict[str, Optimizer] = {
    row.name: row
    for row in (
        Optimizer("sgd", "SGD", "plain gradient descent, one batch at a time", 0.05),
        Optimizer("momentum", "SGD with momentum", "keeps a part of the last step's direction", 0.01, ("momentum",)),
        Optimizer("nesterov", "Nesterov", "momentum that looks one step ahead", 0.01, ("momentum",)),
        Optimizer("adagrad", "AdaGrad", "smaller steps for weights that already moved much", 0.02),
        Optimizer("rmsprop", "RMSProp", "steps divided by the recent size of the gradient", 0.001),
        Optimizer("adadelta", "AdaDelta", "RMSProp with steps in the units of the weights", 1.0),
        Optimizer("adam", "Adam", "momentum and RMSProp together", 0.001),
        Optimizer("adamw", "AdamW", "Adam with weight decay beside the gradient", 0.001, ("weight_decay",)),
    )
}

SCHEDULES: dict[str, Schedule] = {
    row.name: row
    for row in (
        Schedule("constant", "Constant", "the same rate throughout"),
        Schedule("step", "Steps", "a tenth after one half, a hundredth after three quarters of the run"),
        Schedule("exponential", "Exponential", "falls evenly, on a log scale, to a hundredth"),
        Schedule("cosine", "Cosine with warm-up", "rises over the first 5 %, then falls as half a cosine to zero"),
        Schedule("onecycle", "One cycle", "rises from a 25th over the first 30 %, then falls to nearly zero"),
        Schedule("plateau", "Reduce on plateau", "halved when validation has not improved for two epochs"),
    )
}

AUGMENTATIONS: dict[str, Augmentation] = {
    row.name: row
    for row in (
        Augmentation("none", "None", "images as they are"),
        Augmentation("shift", "Shift", "moved by up to two pixels of 28", shift=2 / 28),
        Augmentation(
            "affine",
            "Shift, turn, slant, zoom",
            "for digits: moved, turned by up to 12 degrees, slanted, up to 12 % larger or smaller",
            shift=2 / 28,
            rotate=12.0,
            shear=10.0,
            zoom=0.12,
        ),
        Augmentation(
            "elastic",
            "Affine and elastic",
            "moved, turned by up to 10 degrees, slanted, zoomed, and strokes bent by a smooth random field",
            shift=2 / 28,
            rotate=10.0,
            shear=8.0,
            zoom=0.1,
            elastic=0.03,
        ),
        Augmentation("flip", "Shift and mirror", "for things, not for digits", shift=2 / 28, flip=True),
        Augmentation(
            "crop_flip",
            "Crop and mirror",
            "as CIFAR-10 is usually trained: moved by up to 4 whole pixels of 32, half of them mirrored",
            crop=4 / 32,
            flip=True,
        ),
        Augmentation(
            "crop_flip_cutout",
            "Crop, mirror, cutout",
            "moved, half of them mirrored, and a grey square of a quarter of the side (DeVries and Taylor 2017)",
            crop=4 / 32,
            flip=True,
            cutout=0.25,
        ),
        Augmentation("mirror", "Mirror", "half of the images mirrored left to right, nothing else", flip=True),
        Augmentation(
            "random_crop",
            "Random crop",
            "read at 256 pixels for 224 (a seventh larger), and a window cut out anywhere",
            enlarge=256 / 224,
        ),
        Augmentation(
            "resized_crop",
            "Random resized crop",
            "a window of a quarter to the whole of the area, resized to the image's size",
            area=0.25,
        ),
        Augmentation(
            "resized_crop_flip",
            "Random resized crop, mirror",
            "a window of a quarter to the whole, resized, half of them mirrored: as VGG is trained",
            area=0.25,
            flip=True,
        ),
        Augmentation("translation", "Translation", "moved by up to a tenth of the side", shift=0.1),
        Augmentation("rotation", "Rotation", "turned by up to 15 degrees", rotate=15.0),
        Augmentation("shear", "Shear", "slanted by up to 12 degrees", shear=12.0),
        Augmentation("zoom", "Zoom", "up to 15 % larger or smaller, wider or higher", zoom=0.15),
        Augmentation("brightness", "Brightness and contrast", "each by up to 30 %", brightness=0.3, contrast=0.3),
        Augmentation(
            "colour",
            "Colour and brightness",
            "brightness, contrast and saturation by up to 30 %, colours turned by up to 15 degrees",
            brightness=0.3,
            contrast=0.3,
            saturation=0.3,
            hue=15.0,
        ),
        Augmentation(
            "pca",
            "PCA colour jitter",
            "along the principal components of the training images' colours (Krizhevsky et al. 2012)",
            pca=0.1,
        ),
        Augmentation(
            "alexnet",
            "As AlexNet in 2012",
            "random crop of 224 from 256, mirrored, PCA colour jitter",
            enlarge=256 / 224,
            flip=True,
            pca=0.1,
        ),
        Augmentation(
            "photographs",
            "For photographs",
            "random resized crop, mirrored, colour and brightness",
            area=0.25,
            flip=True,
            brightness=0.2,
            contrast=0.2,
            saturation=0.2,
            hue=8.0,
        ),
    )
}

PHOTOGRAPHED_DIGITS = ("svhn",)
"""Datasets of pictures whose classes are digits: a mirrored image would be wrong, as for drawn digits."""

LOSSES: dict[str, LossOption] = {
    row.name: row
    for row in (
        LossOption("crossentropy", "Cross-entropy", "minus the logarithm of the right class's probability"),
        LossOption("squared_error", "Squared error", "mean squared distance to the one-hot target, as in 1998"),
    )
}

CLASS_WEIGHTS: dict[str, ClassWeights] = {
    row.name: row
    for row in (
        ClassWeights("none", "As they are", "every image counts alike, and so a class by its number of images"),
        ClassWeights(
            "balanced",
            "Balanced",
            "every class counts alike: an image by one over the number of its class's training images",
        ),
    )
}

ENGINES: dict[str, str] = {
    "tensorflow": "compiled by TensorFlow, on the GPU where there is one",
    "numpy": "by hand: every layer forward and backward in NumPy (nets/byhand), to be read and followed",
}

PRECISIONS: dict[str, str] = {
    "float32": "32-bit numbers throughout",
    "mixed": "16-bit products, 32-bit weights: faster on recent GPUs, slower on a CPU",
}
