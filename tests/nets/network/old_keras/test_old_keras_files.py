"""Files of Keras 1 to 2.15, written by hand, answer as the same network built in today's Keras does."""

from __future__ import annotations

import copy
import warnings

import numpy as np
import pytest

from nets.errors import LensletError
from nets.network.files import read_network
from tests.nets.network.old_files import (
    called,
    functional,
    layer,
    of,
    sequential,
    start,
    write_h5,
    write_keras,
)
from tests.nets.network.old_keras.old_layers import CONV, ROWS, assert_same, randomised, weights_of_small, with_shape

# --- Sequential ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "config",
    [
        sequential("net", with_shape(CONV), *ROWS[1:]),
        {"class_name": "Sequential", "config": [with_shape(CONV), *ROWS[1:]]},
        sequential("net", *ROWS, build_input_shape=[None, 8, 8, 1]),
        sequential("net", start("conv_input", 8, 8, 1), with_shape(CONV), *ROWS[1:]),
        sequential("net", with_shape(CONV, batch_input_shape=[16, 8, 8, 1]), *ROWS[1:]),
    ],
    ids=["batch_input_shape", "list", "build_input_shape", "InputLayer", "fixed batch"],
)
def test_a_sequential_of_keras_2(tmp_path, small, config):
    path = write_h5(tmp_path / "old.h5", config, weights_of_small(small))
    assert assert_same(path, small, (8, 8, 1)) == ()


def test_mixed_precision_computes_in_32_bits(tmp_path, small):
    policy = {"class_name": "Policy", "config": {"name": "mixed_float16"}}
    config = sequential("net", with_shape(CONV, dtype=policy), *ROWS[1:])
    notes = assert_same(write_h5(tmp_path / "mixed.h5", config, weights_of_small(small)), small, (8, 8, 1))
    assert notes == ("It was trained in 16-bit numbers; here it computes in 32 bits.",)


def test_arguments_that_todays_layers_lack(tmp_path):
    import keras
    from keras import layers

    rows = [
        layers.RandomFlip(name="flip"),
        layers.DepthwiseConv2D(2, name="depthwise"),
        layers.Conv2DTranspose(2, 2, name="transpose"),
        layers.Reshape((8, 16), name="rows"),
        layers.LSTM(3, name="lstm"),
        layers.Dense(2, name="dense"),
    ]
    today = randomised(keras.Sequential([keras.Input((8, 8, 2)), *rows]))
    old = [
        layer("RandomFlip", "flip", mode="horizontal", seed=None, rng_type="stateful"),
        layer("DepthwiseConv2D", "depthwise", kernel_size=[2, 2], depth_multiplier=1, groups=1, padding="valid"),
        layer("Conv2DTranspose", "transpose", filters=2, kernel_size=[2, 2], groups=1, output_padding=None),
        layer("Reshape", "rows", target_shape=[8, 16]),
        layer("LSTM", "lstm", units=3, time_major=False, implementation=2, recurrent_activation="sigmoid"),
        layer("Dense", "dense", units=2, activation="linear"),
    ]
    config = sequential("net", start("first", 8, 8, 2), *old)
    names = ("depthwise", "transpose", "lstm", "dense")
    weights = [(name, [(f"{name}/{key}", value) for key, value in of(today.get_layer, name)]) for name in names]
    assert_same(write_h5(tmp_path / "lack.h5", config, weights), today, (8, 8, 2))
    old[4]["config"]["time_major"] = True
    write_h5(tmp_path / "major.h5", config, weights)
    with pytest.raises(
        LensletError, match=r"major.h5 has the layer 'lstm' \(LSTM\) with the setting time_major = True"
    ):
        read_network(tmp_path / "major.h5")


def test_dropout_of_whole_maps(tmp_path):
    """Keras 3's SpatialDropout2D takes no ``trainable``, which every layer of Keras 2 has in its configuration."""
    import keras
    from keras import layers

    rows = [layers.Conv2D(3, 2, name="conv"), layers.GlobalAveragePooling2D(name="mean")]
    today = randomised(keras.Sequential([keras.Input((8, 8, 2)), *rows]))
    old = [
        layer("Conv2D", "conv", filters=3, kernel_size=[2, 2]),
        layer("SpatialDropout2D", "drop", trainable=True, rate=0.2, noise_shape=None, seed=None),
        layer("GlobalAveragePooling2D", "mean"),
    ]
    weights = [("conv", [(f"conv/{key}", value) for key, value in of(today.get_layer, "conv")])]
    config = sequential("net", start("first", 8, 8, 2), *old)
    assert_same(write_h5(tmp_path / "maps.h5", config, weights), today, (8, 8, 2))


