"""The table of layers against Keras's own shapes and counts, and kernels against what a layer does to an impulse."""

from __future__ import annotations

import numpy as np
import pytest

from nets import zoo
from nets.errors import LensletError, UsageError
from nets.network.graph import unroll
from nets.network.layers import kernel_of
from nets.network.structure import Structure
from tests.nets.zoo.symbolic import smallest


@pytest.fixture(scope="module")
def nested():
    """Two levels deep, with a shared layer, a branch and a Keras operation."""
    import keras
    from keras import layers

    inner = keras.Sequential(
        [keras.Input((12, 12, 3)), layers.Conv2D(4, 3, name="conv1"), layers.MaxPooling2D(2, name="pool")], name="inner"
    )
    start = keras.Input((12, 12, 3))
    block = keras.Model(start, layers.ReLU(name="relu")(inner(start)), name="block")
    picture = keras.Input((12, 12, 3))
    x = block(picture)
    shared = layers.Conv2D(4, 3, padding="same", name="shared")
    x = layers.Add(name="sum")([shared(x), shared(keras.ops.relu(x))])
    x = layers.GlobalAveragePooling2D(name="average")(x)
    return keras.Model(picture, layers.Dense(5, activation="softmax", name="answer")(x), name="outer")


def test_lenet_row_by_row():
    rows = Structure.of(zoo.get("lenet").build()).layers
    assert [row.path for row in rows] == ["conv1", "pool1", "conv2", "pool2", "flatten", "fc1", "fc2", "answer"]
    assert [row.output_shape for row in rows][:5] == [(28, 28, 6), (14, 14, 6), (10, 10, 16), (5, 5, 16), (400,)]
    assert [row.shows for row in rows] == ["maps"] * 4 + ["units"] * 3 + ["probabilities"]
    assert rows[0].kernel_shape == (5, 5, 1)
    assert rows[1].kernel_shape is None
    assert rows[0].title == "Convolution 5 × 5, same"
    assert rows[-1].activation == "softmax"
    # By hand: positions times kernel times maps.
    by_hand = [28 * 28 * 25 * 6, 0, 10 * 10 * 25 * 6 * 16, 0, 0, 400 * 120, 120 * 84, 84 * 10]
    assert [row.multiply_adds for row in rows] == by_hand


@pytest.mark.parametrize("name", ["lenet", "alexnet", "googlenet", "inception_v3", "resnet18"])
def test_counts_and_shapes_are_those_of_keras(name):
    network = smallest(name)
    rows = Structure.of(network).layers
    assert sum(row.parameters for row in rows) == network.count_params()
    for row in rows:
        layer = network
        for part in row.path.split("/"):
            layer = layer.get_layer(part)
        assert row.output_shape == layer.output.shape[1:]


def test_nested_models_are_opened_and_shared_layers_get_two_rows(nested):
    rows = Structure.of(nested).layers
    paths = [row.path for row in rows]
    assert paths[:3] == ["block/inner/conv1", "block/inner/pool", "block/relu"]
    assert {"shared", "shared:2", "sum"} <= set(paths)
    assert [row.name for row in rows][:3] == ["conv1", "pool", "relu"]
    reads = {row.path: row.inputs for row in rows}
    assert reads["block/inner/conv1"] == ("",)
    assert reads["shared"] == ("block/relu",)
    assert reads["sum"] == ("shared", "shared:2")
    assert rows[0].output_shape == (10, 10, 4)


def test_parallel_branches_stand_one_after_the_other():
    """Keras's own order, by depth, mixes their layers."""
    rows = Structure.of(smallest("googlenet")).layers
    inside = [row.name for row in rows if row.path.startswith("inception_4c/")]
    numbers = [int(name.removeprefix("branch")[0]) for name in inside[:-1]]
    assert numbers == [1, 2, 2, 3, 3, 4, 4]
    assert inside[-1] == "joined"
    places = {row.path: number for number, row in enumerate(rows)}
    for number, row in enumerate(rows):
        assert all(places[path] < number for path in row.inputs if path)


