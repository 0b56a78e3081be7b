"""Which layers by hand compute what a Keras layer computes: a table with a row for each Keras class."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from nets.byhand.activations import ACTIVATIONS, LeakyReLU, ReLU
from nets.byhand.convolution import Conv2D, Conv2DTranspose, DepthwiseConv2D
from nets.byhand.dense import Dense, Dropout, Flatten, Reshape
from nets.byhand.layer import Layer
from nets.byhand.normalisation import BatchNorm, Rescaling
from nets.byhand.padding import Crop2D, Repeat2D, ZeroPad2D
from nets.byhand.pooling import AveragePool2D, GlobalAveragePool2D, GlobalMaxPool2D, MaxPool2D
from nets.errors import LensletError

Config = dict[str, Any]
Weights = list[np.ndarray]
Maker = Callable[[str, Config, Weights], tuple[Layer, ...]]


def layers_for(name: str, kind: str, config: Config, weights: Weights) -> tuple[Layer, ...]:
    """The layers that compute what one Keras layer computes, in order.

    Args:
        name: The name that the layers get.
        kind: The Keras class, "Conv2D".
        config: What the layer's ``get_config`` returns.
        weights: What the layer's ``get_weights`` returns.

    Returns:
        One layer, or several: a convolution with an activation is two. None for a layer that changes nothing.

    Raises:
        LensletError: The class or one of its settings is not written by hand; the message names it.
    """
    if kind not in MAKERS:
        raise LensletError("{name} ({kind})", name=name, kind=kind)
    if config.get("data_format", "channels_last") == "channels_first":
        raise LensletError("{name} ({kind} with channels first)", name=name, kind=kind)
    return MAKERS[kind](name, config, weights)


def _activation(name: str, activation: Any) -> tuple[Layer, ...]:
    """The layer of an activation's name; nothing for "linear". Keras writes those with settings as a dict."""
    if activation is None or activation == "linear":
        return ()
    if not isinstance(activation, str) or activation not in ACTIVATIONS:
        raise LensletError("{name} (the activation {activation})", name=name, activation=activation)
    return (ACTIVATIONS[activation](name=f"{name}/{activation}"),)


def _conv(name: str, config: Config, weights: Weights) -> tuple[Layer, ...]:
    if config.get("groups", 1) != 1:
        raise LensletError("{name} (a convolution in {groups} groups)", name=name, groups=config["groups"])
    sum_ = Conv2D(*weights, **_window(config), name=name)
    return sum_, *_activation(name, config["activation"])


def _depthwise(name: str, config: Config, weights: Weights) -> tuple[Layer, ...]:
    sums = DepthwiseConv2D(*weights, **_window(config), name=name)
    return sums, *_activation(name, config["activation"])


def _separable(name: str, config: Config, weights: Weights) -> tuple[Layer, ...]:
    """A depthwise convolution without bias, then a 1 x 1 convolution."""
    depthwise = DepthwiseConv2D(weights[0], **_window(config), name=f"{name}/depthwise")
    pointwise = Conv2D(*weights[1:], name=f"{name}/pointwise")
    return depthwise, pointwise, *_activation(name, config["activation"])


def _transposed(name: str, config: Config, weights: Weights) -> tuple[Layer, ...]:
    if config.get("output_padding") is not None:
        raise LensletError("{name} (output padding)", name=name)
    return Conv2DTranspose(*weights, **_window(config), name=name), *_activation(name, config["activation"])


def _window(config: Config) -> dict[str, Any]:
    dilation = config.get("dilation_rate", (1, 1))
    return {"strides": tuple(config["strides"]), "padding": config["padding"], "dilation": tuple(dilation)}


def _dense(name: str, config: Config, weights: Weights) -> tuple[Layer, ...]:
    product = Dense(*weights, weight_decay=_decay(name, config.get("kernel_regularizer")), name=name)
    return product, *_activation(name, config["activation"])


def _decay(name: str, regularizer: Any) -> float:
    """Keras's L2(a) adds a times the sum of squares, which is a decay of 2 a."""
    if not regularizer:
        return 0.0
    if regularizer.get("class_name") != "L2":
        raise LensletError("{name} (the regularizer {kind})", name=name, kind=regularizer.get("class_name"))
    return 2.0 * float(regularizer["config"]["l2"])


