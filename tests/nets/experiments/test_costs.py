"""What networks cost, against figures that were worked out by hand and those that their papers print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from nets import backend, zoo
from nets.experiments.costs import NetworkCosts, costs_of
from nets.network.outline import without_values
from nets.network.structure import Structure

if TYPE_CHECKING:
    import keras


def costs(network: keras.Model) -> NetworkCosts:
    return costs_of(network, Structure.of(network))


def application(name: str) -> NetworkCosts:
    """Of a network of keras.applications, built without memory for its weights."""
    backend.configure()
    import keras

    return costs(without_values(lambda: getattr(keras.applications, name)(weights=None)))


def chain(*layers: Any, shape: tuple[int, ...] = (8, 8, 3)) -> NetworkCosts:
    import keras

    return costs(without_values(lambda: keras.Sequential([keras.Input(shape), *layers])))


@pytest.mark.parametrize(
    ("name", "expected"),
    [("lenet", 416_520), ("pen", 22_451_968)],
)
def test_multiply_adds_of_our_own(name: str, expected: int) -> None:
    backend.configure()
    assert costs(without_values(zoo.get(name).build)).multiply_adds == expected


def test_vgg16_is_as_published() -> None:
    """Simonyan and Zisserman 2014: 138 million parameters, 16 layers. Its receptive field: Araujo et al. 2019."""
    found = application("VGG16")
    # Positions x kernel of each convolution, then the three matrices.
    maps = ((224, 3, 64), (224, 64, 64), (112, 64, 128), (112, 128, 128), (56, 128, 256), *[(56, 256, 256)] * 2)
    maps += ((28, 256, 512), *[(28, 512, 512)] * 2, *[(14, 512, 512)] * 3)
    dense = 25_088 * 4096 + 4096 * 4096 + 4096 * 1000
    assert found.multiply_adds == sum(side**2 * 9 * before * after for side, before, after in maps) + dense
    assert round(found.multiply_adds / 1e9, 1) == 15.5
    assert (found.parameters, found.weights_bytes) == (138_357_544, 4 * 138_357_544)
    assert (found.depth, found.receptive_field, found.end) == (16, 212, "block5_pool")
    # The input, every convolution, five poolings, three rows of units; flattening takes nothing.
    volumes = 224**2 * 3 + sum(side**2 * after for side, _, after in maps)
    volumes += 112**2 * 64 + 56**2 * 128 + 28**2 * 256 + 14**2 * 512 + 7**2 * 512 + 4096 + 4096 + 1000
    assert found.activation_bytes == 4 * volumes == 60_950_432


def test_alexnet_is_as_published() -> None:
    """The layout of one tower with 64 first filters: 61,100,840 parameters, 0.7 billion multiply-adds."""
    found = costs(without_values(zoo.get("alexnet").build))
    convolutions = 55**2 * 64 * 363 + 27**2 * 192 * 1600 + 13**2 * (384 * 1728 + 256 * 3456 + 256 * 2304)
    assert found.multiply_adds == convolutions + 9216 * 4096 + 4096 * 4096 + 4096 * 1000 == 714_188_480
    assert found.parameters == 61_100_840
    assert (found.depth, found.receptive_field) == (8, 195)


@pytest.mark.parametrize(
    ("name", "billions", "depth", "receptive_field"),
    [
        # MobileNet: Howard et al. 2017, table 8 (569 million) and 28 layers; receptive fields: Araujo et al. 2019.
        ("MobileNet", 0.569, 28, 315),
        # ResNet50: He et al. 2015, table 1: 3.8 billion.
        ("ResNet50", 3.858, 50, 483),
    ],
)
def test_published_figures_of_other_networks(name: str, billions: float, depth: int, receptive_field: int) -> None:
    found = application(name)
    assert (round(found.multiply_adds / 1e9, 3), found.depth) == (billions, depth)
    assert found.receptive_field == receptive_field


def test_each_kind_of_layer_by_hand() -> None:
    from keras import layers

    assert chain(layers.Conv2D(4, 3)).multiply_adds == 6 * 6 * 4 * 27
    assert chain(layers.Conv2D(6, 3, strides=2, padding="same", groups=3)).multiply_adds == 4 * 4 * 6 * 9
    assert chain(layers.DepthwiseConv2D(3, depth_multiplier=2)).multiply_adds == 6 * 6 * 9 * 3 * 2
    assert chain(layers.SeparableConv2D(5, 3)).multiply_adds == 6 * 6 * (9 * 3 + 3 * 5)
    # Every input position is multiplied with the whole kernel.
    assert chain(layers.Conv2DTranspose(2, 4, strides=2)).multiply_adds == 8 * 8 * 16 * 3 * 2
    assert chain(layers.Flatten(), layers.Dense(10)).multiply_adds == 192 * 10
    assert chain(layers.Dense(10)).multiply_adds == 8 * 8 * 3 * 10  # at every position
    for free in (layers.BatchNormalization(), layers.MaxPooling2D(), layers.Activation("relu"), layers.Dropout(0.5)):
        found = chain(free)
        assert (found.multiply_adds, found.depth) == (0, 0)
    # Four numbers a channel, two of them trained.
    assert (chain(layers.BatchNormalization()).parameters, chain(layers.BatchNormalization()).weights_bytes) == (12, 48)


def test_nested_blocks_and_shared_layers() -> None:
    """The longer of two branches counts as depth; a layer that is called twice works twice and is stored once."""
    import keras
    from keras import layers

    def build() -> keras.Model:
        inside = keras.Input((8, 8, 3))
        shared = layers.Conv2D(3, 3, padding="same", name="shared")
        long = shared(shared(inside))
        block = keras.Model(inside, layers.Add()([long, layers.Conv2D(3, 1, name="short")(inside)]), name="block")
        return keras.Sequential(
            [keras.Input((8, 8, 3)), block, layers.GlobalAveragePooling2D(keepdims=True), layers.Conv2D(10, 1)]
        )

    found = costs(without_values(build))
    assert found.multiply_adds == 64 * (81 + 81 + 9) + 30
    assert found.parameters == 84 + 12 + 40
    assert (found.depth, found.receptive_field) == (3, 5)
    assert found.end.startswith("block/")
    # Input, two calls, the short branch, the sum; then the means and the ten numbers.
    assert found.activation_bytes == 4 * (5 * 192 + 3 + 10)


def test_a_network_without_maps() -> None:
    from keras import layers

    found = chain(layers.Dense(5), layers.Dense(2), shape=(12,))
    assert (found.receptive_field, found.end, found.depth, found.multiply_adds) == (0, "", 2, 70)


def test_half_precision_takes_half_the_memory_of_activations() -> None:
    from keras import layers

    full = chain(layers.Conv2D(4, 3))
    half = chain(layers.Conv2D(4, 3, dtype="mixed_bfloat16"))
    assert full.activation_bytes - half.activation_bytes == 2 * 6 * 6 * 4
    assert half.weights_bytes == full.weights_bytes, "the weights stay as they are"