def test_a_directed_graph_of_keras_applications():
    import keras

    network = keras.applications.MobileNetV2(weights=None, input_shape=(32, 32, 3), classes=7)
    rows = Structure.of(network).layers
    assert sum(row.parameters for row in rows) == network.count_params()
    assert len(rows) == len(network.layers) - 1  # the input layer has no row
    assert {row.path: row.output_shape for row in rows} == {
        layer.name: layer.output.shape[1:] for layer in network.layers[1:]
    }


def test_multiply_adds_of_every_kind_of_convolution():
    import keras
    from keras import layers

    network = keras.Sequential(
        [
            keras.Input((8, 8, 4)),
            layers.Conv2D(6, 3, groups=2, name="grouped"),  # 6 x 6 positions, 3 * 3 * 2 weights for each of 6 maps
            layers.DepthwiseConv2D(3, depth_multiplier=2, name="depthwise"),  # 4 x 4, 9 for each of 12 maps
            layers.SeparableConv2D(5, 3, padding="same", name="separable"),  # 4 x 4, 9 * 12, then 12 * 5
            layers.Conv2DTranspose(2, 2, strides=2, name="transposed"),  # from 4 x 4 inputs, 2 * 2 * 5 * 2
            layers.Flatten(),
            layers.Dense(3),
        ]
    )
    found = {row.path: row.multiply_adds for row in Structure.of(network).layers}
    assert found["grouped"] == 36 * 9 * 2 * 6
    assert found["depthwise"] == 16 * 9 * 12
    assert found["separable"] == 16 * (9 * 12 + 12 * 5)
    assert found["transposed"] == 16 * 4 * 5 * 2


@pytest.mark.parametrize("kind", ["Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Conv2DTranspose"])
def test_a_kernel_is_what_the_layer_does_to_an_impulse(kind):
    import keras
    from keras import layers

    options = {"depth_multiplier": 2} if kind == "DepthwiseConv2D" else {"filters": 4}
    layer = getattr(layers, kind)(kernel_size=3, padding="same", name="conv", bias_initializer="ones", **options)
    network = keras.Sequential([keras.Input((7, 7, 3)), layer])
    for number in range(network.output_shape[-1]):
        kernel, bias = kernel_of(unroll(network), "conv", number)
        assert bias == 1.0
        for channel in range(3):
            impulse = np.zeros((1, 7, 7, 3), np.float32)
            impulse[0, 3, 3, channel] = 1
            answer = network.predict(impulse, verbose=0)[0, 2:5, 2:5, number] - bias
            if kind != "Conv2DTranspose":  # a convolution reads its kernel turned by 180 degrees
                answer = answer[::-1, ::-1]
            if kind == "DepthwiseConv2D":
                if channel != number // 2:
                    assert np.allclose(answer, 0)
                    continue
                np.testing.assert_allclose(kernel[..., 0], answer, atol=1e-6)
            else:
                np.testing.assert_allclose(kernel[..., channel], answer, atol=1e-6)


def test_layers_without_kernels_and_wrong_indices():
    network = zoo.get("lenet").build()
    assert kernel_of(unroll(network), "pool1", 0) is None
    assert kernel_of(unroll(network), "fc1", 0) is None
    with pytest.raises(UsageError, match=r"maps 0 to 5, not 6"):
        kernel_of(unroll(network), "conv1", 6)
    with pytest.raises(UsageError, match=r"no layer 'conv9'; there are: conv1"):
        unroll(network).step("conv9")


def test_what_cannot_be_shown_says_why():
    import keras
    from keras import layers

    network = keras.Sequential(
        [keras.Input((8, 8, 1)), layers.Reshape((8, 8), name="rows"), layers.LSTM(4), layers.Dense(3)]
    )
    row = Structure.of(network).layers[0]
    assert (row.shows, row.maps) == ("nothing", 0)
    assert "its output is 8 × 8" in row.why_not


def test_reading_a_model_leaves_it_as_it_was(nested):
    def nodes():
        return [len(layer._inbound_nodes) for layer in nested.layers]

    before = nodes()
    structure = Structure.of(nested)
    assert structure.layers
    structure.fields.box("sum", 0, 0)
    assert nodes() == before


def test_a_model_whose_layers_are_called_by_its_own_code_is_refused():
    import keras

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(3)

        def call(self, inputs):
            return self.dense(inputs)

    network = Own()
    network(np.zeros((1, 4), np.float32))
    with pytest.raises(LensletError, match="called by its own code"):
        Structure.of(network)
