"""Every layer's output against Keras models that end there."""

from __future__ import annotations

import dataclasses
import threading

import numpy as np
import pytest

from nets import backend, zoo
from nets.compute.compiled import CompiledPass
from nets.compute.lens import Lens
from nets.errors import UsageError
from nets.network.graph import unroll
from nets.network.model import ModelRef
from nets.network.wrap import wrap
from tests.nets.conftest import chain


def image(shape):
    return np.random.default_rng(4).uniform(0, 1, (1, *shape)).astype(np.float32)


@pytest.fixture(scope="module")
def lenet():
    return Lens(wrap(zoo.get("lenet").build()))


@pytest.mark.parametrize("settled", [False, True])
@pytest.mark.parametrize("name", ["lenet", "lenet5", "pen"])
def test_all_layers_of_a_chain(name, settled):
    import keras

    network = zoo.get(name).build()
    lens = Lens(wrap(network))
    if settled:
        lens.warm_up()
    inputs = image(lens.model.card.input.shape)
    found = lens.read(inputs)
    expected = keras.Model(network.inputs, [layer.output for layer in network.layers]).predict(inputs, verbose=0)
    assert list(found.maps) == [layer.name for layer in network.layers]
    for layer, values in zip(network.layers, expected, strict=True):
        np.testing.assert_allclose(found.maps[layer.name], values[0], atol=1e-5)
    assert found.probabilities.sum() == pytest.approx(1, abs=1e-5)


@pytest.mark.backends
def test_only_what_is_asked_for(lenet):
    inputs = image((28, 28, 1))
    everything = lenet.read(inputs)
    found = lenet.read(inputs[0], ("conv2", "fc1"))
    assert set(found.maps) == {"conv2", "fc1"}
    assert found.maps["conv2"].shape == (10, 10, 16)
    np.testing.assert_array_equal(found.maps["conv2"], everything.maps["conv2"])
    assert lenet.read(inputs, ()).maps == {}
    np.testing.assert_array_equal(lenet.read(inputs, ()).probabilities, everything.probabilities)


def test_a_graph_of_keras_applications():
    import keras

    network = keras.applications.MobileNetV2(weights=None, input_shape=(32, 32, 3), classes=7, alpha=0.35)
    found = Lens(wrap(network)).read(image((32, 32, 3)))
    names = ["Conv1", "block_2_add", "block_6_pad", "block_10_depthwise", "out_relu", "predictions"]
    part = keras.Model(network.input, [network.get_layer(name).output for name in names])
    for name, values in zip(names, part(image((32, 32, 3)), training=False), strict=True):
        np.testing.assert_allclose(found.maps[name], backend.to_array(values)[0], atol=1e-4)
    np.testing.assert_array_equal(found.probabilities, found.maps["predictions"])


@pytest.mark.backends
def test_inner_layers_of_nested_models():
    import keras
    from keras import layers

    block = keras.Sequential([keras.Input((12, 12, 1)), layers.Conv2D(3, 3, name="conv"), layers.ReLU()], name="block")
    start = keras.Input((12, 12, 1))
    once = keras.Model(start, layers.MaxPooling2D(name="pool")(block(start)), name="outer")
    network = keras.Sequential([keras.Input((12, 12, 1)), once, layers.Flatten(), layers.Dense(4)])
    found = Lens(wrap(network)).read(image((12, 12, 1)))
    np.testing.assert_allclose(
        found.maps["outer/block/conv"], backend.to_array(block.get_layer("conv")(image((12, 12, 1))))[0], atol=1e-6
    )
    np.testing.assert_allclose(found.maps["outer/pool"], backend.to_array(once(image((12, 12, 1))))[0], atol=1e-6)


@pytest.mark.backends
def test_a_shared_layer_is_shown_for_each_call():
    import keras
    from keras import layers

    start = keras.Input((6, 6, 2))
    shared = layers.Conv2D(2, 3, padding="same", name="shared")
    network = keras.Model(start, layers.GlobalMaxPooling2D()(shared(shared(start))))
    found = Lens(wrap_two_channels(network)).read(image((6, 6, 1)))
    once = shared(np.repeat(image((6, 6, 1)), 2, axis=-1))
    np.testing.assert_allclose(found.maps[f"{network.name}/shared"], backend.to_array(once)[0], atol=1e-6)
    np.testing.assert_allclose(found.maps[f"{network.name}/shared:2"], backend.to_array(shared(once))[0], atol=1e-6)


