"""Receptive fields against the support of the gradient: nothing outside the box, and no box larger than it must be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nets import backend, zoo
from nets.errors import UsageError
from nets.network.graph import unroll
from nets.network.receptive_field import Box, ReceptiveFields
from nets.network.structure import Structure

SIDE = 11


def fields(network) -> ReceptiveFields:
    return Structure.of(network).fields


def support(network, path: str):
    """Compiles the oracle once for a network: (row, column) -> (rows, columns) bool, where the unit's gradient is not
    zero. All weights are positive, so that no two paths cancel."""
    from keras import ops

    graph = unroll(network)

    def unit(image, chosen):
        value = graph.run(image)[0][path]
        return ops.sum(value * chosen)

    compiled = backend.gradient(unit)
    image = np.random.default_rng(1).uniform(0.5, 1, network.input_shape[1:])[None].astype(np.float32)
    image = ops.convert_to_tensor(image)
    height, width = network.output_shape[1:3]

    def reaches(row: int, column: int) -> np.ndarray:
        chosen = np.zeros((1, height, width, 1), np.float32)
        chosen[0, row, column] = 1
        _, slope = compiled(image, ops.convert_to_tensor(chosen))
        return np.abs(np.asarray(slope)[0]).max(axis=-1) > 0

    return reaches


def positive(network) -> None:
    """Kernels of positive weights: no two paths can cancel."""
    generator = np.random.default_rng(2)
    network.set_weights(
        [generator.uniform(0.5, 1, weight.shape).astype(np.float32) for weight in network.get_weights()]
    )


def around(mask: np.ndarray) -> Box | None:
    """The smallest box that holds the mask."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    return Box(int(rows[0]), int(columns[0]), int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1)


def holds(found: Box | None, mask: np.ndarray) -> bool:
    inside = np.zeros_like(mask)
    if found:
        inside[found.top : found.top + found.height, found.left : found.left + found.width] = True
    return not (mask & ~inside).any()


def convolutions(*, dilated: bool):
    """Rows of (kind, options). Without dilation every stride is covered by its kernel, so fields have no holes."""
    kernels = st.integers(1, 4)
    strides = st.integers(1, 3)
    padding = st.sampled_from(["valid", "same"])
    kind = st.sampled_from(["Conv2D", "DepthwiseConv2D", "SeparableConv2D"])
    if dilated:
        made = st.tuples(
            kind, st.fixed_dictionaries({"kernel": kernels, "dilation": st.integers(1, 3), "padding": padding})
        )
    else:
        made = st.tuples(kind, st.fixed_dictionaries({"kernel": kernels, "stride": strides, "padding": padding}))
    return made


def others(*, smooth: bool):
    pools = ["AveragePooling2D"] if smooth else ["AveragePooling2D", "MaxPooling2D"]
    pool = st.tuples(
        st.sampled_from(pools),
        st.fixed_dictionaries(
            {"kernel": st.integers(1, 3), "stride": st.integers(1, 3), "padding": st.sampled_from(["valid", "same"])}
        ),
    )
    transposed = st.tuples(
        st.just("Conv2DTranspose"),
        st.fixed_dictionaries(
            {"kernel": st.integers(1, 4), "stride": st.integers(1, 3), "padding": st.sampled_from(["valid", "same"])}
        ),
    )
    edge = st.fixed_dictionaries({"edge": st.tuples(*[st.integers(0, 2)] * 4)})
    up = st.fixed_dictionaries({"factor": st.integers(1, 2), "how": st.sampled_from(["nearest", "bilinear"])})
    return st.one_of(
        pool,
        transposed,
        st.tuples(st.just("ZeroPadding2D"), edge),
        st.tuples(st.just("Cropping2D"), edge),
        st.tuples(st.just("UpSampling2D"), up),
        st.tuples(st.just("Activation"), st.just({})),
        st.tuples(st.just("BatchNormalization"), st.just({})),
        st.tuples(st.sampled_from(["residual", "branches"]), st.just({})),
    )