def test_what_every_layer_is_said_to_accept_is_accepted():
    """Of all layers of Keras that are made without others: what ``accepted`` names may be given."""
    import inspect

    from keras import layers

    from nets.network.files.rewriting.layers import accepted

    plain = [one for one in vars(layers).values() if isinstance(one, type) and issubclass(one, layers.Layer)]
    wrong = []
    for cls in plain:
        parameters = inspect.signature(cls.__init__).parameters
        if not any(one.kind is one.VAR_KEYWORD for one in parameters.values()):
            wrong += [(cls.__name__, name) for name in accepted(cls) - set(parameters)]
    assert wrong == []
    assert {"name", "trainable", "dtype"} <= accepted(layers.Conv2D) & accepted(layers.LSTM) & accepted(layers.ReLU)


@pytest.mark.parametrize("wrapped", [False, True])
def test_recurrent_layers_that_are_written_out_step_by_step(tmp_path, wrapped):
    """Of 50,000 steps the answer never came."""
    import keras
    from keras import layers

    lstm = layers.LSTM(3, name="lstm")
    rows = [layers.Reshape((16, 4), name="rows"), layers.Bidirectional(lstm, name="both") if wrapped else lstm]
    today = randomised(keras.Sequential([keras.Input((8, 8, 1)), *rows, layers.Dense(2, name="dense")]))
    for layer_ in (rows[1].forward_layer, rows[1].backward_layer) if wrapped else (lstm,):
        layer_.unroll = True
    today.save(tmp_path / "unrolled.keras")
    opened, _ = read_network(tmp_path / "unrolled.keras")
    found = opened.layers[1]
    assert not any(one.unroll for one in ([found.forward_layer, found.backward_layer] if wrapped else [found]))
    assert_same(tmp_path / "unrolled.keras", today, (8, 8, 1))


def test_hard_sigmoid_is_the_one_of_keras_2(tmp_path):
    import keras

    kernel = np.linspace(-3, 3, 8, dtype=np.float32).reshape(1, 8)
    config = sequential(
        "net", with_shape(layer("Dense", "d", units=8, activation="hard_sigmoid"), batch_input_shape=[None, 1])
    )
    path = write_h5(tmp_path / "hard.h5", config, [("d", [("d/kernel:0", kernel), ("d/bias:0", np.zeros(8, "f4"))])])
    opened, _ = read_network(path)
    found = np.asarray(opened(np.ones((1, 1), np.float32)))
    np.testing.assert_allclose(found, np.clip(0.2 * kernel + 0.5, 0, 1), atol=1e-6)
    opened.save(tmp_path / "again.keras")
    again, _ = read_network(tmp_path / "again.keras")
    np.testing.assert_array_equal(np.asarray(again(np.ones((1, 1), np.float32))), found)
    assert isinstance(opened, keras.Sequential)


def test_files_of_keras_1_answer_as_todays_network(tmp_path, small):
    rows = [
        layer(
            "Convolution2D",
            "conv",
            nb_filter=3,
            nb_row=3,
            nb_col=3,
            init="glorot_uniform",
            activation="relu",
            border_mode="valid",
            subsample=[1, 1],
            dim_ordering="tf",
            W_regularizer=None,
            b_constraint=None,
            bias=True,
            batch_input_shape=[None, 8, 8, 1],
            input_dtype="float32",
        ),
        layer("BatchNormalization", "bn", mode=0, axis=-1, epsilon=0.001, momentum=0.99, gamma_regularizer=None),
        layer("Dropout", "drop", p=0.5),
        layer("Flatten", "flat"),
        layer("Dense", "dense", output_dim=4, init="uniform", activation="softmax", input_dim=None, bias=True),
    ]
    weights = [("flat", [])]
    for name in ("conv", "bn", "dense"):  # Keras 1 named arrays otherwise: convolution2d_1_W
        weights.append((name, [(f"{name}_{at}", value) for at, (_, value) in enumerate(of(small.get_layer, name))]))
    path = write_h5(tmp_path / "one.h5", {"class_name": "Sequential", "config": rows}, weights, version="1.2.2")
    assert_same(path, small, (8, 8, 1))