def wrap_two_channels(network):
    """The network behind a layer that doubles a grey picture, so that it has an input that pictures have."""
    import keras
    from keras import layers

    start = keras.Input((6, 6, 1))
    return wrap(keras.Model(start, network(layers.Concatenate()([start, start]))))


@pytest.mark.backends
def test_channels_first_models_show_the_same_maps_as_channels_last():
    import keras
    from keras import layers

    def build(form, shape):
        return keras.Sequential(
            [
                keras.Input(shape),
                layers.Conv2D(4, 3, data_format=form, name="conv", activation="relu"),
                layers.MaxPooling2D(data_format=form, name="pool"),
                layers.GlobalAveragePooling2D(data_format=form),
                layers.Dense(3, activation="softmax"),
            ]
        )

    last, first = build("channels_last", (10, 12, 3)), build("channels_first", (3, 10, 12))
    first.set_weights(last.get_weights())
    expected, lens = Lens(wrap(last)).read(image((10, 12, 3))), Lens(wrap(first))
    assert lens.model.card.input.shape == (10, 12, 3)
    assert [row.output_shape for row in lens.layers][:2] == [(8, 10, 4), (4, 5, 4)]
    found = lens.read(image((10, 12, 3)))
    for path in ("conv", "pool"):
        np.testing.assert_allclose(found.maps[path], expected.maps[path], atol=1e-6)
    np.testing.assert_allclose(found.probabilities, expected.probabilities, atol=1e-6)


def test_very_large_networks_keep_only_what_is_asked_for(monkeypatch):
    monkeypatch.setattr("nets.compute.lens.KEEP_ALL", 10)
    lens = Lens(wrap(zoo.get("lenet").build()))
    lens.warm_up()
    everything = lens.read(image((28, 28, 1)))
    assert len(everything.maps) == 8
    np.testing.assert_allclose(
        lens.read(image((28, 28, 1)), ("conv1",)).maps["conv1"], everything.maps["conv1"], atol=1e-6
    )


def blocks():
    """A block with branches at the front, a chain, and a block with a skip."""
    import keras
    from keras import layers

    start = keras.Input((8, 8, 3))
    left = layers.Conv2D(3, 3, padding="same", name="left")(start)
    right = layers.Conv2D(2, 1, name="right2")(layers.Conv2D(2, 3, padding="same", name="right1")(start))
    mixed = keras.Model(start, layers.Concatenate(name="joined")([left, right]), name="mixed")
    start = keras.Input((4, 4, 5))
    added = layers.Add(name="add")([start, layers.Conv2D(5, 3, padding="same", name="conv")(start)])
    residual = keras.Model(start, layers.ReLU(name="relu")(added), name="residual")
    pool, flat = layers.MaxPooling2D(name="pool"), layers.Flatten(name="flat")
    answer = layers.Dense(3, activation="softmax", name="answer")
    return keras.Sequential([keras.Input((8, 8, 3)), mixed, pool, residual, flat, answer])


def test_a_graph_is_cut_where_one_value_is_left():
    graph = unroll(blocks())
    parts = [[step.path for step in part.steps] for part in graph.parts]
    assert parts == [
        ["mixed/left", "mixed/right1", "mixed/right2", "mixed/joined"],
        ["pool"],
        ["residual/conv", "residual/add"],
        ["residual/relu"],
        ["flat"],
        ["answer"],
    ]
    assert [before.output for before in graph.parts] == [*(after.input for after in graph.parts[1:]), graph.output]


