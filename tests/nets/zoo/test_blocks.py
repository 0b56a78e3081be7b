"""Local response normalisation and each kind of block against plain NumPy; a file of all of them opens everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nets.network.files import read_model
from nets.network.graph import unroll
from nets.zoo.branches import Conv, Fork, Pool, inception
from nets.zoo.inception_resnet import residual
from nets.zoo.lrn import local_response_norm
from nets.zoo.resnet import basic_block, bottleneck_block
from nets.zoo.stages import conv_norm_relu, sequential
from tests.nets.zoo.plain import average_pool, conv, max_pool, norm, relu, response_norm

SHAPE = (7, 6, 5)
PICTURE = np.random.default_rng(1).standard_normal(SHAPE)


def plain_conv(row: Conv, stage: str, number: str) -> list[Any]:
    from keras import layers

    return [layers.Conv2D(row.filters, row.kernel, padding="same", activation="relu", name=f"{stage}_conv{number}")]


def normalised_conv(row: Conv, stage: str, number: str) -> Any:
    return conv_norm_relu(row.filters, row.kernel, stage, number, strides=row.strides, padding=row.padding)


GOOGLENET = ((Conv(2),), (Conv(3), Conv(4, 3)), (Conv(2), Conv(3, 5)), (Pool("max"), Conv(2)))
FORKED = (
    (Conv(2), Fork((Conv(3, (1, 3)), Conv(2, (3, 1))))),
    (Pool("average"), Conv(2)),
)
REDUCTION = ((Conv(2), Conv(3, 3, 2, "valid")), (Pool("max", 2, "valid"),))
BLOCKS = {
    "lrn": local_response_norm("lrn", depth=3, k=1.5, alpha=0.4, beta=0.75),
    "googlenet": inception("googlenet", GOOGLENET, plain_conv),
    "forked": inception("forked", FORKED, normalised_conv),
    "reduction": inception("reduction", REDUCTION, normalised_conv),
    "basic": basic_block(10, "basic"),
    "shortcut": basic_block(4, "shortcut", 2, shortcut=True),
    "bottleneck": bottleneck_block(2, "bottleneck", 1, True, shortcut=True),
    "scaled": residual("scaled", ((Conv(2),), (Conv(2), Conv(3, (1, 3)))), 0.3, normalised_conv),
}


@pytest.fixture(scope="module")
def everything() -> Any:
    """A network of all kinds of block, one after another, with weights that all count."""
    made = sequential("everything", SHAPE, BLOCKS.values())
    rng = np.random.default_rng(5)
    for variable in made.weights:
        around = 1 if variable.name in ("gamma", "moving_variance") else 0
        variable.assign((around + 0.3 * rng.standard_normal(variable.shape)).clip(0.1 if around else -9))
    return made


def by_hand(name: str, x: np.ndarray, block: Any) -> np.ndarray:
    """The block's output, from the paper's figure, with the weights of its layers."""
    layer = block.get_layer

    def unit(x: np.ndarray, stage: str, number: str = "", *, last: bool = False) -> np.ndarray:
        y = norm(conv(x, layer(f"{stage}_conv{number}")), layer(f"{stage}_norm{number}"))
        return y if last else relu(y)

    def plain(x: np.ndarray, place: str) -> np.ndarray:
        return relu(conv(x, layer(place)))

    if name == "lrn":
        return response_norm(x, 3, 1.5, 0.4, 0.75)
    if name == "googlenet":
        branches = (
            plain(x, "branch1_conv1"),
            plain(plain(x, "branch2_conv1"), "branch2_conv2"),
            plain(plain(x, "branch3_conv1"), "branch3_conv2"),
            plain(max_pool(x), "branch4_conv1"),
        )
        return np.concatenate(branches, -1)
    if name == "forked":
        y = unit(x, "branch1", "1")
        arms = (unit(y, "branch1", "2a"), unit(y, "branch1", "2b"))
        return np.concatenate((*arms, unit(average_pool(x), "branch2", "1")), -1)
    if name == "reduction":
        y = unit(unit(x, "branch1", "1"), "branch1", "2")
        return np.concatenate((y, max_pool(x, 2, "valid")), -1)
    if name == "scaled":
        mixed = np.concatenate((unit(x, "branch1", "1"), unit(unit(x, "branch2", "1"), "branch2", "2")), -1)
        return relu(x + 0.3 * conv(mixed, layer("up")))
    y = unit(unit(x, "a"), "b", last=name != "bottleneck")
    if name == "bottleneck":
        y = unit(y, "c", last=True)
    return relu(y + (x if name == "basic" else unit(x, "shortcut", last=True)))


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_is_what_the_paper_draws(name: str, everything: Any) -> None:
    block = everything.get_layer(name)
    shape = block.input_shape[1:]
    x = np.random.default_rng(2).standard_normal(shape)
    found = np.asarray(block(x[None].astype(np.float32), training=False))[0]
    expected = by_hand(name, x, block)
    assert expected.std() > 0.01
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_response_norm_of_the_paper_s_constants() -> None:
    """One map alone: x / (2 + 0.0001 x^2) ^ 0.75."""
    network = sequential("one", (1, 1, 1), [local_response_norm("lrn")])
    found = float(np.asarray(network(np.full((1, 1, 1, 1), 30, np.float32)))[0, 0, 0, 0])
    assert found == pytest.approx(30 / (2 + 0.0001 * 900) ** 0.75, rel=1e-5)


def test_files_of_blocks_open_in_plain_keras_and_in_our_reader(everything: Any, tmp_path: Path) -> None:
    """Without custom classes and in safe mode; every inner layer keeps its name and its weights."""
    import keras

    picture = PICTURE[None].astype(np.float32)
    answers = np.asarray(everything(picture, training=False))
    paths = [step.path for step in unroll(everything).steps]
    assert {"lrn/factors", "googlenet/branch3_conv2", "forked/branch1_norm2b", "shortcut/shortcut_conv"} <= set(paths)
    whole, legacy = tmp_path / "everything.keras", tmp_path / "everything.h5"
    everything.save(whole)
    everything.save(legacy)
    for read in (keras.models.load_model(whole), read_model(whole).network, read_model(legacy).network):
        np.testing.assert_array_equal(np.asarray(read(picture, training=False)), answers)
        assert [step.path for step in unroll(read).steps] == paths