def append(tensor, kind: str, options: dict, name: str):
    """One more layer (or a small branch) after ``tensor``."""
    from keras import layers

    if kind == "residual":
        side = layers.Conv2D(tensor.shape[-1], 3, padding="same", name=f"{name}_side")(tensor)
        return layers.Add(name=name)([tensor, side])
    if kind == "branches":
        near = layers.Conv2D(1, 1, name=f"{name}_near")(tensor)
        far = layers.Conv2D(1, (3, 1), padding="same", name=f"{name}_far")(tensor)
        return layers.Concatenate(name=name)([near, far])
    own: dict = {"name": name}
    if "kernel" in options:
        own["pool_size" if "Pooling" in kind else "kernel_size"] = options["kernel"]
        own["padding"] = options["padding"]
        if "dilation" in options:
            own["dilation_rate"] = options["dilation"]
        else:
            own["strides"] = options["stride"]
    if kind in ("Conv2D", "SeparableConv2D", "Conv2DTranspose"):
        own["filters"] = 2
    if "edge" in options:
        top, bottom, left, right = options["edge"]
        own["padding" if kind == "ZeroPadding2D" else "cropping"] = ((top, bottom), (left, right))
    if "factor" in options:
        own |= {"size": options["factor"], "interpolation": options["how"]}
    if kind == "Activation":
        own["activation"] = "relu"
    return getattr(layers, kind)(**own)(tensor)


def chain(rows):
    """A functional model of the rows; assumes that no map shrinks to nothing."""
    import keras

    start = tensor = keras.Input((SIDE, SIDE, 1))
    for number, (kind, options) in enumerate(rows):
        reach = options.get("kernel", 1)
        if options.get("padding") == "valid" and kind != "Conv2DTranspose":
            assume(min(tensor.shape[1:3]) >= (reach - 1) * options.get("dilation", 1) + 1)
        if kind == "Cropping2D":
            assume(min(tensor.shape[1:3]) > 4)
        assume(max(tensor.shape[1:3]) <= 30)
        tensor = append(tensor, kind, options, f"layer{number}")
    network = keras.Model(start, tensor)
    positive(network)
    return network


def units(network, count: int = 3):
    height, width = network.output_shape[1:3]
    generator = np.random.default_rng(height * 31 + width)
    yield from {(0, 0), (height - 1, width - 1)}
    for _ in range(count - 2):
        yield int(generator.integers(height)), int(generator.integers(width))


quick = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@quick
@given(
    st.lists(
        st.one_of(convolutions(dilated=True), convolutions(dilated=False), others(smooth=False)), min_size=1, max_size=4
    )
)
def test_nothing_outside_the_box_reaches_the_unit(rows):
    network = chain(rows)
    path = f"layer{len(rows) - 1}"
    reaches, found = support(network, path), fields(network)
    for row, column in units(network):
        assert holds(found.box(path, row, column), reaches(row, column)), (rows, row, column)


@quick
@given(st.lists(st.one_of(convolutions(dilated=False), others(smooth=True)), min_size=1, max_size=4))
def test_the_box_is_no_larger_than_it_must_be(rows):
    # A stride longer than its kernel, or bilinear weights of zero, leave holes, and a border may cut where a hole is.
    for _, options in rows:
        assume(options.get("stride", 1) <= options.get("kernel", 9))
        assume(options.get("how") != "bilinear")
    network = chain(rows)
    path = f"layer{len(rows) - 1}"
    reaches, found = support(network, path), fields(network)
    for row, column in units(network):
        assert found.box(path, row, column) == around(reaches(row, column)), (rows, row, column)


@pytest.fixture(scope="module")
def lenet():
    return zoo.get("lenet").build()


@pytest.mark.parametrize(
    ("path", "row", "column", "expected"),
    [
        ("conv1", 9, 17, Box(7, 15, 5, 5)),
        ("conv1", 0, 0, Box(0, 0, 3, 3)),  # two rows and columns of its kernel lie in the padding
        ("pool1", 3, 3, Box(4, 4, 6, 6)),
        ("conv2", 5, 5, Box(8, 8, 14, 14)),
        ("pool2", 4, 4, Box(14, 14, 14, 14)),
        ("fc1", 0, 0, Box(0, 0, 28, 28)),
    ],
)
def test_lenet_by_hand(lenet, path, row, column, expected):
    assert fields(lenet).box(path, row, column) == expected


def test_sizes_by_hand(lenet):
    assert [fields(lenet).size(path) for path in ("conv1", "pool1", "conv2", "pool2", "answer")] == [
        (5, 5),
        (6, 6),
        (14, 14),
        (16, 16),
        (28, 28),
    ]


def test_the_published_size_of_mobilenet():
    import keras

    # Araujo, Norris, Sim 2019, doi:10.23915/distill.00021: 491 pixels at the last maps of MobileNetV2.
    assert fields(keras.applications.MobileNetV2(weights=None, input_shape=(64, 64, 3))).size("out_relu") == (491, 491)