def test_layers_of_a_block_of_a_very_large_network_are_computed_from_the_value_before_it(monkeypatch):
    """Earlier, watching another layer compiled the whole network again: five seconds for Inception-ResNet v2's 821
    layers.
    """
    model = wrap(blocks())
    shape = model.card.input.shape
    expected = Lens(model).read(image(shape))
    passes = []
    monkeypatch.setattr(CompiledPass, "_compile", counted(CompiledPass._compile, passes))
    monkeypatch.setattr("nets.compute.lens.KEEP_ALL", 700)
    lens = Lens(model)
    for path in expected.maps:
        found = lens.read(image(shape), (path,))
        assert list(found.maps) == [path]
        np.testing.assert_allclose(found.maps[path], expected.maps[path], atol=1e-6)
        np.testing.assert_allclose(found.probabilities, expected.probabilities, atol=1e-6)
    assert len(passes) == 1, "the network was compiled once"


def counted(function, calls):
    """``function``, which appends to ``calls`` each time that it is called."""

    def call(*args, **kwargs):
        calls.append(args)
        return function(*args, **kwargs)

    return call


def test_a_large_network_opens_without_trying_what_is_fastest(monkeypatch):
    compiled = []
    monkeypatch.setattr(CompiledPass, "_compile", counted(CompiledPass._compile, compiled))
    monkeypatch.setattr("nets.compute.lens.LARGE", 10)
    lens = Lens(wrap(blocks()))
    lens.warm_up()
    assert not compiled
    lens.read(image(lens.card.input.shape), ("pool",))
    assert len(compiled) == 1


def test_wrong_layers_and_inputs_are_refused(lenet):
    with pytest.raises(UsageError, match="no layer 'conv9'; there are: conv1"):
        lenet.read(image((28, 28, 1)), ("conv9",))
    with pytest.raises(UsageError, match=r"expected one input of shape \(1, 28, 28, 1\)"):
        lenet.read(image((32, 32, 1)))


def test_what_cannot_be_shown_is_left_out_and_refused_by_name():
    import keras
    from keras import layers

    network = keras.Sequential(
        [keras.Input((8, 8, 1)), layers.Reshape((8, 8), name="rows"), layers.Flatten(), layers.Dense(3)]
    )
    lens = Lens(wrap(network))
    assert "rows" not in lens.read(image((8, 8, 1))).maps
    with pytest.raises(UsageError, match="rows cannot be shown: its output is 8 × 8"):
        lens.read(image((8, 8, 1)), ("rows",))


@pytest.mark.backends
def test_half_precision_outputs_come_as_float32():
    import keras
    from keras import layers

    policy = keras.DTypePolicy("mixed_bfloat16")
    network = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(2, 3, dtype=policy, name="conv"),
            layers.Flatten(),
            layers.Dense(3, activation="softmax", dtype=policy),
        ]
    )
    found = Lens(wrap(network)).read(image((8, 8, 1)))
    assert found.maps["conv"].dtype == np.float32
    assert found.probabilities.dtype == np.float32
    assert found.probabilities.sum() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("order", ["channels_last", "channels_first"])
def test_the_means_of_all_layers_are_those_of_their_maps(order):
    from keras import layers

    rows = [layers.Conv2D(3, 3, data_format=order, name="conv"), layers.Flatten(name="flat"), layers.Dense(4)]
    lens = Lens(wrap(chain(*rows, shape=(9, 8, 1) if order == "channels_last" else (1, 9, 8))))
    inputs = image((9, 8, 1))
    maps, means = lens.read(inputs).maps, lens.means(inputs)
    assert set(means) == set(maps)
    np.testing.assert_allclose(means["conv"], maps["conv"].mean(axis=2, keepdims=True), atol=1e-6)
    np.testing.assert_allclose(means["flat"], maps["flat"], atol=1e-6)


# --- long networks ----------------------------------------------------------------------------------------------


def long_network():
    """So many layers that compiling it takes longer than computing one picture."""
    from keras import layers

    rows = [layers.Conv2D(2, 3, padding="same", name="conv")]
    rows += [layers.Activation("tanh", name=f"tanh{number}") for number in range(70)]
    return chain(*rows, layers.Flatten(), layers.Dense(3, activation="softmax"), shape=(8, 8, 1))


@pytest.fixture
def compiled_passes(monkeypatch):
    """The passes that were compiled, in order."""
    found, compile_one = [], CompiledPass._compile

    def counted(self, **options):
        found.append(self)
        return compile_one(self, **options)

    monkeypatch.setattr(CompiledPass, "_compile", counted)
    return found


