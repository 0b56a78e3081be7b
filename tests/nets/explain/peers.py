"""The same explanations by xplique, tf-keras-vis and captum, for parity and for the benchmark.

Each of them explains the logits, in a functional copy that ends without its softmax; captum on a PyTorch twin of the
same weights. The packages are no part of the program and are imported when they are asked for.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nets.network.model import Model

PACKAGES = {"tf-keras-vis": ("tf_keras_vis",), "xplique": ("xplique",), "captum": ("captum", "torch")}
STEPS, SAMPLES, MASKS, PATCH = 64, 50, 1000, 7

# Pictures (N, H, W, C) and their classes to whatever the peer gives; ``explanation`` brings it into our form.
Run = Callable[[np.ndarray, Sequence[int]], Any]


def missing(peer: str) -> str:
    """Which package of the peer is not installed; "" where all are."""
    return next((name for name in PACKAGES[peer] if importlib.util.find_spec(name) is None), "")


def without_softmax(model: Model) -> Any:
    """A functional Keras model of the same weights that gives logits. Laid out anew: a loaded Sequential's layers have
    several inbound nodes, and a model between two of its tensors gives no gradients."""
    import keras

    network = model.network
    start = keras.Input(model.card.input.shape)
    value, made = start, []
    for layer in network.layers:
        config = layer.get_config()
        if layer is network.layers[-1]:
            config["activation"] = "linear"
        made.append(type(layer).from_config(config))
        value = made[-1](value)
    copy = keras.Model(start, value)
    copy.set_weights(network.get_weights())
    return copy


def torch_twin(model: Model) -> tuple[Any, dict[str, Any]]:
    """The same network in PyTorch without its softmax, (N, C, H, W) -> logits, and its modules by our layers' paths.

    The module of a convolution with ReLU is the ReLU.
    """
    import torch
    from torch import nn

    class ChannelsLast(nn.Module):
        """Flattens as Keras does: rows, columns, channels."""

        def forward(self, x: Any) -> Any:
            return x.permute(0, 2, 3, 1).reshape(x.shape[0], -1)

    modules: list[Any] = []
    named: dict[str, Any] = {}

    def numbers(variable: Any) -> Any:
        return torch.from_numpy(np.array(variable))

    last = model.network.layers[-1]
    for layer in model.network.layers:
        kind, config = type(layer).__name__, layer.get_config()
        weights = layer.get_weights()
        if kind == "Conv2D":
            height, width, channels, filters = weights[0].shape
            padding = (height // 2, width // 2) if config["padding"] == "same" else 0
            module = nn.Conv2d(channels, filters, (height, width), padding=padding, bias=len(weights) > 1)
            module.weight.data = numbers(weights[0].transpose(3, 2, 0, 1))
            if len(weights) > 1:
                module.bias.data = numbers(weights[1])
        elif kind == "Dense":
            module = nn.Linear(*weights[0].shape)
            module.weight.data, module.bias.data = numbers(weights[0].T), numbers(weights[1])
        elif kind == "MaxPooling2D":
            module = nn.MaxPool2d(config["pool_size"], config["strides"])
        elif kind == "BatchNormalization":
            module = nn.BatchNorm2d(len(weights[0]), eps=config["epsilon"])
            module.weight.data, module.bias.data = numbers(weights[0]), numbers(weights[1])
            module.running_mean, module.running_var = numbers(weights[2]), numbers(weights[3])
        elif kind == "Flatten":
            module = ChannelsLast()
        elif kind == "Activation":
            module = nn.ReLU()
        elif kind == "Dropout":
            continue
        else:
            raise NotImplementedError(f"no PyTorch twin of {kind}")
        modules.append(module)
        if config.get("activation") == "relu" and kind in ("Conv2D", "Dense") and layer is not last:
            modules.append(nn.ReLU())
        named[layer.name] = modules[-1]
    return nn.Sequential(*modules).eval(), named


def of_captum(model: Model, layer: str) -> dict[str, Run]:
    """By our names of the methods."""
    import torch
    from captum import attr

    twin, named = torch_twin(model)

    def inputs(images: np.ndarray, targets: Sequence[int]) -> tuple[Any, Any]:
        tensor = torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2)))
        return tensor.requires_grad_(), torch.tensor(list(targets))

    def run(attribution: Any, **options: Any) -> Run:
        def explained(images: np.ndarray, targets: Sequence[int]) -> Any:
            tensor, classes = inputs(images, targets)
            return attribution.attribute(tensor, target=classes, **options).detach().numpy().transpose(0, 2, 3, 1)

        return explained

    side = (model.card.input.channels, PATCH, PATCH)
    return {
        "gradient": run(attr.Saliency(twin), abs=False),
        "gradient_x_input": run(attr.InputXGradient(twin)),
        "guided_backprop": run(attr.GuidedBackprop(twin)),
        "deconvnet": run(attr.Deconvolution(twin)),
        "grad_cam": run(attr.LayerGradCam(twin, named[layer]), relu_attributions=True),
        "integrated_gradients": run(
            attr.IntegratedGradients(twin), n_steps=STEPS + 1, method="riemann_trapezoid", internal_batch_size=256
        ),
        "smoothgrad": run(
            attr.NoiseTunnel(attr.Saliency(twin)), nt_samples=SAMPLES, stdevs=0.2, abs=False, nt_samples_batch_size=10
        ),
        "occlusion": run(attr.Occlusion(twin), sliding_window_shapes=side, strides=(side[0], 1, 1), baselines=0,
                         perturbations_per_eval=64),
    }  # fmt: skip


def of_xplique(model: Model, layer: str) -> dict[str, Run]:
    """By our names of the methods. It returns the absolute value of the gradient, and the sum over occlusions."""
    import tensorflow as tf
    from xplique import attributions

    copy = without_softmax(model)
    classes = model.output.labels

    def run(kind: Any, **options: Any) -> Run:
        method = kind(copy, batch_size=256, **options)

        def explained(images: np.ndarray, targets: Sequence[int]) -> Any:
            return np.asarray(method.explain(images, tf.one_hot(list(targets), classes)))

        return explained

    return {
        "gradient": run(attributions.Saliency, reducer=None),
        "gradient_x_input": run(attributions.GradientInput, reducer=None),
        "guided_backprop": run(attributions.GuidedBackprop, reducer=None),
        "deconvnet": run(attributions.DeconvNet, reducer=None),
        "grad_cam": run(attributions.GradCAM, conv_layer=layer),
        "integrated_gradients": run(attributions.IntegratedGradients, steps=STEPS + 1, reducer=None),
        "smoothgrad": run(attributions.SmoothGrad, nb_samples=SAMPLES, noise=0.2, reducer=None),
        "occlusion": run(attributions.Occlusion, patch_size=PATCH, patch_stride=1),
        "rise": run(attributions.Rise, nb_samples=MASKS),
        "activation_maximization": _xplique_maximised(copy),
    }


def _xplique_maximised(copy: Any) -> Run:
    from xplique.features_visualizations import Objective, optimize

    def maximised(images: np.ndarray, targets: Sequence[int]) -> Any:
        objective = Objective.neuron(copy, -1, list(targets))
        shape = tuple(copy.input_shape[1:3])
        return optimize(objective, nb_steps=200, custom_shape=shape, transformations=[], use_fft=False)

    return maximised


def of_tf_keras_vis(model: Model, layer: str) -> dict[str, Run]:
    """By our names of the methods; each as it comes, without the normalisation where it can be switched off."""
    from tf_keras_vis.activation_maximization import ActivationMaximization
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.saliency import Saliency
    from tf_keras_vis.scorecam import Scorecam
    from tf_keras_vis.utils.model_modifiers import GuidedBackpropagation
    from tf_keras_vis.utils.scores import CategoricalScore

    copy = without_softmax(model)
    saliency, cam, score_cam = Saliency(copy, clone=False), Gradcam(copy, clone=False), Scorecam(copy, clone=False)
    guided = Saliency(copy, model_modifier=GuidedBackpropagation(), clone=True)
    maximum = ActivationMaximization(copy, clone=False)

    def score(targets: Sequence[int]) -> Any:
        return CategoricalScore([int(target) for target in targets])

    def plain(method: Any, **options: Any) -> Run:
        def explained(images: np.ndarray, targets: Sequence[int]) -> Any:
            return np.asarray(method(score(targets), images, **options))

        return explained

    def maximised(images: np.ndarray, targets: Sequence[int]) -> Any:
        seeds = np.zeros((len(targets), *model.card.input.shape), np.float32)
        return maximum(score(targets), seed_input=seeds, input_range=(0.0, 1.0), steps=200)

    raw = {"normalize_map": False, "keepdims": True, "gradient_modifier": None}
    cams = {"penultimate_layer": layer, "seek_penultimate_conv_layer": False, "expand_cam": False}
    return {
        "gradient": plain(saliency, **raw),
        "guided_backprop": plain(guided, **raw),
        "grad_cam": plain(cam, **cams, normalize_cam=False),
        "score_cam": plain(score_cam, **cams, normalize_cam=False),
        "smoothgrad": plain(saliency, smooth_samples=SAMPLES, smooth_noise=0.2, **raw),
        "activation_maximization": maximised,
    }


PEERS: dict[str, Callable[[Model, str], dict[str, Run]]] = {
    "tf-keras-vis": of_tf_keras_vis,
    "xplique": of_xplique,
    "captum": of_captum,
}