def test_keras_1_channels_first_and_one_dimension(tmp_path):
    import keras
    from keras import layers

    rows = [layers.Reshape((8, 1), name="r"), layers.Conv1D(2, 3, name="c"), layers.GlobalMaxPooling1D(name="g")]
    today = randomised(keras.Sequential([keras.Input((8,)), *rows]))
    old = [
        layer("Reshape", "r", target_shape=[8, 1], batch_input_shape=[None, 8], input_dtype="float32"),
        layer("Convolution1D", "c", nb_filter=2, filter_length=3, subsample_length=1, border_mode="valid"),
        layer("GlobalMaxPooling1D", "g"),
    ]
    kernel, bias = today.get_layer("c").get_weights()
    weights = [("c", [("c_W", kernel[:, None]), ("c_b", bias)])]
    path = write_h5(tmp_path / "oned.h5", {"class_name": "Sequential", "config": old}, weights, version="1.0.0")
    assert_same(path, today, (8,))


def test_kernels_of_keras_1_with_channels_first_and_of_theano(tmp_path):
    """(out, in, height, width), and turned by half a turn."""
    import h5py

    kernel = np.random.default_rng(1).normal(size=(3, 3, 3, 3)).astype("f4")  # no axis is told by its size
    rows = [
        layer(
            "Convolution2D",
            "conv",
            nb_filter=3,
            nb_row=3,
            nb_col=3,
            border_mode="same",
            dim_ordering="th",
            bias=False,
            batch_input_shape=[None, 3, 8, 8],
        )
    ]
    weights = [("conv", [("conv_W", kernel.transpose(3, 2, 0, 1))])]
    path = write_h5(tmp_path / "first.h5", {"class_name": "Sequential", "config": rows}, weights, version="1.2.0")
    opened, _ = read_network(path)
    np.testing.assert_array_equal(opened.get_layer("conv").get_weights()[0], kernel)
    assert opened.get_layer("conv").data_format == "channels_first"
    with h5py.File(path, "r+") as file:
        file.attrs["backend"] = b"theano"
    opened, _ = read_network(path)
    np.testing.assert_array_equal(opened.get_layer("conv").get_weights()[0], kernel[::-1, ::-1])


# --- .keras of 2.13 to 2.15 ---------------------------------------------------------------------------------------


def with_modules(config):
    """The configuration as a .keras file of Keras 2.13 to 2.15 has it."""
    found = copy.deepcopy(config)
    for part in found["config"]["layers"]:
        part.update(module="keras.layers", registered_name=None, build_config={"input_shape": [None, 8, 8, 1]})
    found["config"]["layers"][0]["config"]["batch_input_shape"] = [None, 8, 8, 1]
    return {**found, "module": "keras.src.engine.sequential", "registered_name": "Sequential"}


@pytest.mark.parametrize(
    "folder",
    [
        "layers/{}/vars",
        "_layer_checkpoint_dependencies/{}/vars",
        "layers\\{}/vars",
        "_layer_checkpoint_dependencies\\{}\\vars",
    ],
)
def test_keras_files_of_2_13_to_2_15(tmp_path, small, folder):
    names = {"conv": "conv2d", "bn": "batch_normalization", "dense": "dense"}
    arrays = {
        f"{folder.format(name)}/{at}": value
        for own, name in names.items()
        for at, value in enumerate(small.get_layer(own).get_weights())
    }
    path = write_keras(tmp_path / "middle.keras", with_modules(sequential("net", *ROWS)), arrays)
    assert_same(path, small, (8, 8, 1))


def test_layers_of_one_kind_that_are_numbered_otherwise(tmp_path):
    import keras
    from keras import layers

    today = randomised(keras.Sequential([keras.Input((3,)), *(layers.Dense(3, name=f"d{at}") for at in range(3))]))
    rows = [layer("Dense", f"d{at}", units=3, activation="linear") for at in range(3)]
    rows[0]["config"]["batch_input_shape"] = [None, 3]
    arrays = {
        f"layers/dense_{5 + 4 * at}/vars/{number}": value
        for at in range(3)
        for number, value in enumerate(today.get_layer(f"d{at}").get_weights())
    }
    assert_same(write_keras(tmp_path / "numbers.keras", sequential("net", *rows), arrays), today, (3,))
    del arrays["layers/dense_9/vars/0"]
    path = write_keras(tmp_path / "less.keras", sequential("net", *rows), arrays)
    with pytest.raises(LensletError, match=r"less\.keras is damaged: it lacks the weights of its layer 'dense'"):
        read_network(path)