def test_the_first_picture_of_a_long_network_waits_for_no_compiling(compiled_passes):
    network = long_network()
    lens, inputs = Lens(wrap(network)), image((8, 8, 1))
    first = lens.read(inputs, ("conv", "tanh9"))
    assert not compiled_passes
    np.testing.assert_allclose(first.probabilities, np.asarray(network(inputs))[0], atol=1e-6)
    second = lens.read(inputs, ("conv", "tanh9"))
    assert len(compiled_passes) == 1
    for path in ("conv", "tanh9"):
        np.testing.assert_allclose(second.maps[path], first.maps[path], atol=1e-6)


def test_a_long_network_answers_while_another_thread_compiles_it(compiled_passes):
    lens, inputs = Lens(wrap(long_network())), image((8, 8, 1))
    assert lens.take_compiling() is None  # nothing was computed yet
    first = lens.read(inputs, ("conv",))
    compiling = lens.take_compiling()
    assert compiling is not None
    assert lens.take_compiling() is None  # somebody has it
    np.testing.assert_allclose(lens.read(inputs, ("conv",)).maps["conv"], first.maps["conv"])
    assert not compiled_passes
    thread = threading.Thread(target=compiling)
    thread.start()
    thread.join()
    np.testing.assert_allclose(lens.read(inputs, ("conv",)).maps["conv"], first.maps["conv"], atol=1e-6)
    assert len(compiled_passes) == 1
    assert lens.take_compiling() is None


def test_means_come_with_the_maps_in_one_pass(monkeypatch):
    """Of a network whose layers are all kept, and of one that is too large for that."""
    from nets.compute import lens as module

    for most in (module.KEEP_ALL, 100):
        monkeypatch.setattr(module, "KEEP_ALL", most)
        lens, inputs, calls = Lens(wrap(long_network())), image((8, 8, 1)), []
        monkeypatch.setattr(CompiledPass, "_run", counting(calls, CompiledPass._run))
        found = lens.read(inputs, ("conv",), means=True)
        assert len(calls) == 1
        assert set(found.maps) == {"conv"}
        assert set(found.means) == {row.path for row in lens.layers if row.shows != "nothing"}
        np.testing.assert_allclose(found.means["conv"], found.maps["conv"].mean(axis=2, keepdims=True), atol=1e-6)
        monkeypatch.undo()


def counting(calls, function):
    def counted(*args, **options):
        calls.append(args)
        return function(*args, **options)

    return counted


def test_a_walk_keeps_what_is_recorded_and_lets_go_of_what_no_step_reads_any_more():
    import weakref

    graph = wrap(long_network()).graph
    alive: list[weakref.ref] = []
    most = 0

    def record(path, value):
        nonlocal most
        alive.append(weakref.ref(value))
        most = max(most, sum(one() is not None for one in alive))
        return value if path == "tanh3" else None

    results, _ = graph.run(backend.compile(lambda x: x)(image((8, 8, 1))), record=record)
    assert list(results) == ["tanh3"]
    assert most <= 4  # the kept one, what a step reads and what it gives


# --- other weights ----------------------------------------------------------------------------------------------


@pytest.mark.backends
def test_other_weights_are_loaded_without_compiling_again(monkeypatch):
    model = wrap(zoo.get("lenet").build())
    lens, inputs = Lens(model), image((28, 28, 1))
    before = lens.read(inputs).maps["conv1"]
    compiled = []
    monkeypatch.setattr(CompiledPass, "_compile", lambda self, **options: compiled.append(self))
    weights = [weight * 2 for weight in model.network.get_weights()]
    lens.load(weights)
    after = lens.read(inputs).maps["conv1"]
    np.testing.assert_allclose(after, before * 2, atol=1e-5)  # ReLU, and biases of zero
    assert not compiled
    other = dataclasses.replace(model, ref=ModelRef("run", "one", 7))
    lens.load(weights, other)
    assert lens.model.ref.epoch == 7
    with pytest.raises(UsageError, match="shares the network"):
        lens.load(weights, wrap(zoo.get("lenet").build()))
