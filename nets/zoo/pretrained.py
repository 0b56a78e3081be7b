"""Networks with ImageNet's weights, as keras.applications builds them: their table, and building them.

>>> PRETRAINED["mobilenet_0.75"].input.shape
(224, 224, 3)
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nets.data.specs import ImageInput

if TYPE_CHECKING:
    import keras

CLASSES = 1000
STORAGE = "https://storage.googleapis.com/tensorflow/keras-applications/"
APACHE = "Apache 2.0, as Keras"


@dataclass(frozen=True)
class Pretrained:
    """A row of ``PRETRAINED``.

    function, options: of ``keras.applications``, without the weights.
    input: what the weights were trained on: its size and range of values.
    file: of the weights. url: the folder that it is downloaded from. md5: its sum, "" if none is published; such a
        file is recognised by its arrays.
    megabytes: of the file, about, for menus.
    top1, top5: shares of ImageNet's 50,000 validation images whose class is the first, or among the first five,
        answers; as published for these weights.
    factors: by which the channels of its normalised pictures are multiplied besides, a layer that keras.applications
        adds only where it looks for the weights itself; () for none.
    """

    name: str
    title: str
    function: str
    input: ImageInput
    parameters: int
    megabytes: int
    top1: float
    top5: float
    file: str
    url: str
    md5: str
    paper: str
    source: str
    licence: str = APACHE
    options: dict[str, Any] = field(default_factory=dict)
    factors: tuple[float, ...] = ()

    def build(self) -> keras.Model:
        """The network with random weights. Its layers are called the same in every process and thread."""
        import keras

        function = getattr(keras.applications, self.function)
        network = function(weights=None, input_shape=self.input.shape, classes=CLASSES, **self.options)
        if self.factors:
            network = _multiplied(network, self.factors)
        _renumber(network)
        return network


def _colour(side: int, range: str) -> ImageInput:
    return ImageInput(height=side, width=side, channels=3, fit="crop", range=range)


KERAS = "keras.io/api/applications"

PRETRAINED: dict[str, Pretrained] = {
    row.name: row
    for row in (
        Pretrained(
            "mobilenet_0.75",
            "MobileNet 0.75",
            "MobileNet",
            _colour(224, "signed"),
            2_601_976,
            11,
            0.684,
            0.882,
            "mobilenet_7_5_224_tf.h5",
            f"{STORAGE}mobilenet/",
            "99674eb21ffb7ceee542db7887d90d69",
            "Howard et al. 2017, arXiv:1704.04861; three quarters of its maps",
            "TensorFlow's model garden, MobileNet_v1_0.75_224",
            options={"alpha": 0.75},
        ),
        Pretrained(
            "mobilenet",
            "MobileNet",
            "MobileNet",
            _colour(224, "signed"),
            4_253_864,
            17,
            0.704,
            0.895,
            "mobilenet_1_0_224_tf.h5",
            f"{STORAGE}mobilenet/",
            "",
            "Howard et al. 2017, arXiv:1704.04861",
            KERAS,
        ),
        Pretrained(
            "mobilenet_v2",
            "MobileNet v2",
            "MobileNetV2",
            _colour(224, "signed"),
            3_538_984,
            15,
            0.713,
            0.901,
            "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5",
            f"{STORAGE}mobilenet_v2/",
            "",
            "Sandler et al. 2018, arXiv:1801.04381",
            KERAS,
        ),
        Pretrained(
            "vgg16",
            "VGG16",
            "VGG16",
            _colour(224, "caffe"),
            138_357_544,
            553,
            0.713,
            0.901,
            "vgg16_weights_tf_dim_ordering_tf_kernels.h5",
            f"{STORAGE}vgg16/",
            "64373286793e3c8b2b4e3219cbf3544b",
            "Simonyan and Zisserman 2014, arXiv:1409.1556",
            KERAS,
            licence="CC BY 4.0, as Oxford's Visual Geometry Group released them",
        ),
        Pretrained(
            "vgg19",
            "VGG19",
            "VGG19",
            _colour(224, "caffe"),
            143_667_240,
            575,
            0.713,
            0.900,
            "vgg19_weights_tf_dim_ordering_tf_kernels.h5",
            f"{STORAGE}vgg19/",
            "cbe5617147190e668d6c5d5026f83318",
            "Simonyan and Zisserman 2014, arXiv:1409.1556",
            KERAS,
            licence="CC BY 4.0, as Oxford's Visual Geometry Group released them",
        ),
        Pretrained(
            "resnet50",
            "ResNet-50",
            "ResNet50",
            _colour(224, "caffe"),
            25_636_712,
            103,
            0.749,
            0.921,
            "resnet50_weights_tf_dim_ordering_tf_kernels.h5",
            f"{STORAGE}resnet/",
            "2cb95161c43110f7111970584f804107",
            "He et al. 2015, arXiv:1512.03385",
            KERAS,
            licence="MIT, as Kaiming He released them",
        ),
        Pretrained(
            "inception_v3",
            "Inception v3",
            "InceptionV3",
            _colour(299, "signed"),
            23_851_784,
            96,
            0.779,
            0.937,
            "inception_v3_weights_tf_dim_ordering_tf_kernels.h5",
            f"{STORAGE}inception_v3/",
            "9a0d58056eeedaa3f26cb7ebd46da564",
            "Szegedy et al. 2015, arXiv:1512.00567",
            KERAS,
        ),
        Pretrained(
            "inception_resnet_v2",
            "Inception-ResNet v2",
            "InceptionResNetV2",
            _colour(299, "signed"),
            55_873_736,
            225,
            0.803,
            0.953,
            "inception_resnet_v2_weights_tf_dim_ordering_tf_kernels.h5",
            f"{STORAGE}inception_resnet_v2/",
            "e693bd0210a403b3192acc6073ad2e96",
            "Szegedy et al. 2016, arXiv:1602.07261",
            KERAS,
        ),
        Pretrained(
            "efficientnet_b0",
            "EfficientNet B0",
            "EfficientNetB0",
            _colour(224, "byte"),
            5_330_571,
            22,
            0.771,
            0.933,
            "efficientnetb0.h5",
            "https://storage.googleapis.com/keras-applications/",
            "902e53a9f72be733fc0bcb005b3ebbac",
            "Tan and Le 2019, arXiv:1905.11946",
            KERAS,
            # Its training divided by the variance; the layer of normalisation divides by the root of what it is given.
            factors=tuple(1 / math.sqrt(deviation) for deviation in (0.229, 0.224, 0.225)),
        ),
        Pretrained(
            "densenet121",
            "DenseNet-121",
            "DenseNet121",
            _colour(224, "imagenet"),
            8_062_504,
            33,
            0.750,
            0.923,
            "densenet121_weights_tf_dim_ordering_tf_kernels.h5",
            f"{STORAGE}densenet/",
            "9d60b8095a5708f2dcce2bca79d332c7",
            "Huang et al. 2016, arXiv:1608.06993",
            KERAS,
            licence="BSD 3-Clause, as Zhuang Liu released them",
        ),
    )
}


def _multiplied(network: keras.Model, factors: tuple[float, ...]) -> keras.Model:
    """The network with a layer behind its normalisation of pictures that multiplies each channel by its factor."""
    import keras

    def call(layer: Any, *inputs: Any, **options: Any) -> Any:
        found = layer(*inputs, **options)
        return keras.layers.Rescaling(list(factors))(found) if isinstance(layer, keras.layers.Normalization) else found

    return keras.models.clone_model(network, call_function=call)


def _renumber(network: keras.Model) -> None:
    """Gives layers that Keras named by itself numbers from 1 in this network.

    Keras counts such names through a thread's whole life: the second InceptionV3 would begin with "conv2d_94".
    """
    counts: Counter[str] = Counter()
    network.inputs[0].name = network.layers[0].name = "photograph"
    for layer in network.layers[1:]:
        stem = re.sub(r"_\d+$", "", layer.name)
        if stem.replace("_", "") == type(layer).__name__.lower():
            counts[stem] += 1
            layer.name = f"{stem}_{counts[stem]}"
