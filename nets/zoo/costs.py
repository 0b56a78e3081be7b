"""What each network costs as its row builds it, as numbers: ``main.py nets`` lists them and builds no network."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Costs:
    """The costs of a network at its row's input; a test computes them anew. The row itself has all ``parameters``.

    trainable: parameters without the moving averages of normalisations.
    multiply_adds: of one image.
    layers: how many, nested models opened.
    """

    trainable: int
    multiply_adds: int
    layers: int


COSTS = {
    "lenet5": Costs(61_706, 416_520, 8),
    "lenet": Costs(61_706, 416_520, 8),
    "pen": Costs(427_018, 22_451_968, 24),
    "simple_cnn": Costs(137_660, 1_639_350, 7),
    "colour": Costs(372_210, 39_003_392, 25),
    "alexnet": Costs(61_100_840, 714_188_480, 15),
    "alexnet_lrn": Costs(62_378_344, 1_135_256_096, 30),
    "alexnet_gray": Costs(46_764_746, 938_146_176, 14),
    "alexnet_gray_one_dense": Costs(29_983_434, 921_368_960, 12),
    "alexnet_gray_short": Costs(28_655_946, 730_265_984, 11),
    "vgg11": Costs(132_863_336, 7_609_090_048, 19),
    "vgg11_bn": Costs(132_868_840, 7_609_090_048, 35),
    "vgg13": Costs(133_047_848, 11_308_466_176, 21),
    "vgg13_bn": Costs(133_053_736, 11_308_466_176, 41),
    "vgg16": Costs(138_357_544, 15_470_264_320, 24),
    "vgg16_bn": Costs(138_365_992, 15_470_264_320, 50),
    "vgg19": Costs(143_667_240, 19_632_062_464, 27),
    "vgg19_bn": Costs(143_678_248, 19_632_062_464, 59),
    "vgg11_gray": Costs(128_806_154, 7_547_232_256, 19),
    "small_vgg": Costs(2_018_346, 121_091_072, 19),
    "nin": Costs(1_992_166, 762_297_352, 18),
    "googlenet": Costs(6_998_552, 1_582_671_872, 82),
    "inception_bn": Costs(11_285_224, 2_032_600_064, 231),
    "inception_v3": Costs(23_817_352, 5_713_216_096, 312),
    "inception_v4": Costs(42_679_816, 12_253_974_624, 493),
    "inception_resnet_v2": Costs(55_813_192, 13_155_794_016, 821),
    "resnet18": Costs(11_689_512, 1_814_073_344, 70),
    "resnet50": Costs(25_583_592, 3_857_973_248, 176),
}
"""By the network's name, in the order of ``NETS``."""
