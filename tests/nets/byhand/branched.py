"""A small network that branches and joins, with every kind of layer whose arithmetic is not in the shipped models."""

from __future__ import annotations

import numpy as np

from nets.data.specs import ImageInput
from nets.network.card import Card
from nets.network.model import Model, ModelRef


def branched(*, seed: int = 5) -> Model:
    """An Inception-like block (three branches stacked), a residual block, depthwise and separable convolutions.

    Input (10, 12, 3), five classes; biases and normalisations are uneven, so that a number left out is noticed.
    """
    import keras
    from keras import layers

    keras.utils.set_random_seed(seed)
    picture = keras.Input((10, 12, 3), name="picture")
    x = layers.Rescaling(1 / 0.5, offset=[-1.0, -0.9, -0.8], name="rescale")(picture)
    x = layers.Conv2D(4, 3, padding="same", activation="relu", name="stem")(x)
    narrow = layers.Conv2D(3, 1, activation="relu", name="narrow")(x)
    wide = layers.SeparableConv2D(5, 3, padding="same", depth_multiplier=2, activation="swish", name="wide")(x)
    pooled = layers.AveragePooling2D(3, 1, padding="same", name="pooled")(x)
    x = joined = layers.Concatenate(name="joined")([narrow, wide, pooled])  # 3 + 5 + 4 channels
    x = layers.DepthwiseConv2D(3, padding="same", name="deep")(x)
    x = layers.BatchNormalization(scale=False, name="norm")(x)
    x = layers.ReLU(1.5, name="limited")(x)
    x = layers.Add(name="sum")([x, joined])
    x = layers.SpatialDropout2D(0.2, name="drop")(x)
    gate = layers.Dense(12, activation="sigmoid", name="gate")(layers.GlobalMaxPooling2D(name="squeeze")(x))
    x = layers.Multiply(name="gated")([x, layers.Reshape((1, 1, 12), name="wide_gate")(gate)])
    x = layers.MaxPooling2D(name="half")(x)
    x = layers.UpSampling2D((2, 1), name="tall")(x)
    x = layers.Cropping2D(((1, 2), (0, 1)), name="cut")(x)
    x = layers.Conv2D(3, 2, activation="softmax", name="mix")(x)
    x = layers.Maximum(name="most")([x, layers.Average(name="mean")([x, x])])
    x = layers.Flatten(name="flat")(x)
    answer = layers.Dense(5, activation="softmax", name="answer")(x)
    network = keras.Model(picture, answer, name="branched")
    random = np.random.default_rng(seed)
    for variable in network.weights:
        if "variance" in variable.path:
            variable.assign(random.uniform(0.5, 1.5, variable.shape))
        elif any(name in variable.path for name in ("mean", "beta", "bias")):
            variable.assign(random.normal(0, 0.1, variable.shape))
    shape = ImageInput(height=10, width=12, channels=3)
    card = Card("branched", "Branched", "branched", tuple("abcde"), shape)
    return Model.of(ModelRef("file", "branched"), card, network)


def image_of(shape: tuple[int, ...], seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.4, 0.4, shape).astype(np.float32)