# --- what stays refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (layer("TFOpLambda", "op", function="image.ssim"), "the TensorFlow operation 'ssim' between its layers"),
        (layer("TFOpLambda", "op", function="math.add"), "the TensorFlow operation 'add' with settings"),
        (layer("SlicingOpLambda", "op", function="__operators__.getitem"), "the TensorFlow operation 'getitem' with"),
        (layer("LocallyConnected2D", "op", filters=2), "the layer 'op' of the kind LocallyConnected2D"),
        (layer("CuDNNLSTM", "op", units=2), "the layer 'op' of the kind CuDNNLSTM"),
        (layer("Wobble", "op"), "the layer 'op' of the kind Wobble, which is not Keras's own and whose code is not in"),
        (layer("Merge", "op", mode="dot"), "a Merge by 'dot'"),
        (
            layer("BatchNormalization", "op", mode=2),
            "the layer 'op' (BatchNormalization) with the setting mode = 2, which today's Keras does not have",
        ),
    ],
)
def test_what_cannot_be_rewritten_is_named_rightly(tmp_path, part, said):
    config = functional("net", called(start("first", 4, 4, 2)), called(part, ["first", 0, 0, {}]), output=["op", 0, 0])
    path = write_h5(tmp_path / "unknown.h5", config, [])
    with pytest.raises(LensletError) as caught:
        read_network(path)
    text = str(caught.value)
    assert said in text
    assert "Lambda layer" not in text
    assert text.count("unknown.h5") == 1
    assert "build the model again from the layers of Keras 3" in text


def test_weights_that_do_not_fit_are_told_in_plain_words(tmp_path, small):
    weights = weights_of_small(small)
    config = sequential("net", with_shape(CONV), *ROWS[1:])
    for change, said in (
        (lambda rows: rows.pop(), "it describes 3 layers with weights and holds those of 2"),
        (lambda rows: rows[-1][1].pop(), "it holds 1 arrays for its layer 'dense', which has 2"),
        (
            lambda rows: rows[-1][1].__setitem__(0, ("dense/kernel:0", np.zeros((5, 4), "f4"))),
            "it holds 5 × 4 numbers as kernel of its layer 'dense', which needs 108 × 4",
        ),
    ):
        changed = [(name, list(arrays)) for name, arrays in weights]
        change(changed)
        path = write_h5(tmp_path / "wrong.h5", config, changed)
        with pytest.raises(LensletError) as caught:
            read_network(path)
        assert str(caught.value) == f"wrong.h5 is damaged: {said}; export it again"


def test_keras_warns_nobody_of_how_a_file_should_have_been_made(tmp_path, small):
    """Its warnings went to standard error, before the answer."""
    today = small.get_config()
    today["layers"][1]["config"]["input_shape"] = [8, 8, 1]  # as many old files have it
    config = {"module": "keras", "class_name": "Sequential", "config": today, "registered_name": None}
    arrays = {
        f"layers/{name}/vars/{at}": value
        for own, name in {"conv": "conv2d", "bn": "batch_normalization", "dense": "dense"}.items()
        for at, value in enumerate(small.get_layer(own).get_weights())
    }
    path = write_keras(tmp_path / "warned.keras", config, arrays, version="3.5.0")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert_same(path, small, (8, 8, 1))
    assert [str(one.message) for one in told] == []


# --- .h5 of Keras 3 ----------------------------------------------------------------------------------------------


def test_operations_that_share_a_name_with_a_layer(tmp_path):
    """x + 3 is stored as "Add" without a module, as the layer Add is; Keras itself takes it for the layer."""
    import keras

    pixels = keras.Input((6, 6, 2))
    value = keras.layers.Conv2D(2, 3)(pixels)
    value = keras.layers.Add()([keras.layers.ReLU(6)(value + 3.0) * value, value])
    network = randomised(keras.Model(pixels, keras.ops.mean(value, axis=(1, 2))))
    network.save(tmp_path / "three.h5")
    assert_same(tmp_path / "three.h5", network, (6, 6, 2))