def _pool(made: type[MaxPool2D] | type[AveragePool2D]) -> Maker:
    def make(name: str, config: Config, weights: Weights) -> tuple[Layer, ...]:
        strides = tuple(config["strides"] or config["pool_size"])
        return (made(tuple(config["pool_size"]), strides=strides, padding=config["padding"], name=name),)

    return make


def _norm(name: str, config: Config, weights: Weights) -> tuple[Layer, ...]:
    if config["axis"] not in (-1, 3):
        raise LensletError("{name} (a normalisation over axis {axis})", name=name, axis=config["axis"])
    gamma = weights[0] if config["scale"] else None
    beta = weights[int(config["scale"])] if config["center"] else None
    settings = {"momentum": config["momentum"], "epsilon": config["epsilon"]}
    return (BatchNorm(gamma, beta, *weights[-2:], **settings, name=name),)


def _relu(name: str, config: Config, weights: Weights) -> tuple[Layer, ...]:
    slope, threshold = float(config.get("negative_slope") or 0), float(config.get("threshold") or 0)
    return (ReLU(largest=config.get("max_value"), slope=slope, threshold=threshold, name=name),)


def _rescaling(name: str, config: Config, weights: Weights) -> tuple[Layer, ...]:
    return (Rescaling(config["scale"], config["offset"], name=name),)


def _global(made: type[GlobalAveragePool2D] | type[GlobalMaxPool2D]) -> Maker:
    def make(name: str, config: Config, weights: Weights) -> tuple[Layer, ...]:
        return (made(keeps_axes=bool(config.get("keepdims")), name=name),)

    return make


def _zeros(name: str, config: Config, weights: Weights) -> tuple[Layer, ...]:
    (top, bottom), (left, right) = config["padding"]
    return (ZeroPad2D(((top, bottom), (left, right)), name=name),)


def _crop(name: str, config: Config, weights: Weights) -> tuple[Layer, ...]:
    (top, bottom), (left, right) = config["cropping"]
    return (Crop2D(((top, bottom), (left, right)), name=name),)


def _repeat(name: str, config: Config, weights: Weights) -> tuple[Layer, ...]:
    if config.get("interpolation", "nearest") != "nearest":
        raise LensletError(
            "{name} (upsampling that is {interpolation})", name=name, interpolation=config["interpolation"]
        )
    rows, columns = config["size"]
    return (Repeat2D(rows, columns, name=name),)


def _dropout(name: str, config: Config, weights: Weights) -> tuple[Layer, ...]:
    """Without a seed the name is one: two layers of a network must not drop the same places."""
    seed = config.get("seed")
    return (Dropout(config["rate"], seed=zlib.crc32(name.encode()) if seed is None else int(seed), name=name),)


MAKERS: dict[str, Maker] = {
    "Conv2D": _conv,
    "DepthwiseConv2D": _depthwise,
    "SeparableConv2D": _separable,
    "Conv2DTranspose": _transposed,
    "Dense": _dense,
    "MaxPooling2D": _pool(MaxPool2D),
    "AveragePooling2D": _pool(AveragePool2D),
    "GlobalAveragePooling2D": _global(GlobalAveragePool2D),
    "GlobalMaxPooling2D": _global(GlobalMaxPool2D),
    "BatchNormalization": _norm,
    "Rescaling": _rescaling,
    "Dropout": _dropout,
    "Flatten": lambda name, config, weights: (Flatten(name=name),),
    "Reshape": lambda name, config, weights: (Reshape(config["target_shape"], name=name),),
    "Activation": lambda name, config, weights: _activation(name, config["activation"]),
    "ReLU": _relu,
    "Softmax": lambda name, config, weights: (ACTIVATIONS["softmax"](name=name),),
    "LeakyReLU": lambda name, config, weights: (LeakyReLU(config["negative_slope"], name=name),),
    "ZeroPadding2D": _zeros,
    "Cropping2D": _crop,
    "UpSampling2D": _repeat,
    "InputLayer": lambda name, config, weights: (),
}