def test_a_dense_layer_sees_only_what_reaches_it():
    import keras
    from keras import layers

    # Stride 3 with a kernel of 2 never reads the last column and row of 9.
    network = keras.Sequential(
        [keras.Input((9, 9, 1)), layers.Conv2D(1, 2, strides=3), layers.Flatten(), layers.Dense(2, name="dense")]
    )
    assert fields(network).box("dense") == Box(0, 0, 8, 8)


def test_a_unit_that_sees_padding_alone_has_no_box():
    import keras
    from keras import layers

    network = keras.Sequential([keras.Input((4, 4, 1)), layers.ZeroPadding2D(3), layers.Conv2D(1, 2, name="conv")])
    assert fields(network).box("conv", 0, 0) is None
    assert fields(network).box("conv", 3, 3) == Box(0, 0, 2, 2)


def test_excitation_of_channels_looks_at_the_whole_picture():
    import keras
    from keras import layers

    start = keras.Input((8, 8, 3))
    weight = layers.Dense(3, activation="sigmoid")(layers.GlobalAveragePooling2D(keepdims=True)(start))
    network = keras.Model(start, layers.Multiply(name="excited")([start, weight]))
    assert fields(network).box("excited", 2, 2) == Box(0, 0, 8, 8)


def test_flat_and_rowwise_inputs_are_seen_as_the_picture():
    import keras
    from keras import layers

    flat = keras.Sequential([keras.Input((64,)), layers.Reshape((8, 8, 1)), layers.Conv2D(1, 3, name="conv")])
    assert fields(flat).box("conv", 2, 1) == Box(2, 1, 3, 3)
    rowwise = keras.Sequential([keras.Input((8, 8)), layers.Reshape((8, 8, 1)), layers.Conv2D(1, 3, name="conv")])
    assert fields(rowwise).box("conv", 2, 1) == Box(2, 1, 3, 3)


def test_positions_outside_are_refused(lenet):
    with pytest.raises(UsageError, match=r"rows 0 to 27 and columns 0 to 27, not \(28, 0\)"):
        fields(lenet).box("conv1", 28, 0)
    with pytest.raises(UsageError, match="no layer 'nothing'"):
        fields(lenet).box("nothing")


def test_the_scaled_sum_of_inception_resnet_stays_in_place() -> None:
    """Taken for a layer that reads everything, it would widen every receptive field behind it to the whole picture."""
    import keras
    from keras.src.applications.inception_resnet_v2 import CustomScaleLayer

    from nets.network.structure import Structure

    start = keras.Input((20, 20, 3))
    branch = keras.layers.Conv2D(3, 3, padding="same", name="branch")(start)
    network = keras.Model(start, CustomScaleLayer(0.2, name="sum")([start, branch]))
    assert Structure.of(network).fields.size("sum") == (3, 3)


def test_normalising_over_neighbouring_maps_leaves_every_pixel_in_its_place() -> None:
    """Its maps are arranged in rows, one for each pixel; earlier, all later layers seemed to see the whole picture."""
    from keras import layers

    from nets.zoo.lrn import local_response_norm
    from nets.zoo.stages import sequential

    pieces = [layers.Conv2D(5, 3, strides=2, name="conv1"), local_response_norm("lrn", depth=3, alpha=0.5)]
    network = sequential("normalised", (15, 17, 3), [*pieces, layers.Conv2D(2, 3, padding="same", name="conv2")])
    positive(network)
    found, reaches = fields(network), support(network, "conv2")
    for row, column in ((0, 0), (3, 4), (6, 7), (5, 2)):
        assert found.box("conv2", row, column) == around(reaches(row, column))
    for path in ("conv1", "lrn/squares", "lrn/factors", "lrn/normalised"):
        assert (found.box(path, 2, 5), found.size(path)) == (Box(4, 10, 3, 3), (3, 3))
    assert found.extent("lrn/neighbours") == (56, 5)
    for column in (0, 4):
        assert found.box("lrn/neighbours", 2 * 8 + 5, column) == Box(4, 10, 3, 3)
    assert found.size("conv2") == (7, 7)


def test_the_network_of_2012_sees_as_far_as_without_its_normalisation() -> None:
    backend.configure()
    from nets.experiments.costs import costs_of
    from nets.network.outline import without_values

    sizes = {}
    for name in ("alexnet_lrn", "alexnet_gray"):
        network = without_values(zoo.get(name).build)
        sizes[name] = costs_of(network, Structure.of(network)).receptive_field
    assert sizes["alexnet_lrn"] == sizes["alexnet_gray"] == 195
