"""Inception v4: one plan for all its modules, and a stem that has branches too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nets.zoo.branches import Branch, Conv, Fork, Pool, inception
from nets.zoo.registry import check_size, picture, register
from nets.zoo.stages import Block, conv_norm_relu, sequential

if TYPE_CHECKING:
    import keras

SMALLEST = 75
SIZES = (299, 139, 75)
PAPER = (
    "Szegedy, Ioffe, Vanhoucke, Alemi 2016, Inception-v4, Inception-ResNet and the impact of residual connections on "
    "learning, arXiv:1602.07261"
)
_A: tuple[Branch, ...] = (  # at 35 x 35 x 384
    (Conv(96),),
    (Conv(64), Conv(96, 3)),
    (Conv(64), Conv(96, 3), Conv(96, 3)),
    (Pool(), Conv(96)),
)
_B: tuple[Branch, ...] = (  # at 17 x 17 x 1024
    (Conv(384),),
    (Conv(192), Conv(224, (1, 7)), Conv(256, (7, 1))),
    (Conv(192), Conv(192, (7, 1)), Conv(224, (1, 7)), Conv(224, (7, 1)), Conv(256, (1, 7))),
    (Pool(), Conv(128)),
)
_C: tuple[Branch, ...] = (  # at 8 x 8 x 1536
    (Conv(256),),
    (Conv(384), Fork((Conv(256, (1, 3)), Conv(256, (3, 1))))),
    (Conv(384), Conv(448, (1, 3)), Conv(512, (3, 1)), Fork((Conv(256, (1, 3)), Conv(256, (3, 1))))),
    (Pool(), Conv(256)),
)
STEM: dict[str, tuple[Branch, ...]] = {
    "stem_a": ((Pool("max", 2, "valid"),), (Conv(96, 3, 2, "valid"),)),
    "stem_b": (
        (Conv(64), Conv(96, 3, 1, "valid")),
        (Conv(64), Conv(64, (1, 7)), Conv(64, (7, 1)), Conv(96, 3, 1, "valid")),
    ),
    "stem_c": ((Conv(192, 3, 2, "valid"),), (Pool("max", 2, "valid"),)),
}
REDUCTION_A: tuple[Branch, ...] = (
    (Conv(384, 3, 2, "valid"),),
    (Conv(192), Conv(224, 3), Conv(256, 3, 2, "valid")),
    (Pool("max", 2, "valid"),),
)
REDUCTION_B: tuple[Branch, ...] = (
    (Conv(192), Conv(192, 3, 2, "valid")),
    (Conv(256), Conv(256, (1, 7)), Conv(320, (7, 1)), Conv(320, 3, 2, "valid")),
    (Pool("max", 2, "valid"),),
)


@register(
    title="Inception v4",
    paper=PAPER,
    parameters=42_742_984,
    input=picture(299),
    classes=1000,
    smallest=SMALLEST,
    sizes=SIZES,
    family="Inception",
)
def inception_v4(
    input_shape: tuple[int, int, int] = (299, 299, 3),
    classes: int = 1000,
    *,
    repeats: tuple[int, int, int] = (4, 7, 3),
    divide: int = 1,
    name: str = "inception_v4",
) -> keras.Sequential:
    """Inception with a uniform plan: three kinds of module, four, seven and three times, with reductions between.

    The 42,679,816 parameters that are published are those that are trained, without moving averages.

    Input: (batch, height, width, channels) float32 in [0, 1]. Output: (batch, classes) probabilities.

    Args:
        input_shape: (height, width, channels).
        classes: number of outputs.
        repeats: how often each of the three kinds of module stands.
        divide: every width is divided by this number.
        name: of the network.

    Raises:
        UsageError: the input is too small.
    """
    from keras import layers

    check_size(name, input_shape, SMALLEST)

    def conv(row: Conv, stage: str, number: str) -> Sequence[keras.Layer]:
        return conv_norm_relu(
            row.filters // divide, row.kernel, stage, number, strides=row.strides, padding=row.padding
        )

    pieces: list[keras.Layer | Block] = [
        *conv(Conv(32, 3, 2, "valid"), "stem", "1"),
        *conv(Conv(32, 3, 1, "valid"), "stem", "2"),
        *conv(Conv(64, 3), "stem", "3"),
    ]  # at 299 x 299: 147 x 147 x 64
    a, b, c = repeats
    modules = {
        **STEM,
        **{f"inception_a{number}": _A for number in range(1, a + 1)},
        "reduction_a": REDUCTION_A,
        **{f"inception_b{number}": _B for number in range(1, b + 1)},
        "reduction_b": REDUCTION_B,
        **{f"inception_c{number}": _C for number in range(1, c + 1)},
    }
    pieces += [inception(place, branches, conv) for place, branches in modules.items()]
    pieces += [
        layers.GlobalAveragePooling2D(name="average"),  # 1536
        layers.Dropout(0.2, name="drop"),
        layers.Dense(classes, activation="softmax", name="answer"),
    ]
    return sequential(name, input_shape, pieces)
