"""Two small networks whose features are kept: a chain, and one that branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nets.network.card import CardFields
from nets.network.model import Model, ModelRef
from nets.network.wrap import wrap

if TYPE_CHECKING:
    import keras


def chain(classes: int = 6) -> keras.Model:
    """A Sequential with normalisation and dropout."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(5)
    return keras.Sequential(
        [
            keras.Input((28, 28, 1), name="drawing"),
            layers.Conv2D(4, 5, strides=2, activation="relu", name="conv1"),
            layers.BatchNormalization(name="norm1"),
            layers.Conv2D(6, 3, strides=2, activation="relu", name="conv2"),
            layers.Dropout(0.3, name="drop"),
            layers.Flatten(name="flatten"),
            layers.Dense(12, activation="relu", name="fc1"),
            layers.Dropout(0.2, name="fc1_drop"),
            layers.Dense(classes, activation="softmax", name="answer"),
        ],
        name="chain",
    )


def branched(classes: int = 6) -> keras.Model:
    """A functional network with a sum, whose head is a convolution, as MobileNet's."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(5)
    start = keras.Input((28, 28, 1), name="drawing")
    first = layers.Conv2D(4, 5, strides=3, activation="relu", name="conv1")(start)
    second = layers.Conv2D(4, 3, padding="same", activation="relu", name="conv2")(first)
    both = layers.Add(name="sum")([first, second])
    head = layers.Conv2D(classes, 1, name="scores")(both)
    out = layers.Activation("softmax", name="out")(layers.GlobalAveragePooling2D(name="mean")(head))
    return keras.Model(start, out, name="branched")


def source_of(network: keras.Model) -> Model:
    labels = [f"old {number}" for number in range(network.outputs[0].shape[-1])]
    said = CardFields({"labels": labels, "network": network.name}, {"fit": "digit"})
    return wrap(network, name=network.name, said=said, ref=ModelRef("file", f"{network.name}.keras"))
