"""The choices of a training, as rows: optimisers, schedules, augmentations, losses. Menus and tests read them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Optimizer:
    """An optimiser. ``uses`` are the fields of ``TrainConfig`` that change what it does, beside the learning rate.

    ``learning_rate`` is a rate that usually works: what the window fills in when the optimiser is chosen.
    """

    name: str
    title: str
    description: str
    learning_rate: float
    uses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Schedule:
    """How the learning rate goes over the whole run; ``TrainConfig.learning_rate`` is its highest value."""

    name: str
    title: str
    description: str


@dataclass(frozen=True)
class Augmentation:
    """Random changes to training images, new in every epoch.

    shift: largest translation, in parts of the side. rotate, shear: largest angle in degrees. zoom: largest change
    of size, in parts. elastic: how far the elastic field moves a pixel, in parts of the side (standard deviation).
    flip: half of the images are mirrored left to right.
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


@dataclass(frozen=True)
class Loss:
    """What training makes small."""

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
            "the same, and strokes bent by a smooth random field",
            shift=2 / 28,
            rotate=10.0,
            shear=8.0,
            zoom=0.1,
            elastic=0.03,
        ),
        Augmentation("flip", "Shift and mirror", "for things, not for digits", shift=2 / 28, flip=True),
    )
}

LOSSES: dict[str, Loss] = {
    row.name: row
    for row in (
        Loss("crossentropy", "Cross-entropy", "minus the logarithm of the right class's probability"),
        Loss("squared_error", "Squared error", "mean squared distance to the one-hot target, as in 1998"),
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
