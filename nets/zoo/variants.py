"""Networks that differ from each other in one thing, for the experiments. They are not among the networks of menus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nets.zoo.lrn import local_response_norm
from nets.zoo.registry import picture, register
from nets.zoo.stages import MOMENTUM, Block, sequential

if TYPE_CHECKING:
    import keras

HERE = "Lenslet; one difference at a time"


def lenet_step(
    input_shape: tuple[int, int, int] = (28, 28, 1),
    classes: int = 10,
    *,
    activation: str = "tanh",
    pooling: str = "average",
    dropout: bool = False,
    name: str = "lenet_step",
) -> keras.Sequential:
    """LeNet between 1998 and 2012: the layers of LeNet with one or more of AlexNet's differences.

    Input: (batch, 28, 28, 1) float32 in [0, 1]. Output: (batch, classes) probabilities.

    Args:
        input_shape: (height, width, channels).
        classes: number of outputs.
        activation: "tanh" as in LeNet or "relu" as in AlexNet.
        pooling: "average" as in LeNet or "max" as in AlexNet.
        dropout: whether half of the units of the dense layers are left out in training, as in AlexNet.
        name: of the network.
    """
    from keras import layers

    pool = layers.AveragePooling2D if pooling == "average" else layers.MaxPooling2D
    pieces: list[keras.Layer | Block] = [
        layers.Conv2D(6, 5, padding="same", activation=activation, name="conv1"),
        pool(2, name="pool1"),
        layers.Conv2D(16, 5, activation=activation, name="conv2"),
        pool(2, name="pool2"),
        layers.Flatten(name="flatten"),
    ]
    for number, units in enumerate((120, 84), start=1):
        pieces.append(layers.Dense(units, activation=activation, name=f"fc{number}"))
        if dropout:
            pieces.append(layers.Dropout(0.5, name=f"drop{number}"))
    pieces.append(layers.Dense(classes, activation="softmax", name="answer"))
    return sequential(name, input_shape, pieces, input_name="drawing")


_STEPS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("lenet_1998", "LeNet, tanh and average pooling", {}),
    ("lenet_relu", "LeNet with ReLU", {"activation": "relu"}),
    ("lenet_max", "LeNet with max pooling", {"pooling": "max"}),
    ("lenet_dropout", "LeNet with dropout", {"dropout": True}),
    ("lenet_2012", "LeNet with all of them", {"activation": "relu", "pooling": "max", "dropout": True}),
)
for _name, _title, _options in _STEPS:
    register(name=_name, title=_title, paper=HERE, parameters=61_706, listed=False, **_options)(lenet_step)


def stacked(
    input_shape: tuple[int, int, int] = (28, 28, 1),
    classes: int = 10,
    *,
    kernels: tuple[int, ...] = (5,),
    name: str = "one_5x5",
) -> keras.Sequential:
    """Two stages of 32 and 64 maps, each one 5x5 convolution or two of 3x3 (Simonyan and Zisserman 2014, 2.3).

    Input: (batch, 28, 28, 1) float32 in [0, 1]. Output: (batch, classes) probabilities.

    Args:
        input_shape: (height, width, channels).
        classes: number of outputs.
        kernels: the sides of the kernels of a stage, one after the other.
        name: of the network.
    """
    from keras import layers

    pieces: list[keras.Layer | Block] = [
        layers.Conv2D(32, 3, padding="same", activation="relu", name="stem"),
    ]
    for stage, filters in enumerate((32, 64), start=1):
        if stage > 1:  # a stage has as many maps before as behind, as where 18 weights are compared with 25
            pieces.append(layers.Conv2D(filters, 1, activation="relu", name=f"stage{stage}_widen"))
        for number, side in enumerate(kernels, start=1):
            pieces.append(
                layers.Conv2D(filters, side, padding="same", activation="relu", name=f"stage{stage}_conv{number}")
            )
        pieces.append(layers.MaxPooling2D(2, name=f"stage{stage}_pool"))
    pieces += [
        layers.Flatten(name="flatten"),  # 7 x 7 x 64
        layers.Dense(64, activation="relu", name="fc1"),
        layers.Dense(classes, activation="softmax", name="answer"),
    ]
    return sequential(name, input_shape, pieces)


register(name="one_5x5", title="One 5x5 a stage", paper=HERE, parameters=331_946, listed=False, kernels=(5,))(stacked)
register(name="two_3x3", title="Two 3x3 a stage", paper=HERE, parameters=296_202, listed=False, kernels=(3, 3))(stacked)


def factors(
    input_shape: tuple[int, int, int] = (32, 32, 3),
    classes: int = 10,
    *,
    batch_norm: bool = False,
    dropout: bool = False,
    lrn: bool = False,
    overlapping: bool = False,
    name: str = "factors",
) -> keras.Sequential:
    """A small network of AlexNet's kind for 32x32 pictures, with one of what was added to such networks since.

    Input: (batch, 32, 32, 3) float32 in [0, 1]. Output: (batch, classes) probabilities.

    Args:
        input_shape: (height, width, channels).
        classes: number of outputs.
        batch_norm: whether batch normalisation follows each convolution.
        dropout: whether half of the inputs of the last two layers are left out in training.
        lrn: whether local response normalisation follows the first two convolutions.
        overlapping: whether pooling windows of 3x3 overlap, as in AlexNet, instead of 2x2 that do not.
        name: of the network.
    """
    from keras import layers

    pieces: list[keras.Layer | Block] = []
    for stage, filters in enumerate((32, 64, 64), start=1):
        # The offset of the normalisation makes a bias superfluous; it stays, so that all have the same weights else.
        pieces.append(layers.Conv2D(filters, 5 if stage == 1 else 3, padding="same", name=f"conv{stage}"))
        if batch_norm:
            pieces.append(layers.BatchNormalization(momentum=MOMENTUM, name=f"norm{stage}"))
        pieces.append(layers.Activation("relu", name=f"relu{stage}"))
        if lrn and stage < 3:
            pieces.append(local_response_norm(f"lrn{stage}"))
        side = 3 if overlapping else 2
        pieces.append(layers.MaxPooling2D(side, strides=2, padding="same", name=f"pool{stage}"))
    pieces.append(layers.Flatten(name="flatten"))  # 4 x 4 x 64
    if dropout:
        pieces.append(layers.Dropout(0.5, name="drop1"))
    pieces.append(layers.Dense(128, activation="relu", name="fc1"))
    if dropout:
        pieces.append(layers.Dropout(0.5, name="drop2"))
    pieces.append(layers.Dense(classes, activation="softmax", name="answer"))
    return sequential(name, input_shape, pieces)


_ROWS: tuple[tuple[str, str, int, dict[str, Any]], ...] = (
    ("factors_base", "Base network", 190_346, {}),
    ("factors_batch_norm", "with batch normalisation", 190_986, {"batch_norm": True}),
    ("factors_dropout", "with dropout", 190_346, {"dropout": True}),
    ("factors_lrn", "with local response normalisation", 190_346, {"lrn": True}),
    ("factors_overlapping", "with overlapping pooling", 190_346, {"overlapping": True}),
)
for _name, _title, _parameters, _factor in _ROWS:
    register(
        name=_name,
        title=_title,
        paper=HERE,
        parameters=_parameters,
        input=picture(32),
        smallest=8,
        listed=False,
        **_factor,
    )(factors)
