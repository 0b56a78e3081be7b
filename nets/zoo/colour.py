"""The project's own reader of small colour photographs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nets.zoo.registry import check_size, picture, register

if TYPE_CHECKING:
    import keras

# The maps of each stage's 3x3 convolutions; pooling halves height and width between two stages.
STAGES = ((24, 24), (64, 64), (96, 128, 128))
SMALLEST = 2 ** (len(STAGES) - 1)  # pixels, of which pooling leaves one
DECAY = 2.5e-4
"""Factor of the loss's penalty on squared weights."""


@register(
    title="Colour",
    paper="Lenslet; stages of 3x3 convolutions after VGG, arXiv:1409.1556, and the mean of each map after Network in "
    "Network, arXiv:1312.4400",
    parameters=373_266,
    input=picture(32),
    smallest=SMALLEST,
)
def colour(input_shape: tuple[int, int, int] = (32, 32, 3), classes: int = 10) -> keras.Sequential:
    """Tells ten kinds of things in small colour photographs, with seven 3x3 convolutions in three stages.

    A plain chain with ReLU and max pooling, so that every explanation and the arithmetic by hand apply, and a dense
    layer on the mean of each map, so that the class activation map is exact. 39 million multiply-adds at 32 x 32.

    Input: (batch, 32, 32, 3) float32 in [0, 1]. Output: (batch, classes) probabilities.
    """
    from keras import Input, Sequential, layers, regularizers

    check_size("colour", input_shape, SMALLEST)
    stages: list[keras.layers.Layer] = []
    for number, convolutions in enumerate(STAGES, start=1):
        for place, maps in enumerate(convolutions, start=1):
            stages += [
                layers.Conv2D(
                    maps,
                    3,
                    padding="same",
                    use_bias=False,
                    kernel_regularizer=regularizers.L2(DECAY),
                    name=f"stage{number}_conv{place}",
                ),
                layers.BatchNormalization(name=f"stage{number}_norm{place}"),
                layers.Activation("relu", name=f"stage{number}_relu{place}"),
            ]
        if number < len(STAGES):
            stages.append(layers.MaxPooling2D(2, name=f"stage{number}_pool"))
    return Sequential(
        [
            Input(input_shape, name="photograph"),
            *stages,  # 16 x 16 x 24, 8 x 8 x 64, 8 x 8 x 128
            layers.GlobalAveragePooling2D(name="average"),  # 128
            layers.Dense(classes, activation="softmax", kernel_regularizer=regularizers.L2(DECAY), name="answer"),
        ],
        name="colour",
    )
